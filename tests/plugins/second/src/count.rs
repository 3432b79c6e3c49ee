//! `Count`: a relation that changes something.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::logical_expr::{LogicalPlanBuilder, lit};
use datafusion_spark_connect::plugin::{Effects, TypedRelationPlugin};
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner};

use crate::proto::Count;

/// Counts how often it did its work, in the session's state.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counter;

/// The number in the session.
#[derive(Debug, Default)]
pub struct Counted(pub AtomicI64);

#[async_trait]
impl TypedRelationPlugin for Counter {
    type Message = Count;

    async fn transform(&self, _message: &Count, planner: &SparkConnectPlanner) -> Result<Planned> {
        let counted = planner.session().get_or_init(Counted::default);
        let number = counted.0.fetch_add(1, Ordering::SeqCst) + 1;
        let row = LogicalPlanBuilder::empty(true).project([lit(number).alias("number")])?;
        Ok(Planned::from(row.build()?))
    }

    fn effects(&self) -> Effects {
        Effects::Changes
    }

    async fn schema(
        &self,
        message: &Count,
        _planner: &SparkConnectPlanner,
    ) -> Result<Option<SchemaRef>> {
        let number = Field::new("number", DataType::Int64, false);
        Ok(message.tell_schema.then(|| Arc::new(Schema::new(vec![number]))))
    }
}
