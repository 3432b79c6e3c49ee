//! Spark's implicit casts: which type two values meet in.
//!
//! The rules are those of ANSI mode (Spark 4's default): numbers widen, strings
//! become what they are combined with, nothing else is guessed.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, IntervalUnit, TimeUnit};

use crate::types::variant::is_variant;

/// What Spark makes of an Arrow type, as far as implicit casts care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Integral,
    Decimal,
    Float,
    Double,
    String,
    Binary,
    Date,
    Timestamp,
    TimestampNtz,
    Time,
    DayTime,
    YearMonth,
    Calendar,
    Array,
    Map,
    Struct,
    Variant,
    Other,
}

impl Kind {
    pub(crate) fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Null => Self::Null,
            DataType::Boolean => Self::Boolean,
            DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32 => Self::Integral,
            DataType::UInt64
            | DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal128(..)
            | DataType::Decimal256(..) => Self::Decimal,
            DataType::Float16 | DataType::Float32 => Self::Float,
            DataType::Float64 => Self::Double,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::String,
            DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView
            | DataType::FixedSizeBinary(_) => Self::Binary,
            DataType::Date32 | DataType::Date64 => Self::Date,
            DataType::Timestamp(_, Some(_)) => Self::Timestamp,
            DataType::Timestamp(_, None) => Self::TimestampNtz,
            DataType::Time32(_) | DataType::Time64(_) => Self::Time,
            DataType::Duration(_) => Self::DayTime,
            DataType::Interval(IntervalUnit::YearMonth) => Self::YearMonth,
            DataType::Interval(_) => Self::Calendar,
            DataType::List(_)
            | DataType::LargeList(_)
            | DataType::FixedSizeList(..)
            | DataType::ListView(_)
            | DataType::LargeListView(_) => Self::Array,
            DataType::Map(..) => Self::Map,
            variant if is_variant(variant) => Self::Variant,
            DataType::Struct(_) => Self::Struct,
            DataType::Dictionary(_, value) => Self::of(value),
            DataType::RunEndEncoded(_, value) => Self::of(value.data_type()),
            DataType::Union(..) => Self::Other,
        }
    }

    pub(crate) fn is_numeric(self) -> bool {
        matches!(self, Self::Integral | Self::Decimal | Self::Float | Self::Double)
    }

    pub(crate) fn is_fractional(self) -> bool {
        matches!(self, Self::Decimal | Self::Float | Self::Double)
    }

    pub(crate) fn is_interval(self) -> bool {
        matches!(self, Self::DayTime | Self::YearMonth | Self::Calendar)
    }
}

/// The largest precision of a decimal.
pub(crate) const MAX_PRECISION: u8 = 38;

/// The type that our functions compute with where Arrow has several for one of
/// Spark's; strings of all widths stay as they are.
pub(crate) fn canonical(data_type: &DataType) -> DataType {
    match data_type {
        DataType::UInt8 => DataType::Int16,
        DataType::UInt16 => DataType::Int32,
        DataType::UInt32 => DataType::Int64,
        DataType::UInt64 => DataType::Decimal128(20, 0),
        DataType::Float16 => DataType::Float32,
        DataType::Decimal32(p, s) | DataType::Decimal64(p, s) => DataType::Decimal128(*p, *s),
        DataType::Decimal256(p, s) => DataType::Decimal128((*p).min(MAX_PRECISION), *s),
        DataType::Date64 => DataType::Date32,
        DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
        DataType::Duration(_) => DataType::Duration(TimeUnit::Microsecond),
        DataType::Interval(IntervalUnit::DayTime) => DataType::Interval(IntervalUnit::MonthDayNano),
        DataType::FixedSizeBinary(_) => DataType::Binary,
        DataType::Dictionary(_, value) => canonical(value),
        DataType::RunEndEncoded(_, value) => canonical(value.data_type()),
        other => other.clone(),
    }
}

/// Precision and scale of the decimal that holds every value of a type.
pub(crate) fn decimal_of(data_type: &DataType) -> Option<(u8, i8)> {
    Some(match data_type {
        DataType::Int8 => (3, 0),
        DataType::Int16 | DataType::UInt8 => (5, 0),
        DataType::Int32 | DataType::UInt16 => (10, 0),
        DataType::Int64 | DataType::UInt64 | DataType::UInt32 => (20, 0),
        DataType::Decimal32(p, s)
        | DataType::Decimal64(p, s)
        | DataType::Decimal128(p, s)
        | DataType::Decimal256(p, s) => (*p, *s),
        _ => return None,
    })
}

