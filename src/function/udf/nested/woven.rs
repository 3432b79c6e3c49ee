//! Arrays put together: an element put in, arrays side by side, entries made a map.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, ListArray, MapArray, StructArray, new_null_array,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::interleave;
use datafusion::arrow::datatypes::{DataType, Field, Fields, Int32Type};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{ReturnFieldArgs, ScalarUDF, Volatility};

use super::super::{Kernel, Nulls, evaluated, udf};
use super::{as_list, maps};
use crate::error::{Condition, Error};
use crate::function::coerce;

pub(crate) static INSERT: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_array_insert",
        nulls: Nulls::First(2),
        volatility: Volatility::Immutable,
        returns: |args| match coerce::element(args.arg_fields[0].data_type()) {
            Some(element) => Ok(DataType::new_list(element.data_type().clone(), true)),
            None => exec_err!("an array is needed"),
        },
        run: |args| {
            let to = args.return_field.data_type().clone();
            evaluated(&args, |arrays, rows| insert(arrays, rows, &to))
        },
    })
});

/// Where an element of the result comes from.
#[derive(Clone, Copy)]
enum Source {
    Array(usize),
    Item,
    Nothing,
}

fn insert(arrays: &[ArrayRef], rows: usize, to: &DataType) -> Result<ArrayRef> {
    let list = as_list(&arrays[0])?;
    let positions = arrays[1].as_primitive::<Int32Type>();
    let items = &arrays[2];
    let nothing = new_null_array(items.data_type(), 1);
    let mut indices = Vec::new();
    let (mut lengths, mut valid) = (Vec::new(), Vec::new());
    for row in 0..rows {
        let present = list.is_valid(row) && positions.is_valid(row);
        valid.push(present);
        if !present {
            lengths.push(0);
            continue;
        }
        let offsets = list.value_offsets();
        let start = usize::try_from(offsets[row]).unwrap_or(0);
        let length = usize::try_from(offsets[row + 1] - offsets[row]).unwrap_or(0);
        let sources = placed(length, positions.value(row))?;
        lengths.push(sources.len());
        indices.extend(sources.into_iter().map(|source| match source {
            Source::Array(at) => (0, start + at),
            Source::Item => (1, row),
            Source::Nothing => (2, 0),
        }));
    }
    let values = interleave(&[list.values().as_ref(), items.as_ref(), nothing.as_ref()], &indices)?;
    let DataType::List(field) = to else { return exec_err!("a list is needed") };
    let offsets = OffsetBuffer::from_lengths(lengths);
    let nulls = Some(NullBuffer::from(valid));
    Ok(Arc::new(ListArray::try_new(Arc::clone(field), offsets, values, nulls)?))
}

/// From 1, or from the end if negative; a place beyond the ends is reached by NULLs.
fn placed(length: usize, position: i32) -> Result<Vec<Source>> {
    let distance = usize::try_from(position.unsigned_abs()).unwrap_or(usize::MAX);
    if distance == 0 {
        return Err(Error::analysis(Condition::INVALID_INDEX_OF_ZERO, []).into());
    }
    let all = (0..length).map(Source::Array);
    let gap = std::iter::repeat_n(Source::Nothing, distance.saturating_sub(length + 1));
    if distance > length {
        return Ok(match position > 0 {
            true => all.chain(gap).chain([Source::Item]).collect(),
            false => [Source::Item].into_iter().chain(gap).chain(all).collect(),
        });
    }
    let at = if position > 0 { distance - 1 } else { length + 1 - distance };
    let mut sources: Vec<_> = all.collect();
    sources.insert(at, Source::Item);
    Ok(sources)
}

/// `arrays_zip(name, array, name, array, ..)`.
pub(crate) static ZIP: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_arrays_zip",
        nulls: Nulls::Propagate,
        volatility: Volatility::Immutable,
        returns: zipped_type,
        run: |args| {
            let to = args.return_field.data_type().clone();
            evaluated(&args, |arrays, rows| zip(arrays, rows, &to))
        },
    })
});

fn zipped_type(args: &ReturnFieldArgs<'_>) -> Result<DataType> {
    let pairs = args.arg_fields.chunks(2).zip(args.scalar_arguments.chunks(2));
    let fields = pairs.map(|(fields, constants)| {
        let name = match constants.first().copied().flatten().and_then(ScalarValue::try_as_str) {
            Some(Some(name)) => name,
            _ => return exec_err!("a field's name is a constant"),
        };
        match fields.get(1).and_then(|field| coerce::element(field.data_type())) {
            Some(element) => Ok(Field::new(name, element.data_type().clone(), true)),
            None => exec_err!("an array is needed"),
        }
    });
    let fields = fields.collect::<Result<Vec<_>>>()?;
    Ok(DataType::new_list(DataType::Struct(Fields::from(fields)), false))
}

