//! Dates and timestamps.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::ScalarValue;
use datafusion::functions::datetime as df;
use datafusion::logical_expr::{Operator, ScalarUDF};
use datafusion_spark::function::datetime as spark;

use super::Family;
use crate::error::{Error, Result};
use crate::function::call::{FunctionCall, implicit, scalar_of, unexpected_type};
use crate::function::coerce::{Kind, canonical};
use crate::function::table::Build::{Custom, Udf};
use crate::function::table::Param::{Date, Int, String};
use crate::function::udf::known;
use crate::function::udf::time::{self, part};
use crate::function::{Typed, cast};
use crate::planner::scope::Scope;

macro_rules! parts {
    ($($name:ident $part:literal $of:ident;)*) => {
        $(fn $name(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
            let [_] = call.arguments()?;
            part($part, $of(call, 0, scope)?)
        })*
    };
}

parts! {
    year "year" date;
    quarter "quarter" date;
    month "month" date;
    week "week" date;
    day "day" date;
    day_of_year "doy" date;
    hour "hour" timestamp;
    minute "minute" timestamp;
    second "second" timestamp;
}

pub(super) const TABLE: Family = &[
    ("year", Custom(year)),
    ("quarter", Custom(quarter)),
    ("month", Custom(month)),
    ("weekofyear", Custom(week)),
    ("day", Custom(day)),
    ("dayofmonth", Custom(day)),
    ("dayofyear", Custom(day_of_year)),
    ("dayofweek", Custom(day_of_week)),
    ("weekday", Custom(weekday)),
    ("hour", Custom(hour)),
    ("minute", Custom(minute)),
    ("second", Custom(second)),
    ("extract", Custom(extract)),
    ("date_part", Custom(extract)),
    ("datepart", Custom(extract)),
    ("date_add", Custom(date_add)),
    ("dateadd", Custom(date_add)),
    ("date_sub", Custom(date_sub)),
    ("datediff", Custom(date_diff)),
    ("date_diff", Custom(date_diff)),
    ("add_months", Udf { udf: spark::add_months, takes: &[Date, Int], least: 2, returns: Date }),
    ("last_day", Udf { udf: spark::last_day, takes: &[Date], least: 1, returns: Date }),
    ("next_day", Custom(next_day)),
    ("trunc", Udf { udf: || time::TRUNC.clone(), takes: &[Date, String], least: 2, returns: Date }),
    ("date_trunc", Custom(date_trunc)),
    (
        "make_date",
        Udf { udf: || time::MAKE_DATE.clone(), takes: &[Int, Int, Int], least: 3, returns: Date },
    ),
    ("date_from_unix_date", Custom(date_from_unix_date)),
    ("unix_date", Custom(unix_date)),
    ("to_date", Custom(to_date)),
    ("to_timestamp", Custom(to_timestamp)),
    ("to_timestamp_ltz", Custom(to_timestamp)),
    ("to_timestamp_ntz", Custom(to_timestamp_ntz)),
    ("current_date", Custom(current_date)),
    ("curdate", Custom(current_date)),
    ("current_timestamp", Custom(current_timestamp)),
    ("now", Custom(current_timestamp)),
    ("localtimestamp", Custom(local_timestamp)),
    ("unix_timestamp", Custom(unix_timestamp)),
    ("to_unix_timestamp", Custom(unix_timestamp)),
    ("unix_seconds", Custom(unix_seconds)),
    ("unix_millis", Custom(unix_millis)),
    ("unix_micros", Custom(unix_micros)),
    ("timestamp_seconds", Custom(timestamp_seconds)),
    ("timestamp_millis", Custom(timestamp_millis)),
    ("timestamp_micros", Custom(timestamp_micros)),
    ("monthname", Custom(month_name)),
    ("dayname", Custom(day_name)),
    ("date_format", Custom(date_format)),
    ("from_unixtime", Custom(from_unixtime)),
    ("current_timezone", Custom(current_timezone)),
    ("months_between", Custom(months_between)),
];

fn zoned(scope: &Scope<'_>) -> DataType {
    let zone = scope.planner().session().time_zone();
    DataType::Timestamp(TimeUnit::Microsecond, Some(zone))
}

const LOCAL: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

fn date(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
    implicit(call, at, &DataType::Date32, scope)
}

/// A timestamp of either kind.
fn timestamp(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
    match call.arguments.get(at).map(|value| value.data_type(scope).map(Kind::of)) {
        Some(Ok(Kind::TimestampNtz)) => Ok(call.arguments[at].clone()),
        Some(Ok(Kind::Time)) => Err(super::clock::no_time_type()),
        _ => implicit(call, at, &zoned(scope), scope),
    }
}

