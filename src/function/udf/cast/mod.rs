//! `CAST` where DataFusion's own differs from Spark's.

pub(crate) mod interval;
mod number;
mod text;
mod time;
mod write;

use std::hash::Hash;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, ListArray, MapArray, StructArray, new_null_array,
};
use datafusion::arrow::compute::CastOptions;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};

use crate::error::{Condition, Error};
use crate::function::coerce::{self, Kind};
use crate::function::udf::variant;

/// What a value that does not fit gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Mode {
    /// An error.
    Ansi,
    /// NULL, or what is left of the bits.
    Legacy,
    /// NULL.
    Try,
}

/// A cast to `to`, in the session's time zone.
pub(crate) fn function(to: DataType, mode: Mode, zone: Arc<str>) -> Arc<ScalarUDF> {
    let signature = Signature::any(1, Volatility::Immutable);
    Arc::new(ScalarUDF::new_from_impl(SparkCast { to: Target { to, mode, zone }, signature }))
}

/// Where a cast goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Target {
    to: DataType,
    mode: Mode,
    zone: Arc<str>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct SparkCast {
    to: Target,
    signature: Signature,
}

impl SparkCast {
    /// Intervals print by the fields that their Spark type has.
    fn cast(&self, array: &ArrayRef, field: &Field) -> Result<ArrayRef> {
        if Kind::of(&self.to.to) == Kind::String && Kind::of(array.data_type()).is_interval() {
            return write::strings(array, field, &self.to);
        }
        let from = Kind::of(array.data_type());
        if matches!(from, Kind::DayTime | Kind::YearMonth) && Kind::of(&self.to.to).is_numeric() {
            return interval::to_number(array, field, &self.to);
        }
        cast(array, &self.to)
    }
}

impl ScalarUDFImpl for SparkCast {
    fn name(&self) -> &str {
        match self.to.mode {
            Mode::Ansi => "spark_cast",
            Mode::Legacy => "spark_legacy_cast",
            Mode::Try => "spark_try_cast",
        }
    }

    fn display_name(&self, args: &[datafusion::logical_expr::Expr]) -> Result<String> {
        let args: Vec<_> = args.iter().map(ToString::to_string).collect();
        Ok(format!("{}({} AS {})", self.name(), args.join(", "), self.to.to))
    }

