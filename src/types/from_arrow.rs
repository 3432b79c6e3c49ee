//! Arrow types as Spark types.

use datafusion::arrow::datatypes::{
    DECIMAL128_MAX_PRECISION, DataType as ArrowType, Field, Fields, IntervalUnit, Schema, TimeUnit,
};

use super::{METADATA_KEY, TYPE_KEY, array, decimal, json, map, of, string, structure, variant};
use crate::error::{Error, Result};
use crate::planner::grown::with_stack;
use crate::proto::DataType;
use crate::proto::data_type::{self as spark, Kind, StructField};

/// The Spark type of an Arrow field, with what its metadata adds.
///
/// # Errors
/// [`Error::Unsupported`] for Arrow types without a Spark type.
pub fn from_field(field: &Field) -> Result<DataType> {
    match field.metadata().get(TYPE_KEY) {
        Some(text) if text.starts_with('{') => json::from_json(text),
        Some(text) => crate::sql::parse_data_type(text),
        None => from_arrow(field.data_type()),
    }
}

/// The Spark type of an Arrow type. Unsigned integers widen to the next signed
/// type, and `UInt64` to a decimal.
///
/// # Errors
/// [`Error::Unsupported`] for Arrow types without a Spark type.
pub fn from_arrow(data_type: &ArrowType) -> Result<DataType> {
    with_stack(|| convert(data_type))
}

fn convert(data_type: &ArrowType) -> Result<DataType> {
    let kind = match data_type {
        ArrowType::Null => Kind::Null(spark::Null::default()),
        ArrowType::Boolean => Kind::Boolean(spark::Boolean::default()),
        ArrowType::Int8 => Kind::Byte(spark::Byte::default()),
        ArrowType::Int16 | ArrowType::UInt8 => Kind::Short(spark::Short::default()),
        ArrowType::Int32 | ArrowType::UInt16 => Kind::Integer(spark::Integer::default()),
        ArrowType::Int64 | ArrowType::UInt32 => Kind::Long(spark::Long::default()),
        ArrowType::UInt64 => return Ok(decimal(20, 0)),
        ArrowType::Float16 | ArrowType::Float32 => Kind::Float(spark::Float::default()),
        ArrowType::Float64 => Kind::Double(spark::Double::default()),
        ArrowType::Utf8 | ArrowType::LargeUtf8 | ArrowType::Utf8View => return Ok(string()),
        ArrowType::Binary
        | ArrowType::LargeBinary
        | ArrowType::BinaryView
        | ArrowType::FixedSizeBinary(_) => Kind::Binary(spark::Binary::default()),
        ArrowType::Date32 | ArrowType::Date64 => Kind::Date(spark::Date::default()),
        ArrowType::Timestamp(_, Some(_)) => Kind::Timestamp(spark::Timestamp::default()),
        ArrowType::Timestamp(_, None) => Kind::TimestampNtz(spark::TimestampNtz::default()),
        ArrowType::Time32(_) | ArrowType::Time64(_) => Kind::Time(spark::Time::default()),
        ArrowType::Duration(TimeUnit::Nanosecond | TimeUnit::Microsecond)
        | ArrowType::Duration(TimeUnit::Millisecond | TimeUnit::Second)
        | ArrowType::Interval(IntervalUnit::DayTime) => {
            Kind::DayTimeInterval(spark::DayTimeInterval::default())
        }
        ArrowType::Interval(IntervalUnit::YearMonth) => {
            Kind::YearMonthInterval(spark::YearMonthInterval::default())
        }
        ArrowType::Interval(IntervalUnit::MonthDayNano) => {
            Kind::CalendarInterval(spark::CalendarInterval::default())
        }
        ArrowType::Decimal32(p, s) | ArrowType::Decimal64(p, s) | ArrowType::Decimal128(p, s) => {
            return Ok(decimal(i32::from(*p), i32::from(*s)));
        }
        ArrowType::Decimal256(p, s) if *p <= DECIMAL128_MAX_PRECISION => {
            return Ok(decimal(i32::from(*p), i32::from(*s)));
        }
        ArrowType::List(element)
        | ArrowType::LargeList(element)
        | ArrowType::ListView(element)
        | ArrowType::LargeListView(element)
        | ArrowType::FixedSizeList(element, _) => {
            return Ok(array(from_field(element)?, element.is_nullable()));
        }
        ArrowType::Struct(fields) if variant::are_fields(fields) => {
            Kind::Variant(spark::Variant::default())
        }
        ArrowType::Struct(fields) => return from_fields(fields),
        ArrowType::Map(entries, _) => return from_entries(entries),
        ArrowType::Dictionary(_, value) => return convert(value),
        ArrowType::RunEndEncoded(_, value) => return from_field(value),
        ArrowType::Decimal256(_, _) | ArrowType::Union(_, _) => {
            return Err(Error::unsupported_because(
                "type.arrow",
                format!("Spark has no type for Arrow's {data_type}"),
            ));
        }
    };
    Ok(of(kind))
}

fn from_entries(entries: &Field) -> Result<DataType> {
    match entries.data_type() {
        ArrowType::Struct(fields) if fields.len() == 2 => {
            Ok(map(from_field(&fields[0])?, from_field(&fields[1])?, fields[1].is_nullable()))
        }
        other => Err(Error::internal(format!("a map's entries are {other}"))),
    }
}

fn from_fields(fields: &Fields) -> Result<DataType> {
    let fields = fields.iter().map(|field| {
        Ok(StructField {
            name: field.name().clone(),
            data_type: Some(from_field(field)?),
            nullable: field.is_nullable(),
            metadata: field.metadata().get(METADATA_KEY).cloned(),
        })
    });
    Ok(structure(fields.collect::<Result<Vec<_>>>()?))
}

/// The Spark struct type of an Arrow schema.
///
/// # Errors
/// [`Error::Unsupported`] for Arrow types without a Spark type.
pub fn from_schema(schema: &Schema) -> Result<DataType> {
    from_fields(schema.fields())
}
