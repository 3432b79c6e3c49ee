//! `repartition`, `repartition_by_expression` and `hint`: they change how rows are
//! spread, not which rows there are.

use std::sync::Arc;

use datafusion::logical_expr::{LogicalPlan, Partitioning, Repartition};

use super::filter::through;
use crate::error::{Condition, Error, Result};
use crate::expression;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::proto::expression::ExprType;

pub(super) fn plan(
    message: &proto::Repartition,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::Repartition { input: _, num_partitions, shuffle } = message;
    let partitions = positive(*num_partitions)?;
    let input = context.input()?;
    if *shuffle != Some(true) {
        // Coalescing only lowers the number of partitions.
        return Ok(input.clone());
    }
    Ok(spread(input, Partitioning::RoundRobinBatch(partitions)))
}

pub(super) fn plan_by_expression(
    message: &proto::RepartitionByExpression,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::RepartitionByExpression { input: _, partition_exprs, num_partitions } = message;
    let partitions = num_partitions.map(positive).transpose()?;
    let input = context.input()?;
    let scope = context.scope(input);
    let mut keys = Vec::new();
    let mut by_range = false;
    for expression in partition_exprs {
        match expression.expr_type.as_ref() {
            Some(ExprType::SortOrder(order)) => {
                by_range = true;
                expression::plan_sort_orders(std::slice::from_ref(order.as_ref()), &scope)?;
            }
            _ => keys.push(expression::plan(expression, &scope)?),
        }
    }
    let default = || context.planner.state().config_options().execution.target_partitions;
    let partitions = partitions.unwrap_or_else(default);
    if by_range || keys.is_empty() {
        return Ok(spread(input, Partitioning::RoundRobinBatch(partitions)));
    }
    Ok(spread(input, Partitioning::Hash(keys, partitions)))
}

/// Hints tell the optimizer how to join or to spread rows; DataFusion's decides
/// that by itself, and names that are not known are ignored in Spark too.
pub(super) fn plan_hint(
    message: &proto::Hint,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::Hint { input: _, name: _, parameters: _ } = message;
    context.input().cloned()
}

fn spread(input: &Planned, partitioning_scheme: Partitioning) -> Planned {
    let repartition = Repartition { input: Arc::clone(input.plan()), partitioning_scheme };
    through(input, LogicalPlan::Repartition(repartition))
}

fn positive(partitions: i32) -> Result<usize> {
    usize::try_from(partitions).ok().filter(|partitions| *partitions > 0).ok_or_else(|| {
        Error::analysis(
            Condition::INVALID_PARAMETER_VALUE,
            [
                ("parameter", "`numPartitions`".to_owned()),
                ("functionName", "`repartition`".to_owned()),
                ("expected", "a positive number".to_owned()),
            ],
        )
    })
}
