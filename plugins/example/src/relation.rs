//! `ExamplePluginRelation`: its input, unchanged.

use async_trait::async_trait;
use datafusion_spark_connect::plugin::{Effects, TypedRelationPlugin};
use datafusion_spark_connect::proto::ExamplePluginRelation;
use datafusion_spark_connect::{Error, Planned, Result, SparkConnectPlanner};

/// Stands for its input. The message's text is for the plugin's own use, and this
/// one has none.
#[derive(Debug, Clone, Copy, Default)]
pub struct ExampleRelation;

#[async_trait]
impl TypedRelationPlugin for ExampleRelation {
    type Message = ExamplePluginRelation;

    async fn transform(
        &self,
        message: &ExamplePluginRelation,
        planner: &SparkConnectPlanner,
    ) -> Result<Planned> {
        let ExamplePluginRelation { input, custom_field: _ } = message;
        let input = input.as_ref().ok_or_else(|| Error::missing_field("input"))?;
        planner.plan_relation(input).await
    }

    fn effects(&self) -> Effects {
        Effects::None
    }
}
