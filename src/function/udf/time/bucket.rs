//! `time_bucket`: the start of the bucket that a time falls into.

use std::sync::Arc;

use chrono::{Datelike, NaiveDateTime};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::{
    DataType, DurationMicrosecondType, IntervalUnit, IntervalYearMonthType,
    TimestampMicrosecondType,
};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::super::{Kernel, Nulls, evaluated, udf};
use super::sequence::months_on;
use super::{local_time, truncate, zone_of};
use crate::error::{Condition, Error};

/// Of the size of buckets, a time, and where one of them starts.
pub(crate) static BUCKET: std::sync::LazyLock<Arc<ScalarUDF>> = std::sync::LazyLock::new(|| {
    udf(Kernel {
        name: "spark_time_bucket",
        nulls: Nulls::Propagate,
        volatility: Volatility::Immutable,
        returns: |args| match args.arg_fields.get(1) {
            Some(time) => Ok(time.data_type().clone()),
            None => exec_err!("a time is needed"),
        },
        run: |args| evaluated(&args, buckets),
    })
});

const DAY: i64 = 86_400_000_000;

fn buckets(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let [sizes, times, origins] = arrays else { return exec_err!("three arguments are needed") };
    let zone = zone_of(times.data_type())?;
    let instants = times.as_primitive::<TimestampMicrosecondType>();
    let origins = origins.as_primitive::<TimestampMicrosecondType>();
    let starts = (0..rows).map(|row| {
        if arrays.iter().any(|array| array.is_null(row)) {
            return Ok(None);
        }
        let (time, origin) = (instants.value(row), origins.value(row));
        let start = match sizes.data_type() {
            DataType::Interval(IntervalUnit::YearMonth) => {
                let months = sizes.as_primitive::<IntervalYearMonthType>().value(row);
                of_months(months.into(), time, origin, zone)
            }
            _ => {
                let micros = sizes.as_primitive::<DurationMicrosecondType>().value(row);
                of_micros(micros, time, origin, zone)
            }
        };
        let overflow = || Error::analysis(Condition::INTERVAL_OVERFLOW, []);
        start.map(Some).ok_or_else(|| overflow().into())
    });
    let starts = starts.collect::<Result<TimestampMicrosecondArray>>()?;
    Ok(Arc::new(starts.with_data_type(times.data_type().clone())))
}

/// Buckets of days follow the clock of the zone, shorter ones pass evenly.
fn of_micros(size: i64, time: i64, origin: i64, zone: Option<Tz>) -> Option<i64> {
    let floor = |time: i64, origin: i64| {
        let past = time.checked_sub(origin)?.checked_rem_euclid(size)?;
        time.checked_sub(past)
    };
    if size < DAY {
        return floor(time, origin);
    }
    let local = |time: i64| Some(local_time(time, zone)?.and_utc().timestamp_micros());
    let start = floor(local(time)?, local(origin)?)?;
    truncate::instant(chrono::DateTime::from_timestamp_micros(start)?.naive_utc(), zone)
}

fn of_months(size: i64, time: i64, origin: i64, zone: Option<Tz>) -> Option<i64> {
    let (local, first) = (local_time(time, zone)?, local_time(origin, zone)?);
    let month = |time: NaiveDateTime| i64::from(time.year()) * 12 + i64::from(time.month0());
    let mut bucket = (month(local) - month(first)).checked_div_euclid(size)?;
    let start = |bucket: i64| months_on(first, bucket.checked_mul(size)?);
    if start(bucket)? > local {
        bucket -= 1;
    }
    truncate::instant(start(bucket)?, zone)
}
