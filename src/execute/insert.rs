//! Runs a relation into a table.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::AsArray as _;
use datafusion::arrow::datatypes::{SchemaRef, UInt64Type};
use datafusion::catalog::TableProvider;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::dml::InsertOp;
use datafusion::physical_plan::collect;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use futures::TryStreamExt as _;

use super::Rows;
use super::kept::Kept;
use crate::error::{Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;

/// Writes the rows of a relation, in order; how many there were.
///
/// # Errors
/// If running the relation or writing fails.
pub(crate) async fn insert(
    planner: &SparkConnectPlanner,
    table: &dyn TableProvider,
    input: &Planned,
    operation: InsertOp,
) -> Result<u64> {
    let session = planner.session();
    let Rows { schema, batches, plan: _ } = super::stream(planner, input).await?;
    let batches = batches.map_err(DataFusionError::from);
    let rows = RecordBatchStreamAdapter::new(Arc::clone(&schema), batches);
    let once =
        Arc::new(Once { schema: Arc::clone(&schema), rows: Mutex::new(Some(Box::pin(rows))) });
    let input = StreamingTableExec::try_new(schema, vec![once], None, [], false, None)?;
    let state = session.state();
    let write = table.insert_into(state.as_ref(), Arc::new(input), operation).await?;
    let counts = collect(write, state.task_ctx()).await;
    Kept::of(session).forget_rows(Some(table)).await;
    let counts = counts?;
    let counts = counts.iter().filter(|batch| batch.num_columns() == 1);
    let counts = counts.filter_map(|batch| batch.column(0).as_primitive_opt::<UInt64Type>());
    Ok(counts.flat_map(|counts| counts.values().iter().copied()).sum())
}

/// Rows that can be taken once.
struct Once {
    schema: SchemaRef,
    rows: Mutex<Option<SendableRecordBatchStream>>,
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Once")
    }
}

impl PartitionStream for Once {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let taken = self.rows.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.unwrap_or_else(|| {
            let error = Error::internal("rows to write are asked for twice").into();
            let rows = futures::stream::once(async { Err(error) });
            Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), rows))
        })
    }
}
