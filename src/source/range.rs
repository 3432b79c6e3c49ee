//! Numbers in equal steps as a table, in as many partitions as wanted.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::Int64Array;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};

/// Numbers for which a partition of their own pays.
const WORTH: i128 = 1 << 20;

/// See the module.
#[derive(Debug)]
pub(crate) struct RangeTable {
    schema: SchemaRef,
    start: i64,
    step: i64,
    count: i128,
    /// As the client says; else as many as pay.
    partitions: Option<usize>,
}

impl RangeTable {
    /// The numbers from `start`, before `end`, in steps, which are not 0.
    pub(crate) fn new(start: i64, end: i64, step: i64, partitions: Option<usize>) -> Self {
        let distance = i128::from(end) - i128::from(start);
        let step_wide = i128::from(step);
        let whole = distance / step_wide + i128::from(distance % step_wide != 0);
        let forward = (distance > 0) == (step > 0) && distance != 0;
        let count = if forward { whole } else { 0 };
        let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, false)]));
        Self { schema, start, step, count, partitions }
    }

    pub(super) fn identity(&self) -> String {
        format!("range {} {} {} {:?}", self.start, self.step, self.count, self.partitions)
    }

    /// The n-th number.
    fn number(&self, at: i128) -> i64 {
        // Within the range, so it fits.
        (i128::from(self.start) + at * i128::from(self.step)) as i64
    }
}

#[async_trait]
impl TableProvider for RangeTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let target = state.config().target_partitions();
        let pay = usize::try_from(self.count / WORTH + 1).unwrap_or(target).min(target);
        let partitions = self.partitions.unwrap_or(pay).max(1);
        let cut = |at: usize| self.count * at as i128 / partitions as i128;
        let parts = (0..partitions).map(|at| -> Arc<dyn PartitionStream> {
            Arc::new(Part {
                schema: Arc::clone(&self.schema),
                first: self.number(cut(at)),
                step: self.step,
                count: u64::try_from(cut(at + 1) - cut(at)).unwrap_or(u64::MAX),
            })
        });
        let schema = Arc::clone(&self.schema);
        let parts = parts.collect();
        Ok(Arc::new(StreamingTableExec::try_new(schema, parts, projection, [], false, limit)?))
    }
}

/// The numbers of one partition.
#[derive(Debug)]
struct Part {
    schema: SchemaRef,
    first: i64,
    step: i64,
    count: u64,
}

impl PartitionStream for Part {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let size = context.session_config().batch_size() as u64;
        let (first, step, schema) = (self.first, self.step, Arc::clone(&self.schema));
        let left = Some((first, self.count)).filter(|(_, count)| *count > 0);
        let batches = futures::stream::iter(std::iter::successors(
            left.map(|(next, count)| (next, count, count.min(size))),
            move |(next, count, taken)| {
                let left = count - taken;
                let next = next.wrapping_add(step.wrapping_mul(*taken as i64));
                (left > 0).then(|| (next, left, left.min(size)))
            },
        ));
        let batches = futures::StreamExt::map(batches, move |(next, _, taken)| {
            let numbers = (0..taken as i64).map(|at| next.wrapping_add(step.wrapping_mul(at)));
            let column = Arc::new(Int64Array::from_iter_values(numbers));
            Ok(RecordBatch::try_new(Arc::clone(&schema), vec![column])?)
        });
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), batches))
    }
}
