//! `detectingCycles`: every way along the edges that comes back to where it began, and by
//! no other vertex twice. Each is there once, from its smallest id on; edges between the
//! same vertices are one.
//!
//! The library has vertices pass on what came to them; this is Johnson's search, which
//! finds the same and takes no longer than there are cycles times edges.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion_spark_connect::{Planned, Result};

use crate::engine::{
    Adjacency, Direction, EdgeList, Ids, Loaded, SequenceWriter, Work, compute, sequences,
};
use crate::graph::{Graph, ID};
use crate::method::Method;
use crate::proto::DetectingCycles;

#[async_trait]
impl Method for DetectingCycles {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        schema(graph).map(Some)
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self { use_local_checkpoints: _, checkpoint_interval: _, storage_level: _ } = self;
        let loaded = Loaded::new(graph).await?;
        let (ids, edges) = (loaded.ids(), loaded.edges());
        let mut writer = SequenceWriter::new(
            graph.planner(),
            Arc::clone(&ids),
            graph.id_type()?,
            schema(graph)?,
            |cycles, firsts, _| vec![firsts, cycles],
        );
        let table = compute(graph.planner(), "cycles", move |work| {
            let order = order(&ids, work)?;
            cycles(&order, &edges, work, |cycle| {
                writer.push(cycle.iter().chain(cycle.first()).copied())
            })?;
            writer.finish()
        })
        .await?;
        table.planned()
    }
}

fn schema(graph: &Graph) -> Result<SchemaRef> {
    let id_type = graph.id_type()?;
    let cycles = sequences::field("found_cycles", &id_type);
    Ok(Arc::new(Schema::new(vec![Field::new(ID, id_type, true), cycles])))
}

/// Vertices by id.
fn order(ids: &Ids, work: &Work) -> Result<Vec<u32>> {
    let longs = ids.longs(work)?;
    let mut order = work.array(0_u32, longs.len())?;
    order.iter_mut().zip(0..).for_each(|(vertex, at)| *vertex = at);
    order.sort_by_key(|vertex| longs[*vertex as usize]);
    Ok(order)
}

/// Calls `found` with the vertices of each cycle.
fn cycles(
    order: &[u32],
    edges: &EdgeList,
    work: &Work,
    mut found: impl FnMut(&[u32]) -> Result<()>,
) -> Result<()> {
    let count = order.len();
    let mut loops = work.array(false, count)?;
    edges.for_each(work, |src, dst, _| {
        if src == dst {
            loops[src] = true;
        }
    })?;
    let mut search = Search::new(order, edges, work)?;
    for (done, start) in order.iter().enumerate() {
        work.step(done, count)?;
        if loops[*start as usize] {
            found(&[*start])?;
        }
        search.from(*start, work, &mut found)?;
    }
    Ok(())
}

/// Steps between two looks at whether anybody waits.
const STRIDE: usize = 1 << 16;

struct Search {
    places: Vec<u32>,
    next: Adjacency,
    previous: Adjacency,
    states: Vec<State>,
    /// Vertices that are free again once that one is.
    waiting: HashMap<u32, HashSet<u32>>,
    steps: usize,
}

/// What is known of a vertex while cycles of one start are looked for.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// Whether the start can be reached.
    leads_back: bool,
    /// Whether it is of no use to come by.
    blocked: bool,
    /// Whether a cycle came by since it was entered.
    closed: bool,
}

impl Search {
    fn new(order: &[u32], edges: &EdgeList, work: &Work) -> Result<Self> {
        let count = order.len();
        let mut places = work.array(0_u32, count)?;
        (0..).zip(order).for_each(|(place, vertex)| places[*vertex as usize] = place);
        let mut next = Adjacency::new(count, edges, Direction::Out, work)?;
        let mut previous = Adjacency::new(count, edges, Direction::In, work)?;
        // No cycle leaves a strongly connected component.
        let parts = super::parts::parts(&next, work)?;
        for side in [&mut next, &mut previous] {
            side.simplify();
            side.retain(|vertex, other| parts[vertex] == parts[other]);
        }
        let states = work.array(State::default(), count)?;
        // At worst, every vertex waits for all its neighbours.
        work.reserve(edges.len() * 2 * size_of::<u32>() + count * 80)?;
        Ok(Self { places, next, previous, states, waiting: HashMap::new(), steps: 0 })
    }

