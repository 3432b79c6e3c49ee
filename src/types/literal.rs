//! Literals of the protocol as DataFusion's scalars, and the names they give columns.

mod name;
mod nested;
mod written;

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType as ArrowType, IntervalMonthDayNano};
use datafusion::common::ScalarValue;

use super::{array, decimal, map, of, string, structure, to_arrow};
use crate::error::{Error, Required as _, Result};
use crate::planner::grown::with_stack;
use crate::proto::data_type::{self as spark, Kind};
use crate::proto::expression::Literal;
use crate::proto::expression::literal::specialized_array::ValueType;
use crate::proto::expression::literal::{self, LiteralType};
use crate::proto::{DataType, expression::literal::SpecializedArray};

pub(crate) use name::name;
pub(crate) use written::written;

/// The literal's value.
///
/// # Errors
/// [`Error::InvalidPlan`] for a value that is out of its type's range or
/// incomplete.
pub(crate) fn scalar(literal: &Literal, time_zone: &str) -> Result<ScalarValue> {
    with_stack(|| convert(literal, time_zone))
}

fn convert(literal: &Literal, time_zone: &str) -> Result<ScalarValue> {
    let Literal { data_type: given, literal_type } = literal;
    Ok(match literal_type.as_ref().required("literal_type")? {
        LiteralType::Null(data_type) => {
            let data_type = if data_type.kind.is_some() { Some(data_type) } else { given.as_ref() };
            match data_type {
                Some(data_type) => ScalarValue::try_from(&to_arrow(data_type, time_zone)?)?,
                None => ScalarValue::Null,
            }
        }
        LiteralType::Binary(bytes) => ScalarValue::Binary(Some(bytes.clone())),
        LiteralType::Boolean(value) => ScalarValue::Boolean(Some(*value)),
        LiteralType::Byte(value) => ScalarValue::Int8(Some(in_range(*value, "byte")?)),
        LiteralType::Short(value) => ScalarValue::Int16(Some(in_range(*value, "short")?)),
        LiteralType::Integer(value) => ScalarValue::Int32(Some(*value)),
        LiteralType::Long(value) => ScalarValue::Int64(Some(*value)),
        LiteralType::Float(value) => ScalarValue::Float32(Some(*value)),
        LiteralType::Double(value) => ScalarValue::Float64(Some(*value)),
        LiteralType::Decimal(value) => decimal_scalar(value)?,
        LiteralType::String(value) => ScalarValue::Utf8(Some(value.clone())),
        LiteralType::Date(days) => ScalarValue::Date32(Some(*days)),
        LiteralType::Timestamp(micros) => {
            ScalarValue::TimestampMicrosecond(Some(*micros), Some(time_zone.into()))
        }
        LiteralType::TimestampNtz(micros) => ScalarValue::TimestampMicrosecond(Some(*micros), None),
        LiteralType::CalendarInterval(interval) => calendar(interval)?,
        LiteralType::YearMonthInterval(months) => ScalarValue::IntervalYearMonth(Some(*months)),
        LiteralType::DayTimeInterval(micros) => ScalarValue::DurationMicrosecond(Some(*micros)),
        LiteralType::Array(array) => nested::array(array, given.as_ref(), time_zone)?,
        LiteralType::Map(map) => nested::map(map, given.as_ref(), time_zone)?,
        LiteralType::Struct(fields) => nested::structure(fields, given.as_ref(), time_zone)?,
        LiteralType::SpecializedArray(array) => specialized(array)?,
        LiteralType::Time(time) => ScalarValue::Time64Nanosecond(Some(time.nano)),
        LiteralType::TimestampNtzNanos(value) => {
            let nanos = nanos(value.epoch_micros, value.nanos_within_micro)?;
            ScalarValue::TimestampNanosecond(Some(nanos), None)
        }
        LiteralType::TimestampLtzNanos(value) => {
            let nanos = nanos(value.epoch_micros, value.nanos_within_micro)?;
            ScalarValue::TimestampNanosecond(Some(nanos), Some(time_zone.into()))
        }
    })
}

fn in_range<T: TryFrom<i32>>(value: i32, what: &str) -> Result<T> {
    T::try_from(value).map_err(|_| Error::invalid_plan(format!("{value} is no {what}")))
}

fn nanos(micros: i64, within: i32) -> Result<i64> {
    let nanos = micros.checked_mul(1_000).and_then(|n| n.checked_add(i64::from(within)));
    nanos.ok_or_else(|| {
        Error::invalid_plan("a timestamp with nanoseconds is out of the range 1677 to 2262")
    })
}

