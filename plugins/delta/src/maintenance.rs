//! Not yet.

use datafusion_spark_connect::{Result, SparkConnectPlanner};

use crate::error::unsupported;

pub(crate) async fn vacuum(_: &crate::proto::VacuumTable, _: &SparkConnectPlanner) -> Result<()> {
    unsupported("vacuum", "not yet")
}

pub(crate) async fn generate(_: &crate::proto::Generate, _: &SparkConnectPlanner) -> Result<()> {
    unsupported("generate", "not yet")
}
