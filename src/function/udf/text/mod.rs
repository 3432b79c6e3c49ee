//! Functions of strings that count and match as Java does.

mod codec;
mod decimal_format;
mod join;
mod number_format;
mod pattern;
mod position;
mod several;
mod shape;
mod url;

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int32Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Int32Type};
use datafusion::common::{Result, exec_err};

use super::growth::{Bytes, Growth};

pub(crate) use codec::{
    DECODE, ENCODE, FROM_BASE32, IS_VALID_UTF8, MAKE_VALID_UTF8, TO_BASE32, TO_BINARY_BASE64,
    TO_BINARY_HEX, TRY_TO_BINARY_BASE64, TRY_TO_BINARY_HEX, TRY_VALIDATE_UTF8, VALIDATE_UTF8,
};
pub(crate) use decimal_format::FORMAT_NUMBER;
pub(crate) use join::{CONCAT_BYTES, CONCAT_WS};
pub(crate) use number_format::{NumberFormat, TO_CHAR, TO_NUMBER, TRY_TO_NUMBER};
pub(crate) use pattern::{
    REGEXP_COUNT, REGEXP_EXTRACT, REGEXP_EXTRACT_ALL, REGEXP_INSTR, REGEXP_REPLACE, REGEXP_SUBSTR,
    RLIKE, SPLIT, check_pattern, is_regular,
};
pub(crate) use position::{
    INITCAP, LOCATE, LPAD, OVERLAY, REPEAT, REPLACE, RIGHT, RPAD, SPACE, SPLIT_PART,
    SUBSTRING_INDEX, TRANSLATE,
};
pub(crate) use several::{
    ELT, ELT_BYTES, LEGACY_ELT, LEGACY_ELT_BYTES, NULLABLE_BYTES, SENTENCES, STR_TO_MAP,
};
pub(crate) use shape::{
    CHAR, CONV, INSTR, JARO_WINKLER, LEGACY_CONV, LEVENSHTEIN, LUHN_CHECK, MASK, QUOTE,
};
pub(crate) use url::{PARSE_URL, TRY_PARSE_URL, TRY_URL_DECODE, URL_DECODE, URL_ENCODE};

/// An argument as plain strings.
pub(in crate::function) fn strings(array: &ArrayRef) -> Result<StringArray> {
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
