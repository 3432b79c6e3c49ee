//! `stronglyConnectedComponents`, as GraphX finds them: in rounds, of which there may be
//! too few. A vertex that is in no component by then is one of its own.

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion_spark_connect::{Planned, Result};

use super::{column, field};
use crate::engine::{EdgeList, Loaded, Work, compute};
use crate::error::require;
use crate::graph::Graph;
use crate::method::Method;
use crate::proto::StronglyConnectedComponents;

#[async_trait]
impl Method for StronglyConnectedComponents {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        graph.vertex_schema_with(field()).map(Some)
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self { max_iter } = self;
        let rounds = usize::try_from(*max_iter).unwrap_or_default();
        require(rounds > 0, || {
            format!("Number of iterations must be greater than 0, but got {max_iter}")
        })?;
        let loaded = Loaded::new(graph).await?;
        let (ids, edges) = (loaded.ids(), loaded.edges());
        let components = compute(graph.planner(), "components", move |work| {
            components(&edges, &ids.longs(work)?, rounds, work)
        })
        .await?;
        loaded.with_column(field(), column(components)).await
    }
}

/// What is known of each vertex.
struct State {
    /// The component, once it is settled.
    components: Vec<Option<i64>>,
    /// The smallest label that reaches the vertex.
    colors: Vec<Option<i64>>,
    /// Whether its color is its component.
    settled: Vec<bool>,
    /// Whether it is still worked on.
    open: Vec<bool>,
}

fn components(
    edges: &EdgeList,
    labels: &[Option<i64>],
    rounds: usize,
    work: &Work,
) -> Result<Vec<Option<i64>>> {
    let count = labels.len();
    let mut state = State {
        components: labels.to_vec(),
        colors: labels.to_vec(),
        settled: work.array(false, count)?,
        open: work.array(true, count)?,
    };
    work.reserve(2 * size_of_val(labels))?;
    for round in 0..rounds {
        work.step(round, rounds)?;
        trim(edges, labels, &mut state, work)?;
        if !state.open.contains(&true) {
            break;
        }
        // The last round only takes what the one before found.
        if round + 1 < rounds {
            color(edges, labels, &mut state, work)?;
            settle(edges, labels, &mut state, work)?;
        }
    }
    Ok(state.components)
}

/// Takes out the vertices that are settled, and those that no edge leaves or enters,
/// until there are none.
fn trim(edges: &EdgeList, labels: &[Option<i64>], state: &mut State, work: &Work) -> Result<()> {
    let mut leaves = vec![false; labels.len()];
    let mut enters = vec![false; labels.len()];
    loop {
        leaves.fill(false);
        enters.fill(false);
        edges.for_each(work, |src, dst, _| {
            if state.open[src] && state.open[dst] {
                leaves[src] = true;
                enters[dst] = true;
            }
        })?;
        let mut taken = false;
        for vertex in 0..labels.len() {
            if !state.open[vertex] {
                continue;
            }
            if !leaves[vertex] || !enters[vertex] {
                state.components[vertex] = labels[vertex];
            } else if state.settled[vertex] {
                state.components[vertex] = state.colors[vertex];
            } else {
                continue;
            }
            state.open[vertex] = false;
            taken = true;
        }
        if !taken {
            return Ok(());
        }
    }
}

/// Spreads the smallest labels along the edges.
fn color(edges: &EdgeList, labels: &[Option<i64>], state: &mut State, work: &Work) -> Result<()> {
    state.colors.copy_from_slice(labels);
    let State { colors, open, components: _, settled: _ } = state;
    until_stable(edges, work, |src, dst| {
        let changes = open[src] && open[dst] && colors[src] < colors[dst];
        if changes {
            colors[dst] = colors[src];
        }
        changes
    })
}

/// Settles the vertices from which the one that their color comes from can be reached
/// through vertices of that color.
fn settle(edges: &EdgeList, labels: &[Option<i64>], state: &mut State, work: &Work) -> Result<()> {
    let State { colors, open, settled, components: _ } = state;
    for vertex in 0..labels.len() {
        settled[vertex] = open[vertex] && colors[vertex] == labels[vertex];
    }
    until_stable(edges, work, |src, dst| {
        let inside = open[src] && open[dst] && colors[src] == colors[dst];
        let changes = inside && settled[dst] && !settled[src];
        if changes {
            settled[src] = true;
        }
        changes
    })
}

/// Visits all edges again and again, until nothing changes.
fn until_stable(
    edges: &EdgeList,
    work: &Work,
    mut visit: impl FnMut(usize, usize) -> bool,
) -> Result<()> {
    loop {
        let mut changed = false;
        edges.for_each(work, |src, dst, _| changed |= visit(src, dst))?;
        if !changed {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{edges, work};

    /// Two triangles, an edge between them, and a tail.
    fn graph() -> Result<(EdgeList, Vec<Option<i64>>)> {
        let edges = edges(&[(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5), (5, 3), (5, 6)])?;
        Ok((edges, (0..7).map(Some).collect()))
    }

    #[test]
    fn components_are_known_by_their_smallest_vertex() -> Result<()> {
        let (edges, labels) = graph()?;
        let found = components(&edges, &labels, 10, &work()?)?;
        assert_eq!(found, [0, 0, 0, 3, 3, 3, 6].map(Some));
        Ok(())
    }

    #[test]
    fn too_few_rounds_leave_vertices_by_themselves() -> Result<()> {
        let (edges, labels) = graph()?;
        assert_eq!(components(&edges, &labels, 1, &work()?)?, labels);
        let found = components(&edges, &labels, 2, &work()?)?;
        assert_eq!(found, [0, 0, 0, 3, 4, 5, 6].map(Some));
        Ok(())
    }
}