/// DataFusion's `date_part`, whose tests of a year it turns into ranges.
fn part(name: &str, value: Typed) -> Result<Typed> {
    let name = Typed::literal(name.into());
    Ok(scalar_of(&df::date_part(), [name, value], DataType::Int32))
}

fn plus(value: Typed, number: i32) -> Typed {
    let sum = datafusion::logical_expr::binary_expr(
        value.into_expr(),
        Operator::Plus,
        datafusion::logical_expr::lit(number),
    );
    Typed::new(sum, DataType::Int32)
}

/// From 1 for Sunday.
fn day_of_week(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    Ok(plus(part("dow", date(call, 0, scope)?)?, 1))
}

/// From 0 for Monday.
fn weekday(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let value = date(call, 0, scope)?;
    Ok(scalar_of(&time::WEEKDAY, [value], DataType::Int32))
}

/// `extract(field FROM source)`.
fn extract(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [field, source] = call.arguments()?;
    let Some(name) = field.as_literal().and_then(ScalarValue::try_as_str).flatten() else {
        return Err(Error::unsupported("function.extract.computed_field"));
    };
    let lower = name.to_ascii_lowercase();
    let kind = Kind::of(source.data_type(scope)?);
    if kind.is_interval() {
        return match part_of_interval(kind, field_named(&lower)) {
            Some((udf, to)) => Ok(scalar_of(udf, [source.clone()], to)),
            None => Err(no_field(name, source)),
        };
    }
    if kind == Kind::Time {
        return Err(Error::analysis(crate::error::Condition::UNSUPPORTED_TIME_TYPE, []));
    }
    let of = FunctionCall::new(name, [source.clone()]);
    match field_named(&lower) {
        "year" => year(&of, scope),
        "yearofweek" => part("isoyear", date(&of, 0, scope)?),
        "quarter" => quarter(&of, scope),
        "month" => month(&of, scope),
        "week" => week(&of, scope),
        "day" => day(&of, scope),
        "dayofweek" => day_of_week(&of, scope),
        "dayofweek_iso" => Ok(plus(weekday(&of, scope)?, 1)),
        "doy" => day_of_year(&of, scope),
        "hour" => hour(&of, scope),
        "minute" => minute(&of, scope),
        "second" => {
            let value = timestamp(&of, 0, scope)?;
            Ok(scalar_of(&time::SECONDS, [value], DataType::Decimal128(8, 6)))
        }
        _ => Err(no_field(name, source)),
    }
}

/// The first of the names that a field has, in lower case.
fn field_named(name: &str) -> &str {
    match name {
        "y" | "years" | "yr" | "yrs" => "year",
        "qtr" => "quarter",
        "mon" | "mons" | "months" => "month",
        "w" | "weeks" => "week",
        "d" | "days" => "day",
        "dow" => "dayofweek",
        "dow_iso" => "dayofweek_iso",
        "h" | "hours" | "hr" | "hrs" => "hour",
        "m" | "min" | "mins" | "minutes" => "minute",
        "s" | "sec" | "seconds" | "secs" => "second",
        other => other,
    }
}

fn no_field(name: &str, source: &Typed) -> Error {
    Error::analysis(
        crate::error::Condition::INVALID_EXTRACT_FIELD,
        [("field", format!("`{name}`")), ("expr", crate::function::call::display(source))],
    )
}

/// The function of a part that intervals of this kind have, and its type.
fn part_of_interval(kind: Kind, field: &str) -> Option<(&'static Arc<ScalarUDF>, DataType)> {
    let of_months = matches!(kind, Kind::YearMonth | Kind::Calendar);
    let of_days = matches!(kind, Kind::DayTime | Kind::Calendar);
    Some(match field {
        "year" if of_months => (&*part::YEARS, DataType::Int32),
        "month" if of_months => (&*part::MONTHS, DataType::Int8),
        "day" if of_days => (&*part::DAYS, DataType::Int32),
        "hour" if of_days => (&*part::HOURS, DataType::Int8),
        "minute" if of_days => (&*part::MINUTES, DataType::Int8),
        "second" if of_days => (&*part::SECONDS, DataType::Decimal128(8, 6)),
        _ => return None,
    })
}

/// The first such day of the week after a date.
fn next_day(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _] = call.arguments()?;
    let day = implicit(call, 1, &DataType::Utf8, scope)?;
    let udf = match crate::function::ansi(scope) {
        true => &time::NEXT_DAY,
        false => &time::LEGACY_NEXT_DAY,
    };
    Ok(scalar_of(udf, [date(call, 0, scope)?, day], DataType::Date32))
}

