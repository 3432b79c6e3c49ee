//! Not yet.

use datafusion_spark_connect::{Result, SparkConnectPlanner};

use crate::error::unsupported;

pub(crate) async fn create(
    _: &crate::proto::CreateDeltaTable,
    _: &SparkConnectPlanner,
) -> Result<()> {
    unsupported("create", "not yet")
}
