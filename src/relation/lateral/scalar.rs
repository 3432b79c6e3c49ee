//! Scalar subqueries that name columns of the row, as joins.
//!
//! DataFusion joins those that aggregate rows equal in such columns, and nothing else;
//! the others are computed here for all rows at once.

use std::sync::Arc;

use datafusion::common::JoinType;
use datafusion::common::tree_node::{Transformed, TreeNode as _, TreeNodeRecursion};
use datafusion::functions_aggregate::count::count;
use datafusion::functions_aggregate::first_last::first_value;
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{
    BinaryExpr, Expr, FetchType, LogicalPlan, LogicalPlanBuilder, Operator, Projection, lit,
};

use super::dependent::{joined, same};
use super::{Pushed, pushed};
use crate::error::{Condition, Error, Result};
use crate::expression::NamedExpr;
use crate::expression::subquery::{self, names_row_in_filters};
use crate::function::single::SINGLE;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::relation::filter::through;

/// Joins the correlated scalar subqueries of expressions to `input`, and puts columns in
/// their place. What cannot be joined is left to DataFusion.
pub(in crate::relation) fn with_scalars<'e>(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    exprs: impl IntoIterator<Item = &'e mut Expr>,
) -> Result<Planned> {
    with_some(context, input, exprs, |plan| !is_plain(plan))
}

/// The same within groups, for their keys and the list computed of them: of those too that
/// DataFusion joins in select lists.
///
/// # Errors
/// `SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION` for one in the list that is
/// neither a key nor within an aggregate.
pub(in crate::relation) fn with_grouped_scalars(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    keys: &mut [Expr],
    list: &mut [NamedExpr],
) -> Result<Planned> {
    if context.subqueries.is_empty() {
        return Ok(input.clone());
    }
    list.iter().try_for_each(|named| refuse_ungrouped(keys, &named.expr))?;
    let exprs = keys.iter_mut().chain(list.iter_mut().map(|named| &mut named.expr));
    with_some(context, input, exprs, |_| true)
}

/// A filter's condition, whose subqueries become joins where DataFusion has none.
pub(in crate::relation) fn with_scalars_of_filter(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    predicate: &mut Expr,
) -> Result<Planned> {
    if context.subqueries.is_empty() {
        return Ok(input.clone());
    }
    *predicate = subquery::in_filter(std::mem::take(predicate), input.df_schema())?;
    with_scalars(context, input, [predicate])
}

fn with_some<'e>(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    exprs: impl IntoIterator<Item = &'e mut Expr>,
    is_wanted: impl Fn(&LogicalPlan) -> bool,
) -> Result<Planned> {
    let mut planned = input.clone();
    if context.subqueries.is_empty() {
        return Ok(planned);
    }
    let mut joined: Vec<(Expr, Expr)> = Vec::new();
    for expr in exprs {
        let replaced = std::mem::take(expr).transform(|node| {
            let Expr::ScalarSubquery(subquery) = &node else { return Ok(Transformed::no(node)) };
            let plan = &subquery.subquery;
            if subquery.outer_ref_columns.is_empty() || !is_wanted(plan) {
                return Ok(Transformed::no(node));
            }
            if let Some((_, value)) = joined.iter().find(|(known, _)| *known == node) {
                return Ok(Transformed::yes(value.clone()));
            }
            Ok(match beside(context, &planned, plan)? {
                None => Transformed::no(node),
                Some((wider, value)) => {
                    planned = wider;
                    joined.push((node, value.clone()));
                    Transformed::yes(value)
                }
            })
        })?;
        *expr = replaced.data;
    }
    Ok(planned)
}

/// Refuses a subquery that names a row where there are groups.
fn refuse_ungrouped(keys: &[Expr], expr: &Expr) -> Result<()> {
    let mut ungrouped = false;
    expr.apply(|node| {
        if keys.contains(node) || matches!(node, Expr::AggregateFunction(_)) {
            return Ok(TreeNodeRecursion::Jump);
        }
        ungrouped |= matches!(node, Expr::ScalarSubquery(sub) if !sub.outer_ref_columns.is_empty());
        Ok(TreeNodeRecursion::Continue)
    })?;
    match ungrouped {
        true => Err(Error::analysis(
            Condition::SCALAR_SUBQUERY_UNGROUPED,
            [("sqlExpr", format!("\"{}\"", expr.human_display()))],
        )),
        false => Ok(()),
    }
}

