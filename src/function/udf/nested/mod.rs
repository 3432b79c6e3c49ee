//! Arrays and maps: their elements, and functions of the whole.

mod field;
mod lists;
mod made;
mod maps;
mod rebuilt;
mod woven;

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, ListArray, UInt32Array, make_comparator};
use datafusion::arrow::compute::{SortOptions, take};
use datafusion::arrow::datatypes::{DataType, Field, Int64Type};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{ReturnFieldArgs, ScalarUDF, Volatility};

use super::{Kernel, Nulls, evaluated, udf};

pub(crate) use field::field;
pub(super) use lists::check_length;
pub(crate) use lists::{
    APPEND, COMPACT, CONCAT, DISTINCT, EXCEPT, FLATTEN, INTERSECT, JOIN, LEGACY_SIZE, MAX, MIN,
    OVERLAP, POSITION, POSITIONED, REMOVE, REPEAT, SEQUENCE, SIZE, SLICE, SORT, SORT_DESCENDING,
    SORT_NULLS_LAST, UNION,
};
pub(crate) use made::{ARRAY, STRUCT};
pub(crate) use maps::{MAP, MAP_ENTRIES, MAP_ITEMS, MAP_KEYS, MAP_VALUES, map_type};
pub(in crate::function) use maps::{map, packed};
pub(crate) use rebuilt::{Part, rebuilt};
pub(crate) use woven::{INSERT, MAP_FROM_ENTRIES, MAP_OF_ENTRIES, ZIP, entries_map};

use crate::error::{Condition, Error};
use crate::function::coerce;

/// Whether an index out of bounds is an error, and how the error is called.
#[derive(Clone, Copy)]
enum Bounds {
    Get,
    Item,
    ElementAt,
    TryElementAt,
}

macro_rules! element {
    ($($static:ident $name:literal $bounds:ident $nulls:ident;)*) => {
        $(pub(crate) static $static: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
            udf(Kernel {
                name: $name,
                nulls: Nulls::$nulls,
                volatility: Volatility::Immutable,
                returns: element_type,
                run: |args| evaluated(&args, |arrays, _| element(arrays, Bounds::$bounds)),
            })
        });)*
    };
}

element! {
    GET "spark_array_get" Get Always;
    ITEM "spark_array_item" Item Elements;
    ELEMENT_AT "spark_element_at" ElementAt Elements;
    TRY_ELEMENT_AT "spark_try_element_at" TryElementAt Always;
}

fn element_type(args: &ReturnFieldArgs<'_>) -> Result<DataType> {
    let element = args.arg_fields.first().and_then(|field| coerce::element(field.data_type()));
    match element {
        Some(element) => Ok(element.data_type().clone()),
        None => exec_err!("an array is needed"),
    }
}

/// An array as one of 32-bit offsets.
pub(in crate::function) fn as_list(array: &ArrayRef) -> Result<ListArray> {
    let Some(element) = coerce::element(array.data_type()) else {
        return exec_err!("an array is needed, not {}", array.data_type());
    };
    if let Some(list) = array.as_list_opt::<i32>() {
        return Ok(list.clone());
    }
    let to = DataType::List(Arc::clone(element));
    Ok(datafusion::arrow::compute::cast(array, &to)?.as_list::<i32>().clone())
}

fn element(arrays: &[ArrayRef], bounds: Bounds) -> Result<ArrayRef> {
    let list = as_list(&arrays[0])?;
    let indices = arrays[1].as_primitive::<Int64Type>();
    let offsets = list.value_offsets();
    let positions = (0..list.len()).map(|row| {
        if list.is_null(row) || indices.is_null(row) {
            return Ok(None);
        }
        let (start, length) = (offsets[row], offsets[row + 1] - offsets[row]);
        let at = position(indices.value(row), i64::from(length), bounds)?;
        Ok(at.and_then(|at| u32::try_from(i64::from(start) + at).ok()))
    });
    let positions = positions.collect::<Result<UInt32Array>>()?;
    Ok(take(list.values(), &positions, None)?)
}

