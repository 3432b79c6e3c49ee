//! `filter`.

use std::sync::Arc;

use datafusion::logical_expr::utils::{find_aggregate_exprs, find_window_exprs};
use datafusion::logical_expr::{Expr, Filter, LogicalPlan};

use super::beneath;
use crate::error::{AtField as _, Condition, Error, Required as _, Result};
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
            refuse_special(&predicate)?;
            let filter = Filter::try_new(predicate, Arc::clone(input.plan()))?;
            Ok(through(input, LogicalPlan::Filter(filter)))
        },
    )
}

/// WHERE is about single rows.
fn refuse_special(predicate: &Expr) -> Result<()> {
    let aggregates = find_aggregate_exprs([predicate]);
    if !aggregates.is_empty() {
        let list: Vec<_> = aggregates.iter().map(ToString::to_string).collect();
        return Err(Error::analysis(
            Condition::INVALID_WHERE_CONDITION,
            [("condition", format!("\"{predicate}\"")), ("expressionList", list.join(", "))],
        ));
    }
    if !find_window_exprs([predicate]).is_empty() {
        return Err(Error::analysis(
            Condition::WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE,
            [("clauseName", "WHERE".to_owned())],
        ));
    }
    Ok(())
}

/// A relation that passes on whatever its input has.
pub(super) fn through(input: &Planned, plan: LogicalPlan) -> Planned {
    let columns = input.columns().clone();
    Planned::node(Arc::new(plan), columns, vec![Input::plain(input)], Shape::Through)
}
