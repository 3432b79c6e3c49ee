//! Sketches of Apache DataSketches, in the bytes that Spark's clients exchange.

mod aggregate;
mod frequent;
pub(crate) mod hll;
mod item;
pub(crate) mod kll;
pub(crate) mod theta;
pub(crate) mod top_k;
pub(crate) mod tuple;

use std::panic::{AssertUnwindSafe, catch_unwind};

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type, Int32Type, Int64Type};
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_err};

pub(crate) use aggregate::{Sketching, of_rows, sketching};
use datasketches::hash::value::{canonical_float, raw_bytes};

use crate::error::{Condition, Error};

/// What reads bytes of a client: none if they are no sketch. The library's own checks
/// are relied on, but not for the life of the process.
fn guarded<T, E>(read: impl FnOnce() -> Result<T, E>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok()?.ok()
}

/// The library refuses what was checked before.
fn refused(error: datasketches::error::Error) -> DataFusionError {
    DataFusionError::Execution(error.to_string())
}

/// Spark's error for bytes that are no sketch.
fn invalid(condition: Condition, function: &str) -> DataFusionError {
    Error::analysis(condition, [("function", format!("`{function}`"))]).into()
}

/// The bytes in a column of them, row by row.
fn each_bytes(column: &ArrayRef, mut work: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    match column.data_type() {
        DataType::Binary => column.as_binary::<i32>().iter().flatten().try_for_each(&mut work),
        DataType::LargeBinary => column.as_binary::<i64>().iter().flatten().try_for_each(&mut work),
        DataType::BinaryView => column.as_binary_view().iter().flatten().try_for_each(&mut work),
        DataType::Null => Ok(()),
        other => exec_err!("{other} is no column of sketches"),
    }
}

/// A value as sketches hash it; none if they leave it out, as they do NULL and what is
/// empty.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Key<'a> {
    Long(i64),
    Double(f64),
    Bytes(&'a [u8]),
}

impl std::hash::Hash for Key<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        match *self {
            Self::Long(value) => value.hash(state),
            Self::Double(value) => canonical_float::from_f64(value).hash(state),
            Self::Bytes(bytes) => raw_bytes::from_slice(bytes).hash(state),
        }
    }
}

/// The keys of a column, and their rows.
fn each_key(column: &ArrayRef, mut work: impl FnMut(usize, Key<'_>) -> Result<()>) -> Result<()> {
    macro_rules! keys {
        ($array:expr, |$value:ident| $key:expr) => {{
            for (row, value) in $array.iter().enumerate() {
                if let Some($value) = value {
                    work(row, $key)?;
                }
            }
            Ok(())
        }};
    }
    let mut bytes = |row: usize, bytes: &[u8]| match bytes {
        [] => Ok(()),
        bytes => work(row, Key::Bytes(bytes)),
    };
    match column.data_type() {
        DataType::Null => Ok(()),
        DataType::Int32 => {
            keys!(column.as_primitive::<Int32Type>(), |value| Key::Long(i64::from(value)))
        }
        DataType::Int64 => keys!(column.as_primitive::<Int64Type>(), |value| Key::Long(value)),
        DataType::Float32 => {
            keys!(column.as_primitive::<Float32Type>(), |value| Key::Double(f64::from(value)))
        }
        DataType::Float64 => {
            keys!(column.as_primitive::<Float64Type>(), |value| Key::Double(value))
        }
        DataType::Utf8 => {
            let texts = column.as_string::<i32>().iter().enumerate();
            texts
                .flat_map(|(row, text)| Some((row, text?)))
                .try_for_each(|(row, text)| bytes(row, text.as_bytes()))
        }
        DataType::Binary => {
            let values = column.as_binary::<i32>().iter().enumerate();
            values
                .flat_map(|(row, value)| Some((row, value?)))
                .try_for_each(|(row, value)| bytes(row, value))
        }
        DataType::List(_) => {
            for (row, list) in column.as_list::<i32>().iter().enumerate() {
                if let Some(list) = list {
                    bytes(row, &numbers(&list)?)?;
                }
            }
            Ok(())
        }
        other => exec_err!("sketches take no {other}"),
    }
}

/// Numbers one after the other, as arrays are hashed; NULL is 0 there.
fn numbers(list: &ArrayRef) -> Result<Vec<u8>> {
    match list.data_type() {
        DataType::Int32 => {
            let numbers = list.as_primitive::<Int32Type>().iter();
            Ok(numbers.flat_map(|number| number.unwrap_or(0).to_le_bytes()).collect())
        }
        DataType::Int64 => {
            let numbers = list.as_primitive::<Int64Type>().iter();
            Ok(numbers.flat_map(|number| number.unwrap_or(0).to_le_bytes()).collect())
        }
        other => exec_err!("sketches take no arrays of {other}"),
    }
}

/// Numbers of four bytes from there on.
fn words(bytes: &[u8], start: usize) -> impl Iterator<Item = u32> {
    let words = bytes.get(start..).unwrap_or_default().chunks_exact(4);
    words.map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
}

/// A number among an aggregate's constants.
fn constant(constants: &[ScalarValue], at: usize) -> Option<i32> {
    match constants.get(at) {
        Some(ScalarValue::Int32(number)) => *number,
        _ => None,
    }
}

/// As `Math.round` in Java.
fn rounded(value: f64) -> i64 {
    (value + 0.5).floor() as i64
}

/// The type of sketches, for tables of aggregates.
fn binary(_: &[DataType], _: &[ScalarValue]) -> Result<DataType> {
    Ok(DataType::Binary)
}
