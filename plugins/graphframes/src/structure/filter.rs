//! `filterVertices` and `filterEdges`. The client itself drops the edges of vertices that
//! are gone.

use async_trait::async_trait;
use datafusion::logical_expr::LogicalPlanBuilder;
use datafusion_spark_connect::plugin::Effects;
use datafusion_spark_connect::{Planned, Result};

use crate::graph::Graph;
use crate::method::Method;
use crate::proto::{ColumnOrExpression, FilterEdges, FilterVertices};
use crate::relation::given;

#[async_trait]
impl Method for FilterVertices {
    fn effects(&self) -> Effects {
        Effects::None
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self { condition } = self;
        filtered(graph, graph.vertices(), condition.as_ref())
    }
}

#[async_trait]
impl Method for FilterEdges {
    fn effects(&self) -> Effects {
        Effects::None
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self { condition } = self;
        filtered(graph, graph.edges(), condition.as_ref())
    }
}

/// The rows of one side of a graph that meet a condition.
/// # Errors
/// If the condition cannot be planned, or is no condition.
pub(crate) fn filtered(
    graph: &Graph,
    side: &Planned,
    condition: Option<&ColumnOrExpression>,
) -> Result<Planned> {
    let planner = graph.planner();
    let condition = given(planner, condition, "condition")?;
    let condition = planner.plan_condition(&condition, side)?;
    let plan = LogicalPlanBuilder::from(side.plan().as_ref().clone()).filter(condition)?.build()?;
    Ok(Planned::passing(side, plan))
}
