//! `trunc` and `date_trunc`.

use std::sync::{Arc, LazyLock};

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, Offset, TimeZone};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Date32Array, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::{DataType, Date32Type, TimestampMicrosecondType};
use datafusion::common::Result;
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::super::{Kernel, Nulls, evaluated, udf};
use super::{date_of, days_of, local_time, zone_of};

pub(crate) static TRUNC: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_trunc",
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        returns: |_| Ok(DataType::Date32),
        run: |args| evaluated(&args, trunc),
    })
});

pub(crate) static DATE_TRUNC: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_date_trunc",
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        returns: |args| Ok(args.arg_fields[1].data_type().clone()),
        run: |args| evaluated(&args, date_trunc),
    })
});

/// What is left of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    /// A number of microseconds.
    Micros(i64),
}

/// A unit by Spark's names for it.
fn unit(name: &str) -> Option<Unit> {
    Some(match name.to_ascii_uppercase().as_str() {
        "YEAR" | "YYYY" | "YY" => Unit::Year,
        "QUARTER" => Unit::Quarter,
        "MONTH" | "MM" | "MON" => Unit::Month,
        "WEEK" => Unit::Week,
        "DAY" | "DD" => Unit::Day,
        "HOUR" => Unit::Micros(3_600_000_000),
        "MINUTE" => Unit::Micros(60_000_000),
        "SECOND" => Unit::Micros(1_000_000),
        "MILLISECOND" => Unit::Micros(1_000),
        "MICROSECOND" => Unit::Micros(1),
        _ => return None,
    })
}

fn start_of(date: NaiveDate, unit: Unit) -> Option<NaiveDate> {
    match unit {
        Unit::Year => NaiveDate::from_ymd_opt(date.year(), 1, 1),
        Unit::Quarter => NaiveDate::from_ymd_opt(date.year(), date.month0() / 3 * 3 + 1, 1),
        Unit::Month => date.with_day(1),
        Unit::Week => {
            date.checked_sub_days(Days::new(u64::from(date.weekday().num_days_from_monday())))
        }
        Unit::Day | Unit::Micros(_) => Some(date),
    }
}

fn trunc(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let dates = arrays[0].as_primitive::<Date32Type>();
    let units = super::super::text::strings(&arrays[1])?;
    let truncated: Date32Array = (0..rows)
        .map(|row| {
            if dates.is_null(row) || units.is_null(row) {
                return None;
            }
            // Days and less are no units of dates.
            let unit = unit(units.value(row))
                .filter(|unit| !matches!(unit, Unit::Day | Unit::Micros(_)))?;
            start_of(date_of(dates.value(row))?, unit).map(days_of)
        })
        .collect();
    Ok(Arc::new(truncated))
}

fn date_trunc(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let units = super::super::text::strings(&arrays[0])?;
    let times = arrays[1].as_primitive::<TimestampMicrosecondType>();
    let zone = zone_of(arrays[1].data_type())?;
    let truncated: TimestampMicrosecondArray = (0..rows)
        .map(|row| {
            if times.is_null(row) || units.is_null(row) {
                return None;
            }
            start(times.value(row), unit(units.value(row))?, zone)
        })
        .collect();
    Ok(Arc::new(truncated.with_data_type(arrays[1].data_type().clone())))
}

fn start(micros: i64, unit: Unit, zone: Option<Tz>) -> Option<i64> {
    if let Unit::Micros(unit @ ..=60_000_000) = unit {
        return Some(micros - micros.rem_euclid(unit));
    }
    let local = local_time(micros, zone)?;
    let start = match unit {
        Unit::Micros(unit) => {
            let within = local.and_utc().timestamp_micros();
            chrono::DateTime::from_timestamp_micros(within - within.rem_euclid(unit))?.naive_utc()
        }
        unit => start_of(local.date(), unit)?.and_hms_opt(0, 0, 0)?,
    };
    instant(start, zone)
}

/// The instant of a local time.
pub(crate) fn instant(local: NaiveDateTime, zone: Option<Tz>) -> Option<i64> {
    let micros = local.and_utc().timestamp_micros();
    let Some(zone) = zone else { return Some(micros) };
    let offset = zone.offset_from_local_datetime(&local).earliest()?;
    Some(micros - i64::from(offset.fix().local_minus_utc()) * 1_000_000)
}
