//! Murmur3 as Spark computes it, which spreads rows over partitions and answers
//! `hash`.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int32Array};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, DurationMicrosecondType, Float32Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, IntervalYearMonthType, TimestampMicrosecondType,
};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::nested::as_list;
use super::{Kernel, Nulls, evaluated, udf};
use crate::function::coerce::canonical;

pub(crate) static MURMUR3: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_hash",
        nulls: Nulls::Never,
        volatility: Volatility::Immutable,
        returns: |_| Ok(DataType::Int32),
        run: |args| evaluated(&args, all),
    })
});

const SEED: u32 = 42;

/// The hash of each row of some columns.
///
/// # Errors
/// If a column is of a type that has no hash.
pub(crate) fn murmur3(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    all(arrays, rows)
}

fn all(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let mut hashes = vec![SEED; rows];
    for array in arrays {
        let own = canonical(array.data_type());
        let array = if &own == array.data_type() {
            Arc::clone(array)
        } else {
            datafusion::arrow::compute::cast(array, &own)?
        };
        for (row, hash) in hashes.iter_mut().enumerate() {
            *hash = one(&array, row, *hash)?;
        }
    }
    Ok(Arc::new(Int32Array::from_iter_values(hashes.into_iter().map(u32::cast_signed))))
}

/// The hash of a value on top of another; NULL leaves it as it is.
fn one(array: &ArrayRef, row: usize, seed: u32) -> Result<u32> {
    if array.is_null(row) {
        return Ok(seed);
    }
    macro_rules! value {
        ($type:ty) => {
            array.as_primitive::<$type>().value(row)
        };
    }
    Ok(match array.data_type() {
        DataType::Null => seed,
        DataType::Boolean => int(i32::from(array.as_boolean().value(row)), seed),
        DataType::Int8 => int(value!(Int8Type).into(), seed),
        DataType::Int16 => int(value!(Int16Type).into(), seed),
        DataType::Int32 => int(value!(Int32Type), seed),
        DataType::Int64 => long(value!(Int64Type), seed),
        DataType::Date32 => int(value!(Date32Type), seed),
        DataType::Timestamp(..) => long(value!(TimestampMicrosecondType), seed),
        DataType::Duration(_) => long(value!(DurationMicrosecondType), seed),
        DataType::Interval(datafusion::arrow::datatypes::IntervalUnit::YearMonth) => {
            int(value!(IntervalYearMonthType), seed)
        }
        // Zero has one sign.
        DataType::Float32 => {
            let value = value!(Float32Type);
            int((if value == 0.0 { 0.0 } else { value }).to_bits().cast_signed(), seed)
        }
        DataType::Float64 => {
            let value = value!(Float64Type);
            long((if value == 0.0 { 0.0 } else { value }).to_bits().cast_signed(), seed)
        }
        DataType::Decimal128(precision, _) => {
            let value = value!(Decimal128Type);
            match i64::try_from(value) {
                Ok(value) if *precision <= 18 => long(value, seed),
                _ => of_bytes(&shortest(value), seed),
            }
        }
        DataType::Utf8 => of_bytes(array.as_string::<i32>().value(row).as_bytes(), seed),
        DataType::LargeUtf8 => of_bytes(array.as_string::<i64>().value(row).as_bytes(), seed),
        DataType::Utf8View => of_bytes(array.as_string_view().value(row).as_bytes(), seed),
        DataType::Binary => of_bytes(array.as_binary::<i32>().value(row), seed),
        DataType::LargeBinary => of_bytes(array.as_binary::<i64>().value(row), seed),
        DataType::BinaryView => of_bytes(array.as_binary_view().value(row), seed),
        DataType::Struct(_) => {
            let columns = array.as_struct().columns();
            columns.iter().try_fold(seed, |hash, column| one(column, row, hash))?
        }
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => {
            let list = as_list(array)?;
            let values = list.value(row);
            (0..values.len()).try_fold(seed, |hash, at| one(&values, at, hash))?
        }
        other => return exec_err!("no hash of {other}"),
    })
}

/// Two's complement, big end first, in as few bytes as Java's BigInteger needs.
fn shortest(value: i128) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let fill = if value < 0 { 0xff } else { 0 };
    let mut start = 0;
    while start + 1 < bytes.len()
        && bytes[start] == fill
        && (bytes[start + 1] & 0x80 != 0) == (value < 0)
    {
        start += 1;
    }
    bytes[start..].to_vec()
}

fn mix(hash: u32, word: u32) -> u32 {
    let word = word.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
    (hash ^ word).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64)
}

fn finish(hash: u32, length: u32) -> u32 {
    let mut hash = hash ^ length;
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

fn int(value: i32, seed: u32) -> u32 {
    finish(mix(seed, value.cast_unsigned()), 4)
}

fn long(value: i64, seed: u32) -> u32 {
    let value = value.cast_unsigned();
    let (low, high) = ((value & 0xffff_ffff) as u32, (value >> 32) as u32);
    finish(mix(mix(seed, low), high), 8)
}

/// Whole words, then every byte left over as a word of its own.
pub(crate) fn of_bytes(bytes: &[u8], seed: u32) -> u32 {
    let mut words = bytes.chunks_exact(4);
    let mut hash = seed;
    for word in words.by_ref() {
        hash = mix(hash, u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
    }
    for byte in words.remainder() {
        hash = mix(hash, i32::from(byte.cast_signed()).cast_unsigned());
    }
    finish(hash, u32::try_from(bytes.len()).unwrap_or(u32::MAX))
}
