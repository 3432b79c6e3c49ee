//! Rows that a plugin computes once and reads again: the steps of a loop.

use super::kept::{Kept, default_level};
use crate::error::Result;
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::proto::StorageLevel;
use futures::future::BoxFuture;

impl SparkConnectPlanner {
    /// Runs a relation now, and gives one of the same columns that reads the rows.
    ///
    /// The rows are kept as `level` says, in memory and on disk by default: what the
    /// session's memory pool has no room for is spilled. They live as long as the
    /// relation, or a plan over it, so the steps of a loop go as the loop moves on, and
    /// nothing has to be released. Plans over it do not grow with what it came from.
    ///
    /// ```
    /// use datafusion_spark_connect::{Session, SparkConnectPlanner, spark_context};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> datafusion_spark_connect::Result<()> {
    /// let session = Session::builder(spark_context()).build()?;
    /// let planner = SparkConnectPlanner::new(session);
    /// let mut step = planner.plan_sql("select id as label from range(4)").await?;
    /// for _ in 0..3 {
    ///     planner.check_cancelled()?;
    ///     let next = planner.plan_sql_over("select label * 2 as label from step", &[("step", &step)]);
    ///     step = planner.materialize(&next.await?, None).await?;
    /// }
    /// let total = planner.plan_sql_over("select sum(label) from step", &[("step", &step)]).await?;
    /// let (_, batches) = planner.collect(&total).await?;
    /// # assert_eq!(format!("{:?}", batches[0].column(0)).matches("48").count(), 1);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of running the relation, and of memory and disk that are full.
    pub fn materialize<'a>(
        &'a self,
        relation: &'a Planned,
        level: Option<StorageLevel>,
    ) -> BoxFuture<'a, Result<Planned>> {
        Box::pin(async move {
            let level = level.unwrap_or_else(default_level);
            let cut = Kept::of(self.session()).cut(relation, level)?;
            super::drain(self, &cut).await?;
            Ok(cut)
        })
    }
}
