//! `hyper_anf`.

use async_trait::async_trait;
use datafusion_spark_connect::{Error, Planned, Result};

use crate::graph::Graph;
use crate::method::Method;
use crate::proto::HyperAnf;

#[async_trait]
impl Method for HyperAnf {
    async fn run(&self, _graph: &Graph) -> Result<Planned> {
        Err(Error::unsupported("graphframes.hyper_anf"))
    }
}