/// Whether two Arrow types are one to Spark.
pub(crate) fn same(a: &DataType, b: &DataType) -> bool {
    a == b
        || match (Kind::of(a), Kind::of(b)) {
            (Kind::String, Kind::String)
            | (Kind::Binary, Kind::Binary)
            | (Kind::Variant, Kind::Variant) => true,
            (Kind::Timestamp, Kind::Timestamp) | (Kind::TimestampNtz, Kind::TimestampNtz) => true,
            (Kind::Array, Kind::Array) => match (element(a), element(b)) {
                (Some(a), Some(b)) => same(a.data_type(), b.data_type()),
                _ => false,
            },
            (Kind::Struct, Kind::Struct) => same_fields(a, b),
            (Kind::Map, Kind::Map) => match (entries(a), entries(b)) {
                (Some(a), Some(b)) => same(a.data_type(), b.data_type()),
                _ => false,
            },
            _ => false,
        }
}

fn same_fields(a: &DataType, b: &DataType) -> bool {
    let (DataType::Struct(a), DataType::Struct(b)) = (a, b) else { return false };
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| {
            crate::planner::columns::same_name(a.name(), b.name())
                && same(a.data_type(), b.data_type())
        })
}

/// Whether two types have fields of other names somewhere.
pub(crate) fn fields_differ(a: &DataType, b: &DataType) -> bool {
    if let (Some(a), Some(b)) = (element(a).or(entries(a)), element(b).or(entries(b))) {
        return fields_differ(a.data_type(), b.data_type());
    }
    let (DataType::Struct(a), DataType::Struct(b)) = (a, b) else { return false };
    let mut pairs = a.iter().zip(b);
    pairs.any(|(a, b)| a.name() != b.name() || fields_differ(a.data_type(), b.data_type()))
}

/// The element of an array type.
pub(crate) fn element(data_type: &DataType) -> Option<&FieldRef> {
    match data_type {
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::ListView(field)
        | DataType::LargeListView(field) => Some(field),
        _ => None,
    }
}

/// The entries (a struct of key and value) of a map type.
pub(crate) fn entries(data_type: &DataType) -> Option<&FieldRef> {
    match data_type {
        DataType::Map(field, _) => Some(field),
        _ => None,
    }
}

/// The type that values of all these types become where they must be of one:
/// CASE, coalesce, IN, arrays, set operations.
pub(crate) fn common_type(types: &[DataType]) -> Option<DataType> {
    // Strings yield to the others, whatever their order.
    let (strings, others): (Vec<_>, Vec<_>) =
        types.iter().partition(|data_type| Kind::of(data_type) == Kind::String);
    let mut all = others.into_iter().chain(strings);
    let first = all.next().map_or(DataType::Null, canonical);
    all.try_fold(first, |common, next| wider(&common, next))
}

/// The type that values of two types become, if they may meet at all.
pub(crate) fn wider(a: &DataType, b: &DataType) -> Option<DataType> {
    let (a, b) = (canonical(a), canonical(b));
    if a == b {
        return Some(a);
    }
    match (Kind::of(&a), Kind::of(&b)) {
        (Kind::Null, _) => Some(b),
        (_, Kind::Null) => Some(a),
        (ka, kb) if ka.is_numeric() && kb.is_numeric() => wider_number(&a, &b),
        (Kind::String, Kind::String) => Some(DataType::Utf8),
        (Kind::String, other) => promoted(other, b),
        (other, Kind::String) => promoted(other, a),
        (Kind::Date, Kind::Timestamp | Kind::TimestampNtz) => Some(b),
        (Kind::Timestamp | Kind::TimestampNtz, Kind::Date) => Some(a),
        (Kind::Timestamp, Kind::TimestampNtz | Kind::Timestamp) => Some(a),
        (Kind::TimestampNtz, Kind::Timestamp) => Some(b),
        (Kind::Array, Kind::Array) => wider_array(&a, &b),
        (Kind::Map, Kind::Map) => wider_map(&a, &b),
        (Kind::Struct, Kind::Struct) => wider_struct(&a, &b),
        _ if same(&a, &b) => Some(a),
        _ => None,
    }
}

/// What a string becomes beside a value of this kind.
fn promoted(kind: Kind, data_type: DataType) -> Option<DataType> {
    match kind {
        Kind::Integral => Some(DataType::Int64),
        Kind::Decimal | Kind::Float | Kind::Double => Some(DataType::Float64),
        Kind::Boolean
        | Kind::Binary
        | Kind::Date
        | Kind::Timestamp
        | Kind::TimestampNtz
        | Kind::Time
        | Kind::Variant => Some(data_type),
        Kind::Null
        | Kind::String
        | Kind::DayTime
        | Kind::YearMonth
        | Kind::Calendar
        | Kind::Array
        | Kind::Map
        | Kind::Struct
        | Kind::Other => None,
    }
}

