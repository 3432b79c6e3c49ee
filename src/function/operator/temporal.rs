//! Arithmetic on dates, timestamps and intervals.

use datafusion::arrow::datatypes::{DataType, IntervalUnit, TimeUnit};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{ExprSchemable, Operator};

use super::{binary, both, span};
use crate::error::{Error, Result};
use crate::function::call::{FunctionCall, scalar, scalar_of, unexpected_type};
use crate::function::coerce::{Kind, canonical};
use crate::function::operator::arithmetic::Mode;
use crate::function::udf::arithmetic::Op;
use crate::function::udf::time::{BY_DAYS, SpanOp};
use crate::function::udf::{self, known};
use crate::function::{Typed, cast};
use crate::planner::scope::Scope;

const MICROS_PER_DAY: i64 = 86_400_000_000;
const DURATION: DataType = DataType::Duration(TimeUnit::Microsecond);
/// The fields of an interval of days.
const DAYS: (i32, i32) = (0, 0);
const NTZ: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

/// The operation, if its operands are of times and intervals; none if Spark
/// refuses it.
pub(super) fn plan(
    call: &FunctionCall,
    op: Op,
    mode: Mode,
    scope: &Scope<'_>,
) -> Result<Option<Typed>> {
    let [left, right] = call.arguments()?;
    let kinds = [left, right].map(|side| side.data_type(scope).map(Kind::of));
    let [a, b] = kinds;
    match (op, a?, b?) {
        (Op::Add | Op::Subtract, Kind::String, Kind::DayTime | Kind::Calendar)
        | (Op::Add, Kind::DayTime | Kind::Calendar, Kind::String) => {
            Err(Error::unsupported("function.+.string_and_interval"))
        }
        (_, Kind::Time, b) if may_move_time(op, b) => Err(no_time_type()),
        (Op::Add, a, Kind::Time) if may_move_time(op, a) => Err(no_time_type()),
        (Op::Multiply, a, b) if a.is_interval() || b.is_interval() => {
            let (interval, number) = if a.is_interval() { (left, right) } else { (right, left) };
            span::scaled(call, SpanOp::Multiply, interval, number, mode, scope).map(Some)
        }
        (Op::Divide, a, _) if a.is_interval() => {
            span::scaled(call, SpanOp::Divide, left, right, mode, scope).map(Some)
        }
        (Op::IntegralDivide, Kind::DayTime, Kind::DayTime)
        | (Op::IntegralDivide, Kind::YearMonth, Kind::YearMonth) => {
            Ok(Some(span::quotient(left, right, mode)))
        }
        (Op::IntegralDivide, Kind::DayTime | Kind::YearMonth, Kind::Null) => {
            Ok(Some(Typed::literal(ScalarValue::Int64(None))))
        }
        (Op::Add | Op::Subtract, a, Kind::Null) => beside_null(op, left, a, scope),
        (Op::Add | Op::Subtract, Kind::Null, b) => beside_null(op, right, b, scope),
        (Op::Add, a, b) if is_span(a) && a == b => {
            span::sum(SpanOp::Add, left, right, mode, scope).map(Some)
        }
        (Op::Subtract, a, b) if is_span(a) && a == b => {
            span::sum(SpanOp::Subtract, left, right, mode, scope).map(Some)
        }
        (Op::Add, a, b) => maybe(add(call, (left, a), (right, b), scope), mode),
        (Op::Subtract, a, b) => maybe(subtract(call, (left, a), (right, b), scope), mode),
        _ => Ok(None),
    }
}

/// What the `try` forms give may be NULL.
fn maybe(moved: Result<Option<Typed>>, mode: Mode) -> Result<Option<Typed>> {
    Ok(match (moved?, mode) {
        (Some(value), Mode::Try) => Some(scalar(&known::MAYBE, [value])),
        (value, _) => value,
    })
}

/// Intervals of months, or of days.
fn is_span(kind: Kind) -> bool {
    matches!(kind, Kind::DayTime | Kind::YearMonth)
}

fn may_move_time(op: Op, by: Kind) -> bool {
    matches!((op, by), (Op::Add | Op::Subtract, Kind::DayTime) | (Op::Subtract, Kind::Time))
}

/// As Spark answers while the type is not enabled.
fn no_time_type() -> Error {
    Error::analysis(crate::error::Condition::UNSUPPORTED_TIME_TYPE, [])
}