/// The input with one more column: the subquery's value for the row.
fn beside(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    plan: &LogicalPlan,
) -> Result<Option<(Planned, Expr)>> {
    let Some(Pushed { domain, plan: pushed, mut names }) = pushed(context, input, plan)? else {
        return Ok(None);
    };
    let Some(column) = plan.schema().columns().into_iter().next() else { return Ok(None) };
    let (value, count_name) = (names.take("#scalar"), names.take("#rows"));
    let keys = || domain.pairs().map(|(_, inner)| Expr::Column(inner.clone()));
    let own = Expr::Column(column);
    let values = if has_one_row(plan) {
        let exprs = keys().chain([own.alias(&value)]).collect();
        Projection::try_new(exprs, Arc::new(pushed))?
    } else {
        let first = first_value(own, Vec::new()).alias(&value);
        let grouped = LogicalPlanBuilder::from(pushed)
            .aggregate(keys(), vec![first, count(lit(1_i64)).alias(&count_name)])?
            .build()?;
        let column = |name: &str| Expr::Column(datafusion::common::Column::from_name(name));
        let checked = SINGLE.call(vec![column(&value), column(&count_name)]).alias(&value);
        Projection::try_new(keys().chain([checked]).collect(), Arc::new(grouped))?
    };
    let conditions = domain
        .pairs()
        .map(|(outer, inner)| same(Expr::Column(outer.clone()), Expr::Column(inner.clone())));
    let condition = conditions.reduce(Expr::and);
    let rows = LogicalPlan::clone(input.plan());
    let values = LogicalPlan::Projection(values);
    // A hash join gives rows in the order of its right side.
    let plan = joined(values, rows, JoinType::Right, Vec::new(), condition)?;
    let value = Expr::Column(datafusion::common::Column::from_name(value));
    Ok(Some((through(input, plan), value)))
}

/// Whether there is at most one row for each row outside.
fn has_one_row(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(node) => has_one_row(&node.input),
        LogicalPlan::SubqueryAlias(node) => has_one_row(&node.input),
        LogicalPlan::Filter(node) => has_one_row(&node.input),
        LogicalPlan::Sort(node) => node.fetch == Some(1) || has_one_row(&node.input),
        LogicalPlan::Aggregate(node) => node.group_expr.is_empty(),
        LogicalPlan::EmptyRelation(_) => true,
        LogicalPlan::Limit(node) => {
            matches!(node.get_fetch_type(), Ok(FetchType::Literal(Some(0 | 1))))
                || has_one_row(&node.input)
        }
        _ => false,
    }
}

/// Whether DataFusion joins the subquery by itself: it aggregates all rows that equal
/// the row outside in some columns.
fn is_plain(plan: &LogicalPlan) -> bool {
    let is_free = |exprs: &[Expr]| !exprs.iter().any(Expr::contains_outer);
    match plan {
        LogicalPlan::Projection(node) => is_free(&node.expr) && is_plain(&node.input),
        LogicalPlan::SubqueryAlias(node) => is_plain(&node.input),
        LogicalPlan::Aggregate(node) => {
            node.group_expr.is_empty()
                && is_free(&node.aggr_expr)
                && node.aggr_expr.iter().all(is_null_of_nothing)
                && names_row_in_filters(&node.input, &is_equality)
        }
        _ => false,
    }
}

/// Whether an aggregate of no rows is NULL, or one that DataFusion knows not to be.
fn is_null_of_nothing(aggregate: &Expr) -> bool {
    match aggregate {
        Expr::Alias(alias) => is_null_of_nothing(&alias.expr),
        Expr::AggregateFunction(call) => call.func.is_nullable() || call.func.name() == "count",
        _ => false,
    }
}

/// Whether a condition is one of the rows inside alone, or equalities of their columns
/// with columns outside.
fn is_equality(condition: &Expr) -> bool {
    split_conjunction(condition).into_iter().all(is_one_equality)
}

fn is_one_equality(condition: &Expr) -> bool {
    if !condition.contains_outer() {
        return true;
    }
    let Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) = condition else {
        return false;
    };
    matches!(
        (left.as_ref(), right.as_ref()),
        (Expr::Column(_), Expr::OuterReferenceColumn(_, _))
            | (Expr::OuterReferenceColumn(_, _), Expr::Column(_))
    )
}
