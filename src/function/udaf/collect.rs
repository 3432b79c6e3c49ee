//! Aggregates that put values together: lists as text, unions, bitmaps, vectors.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float32Array, ListArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Float32Type, Int64Type};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::{Result, ScalarValue, exec_err};

use super::gather::{Rows, Work, own};
use crate::error::{Condition, Error};

/// `listagg(x, separator)`: strings or bytes.
pub(crate) static LISTAGG: Work = Work {
    name: "spark_listagg",
    nulls: false,
    nullable: true,
    returns: own,
    finish: |rows| {
        let values = &rows.columns[0];
        if values.is_empty() {
            return ScalarValue::try_from(rows.to);
        }
        let separator = rows.constants.first();
        match values.data_type() {
            DataType::Binary => {
                let separator = match separator {
                    Some(ScalarValue::Binary(Some(bytes))) => bytes.as_slice(),
                    _ => &[],
                };
                let parts: Vec<&[u8]> = values.as_binary::<i32>().iter().flatten().collect();
                Ok(ScalarValue::Binary(Some(parts.join(separator))))
            }
            _ => {
                let separator = separator.and_then(ScalarValue::try_as_str).flatten();
                let parts: Vec<&str> = values.as_string::<i32>().iter().flatten().collect();
                Ok(ScalarValue::Utf8(Some(parts.join(separator.unwrap_or_default()))))
            }
        }
    },
};

/// `collect_list(x)`: the values that are not NULL.
pub(crate) static COLLECT_LIST: Work = Work {
    name: "spark_collect_list",
    nulls: false,
    nullable: false,
    returns: values_type,
    finish: |rows| {
        let DataType::List(field) = rows.to else { return exec_err!("a list is needed") };
        one_list(Arc::clone(&rows.columns[0]), field)
    },
};

/// `collect_set(x)`: each once, in the order of the rows.
pub(crate) static COLLECT_SET: Work = Work {
    name: "spark_collect_set",
    nulls: false,
    nullable: false,
    returns: values_type,
    finish: |rows| {
        let DataType::List(field) = rows.to else { return exec_err!("a list is needed") };
        one_list(once(&rows.columns[0])?, field)
    },
};

fn values_type(types: &[DataType], _: &[ScalarValue]) -> Result<DataType> {
    Ok(DataType::new_list(types.first().cloned().unwrap_or(DataType::Null), false))
}

/// The first of values that are alike.
fn once(values: &ArrayRef) -> Result<ArrayRef> {
    let converter = RowConverter::new(vec![SortField::new(values.data_type().clone())])?;
    let encoded = converter.convert_columns(std::slice::from_ref(values))?;
    let mut seen = std::collections::HashSet::new();
    let first: datafusion::arrow::array::UInt32Array = (0..values.len())
        .filter(|row| seen.insert(encoded.row(*row)))
        .filter_map(|row| u32::try_from(row).ok())
        .collect::<Vec<_>>()
        .into();
    Ok(datafusion::arrow::compute::take(values, &first, None)?)
}

/// `collect_union(array)`: the elements of all arrays, each once.
pub(crate) static COLLECT_UNION: Work = Work {
    name: "spark_collect_union",
    nulls: false,
    nullable: false,
    returns: own,
    finish: |rows| {
        let lists = crate::function::udf::nested::as_list(&rows.columns[0])?;
        let DataType::List(field) = rows.to else { return exec_err!("a list is needed") };
        let valid = vec![true; lists.len()];
        let (values, _) = crate::function::udf::nested::packed(&lists, &valid)?;
        one_list(once(&values)?, field)
    },
};

fn one_list(
    values: ArrayRef,
    field: &datafusion::arrow::datatypes::FieldRef,
) -> Result<ScalarValue> {
    let offsets = OffsetBuffer::from_lengths([values.len()]);
    let list = ListArray::try_new(Arc::clone(field), offsets, values, None)?;
    Ok(ScalarValue::List(Arc::new(list)))
}

/// The bytes of a bitmap.
const BITMAP: usize = 4096;

fn binary(_: &[DataType], _: &[ScalarValue]) -> Result<DataType> {
    Ok(DataType::Binary)
}

