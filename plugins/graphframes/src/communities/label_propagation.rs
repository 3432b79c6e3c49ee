//! `labelPropagation`: in each round, every vertex takes the label that most of its
//! neighbours had, whatever way edges lead. Of labels that are as frequent it takes the
//! smallest, where GraphX takes any.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, Int64Array, UInt32Array};
use datafusion::arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion_spark_connect::{Planned, Result};

use super::LABEL;
use super::votes::{Order, rounds};
use crate::engine::{Adjacency, Direction, EdgeList, Ids, Loaded, Work, compute};
use crate::error::{illegal_argument, require};
use crate::graph::Graph;
use crate::method::Method;
use crate::proto::LabelPropagation;

/// The algorithm whose labels are ids; those of the other are longs.
const BY_ID: &str = "graphframes";
const ALGORITHMS: [&str; 2] = ["graphx", BY_ID];

#[async_trait]
impl Method for LabelPropagation {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        graph.vertex_schema_with(field(&self.algorithm, graph)?).map(Some)
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self {
            algorithm,
            max_iter,
            use_local_checkpoints: _,
            checkpoint_interval: _,
            storage_level: _,
        } = self;
        if !ALGORITHMS.contains(&algorithm.as_str()) {
            return Err(illegal_argument(format!(
                "Unknown algorithm {algorithm} of label propagation; there are: {}",
                ALGORITHMS.join(", ")
            )));
        }
        let count = usize::try_from(*max_iter).unwrap_or_default();
        require(count > 0, || {
            format!("Maximum of steps must be greater than 0, but got {max_iter}")
        })?;
        let loaded = Loaded::new(graph).await?;
        let (ids, edges, by_id) = (loaded.ids(), loaded.edges(), algorithm == BY_ID);
        let labels = compute(graph.planner(), "label propagation", move |work| {
            let labels = UInt32Array::from(labels(&ids, &edges, count, work)?);
            if by_id {
                return ids.array(&labels);
            }
            let longs = ids.longs(work)?;
            let long = |label: &u32| longs.get(*label as usize).copied().flatten();
            let longs: Int64Array = labels.values().iter().map(long).collect();
            Ok(Arc::new(longs) as ArrayRef)
        })
        .await?;
        loaded.with_column(field(algorithm, graph)?, labels).await
    }
}

fn field(algorithm: &str, graph: &Graph) -> Result<Field> {
    let data_type = match algorithm == BY_ID {
        true => graph.id_type()?,
        false => DataType::Int64,
    };
    Ok(Field::new(LABEL, data_type, true))
}

/// The vertex whose id is the label of each.
fn labels(ids: &Ids, edges: &EdgeList, count: usize, work: &Work) -> Result<Vec<u32>> {
    let order = Order::of(ids, work)?;
    let neighbours = Adjacency::new(ids.len(), edges, Direction::Both, work)?;
    let mut labels = work.array(0_u32, ids.len())?;
    labels.iter_mut().zip(0..).for_each(|(label, vertex)| *label = vertex);
    order.places(&mut labels);
    let mut labels = rounds(&neighbours, None, labels, count, work)?;
    order.labels(&mut labels);
    Ok(labels)
}
