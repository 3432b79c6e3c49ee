//! Interrupt, GetStatus.

use std::sync::Arc;

use prost::bytes::Bytes;

use super::codec::Received;
use super::{Inner, encode};
use crate::error::{Condition, Error, Result};
use crate::execute::operation::{Interrupted, Phase};
use crate::planner::SparkConnectPlanner;
use crate::plugin::{operation_status, session_status};
use crate::proto::get_status_response::{OperationStatus, operation_status::OperationState};
use crate::proto::interrupt_request::{Interrupt, InterruptType};
use crate::proto::{GetStatusRequest, GetStatusResponse, InterruptRequest, InterruptResponse};

/// Interrupt: stops operations of the session.
pub(super) async fn interrupt(
    inner: Arc<Inner>,
    received: Received<InterruptRequest>,
) -> Result<Bytes> {
    let request = received.message;
    let held = inner.sessions.open(&*request).await?;
    let interrupted = held.operations.interrupt(&which(&request)?);
    Ok(encode(&InterruptResponse {
        session_id: request.session_id.clone(),
        server_side_session_id: held.server_side_id.clone(),
        interrupted_ids: interrupted,
    }))
}

fn which(request: &InterruptRequest) -> Result<Interrupted<'_>> {
    let lacks = |condition, parameter: &str| {
        let parameters =
            [("parameter", parameter.to_owned()), ("functionName", "interrupt".to_owned())];
        Err(Error::analysis(condition, parameters))
    };
    match request.interrupt_type() {
        InterruptType::All => Ok(Interrupted::All),
        InterruptType::Tag => match &request.interrupt {
            Some(Interrupt::OperationTag(tag)) => Ok(Interrupted::Tagged(tag)),
            Some(Interrupt::OperationId(_)) | None => {
                lacks(Condition::INVALID_INTERRUPT_REQUIRES_TAG, "operation_tag")
            }
        },
        InterruptType::OperationId => match &request.interrupt {
            Some(Interrupt::OperationId(id)) => Ok(Interrupted::Id(id)),
            Some(Interrupt::OperationTag(_)) | None => {
                lacks(Condition::INVALID_INTERRUPT_REQUIRES_ID, "operation_id")
            }
        },
        InterruptType::Unspecified => {
            let kind = InterruptType::Unspecified.as_str_name().to_owned();
            Err(Error::analysis(Condition::UNSUPPORTED_INTERRUPT_TYPE, [("interruptType", kind)]))
        }
    }
}

/// GetStatus: how far operations are; all of the session if none are named.
pub(super) async fn get_status(
    inner: Arc<Inner>,
    received: Received<GetStatusRequest>,
) -> Result<Bytes> {
    let request = received.message;
    let held = inner.sessions.open(&*request).await?;
    let planner = SparkConnectPlanner::new(Arc::clone(&held.session));
    let mut statuses = Vec::new();
    if let Some(wanted) = &request.operation_status {
        let phases = held.operations.phases();
        if wanted.operation_ids.is_empty() {
            statuses = phases.iter().map(|(id, phase)| status(id, Some(*phase))).collect();
        } else {
            let phase_of = |wanted: &String| {
                phases.iter().find(|(id, _)| id == wanted).map(|(_, phase)| *phase)
            };
            let ids = wanted.operation_ids.iter();
            statuses = ids.map(|id| status(id, phase_of(id))).collect();
        }
        for status in &mut statuses {
            let id = &status.operation_id;
            status.extensions = operation_status(&planner, id, &wanted.extensions).await?;
        }
    }
    let extensions = session_status(&planner, &request.extensions).await?;
    Ok(encode(&GetStatusResponse {
        session_id: request.session_id.clone(),
        server_side_session_id: held.server_side_id.clone(),
        operation_statuses: statuses,
        extensions,
    }))
}

fn status(id: &str, phase: Option<Phase>) -> OperationStatus {
    let state = match phase {
        None => OperationState::Unknown,
        Some(Phase::Pending | Phase::Running) => OperationState::Running,
        Some(Phase::Finished) => OperationState::Succeeded,
        Some(Phase::Failed) => OperationState::Failed,
        Some(Phase::Cancelled) => OperationState::Cancelled,
    };
    OperationStatus { operation_id: id.to_owned(), state: state.into(), extensions: Vec::new() }
}
