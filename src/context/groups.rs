//! Groups in the order in which they come from Spark: it deals them out to partitions by
//! the hashes of their keys, and gives the rows of one partition after the other.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray as _, UInt32Array};
use datafusion::arrow::compute::{concat_batches, take_record_batch};
use datafusion::arrow::datatypes::{Int32Type, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::error::DataFusionError;
use datafusion::execution::TaskContext;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::limit::{GlobalLimitExec, LocalLimitExec};
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::{ExecutionPlan, replace_children_if_necessary};
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};

use super::in_order::InOrderExec;
use super::slices::{Order, Slices};
use crate::function::hash::murmur3;

/// Partitions that Spark deals rows out to, where nobody says otherwise.
const PARTITIONS: i32 = 200;
/// Groups whose order is looked after: more are no longer read by people.
pub(super) const MOST: usize = 10_000;

/// Puts groups in order where nothing between them and the client changes it.
#[derive(Debug)]
pub(super) struct GroupsInOrder;

impl PhysicalOptimizerRule for GroupsInOrder {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut above = Vec::new();
        let mut at = Arc::clone(&plan);
        while keeps_order(at.as_ref()) {
            let Some(child) = only_child(&at) else { return Ok(plan) };
            above.push(at);
            at = child;
        }
        let Some(aggregate) = at.downcast_ref::<AggregateExec>() else { return Ok(plan) };
        if !is_dealt_out(aggregate) {
            return Ok(plan);
        }
        let keys = aggregate.group_expr().expr().len();
        let slices = Slices::beneath(aggregate, config.execution.target_partitions);
        let ordered: Arc<dyn ExecutionPlan> = Arc::new(InOrderExec::of_groups(at, keys, slices));
        above
            .into_iter()
            .rev()
            .try_fold(ordered, |input, node| replace_children_if_necessary(node, vec![input]))
    }

    fn name(&self) -> &str {
        "groups_in_order"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

pub(super) fn only_child(node: &Arc<dyn ExecutionPlan>) -> Option<Arc<dyn ExecutionPlan>> {
    match node.children().as_slice() {
        [child] => Some(Arc::clone(child)),
        _ => None,
    }
}

/// Whether the rows of a node are in the order of its input's.
fn keeps_order(node: &dyn ExecutionPlan) -> bool {
    node.is::<ProjectionExec>()
        || node.is::<FilterExec>()
        || node.is::<GlobalLimitExec>()
        || node.is::<LocalLimitExec>()
        || node.is::<CoalescePartitionsExec>()
        || node.is::<InOrderExec>()
}

/// Whether Spark deals rows out for these groups. What a limit leaves is in one partition
/// already.
fn is_dealt_out(aggregate: &AggregateExec) -> bool {
    let groups = aggregate.group_expr();
    let ends = matches!(
        aggregate.mode(),
        AggregateMode::Final
            | AggregateMode::FinalPartitioned
            | AggregateMode::Single
            | AggregateMode::SinglePartitioned
    );
    if !ends || !groups.is_single() || groups.expr().is_empty() {
        return false;
    }
    let mut at = Arc::clone(aggregate.input());
    loop {
        if at.fetch().is_some() {
            return false;
        }
        match only_child(&at) {
            Some(child) => at = child,
            None => return true,
        }
    }
}

/// The groups by the partitions that Spark would deal them out to, if they are few.
pub(super) fn ordered(
    rows: BoxStream<'static, Result<RecordBatch>>,
    schema: SchemaRef,
    keys: usize,
    slices: Option<(Slices, Arc<TaskContext>)>,
) -> BoxStream<'static, Result<RecordBatch>> {
    let mut rows = rows.fuse();
    let groups = stream::once(async move {
        let mut held = Vec::new();
        let mut count = 0;
        while count <= MOST {
            let Some(batch) = rows.try_next().await? else {
                let order = match slices {
                    Some((slices, context)) => slices.order(context).await?,
                    None => None,
                };
                held = dealt_out(&schema, held, keys, order)?;
                break;
            };
            count += batch.num_rows();
            held.push(batch);
        }
        Ok::<_, DataFusionError>(stream::iter(held.into_iter().map(Ok)).chain(rows))
    });
    groups.try_flatten().boxed()
}

/// The rows in an order, or by partitions; keys of a type that has no hash stay where
/// they are.
fn dealt_out(
    schema: &SchemaRef,
    batches: Vec<RecordBatch>,
    keys: usize,
    order: Option<Order>,
) -> Result<Vec<RecordBatch>> {
    let rows = concat_batches(schema, &batches)?;
    let Some(columns) = rows.columns().get(..keys) else { return Ok(batches) };
    let ranks = match order {
        Some(order) => Some(order.of(columns)?),
        None => partitions(columns, rows.num_rows()),
    };
    let Some(ranks) = ranks else { return Ok(batches) };
    let mut places: Vec<u32> = (0..u32::try_from(rows.num_rows()).unwrap_or(0)).collect();
    places.sort_by_key(|at| ranks.get(*at as usize).copied());
    Ok(vec![take_record_batch(&rows, &UInt32Array::from(places))?])
}

/// The partitions that Spark deals rows with these keys out to; none for keys of a type
/// that has no hash.
pub(super) fn partitions(keys: &[ArrayRef], rows: usize) -> Option<Vec<usize>> {
    let hashes = murmur3(keys, rows).ok()?;
    let hashes = hashes.as_primitive::<Int32Type>().values().iter();
    hashes.map(|hash| usize::try_from(hash.rem_euclid(PARTITIONS)).ok()).collect()
}
