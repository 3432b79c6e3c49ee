//! `dropIsolatedVertices`: the vertices that some edge touches.

use async_trait::async_trait;
use datafusion::common::{Column, JoinType};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder};
use datafusion_spark_connect::plugin::Effects;
use datafusion_spark_connect::{Error, Planned, Result};

use crate::graph::{Graph, ID};
use crate::method::Method;
use crate::proto::DropIsolatedVertices;

#[async_trait]
impl Method for DropIsolatedVertices {
    fn effects(&self) -> Effects {
        Effects::None
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self {} = self;
        let ends = "select src as id from edges union all select dst from edges";
        let ends = graph.sql(ends, &[]).await?;
        let sides = graph.planner().sides(("", graph.vertices()), ("", &ends))?;
        let same = id_of(sides.left())?.eq(id_of(sides.right())?);
        let plan = LogicalPlanBuilder::from(sides.left().plan().as_ref().clone())
            .join_on(sides.right().plan().as_ref().clone(), JoinType::LeftSemi, [same])?
            .build()?;
        Ok(Planned::passing(sides.left(), plan))
    }
}

fn id_of(side: &Planned) -> Result<Expr> {
    let entries = side.columns().entries();
    let entry = entries.iter().find(|entry| entry.name() == ID);
    let column: Column = entry
        .map(|entry| entry.column().clone())
        .ok_or_else(|| Error::internal("the ids were checked"))?;
    Ok(Expr::Column(column))
}
