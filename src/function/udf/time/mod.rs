//! Functions of dates and timestamps.

mod bucket;
mod day;
mod interval;
mod letters;
pub(crate) mod part;
mod pattern;
mod sequence;
mod span;
mod truncate;
pub(crate) mod window;
mod zones;

use std::sync::Arc;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array,
};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use datafusion::common::{Result, exec_err};

use super::kernel::kernels;
use crate::error::{Condition, Error};

pub(crate) use pattern::{DatePattern, format, parse};

pub(crate) use bucket::BUCKET;
pub(crate) use day::{TIME_OF_EPOCH, check_time_pattern};
pub(crate) use interval::to_calendar;
pub(crate) use interval::{BY_DAYS, CALENDAR, DAY_TIME, TRY_CALENDAR, YEAR_MONTH};
pub(crate) use sequence::TIMES as SEQUENCE;
pub(crate) use span::{LENGTH, SpanOp, span_function};
pub(crate) use truncate::{DATE_TRUNC, TRUNC, instant};
pub(crate) use zones::{
    ADD_UNITS, CONVERT, DATE_AND_TIME, FROM_UTC, LOCAL_TIME, MAKE_TIMESTAMP, TO_UTC,
    TRY_MAKE_TIMESTAMP, UNITS_BETWEEN, local_times,
};

super::rows::row_functions! {
    NEXT_DAY "spark_next_day" Always Skip super::rows::Day, |row| next_day(row, true);
    LEGACY_NEXT_DAY "spark_legacy_next_day" Always Skip super::rows::Day, |row| {
        next_day(row, false)
    };
}

fn next_day(row: &super::rows::Row<'_>, strict: bool) -> Result<Option<super::rows::Day>> {
    let wanted = match row.text(1).trim().to_ascii_uppercase().as_str() {
        "MO" | "MON" | "MONDAY" => 0,
        "TU" | "TUE" | "TUESDAY" => 1,
        "WE" | "WED" | "WEDNESDAY" => 2,
        "TH" | "THU" | "THURSDAY" => 3,
        "FR" | "FRI" | "FRIDAY" => 4,
        "SA" | "SAT" | "SATURDAY" => 5,
        "SU" | "SUN" | "SUNDAY" => 6,
        _ if strict => {
            let day = row.text(1).to_owned();
            return Err(Error::analysis(Condition::ILLEGAL_DAY_OF_WEEK, [("string", day)]).into());
        }
        _ => return Ok(None),
    };
    // Day 0 was a Thursday.
    let from = row.date(0);
    let ahead = (wanted - (from + 3)).rem_euclid(7);
    Ok(Some(super::rows::Day(from + if ahead == 0 { 7 } else { ahead })))
}

/// Days from the first day of the common era to 1970-01-01.
const EPOCH: i32 = 719_163;

fn date_of(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(days.checked_add(EPOCH)?)
}

pub(crate) fn days_of(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - EPOCH
}

