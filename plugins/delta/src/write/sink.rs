//! INSERT through DataFusion: a plan that writes what another yields.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::datasource::sink::{DataSink, DataSinkExec};
use datafusion::error::DataFusionError;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::dml::InsertOp;
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties as _,
    SendableRecordBatchStream,
};
use datafusion_spark_connect::SparkConnectPlanner;

use super::insert::Insert;
use super::options::Writing;
use crate::table::Location;

struct DeltaSink {
    location: Location,
    writing: Arc<Writing>,
    overwrites: bool,
    schema: SchemaRef,
}

/// The plan that writes rows into a table.
pub(crate) fn insert(
    location: &Location,
    writing: &Arc<Writing>,
    input: Arc<dyn ExecutionPlan>,
    operation: InsertOp,
) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
    let overwrites = match operation {
        InsertOp::Append => false,
        InsertOp::Overwrite | InsertOp::Replace => true,
    };
    let one: Arc<dyn ExecutionPlan> = match input.output_partitioning().partition_count() {
        1 => input,
        _ => Arc::new(CoalescePartitionsExec::new(input)),
    };
    let schema = one.schema();
    let writing = Arc::clone(writing);
    let sink = DeltaSink { location: location.clone(), writing, overwrites, schema };
    Ok(Arc::new(DataSinkExec::new(one, Arc::new(sink), None)))
}

impl fmt::Debug for DeltaSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeltaSink").field("location", &self.location).finish_non_exhaustive()
    }
}

impl DisplayAs for DeltaSink {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeltaSink: {}", self.location.display())
    }
}

#[async_trait]
impl DataSink for DeltaSink {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    async fn write_all(
        &self,
        rows: SendableRecordBatchStream,
        _context: &Arc<TaskContext>,
    ) -> Result<u64, DataFusionError> {
        let planner = SparkConnectPlanner::new(self.writing.session.session()?);
        let insert = Insert {
            location: &self.location,
            writing: &self.writing,
            overwrites: self.overwrites,
            planner: &planner,
        };
        Ok(insert.run(rows).await?)
    }
}
