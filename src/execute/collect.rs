//! Runs of plans that plugins ask for.

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use futures::StreamExt as _;
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
    pub async fn collect(&self, planned: &Planned) -> Result<(SchemaRef, Vec<RecordBatch>)> {
        let Rows { schema, mut batches, plan: _ } = super::stream(self, planned).await?;
        let mut all = Vec::new();
        while let Some(batch) = batches.next().await {
            self.check_cancelled()?;
            all.push(batch?);
        }
        Ok((schema, all))
    }

    /// Runs a relation and gives its rows as they come: for plugins that need not have
    /// them all at once.
    ///
    /// # Errors
    /// If DataFusion refuses the plan. The stream ends with an error if running it
    /// fails or the request is cancelled.
    pub async fn stream(
        &self,
        planned: &Planned,
    ) -> Result<(SchemaRef, BoxStream<'static, Result<RecordBatch>>)> {
        let Rows { schema, batches, plan: _ } = super::stream(self, planned).await?;
        let planner = self.clone();
        let batches = batches.map(move |batch| {
            planner.check_cancelled()?;
            batch
        });
        Ok((schema, batches.boxed()))
    }
}