    fn schema_name(&self, args: &[datafusion::logical_expr::Expr]) -> Result<String> {
        let args: Vec<_> = args.iter().map(|arg| arg.schema_name().to_string()).collect();
        Ok(format!("{}({} AS {})", self.name(), args.join(", "), self.to.to))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(self.to.to.clone())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let nullable = args
            .arg_fields
            .iter()
            .any(|field| field.is_nullable() || may_give_null(field.data_type(), &self.to));
        Ok(Arc::new(Field::new(self.name(), self.to.to.clone(), nullable)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (Some(value), Some(field)) = (args.args.first(), args.arg_fields.first()) else {
            return exec_err!("a cast takes an argument");
        };
        match value {
            ColumnarValue::Array(array) => self.cast(array, field).map(ColumnarValue::Array),
            ColumnarValue::Scalar(scalar) => {
                let array = self.cast(&scalar.to_array()?, field)?;
                ScalarValue::try_from_array(&array, 0).map(ColumnarValue::Scalar)
            }
        }
    }
}

/// Whether Spark takes the result for nullable though the argument is not.
fn may_give_null(from: &DataType, target: &Target) -> bool {
    let (from_kind, to_kind) = (Kind::of(from), Kind::of(&target.to));
    if from_kind == Kind::Variant {
        return to_kind != Kind::Variant;
    }
    if from_kind == Kind::Date && is_number(to_kind) {
        return true;
    }
    if target.mode == Mode::Try {
        return to_kind != Kind::String;
    }
    match (from_kind, to_kind) {
        (Kind::String, Kind::String | Kind::Binary) => false,
        (Kind::Date, Kind::Variant) => true,
        (Kind::String, _) => true,
        (from, Kind::Decimal) => from.is_numeric() || from.is_interval(),
        (Kind::Float | Kind::Double, Kind::Timestamp | Kind::Integral) => true,
        (Kind::Decimal, Kind::Integral) => true,
        _ => false,
    }
}

/// All values of an array as values of `to`.
///
/// # Errors
/// Those of the mode.
pub(crate) fn cast_to(
    array: &ArrayRef,
    to: &DataType,
    mode: Mode,
    zone: &Arc<str>,
) -> Result<ArrayRef> {
    cast(array, &Target { to: to.clone(), mode, zone: Arc::clone(zone) })
}

/// All values of an array as `target`.
pub(super) fn cast(array: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    let (from, to) = (array.data_type(), &target.to);
    if from == to {
        return Ok(Arc::clone(array));
    }
    match (Kind::of(from), Kind::of(to)) {
        (Kind::Null, _) => Ok(new_null_array(to, array.len())),
        (Kind::Variant, Kind::Variant) => native(array, to),
        (Kind::Variant, _) => variant::read_as(array, to, target.mode != Mode::Try, &target.zone),
        (_, Kind::Variant) => variant::variants(array, "cast"),
        (Kind::String, Kind::String) | (Kind::Binary, Kind::Binary) => native(array, to),
        (Kind::Array, Kind::Array) => lists(array, target),
        (Kind::Struct, Kind::Struct) => structs(array, target),
        (Kind::Map, Kind::Map) => maps(array, target),
        (_, Kind::String) => write::strings(array, &Field::new("", from.clone(), true), target),
        (Kind::String, _) => text::parse(array, target),
        (Kind::Timestamp, kind) if kind.is_numeric() => time::to_number(array, target),
        (Kind::TimestampNtz | Kind::Date, Kind::Timestamp) => time::from_local(array, target),
        (Kind::Date, kind) if is_number(kind) => Ok(new_null_array(to, array.len())),
        (Kind::Integral, Kind::Binary) => number::bytes(array),
        (kind, Kind::Timestamp) if kind.is_numeric() || kind == Kind::Boolean => {
            time::from_number(array, target)
        }
        (a, b) if is_number(a) && is_number(b) => number::cast(array, target),
        (a, b) if a.is_interval() || b.is_interval() => {
            Err(Error::unsupported(format!("cast.{from:?}.{to:?}").to_lowercase()).into())
        }
        _ => native(array, to),
    }
}

fn is_number(kind: Kind) -> bool {
    kind.is_numeric() || kind == Kind::Boolean
}

/// Arrow's cast, where it does as Spark does.
pub(super) fn native(array: &ArrayRef, to: &DataType) -> Result<ArrayRef> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    Ok(datafusion::arrow::compute::cast_with_options(array, to, &options)?)
}

fn element_target(target: &Target, field: &FieldRef) -> Target {
    Target { to: field.data_type().clone(), mode: target.mode, zone: Arc::clone(&target.zone) }
}

fn lists(array: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    let DataType::List(field) = &target.to else { return native(array, &target.to) };
    let array = match coerce::element(array.data_type()) {
        Some(element) if !matches!(array.data_type(), DataType::List(_)) => {
            native(array, &DataType::List(Arc::clone(element)))?
        }
        _ => Arc::clone(array),
    };
    let list = array.as_list::<i32>();
    let values = cast(list.values(), &element_target(target, field))?;
    let field = Arc::new(Field::clone(field).with_nullable(true));
    let result = ListArray::try_new(field, list.offsets().clone(), values, list.nulls().cloned())?;
    Ok(retyped(Arc::new(result), &target.to))
}

fn structs(array: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    let DataType::Struct(fields) = &target.to else { return native(array, &target.to) };
    let from = array.as_struct();
    let columns = from
        .columns()
        .iter()
        .zip(fields)
        .map(|(column, field)| cast(column, &element_target(target, field)))
        .collect::<Result<Vec<_>>>()?;
    let length = array.len();
    let nulls = from.nulls().cloned();
    Ok(Arc::new(StructArray::try_new_with_length(fields.clone(), columns, nulls, length)?))
}

fn maps(array: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    let DataType::Map(entries, sorted) = &target.to else { return native(array, &target.to) };
    let from = array.as_map();
    let values: ArrayRef = Arc::new(from.entries().clone());
    let cast = cast(&values, &element_target(target, entries))?;
    Ok(Arc::new(MapArray::try_new(
        Arc::clone(entries),
        from.offsets().clone(),
        cast.as_struct().clone(),
        from.nulls().cloned(),
        *sorted,
    )?))
}

/// The array under the exact type wanted, which may promise more about NULLs.
fn retyped(array: ArrayRef, to: &DataType) -> ArrayRef {
    let data = array.to_data().into_builder().data_type(to.clone()).build();
    data.map_or(array, datafusion::arrow::array::make_array)
}

impl Target {
    /// A text that is no value of the type: an error, or NULL.
    fn malformed<T>(&self, text: &str, from: &DataType) -> Result<Option<T>> {
        if self.mode != Mode::Ansi {
            return Ok(None);
        }
        let condition = match Kind::of(&self.to) {
            Kind::Date | Kind::Timestamp | Kind::TimestampNtz | Kind::Time => {
                Condition::CAST_INVALID_INPUT_DATETIME
            }
            Kind::Boolean => Condition::CAST_INVALID_INPUT_RUNTIME,
            _ => Condition::CAST_INVALID_INPUT,
        };
        let parameters = [
            ("expression", format!("'{text}'")),
            ("sourceType", quoted(from)),
            ("targetType", quoted(&self.to)),
            ("ansiConfig", "\"spark.sql.ansi.enabled\"".to_owned()),
        ];
        Err(Error::analysis(condition, parameters).into())
    }

