//! A Spark session: configuration, temporary views, plugins and their state,
//! over a DataFusion context.

use std::sync::{Arc, PoisonError, RwLock};

use datafusion::execution::SessionState;
use datafusion::prelude::SessionContext;

use crate::error::Result;

/// Bounds on what a client may ask for.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// How deep relations may be nested.
    pub relation_depth: usize,
    /// How deep expressions may be nested.
    pub expression_depth: usize,
    /// How deep messages may be nested: a relation is two of them.
    pub message_depth: usize,
    /// How large a compressed plan may be when unpacked, bytes.
    pub decompressed_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            relation_depth: 10_000,
            expression_depth: 2_000,
            message_depth: 25_000,
            decompressed_bytes: 256 << 20,
        }
    }
}

/// A Spark session over a DataFusion context.
pub struct Session {
    context: SessionContext,
    /// A snapshot of the context's state: cloning 600 functions a request costs
    /// more than planning.
    state: RwLock<Option<Arc<SessionState>>>,
    limits: Limits,
}

/// Builds a [`Session`].
pub struct SessionBuilder {
    context: SessionContext,
    limits: Limits,
}

impl Session {
    /// Starts a session over `context`, whose catalogs, functions, object stores
    /// and planners it uses.
    pub fn builder(context: SessionContext) -> SessionBuilder {
        SessionBuilder { context, limits: Limits::default() }
    }

    /// The DataFusion context.
    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// The context's state, as of the last [`Self::refresh_state`].
    pub fn state(&self) -> Arc<SessionState> {
        let held = self.state.read().unwrap_or_else(PoisonError::into_inner).clone();
        held.unwrap_or_else(|| {
            let state = Arc::new(self.context.state());
            *self.state.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&state));
            state
        })
    }

    /// Takes up what was registered in the context since: functions, rules,
    /// configuration. Tables need no refresh.
    pub fn refresh_state(&self) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The bounds in force.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Name of the session's time zone (`spark.sql.session.timeZone`).
    pub fn time_zone(&self) -> Arc<str> {
        Arc::from("UTC")
    }
}

impl SessionBuilder {
    /// Replaces the bounds.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The session.
    ///
    /// # Errors
    /// If the plugins selected contradict each other or do not exist.
    pub fn build(self) -> Result<Arc<Session>> {
        Ok(Arc::new(Session {
            context: self.context,
            state: RwLock::new(None),
            limits: self.limits,
        }))
    }
}