/// A number of days: INT at most.
fn days(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, days] = call.arguments()?;
    match (Kind::of(days.data_type(scope)?), days.data_type(scope)?) {
        (Kind::Integral, DataType::Int64) => {
            Err(unexpected_type(call, 1, "INT\" or \"SMALLINT\" or \"TINYINT", scope))
        }
        (Kind::Integral | Kind::String | Kind::Null, _) => {
            cast::coerced(days, &DataType::Int32, scope)
        }
        _ => Err(unexpected_type(call, 1, "INT\" or \"SMALLINT\" or \"TINYINT", scope)),
    }
}

fn date_add(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let days = days(call, scope)?;
    Ok(scalar_of(&spark::date_add(), [date(call, 0, scope)?, days], DataType::Date32))
}

fn date_sub(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let days = days(call, scope)?;
    Ok(scalar_of(&spark::date_sub(), [date(call, 0, scope)?, days], DataType::Date32))
}

fn date_diff(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _] = call.arguments()?;
    let number = |at| Ok::<_, Error>(cast::plain(date(call, at, scope)?, &DataType::Int32));
    let difference = datafusion::logical_expr::binary_expr(
        number(0)?.into_expr(),
        Operator::Minus,
        number(1)?.into_expr(),
    );
    Ok(Typed::new(difference, DataType::Int32))
}

/// `date_trunc(unit, timestamp)`: of a TIMESTAMP in its time zone.
fn date_trunc(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _] = call.arguments()?;
    let unit = implicit(call, 0, &DataType::Utf8, scope)?;
    let to = zoned(scope);
    let value = implicit(call, 1, &to, scope)?;
    Ok(scalar_of(&time::DATE_TRUNC, [unit, value], to))
}

fn date_from_unix_date(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    Ok(cast::plain(implicit(call, 0, &DataType::Int32, scope)?, &DataType::Date32))
}

fn unix_date(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    Ok(cast::plain(date(call, 0, scope)?, &DataType::Int32))
}

/// A cast, or a text read by a pattern.
pub(super) fn converted(
    call: &FunctionCall,
    to: &DataType,
    mode: cast::CastMode,
    scope: &Scope<'_>,
) -> Result<Typed> {
    match call.arguments.as_slice() {
        [value] => cast::cast(value.clone(), to, mode, scope),
        [value, _] if Kind::of(value.data_type(scope)?) != Kind::String => {
            cast::cast(value.clone(), to, mode, scope)
        }
        [value, pattern] => {
            let pattern = constant_pattern(pattern)?;
            let zone = scope.planner().session().time_zone();
            let udf = time::parse(&pattern, to.clone(), mode, zone)?;
            Ok(scalar_of(&udf, [value.clone()], to.clone()))
        }
        _ => Err(call.wrong_number("[1, 2]")),
    }
}

fn constant_pattern(pattern: &Typed) -> Result<std::string::String> {
    match pattern.as_literal().and_then(ScalarValue::try_as_str).flatten() {
        Some(pattern) => Ok(pattern.to_owned()),
        None => Err(Error::unsupported("function.datetime.computed_pattern")),
    }
}

fn to_date(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    converted(call, &DataType::Date32, cast::session_mode(scope), scope)
}

fn to_timestamp(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    converted(call, &zoned(scope), cast::session_mode(scope), scope)
}

fn to_timestamp_ntz(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    converted(call, &LOCAL, cast::session_mode(scope), scope)
}

/// The start of the query, in the session's time zone.
fn instant(scope: &Scope<'_>) -> Typed {
    let config = scope.planner().state().config_options().clone();
    let now = df::now(&config);
    cast::plain(crate::function::call::scalar(&now, []), &zoned(scope))
}

fn current_date(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [] = call.arguments()?;
    Ok(cast::plain(instant(scope), &DataType::Date32))
}

fn current_timestamp(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    super::clock::precision(call, "TIMESTAMP_LTZ", scope)?;
    Ok(instant(scope))
}

fn local_timestamp(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    super::clock::precision(call, "TIMESTAMP_NTZ", scope)?;
    Ok(cast::local(instant(scope)))
}

fn current_timezone(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [] = call.arguments()?;
    Ok(Typed::literal(scope.planner().session().time_zone().as_ref().into()))
}

