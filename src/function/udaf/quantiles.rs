//! Quantiles of a stream within a relative error, by the sketch of Greenwald and
//! Khanna, buffered and compressed at the same points as Spark's, so that the same
//! rows give the same quantiles.

/// Values that are buffered before they enter the sketch.
const BUFFER: usize = 50_000;
/// Samples beyond which the sketch is compressed.
const COMPRESS: usize = 10_000;

/// One value that stands for some.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sample {
    value: f64,
    /// How many more values this covers than the sample before it.
    gap: u64,
    /// How uncertain its rank is.
    delta: u64,
}

/// A sketch of the values seen.
#[derive(Debug, Clone)]
pub(crate) struct Quantiles {
    error: f64,
    samples: Vec<Sample>,
    count: u64,
    buffer: Vec<f64>,
}

impl Quantiles {
    /// An empty sketch with this relative error, between 0 and 1.
    pub(crate) fn new(error: f64) -> Self {
        Self { error, samples: Vec::new(), count: 0, buffer: Vec::new() }
    }

    /// Takes a value in.
    pub(crate) fn insert(&mut self, value: f64) {
        self.buffer.push(value);
        if self.buffer.len() >= BUFFER {
            self.flush();
            if self.samples.len() >= COMPRESS {
                self.compress();
            }
        }
    }

    /// The bytes that the sketch holds.
    pub(crate) fn size(&self) -> usize {
        self.samples.capacity() * size_of::<Sample>() + self.buffer.capacity() * size_of::<f64>()
    }

    fn flush(&mut self) {
        let mut sorted = std::mem::take(&mut self.buffer);
        sorted.sort_by(f64::total_cmp);
        let mut merged: Vec<Sample> = Vec::with_capacity(self.samples.len() + sorted.len());
        let mut old = self.samples.iter().copied().peekable();
        let last = sorted.len().saturating_sub(1);
        for (at, value) in sorted.iter().copied().enumerate() {
            while let Some(sample) = old.next_if(|sample| sample.value <= value) {
                merged.push(sample);
            }
            self.count += 1;
            let is_extreme = merged.is_empty() || (old.peek().is_none() && at == last);
            let delta = match is_extreme {
                true => 0,
                false => (2.0 * self.error * self.count as f64).floor() as u64,
            };
            merged.push(Sample { value, gap: 1, delta });
        }
        merged.extend(old);
        self.samples = merged;
    }

    /// Brings the sketch to the size that its error allows.
    pub(crate) fn compress(&mut self) {
        if !self.buffer.is_empty() {
            self.flush();
        }
        let threshold = 2.0 * self.error * self.count as f64;
        let Some((first, rest)) = self.samples.split_first() else { return };
        let Some((last, between)) = rest.split_last() else { return };
        let mut kept = Vec::new();
        let mut head = *last;
        for sample in between.iter().rev() {
            if ((sample.gap + head.gap + head.delta) as f64) < threshold {
                head.gap += sample.gap;
            } else {
                kept.push(head);
                head = *sample;
            }
        }
        kept.push(head);
        // The smallest value stays, whatever it covers.
        if first.value <= head.value {
            kept.push(*first);
        }
        kept.reverse();
        self.samples = kept;
    }

