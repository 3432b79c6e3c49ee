//! Which side of a small join is held, and which streams: as Spark does it, since rows
//! come in the order of the side that streams.

use std::sync::Arc;

use datafusion::common::JoinType;
use datafusion::common::Result;
use datafusion::common::config::{ConfigOptions, OptimizerOptions};
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::join_selection::JoinSelection;
use datafusion::physical_plan::expressions::Column;
use datafusion::physical_plan::joins::{
    CrossJoinExec, HashJoinExec, NestedLoopJoinExec, PartitionMode,
};
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use datafusion::physical_plan::{
    ExecutionPlan, ExecutionPlanProperties as _, replace_children_if_necessary,
};

use super::in_order::InOrderExec;

/// DataFusion's own choice of sides, but for small inner joins. Its hash join gives rows
/// in the order of the side that streams, so the right one is held if both are as big. Its
/// other joins give them in the order of the side that is held, so that is the left one.
#[derive(Debug)]
pub(super) struct SmallJoins(JoinSelection);

impl SmallJoins {
    pub(super) fn new() -> Self {
        Self(JoinSelection::new())
    }
}

impl PhysicalOptimizerRule for SmallJoins {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if !config.optimizer.join_reordering {
            return self.0.optimize(plan, config);
        }
        let options = &config.optimizer;
        // What DataFusion swaps for its size is swapped again.
        let plan = plan.transform_up(|node| hash_join_swapped(node, options)).data()?;
        let plan = self.0.optimize(plan, config)?;
        let plan = plan.transform_up(|node| swapped_back(node, options)).data()?;
        let plan = plan.transform_up(|node| outer_join_in_order(node, options)).data()?;
        plan.transform_up(|node| streaming_side_in_order(node, options)).data()
    }

    fn name(&self) -> &str {
        self.0.name()
    }

    fn schema_check(&self) -> bool {
        self.0.schema_check()
    }
}

type Node = Arc<dyn ExecutionPlan>;

fn hash_join_swapped(node: Node, options: &OptimizerOptions) -> Result<Transformed<Node>> {
    let Some(join) = node.downcast_ref::<HashJoinExec>() else { return Ok(Transformed::no(node)) };
    let inner = *join.join_type() == JoinType::Inner && !join.null_aware;
    if inner && is_small_and_held(join, options) {
        return join.swap_inputs(*join.partition_mode()).map(Transformed::yes);
    }
    Ok(Transformed::no(node))
}

/// Whether one side of the join is held in one piece, and both are small.
fn is_small_and_held(join: &HashJoinExec, options: &OptimizerOptions) -> bool {
    *join.partition_mode() != PartitionMode::Partitioned
        && are_small(join.left(), join.right(), options)
}

/// A small outer join streams the side of which it has all rows: those that match nothing
/// come in their places then, not after all others.
fn outer_join_in_order(node: Node, options: &OptimizerOptions) -> Result<Transformed<Node>> {
    let Some(join) = node.downcast_ref::<HashJoinExec>() else { return Ok(Transformed::no(node)) };
    let left = *join.join_type() == JoinType::Left && !join.null_aware;
    if left && is_small_and_held(join, options) {
        return join.swap_inputs(*join.partition_mode()).map(Transformed::yes);
    }
    Ok(Transformed::no(node))
}

/// The hash join gives rows without a match in their places only where their side says
/// that it is in an order.
fn streaming_side_in_order(node: Node, options: &OptimizerOptions) -> Result<Transformed<Node>> {
    let Some(join) = node.downcast_ref::<HashJoinExec>() else { return Ok(Transformed::no(node)) };
    let right = *join.join_type() == JoinType::Right;
    let ordered = join.right().output_ordering().is_some();
    if !right || ordered || !is_small_and_held(join, options) {
        return Ok(Transformed::no(node));
    }
    let kept: Node = Arc::new(InOrderExec::kept(Arc::clone(join.right())));
    let children = vec![Arc::clone(join.left()), kept];
    replace_children_if_necessary(node, children).map(Transformed::yes)
}

/// A small join that is no hash join, as it was before DataFusion swapped its sides. That
/// shows in the projection above it, which puts the columns in their order again.
fn swapped_back(node: Node, options: &OptimizerOptions) -> Result<Transformed<Node>> {
    let Some(projection) = node.downcast_ref::<ProjectionExec>() else {
        return Ok(Transformed::no(node));
    };
    let below = projection.input();
    let back = if let Some(join) = below.downcast_ref::<CrossJoinExec>() {
        let first = join.left().schema().fields().len();
        let swap = turns(projection, first) && are_small(join.left(), join.right(), options);
        swap.then(|| join.swap_inputs())
    } else if let Some(join) = below.downcast_ref::<NestedLoopJoinExec>() {
        let first = join.left().schema().fields().len();
        let inner = *join.join_type() == JoinType::Inner && join.projection().is_none();
        let swap = inner && turns(projection, first);
        let swap = swap && are_small(join.left(), join.right(), options);
        swap.then(|| join.swap_inputs())
    } else {
        None
    };
    match back {
        Some(join) => replace_children_if_necessary(node, vec![join?]).map(Transformed::yes),
        None => Ok(Transformed::no(node)),
    }
}

/// Whether all columns from `first` on come before all others.
fn turns(projection: &ProjectionExec, first: usize) -> bool {
    let count = projection.input().schema().fields().len();
    let wanted = (first..count).chain(0..first);
    let columns = projection.expr().iter().map(|one| one.expr.downcast_ref::<Column>());
    projection.expr().len() == count
        && columns.zip(wanted).all(|(column, at)| column.is_some_and(|own| own.index() == at))
}

fn are_small(left: &Node, right: &Node, options: &OptimizerOptions) -> bool {
    is_small(left.as_ref(), options) && is_small(right.as_ref(), options)
}

/// Whether DataFusion would hold the rows in one piece.
fn is_small(plan: &dyn ExecutionPlan, options: &OptimizerOptions) -> bool {
    let Ok(statistics) = StatisticsContext::new().compute(plan, &StatisticsArgs::new()) else {
        return false;
    };
    let below = |size: &Precision<usize>, most: usize| size.get_value().map(|size| *size < most);
    below(&statistics.total_byte_size, options.hash_join_single_partition_threshold)
        .or_else(|| below(&statistics.num_rows, options.hash_join_single_partition_threshold_rows))
        .unwrap_or(false)
}
