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
