//! A Spark session: configuration, temporary views, plugins and their state,
//! over a DataFusion context.

mod artifacts;
mod conf;
mod extensions;
pub(crate) mod routines;
mod time_zone;
pub(crate) mod variables;
mod views;

pub(crate) use time_zone::resolve as resolve_time_zone;

use std::any::Any;
use std::sync::{Arc, PoisonError, RwLock};

use datafusion::execution::SessionState;
use datafusion::prelude::SessionContext;

use crate::erased::Erased;
use crate::error::Result;
use crate::plugin::{Memory, Offers, Plugin, PluginRegistry, Selection};

pub use artifacts::Artifacts;
pub use conf::RuntimeConf;
pub use views::Views;

use extensions::Extensions;

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
    /// How many bytes of artifacts a session may hold: local data that clients
    /// send ahead of the plans that name it.
    pub artifact_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            relation_depth: 10_000,
            expression_depth: 2_000,
            message_depth: 25_000,
            decompressed_bytes: 256 << 20,
            artifact_bytes: 4 << 30,
        }
    }
}

/// A Spark session over a DataFusion context.
pub struct Session {
    id: String,
    user_id: String,
    context: Erased<SessionContext>,
    /// A snapshot of the context's state: cloning 600 functions a request costs
    /// more than planning.
    state: Erased<RwLock<Option<Arc<SessionState>>>>,
    limits: Limits,
    conf: RuntimeConf,
    current: RwLock<Arc<Namespace>>,
    views: Views,
    global_views: Arc<Views>,
    extensions: Extensions,
    artifacts: Artifacts,
    plugins: Arc<Selection>,
    plugin_memory: Memory,
    offers: Arc<Offers>,
}

/// The catalog and the database that bare table names are looked up in.
#[derive(Debug)]
pub(crate) struct Namespace {
    pub(crate) catalog: String,
    pub(crate) database: String,
}

/// Builds a [`Session`].
pub struct SessionBuilder {
    id: String,
    user_id: String,
    context: SessionContext,
    limits: Limits,
    conf: RuntimeConf,
    global_views: Arc<Views>,
    plugins: PluginRegistry,
}

impl Session {
    /// Starts a session over `context`, whose catalogs, functions, object stores
    /// and planners it uses. [`crate::spark_context`] makes a context that is set up as
    /// Spark expects.
    pub fn builder(context: SessionContext) -> SessionBuilder {
        SessionBuilder {
            id: context.session_id(),
            user_id: String::new(),
            context,
            limits: Limits::default(),
            conf: RuntimeConf::default(),
            global_views: Arc::default(),
            plugins: PluginRegistry::global(),
        }
    }

    /// The id that the client gave the session.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The user the session belongs to, as the client names itself.
    pub fn user_id(&self) -> &str {
        &self.user_id
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

    /// The session's configuration.
    pub fn conf(&self) -> &RuntimeConf {
        &self.conf
    }

    /// Name of the session's time zone (`spark.sql.session.timeZone`), in the form
    /// that Arrow knows: `Europe/Berlin`, `+02:00`.
    pub fn time_zone(&self) -> Arc<str> {
        self.conf.time_zone()
    }

    /// Whether ANSI mode is on (`spark.sql.ansi.enabled`).
    pub fn ansi(&self) -> bool {
        self.conf.ansi()
    }

    /// The temporary views of this session.
    pub fn views(&self) -> &Views {
        &self.views
    }

    /// The temporary views of the database `global_temp`, which sessions of one
    /// server share.
    pub fn global_views(&self) -> &Views {
        &self.global_views
    }

    /// The catalog that names without one are looked up in.
    pub fn current_catalog(&self) -> String {
        self.namespace().catalog.clone()
    }

    /// The database (DataFusion's schema) that bare names are looked up in.
    pub fn current_database(&self) -> String {
        self.namespace().database.clone()
    }

    /// Both.
    pub(crate) fn namespace(&self) -> Arc<Namespace> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes another catalog the current one; its database is `database`. Whether
    /// they exist is for the caller to check.
    pub fn set_current(&self, catalog: impl Into<String>, database: impl Into<String>) {
        let current = Namespace { catalog: catalog.into(), database: database.into() };
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(current);
    }

    /// The session's one value of type `T`, made by `init` at the first call: where
    /// plugins keep state between requests.
    ///
    /// ```
    /// use datafusion_spark_connect::{Session, spark_context};
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    ///
    /// #[derive(Default)]
    /// struct Calls(AtomicUsize);
    ///
    /// let session = Session::builder(spark_context()).build()?;
    /// let calls = session.get_or_init(Calls::default);
    /// calls.0.fetch_add(1, Ordering::Relaxed);
    /// assert_eq!(session.get_or_init(Calls::default).0.load(Ordering::Relaxed), 1);
    /// # Ok::<(), datafusion_spark_connect::Error>(())
    /// ```
    pub fn get_or_init<T: Any + Send + Sync>(&self, init: impl FnOnce() -> T) -> Arc<T> {
        self.extensions.get_or_init(init)
    }

    /// What plugins offer by an interface `T` that they and the host share, in the
    /// plugins' order; see [`Contributions::offer`](crate::plugin::Contributions::offer).
    pub fn offered<T: ?Sized + Send + Sync + 'static>(&self) -> Vec<Arc<T>> {
        self.offers.of()
    }

