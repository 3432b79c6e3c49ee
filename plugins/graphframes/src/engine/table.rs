//! Rows of an intermediate result: in memory as far as the session's pool gives some,
//! then on disk; both are given back when the last relation over them is dropped.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::Array as _;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::ipc::writer::StreamWriter;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::datasource::provider_as_source;
use datafusion::error::Result as DataFusionResult;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::execution::{SendableRecordBatchStream, SpillFile, SpillWriter, TaskContext};
use datafusion::logical_expr::LogicalPlanBuilder;
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, SpillMetrics};
use datafusion::physical_plan::spill::SpillManager;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner};
use futures::{StreamExt as _, stream};

use super::try_keep;
use crate::error::OrArrow as _;

/// See the module. Rows keep their order.
pub(crate) struct Table {
    schema: SchemaRef,
    memory: Vec<RecordBatch>,
    disk: Option<Arc<dyn SpillFile>>,
    spill: SpillManager,
    rows: usize,
    /// What `memory` takes; given back when this is dropped.
    _reservation: MemoryReservation,
}

impl Table {
    /// The rows of a relation, which is run.
    ///
    /// # Errors
    /// If running it fails, or there is no room on disk either.
    pub(crate) async fn of(planner: &SparkConnectPlanner, planned: &Planned) -> Result<Arc<Self>> {
        let (schema, mut batches) = planner.stream(planned).await?;
        let mut writer = TableWriter::new(planner, schema);
        while let Some(batch) = batches.next().await {
            writer.push(&batch?)?;
        }
        writer.finish()
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The rows, from the first on.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn stream(&self) -> DataFusionResult<SendableRecordBatchStream> {
        let memory = stream::iter(self.memory.clone().into_iter().map(Ok));
        let rows = match &self.disk {
            None => memory.boxed(),
            Some(file) => {
                let disk = self.spill.read_spill_as_stream(Arc::clone(file), None)?;
                memory.chain(disk).boxed()
            }
        };
        Ok(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), rows)))
    }

    /// The rows as a relation, which keeps them.
    ///
    /// # Errors
    /// If DataFusion refuses the plan.
    pub(crate) fn planned(self: &Arc<Self>) -> Result<Planned> {
        let partition: Arc<dyn PartitionStream> = Arc::new(Rows(Arc::clone(self)));
        let table = StreamingTable::try_new(Arc::clone(&self.schema), vec![partition])?;
        let source = provider_as_source(Arc::new(table));
        Ok(Planned::from(LogicalPlanBuilder::scan("graph", source, None)?.build()?))
    }
}

/// The rows as DataFusion reads them.
struct Rows(Arc<Table>);

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Table { schema: _, memory, disk, spill: _, rows, _reservation: _ } = &*self.0;
        let (batches, spilled) = (memory.len(), disk.is_some());
        write!(f, "Rows({rows} rows, {batches} batches in memory, spilled: {spilled})")
    }
}

impl PartitionStream for Rows {
    fn schema(&self) -> &SchemaRef {
        self.0.schema()
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        self.0.stream().unwrap_or_else(|error| {
            let failed = stream::once(async { Err(error) });
            Box::pin(RecordBatchStreamAdapter::new(Arc::clone(self.0.schema()), failed))
        })
    }
}

/// A table in the making.
pub(crate) struct TableWriter {
    table: Table,
    env: Arc<RuntimeEnv>,
    /// The file, once memory was not enough.
    file: Option<StreamWriter<Box<dyn SpillWriter>>>,
}

impl TableWriter {
    pub(crate) fn new(planner: &SparkConnectPlanner, schema: SchemaRef) -> Self {
        let state = planner.state();
        let env = state.runtime_env();
        let metrics = SpillMetrics::new(&ExecutionPlanMetricsSet::new(), 0);
        let spill = SpillManager::new(Arc::clone(env), metrics, Arc::clone(&schema));
        let reservation =
            MemoryConsumer::new("graph table").with_can_spill(true).register(&env.memory_pool);
        let table = Table {
            schema,
            memory: Vec::new(),
            disk: None,
            spill,
            rows: 0,
            _reservation: reservation,
        };
        Self { table, env: Arc::clone(env), file: None }
    }

    /// Adds rows after those there are.
    ///
    /// # Errors
    /// If there is no room on disk either.
    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        self.table.rows += batch.num_rows();
        match &mut self.file {
            Some(file) => file.write(batch).or_arrow()?,
            None if try_keep(&self.env, &self.table._reservation, size_of(batch)) => {
                self.table.memory.push(batch.clone());
            }
            None => {
                let file = self.env.disk_manager.create_tmp_file("graph table")?;
                let writer = StreamWriter::try_new(file.open_writer()?, &self.table.schema);
                self.table.disk = Some(file);
                self.file.insert(writer.or_arrow()?).write(batch).or_arrow()?;
            }
        }
        Ok(())
    }

    /// # Errors
    /// If the file cannot be finished.
    pub(crate) fn finish(mut self) -> Result<Arc<Table>> {
        if let Some(file) = self.file.take() {
            // Ends the stream of batches, then the file.
            file.into_inner().or_arrow()?.finish()?;
        }
        Ok(Arc::new(self.table))
    }
}

/// Bytes of the rows. Batches are often slices of one that is larger, which would count
/// as often if whole buffers were counted.
fn size_of(batch: &RecordBatch) -> usize {
    let size = |column: &datafusion::arrow::array::ArrayRef| {
        let whole = column.get_array_memory_size();
        column.to_data().get_slice_memory_size().unwrap_or(whole)
    };
    batch.columns().iter().map(size).sum()
}
