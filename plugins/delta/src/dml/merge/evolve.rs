//! Columns that a merge adds to its target.

use datafusion::arrow::datatypes::{Field, SchemaRef};
use datafusion_spark_connect::proto::expression::ExprType;
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner};

use crate::proto::MergeIntoTable;
use crate::proto::merge_into_table::Action;
use crate::proto::merge_into_table::action::ActionType;
use crate::write::{Layout, with_columns};

/// The target's layout with the columns that the source brings.
pub(super) fn evolved(
    layout: &Layout,
    source: &Planned,
    message: &MergeIntoTable,
    planner: &SparkConnectPlanner,
) -> Result<Layout> {
    if !message.with_schema_evolution.unwrap_or_default() {
        return Ok(layout.clone());
    }
    let actions = || message.matched_actions.iter().chain(&message.not_matched_actions);
    let everything = actions().any(is_star);
    let assigned: Vec<String> = actions().flat_map(|action| names(action, planner)).collect();
    let source = source.schema()?;
    let added = new_columns(layout, &source, |field| {
        everything || assigned.iter().any(|name| name.eq_ignore_ascii_case(field.name()))
    });
    match added.is_empty() {
        true => Ok(layout.clone()),
        false => with_columns(layout, &added, &planner.session().time_zone()),
    }
}

fn new_columns(
    layout: &Layout,
    source: &SchemaRef,
    is_wanted: impl Fn(&Field) -> bool,
) -> Vec<Field> {
    let fields = layout.spark.fields();
    let is_new =
        |field: &Field| !fields.iter().any(|own| own.name().eq_ignore_ascii_case(field.name()));
    let new = source.fields().iter().filter(|field| is_new(field) && is_wanted(field));
    new.map(|field| field.as_ref().clone().with_nullable(true)).collect()
}

fn is_star(action: &Action) -> bool {
    matches!(
        action.action_type,
        Some(ActionType::UpdateStarAction(_) | ActionType::InsertStarAction(_))
    )
}

/// The columns that an action names.
fn names(action: &Action, planner: &SparkConnectPlanner) -> Vec<String> {
    let assignments = match &action.action_type {
        Some(ActionType::UpdateAction(update)) => update.assignments.as_slice(),
        Some(ActionType::InsertAction(insert)) => insert.assignments.as_slice(),
        _ => &[],
    };
    let name = |assignment: &crate::proto::Assignment| {
        let Some(ExprType::UnresolvedAttribute(attribute)) =
            assignment.field.as_ref()?.expr_type.as_ref()
        else {
            return None;
        };
        planner.parse_identifier(&attribute.unparsed_identifier).ok()?.pop()
    };
    assignments.iter().filter_map(name).collect()
}
