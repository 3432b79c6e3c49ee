//! `k_core`: how dense the densest part of the graph is that each vertex is in. In a part
//! of number k, every vertex has k edges to others of it, whatever way they lead.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, Int32Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion_spark_connect::{Planned, Result};

use crate::engine::{Adjacency, Direction, EdgeList, Loaded, Work, compute};
use crate::graph::{Graph, ID};
use crate::method::Method;
use crate::proto::KCore;

/// The column of the result, after the ids.
fn field() -> Field {
    Field::new("kcore", DataType::Int32, false)
}

#[async_trait]
impl Method for KCore {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        let own = graph.vertex_schema()?;
        let ids = own.fields().iter().filter(|field| field.name() == ID).cloned();
        let fields: Vec<_> = ids.chain([Arc::new(field())]).collect();
        Ok(Some(Arc::new(Schema::new(fields))))
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self { use_local_checkpoints: _, checkpoint_interval: _, storage_level: _ } = self;
        let loaded = Loaded::new(graph).await?;
        let (count, edges) = (loaded.len(), loaded.edges());
        let numbers =
            compute(graph.planner(), "core numbers", move |work| numbers(count, &edges, work))
                .await?;
        let numbers: ArrayRef = Arc::new(Int32Array::from(numbers));
        loaded
            .with_columns(vec![(field(), numbers)], |own, new| {
                own.into_iter().filter(|(field, _)| field.name() == ID).chain(new).collect()
            })
            .await
    }
}

/// Vertices between two looks at whether anybody waits.
const STRIDE: usize = 1 << 14;

/// Takes the vertex with the fewest edges out, again and again: vertices are kept sorted
/// by how many edges they have left. A loop is two edges, and each edge counts.
fn numbers(count: usize, edges: &EdgeList, work: &Work) -> Result<Vec<i32>> {
    let neighbours = Adjacency::new(count, edges, Direction::Both, work)?;
    let mut degrees = work.array(0_usize, count)?;
    degrees.iter_mut().enumerate().for_each(|(at, degree)| *degree = neighbours.of(at).len());
    let mut sorted = Sorted::new(&degrees, work)?;
    for at in 0..count {
        if at % STRIDE == 0 {
            work.step(at, count)?;
        }
        let vertex = sorted.vertices[at];
        for other in neighbours.of(vertex) {
            let other = *other as usize;
            if degrees[other] > degrees[vertex] {
                sorted.move_down(other, degrees[other]);
                degrees[other] -= 1;
            }
        }
    }
    Ok(degrees.into_iter().map(|degree| i32::try_from(degree).unwrap_or(i32::MAX)).collect())
}

/// Vertices sorted by a number.
struct Sorted {
    vertices: Vec<usize>,
    /// Where each vertex is.
    places: Vec<usize>,
    /// Where those of each number begin.
    begins: Vec<usize>,
}

impl Sorted {
    fn new(numbers: &[usize], work: &Work) -> Result<Self> {
        let most = numbers.iter().copied().max().unwrap_or_default();
        let mut begins = work.array(0_usize, most + 2)?;
        numbers.iter().for_each(|number| begins[number + 1] += 1);
        for at in 1..begins.len() {
            begins[at] += begins[at - 1];
        }
        let mut vertices = work.array(0_usize, numbers.len())?;
        let mut places = work.array(0_usize, numbers.len())?;
        let mut next = begins.clone();
        for (vertex, number) in numbers.iter().enumerate() {
            places[vertex] = next[*number];
            vertices[next[*number]] = vertex;
            next[*number] += 1;
        }
        Ok(Self { vertices, places, begins })
    }

    /// A vertex has a number that is smaller by one: it changes places with the first of
    /// those of its number, which then begin one later.
    fn move_down(&mut self, vertex: usize, number: usize) {
        let (from, to) = (self.places[vertex], self.begins[number]);
        let first = self.vertices[to];
        self.vertices.swap(from, to);
        self.places[vertex] = to;
        self.places[first] = from;
        self.begins[number] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{edges, work};

    #[test]
    fn dense_parts() -> Result<()> {
        // Four vertices that are all connected, a triangle at one of them, a tail, nothing.
        let pairs =
            [(0, 1), (0, 2), (0, 3), (1, 2), (3, 1), (2, 3), (3, 4), (4, 5), (5, 3), (5, 6)];
        assert_eq!(numbers(8, &edges(&pairs)?, &work()?)?, [3, 3, 3, 3, 2, 2, 1, 0]);
        Ok(())
    }

    #[test]
    fn each_edge_counts() -> Result<()> {
        assert_eq!(numbers(3, &edges(&[(0, 1), (0, 1), (2, 2)])?, &work()?)?, [2, 2, 2]);
        assert_eq!(numbers(0, &edges(&[])?, &work()?)?, [0; 0]);
        Ok(())
    }
}
