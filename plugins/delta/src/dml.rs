//! Not yet.

use std::sync::Arc;

use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner};

use crate::error::unsupported;

pub(crate) async fn delete(
    _: &crate::proto::DeleteFromTable,
    _: &SparkConnectPlanner,
) -> Result<Planned> {
    unsupported("delete", "not yet")
}

pub(crate) async fn update(
    _: &crate::proto::UpdateTable,
    _: &SparkConnectPlanner,
) -> Result<Planned> {
    unsupported("update", "not yet")
}

pub(crate) async fn merge(
    _: &crate::proto::MergeIntoTable,
    _: &SparkConnectPlanner,
) -> Result<Planned> {
    unsupported("merge", "not yet")
}

pub(crate) fn affected_schema() -> SchemaRef {
    Arc::new(Schema::empty())
}

pub(crate) fn merge_schema() -> SchemaRef {
    Arc::new(Schema::empty())
}
