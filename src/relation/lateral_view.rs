//! A generator beside a relation: `LATERAL VIEW explode(xs) t AS x`, or
//! `LATERAL explode(xs) AS t(x)`.

use std::sync::Arc;

use super::generate::with_generator;
use super::select::{passing, project};
use crate::error::{Condition, Error, Result};
use crate::expression::{generator, plan_list};
use crate::function::is_builtin;
use crate::planner::columns::Columns;
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::walk::RelationContext;
use crate::proto::expression::{Alias, ExprType, UnresolvedFunction};
use crate::proto::relation::RelType;
use crate::proto::{Expression, Relation, UnresolvedTableValuedFunction};

/// A call of a generator, and the names of the view.
pub(super) struct View {
    table: Option<String>,
    call: Expression,
}

impl View {
    /// The view that the right side of a lateral join is, if it is one.
    pub(super) fn of(right: &Relation) -> Result<Option<Self>> {
        let (mut at, mut table, mut columns) = (right, None, Vec::new());
        loop {
            match &at.rel_type {
                Some(RelType::SubqueryAlias(alias)) => {
                    table.get_or_insert_with(|| alias.alias.clone());
                    let Some(input) = alias.input.as_deref() else { return Ok(None) };
                    at = input;
                }
                Some(RelType::ToDf(named)) => {
                    columns = named.column_names.clone();
                    let Some(input) = named.input.as_deref() else { return Ok(None) };
                    at = input;
                }
                Some(RelType::UnresolvedTableValuedFunction(function)) => {
                    let Some(call) = call_of(function)? else { return Ok(None) };
                    return Ok(Some(Self { table, call: aliased(call, columns) }));
                }
                _ => return Ok(None),
            }
        }
    }

    /// The relation with the view's columns.
    pub(super) fn beside(
        self,
        left: &Planned,
        context: &RelationContext<'_, '_>,
    ) -> Result<Planned> {
        let scope = context.scope(left);
        let mut list: Vec<_> = left.columns().entries().iter().map(passing).collect();
        let width = list.len();
        list.extend(plan_list(std::slice::from_ref(&self.call), &scope)?);
        let (planned, list) = with_generator(context, left, list)?;
        let projected = project(context, &planned, &list)?;
        let mut entries = projected.columns().entries().to_vec();
        if let Some(table) = self.table {
            let qualifier: Arc<[String]> = Arc::from([table]);
            for entry in entries.iter_mut().skip(width) {
                *entry = Arc::new(entry.with_qualifier(Arc::clone(&qualifier)));
            }
        }
        let columns = Columns::from_shared(entries);
        let inputs = vec![Input::plain(left)];
        Ok(Planned::node(Arc::clone(projected.plan()), columns, inputs, Shape::Opaque))
    }
}

/// The call of a generator that a table function stands for.
fn call_of(function: &UnresolvedTableValuedFunction) -> Result<Option<UnresolvedFunction>> {
    let UnresolvedTableValuedFunction { function_name, arguments } = function;
    let outer = match function_name.as_str() {
        "#lateral_view" => false,
        "#lateral_view_outer" => true,
        name => return Ok(generator::in_from(name).map(|name| call(name, arguments.clone()))),
    };
    let Some(ExprType::UnresolvedFunction(written)) =
        arguments.first().and_then(|argument| argument.expr_type.as_ref())
    else {
        return Err(Error::invalid_plan("a lateral view is of a function"));
    };
    let name = written.function_name.as_str();
    if !generator::is_generator(name) {
        if generator::in_from(name).is_some() {
            let parameters = [("routineName", format!("`default`.`{}`", name.to_lowercase()))];
            return Err(Error::analysis(Condition::ROUTINE_NOT_FOUND, parameters));
        }
        return Err(no_generator(name));
    }
    let lower = name.to_ascii_lowercase();
    let name = match outer && !lower.ends_with("_outer") {
        true => format!("{lower}_outer"),
        false => lower,
    };
    Ok(Some(call(name, written.arguments.clone())))
}

fn call(function_name: String, arguments: Vec<Expression>) -> UnresolvedFunction {
    UnresolvedFunction {
        function_name,
        arguments,
        is_distinct: false,
        is_user_defined_function: false,
        is_internal: None,
    }
}

fn aliased(call: UnresolvedFunction, columns: Vec<String>) -> Expression {
    let call = Expression { common: None, expr_type: Some(ExprType::UnresolvedFunction(call)) };
    if columns.is_empty() {
        return call;
    }
    let alias = Alias { expr: Some(Box::new(call)), name: columns, metadata: None };
    Expression { common: None, expr_type: Some(ExprType::Alias(Box::new(alias))) }
}

fn no_generator(name: &str) -> Error {
    if !is_builtin(name) {
        return crate::function::unresolved(name);
    }
    Error::analysis(
        Condition::UNSUPPORTED_GENERATOR_NOT_GENERATOR,
        [
            ("functionName", format!("`{}`", name.to_lowercase())),
            ("classCanonicalName", String::new()),
        ],
    )
}
