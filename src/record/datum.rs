//! Values on their way into columns.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, ArrowPrimitiveType, BinaryArray, BooleanArray, Float32Array, Float64Array, ListArray,
    MapArray, NullArray, PrimitiveArray, StringArray, StructArray,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, DurationMicrosecondType, FieldRef, Fields, Int8Type,
    Int16Type, Int32Type, Int64Type, IntervalUnit, IntervalYearMonthType, Time64NanosecondType,
    TimeUnit, TimestampMicrosecondType,
};
use datafusion::error::DataFusionError;

use crate::error::{Error, Result};
use crate::planner::grown::with_stack;

/// A value of some type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Datum {
    Null,
    Boolean(bool),
    /// Whole numbers, and what is stored as one: days, microseconds, months.
    Whole(i64),
    Float(f64),
    /// A decimal at the scale of its column.
    Decimal(i128),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Datum>),
    Struct(Vec<Datum>),
    Map(Vec<(Datum, Datum)>),
}

impl Datum {
    fn whole(&self) -> Option<i64> {
        match self {
            Self::Whole(value) => Some(*value),
            _ => None,
        }
    }

    fn float(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }
}

/// The values as a column of this type. A value of another type is NULL.
///
/// # Errors
/// If text cannot be read as the type at all.
pub(crate) fn array(values: Vec<Datum>, data_type: &DataType) -> Result<ArrayRef> {
    with_stack(|| column(values, data_type))
}

fn column(values: Vec<Datum>, data_type: &DataType) -> Result<ArrayRef> {
    Ok(match data_type {
        DataType::Null => Arc::new(NullArray::new(values.len())),
        DataType::Boolean => Arc::new(booleans(&values)),
        DataType::Int8 => whole::<Int8Type>(&values, data_type, |value| value as i8),
        DataType::Int16 => whole::<Int16Type>(&values, data_type, |value| value as i16),
        DataType::Int32 => whole::<Int32Type>(&values, data_type, |value| value as i32),
        DataType::Int64 => whole::<Int64Type>(&values, data_type, |value| value),
        DataType::Date32 => whole::<Date32Type>(&values, data_type, |value| value as i32),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            whole::<TimestampMicrosecondType>(&values, data_type, |value| value)
        }
        DataType::Time64(TimeUnit::Nanosecond) => {
            whole::<Time64NanosecondType>(&values, data_type, |value| value)
        }
        DataType::Duration(TimeUnit::Microsecond) => {
            whole::<DurationMicrosecondType>(&values, data_type, |value| value)
        }
        DataType::Interval(IntervalUnit::YearMonth) => {
            whole::<IntervalYearMonthType>(&values, data_type, |value| value as i32)
        }
        DataType::Float32 => {
            let values = values.iter().map(|value| value.float().map(|value| value as f32));
            Arc::new(values.collect::<Float32Array>())
        }
        DataType::Float64 => Arc::new(values.iter().map(Datum::float).collect::<Float64Array>()),
        DataType::Decimal128(_, _) => {
            let values = values.iter().map(|value| match value {
                Datum::Decimal(value) => Some(*value),
                _ => None,
            });
            let values: PrimitiveArray<Decimal128Type> = values.collect();
            Arc::new(values.with_data_type(data_type.clone()))
        }
        DataType::Utf8 => Arc::new(texts(values)),
        DataType::Binary => Arc::new(bytes(values)),
        DataType::List(element) => list(values, element)?,
        DataType::Struct(fields) => structs(values, fields)?,
        DataType::Map(entries, sorted) => map(values, entries, *sorted)?,
        other => {
            let name = crate::types::arrow_sql_name(other).to_lowercase();
            return Err(Error::unsupported(format!("record.type.{name}")));
        }
    })
}

