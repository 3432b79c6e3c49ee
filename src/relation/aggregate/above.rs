//! Orders and filters above groups that ask for aggregates of them: they are planned with
//! the groups, as ORDER BY and HAVING are, over what the groups are of.

use super::plan_groups;
use crate::error::Result;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::proto::aggregate::GroupType;
use crate::proto::expression::ExprType;
use crate::proto::relation::RelType;
use crate::sql::{aggregates, build};

/// Groups, and the relation above them that asks for their aggregates.
#[derive(Clone, Copy)]
pub(in crate::relation) struct Groups<'r> {
    above: &'r RelType,
    common: Option<&'r proto::RelationCommon>,
    pub(in crate::relation) aggregate: &'r proto::Aggregate,
}

/// The groups beneath a relation, if it asks for more of them than their columns.
pub(in crate::relation) fn groups(above: &RelType) -> Option<Groups<'_>> {
    let input = match above {
        RelType::Sort(sort) if sort.is_global.unwrap_or(false) => &sort.input,
        RelType::Filter(filter) => &filter.input,
        _ => return None,
    };
    let input = input.as_deref()?;
    let Some(RelType::Aggregate(aggregate)) = &input.rel_type else { return None };
    let asks = is_plain(aggregate)
        && match above {
            RelType::Sort(sort) => {
                sort.order.iter().filter_map(|order| order.child.as_deref()).any(aggregates)
            }
            RelType::Filter(filter) => filter.condition.as_ref().is_some_and(aggregates),
            _ => false,
        };
    asks.then_some(Groups { above, common: input.common.as_ref(), aggregate })
}

/// Whether groups have no clauses yet, which SQL text gives them.
fn is_plain(aggregate: &proto::Aggregate) -> bool {
    let marked = |item: &proto::Expression| build::arguments_of(item, "#select").is_some();
    aggregate.group_type == GroupType::Groupby as i32
        && aggregate.pivot.is_none()
        && !aggregate.aggregate_expressions.iter().any(marked)
}

impl Groups<'_> {
    /// The groups in the order that is asked for, or those that the filter wants.
    pub(in crate::relation) fn plan(&self, context: &RelationContext<'_, '_>) -> Result<Planned> {
        let planned = plan_groups(&self.with_clauses(), context)?;
        Ok(planned.with_plan_id(self.common.and_then(|common| common.plan_id)))
    }

    fn with_clauses(&self) -> proto::Aggregate {
        let proto::Aggregate { grouping_expressions: keys, aggregate_expressions, .. } =
            self.aggregate;
        let items = keys.iter().chain(aggregate_expressions).cloned().collect();
        let clause = match self.above {
            RelType::Sort(sort) => {
                let orders = sort.order.iter().cloned().map(build::sort_expression);
                Some(build::call("#sort", orders.collect()))
            }
            RelType::Filter(filter) => {
                Some(build::call("#having", filter.condition.iter().cloned().collect()))
            }
            _ => None,
        };
        proto::Aggregate {
            group_type: GroupType::Groupby as i32,
            grouping_expressions: keys.iter().map(unaliased).cloned().collect(),
            aggregate_expressions: [build::call("#select", items)]
                .into_iter()
                .chain(clause)
                .collect(),
            ..proto::Aggregate::default()
        }
    }
}

fn unaliased(key: &proto::Expression) -> &proto::Expression {
    match &key.expr_type {
        Some(ExprType::Alias(alias)) => alias.expr.as_deref().unwrap_or(key),
        _ => key,
    }
}
