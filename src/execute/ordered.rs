//! Runs all partitions of a plan at once and gives their rows in the order of the
//! partitions, as Spark's `collect` does.

use std::sync::Arc;

use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::runtime::SpawnedTask;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties as _};
use futures::channel::mpsc;
use futures::stream::{self, BoxStream};
use futures::{SinkExt as _, StreamExt as _};

use super::on_stack::{self, OnStack};

/// Batches that a partition may be ahead of the reader.
const AHEAD: usize = 2;

/// The rows of a plan.
///
/// # Errors
/// If the plan cannot be started.
pub(crate) fn stream(
    plan: Arc<dyn ExecutionPlan>,
    context: Arc<TaskContext>,
) -> Result<BoxStream<'static, Result<RecordBatch>>> {
    let depth = on_stack::depth(plan.as_ref());
    let partitions = plan.output_partitioning().partition_count();
    let started: Result<Vec<_>> = on_stack::run(depth, || {
        let partitions = 0..partitions;
        partitions.map(|partition| plan.execute(partition, Arc::clone(&context))).collect()
    });
    let running: Vec<_> = started?.into_iter().map(|rows| Partition::run(rows, depth)).collect();
    Ok(stream::iter(running).flat_map(Partition::into_rows).boxed())
}

/// A partition that runs as a task of its own; dropping it stops the task.
struct Partition {
    rows: mpsc::Receiver<Result<RecordBatch>>,
    task: SpawnedTask<()>,
}

impl Partition {
    fn run(mut batches: SendableRecordBatchStream, depth: usize) -> Self {
        let (mut sender, rows) = mpsc::channel(AHEAD);
        let task = async move {
            while let Some(batch) = batches.next().await {
                let last = batch.is_err();
                if sender.send(batch).await.is_err() || last {
                    break;
                }
            }
        };
        Self { rows, task: SpawnedTask::spawn(OnStack::new(depth, task)) }
    }

    /// The rows, and an error at their end if the task did not reach it.
    fn into_rows(self) -> BoxStream<'static, Result<RecordBatch>> {
        let Self { rows, task } = self;
        let end = stream::once(task.join()).filter_map(async |ended| {
            let error = ended.err()?;
            Some(Err(DataFusionError::ExecutionJoin(Box::new(error))))
        });
        rows.chain(end).boxed()
    }
}
