//! `mis`.

use async_trait::async_trait;
use datafusion_spark_connect::{Error, Planned, Result};

use crate::graph::Graph;
use crate::method::Method;
use crate::proto::MaximalIndependentSet;

#[async_trait]
impl Method for MaximalIndependentSet {
    async fn run(&self, _graph: &Graph) -> Result<Planned> {
        Err(Error::unsupported("graphframes.mis"))
    }
}