/// NULL plus or minus a time or an interval: NULL of the type that Spark gives it.
fn beside_null(op: Op, other: &Typed, kind: Kind, scope: &Scope<'_>) -> Result<Option<Typed>> {
    let own = canonical(other.data_type(scope)?);
    let data_type = match (op, kind) {
        (_, Kind::DayTime | Kind::YearMonth) => own,
        (Op::Add, Kind::Timestamp | Kind::TimestampNtz) => own,
        (Op::Add, Kind::Date) => {
            DataType::Timestamp(TimeUnit::Microsecond, Some(session_zone(scope)))
        }
        (_, Kind::Date | Kind::Timestamp | Kind::TimestampNtz) => DURATION,
        _ => return Ok(None),
    };
    Ok(Some(Typed::literal(ScalarValue::try_from(&data_type)?)))
}

type Side<'a> = (&'a Typed, Kind);

fn add(
    call: &FunctionCall,
    (left, a): Side<'_>,
    (right, b): Side<'_>,
    scope: &Scope<'_>,
) -> Result<Option<Typed>> {
    let moved = match (a, b) {
        (_, _) if a.is_interval() && a == b => Some(intervals(left, Operator::Plus, right, scope)?),
        _ if is_point(a) => shifted(call, (left, a), (right, b, 1), false, scope)?,
        _ if is_point(b) => shifted(call, (right, b), (left, a, 0), false, scope)?,
        _ => None,
    };
    Ok(moved)
}

fn subtract(
    call: &FunctionCall,
    (left, a): Side<'_>,
    (right, b): Side<'_>,
    scope: &Scope<'_>,
) -> Result<Option<Typed>> {
    match (a, b) {
        _ if a.is_interval() && a == b => intervals(left, Operator::Minus, right, scope).map(Some),
        (Kind::Date, Kind::Date | Kind::String) | (Kind::String, Kind::Date) => {
            days_between(left, right, scope).map(Some)
        }
        (Kind::TimestampNtz | Kind::Timestamp, _) if is_point(b) || b == Kind::String => {
            time_between(left, right, scope).map(Some)
        }
        (_, Kind::TimestampNtz | Kind::Timestamp) if is_point(a) || a == Kind::String => {
            time_between(left, right, scope).map(Some)
        }
        _ if is_point(a) => shifted(call, (left, a), (right, b, 1), true, scope),
        _ => Ok(None),
    }
}

fn is_point(kind: Kind) -> bool {
    matches!(kind, Kind::Date | Kind::Timestamp | Kind::TimestampNtz)
}

fn intervals(left: &Typed, op: Operator, right: &Typed, scope: &Scope<'_>) -> Result<Typed> {
    let common = canonical(left.data_type(scope)?);
    let (left, right) = both(left, right, &common, scope)?;
    Ok(binary(left, op, right, common))
}

/// A date or timestamp, moved by days or an interval: the argument at `at`.
fn shifted(
    call: &FunctionCall,
    (point, kind): Side<'_>,
    (by, by_kind, at): (&Typed, Kind, usize),
    back: bool,
    scope: &Scope<'_>,
) -> Result<Option<Typed>> {
    let own = canonical(point.data_type(scope)?);
    let point = cast::coerced(point, &own, scope)?;
    let operator = if back { Operator::Minus } else { Operator::Plus };
    match (kind, by_kind) {
        (_, Kind::YearMonth | Kind::Calendar) => Ok(Some(binary(point, operator, by.clone(), own))),
        (Kind::Date, Kind::DayTime) if is_whole_days(by, scope)? => {
            let days = whole_days(by, scope)?;
            Ok(Some(moved_by_days(point, days, back)))
        }
        (Kind::Date, Kind::DayTime) => {
            let zone = DataType::Timestamp(TimeUnit::Microsecond, Some(session_zone(scope)));
            let point = cast::coerced(&point, &zone, scope)?;
            Ok(Some(binary(point, operator, day_time(by), zone)))
        }
        (_, Kind::DayTime) => Ok(Some(binary(point, operator, day_time(by), own))),
        (Kind::Date, Kind::Integral) if is_day_count(by, scope)? => {
            let days = cast::coerced(by, &DataType::Int32, scope)?;
            Ok(Some(moved_by_days(point, days, back)))
        }
        (Kind::Date, _) => {
            Err(unexpected_type(call, at, "INT\" or \"SMALLINT\" or \"TINYINT", scope))
        }
        _ => Ok(None),
    }
}

