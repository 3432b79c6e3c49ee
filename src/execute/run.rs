//! The task of an operation: plans, runs, and makes the responses.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties as _};
use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, StreamExt as _};

use super::ipc::{self, BatchLimits};
use super::response::Responses;
use super::{Rows, wire};
use crate::error::{Error, Result, panic_text};
use crate::planner::grown::Grown;
use crate::planner::output::{CommandOutput, PlanOutput};
use crate::proto::execute_plan_response::execution_progress::StageInfo;
use crate::proto::execute_plan_response::metrics::{MetricObject, MetricValue};
use crate::proto::execute_plan_response::{
    ExecutionProgress, Metrics, ResponseType, SqlCommandResult,
};
use crate::proto::{Deep, Plan, decode};
use crate::types;

/// Bytes of a message of rows.
const BATCH_BYTES: usize = 4 << 20;

/// How often a client that waits hears how far the work is.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(2);

/// Starts the task.
pub(crate) fn spawn(responses: Responses, plan: Deep<Plan>) {
    tokio::spawn(async move {
        let operation = Arc::clone(&responses.operation);
        operation.set_running();
        let work = AssertUnwindSafe(Grown::new(run(&responses, plan))).catch_unwind();
        let ended = tokio::select! {
            biased;
            () = operation.wait_for_cancel() => Err(Error::Cancelled),
            ended = work => ended.unwrap_or_else(|panic| Err(panicked(panic.as_ref()))),
        };
        operation.finish(ended);
    });
}

/// The error for a panic: a fault of ours or of a plugin, but no reason to stop
/// serving others.
pub(crate) fn panicked(panic: &(dyn std::any::Any + Send)) -> Error {
    Error::internal(format!("panic: {}", panic_text(panic)))
}

async fn run(responses: &Responses, plan: Deep<Plan>) -> Result<()> {
    let planner = responses.operation.planner();
    let session = planner.session();
    let plan = decode::unpack(plan, session.limits())?;
    match planned(responses, &plan).await? {
        PlanOutput::Relation(planned) => {
            send_rows(responses, super::stream(planner, &planned).await?).await?;
        }
        PlanOutput::Command(output) => command(responses, output).await?,
    }
    let observed = planner.take_observed();
    if !observed.is_empty() {
        responses.observed(observed).await;
    }
    responses.operation.set_finished();
    responses.complete().await;
    Ok(())
}

/// Plans; while that takes long, as when a plugin works, the client hears how far it is.
async fn planned(responses: &Responses, plan: &Plan) -> Result<PlanOutput> {
    let planner = responses.operation.planner();
    let mut planning = std::pin::pin!(planner.plan(plan));
    loop {
        match tokio::time::timeout(PROGRESS_INTERVAL, planning.as_mut()).await {
            Ok(output) => return output,
            Err(_) => responses.progress(steps(planner.progress())).await,
        }
    }
}

/// Steps of a plugin's work, as the tasks of a stage.
fn steps((done, total): (u64, u64)) -> ExecutionProgress {
    let count = |steps: u64| i64::try_from(steps).unwrap_or(i64::MAX);
    let stage = StageInfo {
        stage_id: 0,
        num_tasks: count(total.max(1)),
        num_completed_tasks: count(done),
        input_bytes_read: 0,
        done: false,
    };
    ExecutionProgress { stages: vec![stage], num_inflight_tasks: 1 }
}

async fn command(responses: &Responses, output: CommandOutput) -> Result<()> {
    let planner = responses.operation.planner();
    match output {
        CommandOutput::None => Ok(()),
        CommandOutput::SqlResult(relation) => {
            let result = SqlCommandResult { relation: Some(relation) };
            responses.result(ResponseType::SqlCommandResult(result)).await;
            Ok(())
        }
        CommandOutput::Rows(batches, schema) => {
            let wire = wire::Wire::new(&schema);
            let schema = Arc::clone(wire.schema());
            let rows = stream::iter(batches).map(move |batch| wire.convert(&batch)).boxed();
            send(responses, &schema, rows, &Work::none()).await
        }
        CommandOutput::Relation(planned) => {
            send_rows(responses, super::stream(planner, &planned).await?).await
        }
        CommandOutput::Response(response) => {
            responses.result(*response).await;
            Ok(())
        }
        CommandOutput::Extension(any) => {
            responses.result(ResponseType::Extension(any)).await;
            Ok(())
        }
    }
}

