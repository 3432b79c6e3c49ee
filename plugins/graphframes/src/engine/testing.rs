//! What tests of loops need.

use std::sync::Arc;

use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::SessionContext;
use datafusion_spark_connect::{Result, Session, SparkConnectPlanner, spark_config};

use super::edges::{EdgeList, EdgeWriter};
use super::work::Work;

/// A planner of a session with nothing in it, whose memory is limited.
pub(crate) fn planner_within(bytes: usize) -> Result<SparkConnectPlanner> {
    let pool = Arc::new(GreedyMemoryPool::new(bytes));
    let runtime = RuntimeEnvBuilder::new().with_memory_pool(pool).build_arc()?;
    let config = spark_config().with_target_partitions(1);
    let context = SessionContext::new_with_config_rt(config, runtime);
    Ok(SparkConnectPlanner::new(Session::builder(context).build()?))
}

/// For a loop that nobody stops.
pub(crate) fn work() -> Result<Work> {
    Ok(Work::new(&planner_within(1 << 30)?, "test"))
}

/// Edges that all weigh 1.
pub(crate) fn edges(pairs: &[(u32, u32)]) -> Result<EdgeList> {
    let weighing: Vec<_> = pairs.iter().map(|(src, dst)| (*src, *dst, 1.0)).collect();
    weighted(&weighing)
}

/// Edges and what they weigh.
pub(crate) fn weighted(edges: &[(u32, u32, f64)]) -> Result<EdgeList> {
    let mut writer = EdgeWriter::new(&planner_within(1 << 30)?);
    edges.iter().try_for_each(|(src, dst, weight)| writer.push(*src, *dst, *weight))?;
    writer.finish()
}
