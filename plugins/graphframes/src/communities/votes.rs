//! Rounds of votes: every vertex takes the label that most of its neighbours have.

use datafusion_spark_connect::Result;

use crate::engine::{Adjacency, Ids, Work};

/// Vertices between two looks at whether anybody waits.
const STRIDE: usize = 1 << 12;

/// Places of labels in their order. So labels of any type compare as numbers.
pub(super) struct Order {
    /// The place of each label.
    places: Vec<u32>,
    /// The label in each place.
    labels: Vec<u32>,
}

impl Order {
    /// # Errors
    /// If memory runs out.
    pub(super) fn of(labels: &Ids, work: &Work) -> Result<Self> {
        let longs = labels.longs(work)?;
        let mut order = work.array(0_u32, longs.len())?;
        order.iter_mut().zip(0..).for_each(|(label, at)| *label = at);
        order.sort_by_key(|label| longs[*label as usize]);
        let mut places = work.array(0_u32, longs.len())?;
        for (place, label) in (0..).zip(&order) {
            places[*label as usize] = place;
        }
        Ok(Self { places, labels: order })
    }

    /// Labels as their places.
    pub(super) fn places(&self, labels: &mut [u32]) {
        labels.iter_mut().for_each(|label| *label = self.places[*label as usize]);
    }

    /// Places as their labels.
    pub(super) fn labels(&self, places: &mut [u32]) {
        places.iter_mut().for_each(|place| *place = self.labels[*place as usize]);
    }
}

/// So many rounds, or fewer if nothing changes any more. Neighbours' votes weigh 1, or
/// what `weights` has for them, one after the other; those that weigh nothing are none. Of
/// labels with as many votes the smallest is taken; who gets no votes keeps its own.
pub(super) fn rounds(
    neighbours: &Adjacency,
    weights: Option<&[f64]>,
    mut labels: Vec<u32>,
    rounds: usize,
    work: &Work,
) -> Result<Vec<u32>> {
    let mut next = work.array(0_u32, labels.len())?;
    let mut votes = Vec::new();
    for round in 0..rounds {
        work.step(round, rounds)?;
        let mut from = 0;
        for (vertex, next) in next.iter_mut().enumerate() {
            if vertex % STRIDE == 0 {
                work.check()?;
            }
            let own = neighbours.of(vertex);
            let weights = weights.map(|weights| &weights[from..from + own.len()]);
            from += own.len();
            votes.clear();
            votes.extend(own.iter().enumerate().map(|(at, neighbour)| {
                (labels[*neighbour as usize], weights.map_or(1.0, |weights| weights[at]))
            }));
            *next = winner(&mut votes).unwrap_or(labels[vertex]);
        }
        let changed = labels != next;
        std::mem::swap(&mut labels, &mut next);
        if !changed {
            break;
        }
    }
    Ok(labels)
}

/// The label with the most votes.
fn winner(votes: &mut [(u32, f64)]) -> Option<u32> {
    // Sums come out the same whatever order the votes came in.
    votes.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut best: Option<(u32, f64)> = None;
    for same in votes.chunk_by(|a, b| a.0 == b.0) {
        let sum: f64 = same.iter().map(|(_, weight)| weight).sum();
        if sum > best.map_or(0.0, |(_, most)| most) {
            best = same.first().map(|(label, _)| (*label, sum));
        }
    }
    best.map(|(label, _)| label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Direction;
    use crate::engine::testing::{edges, work};

    #[test]
    fn the_smallest_of_equals_wins() {
        assert_eq!(winner(&mut [(7, 1.0), (3, 1.0), (9, 0.5)]), Some(3));
        assert_eq!(winner(&mut [(7, 1.0), (3, 1.0), (7, 0.5)]), Some(7));
        assert_eq!(winner(&mut [(7, 0.0)]), None);
        assert_eq!(winner(&mut []), None);
    }

    #[test]
    fn all_vote_at_once() -> Result<()> {
        let edges = edges(&[(0, 1), (1, 2), (2, 3), (2, 3)])?;
        let neighbours = Adjacency::new(5, &edges, Direction::Both, &work()?)?;
        let after = |count| rounds(&neighbours, None, (0..5).collect(), count, &work()?);
        assert_eq!(after(0)?, [0, 1, 2, 3, 4]);
        assert_eq!(after(1)?, [1, 0, 3, 2, 4]);
        assert_eq!(after(2)?, [0, 1, 2, 3, 4]);
        Ok(())
    }

    #[test]
    fn votes_weigh() -> Result<()> {
        let edges = edges(&[(0, 2), (1, 2)])?;
        let neighbours = Adjacency::new(3, &edges, Direction::In, &work()?)?;
        let first = neighbours.of(2)[0];
        let weights = if first == 0 { [1.0, 2.0] } else { [2.0, 1.0] };
        let labels = rounds(&neighbours, Some(&weights), vec![0, 1, 2], 1, &work()?)?;
        assert_eq!(labels, [0, 1, 1]);
        Ok(())
    }
}
