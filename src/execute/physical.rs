//! From a planned relation to DataFusion's physical plan.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use datafusion::common::alias::AliasGenerator;
use datafusion::config::ConfigOptions;
use datafusion::execution::{FunctionRegistry, SessionState};
use datafusion::logical_expr::LogicalPlan;
use datafusion::optimizer::OptimizerConfig;
use datafusion::physical_plan::ExecutionPlan;

use super::on_stack::{self, OnStack};
use crate::error::Result;
use crate::planner::planned::Planned;
use crate::proto::Deep;
use crate::session::Session;

/// The physical plan of a relation.
///
/// # Errors
/// If DataFusion refuses the plan.
pub(super) async fn plan(session: &Session, planned: &Planned) -> Result<Arc<dyn ExecutionPlan>> {
    let state = session.state();
    let (plan, depth) = Deep::measured_plan(planned.to_output_plan()?);
    let optimized = on_stack::run(depth, || optimize(&state, LogicalPlan::clone(&plan)))?;
    let (optimized, depth) = Deep::measured_plan(optimized);
    let physical = state.query_planner().create_physical_plan(&optimized, state.as_ref());
    Ok(OnStack::new(depth, physical).await?)
}

/// What `SessionState::optimize` does, but with the time of this execution: the
/// state is a snapshot that outlives many of them, and `now()` must move.
pub(super) fn optimize(state: &SessionState, plan: LogicalPlan) -> Result<LogicalPlan> {
    let analyzed = state.analyzer().execute_and_check(plan, state.config_options(), |_, _| {})?;
    let config = Now { state, at: Utc::now(), aliases: Arc::default() };
    Ok(state.optimizer().optimize(analyzed, &config, |_, _| {})?)
}

struct Now<'s> {
    state: &'s SessionState,
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
        OptimizerConfig::options(self.state)
    }

    fn function_registry(&self) -> Option<&dyn FunctionRegistry> {
        Some(self.state)
    }
}
