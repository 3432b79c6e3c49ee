//! Neighbours by vertex, in memory: for the few methods that jump about.

use datafusion_spark_connect::Result;

use super::edges::EdgeList;
use super::work::Work;

/// Which way edges lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From source to destination.
    Out,
    /// From destination to source.
    In,
    /// Both ways.
    Both,
}

/// The neighbours of every vertex, as often as there are edges to them.
pub(crate) struct Adjacency {
    starts: Vec<usize>,
    neighbours: Vec<u32>,
}

impl Adjacency {
    /// Reads the edges twice: to count, and to fill in.
    ///
    /// # Errors
    /// If they do not fit into memory, or nobody waits any more.
    pub(crate) fn new(
        vertices: usize,
        edges: &EdgeList,
        direction: Direction,
        work: &Work,
    ) -> Result<Self> {
        let mut starts = work.array(0_usize, vertices + 1)?;
        let (out, into) = (direction != Direction::In, direction != Direction::Out);
        edges.for_each(work, |src, dst, _| {
            if out {
                starts[src] += 1;
            }
            if into {
                starts[dst] += 1;
            }
        })?;
        // Ends of the places first; filling in from behind leaves their starts.
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let mut neighbours = work.array(0_u32, end)?;
        edges.for_each(work, |src, dst, _| {
            if out {
                starts[src] -= 1;
                neighbours[starts[src]] = dst as u32;
            }
            if into {
                starts[dst] -= 1;
                neighbours[starts[dst]] = src as u32;
            }
        })?;
        Ok(Self { starts, neighbours })
    }

    /// How many vertices there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The neighbours of a vertex.
    pub(crate) fn of(&self, vertex: usize) -> &[u32] {
        &self.neighbours[self.starts[vertex]..self.starts[vertex + 1]]
    }

    /// Leaves each neighbour once, in order, and no vertex as its own.
    pub(crate) fn simplify(&mut self) {
        for vertex in 0..self.len() {
            self.neighbours[self.starts[vertex]..self.starts[vertex + 1]].sort_unstable();
        }
        let mut last = None;
        self.retain(|vertex, neighbour| {
            let fresh = last.replace((vertex, neighbour)) != Some((vertex, neighbour));
            fresh && vertex != neighbour
        });
    }

    /// Leaves the neighbours for which `keep` says so, given a vertex and one of its own.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(usize, usize) -> bool) {
        let mut end = 0;
        for vertex in 0..self.len() {
            let (from, to) = (self.starts[vertex], self.starts[vertex + 1]);
            self.starts[vertex] = end;
            for at in from..to {
                let neighbour = self.neighbours[at];
                if keep(vertex, neighbour as usize) {
                    self.neighbours[end] = neighbour;
                    end += 1;
                }
            }
        }
        if let Some(last) = self.starts.last_mut() {
            *last = end;
        }
        self.neighbours.truncate(end);
    }
}