pub(super) fn session_zone(scope: &Scope<'_>) -> std::sync::Arc<str> {
    scope.planner().session().time_zone()
}

/// Spark takes days as INT at most.
fn is_day_count(by: &Typed, scope: &Scope<'_>) -> Result<bool> {
    Ok(matches!(
        by.data_type(scope)?,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16
    ))
}

/// An interval with its days apart, so that they are days of the time zone's calendar.
fn day_time(by: &Typed) -> Typed {
    let Some(ScalarValue::DurationMicrosecond(Some(micros))) = by.as_literal() else {
        let by_days = DataType::Interval(IntervalUnit::MonthDayNano);
        return scalar_of(&BY_DAYS, [by.clone()], by_days);
    };
    let (days, rest) = (micros / MICROS_PER_DAY, micros % MICROS_PER_DAY);
    match i32::try_from(days) {
        Ok(days) => Typed::literal(ScalarValue::new_interval_mdn(0, days, rest * 1000)),
        Err(_) => by.clone(),
    }
}

/// Whether the interval's Spark type is `INTERVAL DAY`, which moves a date to a
/// date.
fn is_whole_days(by: &Typed, scope: &Scope<'_>) -> Result<bool> {
    let metadata = by.expr().metadata(scope.df_schema().as_ref())?;
    let spark_type = metadata.inner().get(crate::types::TYPE_KEY).map(String::as_str);
    Ok(spark_type == Some("interval day"))
}

/// The days of an interval that has nothing else.
fn whole_days(by: &Typed, scope: &Scope<'_>) -> Result<Typed> {
    if let Some(ScalarValue::DurationMicrosecond(Some(micros))) = by.as_literal()
        && let Ok(days) = i32::try_from(micros / MICROS_PER_DAY)
    {
        return Ok(Typed::literal(ScalarValue::Int32(Some(days))));
    }
    let micros = cast::plain(by.clone(), &DataType::Int64);
    let per_day = Typed::literal(ScalarValue::Int64(Some(MICROS_PER_DAY)));
    let days = binary(micros, Operator::Divide, per_day, DataType::Int64);
    cast::coerced(&cast::plain(days, &DataType::Int32), &DataType::Int32, scope)
}

fn moved_by_days(date: Typed, days: Typed, back: bool) -> Typed {
    if let Some(ScalarValue::Int32(Some(days))) = days.as_literal() {
        let interval = Typed::literal(ScalarValue::new_interval_mdn(0, *days, 0));
        let operator = if back { Operator::Minus } else { Operator::Plus };
        return binary(date, operator, interval, DataType::Date32);
    }
    let udf = if back {
        datafusion_spark::function::datetime::date_sub()
    } else {
        datafusion_spark::function::datetime::date_add()
    };
    scalar_of(&udf, [date, days], DataType::Date32)
}

fn days_between(left: &Typed, right: &Typed, scope: &Scope<'_>) -> Result<Typed> {
    let (left, right) = both(left, right, &DataType::Date32, scope)?;
    let number = |date: Typed| cast::plain(cast::plain(date, &DataType::Int32), &DataType::Int64);
    let days = binary(number(left), Operator::Minus, number(right), DataType::Int64);
    let interval = udf::cast::interval::function(DURATION, DAYS, cast::CastMode::Ansi);
    Ok(scalar_of(&interval, [days], DURATION))
}

/// The time between two local times, as Spark counts it.
fn time_between(left: &Typed, right: &Typed, scope: &Scope<'_>) -> Result<Typed> {
    let (left, right) = (local(left, scope)?, local(right, scope)?);
    Ok(binary(left, Operator::Minus, right, DURATION))
}

fn local(value: &Typed, scope: &Scope<'_>) -> Result<Typed> {
    let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some(session_zone(scope)));
    let value = match Kind::of(value.data_type(scope)?) {
        Kind::String => cast::coerced(value, &zoned, scope)?,
        _ => value.clone(),
    };
    // As the clock of the session shows it: days need not have 24 hours.
    cast::coerced(&value, &NTZ, scope)
}
