//! Runs of plans that plugins ask for.

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::BoxStream;

use super::Rows;
use crate::error::Result;
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;

impl SparkConnectPlanner {
    /// Runs a relation: for plugins that need its rows to go on.
    ///
    /// # Errors
    /// If DataFusion refuses the plan, running it fails, or the request is cancelled.
    pub fn collect<'a>(
        &'a self,
        planned: &'a Planned,
    ) -> BoxFuture<'a, Result<(SchemaRef, Vec<RecordBatch>)>> {
        Box::pin(async move {
            let Rows { schema, mut batches, plan: _ } = super::stream(self, planned).await?;
            let mut all = Vec::new();
            while let Some(batch) = batches.next().await {
                self.check_cancelled()?;
                all.push(batch?);
            }
            Ok((schema, all))
        })
    }

    /// Runs a relation and gives its rows as they come: for plugins that need not have
    /// them all at once.
    ///
    /// # Errors
    /// If DataFusion refuses the plan. The stream ends with an error if running it
    /// fails or the request is cancelled.
    pub fn stream<'a>(
        &'a self,
        planned: &'a Planned,
    ) -> BoxFuture<'a, Result<(SchemaRef, BoxStream<'static, Result<RecordBatch>>)>> {
        Box::pin(async move {
            let Rows { schema, batches, plan: _ } = super::stream(self, planned).await?;
            let planner = self.clone();
            let batches = batches.map(move |batch| {
                planner.check_cancelled()?;
                batch
            });
            Ok((schema, batches.boxed()))
        })
    }
}