/// The position from 0, if it is inside.
fn position(index: i64, length: i64, bounds: Bounds) -> Result<Option<i64>> {
    let at = match bounds {
        Bounds::Get | Bounds::Item => index,
        Bounds::ElementAt | Bounds::TryElementAt if index == 0 => {
            return Err(Error::analysis(Condition::INVALID_INDEX_OF_ZERO, []).into());
        }
        Bounds::ElementAt | Bounds::TryElementAt if index < 0 => {
            // Counted from the end; what is before the start stays out of bounds.
            if -index > length { length } else { length + index }
        }
        Bounds::ElementAt | Bounds::TryElementAt => index - 1,
    };
    if (0..length).contains(&at) {
        return Ok(Some(at));
    }
    let condition = match bounds {
        Bounds::Get | Bounds::TryElementAt => return Ok(None),
        Bounds::Item => Condition::INVALID_ARRAY_INDEX,
        Bounds::ElementAt => Condition::INVALID_ARRAY_INDEX_IN_ELEMENT_AT,
    };
    let parameters = [
        ("indexValue", index.to_string()),
        ("arraySize", length.to_string()),
        ("ansiConfig", "\"spark.sql.ansi.enabled\"".to_owned()),
    ];
    Err(Error::analysis(condition, parameters).into())
}

pub(crate) static MAP_VALUE: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_map_value",
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        returns: |args| match args.arg_fields.first().map(|field| field.data_type()) {
            Some(DataType::Map(entries, _)) => match entries.data_type() {
                DataType::Struct(fields) if fields.len() == 2 => Ok(fields[1].data_type().clone()),
                other => exec_err!("a map of {other}"),
            },
            _ => exec_err!("a map is needed"),
        },
        run: |args| evaluated(&args, |arrays, _| map_value(&arrays[0], &arrays[1])),
    })
});

fn map_value(maps: &ArrayRef, keys: &ArrayRef) -> Result<ArrayRef> {
    let maps = maps.as_map();
    let wanted = if keys.data_type() == maps.keys().data_type() {
        Arc::clone(keys)
    } else {
        datafusion::arrow::compute::cast(keys, maps.keys().data_type())?
    };
    let compare = make_comparator(maps.keys(), &wanted, SortOptions::default())?;
    let offsets = maps.value_offsets();
    let positions: UInt32Array = (0..maps.len())
        .map(|row| {
            if maps.is_null(row) || wanted.is_null(row) {
                return None;
            }
            let mut entries = offsets[row]..offsets[row + 1];
            let at =
                entries.find(|at| usize::try_from(*at).is_ok_and(|at| compare(at, row).is_eq()));
            at.and_then(|at| u32::try_from(at).ok())
        })
        .collect();
    Ok(take(maps.values(), &positions, None)?)
}

pub(crate) static FIELD_OF_ALL: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_array_field",
        nulls: Nulls::Propagate,
        volatility: Volatility::Immutable,
        returns: |args| {
            let Some(name) = args.scalar_arguments.get(1).copied().flatten() else {
                return exec_err!("a field's name is needed");
            };
            field_list(args.arg_fields[0].data_type(), name)
        },
        run: |args| {
            let to = args.return_field.data_type().clone();
            let name = args.args.get(1).cloned();
            evaluated(&args, |arrays, _| {
                let Some(datafusion::logical_expr::ColumnarValue::Scalar(name)) = &name else {
                    return exec_err!("a field's name is needed");
                };
                field_of_all(&arrays[0], name, &to)
            })
        },
    })
});

fn field_list(array: &DataType, name: &ScalarValue) -> Result<DataType> {
    let (Some(element), Some(Some(name))) = (coerce::element(array), name.try_as_str()) else {
        return exec_err!("an array of structs is needed");
    };
    let DataType::Struct(fields) = element.data_type() else {
        return exec_err!("an array of structs is needed");
    };
    match fields.iter().find(|field| field.name() == name) {
        Some(field) => {
            let nullable = field.is_nullable() || element.is_nullable();
            Ok(DataType::new_list(field.data_type().clone(), nullable))
        }
        None => exec_err!("no field {name}"),
    }
}

fn field_of_all(array: &ArrayRef, name: &ScalarValue, to: &DataType) -> Result<ArrayRef> {
    let list = as_list(array)?;
    let structs = list.values().as_struct();
    let Some(Some(name)) = name.try_as_str() else { return exec_err!("a name is needed") };
    let Some(column) = structs.column_by_name(name) else { return exec_err!("no field {name}") };
    // A struct that is NULL has NULL for its fields.
    let column = match structs.nulls() {
        Some(nulls) => {
            let missing = datafusion::arrow::compute::not(
                &datafusion::arrow::array::BooleanArray::new(nulls.inner().clone(), None),
            )?;
            datafusion::arrow::compute::nullif(column, &missing)?
        }
        None => Arc::clone(column),
    };
    let field = match to {
        DataType::List(field) => Arc::clone(field),
        _ => Arc::new(Field::new_list_field(column.data_type().clone(), true)),
    };
    Ok(Arc::new(ListArray::try_new(field, list.offsets().clone(), column, list.nulls().cloned())?))
}
