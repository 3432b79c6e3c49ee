//! Not yet.

use datafusion_spark_connect::{Result, SparkConnectPlanner};

use crate::error::unsupported;

pub(crate) async fn clone(_: &crate::proto::CloneTable, _: &SparkConnectPlanner) -> Result<()> {
    unsupported("clone", "not yet")
}
