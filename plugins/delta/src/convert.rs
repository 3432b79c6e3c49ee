//! Not yet.

use std::sync::Arc;

use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner};

use crate::error::unsupported;

pub(crate) async fn convert(
    _: &crate::proto::ConvertToDelta,
    _: &SparkConnectPlanner,
) -> Result<Planned> {
    unsupported("convert", "not yet")
}

pub(crate) fn schema() -> SchemaRef {
    Arc::new(Schema::empty())
}
