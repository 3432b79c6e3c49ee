//! Chance that falls the same way every time: numbers that follow from a seed and a place.

/// What SplitMix64 adds from one number to the next.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A sequence of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The sequence of a seed and a place, which may be a vertex, or a walk of it.
    pub(crate) fn new(seed: i64, place: u64) -> Self {
        Self(mixed(seed as u64 ^ mixed(place)))
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// The next number as one from 0 to 1, without 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The next number as one below a bound; 0 if nothing is below.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// The next two numbers as one of the normal distribution.
    pub(crate) fn normal(&mut self) -> f64 {
        let (radius, angle) = (1.0 - self.unit(), self.unit());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }
}

/// A number that shows nothing of the one it is made of (the end of SplitMix64).
pub(crate) fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(STEP);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_and_places_make_the_numbers() {
        let of = |seed, place| Chance::new(seed, place).next();
        assert_eq!(of(1, 2), of(1, 2));
        assert_ne!(of(1, 2), of(2, 1));
        assert_ne!(of(1, 2), of(1, 3));
    }

    #[test]
    fn numbers_spread_evenly() {
        let mut chance = Chance::new(42, 0);
        let mut seen = [0; 10];
        (0..10_000).for_each(|_| seen[chance.below(10)] += 1);
        assert!(seen.iter().all(|count| (800..1200).contains(count)), "{seen:?}");
        let mean = (0..10_000).map(|_| chance.unit()).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        let normal: Vec<_> = (0..10_000).map(|_| chance.normal()).collect();
        let variance = normal.iter().map(|x| x * x).sum::<f64>() / 10_000.0;
        assert!((variance - 1.0).abs() < 0.1, "{variance}");
        assert_eq!(chance.below(0), 0);
    }
}
