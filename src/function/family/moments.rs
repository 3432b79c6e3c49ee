//! Times made of parts, moved between zones, and counted in units.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, IntervalUnit, TimeUnit};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::ScalarUDF;

use super::Family;
use crate::error::{Condition, Error, Result};
use crate::function::call::{FunctionCall, implicit, scalar_of, unexpected_type};
use crate::function::coerce::Kind;
use crate::function::table::Build::Custom;
use crate::function::udf::known;
use crate::function::udf::time;
use crate::function::{CastMode, Typed, cast};
use crate::planner::scope::Scope;

pub(super) const TABLE: Family = &[
    ("from_utc_timestamp", Custom(from_utc)),
    ("to_utc_timestamp", Custom(to_utc)),
    ("convert_timezone", Custom(convert_timezone)),
    ("timestampadd", Custom(timestamp_add)),
    ("timestamp_add", Custom(timestamp_add)),
    ("timestampdiff", Custom(timestamp_diff)),
    ("timestamp_diff", Custom(timestamp_diff)),
    ("make_timestamp", Custom(make_timestamp)),
    ("make_timestamp_ltz", Custom(make_timestamp)),
    ("try_make_timestamp", Custom(try_make_timestamp)),
    ("try_make_timestamp_ltz", Custom(try_make_timestamp)),
    ("make_timestamp_ntz", Custom(make_timestamp_ntz)),
    ("try_make_timestamp_ntz", Custom(try_make_timestamp_ntz)),
    ("make_ym_interval", Custom(make_ym_interval)),
    ("make_dt_interval", Custom(make_dt_interval)),
    ("make_interval", Custom(make_interval)),
    ("try_make_interval", Custom(try_make_interval)),
    ("try_to_date", Custom(try_to_date)),
    ("try_to_timestamp", Custom(try_to_timestamp)),
    ("make_time", Custom(no_time)),
    ("to_time", Custom(no_time)),
    ("try_to_time", Custom(no_time)),
    ("time_diff", Custom(no_time)),
    ("time_trunc", Custom(no_time)),
    ("time_from_seconds", Custom(no_time)),
    ("time_from_millis", Custom(no_time)),
    ("time_from_micros", Custom(no_time)),
    ("time_to_seconds", Custom(no_time)),
    ("time_to_millis", Custom(no_time)),
    ("time_to_micros", Custom(no_time)),
    ("time", Custom(no_time)),
];

const LOCAL: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

/// Seconds in decimals, as parts of times and intervals.
const SECONDS: DataType = DataType::Decimal128(16, 6);

fn zoned(scope: &Scope<'_>) -> DataType {
    let zone = scope.planner().session().time_zone();
    DataType::Timestamp(TimeUnit::Microsecond, Some(zone))
}

/// As Spark answers while the type TIME is not enabled.
fn no_time(call: &FunctionCall, _scope: &Scope<'_>) -> Result<Typed> {
    let counts: &[usize] = match call.name.to_ascii_lowercase().as_str() {
        "make_time" | "time_diff" => &[3],
        "to_time" | "try_to_time" => &[1, 2],
        "time_trunc" => &[2],
        _ => &[1],
    };
    if !counts.contains(&call.arguments.len()) {
        let counts: Vec<_> = counts.iter().map(ToString::to_string).collect();
        return Err(match counts.as_slice() {
            [only] => call.wrong_number(only),
            several => call.wrong_number(&format!("[{}]", several.join(", "))),
        });
    }
    Err(Error::analysis(Condition::UNSUPPORTED_TIME_TYPE, []))
}

fn from_utc(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    shifted(call, &time::FROM_UTC, scope)
}

fn to_utc(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    shifted(call, &time::TO_UTC, scope)
}

fn shifted(call: &FunctionCall, udf: &Arc<ScalarUDF>, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _] = call.arguments()?;
    let to = zoned(scope);
    let value = implicit(call, 0, &to, scope)?;
    let zone = implicit(call, 1, &DataType::Utf8, scope)?;
    Ok(scalar_of(udf, [value, zone], to))
}

/// `convert_timezone(from?, to, time)`: from the session's zone by default.
fn convert_timezone(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let mut call = call.clone();
    match call.arguments.len() {
        2 => {
            let own = scope.planner().session().time_zone();
            call.arguments.insert(0, Typed::literal(own.as_ref().into()));
        }
        3 => {}
        _ => return Err(call.wrong_number("[2, 3]")),
    }
    let arguments = [
        implicit(&call, 0, &DataType::Utf8, scope)?,
        implicit(&call, 1, &DataType::Utf8, scope)?,
        implicit(&call, 2, &LOCAL, scope)?,
    ];
    Ok(scalar_of(&time::CONVERT, arguments, LOCAL))
}

/// A time of either kind.
fn moment(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
    match call.arguments.get(at).map(|value| value.data_type(scope).map(Kind::of)) {
        Some(Ok(Kind::TimestampNtz)) => Ok(call.arguments[at].clone()),
        _ => implicit(call, at, &zoned(scope), scope),
    }
}

fn timestamp_add(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _, _] = call.arguments()?;
    let unit = implicit(call, 0, &DataType::Utf8, scope)?;
    let count = implicit(call, 1, &DataType::Int64, scope)?;
    let time = moment(call, 2, scope)?;
    let to = time.data_type(scope)?.clone();
    Ok(scalar_of(&time::ADD_UNITS, [unit, count, time], to))
}

fn timestamp_diff(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _, _] = call.arguments()?;
    let unit = implicit(call, 0, &DataType::Utf8, scope)?;
    let to = zoned(scope);
    let (start, end) = (implicit(call, 1, &to, scope)?, implicit(call, 2, &to, scope)?);
    Ok(scalar_of(&time::UNITS_BETWEEN, [unit, start, end], DataType::Int64))
}

