//! Walks at random that now and then begin again. They follow from a seed and the ids, so
//! none are kept: who needs them twice walks twice.

use datafusion_spark_connect::Result;

use crate::engine::{Adjacency, Chance, Work};

/// See the module.
pub(super) struct Walks {
    pub(super) neighbours: Adjacency,
    /// What tells vertices apart whatever order they came in.
    pub(super) keys: Vec<u64>,
    pub(super) per_vertex: usize,
    pub(super) length: usize,
    /// How likely it is to begin again, in each step.
    pub(super) restart: f64,
    pub(super) seed: i64,
}

/// Walks between two looks at whether anybody waits.
const STRIDE: usize = 1 << 8;

impl Walks {
    /// How many vertices there are, be they on walks or not.
    pub(super) fn vertices(&self) -> usize {
        self.keys.len()
    }

    /// Calls `visit` with every walk. Vertices without neighbours have none.
    ///
    /// # Errors
    /// If nobody waits any more.
    pub(super) fn for_each(&self, work: &Work, mut visit: impl FnMut(&[u32])) -> Result<()> {
        let mut walk = Vec::new();
        for start in 0..self.vertices() {
            if start % STRIDE == 0 {
                work.step(start, self.vertices())?;
            }
            if self.neighbours.of(start).is_empty() {
                continue;
            }
            for number in 0..self.per_vertex {
                let mut chance =
                    Chance::new(self.seed.wrapping_add(number as i64), self.keys[start]);
                walk.clear();
                walk.push(start as u32);
                let mut at = start as u32;
                for _ in 0..self.length {
                    at = self.next(start as u32, at, &mut chance);
                    walk.push(at);
                }
                visit(&walk);
            }
        }
        Ok(())
    }

    fn next(&self, start: u32, at: u32, chance: &mut Chance) -> u32 {
        if chance.unit() < self.restart {
            return start;
        }
        let neighbours = self.neighbours.of(at as usize);
        neighbours.get(chance.below(neighbours.len())).copied().unwrap_or(start)
    }
}

/// Leaves at most so many neighbours of each vertex, drawn at random.
///
/// # Errors
/// If memory runs out.
pub(super) fn draw(
    neighbours: &mut Adjacency,
    most: usize,
    seed: i64,
    keys: &[u64],
    work: &Work,
) -> Result<()> {
    let mut left = work.array(0_usize, keys.len())?;
    left.iter_mut().enumerate().for_each(|(at, left)| *left = neighbours.of(at).len());
    let (mut last, mut taken, mut chance) = (None, 0, Chance::new(seed, 0));
    neighbours.retain(|vertex, _| {
        if last.replace(vertex) != Some(vertex) {
            (taken, chance) = (0, Chance::new(seed, keys[vertex]));
        }
        let keep = chance.below(left[vertex]) < most - taken;
        left[vertex] -= 1;
        taken += usize::from(keep);
        keep
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Direction;
    use crate::engine::testing::{edges, work};

    #[test]
    fn walks_follow_edges_or_begin_again() -> Result<()> {
        let edges = edges(&[(0, 1), (1, 2), (2, 0), (2, 3), (5, 4)])?;
        let neighbours = Adjacency::new(7, &edges, Direction::Out, &work()?)?;
        let keys = (0..7).collect();
        let walks = Walks { neighbours, keys, per_vertex: 3, length: 20, restart: 0.2, seed: 1 };
        let mut count = 0;
        walks.for_each(&work()?, |walk| {
            count += 1;
            assert_eq!(walk.len(), 21);
            for step in walk.windows(2) {
                let along = walks.neighbours.of(step[0] as usize).contains(&step[1]);
                assert!(along || step[1] == walk[0], "{walk:?}");
            }
        })?;
        assert_eq!(count, 4 * 3);
        Ok(())
    }

    #[test]
    fn so_many_neighbours_are_drawn() -> Result<()> {
        let pairs: Vec<_> = (1..100).map(|other| (0, other)).chain([(1, 2), (1, 3)]).collect();
        let mut neighbours = Adjacency::new(100, &edges(&pairs)?, Direction::Out, &work()?)?;
        let keys: Vec<_> = (0..100).collect();
        draw(&mut neighbours, 10, 7, &keys, &work()?)?;
        assert_eq!((neighbours.of(0).len(), neighbours.of(1).len()), (10, 2));
        let mut some = neighbours.of(0).to_vec();
        some.sort_unstable();
        some.dedup();
        assert_eq!(some.len(), 10);
        assert!(some.iter().any(|vertex| *vertex > 20));
        Ok(())
    }
}
