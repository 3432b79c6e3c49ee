//! Spark types as Arrow types.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{
    DataType as ArrowType, Field, Fields, IntervalUnit, Schema, TimeUnit,
};

use super::{
    DAY_TO_SECOND, DEFAULT_DECIMAL, METADATA_KEY, TYPE_KEY, YEAR_TO_MONTH, interval_fields,
    simple_string, variant,
};
use crate::error::{AtField as _, Error, Required as _, Result};
use crate::planner::grown::with_stack;
use crate::proto::DataType;
use crate::proto::data_type::{Kind, StructField};

/// The Arrow type that carries values of a Spark type; `time_zone` is that of the
/// session, for timestamps.
///
/// ```
/// use datafusion_spark_connect::{proto, types};
/// use datafusion::arrow::datatypes::DataType;
///
/// let long = proto::data_type::Kind::Long(Default::default());
/// let spark = proto::DataType { kind: Some(long) };
/// assert_eq!(types::to_arrow(&spark, "UTC")?, DataType::Int64);
/// # Ok::<(), datafusion_spark_connect::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidPlan`] for an incomplete type, [`Error::Unsupported`] for one
/// that has no Arrow form here (geometry, geography).
pub fn to_arrow(data_type: &DataType, time_zone: &str) -> Result<ArrowType> {
    with_stack(|| convert(data_type, time_zone))
}

fn convert(data_type: &DataType, time_zone: &str) -> Result<ArrowType> {
    Ok(match data_type.kind.as_ref().required("kind")? {
        Kind::Null(_) => ArrowType::Null,
        Kind::Binary(_) => ArrowType::Binary,
        Kind::Boolean(_) => ArrowType::Boolean,
        Kind::Byte(_) => ArrowType::Int8,
        Kind::Short(_) => ArrowType::Int16,
        Kind::Integer(_) => ArrowType::Int32,
        Kind::Long(_) => ArrowType::Int64,
        Kind::Float(_) => ArrowType::Float32,
        Kind::Double(_) => ArrowType::Float64,
        Kind::Decimal(d) => decimal(d.precision, d.scale)?,
        Kind::String(s) => {
            collation(&s.collation)?;
            ArrowType::Utf8
        }
        Kind::Char(_) | Kind::VarChar(_) => ArrowType::Utf8,
        Kind::Date(_) => ArrowType::Date32,
        Kind::Timestamp(_) => ArrowType::Timestamp(TimeUnit::Microsecond, Some(time_zone.into())),
        Kind::TimestampNtz(_) => ArrowType::Timestamp(TimeUnit::Microsecond, None),
        Kind::CalendarInterval(_) => ArrowType::Interval(IntervalUnit::MonthDayNano),
        Kind::YearMonthInterval(_) => ArrowType::Interval(IntervalUnit::YearMonth),
        Kind::DayTimeInterval(_) => ArrowType::Duration(TimeUnit::Microsecond),
        Kind::Array(array) => {
            let element = array.element_type.as_deref().required("element_type")?;
            let field = to_field("element", element, array.contains_null, None, time_zone);
            ArrowType::List(Arc::new(field.at("element_type")?))
        }
        Kind::Struct(fields) => ArrowType::Struct(struct_fields(&fields.fields, time_zone)?),
        Kind::Map(map) => {
            let key = map.key_type.as_deref().required("key_type")?;
            let value = map.value_type.as_deref().required("value_type")?;
            let key = to_field("key", key, false, None, time_zone).at("key_type")?;
            let value = to_field("value", value, map.value_contains_null, None, time_zone)
                .at("value_type")?;
            let entries = ArrowType::Struct(Fields::from(vec![key, value]));
            ArrowType::Map(Arc::new(Field::new("entries", entries, false)), false)
        }
        Kind::Udt(udt) => convert(udt.sql_type.as_deref().required("sql_type")?, time_zone)?,
        Kind::Unparsed(text) => {
            convert(&crate::sql::parse_data_type(&text.data_type_string)?, time_zone)?
        }
        Kind::Time(_) => ArrowType::Time64(TimeUnit::Nanosecond),
        Kind::TimestampNtzNanos(_) => ArrowType::Timestamp(TimeUnit::Nanosecond, None),
        Kind::TimestampLtzNanos(_) => {
            ArrowType::Timestamp(TimeUnit::Nanosecond, Some(time_zone.into()))
        }
        Kind::Variant(_) if cfg!(feature = "variant") => variant::data_type(),
        Kind::Variant(_) => return Err(Error::unsupported("type.variant")),
        Kind::Geometry(_) => return Err(Error::unsupported("type.geometry")),
        Kind::Geography(_) => return Err(Error::unsupported("type.geography")),
    })
}

