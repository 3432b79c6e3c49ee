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
pub(crate) mod kept;
mod materialize;
pub(crate) mod observe;
mod on_stack;
#[cfg(feature = "server")]
pub(crate) mod operation;
mod ordered;
mod physical;
#[cfg(feature = "server")]
pub(crate) mod response;
#[cfg(feature = "server")]
pub(crate) mod run;
pub(crate) mod semantics;
pub(crate) mod spread;
pub(crate) mod wire;

pub(crate) use insert::insert;
pub(crate) use ordered::stream as in_order;

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use futures::StreamExt as _;
use futures::stream::BoxStream;

use crate::error::Result;
use crate::planner::SparkConnectPlanner;
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

/// The physical plan of a plan, its fields named as they are, with kept rows in the
/// place of what they came from.
///
/// # Errors
/// If DataFusion refuses the plan.
pub(crate) async fn physical_plan(
    session: &Session,
    plan: LogicalPlan,
) -> Result<Arc<dyn ExecutionPlan>> {
    physical::of_plan(session, plan).await
}

/// What a plan reads that is no child of it, since it was planned as a whole of its own.
pub(crate) fn hidden_input(plan: &dyn ExecutionPlan) -> Option<&Arc<dyn ExecutionPlan>> {
    spread::hidden_input(plan).or_else(|| kept::hidden_input(plan))
}

/// Starts running a relation.
///
/// # Errors
/// If DataFusion refuses the plan.
pub(crate) async fn stream(planner: &SparkConnectPlanner, planned: &Planned) -> Result<Rows> {
    let session = planner.session();
    let wire = wire::Wire::new(planned.schema()?.as_ref());
    let plan = physical::plan(session, planned).await?;
    let batches = ordered::stream(Arc::clone(&plan), session.state().task_ctx())?;
    let schema = Arc::clone(wire.schema());
    let batches = batches.map(move |batch| wire.convert(&batch?));
    let end = observe::noted(planner.clone(), Arc::clone(&plan));
    let batches = batches.chain(end).boxed();
    Ok(Rows { schema, batches, plan })
}

/// Runs a relation for what running it does, as keeping its rows.
///
/// # Errors
/// If DataFusion refuses the plan, or running it fails.
pub(crate) async fn drain(planner: &SparkConnectPlanner, planned: &Planned) -> Result<()> {
    let Rows { schema: _, mut batches, plan: _ } = stream(planner, planned).await?;
    while let Some(batch) = batches.next().await {
        planner.check_cancelled()?;
        batch?;
    }
    Ok(())
}

/// All rows of a relation: for relations and commands that need values.
///
/// # Errors
/// If DataFusion refuses the plan, or running it fails.
pub(crate) async fn collect(
    planner: &SparkConnectPlanner,
    planned: &Planned,
) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    let Rows { schema, mut batches, plan: _ } = stream(planner, planned).await?;
    let mut all = Vec::new();
    while let Some(batch) = batches.next().await {
        all.push(batch?);
    }
    Ok((schema, all))
}
