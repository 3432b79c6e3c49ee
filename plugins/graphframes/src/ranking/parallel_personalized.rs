//! `parallel_personalized_page_rank`.

use async_trait::async_trait;
use datafusion_spark_connect::{Error, Planned, Result};

use crate::graph::Graph;
use crate::method::Method;
use crate::proto::ParallelPersonalizedPageRank;

#[async_trait]
impl Method for ParallelPersonalizedPageRank {
    async fn run(&self, _graph: &Graph) -> Result<Planned> {
        Err(Error::unsupported("graphframes.parallel_personalized_page_rank"))
    }
}
