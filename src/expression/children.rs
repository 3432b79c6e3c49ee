//! What an expression is made of, for walks that need no meaning.

use crate::error::{Error, Result};
use crate::planner::grown::with_room;
use crate::proto::expression::window::window_frame::{FrameBoundary, frame_boundary::Boundary};
use crate::proto::expression::{ExprType, SortOrder, Window};
use crate::proto::subquery_expression::TableArgOptions;
use crate::proto::{Expression, MergeAction};

/// Stack that a level of an expression takes to be planned and copied: half of it
/// for builds without optimisation.
const LEVEL: usize = if cfg!(debug_assertions) { 32 * 1024 } else { 6 * 1024 };
/// Depth for which there is stack anyway.
const ALWAYS_THERE: usize = 24;

/// Calls `visit` with every expression that is a part of this one, one level down.
fn each_child<'e>(kind: &'e ExprType, visit: &mut dyn FnMut(&'e Expression)) {
    match kind {
        ExprType::Literal(_)
        | ExprType::UnresolvedAttribute(_)
        | ExprType::ExpressionString(_)
        | ExprType::UnresolvedStar(_)
        | ExprType::UnresolvedRegex(_)
        | ExprType::UnresolvedNamedLambdaVariable(_)
        | ExprType::TypedAggregateExpression(_)
        | ExprType::Extension(_) => {}
        ExprType::UnresolvedFunction(call) => call.arguments.iter().for_each(visit),
        ExprType::CallFunction(call) => call.arguments.iter().for_each(visit),
        ExprType::CommonInlineUserDefinedFunction(call) => call.arguments.iter().for_each(visit),
        ExprType::Alias(alias) => alias.expr.as_deref().into_iter().for_each(visit),
        ExprType::Cast(cast) => cast.expr.as_deref().into_iter().for_each(visit),
        ExprType::SortOrder(order) => order.child.as_deref().into_iter().for_each(visit),
        ExprType::LambdaFunction(lambda) => lambda.function.as_deref().into_iter().for_each(visit),
        ExprType::Window(window) => each_of_window(window, visit),
        ExprType::UnresolvedExtractValue(extract) => {
            [&extract.child, &extract.extraction].into_iter().flatten().for_each(|e| visit(e));
        }
        ExprType::UpdateFields(update) => {
            let parts = [&update.struct_expression, &update.value_expression];
            parts.into_iter().flatten().for_each(|part| visit(part));
        }
        ExprType::NamedArgumentExpression(argument) => {
            argument.value.as_deref().into_iter().for_each(visit);
        }
        ExprType::MergeAction(action) => each_of_merge(action, visit),
        ExprType::SubqueryExpression(subquery) => {
            subquery.in_subquery_values.iter().for_each(&mut *visit);
            if let Some(TableArgOptions { partition_spec, order_spec, with_single_partition: _ }) =
                &subquery.table_arg_options
            {
                partition_spec.iter().for_each(&mut *visit);
                each_order(order_spec, visit);
            }
        }
        ExprType::DirectShufflePartitionId(id) => {
            id.child.as_deref().into_iter().for_each(visit);
        }
    }
}

fn each_of_window<'e>(window: &'e Window, visit: &mut dyn FnMut(&'e Expression)) {
    let Window { window_function, partition_spec, order_spec, frame_spec } = window;
    window_function.as_deref().into_iter().for_each(&mut *visit);
    partition_spec.iter().for_each(&mut *visit);
    each_order(order_spec, visit);
    let bounds = frame_spec.iter().flat_map(|frame| [&frame.lower, &frame.upper]).flatten();
    for FrameBoundary { boundary } in bounds.map(AsRef::as_ref) {
        if let Some(Boundary::Value(value)) = boundary {
            visit(value);
        }
    }
}

fn each_of_merge<'e>(action: &'e MergeAction, visit: &mut dyn FnMut(&'e Expression)) {
    let MergeAction { action_type: _, condition, assignments } = action;
    condition.as_deref().into_iter().for_each(&mut *visit);
    for assignment in assignments {
        for side in [&assignment.key, &assignment.value].into_iter().flatten() {
            visit(side);
        }
    }
}

/// Calls `visit` with what is sorted by.
fn each_order<'e>(orders: &'e [SortOrder], visit: &mut dyn FnMut(&'e Expression)) {
    orders.iter().filter_map(|order| order.child.as_deref()).for_each(visit);
}

/// Runs `work`, which plans `expression`, on a stack that suffices for it.
///
/// # Errors
/// [`Error::InvalidPlan`] if it is deeper than `limit`.
pub(crate) fn on_stack_for<T>(
    expression: &Expression,
    limit: usize,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    match room_for(walk([expression], limit, |_| {})?) {
        0 => work(),
        room => with_room(room, work),
    }
}

/// Stack that planning an expression of so many levels needs beyond what is always
/// there.
pub(crate) fn room_for(depth: usize) -> usize {
    if depth <= ALWAYS_THERE { 0 } else { depth * LEVEL }
}

/// Calls `visit` with the kind of every expression in `roots`, the last root first,
/// and tells how many levels the deepest of them has. Does not recurse.
///
/// # Errors
/// [`Error::InvalidPlan`] if an expression is deeper than `limit`.
pub(crate) fn walk<'e>(
    roots: impl IntoIterator<Item = &'e Expression>,
    limit: usize,
    mut visit: impl FnMut(&'e ExprType),
) -> Result<usize> {
    let mut roots = roots.into_iter().map(|root| (root, 1)).peekable();
    if roots.peek().is_none() {
        return Ok(0);
    }
    let mut open = Vec::with_capacity(8);
    open.extend(roots);
    let mut deepest = 0;
    while let Some((expression, depth)) = open.pop() {
        if depth > limit {
            return Err(Error::invalid_plan(format!(
                "an expression is nested deeper than {limit} levels"
            )));
        }
        deepest = deepest.max(depth);
        let Some(kind) = &expression.expr_type else { continue };
        visit(kind);
        let first = open.len();
        each_child(kind, &mut |child| open.push((child, depth + 1)));
        open[first..].reverse();
    }
    Ok(deepest)
}