/// `bitmap_construct_agg(position)`.
pub(crate) static BITMAP_CONSTRUCT: Work = Work {
    name: "spark_bitmap_construct_agg",
    nulls: false,
    nullable: false,
    returns: binary,
    finish: |rows| {
        let mut bitmap = vec![0_u8; BITMAP];
        for position in rows.columns[0].as_primitive::<Int64Type>().iter().flatten() {
            let place = usize::try_from(position).ok();
            match place.and_then(|place| bitmap.get_mut(place / 8).zip(Some(place % 8))) {
                Some((byte, bit)) => *byte |= 1 << bit,
                None => {
                    return Err(Error::analysis(
                        Condition::INVALID_BITMAP_POSITION,
                        [
                            ("bitPosition", position.to_string()),
                            ("bitmapNumBytes", BITMAP.to_string()),
                            ("bitmapNumBits", (BITMAP * 8).to_string()),
                        ],
                    )
                    .into());
                }
            }
        }
        Ok(ScalarValue::Binary(Some(bitmap)))
    },
};

pub(crate) static BITMAP_OR: Work = Work {
    name: "spark_bitmap_or_agg",
    nulls: false,
    nullable: false,
    returns: binary,
    finish: |rows| Ok(merged(rows, 0, |a, b| a | b)),
};

pub(crate) static BITMAP_AND: Work = Work {
    name: "spark_bitmap_and_agg",
    nulls: false,
    nullable: false,
    returns: binary,
    finish: |rows| Ok(merged(rows, 0xFF, |a, b| a & b)),
};

/// Bitmaps byte by byte; short ones end in zeros.
fn merged(rows: &Rows<'_>, start: u8, merge: fn(u8, u8) -> u8) -> ScalarValue {
    let mut bitmap = vec![start; BITMAP];
    for bytes in rows.columns[0].as_binary::<i32>().iter().flatten() {
        for (at, byte) in bitmap.iter_mut().enumerate() {
            *byte = merge(*byte, bytes.get(at).copied().unwrap_or(0));
        }
    }
    ScalarValue::Binary(Some(bitmap))
}

pub(crate) static VECTOR_SUM: Work = Work {
    name: "spark_vector_sum",
    nulls: false,
    nullable: true,
    returns: vector,
    finish: |rows| summed(rows, false),
};

pub(crate) static VECTOR_AVG: Work = Work {
    name: "spark_vector_avg",
    nulls: false,
    nullable: true,
    returns: vector,
    finish: |rows| summed(rows, true),
};

fn vector(_: &[DataType], _: &[ScalarValue]) -> Result<DataType> {
    Ok(DataType::new_list(DataType::Float32, false))
}

fn summed(rows: &Rows<'_>, average: bool) -> Result<ScalarValue> {
    let lists = crate::function::udf::nested::as_list(&rows.columns[0])?;
    let DataType::List(field) = rows.to else { return exec_err!("a list is needed") };
    let mut total: Option<Vec<f64>> = None;
    let mut count = 0_u32;
    for row in 0..lists.len() {
        let vector = lists.value(row);
        let numbers = vector.as_primitive::<Float32Type>();
        // A vector with a gap does not count.
        if numbers.null_count() > 0 {
            continue;
        }
        let sum = total.get_or_insert_with(|| vec![0.0; numbers.len()]);
        if sum.len() != numbers.len() {
            return Err(Error::analysis(
                Condition::VECTOR_DIMENSION_MISMATCH,
                [
                    ("functionName", "`vector_sum`".to_owned()),
                    ("leftDim", sum.len().to_string()),
                    ("rightDim", numbers.len().to_string()),
                ],
            )
            .into());
        }
        sum.iter_mut().zip(numbers.values()).for_each(|(sum, v)| *sum += f64::from(*v));
        count += 1;
    }
    let Some(total) = total else { return ScalarValue::try_from(rows.to) };
    let divisor = if average { f64::from(count) } else { 1.0 };
    let values: Float32Array = total.iter().map(|sum| Some((sum / divisor) as f32)).collect();
    one_list(Arc::new(values), field)
}
