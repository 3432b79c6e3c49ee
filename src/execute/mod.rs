//! Runs planned relations: DataFusion's optimiser and engine, rows in the order of
//! their source, columns as a Spark client reads them.
//!
//! With the feature `server` also what a client's execution needs: operations that
//! can be interrupted and read again, and their responses.

#[cfg(feature = "server")]
pub(crate) mod buffer;
mod collect;
mod insert;
#[cfg_attr(not(feature = "server"), allow(dead_code, reason = "only the service cuts batches"))]
pub(crate) mod ipc;
mod on_stack;
#[cfg(feature = "server")]
pub(crate) mod operation;
mod ordered;
mod physical;
#[cfg(feature = "server")]
pub(crate) mod response;
#[cfg(feature = "server")]
pub(crate) mod run;
pub(crate) mod wire;

pub(crate) use insert::insert;

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::physical_plan::ExecutionPlan;
use futures::StreamExt as _;
use futures::stream::BoxStream;

use crate::error::Result;
use crate::planner::planned::Planned;
use crate::session::Session;

/// The rows of a relation as they come, and their schema: Spark's column names, and
/// no encodings that Spark clients do not read.
pub(crate) struct Rows {
    pub(crate) schema: SchemaRef,
    pub(crate) batches: BoxStream<'static, Result<RecordBatch>>,
    #[cfg_attr(not(feature = "server"), allow(dead_code, reason = "the service's metrics"))]
    pub(crate) plan: Arc<dyn ExecutionPlan>,
}

/// Starts running a relation.
///
/// # Errors
/// If DataFusion refuses the plan.
pub(crate) async fn stream(session: &Session, planned: &Planned) -> Result<Rows> {
    let wire = wire::Wire::new(planned.schema()?.as_ref());
    let plan = physical::plan(session, planned).await?;
    let batches = ordered::stream(Arc::clone(&plan), session.state().task_ctx())?;
    let schema = Arc::clone(wire.schema());
    let batches = batches.map(move |batch| wire.convert(&batch?)).boxed();
    Ok(Rows { schema, batches, plan })
}

/// All rows of a relation: for relations and commands that need values.
///
/// # Errors
/// If DataFusion refuses the plan, or running it fails.
pub(crate) async fn collect(
    session: &Session,
    planned: &Planned,
) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    let Rows { schema, mut batches, plan: _ } = stream(session, planned).await?;
    let mut all = Vec::new();
    while let Some(batch) = batches.next().await {
        all.push(batch?);
    }
    Ok((schema, all))
}