    /// A value out of the type's range: an error, or NULL.
    fn overflow<T>(&self, value: impl FnOnce() -> String, from: &DataType) -> Result<Option<T>> {
        if self.mode != Mode::Ansi {
            return Ok(None);
        }
        let parameters = [
            ("value", value()),
            ("sourceType", quoted(from)),
            ("targetType", quoted(&self.to)),
            ("ansiConfig", "\"spark.sql.ansi.enabled\"".to_owned()),
        ];
        Err(Error::analysis(Condition::CAST_OVERFLOW, parameters).into())
    }

    /// A number with too many digits for a decimal: an error, or NULL.
    fn decimal_overflow<T>(&self, value: impl FnOnce() -> String) -> Result<Option<T>> {
        let DataType::Decimal128(precision, scale) = self.to else { return Ok(None) };
        if self.mode != Mode::Ansi {
            return Ok(None);
        }
        let parameters = [
            ("value", value()),
            ("precision", precision.to_string()),
            ("scale", scale.to_string()),
            ("config", "\"spark.sql.ansi.enabled\"".to_owned()),
        ];
        Err(Error::analysis(Condition::NUMERIC_VALUE_OUT_OF_RANGE, parameters).into())
    }
}

fn quoted(data_type: &DataType) -> String {
    format!("\"{}\"", crate::types::arrow_sql_name(data_type))
}

/// The instant that a text stands for in a time zone, in microseconds.
pub(crate) fn parse_timestamp(text: &str, zone: &str) -> Option<i64> {
    time::timestamp(text.trim(), Some(time::zone(zone).ok()?))
}

/// The time that a text stands for that names no time zone, in microseconds.
pub(crate) fn parse_timestamp_ntz(text: &str) -> Option<i64> {
    let text = text.trim();
    let in_zone = |zone: &str| time::timestamp(text, Some(time::zone(zone).ok()?));
    // A text that names its zone is the same instant wherever it is read.
    if in_zone("+00:00")? == in_zone("+01:00")? { None } else { time::timestamp(text, None) }
}

/// The day that a text stands for.
pub(crate) fn parse_date(text: &str) -> Option<i32> {
    time::date(text.trim())
}

/// The number that a text stands for, at this scale and with no more digits.
pub(crate) fn parse_decimal(text: &str, precision: u8, scale: i8) -> Option<i128> {
    text::decimal(text.trim(), scale).flatten().filter(|value| number::fits(*value, precision))
}
