//! From a planned relation to DataFusion's physical plan.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use datafusion::common::alias::AliasGenerator;
use datafusion::config::ConfigOptions;
use datafusion::execution::{FunctionRegistry, SessionState};
use datafusion::logical_expr::LogicalPlan;
use datafusion::optimizer::OptimizerConfig;
use datafusion::physical_plan::ExecutionPlan;

use futures::future::BoxFuture;

use super::kept::Kept;
use super::on_stack::{self, OnStack};
use crate::error::Result;
use crate::planner::grown::Grown;
use crate::planner::planned::Planned;
use crate::proto::Deep;
use crate::session::Session;

/// The physical plan of a relation.
///
/// # Errors
/// If DataFusion refuses the plan.
pub(super) async fn plan(session: &Session, planned: &Planned) -> Result<Arc<dyn ExecutionPlan>> {
    of_plan(session, planned.to_output_plan()?).await
}

/// The same of a plan whose fields are named as they are.
pub(super) async fn of_plan(
    session: &Session,
    plan: LogicalPlan,
) -> Result<Arc<dyn ExecutionPlan>> {
    let (plan, depth) = Deep::measured_plan(plan);
    let kept = Kept::of(session);
    let plan = on_stack::run(depth, || kept.in_place(LogicalPlan::clone(&plan)))?;
    of_state(&session.state(), plan).await
}

async fn of_state(state: &SessionState, plan: LogicalPlan) -> Result<Arc<dyn ExecutionPlan>> {
    let (plan, depth) = Deep::measured_plan(plan);
    let optimized = on_stack::run(depth, || optimize(state, LogicalPlan::clone(&plan)))?;
    let (optimized, depth) = Deep::measured_plan(optimized);
    let physical = state.query_planner().create_physical_plan(&optimized, state);
    Ok(OnStack::new(depth, physical).await?)
}

/// The physical plan of a plan within another's table.
///
/// # Errors
/// If DataFusion refuses the plan.
pub(super) async fn nested(
    state: &dyn datafusion::catalog::Session,
    plan: &LogicalPlan,
) -> datafusion::error::Result<Arc<dyn ExecutionPlan>> {
    match state.as_any().downcast_ref::<SessionState>() {
        Some(state) => {
            let planned: BoxFuture<'_, _> = Box::pin(of_state(state, plan.clone()));
            Ok(Grown::new(planned).await?)
        }
        None => state.create_physical_plan(plan).await,
    }
}

/// What `SessionState::optimize` does, but with the time of this execution: the
/// state is a snapshot that outlives many of them, and `now()` must move.
pub(super) fn optimize(state: &SessionState, plan: LogicalPlan) -> Result<LogicalPlan> {
    let analyzed = state.analyzer().execute_and_check(plan, state.config_options(), |_, _| {})?;
    let options = OptimizerConfig::options(state);
    let mut config = Now { state, options, at: Utc::now(), aliases: Arc::default() };
    let optimized = state.optimizer().optimize(analyzed.clone(), &config, |_, _| {});
    if let Ok(optimized) = optimized {
        return Ok(optimized);
    }
    // The rules that move fields of structs towards the leaves fail where columns of one
    // name come together there; it works without them.
    let mut options = ConfigOptions::clone(&config.options);
    options.optimizer.enable_leaf_expression_pushdown = false;
    config.options = Arc::new(options);
    Ok(state.optimizer().optimize(analyzed, &config, |_, _| {})?)
}

struct Now<'s> {
    state: &'s SessionState,
    options: Arc<ConfigOptions>,
    at: DateTime<Utc>,
    aliases: Arc<AliasGenerator>,
}

impl OptimizerConfig for Now<'_> {
    fn query_execution_start_time(&self) -> Option<DateTime<Utc>> {
        Some(self.at)
    }

    fn alias_generator(&self) -> &Arc<AliasGenerator> {
        &self.aliases
    }

    fn options(&self) -> Arc<ConfigOptions> {
        Arc::clone(&self.options)
    }

    fn function_registry(&self) -> Option<&dyn FunctionRegistry> {
        Some(self.state)
    }
}
