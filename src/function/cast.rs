//! Casts: explicit ones by Spark's table of what may become what, implicit ones by
//! what functions and operators ask for.
//!
//! Where DataFusion's cast does as Spark does (nothing can fail, nothing is
//! rounded) it is used, so that the optimiser knows it; everything else is a
//! function of ours ([`crate::function::udf::cast`]).

use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::ScalarValue;
use datafusion::common::metadata::FieldMetadata;
use datafusion::logical_expr::{Cast, Expr};

use super::call::{FunctionCall, quoted_type, scalar_of};
use super::coerce::{self, Kind, canonical, decimal_of, digits};
use super::udf;
use super::{Typed, ansi};
use crate::error::{Condition, Error, Result};
use crate::planner::scope::Scope;
use crate::types::fields::IntervalFields;

pub(crate) use super::udf::cast::Mode as CastMode;

/// The mode that casts have in this session.
pub(crate) fn session_mode(scope: &Scope<'_>) -> CastMode {
    if ansi(scope) { CastMode::Ansi } else { CastMode::Legacy }
}

/// `CAST(value AS to)`.
///
/// # Errors
/// `DATATYPE_MISMATCH` if Spark has no such cast.
pub(crate) fn cast(
    value: Typed,
    to: &DataType,
    mode: CastMode,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let from = value.data_type(scope)?.clone();
    check(&value, &from, to, mode)?;
    if Kind::of(&from) == Kind::Variant {
        return Ok(convert(value, &from, &udf::variant::nullable(to), mode, scope));
    }
    Ok(convert(value, &from, to, mode, scope))
}

/// `CAST(value AS to)`, where the field says which fields an interval has.
///
/// # Errors
/// As [`cast`].
pub(crate) fn cast_to_field(
    value: Typed,
    to: &Field,
    mode: CastMode,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let from = value.data_type(scope)?.clone();
    let fields = crate::types::fields::fields_of(to);
    let (Some(fields), false) = (fields, Kind::of(&from) == Kind::Variant) else {
        return cast(value, to.data_type(), mode, scope);
    };
    check(&value, &from, to.data_type(), mode)?;
    if Kind::of(&from) == Kind::Null {
        let metadata = (!to.metadata().is_empty()).then(|| FieldMetadata::from(to.metadata()));
        let null = ScalarValue::try_from(to.data_type())?;
        return Ok(Typed::new(Expr::Literal(null, metadata), to.data_type().clone()));
    }
    let udf = udf::cast::interval::function(to.data_type().clone(), fields, mode);
    Ok(scalar_of(&udf, [value], to.data_type().clone()))
}

/// An interval with no less fields than it has.
pub(crate) fn interval_with_fields(
    value: Expr,
    fields: IntervalFields,
    scope: &Scope<'_>,
) -> Result<Expr> {
    let value = Typed::from(value);
    let to = value.data_type(scope)?.clone();
    let udf = udf::cast::interval::function(to.clone(), fields, CastMode::Ansi);
    Ok(scalar_of(&udf, [value], to).into_expr())
}

/// The value as one of `to`, which is known to be legal.
pub(crate) fn coerced(value: &Typed, to: &DataType, scope: &Scope<'_>) -> Result<Typed> {
    let from = value.data_type(scope)?;
    if from == to || coerce::same(from, to) {
        return Ok(value.clone());
    }
    let from = from.clone();
    Ok(convert(value.clone(), &from, to, session_mode(scope), scope))
}

/// The value, of a type whose fields have other names perhaps.
pub(crate) fn exact(value: Typed, to: &DataType, scope: &Scope<'_>) -> Result<Typed> {
    let own = value.data_type(scope)?;
    let renames = own != to && coerce::fields_differ(own, to);
    if !renames {
        return Ok(value);
    }
    let zone = scope.planner().session().time_zone();
    let udf = udf::cast::function(to.clone(), session_mode(scope), zone);
    Ok(scalar_of(&udf, [value], to.clone()))
}

