//! What all requests have: whose session they are for.

use crate::proto::{
    AddArtifactsRequest, AnalyzePlanRequest, ArtifactStatusesRequest, CloneSessionRequest,
    ConfigRequest, ExecutePlanRequest, FetchErrorDetailsRequest, GetStatusRequest,
    InterruptRequest, ReattachExecuteRequest, ReleaseExecuteRequest, ReleaseSessionRequest,
    UserContext,
};

/// A request of the service.
pub(super) trait Request {
    fn session_id(&self) -> &str;
    fn user_context(&self) -> Option<&UserContext>;
    /// The server's id of the session as the client knows it.
    fn observed(&self) -> Option<&str>;

    /// Whose session it is.
    fn key(&self) -> SessionKey {
        let user = self.user_context().map(|user| user.user_id.clone());
        SessionKey { user: user.unwrap_or_default(), id: self.session_id().to_owned() }
    }
}

/// A session belongs to a user: another user's session of the same id is another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct SessionKey {
    pub(super) user: String,
    pub(super) id: String,
}

macro_rules! requests {
    ($($request:ty),* $(,)?) => {
        $(impl Request for $request {
            fn session_id(&self) -> &str {
                &self.session_id
            }

            fn user_context(&self) -> Option<&UserContext> {
                self.user_context.as_ref()
            }

            fn observed(&self) -> Option<&str> {
                self.client_observed_server_side_session_id.as_deref().filter(|id| !id.is_empty())
            }
        })*
    };
}

requests!(
    AddArtifactsRequest,
    AnalyzePlanRequest,
    ArtifactStatusesRequest,
    CloneSessionRequest,
    ConfigRequest,
    ExecutePlanRequest,
    FetchErrorDetailsRequest,
    GetStatusRequest,
    InterruptRequest,
    ReattachExecuteRequest,
    ReleaseExecuteRequest,
);

impl Request for ReleaseSessionRequest {
    fn session_id(&self) -> &str {
        &self.session_id
    }

    fn user_context(&self) -> Option<&UserContext> {
        self.user_context.as_ref()
    }

    fn observed(&self) -> Option<&str> {
        None
    }
}
