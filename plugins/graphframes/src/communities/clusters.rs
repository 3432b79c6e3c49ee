//! k-means of numbers on a line. There it has a best answer, which is found here, so
//! chance has no part in it.

use datafusion_spark_connect::Result;

use crate::engine::Work;

/// The cluster of each value, at most `most` of them, counted from the smallest values on.
/// No sum of the squares of distances to the clusters' means is smaller.
///
/// # Errors
/// If memory runs out, or nobody waits any more.
pub(super) fn clusters(values: &[f64], most: usize, work: &Work) -> Result<Vec<i32>> {
    let mut order = work.array(0_usize, values.len())?;
    order.iter_mut().enumerate().for_each(|(at, place)| *place = at);
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let line = Line::new(values, &order, work)?;
    let mut starts = line.starts(most.min(line.len()), work)?;
    let mut clusters = work.array(0_i32, values.len())?;
    let (mut cluster, mut point, mut last) = (-1_i32, 0_usize, None);
    for at in order {
        if last != Some(values[at]) {
            if starts.last() == Some(&point) {
                starts.pop();
                cluster += 1;
            }
            point += 1;
            last = Some(values[at]);
        }
        clusters[at] = cluster;
    }
    Ok(clusters)
}

/// Sums over the distinct values before each, in order.
struct Line {
    counts: Vec<f64>,
    sums: Vec<f64>,
    squares: Vec<f64>,
}

impl Line {
    fn new(values: &[f64], order: &[usize], work: &Work) -> Result<Self> {
        work.reserve((values.len() + 1) * 3 * size_of::<f64>())?;
        // Values close to each other and far from 0 would drown in their squares.
        let count = values.len().max(1) as f64;
        let mean = values.iter().sum::<f64>() / count;
        let spread = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt();
        let scale = if spread > 0.0 { 1.0 / spread } else { 1.0 };
        let mut line = Self { counts: vec![0.0], sums: vec![0.0], squares: vec![0.0] };
        let (mut count, mut sum, mut square) = (0.0, 0.0, 0.0);
        for same in order.chunk_by(|a, b| values[*a] == values[*b]) {
            let value = same.first().map_or(0.0, |at| (values[*at] - mean) * scale);
            let weight = same.len() as f64;
            count += weight;
            sum += weight * value;
            square += weight * value * value;
            line.counts.push(count);
            line.sums.push(sum);
            line.squares.push(square);
        }
        Ok(line)
    }

    /// How many distinct values there are.
    fn len(&self) -> usize {
        self.counts.len() - 1
    }

    /// The sum of squares of the values from one on and before another.
    fn cost(&self, from: usize, to: usize) -> f64 {
        let sum = self.sums[to] - self.sums[from];
        let count = self.counts[to] - self.counts[from];
        (self.squares[to] - self.squares[from] - sum * sum / count).max(0.0)
    }

    /// Where so many clusters start, the last of them first.
    fn starts(&self, clusters: usize, work: &Work) -> Result<Vec<usize>> {
        let count = self.len();
        if count == 0 {
            return Ok(Vec::new());
        }
        // The cost of the first values in one cluster, then in two, and so on; and where
        // the last of these clusters starts.
        let mut costs = work.array(0.0, count + 1)?;
        (1..=count).for_each(|to| costs[to] = self.cost(0, to));
        let mut lasts = Vec::new();
        for cluster in 1..clusters {
            work.step(cluster, clusters)?;
            let mut next = Split { costs: vec![f64::INFINITY; count + 1], last: Vec::new() };
            next.last = work.array(0_u32, count + 1)?;
            self.split(&costs, cluster, &mut next, work)?;
            costs = next.costs;
            lasts.push(next.last);
        }
        let mut starts = Vec::new();
        let mut end = count;
        for last in lasts.iter().rev() {
            end = last[end] as usize;
            starts.push(end);
        }
        starts.push(0);
        Ok(starts)
    }

    /// Adds a cluster to those before. The further a cluster ends, the further the best
    /// start of it, so half of the ends are looked at with half of the starts.
    fn split(&self, before: &[f64], clusters: usize, next: &mut Split, work: &Work) -> Result<()> {
        let mut open = vec![(clusters + 1, self.len() + 1, clusters, self.len())];
        while let Some((from, to, low, high)) = open.pop() {
            if from >= to {
                continue;
            }
            work.check()?;
            let end = from + (to - from) / 2;
            let (mut best, mut at) = (f64::INFINITY, low);
            for (start, cost) in before.iter().enumerate().take(high.min(end - 1) + 1).skip(low) {
                let cost = cost + self.cost(start, end);
                if cost < best {
                    (best, at) = (cost, start);
                }
            }
            next.costs[end] = best;
            next.last[end] = at as u32;
            open.push((from, end, low, at));
            open.push((end + 1, to, at, high));
        }
        Ok(())
    }
}

struct Split {
    costs: Vec<f64>,
    last: Vec<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::work;

    #[test]
    fn values_close_to_each_other() -> Result<()> {
        let values = [5.0, 1.0, 1.1, 9.0, 5.2, 0.9, 9.1];
        assert_eq!(clusters(&values, 3, &work()?)?, [1, 0, 0, 2, 1, 0, 2]);
        assert_eq!(clusters(&values, 1, &work()?)?, [0; 7]);
        assert_eq!(clusters(&[], 3, &work()?)?, [0; 0]);
        Ok(())
    }

    #[test]
    fn equal_values_stay_together() -> Result<()> {
        assert_eq!(clusters(&[2.0, 1.0, 2.0, 1.0], 3, &work()?)?, [1, 0, 1, 0]);
        Ok(())
    }

    #[test]
    fn no_split_is_better() -> Result<()> {
        let mut chance = crate::engine::Chance::new(7, 0);
        let mut values: Vec<f64> = (0..12).map(|_| 1e-6 * chance.unit() + 0.1).collect();
        values.sort_by(f64::total_cmp);
        let cost = |own: &[f64]| {
            let mean = own.iter().sum::<f64>() / own.len() as f64;
            own.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
        };
        let found = clusters(&values, 3, &work()?)?;
        let split =
            |a: usize, b: usize| cost(&values[..a]) + cost(&values[a..b]) + cost(&values[b..]);
        let edge = |cluster| found.iter().position(|own| *own == cluster).unwrap_or_default();
        let own = split(edge(1), edge(2));
        for a in 1..11 {
            for b in a + 1..12 {
                assert!(own <= split(a, b) * (1.0 + 1e-9), "{a} {b}");
            }
        }
        Ok(())
    }
}