/// The argument of a function that takes a `to`, by Spark's implicit casts; none if
/// there is none for it.
pub(crate) fn implicit(value: &Typed, to: &DataType, scope: &Scope<'_>) -> Result<Option<Typed>> {
    let from = value.data_type(scope)?;
    if is_implicit(from, to) {
        return coerced(value, to, scope).map(Some);
    }
    Ok(None)
}

fn is_implicit(from: &DataType, to: &DataType) -> bool {
    if coerce::same(from, to) {
        return true;
    }
    let (a, b) = (Kind::of(from), Kind::of(to));
    match (a, b) {
        (Kind::Null, _) => true,
        (Kind::Integral | Kind::Decimal | Kind::Float | Kind::Double, Kind::String) => true,
        (Kind::Boolean | Kind::Date | Kind::Binary, Kind::String) => true,
        (Kind::Timestamp | Kind::TimestampNtz | Kind::Time, Kind::String) => true,
        (Kind::Variant, Kind::String) => true,
        (Kind::String, Kind::Binary | Kind::Boolean) => true,
        (Kind::String, Kind::Date | Kind::Timestamp | Kind::TimestampNtz) => true,
        (Kind::String, other) => other.is_numeric(),
        // Spark narrows numbers too where a function takes one type only.
        (a, b) if a.is_numeric() && b.is_numeric() => true,
        (Kind::Date, Kind::Timestamp | Kind::TimestampNtz) => true,
        (Kind::Timestamp | Kind::TimestampNtz, Kind::Date) => true,
        (Kind::TimestampNtz, Kind::Timestamp) | (Kind::Timestamp, Kind::TimestampNtz) => true,
        (Kind::Array, Kind::Array) => match (coerce::element(from), coerce::element(to)) {
            (Some(from), Some(to)) if Kind::of(from.data_type()) == Kind::Variant => {
                coerce::same(from.data_type(), to.data_type())
            }
            (Some(from), Some(to)) => is_implicit(from.data_type(), to.data_type()),
            _ => false,
        },
        _ => false,
    }
}

/// DataFusion's own cast.
pub(crate) fn plain(value: Typed, to: &DataType) -> Typed {
    if let Some(literal) = value.as_literal()
        && is_exact(&literal.data_type(), to)
        && let Ok(folded) = literal.cast_to(to)
    {
        return Typed::literal(folded);
    }
    let cast = Cast::new(Box::new(value.into_expr()), to.clone());
    Typed::new(Expr::Cast(cast), to.clone())
}

/// A TIMESTAMP as the clock of the session's zone shows it. Arrow's cast would show
/// the time in UTC.
pub(crate) fn local(value: Typed) -> Typed {
    let local = DataType::Timestamp(datafusion::arrow::datatypes::TimeUnit::Microsecond, None);
    scalar_of(&udf::time::LOCAL_TIME, [value], local)
}

fn convert(
    value: Typed,
    from: &DataType,
    to: &DataType,
    mode: CastMode,
    scope: &Scope<'_>,
) -> Typed {
    if coerce::same(from, to) && Kind::of(from) != Kind::Decimal {
        return value;
    }
    if is_exact(from, to) {
        return plain(value, to);
    }
    match (Kind::of(from), Kind::of(to)) {
        (Kind::Timestamp, Kind::TimestampNtz) => return local(value),
        // What is no interval is NULL in every mode.
        (Kind::String, Kind::Calendar) => return udf::time::to_calendar(value),
        _ => {}
    }
    let udf = udf::cast::function(to.clone(), mode, scope.planner().session().time_zone());
    scalar_of(&udf, [value], to.clone())
}

