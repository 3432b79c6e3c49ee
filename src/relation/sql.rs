//! `sql`: a query's text, as a relation.

use std::collections::HashMap;

use crate::error::{AtField as _, Condition, Error, Result};
use crate::planner::planned::Planned;
use crate::planner::walk::{RelationContext, Step};
use crate::proto::expression::literal::LiteralType;
use crate::proto::expression::{ExprType, Literal};
use crate::proto::{self, Expression};
use crate::sql::{self, Parameters, Statement};

pub(super) fn plan<'a>(
    message: &'a proto::Sql,
    context: &'a RelationContext<'a, '_>,
) -> Result<Step<'a>> {
    let statement = sql::parse_statement(&message.query, &parameters(message)?)?;
    match statement {
        Statement::Query(query) => Ok(Step::Later(Box::pin(async move {
            let planned: Planned = context.planner.walk(&query, context.env.clone()).await?;
            Ok(planned)
        }))),
        Statement::Command(_) | Statement::Action(_) => {
            Err(Error::unsupported("relation.sql.command")).at("query")
        }
    }
}

/// A value as its text would be in the statement: a decimal has the digits it is written
/// with, whatever type a client gives it.
fn written(value: &Expression) -> Expression {
    let mut value = value.clone();
    if let Some(ExprType::Literal(Literal {
        literal_type: Some(LiteralType::Decimal(decimal)),
        ..
    })) = &mut value.expr_type
    {
        (decimal.precision, decimal.scale) = (None, None);
    }
    value
}

/// The values of a text's parameters, in the forms of all clients.
#[allow(deprecated, reason = "clients up to 3.5 send only the deprecated fields")]
pub(crate) fn parameters(message: &proto::Sql) -> Result<Parameters> {
    let proto::Sql { query: _, args, pos_args, named_arguments, pos_arguments } = message;
    let literal = |literal: &Literal| Expression {
        common: None,
        expr_type: Some(ExprType::Literal(literal.clone())),
    };
    let named = named_arguments.iter().map(|(name, value)| (name.clone(), written(value)));
    let mut named: HashMap<String, Expression> = named.collect();
    named.extend(args.iter().map(|(name, value)| (name.clone(), literal(value))));
    let positional =
        pos_arguments.iter().map(written).chain(pos_args.iter().map(literal)).collect();
    let parameters = Parameters { named, positional, bound: HashMap::new() };
    if !parameters.named.is_empty() && !parameters.positional.is_empty() {
        return Err(Error::analysis(Condition::INVALID_QUERY_MIXED_QUERY_PARAMETERS, []));
    }
    Ok(parameters)
}
