//! Strongly connected components, in memory.

use datafusion_spark_connect::Result;

use crate::engine::{Adjacency, Work};

/// What has not been met yet.
const NEW: u32 = u32::MAX;
/// Steps between two looks at whether anybody waits.
const STRIDE: usize = 1 << 16;

/// The part that each vertex is in: two are in one if there are ways from each to the
/// other (Tarjan's search, without recursion).
///
/// # Errors
/// If memory runs out, or nobody waits any more.
pub(super) fn parts(next: &Adjacency, work: &Work) -> Result<Vec<u32>> {
    let count = next.len();
    let mut search = Search {
        met: work.array(NEW, count)?,
        lowest: work.array(0_u32, count)?,
        parts: work.array(NEW, count)?,
        open: Vec::new(),
        clock: 0,
    };
    // The vertices that are open, and the way to the one at hand with places in it.
    work.reserve(count * (2 * size_of::<u32>() + size_of::<usize>()))?;
    let mut way: Vec<(u32, usize)> = Vec::new();
    let mut steps = 0_usize;
    for start in 0..count as u32 {
        if search.met[start as usize] == NEW {
            search.enter(start);
            way.push((start, 0));
        }
        while let Some((vertex, place)) = way.last_mut() {
            steps += 1;
            if steps.is_multiple_of(STRIDE) {
                work.check()?;
            }
            let (at, neighbour) = (*vertex, next.of(*vertex as usize).get(*place).copied());
            *place += 1;
            match neighbour {
                Some(other) if search.met[other as usize] == NEW => {
                    search.enter(other);
                    way.push((other, 0));
                }
                Some(other) if search.parts[other as usize] == NEW => {
                    search.lower(at, search.met[other as usize]);
                }
                Some(_) => {}
                None => {
                    search.leave(at);
                    way.pop();
                    if let Some((before, _)) = way.last() {
                        search.lower(*before, search.lowest[at as usize]);
                    }
                }
            }
        }
    }
    Ok(search.parts)
}

struct Search {
    /// When each vertex was met.
    met: Vec<u32>,
    /// The first that was met of those that each leads to.
    lowest: Vec<u32>,
    parts: Vec<u32>,
    open: Vec<u32>,
    clock: u32,
}

impl Search {
    fn enter(&mut self, vertex: u32) {
        self.met[vertex as usize] = self.clock;
        self.lowest[vertex as usize] = self.clock;
        self.clock += 1;
        self.open.push(vertex);
    }

    fn lower(&mut self, vertex: u32, to: u32) {
        let lowest = &mut self.lowest[vertex as usize];
        *lowest = (*lowest).min(to);
    }

    /// A vertex that leads to none before it closes a part.
    fn leave(&mut self, vertex: u32) {
        if self.lowest[vertex as usize] != self.met[vertex as usize] {
            return;
        }
        while let Some(own) = self.open.pop() {
            self.parts[own as usize] = vertex;
            if own == vertex {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Direction;
    use crate::engine::testing::{edges, work};

    #[test]
    fn ways_there_and_back() -> Result<()> {
        let edges = edges(&[(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 3), (5, 4)])?;
        let next = Adjacency::new(6, &edges, Direction::Out, &work()?)?;
        let found = parts(&next, &work()?)?;
        assert!(found[0] == found[1] && found[1] == found[2]);
        assert_eq!(found[3], found[4]);
        assert!(found[0] != found[3] && found[5] != found[3] && found[5] != found[0]);
        Ok(())
    }
}
