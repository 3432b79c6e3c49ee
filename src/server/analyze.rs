//! AnalyzePlan.

use std::sync::Arc;

use prost::bytes::Bytes;

use super::codec::Received;
use super::{Inner, encode};
use crate::error::{Condition, Error, Result};

use crate::planner::SparkConnectPlanner;
use crate::proto::analyze_plan_request::Analyze;
use crate::proto::{AnalyzePlanRequest, AnalyzePlanResponse, Deep, Plan, decode};
use crate::session::Limits;

/// Answers what a client asks about a plan.
pub(super) async fn analyze(
    inner: Arc<Inner>,
    received: Received<AnalyzePlanRequest>,
) -> Result<Bytes> {
    let request = received.message;
    let held = inner.sessions.open(&*request).await?;
    let limits = held.session.limits();
    // What is unpacked may be as deep as the limits allow, whatever the request was.
    let mut request = Deep::with_depth(request.into_inner(), limits.message_depth);
    unpack(&mut request, limits)?;
    let Some(what) = &request.analyze else {
        let other = "unset, or newer than this server".to_owned();
        return Err(Error::analysis(Condition::UNKNOWN_ANALYZE_METHOD, [("other", other)]));
    };
    let planner = SparkConnectPlanner::new(Arc::clone(&held.session));
    let result = planner.analyze(what).await?;
    Ok(encode(&AnalyzePlanResponse {
        session_id: request.session_id.clone(),
        server_side_session_id: held.server_side_id.clone(),
        result: Some(result),
    }))
}

/// Unpacks compressed plans in place.
fn unpack(request: &mut AnalyzePlanRequest, limits: &Limits) -> Result<()> {
    let Some(analyze) = &mut request.analyze else { return Ok(()) };
    match analyze {
        Analyze::Schema(message) => unpack_plan(&mut message.plan, limits),
        Analyze::Explain(message) => unpack_plan(&mut message.plan, limits),
        Analyze::TreeString(message) => unpack_plan(&mut message.plan, limits),
        Analyze::IsLocal(message) => unpack_plan(&mut message.plan, limits),
        Analyze::IsStreaming(message) => unpack_plan(&mut message.plan, limits),
        Analyze::InputFiles(message) => unpack_plan(&mut message.plan, limits),
        Analyze::SemanticHash(message) => unpack_plan(&mut message.plan, limits),
        Analyze::SameSemantics(message) => {
            unpack_plan(&mut message.target_plan, limits)?;
            unpack_plan(&mut message.other_plan, limits)
        }
        Analyze::SparkVersion(_)
        | Analyze::DdlParse(_)
        | Analyze::Persist(_)
        | Analyze::Unpersist(_)
        | Analyze::GetStorageLevel(_)
        | Analyze::JsonToDdl(_) => Ok(()),
    }
}

fn unpack_plan(plan: &mut Option<Plan>, limits: &Limits) -> Result<()> {
    use crate::proto::plan::OpType;
    let packed = |plan: &Plan| matches!(plan.op_type, Some(OpType::CompressedOperation(_)));
    if let Some(plan) = plan.as_mut().filter(|plan| packed(plan)) {
        *plan = decode::unpack(Deep::with_depth(std::mem::take(plan), 0), limits)?.into_inner();
    }
    Ok(())
}
