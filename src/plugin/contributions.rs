//! What a plugin adds to a session: functions, rules, table factories, configuration.
//!
//! Plugins say what they add, one after the other, and only when all have said so it
//! is put into the session's context: all of it, or none.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock, Weak};

use datafusion::catalog::{TableFunctionImpl, TableProviderFactory};
use datafusion::config::ConfigExtension;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};
use datafusion::optimizer::{AnalyzerRule, OptimizerRule};
use datafusion::physical_planner::ExtensionPlanner;
use datafusion::prelude::SessionContext;

use super::extension_planning;
use super::offers::Offers;
use crate::error::{Error, Result};
use crate::session::Session;

/// Adds to sessions, when they are made.
///
/// ```
/// use std::sync::Arc;
///
/// use datafusion::functions::math::sqrt;
/// use datafusion_spark_connect::plugin::{
///     Contributions, Plugin, PluginRegistry, SessionPlugin,
/// };
/// use datafusion_spark_connect::{Result, Session, spark_context};
///
/// struct Roots;
///
/// impl SessionPlugin for Roots {
///     fn contribute(&self, contributions: &mut Contributions) -> Result<()> {
///         contributions.scalar_function(sqrt());
///         Ok(())
///     }
/// }
///
/// let registry = PluginRegistry::empty().with(Plugin::session("roots", Roots));
/// let session = Session::builder(spark_context()).plugins(registry).build()?;
/// assert!(session.state().scalar_functions().contains_key("sqrt"));
/// # Ok::<(), datafusion_spark_connect::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session plugin",
    label = "a session plugin is needed here",
    note = "implement `SessionPlugin`"
)]
pub trait SessionPlugin: Send + Sync + 'static {
    /// Says what the plugin adds to a new session. Later plugins win over earlier
    /// ones, and all over what the context had.
    ///
    /// # Errors
    /// Whatever keeps the plugin from working in this session, which is then not made.
    fn contribute(&self, contributions: &mut Contributions) -> Result<()>;
}

/// The session that a contribution is part of, once it is made.
///
/// For table factories and functions that need the planner. It does not keep the
/// session alive.
#[derive(Clone, Default)]
pub struct SessionHandle(Arc<OnceLock<Weak<Session>>>);

impl SessionHandle {
    /// The session.
    ///
    /// # Errors
    /// If it is gone, or not made yet.
    pub fn session(&self) -> Result<Arc<Session>> {
        let held = self.0.get().and_then(Weak::upgrade);
        held.ok_or_else(|| Error::internal("a plugin asks for a session that is not there"))
    }

    pub(crate) fn set(&self, session: &Arc<Session>) {
        // A handle belongs to one session, which is made once.
        let _ = self.0.set(Arc::downgrade(session));
    }
}

impl fmt::Debug for SessionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.session().map(|session| session.id().to_owned());
        f.debug_tuple("SessionHandle").field(&id.ok()).finish()
    }
}

/// Key, in the metadata of the schema that a table factory gets, of the comment of a
/// table that is made.
pub const TABLE_COMMENT: &str = "spark.table.comment";
/// The same for a property of the table: what is before its name.
pub const TABLE_PROPERTY: &str = "spark.table.property.";

/// A change to a context that cannot fail.
type Change = Box<dyn FnOnce(&SessionContext) + Send>;

/// What plugins add to one session.
#[derive(Default)]
pub struct Contributions {
    session: SessionHandle,
    scalars: Vec<Arc<ScalarUDF>>,
    aggregates: Vec<Arc<AggregateUDF>>,
    windows: Vec<Arc<WindowUDF>>,
    tables: Vec<(String, Arc<dyn TableFunctionImpl>)>,
    factories: HashMap<String, Arc<dyn TableProviderFactory>>,
    analyzers: Vec<Arc<dyn AnalyzerRule + Send + Sync>>,
    optimizers: Vec<Arc<dyn OptimizerRule + Send + Sync>>,
    extension_planners: Vec<Arc<dyn ExtensionPlanner + Send + Sync>>,
    config: Vec<Change>,
    offers: Offers,
}

impl Contributions {
    /// The session, for later.
    pub fn session(&self) -> SessionHandle {
        self.session.clone()
    }

    /// A function of rows.
    pub fn scalar_function(&mut self, function: Arc<ScalarUDF>) {
        self.scalars.push(function);
    }

