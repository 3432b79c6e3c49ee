//! `filter`.

use std::sync::Arc;

use datafusion::logical_expr::{Filter, LogicalPlan};

use super::beneath;
use crate::error::{AtField as _, Required as _, Result};
use crate::expression::plan_condition;
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::walk::RelationContext;
use crate::proto;

pub(super) fn plan(message: &proto::Filter, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let proto::Filter { input: _, condition } = message;
    let condition = condition.as_ref().required("condition")?;
    beneath::plan(
        context,
        context.input()?,
        |scope| plan_condition(condition, scope).at("condition"),
        |input, predicate| {
            let filter = Filter::try_new(predicate, Arc::clone(input.plan()))?;
            Ok(through(input, LogicalPlan::Filter(filter)))
        },
    )
}

/// A relation that passes on whatever its input has.
pub(super) fn through(input: &Planned, plan: LogicalPlan) -> Planned {
    let columns = input.columns().clone();
    Planned::node(Arc::new(plan), columns, vec![Input::plain(input)], Shape::Through)
}
