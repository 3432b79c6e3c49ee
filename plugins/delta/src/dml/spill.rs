//! Rows that are read more than once, kept on disk: a source is computed once, so that
//! all looks at it see the same rows, whatever `rand()` or other writers do meanwhile.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::datasource::provider_as_source;
use datafusion::execution::disk_manager::SpillFile;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::physical_plan::SpillManager;
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, SpillMetrics};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner};
use futures::StreamExt as _;

/// Rows in a file that goes away with the plans that read it.
struct Spilled {
    manager: SpillManager,
    /// None if there are no rows.
    file: Option<Arc<dyn SpillFile>>,
}

/// Runs a relation; gives a plan that reads what came of it, under the same names.
pub(crate) async fn spilled(
    planned: &Planned,
    planner: &SparkConnectPlanner,
) -> Result<LogicalPlan> {
    let (schema, mut batches) = planner.stream(planned).await?;
    let runtime = Arc::clone(planner.state().runtime_env());
    let metrics = SpillMetrics::new(&ExecutionPlanMetricsSet::new(), 0);
    let manager = SpillManager::new(runtime, metrics, Arc::clone(&schema));
    let mut file = manager.create_in_progress_file("the source of a MERGE")?;
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        if batch.num_rows() > 0 {
            file.append_batch(&batch)?;
        }
    }
    let spilled = Spilled { file: file.finish()?, manager };
    let table = StreamingTable::try_new(schema, vec![Arc::new(spilled)])?;
    Ok(LogicalPlanBuilder::scan("source", provider_as_source(Arc::new(table)), None)?.build()?)
}

impl fmt::Debug for Spilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spilled")
    }
}

impl PartitionStream for Spilled {
    fn schema(&self) -> &SchemaRef {
        self.manager.schema()
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let schema = Arc::clone(self.manager.schema());
        let rows = match &self.file {
            None => return Box::pin(RecordBatchStreamAdapter::new(schema, futures::stream::empty())),
            Some(file) => self.manager.read_spill_as_stream(Arc::clone(file), None),
        };
        rows.unwrap_or_else(|error| {
            let error = futures::stream::once(async { Err(error) });
            Box::pin(RecordBatchStreamAdapter::new(schema, error))
        })
    }
}