fn whole<T: ArrowPrimitiveType>(
    values: &[Datum],
    data_type: &DataType,
    narrow: fn(i64) -> T::Native,
) -> ArrayRef {
    let values: PrimitiveArray<T> = values.iter().map(|value| value.whole().map(narrow)).collect();
    Arc::new(values.with_data_type(data_type.clone()))
}

fn booleans(values: &[Datum]) -> BooleanArray {
    let values = values.iter().map(|value| match value {
        Datum::Boolean(value) => Some(*value),
        _ => None,
    });
    values.collect()
}

fn texts(values: Vec<Datum>) -> StringArray {
    let values = values.into_iter().map(|value| match value {
        Datum::Text(text) => Some(text),
        _ => None,
    });
    values.collect()
}

fn bytes(values: Vec<Datum>) -> BinaryArray {
    let values = values.into_iter().map(|value| match value {
        Datum::Bytes(bytes) => Some(bytes),
        Datum::Text(text) => Some(text.into_bytes()),
        _ => None,
    });
    BinaryArray::from_iter(values)
}

fn list(values: Vec<Datum>, element: &FieldRef) -> Result<ArrayRef> {
    let mut valid = Vec::with_capacity(values.len());
    let mut lengths = Vec::with_capacity(values.len());
    let mut all = Vec::new();
    for value in values {
        let elements = match value {
            Datum::List(elements) => Some(elements),
            _ => None,
        };
        valid.push(elements.is_some());
        let elements = elements.unwrap_or_default();
        lengths.push(elements.len());
        all.extend(elements);
    }
    let elements = array(all, element.data_type())?;
    let offsets = OffsetBuffer::from_lengths(lengths);
    let lists = ListArray::try_new(Arc::clone(element), offsets, elements, nulls(valid));
    Ok(Arc::new(lists.map_err(DataFusionError::from)?))
}

fn structs(values: Vec<Datum>, fields: &Fields) -> Result<ArrayRef> {
    let length = values.len();
    let mut valid = Vec::with_capacity(length);
    let mut columns: Vec<Vec<Datum>> = vec![Vec::with_capacity(length); fields.len()];
    for value in values {
        let inner = match value {
            Datum::Struct(inner) => Some(inner),
            _ => None,
        };
        valid.push(inner.is_some());
        let mut inner = inner.unwrap_or_default().into_iter();
        for column in &mut columns {
            column.push(inner.next().unwrap_or(Datum::Null));
        }
    }
    let columns = columns.into_iter().zip(fields);
    let columns = columns.map(|(column, field)| array(column, field.data_type()));
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let structs = StructArray::try_new_with_length(fields.clone(), columns, nulls(valid), length);
    Ok(Arc::new(structs.map_err(DataFusionError::from)?))
}

fn map(values: Vec<Datum>, entries: &FieldRef, sorted: bool) -> Result<ArrayRef> {
    let DataType::Struct(pair) = entries.data_type() else {
        return Err(Error::internal("entries of a map are structs"));
    };
    let mut valid = Vec::with_capacity(values.len());
    let mut lengths = Vec::with_capacity(values.len());
    let mut all = Vec::new();
    for value in values {
        let pairs = match value {
            Datum::Map(pairs) => Some(pairs),
            _ => None,
        };
        valid.push(pairs.is_some());
        let pairs = pairs.unwrap_or_default();
        lengths.push(pairs.len());
        all.extend(pairs.into_iter().map(|(key, value)| Datum::Struct(vec![key, value])));
    }
    let all = structs(all, pair)?;
    let all = datafusion::arrow::array::AsArray::as_struct(&all).clone();
    let offsets = OffsetBuffer::from_lengths(lengths);
    let maps = MapArray::try_new(Arc::clone(entries), offsets, all, nulls(valid), sorted);
    Ok(Arc::new(maps.map_err(DataFusionError::from)?))
}

fn nulls(valid: Vec<bool>) -> Option<NullBuffer> {
    if valid.iter().all(|valid| *valid) { None } else { Some(NullBuffer::from(valid)) }
}
