//! `detecting_cycles`.

use async_trait::async_trait;
use datafusion_spark_connect::{Error, Planned, Result};

use crate::graph::Graph;
use crate::method::Method;
use crate::proto::DetectingCycles;

#[async_trait]
impl Method for DetectingCycles {
    async fn run(&self, _graph: &Graph) -> Result<Planned> {
        Err(Error::unsupported("graphframes.detecting_cycles"))
    }
}