/// A timestamp in ISO 8601, with the offset of its zone.
pub(super) fn iso(micros: i64, zone: Option<Tz>) -> String {
    use chrono::Offset;
    let Some(local) = local_time(micros, zone) else { return String::new() };
    let text = local.format("%Y-%m-%dT%H:%M:%S").to_string();
    let rest = micros.rem_euclid(1_000_000);
    let fraction = match rest % 1_000 {
        0 => format!(".{:03}", rest / 1_000),
        _ => format!(".{rest:06}").trim_end_matches('0').to_owned(),
    };
    let offset = zone.and_then(|zone| {
        let utc = chrono::DateTime::from_timestamp_micros(micros)?;
        Some(utc.with_timezone(&zone).offset().fix().local_minus_utc())
    });
    match offset {
        None => format!("{text}{fraction}"),
        Some(0) => format!("{text}{fraction}Z"),
        Some(offset) => {
            let sign = if offset < 0 { '-' } else { '+' };
            let minutes = offset.abs() / 60;
            format!("{text}{fraction}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    }
}

/// A timestamp's time on the clock of its zone.
pub(crate) fn local_time(micros: i64, zone: Option<Tz>) -> Option<NaiveDateTime> {
    let utc = chrono::DateTime::from_timestamp_micros(micros)?;
    Some(match zone {
        Some(zone) => utc.with_timezone(&zone).naive_local(),
        None => utc.naive_utc(),
    })
}

fn zone_of(data_type: &DataType) -> Result<Option<Tz>> {
    match data_type {
        DataType::Timestamp(_, Some(zone)) => Ok(Some(zone.parse::<Tz>()?)),
        _ => Ok(None),
    }
}

kernels! {
    WEEKDAY "spark_weekday" Propagate DataType::Int32, weekday;
    SECONDS "spark_seconds" Propagate DataType::Decimal128(8, 6), seconds;
    MAKE_DATE "spark_make_date" Propagate DataType::Date32, make_date;
    EPOCH_FUNCTION "spark_epoch" Propagate DataType::Int64, epoch;
    MONTHS_BETWEEN "spark_months_between" Propagate DataType::Float64, months_between;
}

fn weekday(arrays: &[ArrayRef], _: usize) -> Result<ArrayRef> {
    let days = arrays[0].as_primitive::<Date32Type>();
    // Day 0 was a Thursday.
    let weekdays: Int32Array = days.iter().map(|d| d.map(|d| (d + 3).rem_euclid(7))).collect();
    Ok(Arc::new(weekdays))
}

/// Seconds of the minute with their fraction.
fn seconds(arrays: &[ArrayRef], _: usize) -> Result<ArrayRef> {
    let micros = arrays[0].as_primitive::<TimestampMicrosecondType>();
    let zone = zone_of(arrays[0].data_type())?;
    let seconds: Decimal128Array = micros
        .iter()
        .map(|value| {
            let time = local_time(value?, zone)?;
            Some(i128::from(time.second()) * 1_000_000 + i128::from(time.nanosecond() / 1000))
        })
        .collect();
    Ok(Arc::new(seconds.with_precision_and_scale(8, 6)?))
}

fn make_date(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let [years, months, days] = arrays else { return exec_err!("three arguments are needed") };
    let [years, months, days] = [years, months, days].map(|a| a.as_primitive::<Int32Type>());
    let dates = (0..rows).map(|row| {
        if years.is_null(row) || months.is_null(row) || days.is_null(row) {
            return Ok(None);
        }
        let (year, month, day) = (years.value(row), months.value(row), days.value(row));
        let date = u32::try_from(month).ok().zip(u32::try_from(day).ok());
        let date = date.and_then(|(month, day)| NaiveDate::from_ymd_opt(year, month, day));
        match date {
            Some(date) => Ok(Some(days_of(date))),
            None => Err(Error::analysis(
                Condition::DATETIME_FIELD_OUT_OF_BOUNDS,
                [
                    ("rangeMessage", format!("{year}-{month}-{day} is no date")),
                    ("ansiConfig", "\"spark.sql.ansi.enabled\"".to_owned()),
                ],
            )
            .into()),
        }
    });
    Ok(Arc::new(dates.collect::<Result<Date32Array>>()?))
}

fn epoch(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let micros = arrays[0].as_primitive::<TimestampMicrosecondType>();
    let units = arrays[1].as_primitive::<Int64Type>();
    let unit = if rows == 0 { 1 } else { units.value(0) };
    let whole: Int64Array = micros.iter().map(|v| v.map(|v| v.div_euclid(unit))).collect();
    Ok(Arc::new(whole))
}

fn months_between(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let ends = arrays[0].as_primitive::<TimestampMicrosecondType>();
    let starts = arrays[1].as_primitive::<TimestampMicrosecondType>();
    let rounds = arrays[2].as_boolean();
    let months: Float64Array = (0..rows)
        .map(|row| {
            if ends.is_null(row) || starts.is_null(row) || rounds.is_null(row) {
                return None;
            }
            let end = local_time(ends.value(row), None)?;
            let start = local_time(starts.value(row), None)?;
            let months = months_apart(end, start);
            Some(if rounds.value(row) { (months * 1e8).round() / 1e8 } else { months })
        })
        .collect();
    Ok(Arc::new(months))
}

/// Whole months between same days or last days of months, else with a fraction of
/// months that have 31 days.
fn months_apart(end: NaiveDateTime, start: NaiveDateTime) -> f64 {
    let months = |time: NaiveDateTime| i64::from(time.year()) * 12 + i64::from(time.month0());
    let whole = (months(end) - months(start)) as f64;
    let last = |time: NaiveDateTime| {
        time.date().succ_opt().is_none_or(|next| next.month() != time.month())
    };
    if end.day() == start.day() || (last(end) && last(start)) {
        return whole;
    }
    let within = |time: NaiveDateTime| {
        i64::from(time.day()) * 86_400 + i64::from(time.num_seconds_from_midnight())
    };
    whole + (within(end) - within(start)) as f64 / (31.0 * 86_400.0)
}
