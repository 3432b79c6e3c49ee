//! `deduplicate`: one row for each value of some or all columns.

use std::sync::Arc;

use datafusion::logical_expr::{Distinct, DistinctOn, Expr, LogicalPlan};

use super::select::Select;
use super::set_op;
use crate::error::{Condition, Error, Result};
use crate::planner::columns::{ColumnEntry, same_name};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;

pub(super) fn plan(
    message: &proto::Deduplicate,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::Deduplicate { input: _, column_names, all_columns_as_keys, within_watermark } =
        message;
    if within_watermark.unwrap_or(false) {
        return Err(Error::unsupported("relation.deduplicate.within_watermark"));
    }
    let all = all_columns_as_keys.unwrap_or(false);
    if all != column_names.is_empty() {
        return Err(Error::invalid_plan("deduplicate takes either column names or all columns"));
    }
    let exact = exactly_output(context, context.input()?)?;
    let plan = if all {
        set_op::refuse_maps_among(&exact, exact.columns().entries())?;
        Distinct::All(Arc::clone(exact.plan()))
    } else {
        let keys = keys(&exact, column_names)?;
        set_op::refuse_maps_among(&exact, &keys)?;
        let keys = keys.iter().map(|entry| Expr::Column(entry.column().clone())).collect();
        let columns = exact.columns().entries().iter();
        let columns = columns.map(|entry| Expr::Column(entry.column().clone())).collect();
        Distinct::On(DistinctOn::try_new(keys, columns, None, Arc::clone(exact.plan()))?)
    };
    Ok(Planned::passing(&exact, LogicalPlan::Distinct(plan)))
}

/// The relation with its output columns as fields, and no others.
pub(super) fn exactly_output(
    context: &RelationContext<'_, '_>,
    input: &Planned,
) -> Result<Planned> {
    let mut select = Select::new(input, context.field_names());
    input.columns().entries().iter().for_each(|entry| select.pass(entry));
    select.finish()
}

/// All columns of each name.
fn keys(input: &Planned, names: &[String]) -> Result<Vec<Arc<ColumnEntry>>> {
    let mut keys = Vec::new();
    for name in names {
        let before = keys.len();
        let entries = input.columns().entries().iter();
        let named = entries.filter(|entry| same_name(entry.name(), name));
        keys.extend(named.cloned());
        if keys.len() == before {
            return Err(Error::analysis(
                Condition::UNRESOLVED_COLUMN_AMONG_FIELD_NAMES,
                [
                    ("colName", name.clone()),
                    ("fieldNames", input.columns().names().collect::<Vec<_>>().join(", ")),
                ],
            ));
        }
    }
    Ok(keys)
}
