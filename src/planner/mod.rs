//! From Spark Connect messages to DataFusion plans.

pub(crate) mod cancel;
pub(crate) mod cased;
pub(crate) mod columns;
pub(crate) mod grown;
pub(crate) mod output;
pub(crate) mod planned;
pub(crate) mod progress;
pub(crate) mod scope;
pub(crate) mod services;
#[cfg(test)]
mod tests;
pub(crate) mod walk;

use futures::future::BoxFuture;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;

use datafusion::execution::SessionState;
use datafusion::logical_expr::Expr;

use crate::erased::Erased;
use crate::error::{AtField as _, Error, Required, Result};
use crate::execute::observe::Observed;
use crate::plugin::{Answers, Memory};
use crate::proto;
use crate::session::Session;
use crate::sql::Fragment;
use cancel::Cancel;
use output::PlanOutput;
use planned::Planned;
use progress::Progress;
use scope::{Scope, Subqueries};
use walk::Env;

/// Turns unresolved Spark Connect messages into DataFusion plans, for one session.
///
/// Cheap to clone and to make; make one a request, so that what belongs to a
/// request (cancellation, relations planned once) is not shared with others.
///
/// It resolves names, functions and types by Spark's rules. It does not optimise
/// and does not run anything, but for relations that need values to be planned
/// and plugins that choose to.
///
/// ```
/// use datafusion_spark_connect::{Session, SparkConnectPlanner, proto};
/// use datafusion::prelude::SessionContext;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let session = Session::builder(SessionContext::new()).build()?;
/// let planner = SparkConnectPlanner::new(session);
/// let range = proto::Range { start: Some(0), end: 10, step: 1, num_partitions: None };
/// let relation = proto::Relation {
///     common: None,
///     rel_type: Some(proto::relation::RelType::Range(range)),
/// };
/// let planned = planner.plan_relation(&relation).await?;
/// assert_eq!(planned.columns().names().collect::<Vec<_>>(), ["id"]);
/// # Ok::<(), datafusion_spark_connect::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct SparkConnectPlanner {
    session: Arc<Session>,
    request: Erased<Request>,
    /// Whether nothing but a schema is asked for.
    for_schema: bool,
}

/// What one request shares among its nested plans.
#[derive(Debug, Default)]
struct Request {
    cancel: Cancel,
    /// What plugins answered to this request, where the session must not remember it.
    plugin_memory: Memory,
    /// What they answered where nothing but a schema was asked for: without rows, so
    /// never to be used for anything else.
    schema_memory: Memory,
    /// What plugins answered that only translate, with rows and without.
    translated: [Answers; 2],
    progress: Progress,
    /// SQL texts of expressions, parsed once: an expression string is looked at for
    /// subqueries, for its value and for its name.
    parsed: Mutex<HashMap<String, Arc<Fragment>>>,
    /// What was observed of the rows of this request.
    observed: Mutex<Vec<Observed>>,
}

impl SparkConnectPlanner {
    /// A planner for one request of `session`.
    pub fn new(session: Arc<Session>) -> Self {
        Self { session, request: Erased::new(Request::default()), for_schema: false }
    }

    /// The session: configuration, views, plugins and state of plugins.
    pub fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// DataFusion's state: catalogs, functions, configuration.
    pub fn state(&self) -> Arc<SessionState> {
        self.session.state()
    }

