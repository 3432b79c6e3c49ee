//! The plugin: one message for all methods.

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion_spark_connect::plugin::{Effects, TypedRelationPlugin};
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner};

use crate::graph::Graph;
use crate::method;
use crate::proto::GraphFramesApi;

/// What `graphframes.connect` sends.
#[derive(Debug, Clone, Copy)]
pub struct GraphFrames;

#[async_trait]
impl TypedRelationPlugin for GraphFrames {
    type Message = GraphFramesApi;

    async fn transform(
        &self,
        message: &GraphFramesApi,
        planner: &SparkConnectPlanner,
    ) -> Result<Planned> {
        let method = method::of(message)?;
        method.run(&Graph::read(message, planner).await?).await
    }

    fn effects_of(&self, message: &GraphFramesApi) -> Effects {
        // One without a method is an error when it is asked for.
        method::of(message).map_or(Effects::None, |method| method.effects())
    }

    async fn schema(
        &self,
        message: &GraphFramesApi,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<SchemaRef>> {
        let method = method::of(message)?;
        method.schema(&Graph::read(message, planner).await?).await
    }
}
