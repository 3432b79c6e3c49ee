//! Making maps, and taking them apart.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, ListArray, MapArray, StructArray};
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::super::{Kernel, Nulls, evaluated, udf};
use super::as_list;
use crate::error::{Condition, Error};
use crate::function::coerce;

/// A map of these, whose values may be NULL.
pub(crate) fn map_type(key: DataType, value: DataType) -> DataType {
    map_of(key, value, true)
}

fn map_of(key: DataType, value: DataType, nullable: bool) -> DataType {
    let entries = Field::new("entries", entries_type(key, value, nullable), false);
    DataType::Map(Arc::new(entries), false)
}

fn entries_type(key: DataType, value: DataType, nullable: bool) -> DataType {
    let fields = [Field::new("key", key, false), Field::new("value", value, nullable)];
    DataType::Struct(Fields::from(fields.to_vec()))
}

pub(crate) static MAP: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_map",
        nulls: Nulls::Propagate,
        volatility: Volatility::Immutable,
        returns: |args| {
            let of = |at: usize| coerce::element(args.arg_fields[at].data_type());
            match (of(0), of(1)) {
                (Some(key), Some(value)) => {
                    let (data_type, nullable) = (value.data_type().clone(), value.is_nullable());
                    Ok(map_of(key.data_type().clone(), data_type, nullable))
                }
                _ => exec_err!("two arrays are needed"),
            }
        },
        run: |args| {
            let to = args.return_field.data_type().clone();
            evaluated(&args, |arrays, _| map_to(&arrays[0], &arrays[1], to))
        },
    })
});

/// The elements that valid rows hold, with nothing between them.
pub(in crate::function) fn packed(
    list: &ListArray,
    rows: &[bool],
) -> Result<(ArrayRef, Vec<usize>)> {
    let offsets = list.value_offsets();
    let (mut indices, mut lengths) = (Vec::new(), Vec::new());
    for (row, valid) in rows.iter().enumerate() {
        let range = if *valid { offsets[row]..offsets[row + 1] } else { 0..0 };
        lengths.push(range.len());
        indices.extend(range.filter_map(|at| u32::try_from(at).ok()));
    }
    let indices = datafusion::arrow::array::UInt32Array::from(indices);
    Ok((datafusion::arrow::compute::take(list.values(), &indices, None)?, lengths))
}

/// A map of a row's keys and its values.
pub(in crate::function) fn map(keys: &ArrayRef, values: &ArrayRef) -> Result<ArrayRef> {
    let to = match (coerce::element(keys.data_type()), coerce::element(values.data_type())) {
        (Some(key), Some(value)) => map_type(key.data_type().clone(), value.data_type().clone()),
        _ => return exec_err!("two arrays are needed"),
    };
    map_to(keys, values, to)
}

fn map_to(keys: &ArrayRef, values: &ArrayRef, to: DataType) -> Result<ArrayRef> {
    let (keys, values) = (as_list(keys)?, as_list(values)?);
    let valid: Vec<bool> =
        (0..keys.len()).map(|row| keys.is_valid(row) && values.is_valid(row)).collect();
    let (key_values, lengths) = packed(&keys, &valid)?;
    let (value_values, value_lengths) = packed(&values, &valid)?;
    if lengths != value_lengths {
        return Err(Error::analysis(Condition::MAP_KEY_VALUE_DIFF_SIZES, []).into());
    }
    if key_values.logical_null_count() > 0 {
        return Err(Error::analysis(Condition::NULL_MAP_KEY, []).into());
    }
    check_unique(&key_values, &lengths)?;
    let DataType::Map(field, sorted) = to else { return exec_err!("a map is needed") };
    let DataType::Struct(fields) = field.data_type() else { return exec_err!("no entries") };
    let length = key_values.len();
    let columns = vec![key_values, value_values];
    let entries = StructArray::try_new_with_length(fields.clone(), columns, None, length)?;
    let offsets = datafusion::arrow::buffer::OffsetBuffer::from_lengths(lengths);
    let nulls = datafusion::arrow::buffer::NullBuffer::from(valid);
    Ok(Arc::new(MapArray::try_new(field, offsets, entries, Some(nulls), sorted)?))
}

