//! `to_df`: the same columns under other names.

use datafusion::logical_expr::Expr;

use super::select::Select;
use crate::error::{Condition, Error, Result};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;

pub(super) fn plan(message: &proto::ToDf, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let proto::ToDf { input: _, column_names } = message;
    let input = context.input()?;
    let entries = input.columns().entries();
    if entries.len() != column_names.len() {
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
