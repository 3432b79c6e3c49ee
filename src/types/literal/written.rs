//! Values as literals of the protocol, for clients that read them.

use datafusion::arrow::array::{Array as _, ArrayRef, StructArray};
use datafusion::arrow::datatypes::DataType as ArrowType;
use datafusion::common::ScalarValue;

use crate::error::{Error, Result};
use crate::planner::grown::with_stack;
use crate::proto::expression::Literal;
use crate::proto::expression::literal::{self, LiteralType};
use crate::types::from_arrow;

/// The literal for a value. Types of nested values are said twice: in the field for
/// them, and in those that clients up to 4.2 read.
///
/// # Errors
/// If Spark has no literal for values of this type.
pub(crate) fn written(value: &ScalarValue) -> Result<Literal> {
    with_stack(|| convert(value))
}

#[allow(deprecated, reason = "clients up to 4.2 read only the deprecated fields")]
fn convert(value: &ScalarValue) -> Result<Literal> {
    let own_type = from_arrow(&value.data_type())?;
    if value.is_null() {
        return Ok(plain(LiteralType::Null(own_type)));
    }
    let nested = |kind| Literal { data_type: Some(own_type.clone()), literal_type: Some(kind) };
    Ok(match value {
        ScalarValue::List(list) => {
            let element = from_arrow(&list.value_type())?;
            let elements = literals(&list.value(0))?;
            nested(LiteralType::Array(literal::Array { element_type: Some(element), elements }))
        }
        ScalarValue::LargeList(list) => {
            let element = from_arrow(&list.value_type())?;
            let elements = literals(&list.value(0))?;
            nested(LiteralType::Array(literal::Array { element_type: Some(element), elements }))
        }
        ScalarValue::Map(map) => {
            let (key_type, value_type) = (map.key_type(), map.value_type());
            let entries = map.value(0);
            nested(LiteralType::Map(literal::Map {
                key_type: Some(from_arrow(key_type)?),
                value_type: Some(from_arrow(value_type)?),
                keys: literals(entries.column(0))?,
                values: literals(entries.column(1))?,
            }))
        }
        ScalarValue::Struct(fields) => {
            let elements = first_row(fields)?;
            nested(LiteralType::Struct(literal::Struct {
                struct_type: Some(own_type.clone()),
                elements,
            }))
        }
        simple => plain(simple_literal(simple)?),
    })
}

fn plain(kind: LiteralType) -> Literal {
    Literal { data_type: None, literal_type: Some(kind) }
}

fn simple_literal(value: &ScalarValue) -> Result<LiteralType> {
    let unknown = || Error::internal(format!("no literal for a value of {}", value.data_type()));
    let kind = match value {
        ScalarValue::Boolean(value) => value.map(LiteralType::Boolean),
        ScalarValue::Int8(value) => value.map(|value| LiteralType::Byte(value.into())),
        ScalarValue::Int16(value) => value.map(|value| LiteralType::Short(value.into())),
        ScalarValue::Int32(value) => value.map(LiteralType::Integer),
        ScalarValue::Int64(value) => value.map(LiteralType::Long),
        ScalarValue::Float32(value) => value.map(LiteralType::Float),
        ScalarValue::Float64(value) => value.map(LiteralType::Double),
        ScalarValue::Decimal128(_, precision, scale) => {
            Some(LiteralType::Decimal(literal::Decimal {
                value: text_of(value)?,
                precision: Some(i32::from(*precision)),
                scale: Some(i32::from(*scale)),
            }))
        }
        ScalarValue::Utf8(value) | ScalarValue::Utf8View(value) | ScalarValue::LargeUtf8(value) => {
            value.clone().map(LiteralType::String)
        }
        ScalarValue::Binary(value)
        | ScalarValue::BinaryView(value)
        | ScalarValue::LargeBinary(value) => value.clone().map(LiteralType::Binary),
        ScalarValue::Date32(value) => value.map(LiteralType::Date),
        ScalarValue::TimestampMicrosecond(value, Some(_)) => value.map(LiteralType::Timestamp),
        ScalarValue::TimestampMicrosecond(value, None) => value.map(LiteralType::TimestampNtz),
        ScalarValue::DurationMicrosecond(value) => value.map(LiteralType::DayTimeInterval),
        ScalarValue::IntervalYearMonth(value) => value.map(LiteralType::YearMonthInterval),
        ScalarValue::IntervalMonthDayNano(value) => value.map(|value| {
            LiteralType::CalendarInterval(literal::CalendarInterval {
                months: value.months,
                days: value.days,
                microseconds: value.nanoseconds / 1_000,
            })
        }),
        ScalarValue::Time64Nanosecond(value) => {
            value.map(|nano| LiteralType::Time(literal::Time { nano, precision: Some(6) }))
        }
        other => {
            // Of another width or encoding: as clients get it in rows.
            let wire = wire_type(&other.data_type()).ok_or_else(unknown)?;
            return simple_literal(&other.cast_to(&wire)?);
        }
    };
    kind.ok_or_else(unknown)
}

/// The type that carries values of types that Spark does not have.
fn wire_type(data_type: &ArrowType) -> Option<ArrowType> {
    Some(match data_type {
        ArrowType::UInt8 => ArrowType::Int16,
        ArrowType::UInt16 => ArrowType::Int32,
        ArrowType::UInt32 => ArrowType::Int64,
        ArrowType::UInt64 => ArrowType::Decimal128(20, 0),
        ArrowType::Float16 => ArrowType::Float32,
        ArrowType::Dictionary(_, values) => ArrowType::clone(values),
        _ => return None,
    })
}

/// A decimal's digits.
fn text_of(value: &ScalarValue) -> Result<String> {
    match value.cast_to(&ArrowType::Utf8)? {
        ScalarValue::Utf8(Some(text)) => Ok(text),
        _ => Err(Error::internal("a decimal has no text")),
    }
}

fn literals(values: &ArrayRef) -> Result<Vec<Literal>> {
    (0..values.len()).map(|at| convert(&ScalarValue::try_from_array(values, at)?)).collect()
}

fn first_row(fields: &StructArray) -> Result<Vec<Literal>> {
    fields
        .columns()
        .iter()
        .map(|column| convert(&ScalarValue::try_from_array(column, 0)?))
        .collect()
}
