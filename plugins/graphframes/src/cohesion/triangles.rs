//! `triangleCount`: how many triangles each vertex is in, whatever way edges lead and
//! however many there are.
//!
//! Asked for an estimate, this counts all the same.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use datafusion_spark_connect::{Planned, Result};

use crate::engine::{Adjacency, Direction, EdgeList, Loaded, Work, compute};
use crate::error::illegal_argument;
use crate::graph::Graph;
use crate::method::Method;
use crate::proto::TriangleCount;

const ALGORITHMS: [&str; 2] = ["exact", "approx"];

/// The column of the result, which is the first.
fn field() -> Field {
    Field::new("count", DataType::Int64, false)
}

#[async_trait]
impl Method for TriangleCount {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        let own = graph.vertex_schema()?;
        let fields: Fields =
            [Arc::new(field())].into_iter().chain(own.fields().iter().cloned()).collect();
        Ok(Some(Arc::new(Schema::new(fields))))
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self { storage_level: _, algorithm, lg_nom_entries: _ } = self;
        let algorithm = algorithm.as_deref().unwrap_or("exact");
        if !ALGORITHMS.contains(&algorithm) {
            return Err(illegal_argument(format!(
                "Unknown algorithm {algorithm} of triangle count; there are: {}",
                ALGORITHMS.join(", ")
            )));
        }
        let loaded = Loaded::new(graph).await?;
        let (count, edges) = (loaded.len(), loaded.edges());
        let counts =
            compute(graph.planner(), "triangles", move |work| triangles(count, &edges, work))
                .await?;
        let counts: ArrayRef = Arc::new(Int64Array::from(counts));
        loaded.with_columns(vec![(field(), counts)], |own, new| [new, own].concat()).await
    }
}

/// Vertices between two looks at whether anybody waits.
const STRIDE: usize = 1 << 12;

/// Every edge is kept at the end with fewer neighbours. So each triangle is met once, and
/// no list is longer than a graph of so many edges allows.
fn triangles(count: usize, edges: &EdgeList, work: &Work) -> Result<Vec<i64>> {
    let mut neighbours = Adjacency::new(count, edges, Direction::Both, work)?;
    neighbours.simplify();
    let mut degrees = work.array(0_usize, count)?;
    degrees.iter_mut().enumerate().for_each(|(at, degree)| *degree = neighbours.of(at).len());
    neighbours.retain(|vertex, other| (degrees[vertex], vertex) < (degrees[other], other));
    let mut counts = work.array(0_i64, count)?;
    // Who was last found to be a neighbour of the vertex at hand, of which 0 is nobody.
    let mut marks = work.array(0_usize, count)?;
    for vertex in 0..count {
        if vertex % STRIDE == 0 {
            work.step(vertex, count)?;
        }
        let own = neighbours.of(vertex);
        own.iter().for_each(|other| marks[*other as usize] = vertex + 1);
        for second in own {
            for third in neighbours.of(*second as usize) {
                if marks[*third as usize] == vertex + 1 {
                    counts[vertex] += 1;
                    counts[*second as usize] += 1;
                    counts[*third as usize] += 1;
                }
            }
        }
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{edges, work};

    #[test]
    fn triangles_count_once() -> Result<()> {
        // A square with a diagonal, some edges twice or both ways, and a loop.
        let pairs = [(0, 1), (1, 0), (1, 2), (2, 3), (3, 0), (0, 2), (0, 2), (3, 3), (3, 4)];
        assert_eq!(triangles(5, &edges(&pairs)?, &work()?)?, [2, 1, 2, 1, 0]);
        Ok(())
    }
}
