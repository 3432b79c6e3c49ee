//! `count_min_sketch`: how often values occur, at most, in the bytes that Spark's
//! sketch writes.

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{Result, ScalarValue};

use super::gather::{Rows, Work};
use crate::function::udf::hash::of_bytes;

/// Constants: relative error, confidence, seed.
pub(crate) static COUNT_MIN: Work = Work {
    name: "spark_count_min_sketch",
    nulls: false,
    nullable: false,
    returns: |_, _| Ok(DataType::Binary),
    finish: |rows| Ok(ScalarValue::Binary(Some(sketch(rows)?))),
};

fn sketch(rows: &Rows<'_>) -> Result<Vec<u8>> {
    let number = |at: usize| match rows.constants.get(at) {
        Some(ScalarValue::Float64(Some(value))) => *value,
        _ => 1.0,
    };
    let seed = match rows.constants.get(2) {
        Some(ScalarValue::Int64(Some(seed))) => *seed,
        _ => 0,
    };
    let width = (2.0 / number(0)).ceil() as usize;
    let depth = (-(1.0 - number(1)).ln() / 2.0_f64.ln()).ceil() as usize;
    let mut random = JavaRandom::new(seed);
    let factors: Vec<i64> = (0..depth).map(|_| random.below_most()).collect();
    let mut table = vec![vec![0_i64; width]; depth];
    let values = &rows.columns[0];
    let mut add = |places: &dyn Fn(usize, i64) -> usize| {
        for (at, (row, factor)) in table.iter_mut().zip(&factors).enumerate() {
            if let Some(count) = row.get_mut(places(at, *factor)) {
                *count += 1;
            }
        }
    };
    match values.data_type() {
        DataType::Utf8 | DataType::Binary => {
            let bytes = cast(values, &DataType::Binary)?;
            for bytes in bytes.as_binary::<i32>().iter().flatten() {
                let first = of_bytes(bytes, 0).cast_signed();
                let second = of_bytes(bytes, first.cast_unsigned()).cast_signed();
                add(&|at, _| of_text(first, second, at, width));
            }
        }
        _ => {
            let longs = cast(values, &DataType::Int64)?;
            for value in longs.as_primitive::<Int64Type>().iter().flatten() {
                add(&|_, factor| of_long(value, factor, width));
            }
        }
    }
    Ok(written(values.len(), &factors, &table, width))
}

fn of_long(value: i64, factor: i64, width: usize) -> usize {
    const PRIME: i64 = (1 << 31) - 1;
    let hash = factor.wrapping_mul(value);
    let hash = (hash.wrapping_add(hash >> 32) & PRIME).unsigned_abs();
    usize::try_from(hash).unwrap_or(0) % width
}

fn of_text(first: i32, second: i32, at: usize, width: usize) -> usize {
    let at = i32::try_from(at).unwrap_or(0);
    let width = i32::try_from(width).unwrap_or(i32::MAX);
    let place = first.wrapping_add(at.wrapping_mul(second)) % width;
    usize::try_from(place.unsigned_abs()).unwrap_or(0)
}

/// Version, count, depth, width, factors and table, big end first.
fn written(count: usize, factors: &[i64], table: &[Vec<i64>], width: usize) -> Vec<u8> {
    let int = |value: usize| i32::try_from(value).unwrap_or(i32::MAX).to_be_bytes();
    let mut bytes = 1_i32.to_be_bytes().to_vec();
    bytes.extend(i64::try_from(count).unwrap_or(i64::MAX).to_be_bytes());
    bytes.extend(int(table.len()));
    bytes.extend(int(width));
    let numbers = factors.iter().chain(table.iter().flatten());
    bytes.extend(numbers.flat_map(|number| number.to_be_bytes()));
    bytes
}

/// `java.util.Random`.
struct JavaRandom(i64);

impl JavaRandom {
    fn new(seed: i64) -> Self {
        Self((seed ^ 0x5_DEEC_E66D) & ((1 << 48) - 1))
    }

    /// `nextInt(Integer.MAX_VALUE)`.
    fn below_most(&mut self) -> i64 {
        loop {
            self.0 = self.0.wrapping_mul(0x5_DEEC_E66D).wrapping_add(0xB) & ((1 << 48) - 1);
            let bits = self.0 >> 17;
            let most = i64::from(i32::MAX);
            if bits < most {
                return bits;
            }
        }
    }
}
