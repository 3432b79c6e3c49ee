//! `project`: a select list over an input, or over one empty row.

use datafusion::logical_expr::{EmptyRelation, LogicalPlan};

use super::{beneath, select};
use crate::error::Result;
use crate::planner::columns::Columns;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;

pub(super) fn plan(message: &proto::Project, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let proto::Project { input: _, expressions } = message;
    let input = context.inputs.first().cloned().unwrap_or_else(one_row);
    let (input, list) = beneath::list(context, &input, expressions)?;
    select::select(context, &input, list)
}

/// A relation of one row without columns.
pub(crate) fn one_row() -> Planned {
    let plan = LogicalPlan::EmptyRelation(EmptyRelation {
        produce_one_row: true,
        schema: std::sync::Arc::new(datafusion::common::DFSchema::empty()),
    });
    Planned::leaf(plan, Columns::default())
}
