//! Orders and filters above groups that ask for aggregates of them: they are planned with
//! the groups, as ORDER BY and HAVING are.

use crate::proto;
use crate::proto::aggregate::GroupType;
use crate::proto::expression::ExprType;
use crate::proto::relation::RelType;
use crate::sql::{aggregates, build};

/// The groups in this order, if the order asks for more than their columns.
pub(in crate::relation) fn sorted(sort: &proto::Sort) -> Option<proto::Relation> {
    let proto::Sort { input, order, is_global } = sort;
    let asks = order.iter().filter_map(|order| order.child.as_deref()).any(aggregates);
    if !asks || !is_global.unwrap_or(false) {
        return None;
    }
    let orders = order.iter().cloned().map(build::sort_expression).collect();
    with_clause(input.as_deref()?, build::call("#sort", orders))
}

/// The groups of which the condition holds, if it asks for more than their columns.
pub(in crate::relation) fn filtered(filter: &proto::Filter) -> Option<proto::Relation> {
    let proto::Filter { input, condition } = filter;
    let condition = condition.as_ref().filter(|condition| aggregates(condition))?;
    with_clause(input.as_deref()?, build::call("#having", vec![condition.clone()]))
}

/// Plain groups, as clauses.
fn with_clause(input: &proto::Relation, clause: proto::Expression) -> Option<proto::Relation> {
    let Some(RelType::Aggregate(aggregate)) = &input.rel_type else { return None };
    let marked = |item: &proto::Expression| build::arguments_of(item, "#select").is_some();
    let plain = aggregate.group_type == GroupType::Groupby as i32 && aggregate.pivot.is_none();
    if !plain || aggregate.aggregate_expressions.iter().any(marked) {
        return None;
    }
    let mut groups = aggregate.as_ref().clone();
    let keys = groups.grouping_expressions.iter().cloned();
    let items = keys.chain(std::mem::take(&mut groups.aggregate_expressions)).collect();
    groups.aggregate_expressions = vec![build::call("#select", items), clause];
    groups.grouping_expressions.iter_mut().for_each(unaliased);
    let rel_type = Some(RelType::Aggregate(Box::new(groups)));
    Some(proto::Relation { common: input.common.clone(), rel_type })
}

fn unaliased(key: &mut proto::Expression) {
    if let Some(ExprType::Alias(alias)) = &mut key.expr_type
        && let Some(inner) = alias.expr.take()
    {
        *key = *inner;
    }
}
