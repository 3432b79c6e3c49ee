//! `Where`: a condition as a message, as bytes, and as text.

use async_trait::async_trait;
use datafusion::logical_expr::LogicalPlanBuilder;
use datafusion_spark_connect::plugin::{Effects, TypedRelationPlugin};
use datafusion_spark_connect::{Error, Planned, Result, SparkConnectPlanner};

use crate::proto::Where;
use crate::proto::r#where::Condition;

/// Filters its input, and passes its columns on.
#[derive(Debug, Clone, Copy, Default)]
pub struct WherePlugin;

#[async_trait]
impl TypedRelationPlugin for WherePlugin {
    type Message = Where;

    async fn transform(&self, message: &Where, planner: &SparkConnectPlanner) -> Result<Planned> {
        let Where { input, condition } = message;
        let input = input.as_ref().ok_or_else(|| Error::missing_field("input"))?;
        let input = planner.plan_relation(input).await?;
        let condition = match condition {
            Some(Condition::Expression(expression)) => {
                planner.plan_expression(expression, &input)?
            }
            Some(Condition::Encoded(bytes)) => planner.plan_expression_bytes(bytes, &input)?,
            Some(Condition::Sql(text)) => planner.plan_sql_expression(text, &input)?,
            None => return Err(Error::missing_field("condition")),
        };
        let plan = LogicalPlanBuilder::from(input.plan().as_ref().clone()).filter(condition)?;
        // The same columns: `df["x"]` of the input still finds them.
        Ok(Planned::passing(&input, plan.build()?))
    }

    fn effects(&self) -> Effects {
        Effects::None
    }
}
