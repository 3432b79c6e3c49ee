//! What a method of a graph is, and which message is which.
//!
//! A method is a file: it implements [`Method`] for its message. [`of`] finds it.

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion_spark_connect::plugin::Effects;
use datafusion_spark_connect::{Error, Planned, Result};

use crate::graph::Graph;
use crate::proto::GraphFramesApi;
use crate::proto::graph_frames_api::Method as Message;

/// A method of a graph, implemented for its message.
#[async_trait]
pub(crate) trait Method: Sync {
    /// [`Effects::None`] if [`Self::run`] only builds a plan.
    fn effects(&self) -> Effects {
        Effects::Costly
    }

    /// The columns of the result, without running anything; `None` if they are up to the
    /// data. The graph given has the right columns and may have no rows.
    async fn schema(&self, _graph: &Graph) -> Result<Option<SchemaRef>> {
        Ok(None)
    }

    /// The result.
    async fn run(&self, graph: &Graph) -> Result<Planned>;
}

/// The method that a message asks for.
///
/// # Errors
/// If it asks for none that is known here.
pub(crate) fn of(message: &GraphFramesApi) -> Result<&dyn Method> {
    let GraphFramesApi { vertices: _, edges: _, method } = message;
    Ok(match method.as_ref().ok_or_else(|| Error::missing_field("method"))? {
        Message::AggregateMessages(m) => m,
        Message::Bfs(m) => m,
        Message::ConnectedComponents(m) => m,
        Message::DropIsolatedVertices(m) => m,
        Message::DetectingCycles(m) => m,
        Message::FilterEdges(m) => m,
        Message::FilterVertices(m) => m,
        Message::Find(m) => m,
        Message::LabelPropagation(m) => m,
        Message::PageRank(m) => m,
        Message::ParallelPersonalizedPageRank(m) => m,
        Message::PowerIterationClustering(m) => m,
        Message::Pregel(m) => m,
        Message::ShortestPaths(m) => m,
        Message::StronglyConnectedComponents(m) => m,
        Message::SvdPlusPlus(m) => m,
        Message::TriangleCount(m) => m,
        Message::Triplets(m) => m,
        Message::Kcore(m) => m,
        Message::Mis(m) => m,
        Message::RwEmbeddings(m) => m,
        Message::AggregateNeighbors(m) => m,
        Message::NeighborhoodAwareCdlp(m) => m,
        Message::AllPaths(m) => m,
        Message::HyperAnf(m) => m,
    })
}