fn decimal(precision: Option<i32>, scale: Option<i32>) -> Result<ArrowType> {
    let precision = precision.unwrap_or(DEFAULT_DECIMAL.0);
    let scale = scale.unwrap_or(DEFAULT_DECIMAL.1);
    match (u8::try_from(precision), i8::try_from(scale)) {
        (Ok(p), Ok(s)) if p <= 38 && s <= 38 && i32::from(s) <= precision => {
            Ok(ArrowType::Decimal128(p, s))
        }
        _ => Err(Error::invalid_plan(format!(
            "a decimal has at most 38 digits, and no more after the point than in all, not ({precision},{scale})"
        ))),
    }
}

/// Only the byte-wise comparison of `UTF8_BINARY` is Arrow's own.
fn collation(name: &str) -> Result<()> {
    match name.is_empty() || name.eq_ignore_ascii_case("UTF8_BINARY") {
        true => Ok(()),
        false => Err(Error::unsupported("type.string.collation")),
    }
}

fn struct_fields(fields: &[StructField], time_zone: &str) -> Result<Fields> {
    let fields = fields.iter().map(|field| {
        let StructField { name, data_type, nullable, metadata } = field;
        let data_type = data_type.as_ref().required("data_type").at(name)?;
        to_field(name, data_type, *nullable, metadata.as_deref(), time_zone).at(name)
    });
    fields.collect()
}

/// An Arrow field for a Spark column; `metadata` is the column's own, as JSON text.
///
/// # Errors
/// As [`to_arrow`].
pub fn to_field(
    name: &str,
    data_type: &DataType,
    nullable: bool,
    metadata: Option<&str>,
    time_zone: &str,
) -> Result<Field> {
    let parsed;
    let data_type = match &data_type.kind {
        Some(Kind::Unparsed(text)) => {
            parsed = crate::sql::parse_data_type(&text.data_type_string)?;
            &parsed
        }
        _ => data_type,
    };
    let field = Field::new(name, to_arrow(data_type, time_zone)?, nullable);
    let mut extra = HashMap::new();
    if let Some(metadata) = metadata.filter(|text| !matches!(text.trim(), "" | "{}")) {
        extra.insert(METADATA_KEY.to_owned(), metadata.to_owned());
    }
    if let Some(spark) = beyond_arrow(data_type) {
        extra.insert(TYPE_KEY.to_owned(), spark);
    }
    Ok(if extra.is_empty() { field } else { field.with_metadata(extra) })
}

/// The type's text if Arrow's own type says less.
fn beyond_arrow(data_type: &DataType) -> Option<String> {
    let says_less = match data_type.kind.as_ref()? {
        Kind::Char(_) | Kind::VarChar(_) => true,
        Kind::YearMonthInterval(i) => {
            interval_fields(i.start_field, i.end_field, YEAR_TO_MONTH) != YEAR_TO_MONTH
        }
        Kind::DayTimeInterval(i) => {
            interval_fields(i.start_field, i.end_field, DAY_TO_SECOND) != DAY_TO_SECOND
        }
        Kind::Time(time) => time.precision.is_some_and(|precision| precision != 6),
        Kind::Udt(_) => return Some(super::json::to_json(data_type)),
        Kind::Null(_)
        | Kind::Binary(_)
        | Kind::Boolean(_)
        | Kind::Byte(_)
        | Kind::Short(_)
        | Kind::Integer(_)
        | Kind::Long(_)
        | Kind::Float(_)
        | Kind::Double(_)
        | Kind::Decimal(_)
        | Kind::String(_)
        | Kind::Date(_)
        | Kind::Timestamp(_)
        | Kind::TimestampNtz(_)
        | Kind::CalendarInterval(_)
        | Kind::Array(_)
        | Kind::Struct(_)
        | Kind::Map(_)
        | Kind::Variant(_)
        | Kind::Geometry(_)
        | Kind::Geography(_)
        | Kind::Unparsed(_)
        | Kind::TimestampNtzNanos(_)
        | Kind::TimestampLtzNanos(_) => false,
    };
    says_less.then(|| simple_string(data_type))
}

/// An Arrow schema for a Spark struct type.
///
/// # Errors
/// As [`to_arrow`]; [`Error::InvalidPlan`] if the type is no struct.
pub fn to_schema(data_type: &DataType, time_zone: &str) -> Result<Schema> {
    match to_arrow(data_type, time_zone)? {
        ArrowType::Struct(fields) => Ok(Schema::new(fields)),
        _ => Err(Error::invalid_plan(format!(
            "a schema is a struct, not {}",
            simple_string(data_type)
        ))),
    }
}
