//! `svd_plus_plus`.

use async_trait::async_trait;
use datafusion_spark_connect::{Error, Planned, Result};

use crate::graph::Graph;
use crate::method::Method;
use crate::proto::SvdPlusPlus;

#[async_trait]
impl Method for SvdPlusPlus {
    async fn run(&self, _graph: &Graph) -> Result<Planned> {
        Err(Error::unsupported("graphframes.svd_plus_plus"))
    }
}