    /// Plans a relation.
    ///
    /// # Errors
    /// [`Error::InvalidPlan`] for a malformed message, [`Error::Analysis`] where
    /// Spark itself refuses the plan, [`Error::Unsupported`] for what is not
    /// served.
    pub fn plan_relation<'a>(
        &'a self,
        relation: &'a proto::Relation,
    ) -> BoxFuture<'a, Result<Planned>> {
        self.walk(relation, Env::default())
    }

    /// Plans a plan: a relation, or a command, which is run.
    ///
    /// # Errors
    /// As [`Self::plan_relation`], and those of what a command does.
    pub fn plan<'a>(&'a self, plan: &'a proto::Plan) -> BoxFuture<'a, Result<PlanOutput>> {
        Box::pin(async move {
            use proto::plan::OpType;
            match plan.op_type.as_ref().required("op_type")? {
                OpType::Root(relation) => {
                    let planned = self.plan_relation(relation).await.at("root")?;
                    Ok(PlanOutput::Relation(planned))
                }
                OpType::Command(command) => {
                    let output = crate::command::run(self, command).await.at("command")?;
                    Ok(PlanOutput::Command(output))
                }
                OpType::CompressedOperation(_) => {
                    Err(Error::internal("compressed plans are unpacked before planning"))
                }
            }
        })
    }

    /// Answers a question about a plan, a type or the server.
    ///
    /// # Errors
    /// As [`Self::plan_relation`].
    pub fn analyze<'a>(
        &'a self,
        question: &'a proto::analyze_plan_request::Analyze,
    ) -> BoxFuture<'a, Result<proto::analyze_plan_response::Result>> {
        Box::pin(async move { crate::analyze::analyze(self, question).await })
    }

    /// Plans an expression over the columns of `input`.
    ///
    /// # Errors
    /// As [`Self::plan_relation`].
    pub fn plan_expression(&self, expression: &proto::Expression, input: &Planned) -> Result<Expr> {
        let subqueries = Subqueries::new();
        let limit = self.session.limits().expression_depth;
        crate::expression::children::on_stack_for(expression, limit, || {
            crate::expression::plan(expression, &Scope::new(self, input, &subqueries))
        })
    }

    /// The expression that a SQL text stands for, parsed at most once a request.
    pub(crate) fn parsed_expression(&self, text: &str) -> Result<Arc<Fragment>> {
        let parsed = || self.request.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fragment) = parsed().get(text) {
            return Ok(Arc::clone(fragment));
        }
        let fragment = Arc::new(crate::sql::parse_expression(text)?);
        parsed().insert(text.to_owned(), Arc::clone(&fragment));
        Ok(fragment)
    }

    /// Makes all work on this request end with [`Error::Cancelled`] soon.
    pub fn cancel(&self) {
        self.request.cancel.set();
    }

    /// # Errors
    /// [`Error::Cancelled`] after [`Self::cancel`]; for plugins that loop.
    pub fn check_cancelled(&self) -> Result<()> {
        match self.request.cancel.is_set() {
            true => Err(Error::Cancelled),
            false => Ok(()),
        }
    }

    /// Tells the client how far a long piece of work is: `done` of `total` steps.
    pub fn report_progress(&self, done: u64, total: u64) {
        self.request.progress.set(done, total);
    }

    /// What was last reported.
    #[cfg(feature = "server")]
    pub(crate) fn progress(&self) -> (u64, u64) {
        self.request.progress.get()
    }

    /// Notes values that were observed while a plan ran.
    pub(crate) fn note_observed(&self, observed: Observed) {
        self.request.observed.lock().unwrap_or_else(PoisonError::into_inner).push(observed);
    }

    /// What was observed since it was asked last.
    #[cfg(feature = "server")]
    pub(crate) fn take_observed(&self) -> Vec<Observed> {
        let mut observed = self.request.observed.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut observed)
    }

    /// Has `waker` woken by [`Self::cancel`].
    pub(crate) fn wake_when_cancelled(&self, waker: &Waker) {
        self.request.cancel.wake_by(waker);
    }

    /// The same request, in which nothing but schemas is asked for: plugins that can
    /// tell their columns do no work. The plans have the right columns and may have
    /// no rows.
    #[must_use]
    pub fn for_schema(&self) -> Self {
        Self { for_schema: true, ..self.clone() }
    }

    pub(crate) fn is_for_schema(&self) -> bool {
        self.for_schema
    }

    /// The same request, in which rows are asked for.
    pub(crate) fn for_rows(&self) -> Self {
        Self { for_schema: false, ..self.clone() }
    }

    /// Where answers of plugins without effects are remembered, for this request.
    pub(crate) fn request_memory(&self) -> &Memory {
        match self.for_schema {
            true => &self.request.schema_memory,
            false => &self.request.plugin_memory,
        }
    }

    /// Where translations of plugins are remembered, for this request.
    pub(crate) fn translated(&self) -> &Answers {
        &self.request.translated[usize::from(self.for_schema)]
    }

    /// Where answers of plugins are remembered. What changed data must not be done
    /// twice, whatever the client configured.
    pub(crate) fn plugin_memory(&self, changes: bool) -> &Memory {
        match changes || self.session.conf().is_true("spark.connect.session.planCache.enabled") {
            true => self.session.plugin_memory(),
            false => &self.request.plugin_memory,
        }
    }

    fn check_depth(&self, depth: usize) -> Result<()> {
        let limit = self.session.limits().relation_depth;
        if depth < limit {
            return Ok(());
        }
        Err(Error::invalid_plan(format!("the plan is nested deeper than {limit} relations")))
    }
}

/// The relation at the root of a plan.
///
/// # Errors
/// [`Error::InvalidPlan`] if the plan is a command, compressed or empty.
pub(crate) fn root(plan: &proto::Plan) -> Result<&proto::Relation> {
    match plan.op_type.as_ref().required("plan.op_type")? {
        proto::plan::OpType::Root(relation) => Ok(relation),
        proto::plan::OpType::Command(_) => {
            Err(Error::invalid_plan("a relation is needed, not a command"))
        }
        proto::plan::OpType::CompressedOperation(_) => {
            Err(Error::internal("compressed plans are unpacked before planning"))
        }
    }
}
