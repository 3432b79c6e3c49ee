//! Rows that are read more than once, kept on disk: a source is computed once, so that
//! all looks at it see the same rows, whatever `rand()` or other writers do meanwhile.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::datasource::provider_as_source;
use datafusion::execution::{SendableRecordBatchStream, SpillFile, TaskContext};
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::physical_plan::SpillManager;
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, SpillMetrics};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion_spark_connect::{Result, SparkConnectPlanner};
use futures::StreamExt as _;
use futures::stream::BoxStream;

use crate::error::OrArrow as _;

/// Rows in a file that goes away with the plans that read it.
struct Spilled {
    manager: SpillManager,
    /// None if there are no rows.
    file: Option<Arc<dyn SpillFile>>,
}

/// Rows as they come, and their columns.
pub(crate) type Rows = (SchemaRef, BoxStream<'static, Result<RecordBatch>>);

/// Takes rows; gives a plan that reads them, its columns by number: their names may
/// repeat.
pub(crate) async fn spilled(rows: Rows, planner: &SparkConnectPlanner) -> Result<LogicalPlan> {
    let (schema, mut batches) = rows;
    let numbered = schema.fields().iter().enumerate();
    let numbered = numbered
        .map(|(at, field)| field.as_ref().clone().with_name(format!("#{at}")).with_nullable(true));
    let schema = Arc::new(Schema::new(numbered.collect::<Vec<_>>()));
    let runtime = Arc::clone(planner.state().runtime_env());
    let metrics = SpillMetrics::new(&ExecutionPlanMetricsSet::new(), 0);
    let manager = SpillManager::new(runtime, metrics, Arc::clone(&schema));
    let mut file = manager.create_in_progress_file("the source of a MERGE")?;
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        if batch.num_rows() > 0 {
            let columns = batch.columns().to_vec();
            file.append_batch(&RecordBatch::try_new(Arc::clone(&schema), columns).or_arrow()?)?;
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
            None => {
                return Box::pin(RecordBatchStreamAdapter::new(schema, futures::stream::empty()));
            }
            Some(file) => self.manager.read_spill_as_stream(Arc::clone(file), None),
        };
        rows.unwrap_or_else(|error| {
            let error = futures::stream::once(async { Err(error) });
            Box::pin(RecordBatchStreamAdapter::new(schema, error))
        })
    }
}