    /// A function of groups.
    pub fn aggregate_function(&mut self, function: Arc<AggregateUDF>) {
        self.aggregates.push(function);
    }

    /// A function of windows.
    pub fn window_function(&mut self, function: Arc<WindowUDF>) {
        self.windows.push(function);
    }

    /// A function that gives a table.
    pub fn table_function(
        &mut self,
        name: impl Into<String>,
        function: Arc<dyn TableFunctionImpl>,
    ) {
        self.tables.push((name.into(), function));
    }

    /// A format for `spark.read.format(name)`, `df.write.format(name)` and
    /// `CREATE TABLE .. USING name`. Case does not matter.
    ///
    /// A command without columns asks for a table that is there. One with columns asks
    /// for one to insert into, and what becomes of rows that are there is in two flags:
    ///
    /// | `if_not_exists` | `or_replace` | |
    /// |---|---|---|
    /// | no | no | there must be no table |
    /// | yes | no | rows are added to those of the table, if there is one |
    /// | no | yes | the table becomes another: columns, properties and all |
    /// | yes | yes | its rows are replaced; the rest as far as options say |
    ///
    /// A table without rows is made by an insert of none. Comment and properties of
    /// `CREATE TABLE` are metadata of the schema, as [`TABLE_COMMENT`] and
    /// [`TABLE_PROPERTY`].
    pub fn table_factory(&mut self, name: &str, factory: Arc<dyn TableProviderFactory>) {
        self.factories.insert(name.to_uppercase(), factory);
    }

    /// A rule that makes plans valid.
    pub fn analyzer_rule(&mut self, rule: Arc<dyn AnalyzerRule + Send + Sync>) {
        self.analyzers.push(rule);
    }

    /// A rule that makes plans faster.
    pub fn optimizer_rule(&mut self, rule: Arc<dyn OptimizerRule + Send + Sync>) {
        self.optimizers.push(rule);
    }

    /// A planner for logical nodes of the plugin's own.
    ///
    /// DataFusion's query planner asks it. A host that installed a query planner of its
    /// own finds it with [`Session::offered`], as `dyn ExtensionPlanner + Send + Sync`.
    pub fn extension_planner(&mut self, planner: Arc<dyn ExtensionPlanner + Send + Sync>) {
        self.offers.add(Arc::clone(&planner));
        self.extension_planners.push(planner);
    }

    /// An object for the host, by an interface that both know and this crate does not:
    /// say a codec, by which a distributed host sends the plugin's nodes and functions
    /// to its workers. The host finds it with [`Session::offered`].
    pub fn offer<T: ?Sized + Send + Sync + 'static>(&mut self, object: Arc<T>) {
        self.offers.add(object);
    }

    /// A group of options.
    pub fn config<C: ConfigExtension>(&mut self, options: C) {
        self.config.push(Box::new(move |context| {
            let state = context.state_ref();
            state.write().config_mut().options_mut().extensions.insert(options);
        }));
    }

    /// Puts all of it into a context: nothing here can fail.
    pub(crate) fn apply(self, context: &SessionContext) -> (SessionHandle, Offers) {
        let Self {
            session,
            scalars,
            aggregates,
            windows,
            tables,
            factories,
            analyzers,
            optimizers,
            extension_planners,
            config,
            offers,
        } = self;
        scalars.into_iter().for_each(|f| context.register_udf(Arc::unwrap_or_clone(f)));
        aggregates.into_iter().for_each(|f| context.register_udaf(Arc::unwrap_or_clone(f)));
        windows.into_iter().for_each(|f| context.register_udwf(Arc::unwrap_or_clone(f)));
        tables.into_iter().for_each(|(name, function)| context.register_udtf(&name, function));
        analyzers.into_iter().for_each(|rule| context.add_analyzer_rule(rule));
        optimizers.into_iter().for_each(|rule| context.add_optimizer_rule(rule));
        config.into_iter().for_each(|change| change(context));
        let state = context.state_ref();
        state.write().table_factories_mut().extend(factories);
        extension_planning::install(context, extension_planners);
        (session, offers)
    }
}

impl fmt::Debug for Contributions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contributions")
            .field("session", &self.session)
            .field("factories", &self.factories.keys())
            .finish_non_exhaustive()
    }
}
