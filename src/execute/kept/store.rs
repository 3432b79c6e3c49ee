//! Rows that are kept: in memory as far as the session's pool allows, else in
//! temporary files.

use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::runtime::SpawnedTask;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, SpillFile, TaskContext};
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, SpillMetrics};
use datafusion::physical_plan::spill::get_record_batch_memory_size;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties as _, SpillManager};
use futures::{StreamExt as _, TryStreamExt as _};

use crate::proto::StorageLevel;

/// The rows of a plan, partition by partition. Memory and files go when it goes.
pub(super) struct Store {
    schema: SchemaRef,
    parts: Vec<Part>,
    spills: SpillManager,
    _memory: Arc<Mutex<MemoryReservation>>,
}

/// The rows of a partition: first those in memory, then those in the file.
#[derive(Default)]
struct Part {
    batches: Vec<RecordBatch>,
    file: Option<Arc<dyn SpillFile>>,
}

impl Store {
    /// Runs a plan and keeps its rows.
    ///
    /// # Errors
    /// If running it fails, or there is no room on the disk either.
    pub(super) async fn fill(
        plan: Arc<dyn ExecutionPlan>,
        level: &StorageLevel,
        context: &Arc<TaskContext>,
    ) -> Result<Self> {
        let schema = plan.schema();
        let metrics = SpillMetrics::new(&ExecutionPlanMetricsSet::new(), 0);
        let environment = context.runtime_env();
        let spills = SpillManager::new(environment, metrics, Arc::clone(&schema));
        let memory = MemoryConsumer::new("kept rows").register(context.memory_pool());
        let memory = Arc::new(Mutex::new(memory));
        let in_memory = level.use_memory || level.use_off_heap;
        let partitions = 0..plan.output_partitioning().partition_count();
        let filling: Result<Vec<_>> = partitions
            .map(|partition| {
                let rows = plan.execute(partition, Arc::clone(context))?;
                let room = in_memory.then(|| Arc::clone(&memory));
                Ok(SpawnedTask::spawn(Part::fill(rows, room, spills.clone())))
            })
            .collect();
        let mut parts = Vec::new();
        for part in filling? {
            let part = part.join().await;
            parts.push(part.map_err(|error| DataFusionError::ExecutionJoin(Box::new(error)))??);
        }
        Ok(Self { schema, parts, spills, _memory: memory })
    }

    /// How many partitions there are.
    pub(super) fn partitions(&self) -> usize {
        self.parts.len()
    }

    /// The rows of a partition.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn rows(&self, partition: usize) -> Result<SendableRecordBatchStream> {
        let Some(part) = self.parts.get(partition) else {
            let none = futures::stream::empty();
            return Ok(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), none)));
        };
        let batches = futures::stream::iter(part.batches.clone().into_iter().map(Ok));
        let rows = match &part.file {
            None => batches.boxed(),
            Some(file) => {
                batches.chain(self.spills.read_spill_as_stream(Arc::clone(file), None)?).boxed()
            }
        };
        Ok(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), rows)))
    }
}

impl Part {
    /// The rows of a stream, in memory while there is room.
    async fn fill(
        mut rows: SendableRecordBatchStream,
        mut room: Option<Arc<Mutex<MemoryReservation>>>,
        spills: SpillManager,
    ) -> Result<Self> {
        let mut part = Self::default();
        let mut file = None;
        while let Some(batch) = rows.try_next().await? {
            if batch.num_rows() == 0 {
                continue;
            }
            if let Some(memory) = &room {
                let size = get_record_batch_memory_size(&batch);
                let memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
                if memory.try_grow(size).is_ok() {
                    drop(memory);
                    part.batches.push(batch);
                    continue;
                }
                drop(memory);
                // What follows goes to the file too, to stay in order.
                room = None;
            }
            let open = match &mut file {
                Some(open) => open,
                None => file.insert(spills.create_in_progress_file("kept rows")?),
            };
            open.append_batch(&batch)?;
        }
        if let Some(mut file) = file {
            part.file = file.finish()?;
        }
        Ok(part)
    }
}
