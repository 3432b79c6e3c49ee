//! Random numbers with a seed.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{ArrayRef, Float64Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};

/// `rand(seed)`: the numbers that Spark gives the rows of one partition.
pub(crate) fn seeded(seed: i64) -> Arc<ScalarUDF> {
    random(seed, Gives::Even)
}

/// `randn(seed)`: numbers of the standard normal distribution.
pub(crate) fn normal(seed: i64) -> Arc<ScalarUDF> {
    random(seed, Gives::Normal)
}

/// `randstr(length, seed)`.
pub(crate) fn text(seed: i64, length: u32) -> Arc<ScalarUDF> {
    random(seed, Gives::Text(length))
}

fn random(seed: i64, gives: Gives) -> Arc<ScalarUDF> {
    let signature = Signature::nullary(Volatility::Volatile);
    let generator = Mutex::new(XorShift::new(seed));
    Arc::new(ScalarUDF::new_from_impl(Random { seed, gives, generator, signature }))
}

/// A seed where none is given.
pub(crate) fn any_seed() -> i64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0).cast_signed()
}

/// Spark's generator: a 64-bit xor shift, its seed hashed.
#[derive(Debug)]
struct XorShift(u64);

impl XorShift {
    fn new(seed: i64) -> Self {
        Self(hashed(seed))
    }

    fn bits(&mut self, count: u32) -> u64 {
        let mut next = self.0;
        next ^= next << 21;
        next ^= next >> 35;
        next ^= next << 4;
        self.0 = next;
        next & ((1 << count) - 1)
    }

    /// By the polar method, of which Java keeps every second number for the next call.
    fn normal(&mut self, kept: &mut Option<f64>) -> f64 {
        if let Some(kept) = kept.take() {
            return kept;
        }
        loop {
            let (x, y) = (2.0 * self.double() - 1.0, 2.0 * self.double() - 1.0);
            let size = x * x + y * y;
            if size < 1.0 && size != 0.0 {
                let factor = (-2.0 * size.ln() / size).sqrt();
                *kept = Some(y * factor);
                return x * factor;
            }
        }
    }

    fn text(&mut self, length: u32) -> String {
        const LETTERS: &[u8; 62] =
            b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let letter = |_| {
            let bits = u32::try_from(self.bits(32)).unwrap_or(0).cast_signed();
            let at = usize::try_from((bits % 62).unsigned_abs()).unwrap_or(0);
            char::from(LETTERS[at])
        };
        (0..length).map(letter).collect()
    }

    fn double(&mut self) -> f64 {
        let high = self.bits(26) << 27;
        let whole = high + self.bits(27);
        whole as f64 / (1_u64 << 53) as f64
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

/// What the random numbers become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Gives {
    /// Doubles from 0 to 1.
    Even,
    /// Doubles around 0, most of them near.
    Normal,
    /// Texts of so many letters and digits.
    Text(u32),
}

#[derive(Debug)]
struct Random {
    seed: i64,
    gives: Gives,
    generator: Mutex<XorShift>,
    signature: Signature,
}

impl PartialEq for Random {
    fn eq(&self, other: &Self) -> bool {
        self.seed == other.seed && self.gives == other.gives
    }
}

impl Eq for Random {}

impl Hash for Random {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.seed.hash(state);
        self.gives.hash(state);
    }
}

impl ScalarUDFImpl for Random {
    fn name(&self) -> &str {
        match self.gives {
            Gives::Even => "spark_rand",
            Gives::Normal => "spark_randn",
            Gives::Text(_) => "spark_randstr",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(match self.gives {
            Gives::Even | Gives::Normal => DataType::Float64,
            Gives::Text(_) => DataType::Utf8,
        })
    }

    fn return_field_from_args(&self, _args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(self.name(), self.return_type(&[])?, false)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let mut generator = self.generator.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = 0..args.number_rows;
        let values: ArrayRef = match self.gives {
            Gives::Even => {
                Arc::new(rows.map(|_| Some(generator.double())).collect::<Float64Array>())
            }
            Gives::Normal => {
                let mut kept = None;
                let numbers = rows.map(|_| Some(generator.normal(&mut kept)));
                Arc::new(numbers.collect::<Float64Array>())
            }
            Gives::Text(length) => {
                Arc::new(rows.map(|_| Some(generator.text(length))).collect::<StringArray>())
            }
        };
        Ok(ColumnarValue::Array(values))
    }
}

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