pub(super) fn check_unique(keys: &ArrayRef, lengths: &[usize]) -> Result<()> {
    let converter = RowConverter::new(vec![SortField::new(keys.data_type().clone())])?;
    let rows = converter.convert_columns(std::slice::from_ref(keys))?;
    let mut at = 0;
    for length in lengths {
        let mut seen = HashSet::with_capacity(*length);
        for row in at..at + length {
            if !seen.insert(rows.row(row)) {
                let key = datafusion::common::ScalarValue::try_from_array(keys, row)?;
                return Err(Error::analysis(
                    Condition::DUPLICATED_MAP_KEY,
                    [
                        ("key", key.to_string()),
                        ("mapKeyDedupPolicy", "\"spark.sql.mapKeyDedupPolicy\"".to_owned()),
                    ],
                )
                .into());
            }
        }
        at += length;
    }
    Ok(())
}

macro_rules! parts {
    ($($static:ident $name:literal $returns:ident $work:ident;)*) => {
        $(pub(crate) static $static: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
            udf(Kernel {
                name: $name,
                nulls: Nulls::Propagate,
                volatility: Volatility::Immutable,
                returns: |args| $returns(args.arg_fields[0].data_type()),
                run: |args| {
                    let to = args.return_field.data_type().clone();
                    evaluated(&args, |arrays, _| $work(arrays[0].as_map(), &to))
                },
            })
        });)*
    };
}

parts! {
    MAP_KEYS "spark_map_keys" keys_type keys;
    MAP_VALUES "spark_map_values" values_type values;
    MAP_ITEMS "spark_map_items" items_type values;
    MAP_ENTRIES "spark_map_entries" pairs_type pairs;
}

fn fields_of(map: &DataType) -> Result<&Fields> {
    match map {
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(fields) if fields.len() == 2 => Ok(fields),
            other => exec_err!("a map of {other}"),
        },
        other => exec_err!("a map is needed, not {other}"),
    }
}

fn keys_type(map: &DataType) -> Result<DataType> {
    Ok(DataType::new_list(fields_of(map)?[0].data_type().clone(), true))
}

fn values_type(map: &DataType) -> Result<DataType> {
    Ok(DataType::new_list(fields_of(map)?[1].data_type().clone(), true))
}

/// The same, telling whether NULLs are among them.
fn items_type(map: &DataType) -> Result<DataType> {
    let value = &fields_of(map)?[1];
    Ok(DataType::new_list(value.data_type().clone(), value.is_nullable()))
}

fn pairs_type(map: &DataType) -> Result<DataType> {
    let fields = fields_of(map)?;
    let (key, value) = (fields[0].data_type().clone(), fields[1].data_type().clone());
    Ok(DataType::new_list(entries_type(key, value, fields[1].is_nullable()), false))
}

fn list(map: &MapArray, values: ArrayRef, to: &DataType) -> Result<ArrayRef> {
    let DataType::List(field) = to else { return exec_err!("a list is needed") };
    let list =
        ListArray::try_new(Arc::clone(field), map.offsets().clone(), values, map.nulls().cloned())?;
    Ok(Arc::new(list))
}

fn keys(map: &MapArray, to: &DataType) -> Result<ArrayRef> {
    list(map, Arc::clone(map.keys()), to)
}

fn values(map: &MapArray, to: &DataType) -> Result<ArrayRef> {
    list(map, Arc::clone(map.values()), to)
}

fn pairs(map: &MapArray, to: &DataType) -> Result<ArrayRef> {
    let DataType::List(field) = to else { return exec_err!("a list is needed") };
    let DataType::Struct(fields) = field.data_type() else { return exec_err!("no entries") };
    let columns = vec![Arc::clone(map.keys()), Arc::clone(map.values())];
    let length = map.keys().len();
    let pairs = StructArray::try_new_with_length(fields.clone(), columns, None, length)?;
    list(map, Arc::new(pairs), to)
}