fn calendar(interval: &literal::CalendarInterval) -> Result<ScalarValue> {
    let literal::CalendarInterval { months, days, microseconds } = interval;
    let nanos = microseconds.checked_mul(1_000).ok_or_else(|| {
        Error::invalid_plan("an interval is longer than 292 years of microseconds")
    })?;
    let value = IntervalMonthDayNano::new(*months, *days, nanos);
    Ok(ScalarValue::IntervalMonthDayNano(Some(value)))
}

fn decimal_scalar(decimal: &literal::Decimal) -> Result<ScalarValue> {
    let literal::Decimal { value, .. } = decimal;
    let invalid = || Error::invalid_plan(format!("`{value}` is no decimal of at most 38 digits"));
    let (precision, scale) = decimal_type(decimal).ok_or_else(invalid)?;
    let unscaled = unscaled(value, scale).ok_or_else(invalid)?;
    if unscaled.unsigned_abs().checked_ilog10().unwrap_or(0) >= u32::from(precision) {
        return Err(invalid());
    }
    Ok(ScalarValue::Decimal128(Some(unscaled), precision, scale))
}

/// Digits and exponent of a decimal's text, such as `-12.50` or `1E+3`.
fn digits(value: &str) -> Option<(i128, i32)> {
    let (mantissa, exponent) = match value.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (value, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let unscaled = format!("{whole}{fraction}").parse::<i128>().ok()?;
    Some((unscaled, exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?))
}

/// A decimal's text without an exponent, if it has one.
fn plain_decimal(value: &str) -> Option<String> {
    if !value.contains(['e', 'E']) {
        return None;
    }
    let (unscaled, exponent) = digits(value)?;
    let places = usize::try_from(exponent.unsigned_abs()).ok()?;
    if exponent >= 0 {
        let power = 10_i128.checked_pow(exponent.unsigned_abs())?;
        return Some(unscaled.checked_mul(power)?.to_string());
    }
    let sign = if unscaled < 0 { "-" } else { "" };
    let all = format!("{:0>width$}", unscaled.unsigned_abs(), width = places + 1);
    let (whole, fraction) = all.split_at(all.len() - places);
    Some(format!("{sign}{whole}.{fraction}"))
}

/// Precision and scale of a decimal literal: as given, or more if its digits need more.
/// Python clients give (10, 0) whatever they write.
fn decimal_type(decimal: &literal::Decimal) -> Option<(u8, i8)> {
    let literal::Decimal { value, precision, scale } = decimal;
    let (unscaled, exponent) = digits(value)?;
    let own_scale = exponent.checked_neg()?.max(0);
    let written = unscaled.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
    let own_precision = i32::try_from(written).ok()?.checked_add(exponent.max(0))?.max(own_scale);
    let scale = scale.unwrap_or(0).max(own_scale);
    let precision = precision.unwrap_or(0).max(own_precision).max(scale);
    let (precision, scale) = (u8::try_from(precision).ok()?, i8::try_from(scale).ok()?);
    (precision <= 38 && u8::try_from(scale).ok()? <= precision).then_some((precision, scale))
}

/// The number as a multiple of 10^-scale; none if it does not fit or digits
/// would be lost.
fn unscaled(value: &str, scale: i8) -> Option<i128> {
    let (unscaled, exponent) = digits(value)?;
    let shift = exponent.checked_add(i32::from(scale))?;
    let power = 10_i128.checked_pow(shift.unsigned_abs())?;
    match shift {
        0.. => unscaled.checked_mul(power),
        _ => (unscaled % power == 0).then_some(unscaled / power),
    }
}

fn specialized(array: &SpecializedArray) -> Result<ScalarValue> {
    let SpecializedArray { value_type } = array;
    let scalars: Vec<ScalarValue> = match value_type.as_ref().required("value_type")? {
        ValueType::Bools(v) => v.values.iter().map(|v| ScalarValue::from(*v)).collect(),
        ValueType::Ints(v) => v.values.iter().map(|v| ScalarValue::from(*v)).collect(),
        ValueType::Longs(v) => v.values.iter().map(|v| ScalarValue::from(*v)).collect(),
        ValueType::Floats(v) => v.values.iter().map(|v| ScalarValue::from(*v)).collect(),
        ValueType::Doubles(v) => v.values.iter().map(|v| ScalarValue::from(*v)).collect(),
        ValueType::Strings(v) => v.values.iter().map(|v| ScalarValue::from(v.as_str())).collect(),
    };
    let element = match value_type.as_ref().required("value_type")? {
        ValueType::Bools(_) => ArrowType::Boolean,
        ValueType::Ints(_) => ArrowType::Int32,
        ValueType::Longs(_) => ArrowType::Int64,
        ValueType::Floats(_) => ArrowType::Float32,
        ValueType::Doubles(_) => ArrowType::Float64,
        ValueType::Strings(_) => ArrowType::Utf8,
    };
    nested::list(&scalars, Arc::new(nested::element_field(element, false)))
}

/// The Spark type of a literal.
///
/// # Errors
/// As [`scalar`].
pub(crate) fn data_type(literal: &Literal) -> Result<DataType> {
    let Literal { data_type: given, literal_type } = literal;
    let kind = match literal_type.as_ref().required("literal_type")? {
        LiteralType::Null(own) if own.kind.is_some() => return Ok(own.clone()),
        LiteralType::Null(_) => {
            return Ok(given.clone().unwrap_or(of(Kind::Null(spark::Null::default()))));
        }
        LiteralType::Binary(_) => Kind::Binary(spark::Binary::default()),
        LiteralType::Boolean(_) => Kind::Boolean(spark::Boolean::default()),
        LiteralType::Byte(_) => Kind::Byte(spark::Byte::default()),
        LiteralType::Short(_) => Kind::Short(spark::Short::default()),
        LiteralType::Integer(_) => Kind::Integer(spark::Integer::default()),
        LiteralType::Long(_) => Kind::Long(spark::Long::default()),
        LiteralType::Float(_) => Kind::Float(spark::Float::default()),
        LiteralType::Double(_) => Kind::Double(spark::Double::default()),
        LiteralType::Decimal(value) => {
            let (precision, scale) = decimal_type(value)
                .ok_or_else(|| Error::invalid_plan(format!("`{}` is no decimal", value.value)))?;
            return Ok(decimal(i32::from(precision), i32::from(scale)));
        }
        LiteralType::String(_) => return Ok(string()),
        LiteralType::Date(_) => Kind::Date(spark::Date::default()),
        LiteralType::Timestamp(_) => Kind::Timestamp(spark::Timestamp::default()),
        LiteralType::TimestampNtz(_) => Kind::TimestampNtz(spark::TimestampNtz::default()),
        LiteralType::CalendarInterval(_) => {
            Kind::CalendarInterval(spark::CalendarInterval::default())
        }
        LiteralType::YearMonthInterval(_) => match given {
            Some(given) => return Ok(given.clone()),
            None => Kind::YearMonthInterval(spark::YearMonthInterval::default()),
        },
        LiteralType::DayTimeInterval(_) => match given {
            Some(given) => return Ok(given.clone()),
            None => Kind::DayTimeInterval(spark::DayTimeInterval::default()),
        },
        LiteralType::Array(value) => return nested::array_type(value, given.as_ref()),
        LiteralType::Map(value) => return nested::map_type(value, given.as_ref()),
        LiteralType::Struct(value) => return nested::struct_type(value, given.as_ref()),
        LiteralType::SpecializedArray(value) => {
            let element = match value.value_type.as_ref().required("value_type")? {
                ValueType::Bools(_) => Kind::Boolean(spark::Boolean::default()),
                ValueType::Ints(_) => Kind::Integer(spark::Integer::default()),
                ValueType::Longs(_) => Kind::Long(spark::Long::default()),
                ValueType::Floats(_) => Kind::Float(spark::Float::default()),
                ValueType::Doubles(_) => Kind::Double(spark::Double::default()),
                ValueType::Strings(_) => Kind::String(spark::String::default()),
            };
            return Ok(array(of(element), false));
        }
        LiteralType::Time(time) => {
            Kind::Time(spark::Time { precision: time.precision, type_variation_reference: 0 })
        }
        LiteralType::TimestampNtzNanos(_) => {
            Kind::TimestampNtzNanos(spark::TimestampNtzNanos::default())
        }
        LiteralType::TimestampLtzNanos(_) => {
            Kind::TimestampLtzNanos(spark::TimestampLtzNanos::default())
        }
    };
    Ok(of(kind))
}

/// The struct type of unnamed values, named `col1`, `col2` and so on.
fn unnamed_struct(values: &[Literal]) -> Result<DataType> {
    let fields = values.iter().enumerate().map(|(at, value)| {
        Ok(spark::StructField {
            name: format!("col{}", at + 1),
            data_type: Some(data_type(value)?),
            nullable: nested::is_null(value),
            metadata: None,
        })
    });
    Ok(structure(fields.collect::<Result<Vec<_>>>()?))
}

fn map_of(key: DataType, value: DataType, values: &[Literal]) -> DataType {
    map(key, value, values.iter().any(nested::is_null))
}
