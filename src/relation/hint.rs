//! `hint`: those about partitions are done; those about joins are left to DataFusion,
//! whose joins give the same rows; others are ignored, as in Spark.

use super::partition::{by_keys, dealt, merged, positive};
use crate::error::{AtField as _, Condition, Error, Result};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto::expression::literal::LiteralType;
use crate::proto::expression::{ExprType, SortOrder};
use crate::proto::{self, Expression};
use crate::sql;
use crate::sql::build::{attribute, expression, sort_order};

pub(super) fn plan(message: &proto::Hint, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let proto::Hint { input: _, name, parameters } = message;
    let input = context.input()?;
    let name = name.to_uppercase();
    let parameters = parameters.as_slice();
    match name.as_str() {
        "COALESCE" => match parameters {
            [only] => merged(input, partitions(number(only), &name)?),
            _ => Err(no_number(&name)),
        },
        "REPARTITION" => {
            let (count, keys) = counted(parameters)?;
            match keys.is_empty() {
                true => dealt(input, partitions(count, &name)?),
                false => by_keys(&keys, count.map(positive).transpose()?, context),
            }
            .at("parameters")
        }
        "REPARTITION_BY_RANGE" => {
            let (count, keys) = counted(parameters)?;
            let keys: Vec<_> = keys.into_iter().map(ordered).collect();
            by_keys(&keys, count.map(positive).transpose()?, context).at("parameters")
        }
        "REBALANCE" => {
            // How even partitions are is up to Spark: only what is wrong is an error.
            let (count, keys) = counted(parameters)?;
            count.map(positive).transpose()?;
            by_keys(&keys, None, context)?;
            Ok(input.clone())
        }
        _ => Ok(input.clone()),
    }
}

fn partitions(count: Option<i32>, hint: &str) -> Result<usize> {
    positive(count.ok_or_else(|| no_number(hint))?)
}

fn no_number(hint: &str) -> Error {
    Error::analysis(Condition::HINT_WITHOUT_NUMBER, [("hintName", hint.to_owned())])
}

fn number(parameter: &Expression) -> Option<i32> {
    match parameter.expr_type.as_ref()? {
        ExprType::Literal(literal) => match literal.literal_type.as_ref()? {
            LiteralType::Integer(number) => Some(*number),
            _ => None,
        },
        _ => None,
    }
}

/// The number of partitions, if it comes first, and the keys.
fn counted(parameters: &[Expression]) -> Result<(Option<i32>, Vec<Expression>)> {
    let count = parameters.first().and_then(number);
    let keys = &parameters[usize::from(count.is_some())..];
    Ok((count, keys.iter().map(key).collect::<Result<_>>()?))
}

/// A key; a text is the name of one.
fn key(parameter: &Expression) -> Result<Expression> {
    if let Some(ExprType::Literal(literal)) = &parameter.expr_type
        && let Some(LiteralType::String(name)) = &literal.literal_type
    {
        return Ok(attribute(&sql::parse_identifier(name)?));
    }
    Ok(parameter.clone())
}

fn ordered(key: Expression) -> Expression {
    match key.expr_type {
        Some(ExprType::SortOrder(_)) => key,
        _ => {
            let order: SortOrder = sort_order(key, false, None);
            expression(ExprType::SortOrder(Box::new(order)))
        }
    }
}