/// Seconds since the epoch, of now, a timestamp, or a text read by a pattern.
fn unix_timestamp(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if call.arguments.is_empty() {
        return epoch(instant(scope), 1_000_000);
    }
    let mut call = call.clone();
    let first = call.arguments[0].data_type(scope).map(Kind::of)?;
    if call.arguments.len() == 1 && first == Kind::String {
        call.arguments.push(Typed::literal("yyyy-MM-dd HH:mm:ss".into()));
    }
    let mode = cast::session_mode(scope);
    epoch(converted(&call, &zoned(scope), mode, scope)?, 1_000_000)
}

/// Whole units since the epoch, `micros` microseconds each.
fn epoch(value: Typed, micros: i64) -> Result<Typed> {
    let unit = Typed::literal(micros.into());
    Ok(scalar_of(&time::EPOCH_FUNCTION, [value, unit], DataType::Int64))
}

fn unix_seconds(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    epoch(utc(call, scope)?, 1_000_000)
}

/// A timestamp; one without a zone counts as UTC's.
fn utc(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    match call.arguments.first().map(|value| value.data_type(scope).map(Kind::of)) {
        Some(Ok(Kind::TimestampNtz)) => Ok(call.arguments[0].clone()),
        _ => implicit(call, 0, &zoned(scope), scope),
    }
}

fn unix_millis(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    epoch(utc(call, scope)?, 1_000)
}

fn unix_micros(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    epoch(utc(call, scope)?, 1)
}

fn timestamp_seconds(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    match Kind::of(value.data_type(scope)?) {
        kind if kind.is_numeric() || kind == Kind::Null => {
            cast::cast(value.clone(), &zoned(scope), cast::session_mode(scope), scope)
        }
        _ => Err(unexpected_type(call, 0, "NUMERIC", scope)),
    }
}

fn timestamp_millis(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let value = implicit(call, 0, &DataType::Int64, scope)?;
    let micros = datafusion::logical_expr::binary_expr(
        value.into_expr(),
        Operator::Multiply,
        datafusion::logical_expr::lit(1000_i64),
    );
    Ok(cast::plain(Typed::new(micros, DataType::Int64), &zoned(scope)))
}

fn timestamp_micros(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    Ok(cast::plain(implicit(call, 0, &DataType::Int64, scope)?, &zoned(scope)))
}

fn formatted(value: Typed, pattern: &str, scope: &Scope<'_>) -> Result<Typed> {
    let zone = scope.planner().session().time_zone();
    let udf: Arc<ScalarUDF> = time::format(pattern, zone)?;
    Ok(scalar_of(&udf, [value], DataType::Utf8))
}

fn month_name(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let value = cast::coerced(&date(call, 0, scope)?, &LOCAL, scope)?;
    formatted(value, "MMM", scope)
}

fn day_name(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let value = cast::coerced(&date(call, 0, scope)?, &LOCAL, scope)?;
    formatted(value, "E", scope)
}

fn date_format(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value, pattern] = call.arguments()?;
    if Kind::of(value.data_type(scope)?) == Kind::Time {
        let pattern = constant_pattern(pattern)?;
        time::check_time_pattern(call, &pattern)?;
        let value = scalar_of(&time::TIME_OF_EPOCH, [value.clone()], LOCAL);
        return formatted(value, &pattern, scope);
    }
    let value = timestamp(call, 0, scope)?;
    formatted(value, &constant_pattern(pattern)?, scope)
}

fn from_unixtime(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let pattern = match call.arguments.as_slice() {
        [_] => "yyyy-MM-dd HH:mm:ss".to_owned(),
        [_, pattern] => constant_pattern(pattern)?,
        _ => return Err(call.wrong_number("[1, 2]")),
    };
    let seconds = implicit(call, 0, &DataType::Int64, scope)?;
    let value = cast::cast(seconds, &zoned(scope), cast::session_mode(scope), scope)?;
    let text = formatted(value, &pattern, scope)?;
    Ok(scalar_of(&known::MAYBE, [text], DataType::Utf8))
}

/// `months_between(end, start, roundOff?)`.
fn months_between(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if !(2..=3).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[2, 3]"));
    }
    let local = |at| {
        let value = implicit(call, at, &zoned(scope), scope)?;
        Ok::<_, Error>(cast::local(value))
    };
    let round = match call.arguments.get(2) {
        Some(_) => implicit(call, 2, &DataType::Boolean, scope)?,
        None => Typed::literal(true.into()),
    };
    debug_assert_eq!(canonical(&LOCAL), LOCAL);
    Ok(scalar_of(&time::MONTHS_BETWEEN, [local(0)?, local(1)?, round], DataType::Float64))
}
