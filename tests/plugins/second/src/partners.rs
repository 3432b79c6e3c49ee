//! `Partners`: two DataFrames in bytes, and an expression over both.

use async_trait::async_trait;
use datafusion::common::JoinType;
use datafusion::logical_expr::LogicalPlanBuilder;
use datafusion_spark_connect::plugin::TypedRelationPlugin;
use datafusion_spark_connect::{Error, Planned, Result, SparkConnectPlanner};

use crate::proto::Partners;

/// A semi join.
#[derive(Debug, Clone, Copy, Default)]
pub struct PartnersPlugin;

#[async_trait]
impl TypedRelationPlugin for PartnersPlugin {
    type Message = Partners;

    async fn transform(
        &self,
        message: &Partners,
        planner: &SparkConnectPlanner,
    ) -> Result<Planned> {
        let Partners { left, right, on } = message;
        let on = on.as_ref().ok_or_else(|| Error::missing_field("on"))?;
        let left = planner.plan_bytes(left).await?;
        let right = planner.plan_bytes(right).await?;
        let sides = planner.sides(("l", &left), ("r", &right))?;
        let condition = planner.plan_expression(on, sides.together())?;
        let plan = LogicalPlanBuilder::from(sides.left().plan().as_ref().clone())
            .join_on(sides.right().plan().as_ref().clone(), JoinType::LeftSemi, [condition])?
            .build()?;
        Ok(Planned::passing(sides.left(), plan))
    }
}