/// Whether DataFusion's cast does exactly what Spark's does, for every value.
fn is_exact(from: &DataType, to: &DataType) -> bool {
    match (Kind::of(from), Kind::of(to)) {
        (Kind::Null, _) => true,
        (Kind::Boolean, Kind::Integral | Kind::Float | Kind::Double | Kind::String) => true,
        (Kind::Integral, Kind::Integral) => coerce::wider(from, to).is_some_and(|w| &w == to),
        (Kind::Integral, Kind::Float | Kind::Double | Kind::String) => true,
        (Kind::Float, Kind::Double) => true,
        (Kind::Decimal, Kind::Float | Kind::Double) => true,
        (Kind::Integral | Kind::Decimal, Kind::Decimal) => match (decimal_of(from), decimal_of(to))
        {
            (Some((p1, s1)), Some((p2, s2))) => digits(p2, s2) >= digits(p1, s1) && s2 >= s1,
            _ => false,
        },
        (Kind::String, Kind::Binary) => true,
        // Where the clock has gaps Arrow's fails.
        (Kind::Date | Kind::TimestampNtz, Kind::Timestamp) => has_no_gaps(to),
        (Kind::Date, Kind::TimestampNtz) => true,
        (Kind::Timestamp, Kind::Timestamp | Kind::Date) => true,
        (Kind::TimestampNtz, Kind::TimestampNtz | Kind::Date) => true,
        (Kind::Date, Kind::Date) | (Kind::DayTime, Kind::DayTime) => true,
        _ => false,
    }
}

/// Whether the time zone of a type is an offset, or UTC by a name.
fn has_no_gaps(data_type: &DataType) -> bool {
    match data_type {
        DataType::Timestamp(_, Some(zone)) => {
            matches!(zone.as_ref(), "UTC" | "Etc/UTC" | "GMT" | "Z") || zone.starts_with(['+', '-'])
        }
        _ => false,
    }
}

/// Whether Spark has the cast.
fn check(value: &Typed, from: &DataType, to: &DataType, mode: CastMode) -> Result<()> {
    // As Spark answers while the type is not enabled.
    if Kind::of(to) == Kind::Time {
        return Err(Error::analysis(Condition::UNSUPPORTED_TIME_TYPE, []));
    }
    match legality(from, to, mode) {
        Legality::Legal => Ok(()),
        Legality::Illegal(condition) => Err(Error::analysis(
            condition,
            [
                ("sqlExpr", super::call::display(value)),
                ("srcType", quoted_type(from)),
                ("targetType", quoted_type(to)),
                ("functionNames", String::new()),
                ("config", "\"spark.sql.ansi.enabled\"".to_owned()),
                ("configVal", "'false'".to_owned()),
            ],
        )),
    }
}

enum Legality {
    Legal,
    Illegal(Condition),
}

fn legality(from: &DataType, to: &DataType, mode: CastMode) -> Legality {
    let strict = mode != CastMode::Legacy;
    let no = || Legality::Illegal(Condition::DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION);
    let needs_function =
        || Legality::Illegal(Condition::DATATYPE_MISMATCH_CAST_WITH_FUNC_SUGGESTION);
    let (a, b) = (Kind::of(from), Kind::of(to));
    match (a, b) {
        _ if coerce::same(from, to) => Legality::Legal,
        (Kind::Null, _) => Legality::Legal,
        (Kind::Variant, _) if udf::variant::holds(to, true) => Legality::Legal,
        (_, Kind::Variant) if udf::variant::holds(from, false) => Legality::Legal,
        (Kind::Variant, _) | (_, Kind::Variant) => no(),
        (_, Kind::String) => Legality::Legal,
        (Kind::Array, Kind::Array) => nested(coerce::element(from), coerce::element(to), mode),
        (Kind::Map, Kind::Map) => nested(coerce::entries(from), coerce::entries(to), mode),
        (Kind::Struct, Kind::Struct) => structs(from, to, mode),
        (Kind::String, Kind::Array | Kind::Map | Kind::Struct | Kind::Other) => no(),
        (Kind::String, _) => Legality::Legal,
        (a, b) if a.is_numeric() && (b.is_numeric() || b == Kind::Boolean) => Legality::Legal,
        (Kind::Boolean, b) if b.is_numeric() => Legality::Legal,
        (a, Kind::Timestamp) if a.is_numeric() => Legality::Legal,
        (Kind::Boolean, Kind::Timestamp)
        | (Kind::Timestamp | Kind::TimestampNtz | Kind::Date, Kind::Boolean)
            if strict && (a, b) != (Kind::TimestampNtz, Kind::Boolean) =>
        {
            Legality::Illegal(Condition::DATATYPE_MISMATCH_CAST_WITH_CONF_SUGGESTION)
        }
        (Kind::Boolean, Kind::Timestamp) if !strict => Legality::Legal,
        (Kind::Timestamp, b) if b.is_numeric() => Legality::Legal,
        (Kind::Timestamp, Kind::Boolean) if !strict => Legality::Legal,
        (
            Kind::Date | Kind::Timestamp | Kind::TimestampNtz,
            Kind::Date | Kind::Timestamp | Kind::TimestampNtz,
        ) => Legality::Legal,
        (Kind::Integral | Kind::Decimal, Kind::DayTime | Kind::YearMonth)
        | (Kind::DayTime | Kind::YearMonth, Kind::Integral | Kind::Decimal) => Legality::Legal,
        (Kind::DayTime, Kind::DayTime) | (Kind::YearMonth, Kind::YearMonth) => Legality::Legal,
        (Kind::Integral, Kind::Binary) if !strict => Legality::Legal,
        (Kind::Integral, Kind::Binary) => {
            Legality::Illegal(Condition::DATATYPE_MISMATCH_CAST_WITH_CONF_SUGGESTION)
        }
        (Kind::Date, b) if b.is_numeric() && strict => needs_function(),
        (Kind::Date, b) if b.is_numeric() || (b == Kind::Boolean && !strict) => Legality::Legal,
        (a, Kind::Date) if a.is_numeric() => needs_function(),
        _ => no(),
    }
}

