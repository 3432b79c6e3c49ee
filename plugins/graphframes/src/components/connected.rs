//! `connectedComponents`: the edges' direction does not matter.
//!
//! A component is known by its smallest label: the id itself where ids are integers,
//! else the place of the id among all in order.

use async_trait::async_trait;
use datafusion::arrow::array::UInt32Array;
use datafusion::arrow::datatypes::{Field, SchemaRef};
use datafusion_spark_connect::{Planned, Result};

use super::{COMPONENT, column, field};
use crate::engine::{EdgeList, Loaded, Work, compute};
use crate::error::{illegal_argument, require};
use crate::graph::Graph;
use crate::method::Method;
use crate::proto::ConnectedComponents;

/// The algorithm that may be stopped before it is done.
const BY_STEPS: &str = "graphx";
const ALGORITHMS: [&str; 4] = ["two_phase", "randomized_contraction", "graphframes", BY_STEPS];

#[async_trait]
impl Method for ConnectedComponents {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        let field = match self.use_labels_as_components {
            true => Field::new(COMPONENT, graph.id_type()?, true),
            false => field(),
        };
        graph.vertex_schema_with(field).map(Some)
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        // How Spark would spread and keep the work does not change the result.
        let Self {
            algorithm,
            checkpoint_interval: _,
            broadcast_threshold: _,
            use_labels_as_components,
            use_local_checkpoints: _,
            max_iter,
            storage_level: _,
        } = self;
        if !ALGORITHMS.contains(&algorithm.as_str()) {
            return Err(illegal_argument(format!(
                "Unknown algorithm {algorithm} of connected components; there are: {}",
                ALGORITHMS.join(", ")
            )));
        }
        let steps = match algorithm == BY_STEPS {
            true => Some(usize::try_from(*max_iter).unwrap_or_default()),
            false => None,
        };
        require(steps != Some(0), || {
            format!("Maximum of iterations must be greater than 0, but got {max_iter}")
        })?;
        let loaded = Loaded::new(graph).await?;
        let (ids, edges) = (loaded.ids(), loaded.edges());
        let (labels, smallest) = compute(graph.planner(), "components", move |work| {
            let labels = ids.longs(work)?;
            let smallest = match steps {
                None => joined(&edges, &labels, work)?,
                Some(steps) => spread(&edges, &labels, steps, work)?,
            };
            Ok((labels, smallest))
        })
        .await?;
        match use_labels_as_components {
            true => {
                let array = loaded.ids().array(&UInt32Array::from(smallest))?;
                let field = Field::new(COMPONENT, graph.id_type()?, true);
                loaded.with_column(field, array).await
            }
            false => {
                let label = |vertex: u32| labels.get(vertex as usize).copied().flatten();
                let components = smallest.into_iter().map(label).collect();
                loaded.with_column(field(), column(components)).await
            }
        }
    }
}

/// The vertex with the smallest label in each vertex's component: sets that are joined,
/// in one pass over the edges.
fn joined(edges: &EdgeList, labels: &[Option<i64>], work: &Work) -> Result<Vec<u32>> {
    let mut parents = work.array(0_u32, labels.len())?;
    parents.iter_mut().zip(0..).for_each(|(parent, vertex)| *parent = vertex);
    edges.for_each(work, |src, dst, _| {
        let (a, b) = (root(&mut parents, src), root(&mut parents, dst));
        if a != b {
            let (small, large) = if labels[a] <= labels[b] { (a, b) } else { (b, a) };
            parents[large] = small as u32;
        }
    })?;
    Ok((0..labels.len()).map(|vertex| root(&mut parents, vertex) as u32).collect())
}

/// The set that a vertex is in, known by its root; the way there gets shorter.
fn root(parents: &mut [u32], mut vertex: usize) -> usize {
    while parents[vertex] as usize != vertex {
        parents[vertex] = parents[parents[vertex] as usize];
        vertex = parents[vertex] as usize;
    }
    vertex
}

/// The vertex with the smallest label that is at most so many steps away.
fn spread(edges: &EdgeList, labels: &[Option<i64>], steps: usize, work: &Work) -> Result<Vec<u32>> {
    let mut smallest = work.array(0_u32, labels.len())?;
    smallest.iter_mut().zip(0..).for_each(|(small, vertex)| *small = vertex);
    let mut next = work.array(0_u32, labels.len())?;
    for step in 0..steps {
        work.step(step, steps)?;
        next.copy_from_slice(&smallest);
        let mut changed = false;
        edges.for_each(work, |src, dst, _| {
            for (from, to) in [(src, dst), (dst, src)] {
                let label = labels[smallest[from] as usize];
                if label < labels[next[to] as usize] {
                    next[to] = smallest[from];
                    changed = true;
                }
            }
        })?;
        std::mem::swap(&mut smallest, &mut next);
        if !changed {
            break;
        }
    }
    Ok(smallest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{edges, work};

    #[test]
    fn components_have_their_smallest_label() -> Result<()> {
        let labels: Vec<_> = [30, 20, 10, 5, 40].map(Some).into();
        let edges = edges(&[(0, 1), (2, 1), (3, 4), (3, 4)])?;
        let expected = [2, 2, 2, 3, 3];
        assert_eq!(joined(&edges, &labels, &work()?)?, expected);
        assert_eq!(spread(&edges, &labels, 9, &work()?)?, expected);
        assert_eq!(spread(&edges, &labels, 1, &work()?)?, [1, 2, 2, 3, 3]);
        Ok(())
    }
}