    /// Takes another sketch in; both are compressed.
    pub(crate) fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            self.clone_from(other);
            return;
        }
        let error = self.error.max(other.error);
        let added = |of: &Self, by: &Self| {
            if by.error < of.error { 0.0 } else { (2.0 * by.error * by.count as f64).floor() }
        };
        let (to_self, to_other) = (added(self, other) as u64, added(other, self) as u64);
        let mut merged = Vec::with_capacity(self.samples.len() + other.samples.len());
        let mut left = self.samples.iter().copied().peekable();
        let mut right = other.samples.iter().copied().peekable();
        let mut is_first = (true, true);
        while let (Some(a), Some(b)) = (left.peek().copied(), right.peek().copied()) {
            let (mut next, extra) = if a.value < b.value {
                left.next();
                let extra = if is_first.1 { 0 } else { to_self };
                is_first.0 = false;
                (a, extra)
            } else {
                right.next();
                let extra = if is_first.0 { 0 } else { to_other };
                is_first.1 = false;
                (b, extra)
            };
            next.delta += extra;
            merged.push(next);
        }
        merged.extend(left);
        merged.extend(right);
        self.samples = merged;
        self.count += other.count;
        self.error = error;
        self.compress();
    }

    /// The values at these shares of the sorted rows; none of no rows. The sketch
    /// must be compressed.
    pub(crate) fn query(&self, shares: &[f64]) -> Option<Vec<f64>> {
        let (first, last) = (self.samples.first()?, self.samples.last()?);
        let target = self.samples.iter().map(|s| s.delta + s.gap).max().unwrap_or(0) / 2;
        let value = |share: &f64| {
            if *share <= self.error {
                first.value
            } else if *share >= 1.0 - self.error {
                last.value
            } else {
                self.at_rank((share * self.count as f64).ceil() as u64, target, last.value)
            }
        };
        Some(shares.iter().map(value).collect())
    }

    fn at_rank(&self, rank: u64, target: u64, last: f64) -> f64 {
        let mut lowest = 0;
        let Some((_, inner)) = self.samples.split_last() else { return last };
        for sample in inner {
            lowest += sample.gap;
            let highest = lowest + sample.delta;
            if highest <= rank + target && rank <= lowest + target {
                return sample.value;
            }
        }
        last
    }

    /// The state as numbers: error, count, then value, gap and delta of each sample.
    pub(crate) fn numbers_so_far(&mut self) -> Vec<f64> {
        self.compress();
        let head = [self.error, self.count as f64];
        let samples = self.samples.iter().flat_map(|s| [s.value, s.gap as f64, s.delta as f64]);
        head.into_iter().chain(samples).collect()
    }

    /// The sketch of such numbers.
    pub(crate) fn from_numbers(numbers: &[f64]) -> Option<Self> {
        let [error, count, samples @ ..] = numbers else { return None };
        let sample = |numbers: &[f64]| match numbers {
            [value, gap, delta] => {
                Some(Sample { value: *value, gap: *gap as u64, delta: *delta as u64 })
            }
            _ => None,
        };
        let samples = samples.chunks(3).map(sample).collect::<Option<Vec<_>>>()?;
        Some(Self { error: *error, samples, count: *count as u64, buffer: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(error: f64, values: impl IntoIterator<Item = f64>) -> Quantiles {
        let mut sketch = Quantiles::new(error);
        values.into_iter().for_each(|value| sketch.insert(value));
        sketch.compress();
        sketch
    }

    #[test]
    fn without_error_they_are_exact() {
        let sketch = sketch(0.0, (1..=101).rev().map(f64::from));
        assert_eq!(sketch.query(&[0.0, 0.25, 0.5, 1.0]), Some(vec![1.0, 26.0, 51.0, 101.0]));
    }

    #[test]
    fn ranks_stay_within_the_error() {
        let values = (0..120_000).map(|i| f64::from((i * 7919) % 120_000));
        let sketch = sketch(0.01, values);
        assert!(sketch.samples.len() < 1_000);
        let found = sketch.query(&[0.1, 0.5, 0.9]).unwrap_or_default();
        for (share, value) in [0.1, 0.5, 0.9].iter().zip(found) {
            assert!((value / 120_000.0 - share).abs() <= 0.01, "{share}: {value}");
        }
    }

    #[test]
    fn merged_sketches_know_both_halves() {
        let mut low = sketch(0.001, (0..1_000).map(f64::from));
        low.merge(&sketch(0.001, (1_000..2_000).map(f64::from)));
        let numbers = low.numbers_so_far();
        let restored = Quantiles::from_numbers(&numbers).map(|sketch| sketch.query(&[0.5]));
        let middle = restored.flatten().map_or(0.0, |values| values[0]);
        assert!((middle - 1_000.0).abs() <= 4.0, "{middle}");
    }

    #[test]
    fn of_nothing_there_are_none() {
        assert_eq!(sketch(0.1, []).query(&[0.5]), None);
    }
}
