//! Random numbers with a seed.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::Float64Array;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

/// `rand(seed)`: the numbers that Spark gives the rows of one partition.
pub(crate) fn seeded(seed: i64) -> Arc<ScalarUDF> {
    let signature = Signature::nullary(Volatility::Volatile);
    let generator = Mutex::new(XorShift::new(seed));
    Arc::new(ScalarUDF::new_from_impl(Random { seed, generator, signature }))
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

#[derive(Debug)]
struct Random {
    seed: i64,
    generator: Mutex<XorShift>,
    signature: Signature,
}

impl PartialEq for Random {
    fn eq(&self, other: &Self) -> bool {
        self.seed == other.seed
    }
}

impl Eq for Random {}

impl Hash for Random {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.seed.hash(state);
    }
}

impl ScalarUDFImpl for Random {
    fn name(&self) -> &str {
        "spark_rand"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let mut generator = self.generator.lock().unwrap_or_else(PoisonError::into_inner);
        let values: Float64Array =
            (0..args.number_rows).map(|_| Some(generator.double())).collect();
        Ok(ColumnarValue::Array(Arc::new(values)))
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
