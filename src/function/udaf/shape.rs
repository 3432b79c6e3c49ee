//! The shape of a distribution: how it leans, how it is spread, what is most frequent.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::{Result, ScalarValue};

use super::gather::{Rows, Work, own};

fn double(_: &[DataType], _: &[ScalarValue]) -> Result<DataType> {
    Ok(DataType::Float64)
}

pub(crate) static KURTOSIS: Work = Work {
    name: "spark_kurtosis",
    nulls: false,
    nullable: true,
    returns: double,
    finish: |rows| Ok(ScalarValue::Float64(Moments::of(rows).and_then(|m| m.kurtosis()))),
};

pub(crate) static SKEWNESS: Work = Work {
    name: "spark_skewness",
    nulls: false,
    nullable: true,
    returns: double,
    finish: |rows| Ok(ScalarValue::Float64(Moments::of(rows).and_then(|m| m.skewness()))),
};

pub(crate) static PRODUCT: Work = Work {
    name: "spark_product",
    nulls: false,
    nullable: true,
    returns: double,
    finish: |rows| {
        let values = rows.columns[0].as_primitive::<Float64Type>();
        let product = (!values.is_empty()).then(|| values.iter().flatten().product());
        Ok(ScalarValue::Float64(product))
    },
};

/// Sums of powers of the distance from the mean.
struct Moments {
    count: f64,
    second: f64,
    third: f64,
    fourth: f64,
}

impl Moments {
    fn of(rows: &Rows<'_>) -> Option<Self> {
        let values: &Float64Array = rows.columns[0].as_primitive();
        if values.is_empty() {
            return None;
        }
        let count = values.len() as f64;
        let mean = values.iter().flatten().sum::<f64>() / count;
        let power = |n: i32| values.iter().flatten().map(|value| (value - mean).powi(n)).sum();
        Some(Self { count, second: power(2), third: power(3), fourth: power(4) })
    }

    /// None if all values are the same.
    fn kurtosis(&self) -> Option<f64> {
        let ratio = self.count * self.fourth / (self.second * self.second);
        (self.second != 0.0).then_some(ratio - 3.0)
    }

    fn skewness(&self) -> Option<f64> {
        let ratio = self.count.sqrt() * self.third / self.second.powi(3).sqrt();
        (self.second != 0.0).then_some(ratio)
    }
}

/// The most frequent value. The constant says which of several: the smallest
/// (true), the largest (false), or the one that Spark's hash map holds first (NULL).
pub(crate) static MODE: Work =
    Work { name: "spark_mode", nulls: false, nullable: true, returns: own, finish: mode };

fn mode(rows: &Rows<'_>) -> Result<ScalarValue> {
    let values = &rows.columns[0];
    if values.is_empty() {
        return ScalarValue::try_from(rows.to);
    }
    let converter = RowConverter::new(vec![SortField::new(values.data_type().clone())])?;
    let encoded = converter.convert_columns(std::slice::from_ref(values))?;
    let mut counts: std::collections::HashMap<_, (usize, usize)> = std::collections::HashMap::new();
    for row in 0..values.len() {
        counts.entry(encoded.row(row)).or_insert((0, row)).0 += 1;
    }
    let most = counts.values().map(|(count, _)| *count).max().unwrap_or(0);
    let candidates = counts.iter().filter(|(_, (count, _))| *count == most);
    let row = match rows.constants.first() {
        Some(ScalarValue::Boolean(Some(true))) => {
            candidates.min_by(|a, b| a.0.cmp(b.0)).map(|(_, (_, row))| *row)
        }
        Some(ScalarValue::Boolean(Some(false))) => {
            candidates.max_by(|a, b| a.0.cmp(b.0)).map(|(_, (_, row))| *row)
        }
        _ => {
            let mut firsts: Vec<usize> = counts.values().map(|(_, row)| *row).collect();
            firsts.sort_unstable();
            let order = HashOrder::of(values, &firsts)?;
            let most: std::collections::HashSet<usize> =
                candidates.map(|(_, (_, row))| *row).collect();
            order.into_iter().find(|row| most.contains(row))
        }
    };
    ScalarValue::try_from_array(values, row.unwrap_or(0))
}

/// The order in which Spark's open hash map walks over its keys.
struct HashOrder;

impl HashOrder {
    fn of(values: &ArrayRef, firsts: &[usize]) -> Result<Vec<usize>> {
        let codes = hash_codes(values)?;
        let mut capacity = 64_usize;
        while firsts.len() as f64 > 0.7 * capacity as f64 {
            capacity *= 2;
        }
        let mut slots: Vec<Option<usize>> = vec![None; capacity];
        for row in firsts {
            let hash = murmur3(codes.get(*row).copied().unwrap_or(0));
            let mut at = usize::try_from(hash).unwrap_or(0) & (capacity - 1);
            let mut step = 1;
            while slots[at].is_some() {
                at = (at + step) & (capacity - 1);
                step += 1;
            }
            slots[at] = Some(*row);
        }
        Ok(slots.into_iter().flatten().collect())
    }
}

/// Java's hash codes of the values.
fn hash_codes(values: &ArrayRef) -> Result<Vec<u32>> {
    let folded = |bits: i64| {
        let bits = bits.cast_unsigned();
        u32::try_from((bits ^ (bits >> 32)) & 0xffff_ffff).unwrap_or(0)
    };
    Ok(match values.data_type() {
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Date32 => {
            let wide = cast(&cast(values, &DataType::Int32)?, &DataType::Int64)?;
            let wide = wide.as_primitive::<Int64Type>();
            let narrow = |value: i64| i32::try_from(value).unwrap_or(0).cast_unsigned();
            wide.iter().map(|value| narrow(value.unwrap_or(0))).collect()
        }
        DataType::Int64 => {
            let longs = values.as_primitive::<Int64Type>();
            longs.iter().map(|value| folded(value.unwrap_or(0))).collect()
        }
        DataType::Float64 => {
            let doubles = values.as_primitive::<Float64Type>();
            doubles.iter().map(|v| folded(v.unwrap_or(0.0).to_bits().cast_signed())).collect()
        }
        DataType::Boolean => {
            let flags = values.as_boolean();
            flags.iter().map(|flag| if flag == Some(true) { 1231 } else { 1237 }).collect()
        }
        DataType::Utf8 => {
            let texts = values.as_string::<i32>();
            let hash = |text: &str| crate::function::udf::hash::of_bytes(text.as_bytes(), 42);
            texts.iter().map(|text| hash(text.unwrap_or_default())).collect()
        }
        _ => vec![0; values.len()],
    })
}

/// Murmur3 of one word, without a seed.
fn murmur3(word: u32) -> u32 {
    let k = word.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
    let hash = k.rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64) ^ 4;
    let hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    let hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}
