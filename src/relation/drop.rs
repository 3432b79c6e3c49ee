//! `drop`: all columns but some; names that nothing has are ignored.

use std::collections::HashSet;

use super::select::Select;
use crate::error::{Error, Result};
use crate::planner::columns::{ColumnId, same_name};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::proto::expression::ExprType;

pub(super) fn plan(message: &proto::Drop, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let proto::Drop { input: _, columns, column_names } = message;
    let input = context.input()?;
    let mut dropped: HashSet<ColumnId> = HashSet::new();
    for expression in columns {
        dropped.extend(column_of(expression, context, input)?);
    }
    let mut select = Select::new(input, context.field_names());
    for entry in input.columns().entries() {
        let by_name = column_names.iter().any(|name| same_name(name, entry.name()));
        if !by_name && !dropped.contains(&entry.id()) {
            select.pass(entry);
        }
    }
    select.finish()
}

/// The column an expression names, if there is one.
fn column_of(
    expression: &proto::Expression,
    context: &RelationContext<'_, '_>,
    input: &Planned,
) -> Result<Option<ColumnId>> {
    let Some(ExprType::UnresolvedAttribute(_)) = &expression.expr_type else {
        // No column is such an expression.
        return Ok(None);
    };
    match crate::expression::plan_list(std::slice::from_ref(expression), &context.scope(input)) {
        Ok(list) => Ok(list.first().and_then(|named| named.entry.as_ref()).map(|e| e.id())),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_missing(error: &Error) -> bool {
    error.condition().is_some_and(|condition| {
        condition.starts_with("UNRESOLVED_COLUMN") || condition == "CANNOT_RESOLVE_DATAFRAME_COLUMN"
    })
}
