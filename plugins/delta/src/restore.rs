//! Not yet.

use std::sync::Arc;

use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner};

use crate::error::unsupported;

pub(crate) async fn restore(
    _: &crate::proto::RestoreTable,
    _: &SparkConnectPlanner,
) -> Result<Planned> {
    unsupported("restore", "not yet")
}

pub(crate) fn schema() -> SchemaRef {
    Arc::new(Schema::empty())
}