    /// The plugins in use, relations first, in the order in which they are asked.
    pub fn plugins_in_use(&self) -> &[Plugin] {
        self.plugins.plugins()
    }

    pub(crate) fn plugins(&self) -> &Selection {
        &self.plugins
    }

    pub(crate) fn plugin_memory(&self) -> &Memory {
        &self.plugin_memory
    }

    /// Data that the client sent ahead of the plans that name it.
    pub fn artifacts(&self) -> &Artifacts {
        &self.artifacts
    }

    /// A new session with this one's context, configuration, views, artifacts and
    /// current namespace, but none of its plugins' state.
    pub fn fork(&self, id: impl Into<String>) -> Arc<Self> {
        Arc::new(Self {
            id: id.into(),
            user_id: self.user_id.clone(),
            context: self.context.clone(),
            state: Erased::new(RwLock::new(Some(self.state()))),
            limits: self.limits.clone(),
            conf: self.conf.clone(),
            current: RwLock::new(self.namespace()),
            views: self.views.clone(),
            global_views: Arc::clone(&self.global_views),
            extensions: Extensions::default(),
            artifacts: self.artifacts.clone(),
            plugins: Arc::clone(&self.plugins),
            plugin_memory: Memory::default(),
            offers: Arc::clone(&self.offers),
        })
    }
}

impl SessionBuilder {
    /// The id that the client gave the session; the context's own by default.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// The user the session belongs to; nobody by default.
    #[must_use]
    pub fn user_id(mut self, user_id: impl Into<String>) -> Self {
        self.user_id = user_id.into();
        self
    }

    /// Replaces the bounds.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets a key of the configuration, keys that clients cannot change too.
    ///
    /// # Errors
    /// If Spark refuses the value.
    pub fn conf(self, key: &str, value: &str) -> Result<Self> {
        self.conf.set_at_start(key, value)?;
        Ok(self)
    }

    /// Shares global temporary views with other sessions.
    #[must_use]
    pub fn global_views(mut self, views: Arc<Views>) -> Self {
        self.global_views = views;
        self
    }

    /// The plugins to choose from; those that are linked, by default.
    ///
    /// Which of them are in use is up to the keys
    /// `spark.connect.extensions.{relation,expression,command}.classes`: all of a kind
    /// if its key is not set, else those that it lists, by name or alias and in that
    /// order.
    #[must_use]
    pub fn plugins(mut self, registry: PluginRegistry) -> Self {
        self.plugins = registry;
        self
    }

    /// The session.
    ///
    /// # Errors
    /// If the plugins selected contradict each other or do not exist.
    pub fn build(self) -> Result<Arc<Session>> {
        let Self { id, user_id, context, limits, conf, global_views, plugins } = self;
        let plugins = Selection::new(&plugins, |key| conf.get_option(key))?;
        let (handle, offers) = plugins.contributions()?.apply(&context);
        let current = {
            let state = context.state_ref();
            let state = state.read();
            let catalog = &state.config_options().catalog;
            Namespace {
                catalog: catalog.default_catalog.clone(),
                database: catalog.default_schema.clone(),
            }
        };
        let session = Arc::new(Session {
            artifacts: Artifacts::new(limits.artifact_bytes),
            id,
            user_id,
            context: Erased::new(context),
            state: Erased::new(RwLock::new(None)),
            limits,
            conf,
            current: RwLock::new(Arc::new(current)),
            views: Views::default(),
            global_views,
            extensions: Extensions::default(),
            plugins: Arc::new(plugins),
            plugin_memory: Memory::default(),
            offers: Arc::new(offers),
        });
        handle.set(&session);
        Ok(session)
    }
}
