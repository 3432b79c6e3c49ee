//! `filter`.

use std::sync::Arc;

use datafusion::common::tree_node::TreeNode as _;
use datafusion::logical_expr::utils::{find_aggregate_exprs, find_window_exprs};
use datafusion::logical_expr::{Expr, Filter, LogicalPlan};

use super::aggregate::as_boolean;
use super::beneath;
use super::lateral::with_scalars_of_filter;
use super::places::with_places;
use super::select::with_windows;
use crate::error::{AtField as _, Condition, Error, Required as _, Result};
use crate::expression::{NamedExpr, children, grouping, naming, plan_filter};
use crate::function::is_aggregate;
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::scope::Scope;
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::proto::expression::ExprType;

pub(super) fn plan(message: &proto::Filter, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let proto::Filter { input: _, condition } = message;
    let condition = condition.as_ref().required("condition")?;
    if let Some(condition) = qualification(condition) {
        return qualify(condition, context);
    }
    beneath::plan(
        context,
        context.input()?,
        |scope| plan_filter(condition, scope).at("condition"),
        |input, mut predicate| {
            refuse_special(&predicate, condition, &context.scope(input))?;
            let input = with_scalars_of_filter(context, input, &mut predicate)?;
            let input = with_places(context, &input, [&mut predicate])?;
            let filter = Filter::try_new(predicate, Arc::clone(input.plan()))?;
            Ok(through(&input, LogicalPlan::Filter(filter)))
        },
    )
}

/// The condition of QUALIFY, which SQL text marks.
fn qualification(condition: &proto::Expression) -> Option<&proto::Expression> {
    match &condition.expr_type {
        Some(ExprType::UnresolvedFunction(call)) if call.function_name == "#qualify" => {
            call.arguments.first()
        }
        _ => None,
    }
}

/// QUALIFY: a filter that may ask window functions, over a select list.
fn qualify(condition: &proto::Expression, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let input = context.input()?;
    let mut listed = Vec::new();
    let mut at = input.plan();
    while let LogicalPlan::Projection(projection) = at.as_ref() {
        at = &projection.input;
    }
    if let LogicalPlan::Window(window) = at.as_ref() {
        listed.extend(&window.window_expr);
    }
    beneath::plan(
        context,
        input,
        |scope| as_boolean(condition, scope).at("condition"),
        |input, predicate| {
            refuse_no_window(listed.iter().copied().chain([&predicate]))?;
            let named =
                NamedExpr { expr: predicate, name: String::new(), entry: None, metadata: None };
            let (planned, list) = with_windows(context, input, vec![named])?;
            let predicate = list.into_iter().next().required("condition")?.expr;
            let filter = Filter::try_new(predicate, Arc::clone(planned.plan()))?;
            Ok(through(&planned, LogicalPlan::Filter(filter)))
        },
    )
}

/// # Errors
/// If none of the expressions of a query with QUALIFY has a window function.
pub(super) fn refuse_no_window<'e>(exprs: impl IntoIterator<Item = &'e Expr>) -> Result<()> {
    match find_window_exprs(exprs).is_empty() {
        true => Err(Error::analysis(Condition::QUALIFY_REQUIRES_WINDOW_FUNCTION, [])),
        false => Ok(()),
    }
}

/// WHERE is about single rows.
fn refuse_special(
    predicate: &Expr,
    condition: &proto::Expression,
    scope: &Scope<'_>,
) -> Result<()> {
    let is_special = |node: &Expr| {
        matches!(node, Expr::AggregateFunction(_) | Expr::WindowFunction(_))
            || grouping::asked(node).is_some()
    };
    if !predicate.exists(|node| Ok(is_special(node)))? {
        return Ok(());
    }
    if predicate.exists(|node| Ok(grouping::asked(node).is_some()))? {
        return Err(grouping::misplaced());
    }
    let aggregates = find_aggregate_exprs([predicate]);
    if !aggregates.is_empty() {
        let list = aggregates_in(condition, scope)?;
        let condition = naming::name(condition, scope)?;
        return Err(Error::analysis(
            Condition::INVALID_WHERE_CONDITION,
            [("condition", format!("\"{condition}\"")), ("expressionList", list.join(", "))],
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

/// The names of the aggregates in a condition.
fn aggregates_in(condition: &proto::Expression, scope: &Scope<'_>) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let limit = scope.planner().session().limits().expression_depth;
    children::walk(vec![condition], limit, |kind| {
        if let ExprType::UnresolvedFunction(call) = kind
            && is_aggregate(&call.function_name)
        {
            found.push(proto::Expression { common: None, expr_type: Some(kind.clone()) });
        }
    })?;
    found.iter().map(|aggregate| naming::name(aggregate, scope)).collect()
}

/// A relation that passes on whatever its input has.
pub(super) fn through(input: &Planned, plan: LogicalPlan) -> Planned {
    let columns = input.columns().clone();
    Planned::node(Arc::new(plan), columns, vec![Input::plain(input)], Shape::Through)
}
