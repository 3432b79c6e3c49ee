//! `neighborhood_aware_cdlp`.

use async_trait::async_trait;
use datafusion_spark_connect::{Error, Planned, Result};

use crate::graph::Graph;
use crate::method::Method;
use crate::proto::NeighborhoodAwareCdlp;

#[async_trait]
impl Method for NeighborhoodAwareCdlp {
    async fn run(&self, _graph: &Graph) -> Result<Planned> {
        Err(Error::unsupported("graphframes.neighborhood_aware_cdlp"))
    }
}