async fn send_rows(responses: &Responses, rows: Rows) -> Result<()> {
    let Rows { schema, batches, plan } = rows;
    send(responses, &schema, batches, &Work { plan: Some(Arc::clone(&plan)) }).await?;
    responses.metrics(metrics(plan.as_ref())).await;
    Ok(())
}

/// Sends schema and rows; a result without rows is one empty batch.
async fn send(
    responses: &Responses,
    schema: &SchemaRef,
    mut rows: BoxStream<'static, Result<RecordBatch>>,
    work: &Work,
) -> Result<()> {
    let conf = responses.operation.planner().session().conf();
    let limits = BatchLimits {
        rows: records_per_batch(conf.number("spark.sql.execution.arrow.maxRecordsPerBatch")),
        bytes: BATCH_BYTES,
    };
    responses.schema(types::from_schema(schema)?).await;
    let mut offset = 0;
    while let Some(batch) = next(responses, &mut rows, work).await {
        for piece in ipc::split(&batch?, limits) {
            if piece.num_rows() == 0 {
                continue;
            }
            let data = ipc::encode(&piece)?;
            responses.batch(data, piece.num_rows(), offset).await?;
            offset += piece.num_rows() as i64;
        }
    }
    if offset == 0 {
        responses.batch(ipc::encode_empty(schema)?, 0, 0).await?;
    }
    Ok(())
}

/// Zero and less mean no limit.
fn records_per_batch(setting: Option<i64>) -> usize {
    match setting.map(usize::try_from) {
        Some(Ok(rows)) if rows > 0 => rows,
        Some(_) => usize::MAX,
        None => 10_000,
    }
}

/// The next batch; while it takes long, the client hears how far the work is.
async fn next(
    responses: &Responses,
    rows: &mut BoxStream<'static, Result<RecordBatch>>,
    work: &Work,
) -> Option<Result<RecordBatch>> {
    loop {
        match tokio::time::timeout(PROGRESS_INTERVAL, rows.next()).await {
            Ok(batch) => return batch,
            Err(_) => responses.progress(work.progress()).await,
        }
    }
}

/// What is being run, to tell how far it is.
struct Work {
    plan: Option<Arc<dyn ExecutionPlan>>,
}

impl Work {
    fn none() -> Self {
        Self { plan: None }
    }

    fn progress(&self) -> ExecutionProgress {
        let tasks = self.plan.as_ref().map_or(1, |p| p.output_partitioning().partition_count());
        let stage = StageInfo {
            stage_id: 0,
            num_tasks: tasks as i64,
            num_completed_tasks: 0,
            input_bytes_read: 0,
            done: false,
        };
        ExecutionProgress { stages: vec![stage], num_inflight_tasks: tasks as i64 }
    }
}

/// Rows and time of every operator that ran.
fn metrics(plan: &dyn ExecutionPlan) -> Metrics {
    let mut metrics = Vec::new();
    let mut open = vec![(plan, 0)];
    while let Some((plan, parent)) = open.pop() {
        let id = metrics.len() as i64 + 1;
        let inputs = plan.children().into_iter().chain(super::hidden_input(plan));
        open.extend(inputs.map(|child| (child.as_ref(), id)));
        let measured = plan.metrics().map(|metrics| metrics.aggregate_by_name());
        let value = |name: &str, kind: &str, value: Option<usize>| {
            let value = value.and_then(|value| i64::try_from(value).ok())?;
            let metric = MetricValue { name: name.to_owned(), value, metric_type: kind.to_owned() };
            Some((name.to_owned(), metric))
        };
        let rows = measured.as_ref().and_then(|measured| measured.output_rows());
        let time = measured.as_ref().and_then(|measured| measured.elapsed_compute());
        let values = [value("numOutputRows", "sum", rows), value("computeTime", "nsTiming", time)];
        metrics.push(MetricObject {
            name: plan.name().to_owned(),
            plan_id: id,
            parent,
            execution_metrics: values.into_iter().flatten().collect(),
        });
    }
    Metrics { metrics }
}
