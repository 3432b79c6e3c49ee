//! What tests of loops need.

use std::sync::Arc;

use datafusion_spark_connect::testkit::TestSession;
use datafusion_spark_connect::{Result, SparkConnectPlanner};

use super::edges::{EdgeList, EdgeWriter};
use super::work::Work;

/// A planner of a session with nothing in it.
pub(crate) fn planner() -> Result<SparkConnectPlanner> {
    Ok(SparkConnectPlanner::new(Arc::clone(TestSession::new()?.inner())))
}

/// For a loop that nobody stops.
pub(crate) fn work() -> Result<Work> {
    Ok(Work::new(&planner()?, "test"))
}

/// Edges that all weigh 1.
pub(crate) fn edges(pairs: &[(u32, u32)]) -> Result<EdgeList> {
    let mut writer = EdgeWriter::new(&planner()?);
    pairs.iter().try_for_each(|(src, dst)| writer.push(*src, *dst, 1.0))?;
    writer.finish()
}
