//! `maximal_independent_set`: vertices of which no two share an edge, and to which none
//! can be added. A seed and the ids decide which, so it is the same every time.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion_spark_connect::{Planned, Result};

use crate::engine::{Chance, EdgeList, Loaded, Work, compute};
use crate::graph::Graph;
use crate::method::Method;
use crate::proto::MaximalIndependentSet;

/// The column of the result.
fn field() -> Field {
    Field::new("selected", DataType::Boolean, false)
}

#[async_trait]
impl Method for MaximalIndependentSet {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        graph.vertex_schema_with(field()).map(Some)
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self { checkpoint_interval: _, storage_level: _, use_local_checkpoints: _, seed } =
            self;
        let loaded = Loaded::new(graph).await?;
        let (ids, edges, seed) = (loaded.ids(), loaded.edges(), *seed);
        let selected = compute(graph.planner(), "independent set", move |work| {
            let longs = ids.longs(work)?;
            let mut turns = work.array((0, 0), longs.len())?;
            for (vertex, long) in longs.iter().enumerate() {
                let chance = Chance::new(seed, long.unwrap_or_default() as u64).next();
                turns[vertex] = (chance, vertex);
            }
            selected(&turns, &edges, work)
        })
        .await?;
        let selected: ArrayRef = Arc::new(BooleanArray::from(selected));
        loaded.with_column(field(), selected).await
    }
}

/// What is known of a vertex.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    In,
    Out,
}

/// In each round, vertices whose turn comes before that of all open neighbours go in, and
/// the neighbours out. Chance has it that this takes few rounds.
fn selected(turns: &[(u64, usize)], edges: &EdgeList, work: &Work) -> Result<Vec<bool>> {
    let count = turns.len();
    let mut states = work.array(State::Open, count)?;
    let mut waits = work.array(false, count)?;
    for round in 0.. {
        let open = states.iter().filter(|state| **state == State::Open).count();
        work.step(count - open, count)?;
        if open == 0 {
            break;
        }
        log::debug!("independent set: round {round}, {open} vertices left");
        waits.fill(false);
        edges.for_each(work, |src, dst, _| {
            if src != dst && states[src] == State::Open && states[dst] == State::Open {
                waits[if turns[src] < turns[dst] { dst } else { src }] = true;
            }
        })?;
        for (state, waits) in states.iter_mut().zip(&waits) {
            if *state == State::Open && !waits {
                *state = State::In;
            }
        }
        edges.for_each(work, |src, dst, _| {
            for (from, to) in [(src, dst), (dst, src)] {
                if states[from] == State::In && states[to] == State::Open {
                    states[to] = State::Out;
                }
            }
        })?;
    }
    Ok(states.into_iter().map(|state| state == State::In).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{edges, work};

    #[test]
    fn who_comes_first_goes_in() -> Result<()> {
        let edges = edges(&[(0, 1), (1, 2), (2, 3), (3, 3), (4, 3)])?;
        let turns = |order: [u64; 6]| order.into_iter().zip(0..).collect::<Vec<_>>();
        let found = selected(&turns([1, 2, 3, 4, 5, 6]), &edges, &work()?)?;
        assert_eq!(found, [true, false, true, false, true, true]);
        let found = selected(&turns([2, 1, 3, 1, 5, 6]), &edges, &work()?)?;
        assert_eq!(found, [false, true, false, true, false, true]);
        Ok(())
    }
}