    /// The cycles of which a vertex is the first by id.
    fn from(
        &mut self,
        start: u32,
        work: &Work,
        found: &mut impl FnMut(&[u32]) -> Result<()>,
    ) -> Result<()> {
        let reached = self.backwards(start, work)?;
        let mut path = vec![start];
        let mut places = vec![0_usize];
        while let (Some(last), Some(place)) = (path.last().copied(), places.last_mut()) {
            self.steps += 1;
            if self.steps.is_multiple_of(STRIDE) {
                work.check()?;
            }
            let Some(next) = self.next.of(last as usize).get(*place).copied() else {
                self.leave(last);
                path.pop();
                places.pop();
                continue;
            };
            *place += 1;
            if next == start {
                found(&path)?;
                path.iter().for_each(|vertex| self.states[*vertex as usize].closed = true);
                continue;
            }
            let state = &mut self.states[next as usize];
            if state.leads_back && !state.blocked {
                (state.blocked, state.closed) = (true, false);
                path.push(next);
                places.push(0);
            }
        }
        self.waiting.clear();
        reached.iter().for_each(|vertex| self.states[*vertex as usize] = State::default());
        Ok(())
    }

    /// Marks the vertices after a start by id from which it can be reached by such.
    fn backwards(&mut self, start: u32, work: &Work) -> Result<Vec<u32>> {
        let mut reached = vec![start];
        let mut at = 0;
        while let Some(vertex) = reached.get(at).copied() {
            at += 1;
            if at % STRIDE == 0 {
                work.check()?;
            }
            for other in self.previous.of(vertex as usize) {
                let state = &mut self.states[*other as usize];
                let after = self.places[*other as usize] > self.places[start as usize];
                if after && !state.leads_back {
                    state.leads_back = true;
                    reached.push(*other);
                }
            }
        }
        Ok(reached)
    }

    /// A vertex that cycles came by is free again; one that none did waits until one of
    /// its neighbours is.
    fn leave(&mut self, vertex: u32) {
        if self.states[vertex as usize].closed {
            let mut free = vec![vertex];
            while let Some(vertex) = free.pop() {
                if std::mem::take(&mut self.states[vertex as usize].blocked) {
                    free.extend(self.waiting.remove(&vertex).unwrap_or_default());
                }
            }
            return;
        }
        for other in self.next.of(vertex as usize) {
            if self.states[*other as usize].leads_back {
                self.waiting.entry(*other).or_default().insert(vertex);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{edges, work};

    fn found(order: &[u32], pairs: &[(u32, u32)]) -> Result<Vec<Vec<u32>>> {
        let mut all = Vec::new();
        cycles(order, &edges(pairs)?, &work()?, |cycle| {
            all.push(cycle.to_vec());
            Ok(())
        })?;
        all.sort();
        Ok(all)
    }

    #[test]
    fn each_cycle_once() -> Result<()> {
        let pairs = [(0, 1), (1, 0), (0, 3), (1, 4), (4, 0), (3, 3), (0, 1), (2, 0)];
        assert_eq!(found(&[0, 1, 2, 3, 4], &pairs)?, [vec![0, 1], vec![0, 1, 4], vec![3]]);
        assert_eq!(found(&[4, 3, 2, 1, 0], &pairs)?, [vec![1, 0], vec![3], vec![4, 0, 1]]);
        Ok(())
    }

    /// Every vertex leads to every other: as many cycles as there are choices in a row.
    #[test]
    fn all_of_them() -> Result<()> {
        let all = |count: u32| {
            let pairs = (0..count).flat_map(|a| (0..count).map(move |b| (a, b)));
            pairs.filter(|(a, b)| a != b).collect::<Vec<_>>()
        };
        let order: Vec<_> = (0..6).collect();
        // 15 of two, 40 of three, 90 of four, 144 of five, 120 of six vertices.
        assert_eq!(found(&order, &all(6))?.len(), 15 + 40 + 90 + 144 + 120);
        Ok(())
    }
}