fn make_timestamp(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let strict = crate::function::ansi(scope);
    made(call, strict, &[1, 2, 3, 6, 7], true, scope)
}

fn try_make_timestamp(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    made(call, false, &[1, 2, 3, 6, 7], true, scope)
}

fn make_timestamp_ntz(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    made(call, crate::function::ansi(scope), &[2, 6], false, scope)
}

fn try_make_timestamp_ntz(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    made(call, false, &[2, 6], false, scope)
}

/// Of six parts, or of a date and a time, each perhaps with a zone.
fn made(
    call: &FunctionCall,
    strict: bool,
    counts: &[usize],
    with_zone: bool,
    scope: &Scope<'_>,
) -> Result<Typed> {
    call.plain()?;
    let given = call.arguments.len();
    if !counts.contains(&given) {
        let counts: Vec<_> = counts.iter().map(ToString::to_string).collect();
        return Err(call.wrong_number(&format!("[{}]", counts.join(", "))));
    }
    if given == 1 {
        let date = implicit(call, 0, &DataType::Date32, scope)?;
        return cast::coerced(&date, &zoned(scope), scope);
    }
    let parts = given >= 6;
    let takes: Vec<DataType> = match parts {
        true => std::iter::repeat_n(DataType::Int32, 5).chain([SECONDS, DataType::Utf8]).collect(),
        false => vec![DataType::Date32, DataType::Time64(TimeUnit::Nanosecond), DataType::Utf8],
    };
    let arguments = (0..given).zip(&takes).map(|(at, to)| implicit(call, at, to, scope));
    let mut arguments = arguments.collect::<Result<Vec<_>>>()?;
    if with_zone && arguments.len() < takes.len() {
        let own = scope.planner().session().time_zone();
        arguments.push(Typed::literal(own.as_ref().into()));
    }
    let udf = match (parts, strict) {
        (true, true) => &time::MAKE_TIMESTAMP,
        (true, false) => &time::TRY_MAKE_TIMESTAMP,
        (false, _) => &time::DATE_AND_TIME,
    };
    let made = scalar_of(udf, arguments, LOCAL);
    if !with_zone && !parts {
        return Ok(scalar_of(&known::MAYBE, [made], LOCAL));
    }
    if !with_zone {
        return Ok(made);
    }
    // What was made is an instant in UTC.
    let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let whole = cast::plain(made, &DataType::Int64);
    Ok(cast::plain(cast::plain(whole, &utc), &zoned(scope)))
}

/// The parts that were given, and zeros.
fn parts(
    call: &FunctionCall,
    count: usize,
    seconds: Option<DataType>,
    scope: &Scope<'_>,
) -> Result<Vec<Typed>> {
    call.plain()?;
    if call.arguments.len() > count {
        let counts: Vec<_> = (0..=count).map(|count| count.to_string()).collect();
        return Err(call.wrong_number(&format!("[{}]", counts.join(", "))));
    }
    let parts = (0..count).map(|at| {
        let to = match &seconds {
            Some(seconds) if at + 1 == count => seconds,
            _ => &DataType::Int32,
        };
        match call.arguments.get(at) {
            Some(_) => implicit(call, at, to, scope),
            None => Ok(Typed::literal(ScalarValue::new_zero(to)?)),
        }
    });
    parts.collect()
}

fn make_ym_interval(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let parts = parts(call, 2, None, scope)?;
    Ok(scalar_of(&time::YEAR_MONTH, parts, DataType::Interval(IntervalUnit::YearMonth)))
}

fn make_dt_interval(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let parts = parts(call, 4, Some(DataType::Decimal128(18, 6)), scope)?;
    Ok(scalar_of(&time::DAY_TIME, parts, DataType::Duration(TimeUnit::Microsecond)))
}

const CALENDAR: DataType = DataType::Interval(IntervalUnit::MonthDayNano);

fn make_interval(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let parts = parts(call, 7, Some(DataType::Decimal128(18, 6)), scope)?;
    let udf = match crate::function::ansi(scope) {
        true => &time::CALENDAR,
        false => &time::TRY_CALENDAR,
    };
    Ok(scalar_of(udf, parts, CALENDAR))
}

fn try_make_interval(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if call.arguments.is_empty() {
        return Err(call.wrong_number("[1, 2, 3, 4, 5, 6, 7]"));
    }
    let parts = parts(call, 7, Some(DataType::Decimal128(18, 6)), scope)?;
    Ok(scalar_of(&time::TRY_CALENDAR, parts, CALENDAR))
}

fn try_to_date(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let takes = "STRING\" or \"DATE\" or \"TIMESTAMP\" or \"TIMESTAMP_NTZ";
    tried(call, DataType::Date32, takes, false, scope)
}

fn try_to_timestamp(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let takes = "STRING\" or \"DATE\" or \"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or \"NUMERIC";
    tried(call, zoned(scope), takes, true, scope)
}

fn tried(
    call: &FunctionCall,
    to: DataType,
    takes: &str,
    numbers: bool,
    scope: &Scope<'_>,
) -> Result<Typed> {
    call.plain()?;
    let Some(value) = call.arguments.first().filter(|_| call.arguments.len() <= 2) else {
        return Err(call.wrong_number("[1, 2]"));
    };
    match Kind::of(value.data_type(scope)?) {
        Kind::String | Kind::Null | Kind::Date | Kind::Timestamp | Kind::TimestampNtz => {}
        kind if numbers && kind.is_numeric() => {}
        _ => return Err(unexpected_type(call, 0, takes, scope)),
    }
    super::datetime::converted(call, &to, CastMode::Try, scope)
}
