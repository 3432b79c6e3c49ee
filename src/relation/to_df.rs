//! `to_df`: the same columns under other names.

use datafusion::logical_expr::Expr;

use super::select::Select;
use crate::error::{Condition, Error, Result};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::proto::relation::RelType;

pub(super) fn plan(message: &proto::ToDf, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let proto::ToDf { input: function, column_names } = message;
    let input = context.input()?;
    let entries = input.columns().entries();
    if entries.len() != column_names.len() {
        if let Some(name) = function.as_deref().and_then(function_name) {
            return Err(Error::analysis(
                Condition::NUM_TABLE_VALUE_ALIASES_MISMATCH,
                [
                    ("funcName", format!("`{name}`")),
                    ("aliasesNum", column_names.len().to_string()),
                    ("outColsNum", entries.len().to_string()),
                ],
            ));
        }
        return Err(Error::analysis(
            Condition::ASSIGNMENT_ARITY_MISMATCH,
            [("numExpr", column_names.len().to_string()), ("numTarget", entries.len().to_string())],
        ));
    }
    let mut select = Select::new(input, context.field_names());
    for (entry, name) in entries.iter().zip(column_names) {
        select.compute(name, Expr::Column(entry.column().clone()), None);
    }
    select.finish()
}

/// The table function that the names are for.
fn function_name(relation: &proto::Relation) -> Option<&str> {
    match relation.rel_type.as_ref()? {
        RelType::UnresolvedTableValuedFunction(function) => Some(&function.function_name),
        _ => None,
    }
}
