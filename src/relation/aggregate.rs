//! `aggregate`: GROUP BY, as DataFrames and as SQL text ask for it.

pub(super) mod above;
mod build;
mod clauses;
mod grouping;
mod pivot;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::Expr;

use super::filter::refuse_no_window;
use crate::error::{AtField as _, Condition, Error, Result};
use crate::expression::{NamedExpr, plan as plan_expression, plan_list};
use crate::planner::planned::Planned;
use crate::planner::walk::{RelationContext, Step};
use crate::proto::aggregate::{GroupType, GroupingSets};
use crate::proto::{self, Expression};
use build::{Aggregation, Sets};
use clauses::Clauses;
pub(super) use clauses::{as_boolean, is_all};

pub(super) fn plan<'a>(
    message: &'a proto::Aggregate,
    context: &'a RelationContext<'a, '_>,
) -> Result<Step<'a>> {
    match message.pivot {
        Some(_) => Ok(Step::Later(Box::pin(pivot::plan(message, context)))),
        None => plan_groups(message, context).map(Step::Ready),
    }
}

fn plan_groups(message: &proto::Aggregate, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let proto::Aggregate {
        input: _,
        group_type,
        grouping_expressions,
        aggregate_expressions,
        pivot: _,
        grouping_sets,
    } = message;
    let kind = GroupType::try_from(*group_type).unwrap_or(GroupType::Unspecified);
    let grouping = Grouping { kind, expressions: grouping_expressions, sets: grouping_sets };
    let input = context.input()?;
    match Clauses::of(aggregate_expressions) {
        Some(clauses) => query(context, input, &grouping, &clauses),
        None => data_frame(context, input, &grouping, aggregate_expressions),
    }
}

/// What to group by.
struct Grouping<'m> {
    kind: GroupType,
    expressions: &'m [Expression],
    sets: &'m [GroupingSets],
}

impl Grouping<'_> {
    /// How the keys combine; `key` plans one.
    fn sets(&self, key: impl Fn(&Expression) -> Result<Expr>) -> Result<Sets> {
        match self.kind {
            GroupType::Groupby => Ok(Sets::One),
            GroupType::Rollup => Ok(Sets::Rollup),
            GroupType::Cube => Ok(Sets::Cube),
            GroupType::GroupingSets => {
                let set = |GroupingSets { grouping_set }: &GroupingSets| {
                    grouping_set.iter().map(&key).collect::<Result<Vec<_>>>()
                };
                self.sets.iter().map(set).collect::<Result<_>>().map(Sets::Listed)
            }
            GroupType::Pivot => Err(Error::missing_field("pivot")),
            GroupType::Unspecified => Err(Error::missing_field("group_type")),
        }
    }
}

/// A DataFrame's `groupBy(..).agg(..)`: the keys, then the aggregates.
fn data_frame(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    grouping: &Grouping<'_>,
    aggregates: &[Expression],
) -> Result<Planned> {
    let scope = context.scope(input);
    let mut list = plan_list(grouping.expressions, &scope).at("grouping_expressions")?;
    let aggregates = plan_list(aggregates, &scope).at("aggregate_expressions")?;
    let keys = list.iter().map(|named| named.expr.clone()).collect();
    list.extend(aggregates);
    let sets = grouping.sets(|key| plan_expression(key, &scope))?;
    Aggregation::new(context, input, keys, sets, list).finish()
}

/// SELECT .. GROUP BY .. HAVING .. ORDER BY ..
fn query(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    grouping: &Grouping<'_>,
    clauses: &Clauses<'_>,
) -> Result<Planned> {
    let scope = context.scope(input);
    let list = plan_list(clauses.select, &scope).at("aggregate_expressions")?;
    let key = |expression: &Expression| clauses::key(expression, clauses.select, &list, &scope);
    let keys = match clauses::all(grouping.expressions, &list, &scope)? {
        Some(keys) => keys,
        None => clauses::keys(grouping.expressions, clauses.select, &list, &scope)?,
    };
    let sets = grouping.sets(key).at("grouping_sets")?;
    let mut aggregation = Aggregation::new(context, input, keys, sets, list);
    if let Some(having) = clauses.having {
        let predicate = clauses::having(having, context, input, aggregation.list())?;
        aggregation.having(predicate)?;
    }
    if let Some(qualify) = clauses.qualify {
        let predicate = clauses::having(qualify, context, input, aggregation.list())?;
        refuse_no_window(aggregation.list().iter().map(|named| &named.expr).chain([&predicate]))?;
        aggregation.qualify(predicate)?;
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
    Aggregation::new(context, input, Vec::new(), Sets::One, list).finish()
}

/// Whether a key is a position in the select list.
fn is_ordinal(key: &NamedExpr) -> bool {
    matches!(key.expr, Expr::Literal(ScalarValue::Int32(Some(_)), _))
}

/// A select list grouped by these keys.
pub(super) fn grouped(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    keys: Vec<Expr>,
    list: Vec<NamedExpr>,
) -> Result<Planned> {
    Aggregation::new(context, input, keys, Sets::One, list).finish()
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
