//! Functions of strings that count and match as Java does.

mod join;
mod pattern;
mod position;

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int32Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Int32Type};
use datafusion::common::{Result, exec_err};

use super::growth::{Bytes, Growth};

pub(crate) use join::{CONCAT_BYTES, CONCAT_WS};
pub(crate) use pattern::{
    REGEXP_COUNT, REGEXP_EXTRACT, REGEXP_EXTRACT_ALL, REGEXP_INSTR, REGEXP_REPLACE, REGEXP_SUBSTR,
    SPLIT, check_pattern,
};
pub(crate) use position::{
    INITCAP, LOCATE, LPAD, OVERLAY, REPEAT, REPLACE, RIGHT, RPAD, SPACE, SPLIT_PART,
    SUBSTRING_INDEX, TRANSLATE,
};

/// An argument as plain strings.
pub(in crate::function::udf) fn strings(array: &ArrayRef) -> Result<StringArray> {
    if let Some(strings) = array.as_string_opt::<i32>() {
        return Ok(strings.clone());
    }
    let cast = datafusion::arrow::compute::cast(array, &DataType::Utf8)?;
    Ok(cast.as_string::<i32>().clone())
}

fn integers(array: &ArrayRef) -> Result<&Int32Array> {
    match array.as_primitive_opt::<Int32Type>() {
        Some(integers) => Ok(integers),
        None => exec_err!("an INT is needed, not {}", array.data_type()),
    }
}

/// The strings and numbers of a row, none if one of them is NULL.
struct Row<'a> {
    texts: Vec<&'a str>,
    numbers: Vec<i32>,
}

/// Applies `work` to every row in which no argument is NULL: the strings first,
/// then the numbers.
fn by_row<T: Bytes>(
    arrays: &[ArrayRef],
    texts: usize,
    rows: usize,
    mut work: impl FnMut(&Row<'_>) -> Result<Option<T>>,
) -> Result<Vec<Option<T>>> {
    let strings = arrays[..texts].iter().map(strings).collect::<Result<Vec<_>>>()?;
    let numbers = arrays[texts..].iter().map(integers).collect::<Result<Vec<_>>>()?;
    let (mut results, mut growth) = (Vec::with_capacity(rows), Growth::default());
    for row in 0..rows {
        let missing = strings.iter().any(|array| array.is_null(row))
            || numbers.iter().any(|array| array.is_null(row));
        let result = match missing {
            true => None,
            false => work(&Row {
                texts: strings.iter().map(|array| array.value(row)).collect(),
                numbers: numbers.iter().map(|array| array.value(row)).collect(),
            })?,
        };
        growth.add(result.as_ref().map_or(0, Bytes::bytes))?;
        results.push(result);
    }
    Ok(results)
}

fn string_array(values: Vec<Option<String>>) -> ArrayRef {
    Arc::new(StringArray::from(values))
}

fn int_array(values: Vec<Option<i32>>) -> ArrayRef {
    Arc::new(Int32Array::from(values))
}

/// A count or position as Spark's INT.
fn int(value: usize) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
