//! `aggregate`: GROUP BY, as DataFrames and as SQL text ask for it.

mod build;
mod clauses;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::Expr;

use crate::error::{AtField as _, Condition, Error, Result};
use crate::expression::{NamedExpr, plan_list};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto::aggregate::GroupType;
use crate::proto::{self, Expression};
use build::Aggregation;
use clauses::Clauses;

pub(super) fn plan(
    message: &proto::Aggregate,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::Aggregate {
        input: _,
        group_type,
        grouping_expressions,
        aggregate_expressions,
        pivot,
        grouping_sets: _,
    } = message;
    if pivot.is_some() {
        return Err(Error::unsupported("relation.aggregate.pivot"));
    }
    match GroupType::try_from(*group_type).unwrap_or(GroupType::Unspecified) {
        GroupType::Groupby => {}
        GroupType::Rollup => return Err(Error::unsupported("relation.aggregate.rollup")),
        GroupType::Cube => return Err(Error::unsupported("relation.aggregate.cube")),
        GroupType::GroupingSets => {
            return Err(Error::unsupported("relation.aggregate.grouping_sets"));
        }
        GroupType::Pivot => return Err(Error::unsupported("relation.aggregate.pivot")),
        GroupType::Unspecified => return Err(Error::missing_field("group_type")),
    }
    let input = context.input()?;
    match Clauses::of(aggregate_expressions) {
        Some(clauses) => query(context, input, grouping_expressions, &clauses),
        None => data_frame(context, input, grouping_expressions, aggregate_expressions),
    }
}

/// A DataFrame's `groupBy(..).agg(..)`: the keys, then the aggregates.
fn data_frame(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    grouping: &[Expression],
    aggregates: &[Expression],
) -> Result<Planned> {
    let scope = context.scope(input);
    let mut list = plan_list(grouping, &scope).at("grouping_expressions")?;
    let aggregates = plan_list(aggregates, &scope).at("aggregate_expressions")?;
    list.iter_mut().try_for_each(|key| resolve_ordinal(key, &aggregates))?;
    let keys = list.iter().map(|named| named.expr.clone()).collect();
    list.extend(aggregates);
    Aggregation::new(context, input, keys, list)?.finish()
}

/// SELECT .. GROUP BY .. HAVING .. ORDER BY ..
fn query(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    grouping: &[Expression],
    clauses: &Clauses<'_>,
) -> Result<Planned> {
    let scope = context.scope(input);
    let list = plan_list(clauses.select, &scope).at("aggregate_expressions")?;
    let keys = clauses::keys(grouping, &list, &scope)?;
    let keys = keys.into_iter().map(|key| key.expr).collect();
    let mut aggregation = Aggregation::new(context, input, keys, list)?;
    if let Some(having) = clauses.having {
        let predicate = clauses::having(having, context, input, aggregation.list())?;
        aggregation.having(predicate)?;
    }
    if !clauses.sort.is_empty() {
        let orders = clauses::orders(&clauses.sort, context, input, aggregation.list())?;
        aggregation.sort(orders)?;
    }
    aggregation.finish()
}

/// A select list with aggregates over all rows.
pub(super) fn global(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    list: Vec<NamedExpr>,
) -> Result<Planned> {
    Aggregation::new(context, input, Vec::new(), list)?.finish()
}

/// GROUP BY 1 is the first item of the select list.
fn resolve_ordinal(key: &mut NamedExpr, list: &[NamedExpr]) -> Result<()> {
    let Expr::Literal(ScalarValue::Int32(Some(position)), _) = &key.expr else { return Ok(()) };
    let at = usize::try_from(*position).ok().and_then(|at| at.checked_sub(1));
    let item = at.and_then(|at| list.get(at)).cloned().ok_or_else(|| {
        Error::analysis(
            Condition::GROUP_BY_POS_OUT_OF_RANGE,
            [("index", position.to_string()), ("size", list.len().to_string())],
        )
    })?;
    if build::has_aggregate(&item.expr) {
        return Err(Error::analysis(
            Condition::GROUP_BY_POS_AGGREGATE,
            [("index", position.to_string()), ("aggExpr", item.name)],
        ));
    }
    *key = item;
    Ok(())
}
