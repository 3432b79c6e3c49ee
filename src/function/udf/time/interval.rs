//! Intervals made of parts.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, DurationMicrosecondArray, IntervalMonthDayNanoArray,
    IntervalYearMonthArray,
};
use datafusion::arrow::datatypes::{
    DataType, Decimal128Type, DurationMicrosecondType, Int32Type, IntervalMonthDayNano,
    IntervalUnit, TimeUnit,
};
use datafusion::common::Result;

use super::super::kernel::kernels;
use super::super::text::strings;
use crate::error::{Condition, Error};
use crate::function::Typed;
use crate::sql;

kernels! {
    YEAR_MONTH "spark_make_ym_interval" Propagate DataType::Interval(IntervalUnit::YearMonth), |arrays, rows| {
        let months = (0..rows).map(|row| strict(year_month(arrays, row)));
        Ok(Arc::new(months.collect::<Result<IntervalYearMonthArray>>()?) as ArrayRef)
    };
    DAY_TIME "spark_make_dt_interval" Propagate DataType::Duration(TimeUnit::Microsecond), |arrays, rows| {
        let micros = (0..rows).map(|row| strict(day_time(arrays, row)));
        Ok(Arc::new(micros.collect::<Result<DurationMicrosecondArray>>()?) as ArrayRef)
    };
    CALENDAR "spark_make_interval" Propagate DataType::Interval(IntervalUnit::MonthDayNano), |arrays, rows| {
        let parts = (0..rows).map(|row| strict(calendar(arrays, row)));
        Ok(Arc::new(parts.collect::<Result<IntervalMonthDayNanoArray>>()?) as ArrayRef)
    };
    BY_DAYS "spark_interval_by_days" Propagate DataType::Interval(IntervalUnit::MonthDayNano), |arrays, _| {
        let micros = arrays[0].as_primitive::<DurationMicrosecondType>().iter();
        let parts = micros.map(|micros| micros.map(by_days).transpose());
        Ok(Arc::new(parts.collect::<Result<IntervalMonthDayNanoArray>>()?) as ArrayRef)
    };
    FROM_TEXT "spark_interval_from_text" Always DataType::Interval(IntervalUnit::MonthDayNano), |arrays, _| {
        let texts = strings(&arrays[0])?;
        let parts = texts.iter().map(|text| text.and_then(parsed));
        Ok(Arc::new(parts.collect::<IntervalMonthDayNanoArray>()) as ArrayRef)
    };
    TRY_CALENDAR "spark_try_make_interval" Always DataType::Interval(IntervalUnit::MonthDayNano), |arrays, rows| {
        let parts = (0..rows).map(|row| calendar(arrays, row).flatten());
        Ok(Arc::new(parts.collect::<IntervalMonthDayNanoArray>()) as ArrayRef)
    };
}

/// A text as an interval of months, days and time; NULL if it is none.
pub(crate) fn to_calendar(text: Typed) -> Typed {
    Typed::from(FROM_TEXT.call(vec![text.into_expr()]))
}

const MICROS_PER_DAY: i64 = 86_400_000_000;

fn by_days(micros: i64) -> Result<IntervalMonthDayNano> {
    let Ok(days) = i32::try_from(micros / MICROS_PER_DAY) else {
        return Err(Error::analysis(Condition::INTERVAL_ARITHMETIC_OVERFLOW, []).into());
    };
    Ok(IntervalMonthDayNano::new(0, days, micros % MICROS_PER_DAY * 1_000))
}

fn parsed(text: &str) -> Option<IntervalMonthDayNano> {
    let interval = sql::interval_of(text)?;
    let nanos = interval.micros.checked_mul(1_000)?;
    Some(IntervalMonthDayNano::new(interval.months, interval.days, nanos))
}

/// None inside of none for NULL; none for what does not fit.
type Part<T> = Option<Option<T>>;

fn strict<T>(part: Part<T>) -> Result<Option<T>> {
    part.ok_or_else(|| Error::analysis(Condition::INTERVAL_ARITHMETIC_OVERFLOW, []).into())
}

fn missing(arrays: &[ArrayRef], row: usize) -> bool {
    arrays.iter().any(|array| array.is_null(row))
}

fn int(arrays: &[ArrayRef], at: usize, row: usize) -> i64 {
    i64::from(arrays[at].as_primitive::<Int32Type>().value(row))
}

/// Seconds with six digits after the point.
fn micros(array: &ArrayRef, row: usize) -> Option<i64> {
    i64::try_from(array.as_primitive::<Decimal128Type>().value(row)).ok()
}

fn year_month(arrays: &[ArrayRef], row: usize) -> Part<i32> {
    if missing(arrays, row) {
        return Some(None);
    }
    i32::try_from(int(arrays, 0, row) * 12 + int(arrays, 1, row)).ok().map(Some)
}

/// Days, hours, minutes and seconds.
fn day_time(arrays: &[ArrayRef], row: usize) -> Part<i64> {
    if missing(arrays, row) {
        return Some(None);
    }
    let minutes = (int(arrays, 0, row) * 24 + int(arrays, 1, row)) * 60 + int(arrays, 2, row);
    let seconds = micros(&arrays[3], row)?;
    minutes.checked_mul(60_000_000)?.checked_add(seconds).map(Some)
}

/// Years, months, weeks, days, hours, minutes and seconds.
fn calendar(arrays: &[ArrayRef], row: usize) -> Part<IntervalMonthDayNano> {
    if missing(arrays, row) {
        return Some(None);
    }
    let months = i32::try_from(int(arrays, 0, row) * 12 + int(arrays, 1, row)).ok()?;
    let days = i32::try_from(int(arrays, 2, row) * 7 + int(arrays, 3, row)).ok()?;
    let minutes = int(arrays, 4, row) * 60 + int(arrays, 5, row);
    let micros = minutes.checked_mul(60_000_000)?.checked_add(micros(&arrays[6], row)?)?;
    Some(Some(IntervalMonthDayNano::new(months, days, micros.checked_mul(1_000)?)))
}