/// The type of two numbers together, of canonical types.
pub(crate) fn wider_number(a: &DataType, b: &DataType) -> Option<DataType> {
    match (Kind::of(a), Kind::of(b)) {
        (Kind::Float, Kind::Float) => Some(DataType::Float32),
        // A float cannot hold what the other may be.
        (Kind::Float | Kind::Double, _) | (_, Kind::Float | Kind::Double) => {
            Some(DataType::Float64)
        }
        (Kind::Integral, Kind::Integral) => {
            Some(if width(a) >= width(b) { a.clone() } else { b.clone() })
        }
        _ => {
            let ((p1, s1), (p2, s2)) = (decimal_of(a)?, decimal_of(b)?);
            let scale = s1.max(s2);
            let integral = digits(p1, s1).max(digits(p2, s2));
            Some(bounded_keeping_integral(integral, scale))
        }
    }
}

/// Digits before the decimal point.
pub(crate) fn digits(precision: u8, scale: i8) -> i16 {
    i16::from(precision) - i16::from(scale)
}

/// A decimal with this many digits before and after the point; if that is too
/// much, digits after it go.
fn bounded_keeping_integral(integral: i16, scale: i8) -> DataType {
    let max = i16::from(MAX_PRECISION);
    if integral + i16::from(scale) <= max {
        return decimal(integral + i16::from(scale), i16::from(scale));
    }
    decimal(max, (max - integral).max(0))
}

pub(crate) fn decimal(precision: i16, scale: i16) -> DataType {
    DataType::Decimal128(
        u8::try_from(precision).unwrap_or(MAX_PRECISION).min(MAX_PRECISION),
        i8::try_from(scale).unwrap_or(0),
    )
}

fn width(integral: &DataType) -> usize {
    integral.primitive_width().unwrap_or(8)
}

fn wider_array(a: &DataType, b: &DataType) -> Option<DataType> {
    let (a, b) = (element(a)?, element(b)?);
    Some(DataType::List(wider_field(a, b)?))
}

fn wider_field(a: &Field, b: &Field) -> Option<FieldRef> {
    let data_type = wider(a.data_type(), b.data_type())?;
    Some(Arc::new(Field::new(a.name(), data_type, a.is_nullable() || b.is_nullable())))
}

fn wider_map(a: &DataType, b: &DataType) -> Option<DataType> {
    let (DataType::Map(a, sorted), DataType::Map(b, _)) = (a, b) else { return None };
    let entries = wider_field(a, b)?;
    Some(DataType::Map(entries, *sorted))
}

fn wider_struct(a: &DataType, b: &DataType) -> Option<DataType> {
    let (DataType::Struct(a), DataType::Struct(b)) = (a, b) else { return None };
    if a.len() != b.len() {
        return None;
    }
    let fields = a.iter().zip(b).map(|(a, b)| {
        let same = crate::planner::columns::same_name(a.name(), b.name());
        if same { wider_field(a, b) } else { None }
    });
    fields.collect::<Option<Fields>>().map(DataType::Struct)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_widen_as_in_spark() {
        use DataType::{Decimal128, Float32, Float64, Int8, Int32, Int64};
        let cases = [
            (Int8, Int32, Int32),
            (Int64, Int32, Int64),
            (Float32, Int8, Float64),
            (Float32, Float32, Float32),
            (Decimal128(10, 2), Int32, Decimal128(12, 2)),
            (Decimal128(10, 2), Int64, Decimal128(22, 2)),
            (Decimal128(38, 10), Int64, Decimal128(38, 10)),
            (Decimal128(10, 2), Float32, Float64),
            (Decimal128(5, 0), Decimal128(10, 2), Decimal128(10, 2)),
        ];
        for (a, b, expected) in cases {
            assert_eq!(wider(&a, &b), Some(expected.clone()), "{a} {b}");
            assert_eq!(wider(&b, &a), Some(expected), "{b} {a}");
        }
    }

    #[test]
    fn strings_become_what_they_meet() {
        let cases = [
            (DataType::Int32, Some(DataType::Int64)),
            (DataType::Decimal128(10, 2), Some(DataType::Float64)),
            (DataType::Date32, Some(DataType::Date32)),
            (DataType::Boolean, Some(DataType::Boolean)),
            (DataType::Duration(TimeUnit::Microsecond), None),
            (DataType::new_list(DataType::Int32, true), None),
        ];
        for (other, expected) in cases {
            assert_eq!(wider(&DataType::Utf8, &other), expected, "{other}");
            assert_eq!(common_type(&[other.clone(), DataType::Utf8]), expected, "{other}");
        }
    }
}
