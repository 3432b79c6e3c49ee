//! The generators of random numbers that Spark draws from.

/// Spark's own: a 64-bit xor shift, its seed hashed.
#[derive(Debug)]
pub(super) struct XorShift {
    state: u64,
    /// The second number of a pair of normal ones, for the next call.
    kept: Option<f64>,
}

impl XorShift {
    pub(super) fn new(seed: i64) -> Self {
        Self { state: hashed(seed), kept: None }
    }

    fn bits(&mut self, count: u32) -> u64 {
        let mut next = self.state;
        next ^= next << 21;
        next ^= next >> 35;
        next ^= next << 4;
        self.state = next;
        next & ((1 << count) - 1)
    }

    /// From 0 to 1.
    pub(super) fn double(&mut self) -> f64 {
        let high = self.bits(26) << 27;
        let whole = high + self.bits(27);
        whole as f64 / (1_u64 << 53) as f64
    }

    /// By the polar method, which gives pairs.
    pub(super) fn normal(&mut self) -> f64 {
        if let Some(kept) = self.kept.take() {
            return kept;
        }
        loop {
            let (x, y) = (2.0 * self.double() - 1.0, 2.0 * self.double() - 1.0);
            let size = x * x + y * y;
            if size < 1.0 && size != 0.0 {
                let factor = (-2.0 * size.ln() / size).sqrt();
                self.kept = Some(y * factor);
                return x * factor;
            }
        }
    }

    pub(super) fn text(&mut self, length: u32) -> String {
        const LETTERS: &[u8; 62] =
            b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let letter = |_| {
            let bits = u32::try_from(self.bits(32)).unwrap_or(0).cast_signed();
            let at = usize::try_from((bits % 62).unsigned_abs()).unwrap_or(0);
            char::from(LETTERS[at])
        };
        (0..length).map(letter).collect()
    }
}

/// The seed through Murmur3, twice 32 bits. Scala hashes the buffer that Java
/// allocates for a long, eight bytes, big end first.
fn hashed(seed: i64) -> u64 {
    let bytes = seed.to_be_bytes();
    let low = murmur3(&bytes, 0x3c07_4a61);
    let high = murmur3(&bytes, low);
    (u64::from(high) << 32) | u64::from(low)
}

/// Murmur3 over whole words of four bytes, little end first.
fn murmur3(bytes: &[u8; 8], seed: u32) -> u32 {
    let mut hash = seed;
    for word in bytes.chunks_exact(4) {
        let mut k = u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
        k = k.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
        hash ^= k;
        hash = hash.rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    hash ^= 8;
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

/// Java's, of 48 bits: Spark seeds the partitions of a sample with it.
pub(super) struct Linear(i64);

impl Linear {
    const MULTIPLIER: i64 = 0x5_deec_e66d;
    const MASK: i64 = (1 << 48) - 1;

    pub(super) fn new(seed: i64) -> Self {
        Self((seed ^ Self::MULTIPLIER) & Self::MASK)
    }

    /// The high 32 bits of the next state, with their sign.
    fn int(&mut self) -> i64 {
        self.0 = self.0.wrapping_mul(Self::MULTIPLIER).wrapping_add(0xb) & Self::MASK;
        i64::from((self.0 >> 16) as i32)
    }

    pub(super) fn long(&mut self) -> i64 {
        let high = self.int() << 32;
        high.wrapping_add(self.int())
    }
}

/// WELL19937c of Panneton, L'Ecuyer and Matsumoto, seeded as commons-math does.
#[derive(Debug)]
pub(super) struct Well {
    state: Vec<u32>,
    at: usize,
}

impl Well {
    /// Words of state.
    const WORDS: usize = 624;

    pub(super) fn new(seed: i64) -> Self {
        let seed = seed.cast_unsigned();
        let mut state = vec![(seed >> 32) as u32, (seed & 0xffff_ffff) as u32];
        for at in state.len()..Self::WORDS {
            let before = i64::from(state[at - 2].cast_signed());
            let mixed = 1_812_433_253_i64.wrapping_mul(before ^ (before >> 30));
            state.push(mixed.wrapping_add(at as i64) as u32);
        }
        Self { state, at: 0 }
    }

    fn word(&self, distance: usize) -> u32 {
        self.state[(self.at + distance) % Self::WORDS]
    }

    fn bits(&mut self, count: u32) -> u32 {
        let last = (self.at + Self::WORDS - 1) % Self::WORDS;
        let (v0, v1, v2, v3) = (self.word(0), self.word(70), self.word(179), self.word(449));
        let z0 = (0x8000_0000 & self.state[last]) ^ (0x7fff_ffff & self.word(Self::WORDS - 2));
        let z1 = (v0 ^ (v0 << 25)) ^ (v1 ^ (v1 >> 27));
        let z2 = (v2 >> 9) ^ (v3 ^ (v3 >> 1));
        let z3 = z1 ^ z2;
        let mut z4 = z0 ^ (z1 ^ (z1 << 9)) ^ (z2 ^ (z2 << 21)) ^ (z3 ^ (z3 >> 21));
        let before_last = (self.at + Self::WORDS - 2) % Self::WORDS;
        self.state[self.at] = z3;
        self.state[last] = z4;
        self.state[before_last] &= 0x8000_0000;
        self.at = last;
        z4 ^= (z4 << 7) & 0xe46e_1700;
        z4 ^= (z4 << 15) & 0x9b86_8000;
        z4 >> (32 - count)
    }

    pub(super) fn double(&mut self) -> f64 {
        let high = u64::from(self.bits(26)) << 26;
        let whole = high | u64::from(self.bits(26));
        whole as f64 / (1_u64 << 52) as f64
    }

    /// A number of Poisson's distribution: how many factors a product of random numbers
    /// takes to become small. Good for means below [`MOST_BY_PRODUCT`].
    pub(super) fn poisson(&mut self, mean: f64) -> i64 {
        let small = (-mean).exp();
        let mut product = 1.0;
        let mut count = 0_i64;
        while (count as f64) < 1000.0 * mean {
            product *= self.double();
            if product < small {
                break;
            }
            count += 1;
        }
        count
    }
}

/// Means from which on commons-math draws in another way.
pub(crate) const MOST_BY_PRODUCT: f64 = 40.0;

#[cfg(test)]
mod tests {
    use super::*;

    /// Answered by `select rand(1), rand(0)`.
    #[test]
    fn first_numbers_are_spark_s() {
        assert_eq!(XorShift::new(1).double(), 0.6363787615254752);
        assert_eq!(XorShift::new(0).double(), 0.7604953758285915);
    }
}
