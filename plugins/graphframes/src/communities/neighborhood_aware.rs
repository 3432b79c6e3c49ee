//! `neighborhood_aware_cdlp`: label propagation along edges, where a vote weighs more the
//! more neighbours the two vertices share.
//!
//! Neighbours are those that edges lead to, or both ways if the graph is undirected. The
//! library estimates how many are shared; here they are counted. Of labels with as much
//! weight the smallest is taken.

use async_trait::async_trait;
use datafusion::arrow::array::UInt32Array;
use datafusion::arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion_spark_connect::{Planned, Result};
use futures::StreamExt as _;

use super::LABEL;
use super::votes::{Order, rounds};
use crate::engine::{Adjacency, Direction, EdgeList, Ids, Loaded, Work, compute};
use crate::error::{OrArrow as _, require};
use crate::graph::{Graph, ID};
use crate::method::Method;
use crate::proto::NeighborhoodAwareCdlp;

/// Vertices between two looks at whether anybody waits.
const STRIDE: usize = 1 << 12;

#[async_trait]
impl Method for NeighborhoodAwareCdlp {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        let column = self.initial_label_col.as_deref().unwrap_or(ID);
        graph.vertex_schema_with(field(label_type(graph, column)?)).map(Some)
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self {
            max_iter,
            ignore_direct_links,
            structural_similarity_multiplier,
            use_local_checkpoints: _,
            checkpoint_interval: _,
            storage_level: _,
            is_directed,
            lg_nom_entries: _,
            initial_label_col,
        } = self;
        let multiplier = *structural_similarity_multiplier;
        let count = usize::try_from(*max_iter).unwrap_or_default();
        require(count > 0, || format!("maxIter must be greater than 0, but got {max_iter}"))?;
        require(multiplier >= 0.0, || {
            format!("structuralSimilarityMultiplier must be >= 0, but got {multiplier}")
        })?;
        require(!ignore_direct_links || multiplier > 0.0, || {
            "structuralSimilarityMultiplier must be > 0 when direct links are ignored".to_owned()
        })?;
        let column = initial_label_col.as_deref().unwrap_or(ID);
        let field = field(label_type(graph, column)?);
        let loaded = Loaded::new(graph).await?;
        let (ids, first) = first_labels(&loaded, graph, column).await?;
        let (edges, direct) = (loaded.edges(), if *ignore_direct_links { 0.0 } else { 1.0 });
        let directed = *is_directed;
        let labels = compute(graph.planner(), "communities", move |work| {
            let (voters, weights) =
                votes(first.len(), &edges, directed, (direct, multiplier), work)?;
            let order = Order::of(&ids, work)?;
            let mut labels = first;
            order.places(&mut labels);
            let mut labels = rounds(&voters, Some(&weights), labels, count, work)?;
            order.labels(&mut labels);
            ids.array(&UInt32Array::from(labels))
        })
        .await?;
        loaded.with_column(field, labels).await
    }
}

fn field(data_type: DataType) -> Field {
    Field::new(LABEL, data_type, true)
}

/// # Errors
/// If the vertices have no such column.
fn label_type(graph: &Graph, column: &str) -> Result<DataType> {
    let schema = graph.vertex_schema()?;
    let found = schema.fields().iter().find(|field| field.name() == column);
    require(found.is_some(), || {
        let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        format!("Label column {column} missing from vertices, which have: {}", names.join(","))
    })?;
    Ok(found.map_or(DataType::Null, |field| field.data_type().clone()))
}

/// The values of a column as numbers, and the number of each vertex.
async fn first_labels(loaded: &Loaded, graph: &Graph, column: &str) -> Result<(Ids, Vec<u32>)> {
    let at = loaded.vertices().schema().index_of(column).or_arrow()?;
    let work = Work::new(graph.planner(), "labels");
    let mut ids = Ids::new(loaded.vertices().schema().field(at).data_type())?;
    let mut labels = work.array(0_u32, loaded.len())?;
    let (mut batches, mut from) = (loaded.vertices().stream()?, 0);
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        let vertices = loaded.numbers(from, batch.num_rows());
        from += batch.num_rows();
        let found = ids.add(batch.column(at), &work)?;
        for (vertex, label) in vertices.values().iter().zip(found) {
            labels[*vertex as usize] = label;
        }
    }
    Ok((ids, labels))
}

/// Who votes for each vertex, and the weights of the votes, one after the other.
fn votes(
    count: usize,
    edges: &EdgeList,
    directed: bool,
    (direct, shared): (f64, f64),
    work: &Work,
) -> Result<(Adjacency, Vec<f64>)> {
    let (to, from) = match directed {
        true => (Direction::Out, Direction::In),
        false => (Direction::Both, Direction::Both),
    };
    let mut neighbours = Adjacency::new(count, edges, to, work)?;
    neighbours.simplify();
    let voters = Adjacency::new(count, edges, from, work)?;
    let mut weights = Vec::new();
    work.reserve(edges.len() * 2 * size_of::<f64>())?;
    // Who was last found to be a neighbour of the vertex at hand, of which 0 is nobody.
    let mut marks = work.array(0_usize, count)?;
    for vertex in 0..count {
        if vertex % STRIDE == 0 {
            work.step(vertex, count)?;
        }
        neighbours.of(vertex).iter().for_each(|other| marks[*other as usize] = vertex + 1);
        for voter in voters.of(vertex) {
            let own = neighbours.of(*voter as usize).iter();
            let common = own.filter(|other| marks[**other as usize] == vertex + 1).count();
            weights.push(direct + shared * common as f64);
        }
    }
    Ok((voters, weights))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{edges, work};

    #[test]
    fn shared_neighbours_count() -> Result<()> {
        // 0 and 1 both lead to 2 and 3, and 0 leads to 1.
        let edges = edges(&[(0, 1), (0, 2), (0, 3), (1, 2), (1, 3)])?;
        let (voters, weights) = votes(4, &edges, true, (1.0, 0.5), &work()?)?;
        assert_eq!(voters.of(1), [0]);
        assert_eq!(weights, [2.0, 1.0, 1.0, 1.0, 1.0]);
        let (voters, weights) = votes(4, &edges, false, (0.0, 1.0), &work()?)?;
        assert_eq!(weights.len(), 10);
        let at = voters.of(0).iter().position(|voter| *voter == 1);
        assert_eq!(at.map(|at| weights[at]), Some(2.0));
        Ok(())
    }
}