/// As long as the longest; what others lack is NULL.
fn zip(arrays: &[ArrayRef], rows: usize, to: &DataType) -> Result<ArrayRef> {
    let lists = arrays.iter().skip(1).step_by(2).map(as_list).collect::<Result<Vec<_>>>()?;
    let valid: Vec<bool> =
        (0..rows).map(|row| lists.iter().all(|list| list.is_valid(row))).collect();
    let length =
        |list: &ListArray, row: usize| usize::try_from(list.value_length(row)).unwrap_or(0);
    let lengths: Vec<usize> = (0..rows)
        .map(|row| match valid[row] {
            true => lists.iter().map(|list| length(list, row)).max().unwrap_or(0),
            false => 0,
        })
        .collect();
    let columns = lists.iter().map(|list| {
        let nothing = new_null_array(list.values().data_type(), 1);
        let indices: Vec<(usize, usize)> = (0..rows)
            .flat_map(|row| {
                let start = usize::try_from(list.value_offsets()[row]).unwrap_or(0);
                let own = length(list, row);
                (0..lengths[row]).map(move |at| if at < own { (0, start + at) } else { (1, 0) })
            })
            .collect();
        Ok(interleave(&[list.values().as_ref(), nothing.as_ref()], &indices)?)
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let DataType::List(field) = to else { return exec_err!("a list is needed") };
    let DataType::Struct(fields) = field.data_type() else { return exec_err!("no fields") };
    let total = lengths.iter().sum();
    let structs = StructArray::try_new_with_length(fields.clone(), columns, None, total)?;
    let offsets = OffsetBuffer::from_lengths(lengths);
    let nulls = Some(NullBuffer::from(valid));
    Ok(Arc::new(ListArray::try_new(Arc::clone(field), offsets, Arc::new(structs), nulls)?))
}

/// Entries that may be NULL, each.
pub(crate) static MAP_FROM_ENTRIES: LazyLock<Arc<ScalarUDF>> =
    LazyLock::new(|| map_from("spark_map_from_entries", Nulls::Elements));

/// Entries of other maps, none of which is NULL.
pub(crate) static MAP_OF_ENTRIES: LazyLock<Arc<ScalarUDF>> =
    LazyLock::new(|| map_from("spark_map_of_entries", Nulls::Propagate));

fn map_from(name: &'static str, nulls: Nulls) -> Arc<ScalarUDF> {
    udf(Kernel {
        name,
        nulls,
        volatility: Volatility::Immutable,
        returns: |args| entries_map(args.arg_fields[0].data_type()),
        run: |args| {
            let to = args.return_field.data_type().clone();
            evaluated(&args, |arrays, rows| from_entries(&arrays[0], rows, &to))
        },
    })
}

/// The map type of an array of pairs.
pub(crate) fn entries_map(list: &DataType) -> Result<DataType> {
    match coerce::element(list).map(|element| element.data_type()) {
        Some(DataType::Struct(fields)) if fields.len() == 2 => {
            let (key, value) = (&fields[0], &fields[1]);
            let pair = vec![
                Field::new("key", key.data_type().clone(), false),
                Field::new("value", value.data_type().clone(), value.is_nullable()),
            ];
            let entries = Field::new("entries", DataType::Struct(Fields::from(pair)), false);
            Ok(DataType::Map(Arc::new(entries), false))
        }
        _ => exec_err!("an array of pairs is needed"),
    }
}

/// An entry that is NULL makes the whole map so.
fn from_entries(array: &ArrayRef, rows: usize, to: &DataType) -> Result<ArrayRef> {
    let list = as_list(array)?;
    let valid: Vec<bool> =
        (0..rows).map(|row| list.is_valid(row) && list.value(row).null_count() == 0).collect();
    let (values, lengths) = super::packed(&list, &valid)?;
    let pairs = values.as_struct();
    let (keys, items) = (Arc::clone(pairs.column(0)), Arc::clone(pairs.column(1)));
    if keys.logical_null_count() > 0 {
        return Err(Error::analysis(Condition::NULL_MAP_KEY, []).into());
    }
    maps::check_unique(&keys, &lengths)?;
    let DataType::Map(field, sorted) = to else { return exec_err!("a map is needed") };
    let DataType::Struct(fields) = field.data_type() else { return exec_err!("no entries") };
    let total = keys.len();
    let entries = StructArray::try_new_with_length(fields.clone(), vec![keys, items], None, total)?;
    let offsets = OffsetBuffer::from_lengths(lengths);
    let nulls = Some(NullBuffer::from(valid));
    Ok(Arc::new(MapArray::try_new(Arc::clone(field), offsets, entries, nulls, *sorted)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The array's elements as numbers, `i` for what is put in, `_` for NULL.
    fn shape(length: usize, position: i32) -> String {
        let sources = placed(length, position).unwrap().into_iter();
        sources
            .map(|source| match source {
                Source::Array(at) => at.to_string(),
                Source::Item => "i".to_owned(),
                Source::Nothing => "_".to_owned(),
            })
            .collect()
    }

    #[test]
    fn elements_are_put_in_as_in_spark() {
        assert_eq!(shape(4, 5), "0123i");
        assert_eq!(shape(4, -1), "0123i");
        assert_eq!(shape(4, -4), "0i123");
        assert_eq!(shape(1, 4), "0__i");
        assert_eq!(shape(1, -3), "i_0");
        assert_eq!(shape(2, 1), "i01");
    }
}
