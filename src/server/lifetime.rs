//! ReleaseSession, CloneSession.

use std::sync::Arc;

use prost::bytes::Bytes;
use uuid::Uuid;

use super::codec::Received;
use super::request::{Request as _, SessionKey};
use super::sessions::is_uuid;
use super::{Inner, encode};
use crate::error::{Condition, Error, Result};
use crate::proto::{
    CloneSessionRequest, CloneSessionResponse, ReleaseSessionRequest, ReleaseSessionResponse,
};

/// ReleaseSession: ends the session; one that is not there is ended already.
pub(super) async fn release(
    inner: Arc<Inner>,
    received: Received<ReleaseSessionRequest>,
) -> Result<Bytes> {
    let request = received.message;
    let key = request.key();
    if !is_uuid(&key.id) {
        return Err(Error::analysis(Condition::INVALID_HANDLE_FORMAT, [("handle", key.id)]));
    }
    let held = inner.sessions.close(&key, request.allow_reconnect);
    Ok(encode(&ReleaseSessionResponse {
        session_id: key.id,
        server_side_session_id: held.map(|held| held.server_side_id.clone()).unwrap_or_default(),
    }))
}

/// CloneSession: another session with the same configuration and views.
pub(super) async fn clone(
    inner: Arc<Inner>,
    received: Received<CloneSessionRequest>,
) -> Result<Bytes> {
    let request = received.message;
    let held = inner.sessions.open(&*request).await?;
    let key = request.key();
    let id = match request.new_session_id.as_deref() {
        None => Uuid::new_v4().to_string(),
        Some(id) if is_uuid(id) => id.to_owned(),
        Some(id) => {
            let parameters = [("targetSessionId", id.to_owned())];
            return Err(Error::analysis(Condition::INVALID_CLONE_SESSION_ID_FORMAT, parameters));
        }
    };
    let new_key = SessionKey { user: key.user, id: id.clone() };
    let new = inner.sessions.add(new_key, held.session.fork(&*id))?;
    Ok(encode(&CloneSessionResponse {
        session_id: key.id,
        server_side_session_id: held.server_side_id.clone(),
        new_session_id: id,
        new_server_side_session_id: new.server_side_id.clone(),
    }))
}
