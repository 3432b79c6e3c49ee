//! ExecutePlan, ReattachExecute, ReleaseExecute.

use std::sync::Arc;

use prost::bytes::Bytes;
use uuid::Uuid;

use super::codec::Received;
use super::sessions::is_uuid;
use super::{Inner, encode};
use crate::error::{Condition, Error, Required as _, Result, SparkError};
use crate::execute::operation::{OperationSpec, Reader};
use crate::execute::response::Responses;
use crate::execute::run;
use crate::planner::SparkConnectPlanner;
use crate::proto::execute_plan_request::{RequestOption, request_option::RequestOption as Choice};
use crate::proto::release_execute_request::Release;
use crate::proto::{
    Deep, ExecutePlanRequest, Plan, ReattachExecuteRequest, ReleaseExecuteRequest,
    ReleaseExecuteResponse, ResultChunkingOptions,
};

/// Size of chunks where the client takes chunks and does not say of what size.
const CHUNK_BYTES: i64 = 16 << 20;

/// What the options of a request ask for.
#[derive(Debug, Default)]
struct Options {
    reattachable: bool,
    chunk_size: Option<usize>,
}

impl Options {
    fn of(options: &[RequestOption]) -> Result<Self> {
        let mut read = Self::default();
        for option in options {
            let RequestOption { request_option } = option;
            match request_option.as_ref().required("request_options.request_option")? {
                Choice::ReattachOptions(options) => read.reattachable = options.reattachable,
                Choice::ResultChunkingOptions(options) => read.chunk_size = chunk_size(options),
                Choice::Extension(any) => {
                    log::debug!("request option {} is not known", any.type_url);
                }
            }
        }
        Ok(read)
    }
}

fn chunk_size(options: &ResultChunkingOptions) -> Option<usize> {
    let ResultChunkingOptions { allow_arrow_batch_chunking, preferred_arrow_chunk_size } = options;
    let size = preferred_arrow_chunk_size.filter(|size| *size > 0).unwrap_or(CHUNK_BYTES);
    allow_arrow_batch_chunking.then(|| usize::try_from(size).unwrap_or(usize::MAX).max(1_024))
}

/// ExecutePlan: starts an operation and reads it.
pub(super) async fn execute(
    inner: Arc<Inner>,
    received: Received<ExecutePlanRequest>,
) -> Result<Reader> {
    let Received { message: request, digest } = received;
    let held = inner.sessions.open(&*request).await?;
    let options = Options::of(&request.request_options)?;
    let spec = OperationSpec {
        id: operation_id(request.operation_id.as_deref())?,
        tags: tags(&request.tags)?,
        reattachable: options.reattachable,
        digest,
    };
    let planner = SparkConnectPlanner::new(Arc::clone(&held.session));
    let (operation, is_new) = held.operations.start(spec, planner)?;
    let reader = held.operations.attach(Arc::clone(&operation), None)?;
    if is_new {
        let responses = Responses {
            operation,
            session_id: request.session_id.clone(),
            server_side_session_id: held.server_side_id.clone(),
            chunk_size: options.chunk_size,
        };
        run::spawn(responses, plan(request));
    }
    Ok(reader)
}

/// The plan of a request; an unset one is found out when it is planned.
fn plan(request: Deep<ExecutePlanRequest>) -> Deep<Plan> {
    request.map(|request| request.plan.unwrap_or_default())
}

fn operation_id(id: Option<&str>) -> Result<String> {
    match id {
        None => Ok(Uuid::new_v4().to_string()),
        Some(id) if is_uuid(id) => Ok(id.to_owned()),
        Some(id) => {
            Err(Error::analysis(Condition::INVALID_HANDLE_FORMAT, [("handle", id.to_owned())]))
        }
    }
}

fn tags(tags: &[String]) -> Result<Vec<String>> {
    let refuse = |what: &str| {
        let message = format!("a tag of an operation {what}");
        Err(Error::from(SparkError::new(
            Condition::INVALID_PARAMETER_VALUE,
            [("parameter", "tags"), ("functionName", "ExecutePlan"), ("expected", &*message)],
        )))
    };
    for tag in tags {
        if tag.is_empty() {
            return refuse("that is not empty");
        }
        if tag.contains(',') {
            return refuse("without commas");
        }
    }
    Ok(tags.to_vec())
}

/// ReattachExecute: reads an operation again, or on.
pub(super) async fn reattach(
    inner: Arc<Inner>,
    received: Received<ReattachExecuteRequest>,
) -> Result<Reader> {
    let request = received.message;
    let held = inner.sessions.find(&*request)?;
    let operation = held.operations.get(&request.operation_id)?;
    if !operation.is_reattachable() {
        return Err(Error::analysis(Condition::INVALID_CURSOR_NOT_REATTACHABLE, []));
    }
    held.operations.attach(operation, request.last_response_id.as_deref())
}

/// ReleaseExecute: the client has read so much, or all it wants.
pub(super) async fn release(
    inner: Arc<Inner>,
    received: Received<ReleaseExecuteRequest>,
) -> Result<Bytes> {
    let request = received.message;
    let held = inner.sessions.find(&*request)?;
    let mut response = ReleaseExecuteResponse {
        session_id: request.session_id.clone(),
        server_side_session_id: held.server_side_id.clone(),
        operation_id: None,
    };
    // An operation that is gone has nothing left to release.
    if let Some(operation) = held.operations.find(&request.operation_id) {
        match request.release.as_ref().required("release")? {
            Release::ReleaseAll(_) => {
                held.operations.release(operation.id());
            }
            Release::ReleaseUntil(until) => {
                let number = operation.response_number(&until.response_id)?;
                operation.buffer.release_until(number, &until.response_id)?;
            }
        }
        response.operation_id = Some(request.operation_id.clone());
    }
    Ok(encode(&response))
}
