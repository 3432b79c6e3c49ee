//! Physical planning of the logical nodes that plugins bring.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::Session;
use datafusion::error::Result;
use datafusion::execution::context::QueryPlanner;
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{DefaultPhysicalPlanner, ExtensionPlanner, PhysicalPlanner};
use datafusion::prelude::SessionContext;

/// DataFusion's own physical planner, with planners for nodes of plugins.
struct WithExtensions(DefaultPhysicalPlanner);

impl fmt::Debug for WithExtensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataFusion's planner with those of plugins")
    }
}

#[async_trait]
impl QueryPlanner for WithExtensions {
    async fn create_physical_plan(
        &self,
        plan: &LogicalPlan,
        session: &dyn Session,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.0.create_physical_plan(plan, session).await
    }
}

/// Installs the planners where DataFusion's own query planner is at work. A host with
/// one of its own decides itself whom it asks.
pub(super) fn install(
    context: &SessionContext,
    planners: Vec<Arc<dyn ExtensionPlanner + Send + Sync>>,
) {
    let state = context.state_ref();
    let mut state = state.write();
    if planners.is_empty() || !plans_by_itself(&state) {
        return;
    }
    let planner = WithExtensions(DefaultPhysicalPlanner::with_extension_planners(planners));
    let with_planner =
        SessionStateBuilder::from(state.clone()).with_query_planner(Arc::new(planner));
    *state = with_planner.build();
}

/// Whether the state has the query planner that DataFusion gives every state.
fn plans_by_itself(state: &SessionState) -> bool {
    let own = SessionStateBuilder::new().build();
    type_of(state.query_planner().as_ref()) == type_of(own.query_planner().as_ref())
}

fn type_of(planner: &dyn QueryPlanner) -> std::any::TypeId {
    std::any::Any::type_id(planner)
}
