//! Not yet.

use datafusion_spark_connect::{Result, SparkConnectPlanner};

use crate::error::unsupported;

pub(crate) async fn upgrade(
    _: &crate::proto::UpgradeTableProtocol,
    _: &SparkConnectPlanner,
) -> Result<()> {
    unsupported("upgrade", "not yet")
}

pub(crate) async fn add(
    _: &crate::proto::AddFeatureSupport,
    _: &SparkConnectPlanner,
) -> Result<()> {
    unsupported("add", "not yet")
}

pub(crate) async fn drop(
    _: &crate::proto::DropFeatureSupport,
    _: &SparkConnectPlanner,
) -> Result<()> {
    unsupported("drop", "not yet")
}
