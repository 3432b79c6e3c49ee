//! `sort`.

use std::sync::Arc;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::expr::Sort as SortExpr;
use datafusion::logical_expr::utils::{find_aggregate_exprs, find_window_exprs};
use datafusion::logical_expr::{Expr, LogicalPlan, Sort};

use super::aggregate::is_all;
use super::beneath;
use super::filter::through;
use super::lateral::{refuse_outer, refuse_scalars};
use super::partition::sorted_within;
use crate::error::{AtField as _, Condition, Error, Result};
use crate::expression::{order_of, plan_sort_orders};
use crate::planner::columns::ColumnEntry;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::proto::expression::SortOrder;

pub(super) fn plan(message: &proto::Sort, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let proto::Sort { input: _, order, is_global } = message;
    // Unset it means false, and that of every partition.
    let within = !is_global.unwrap_or(false);
    let input = context.input()?;
    beneath::plan(
        context,
        input,
        |scope| match plan_sort_orders(order, scope).at("order") {
            Err(error) => all(input, order).unwrap_or(Err(error)),
            planned => planned,
        },
        |widened, mut orders| {
            let columns = input.columns().entries();
            let column = |at: usize| Expr::Column(columns[at].column().clone());
            resolve_ordinals(&mut orders, columns.len(), column)?;
            orders.iter().try_for_each(|order| refuse_special(&order.expr))?;
            refuse_outer(context, orders.iter().map(|order| &order.expr))?;
            refuse_scalars("Sort", orders.iter().map(|order| &order.expr))?;
            Ok(match within {
                true => Planned::passing(widened, sorted_within(widened, orders)?),
                false => through(widened, sorted(Arc::clone(widened.plan()), orders)),
            })
        },
    )
}

/// ORDER BY ALL: by every column, if none has that name.
fn all(input: &Planned, order: &[SortOrder]) -> Option<Result<Vec<SortExpr>>> {
    let [only] = order else { return None };
    only.child.as_deref().filter(|child| is_all(child))?;
    let (asc, nulls_first) = match order_of(only) {
        Ok(order) => order,
        Err(error) => return Some(Err(error)),
    };
    let columns = input.columns().entries().iter();
    let key = |entry: &std::sync::Arc<ColumnEntry>| SortExpr {
        expr: Expr::Column(entry.column().clone()),
        asc,
        nulls_first,
    };
    Some(Ok(columns.map(key).collect()))
}

/// A sort key is computed from one row.
fn refuse_special(key: &Expr) -> Result<()> {
    if find_aggregate_exprs([key]).is_empty() && find_window_exprs([key]).is_empty() {
        return Ok(());
    }
    Err(Error::analysis(
        Condition::UNSUPPORTED_EXPR_FOR_OPERATOR,
        [("operator", "Sort".to_owned()), ("invalidExprSqls", format!("\"{key}\""))],
    ))
}

/// The sort node.
pub(super) fn sorted(input: Arc<LogicalPlan>, expr: Vec<SortExpr>) -> LogicalPlan {
    LogicalPlan::Sort(Sort { expr, input, fetch: None })
}

/// Replaces literal integers by the select item of that position, from 1.
pub(super) fn resolve_ordinals(
    orders: &mut [SortExpr],
    size: usize,
    item: impl Fn(usize) -> Expr,
) -> Result<()> {
    for order in orders {
        let Expr::Literal(ScalarValue::Int32(Some(position)), _) = &order.expr else { continue };
        let at = usize::try_from(*position).ok().filter(|at| (1..=size).contains(at));
        let Some(at) = at else {
            return Err(Error::analysis(
                Condition::ORDER_BY_POS_OUT_OF_RANGE,
                [("index", position.to_string()), ("size", size.to_string())],
            ));
        };
        order.expr = item(at - 1);
    }
    Ok(())
}