/// Whether ANSI mode has a cast between two types.
pub(crate) fn is_legal(from: &DataType, to: &DataType) -> bool {
    matches!(legality(from, to, CastMode::Ansi), Legality::Legal)
}

fn nested(
    from: Option<&datafusion::arrow::datatypes::FieldRef>,
    to: Option<&datafusion::arrow::datatypes::FieldRef>,
    mode: CastMode,
) -> Legality {
    match (from, to) {
        (Some(from), Some(to)) => legality(from.data_type(), to.data_type(), mode),
        _ => Legality::Illegal(Condition::DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION),
    }
}

fn structs(from: &DataType, to: &DataType, mode: CastMode) -> Legality {
    let no = Legality::Illegal(Condition::DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION);
    let (DataType::Struct(from), DataType::Struct(to)) = (from, to) else { return no };
    if from.len() != to.len() {
        return no;
    }
    let mut pairs = from.iter().zip(to);
    let illegal =
        pairs.find_map(|(from, to)| match legality(from.data_type(), to.data_type(), mode) {
            Legality::Legal => None,
            illegal => Some(illegal),
        });
    illegal.unwrap_or(Legality::Legal)
}

/// The type that a function such as `int` or `string` casts to.
pub(crate) fn by_name(function: &str) -> Option<Kind> {
    Some(match function {
        "boolean" => Kind::Boolean,
        "tinyint" | "smallint" | "int" | "bigint" => Kind::Integral,
        "float" => Kind::Float,
        "double" => Kind::Double,
        "decimal" => Kind::Decimal,
        "date" => Kind::Date,
        "timestamp" => Kind::Timestamp,
        "binary" => Kind::Binary,
        "string" => Kind::String,
        _ => return None,
    })
}

/// `int(x)` is `CAST(x AS INT)`, and so on.
pub(super) fn function(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    let to = match call.name.to_ascii_lowercase().as_str() {
        "boolean" => DataType::Boolean,
        "tinyint" => DataType::Int8,
        "smallint" => DataType::Int16,
        "int" => DataType::Int32,
        "bigint" => DataType::Int64,
        "float" => DataType::Float32,
        "double" => DataType::Float64,
        "decimal" => DataType::Decimal128(10, 0),
        "date" => DataType::Date32,
        "timestamp" => {
            let zone = scope.planner().session().time_zone();
            DataType::Timestamp(datafusion::arrow::datatypes::TimeUnit::Microsecond, Some(zone))
        }
        "binary" => DataType::Binary,
        _ => DataType::Utf8,
    };
    cast(value.clone(), &to, session_mode(scope), scope)
}

/// The type that our functions compute with for this one.
pub(crate) fn normalised(value: &Typed, scope: &Scope<'_>) -> Result<Typed> {
    let to = canonical(value.data_type(scope)?);
    coerced(value, &to, scope)
}
