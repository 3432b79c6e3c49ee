//! Between time zones, from parts to times, and how far times are apart.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Datelike, Duration, Months, NaiveDate, NaiveDateTime, Offset, TimeZone};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, PrimitiveArray, TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Int32Type, Int64Type, Time64NanosecondType, TimeUnit,
    TimestampMicrosecondType,
};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ReturnFieldArgs, ScalarUDF, Volatility};

use super::super::text::strings;
use super::super::{Kernel, Nulls, evaluated, udf};
use super::{date_of, instant, local_time, zone_of};
use crate::error::{Condition, Error};

const LOCAL: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

/// The zone of a name that Spark knows.
fn zone(name: &str) -> Result<Tz> {
    let known = crate::session::resolve_time_zone(name).and_then(|name| name.parse::<Tz>().ok());
    known.ok_or_else(|| {
        let name = format!("'{name}'");
        Error::analysis(Condition::INVALID_TIMEZONE, [("timeZone", name)]).into()
    })
}

/// The instant of a local time; one that a clock skips is moved behind the gap.
fn instant_of(local: NaiveDateTime, zone: Option<Tz>) -> Option<i64> {
    instant(local, zone).or_else(|| {
        let before = local.checked_sub_signed(Duration::hours(3))?;
        let offset = zone?.offset_from_local_datetime(&before).earliest()?.fix();
        let micros = local.and_utc().timestamp_micros();
        Some(micros - i64::from(offset.local_minus_utc()) * 1_000_000)
    })
}

fn same_as(at: usize) -> impl Fn(&ReturnFieldArgs<'_>) -> Result<DataType> {
    move |args| Ok(args.arg_fields[at].data_type().clone())
}

macro_rules! shifts {
    ($($static:ident $name:literal $nulls:ident $at:literal $work:ident;)*) => {
        $(pub(crate) static $static: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
            udf(Kernel {
                name: $name,
                nulls: Nulls::$nulls,
                volatility: Volatility::Immutable,
                returns: |args| same_as($at)(args),
                run: |args| evaluated(&args, $work),
            })
        });)*
    };
}

shifts! {
    FROM_UTC "spark_from_utc_timestamp" Always 0 from_utc;
    TO_UTC "spark_to_utc_timestamp" Always 0 to_utc;
    CONVERT "spark_convert_timezone" Propagate 2 convert;
    ADD_UNITS "spark_timestampadd" Propagate 2 add_units;
}

fn times(array: &ArrayRef) -> &TimestampMicrosecondArray {
    array.as_primitive::<TimestampMicrosecondType>()
}

fn of_type(values: impl Iterator<Item = Result<Option<i64>>>, to: &DataType) -> Result<ArrayRef> {
    let values = values.collect::<Result<TimestampMicrosecondArray>>()?;
    Ok(Arc::new(values.with_data_type(to.clone())))
}

/// Moves a time by the offset of a zone, in the direction of the sign.
fn from_utc(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let (values, zones) = (times(&arrays[0]), strings(&arrays[1])?);
    let moved = (0..rows).map(|row| {
        if values.is_null(row) || zones.is_null(row) {
            return Ok(None);
        }
        let local = local_time(values.value(row), Some(zone(zones.value(row))?));
        Ok(local.map(|local| local.and_utc().timestamp_micros()))
    });
    of_type(moved, arrays[0].data_type())
}

fn to_utc(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let (values, zones) = (times(&arrays[0]), strings(&arrays[1])?);
    let moved = (0..rows).map(|row| {
        if values.is_null(row) || zones.is_null(row) {
            return Ok(None);
        }
        let zone = zone(zones.value(row))?;
        let utc = DateTime::from_timestamp_micros(values.value(row));
        Ok(utc.and_then(|utc| instant_of(utc.naive_utc(), Some(zone))))
    });
    of_type(moved, arrays[0].data_type())
}

/// `convert_timezone(from, to, time)`.
fn convert(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let (from, to) = (strings(&arrays[0])?, strings(&arrays[1])?);
    let values = times(&arrays[2]);
    let moved = (0..rows).map(|row| {
        if from.is_null(row) || to.is_null(row) || values.is_null(row) {
            return Ok(None);
        }
        let (from, to) = (zone(from.value(row))?, zone(to.value(row))?);
        let local = local_time(values.value(row), None);
        let instant = local.and_then(|local| instant_of(local, Some(from)));
        let moved = instant.and_then(|instant| local_time(instant, Some(to)));
        Ok(moved.map(|local| local.and_utc().timestamp_micros()))
    });
    of_type(moved, arrays[2].data_type())
}

pub(crate) static LOCAL_TIME: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_local_time",
        nulls: Nulls::Propagate,
        volatility: Volatility::Immutable,
        returns: |_| Ok(LOCAL),
        run: |args| evaluated(&args, |arrays, _| local_times(&arrays[0])),
    })
});

/// Instants as the clocks of their column's zone show them.
pub(crate) fn local_times(instants: &ArrayRef) -> Result<ArrayRef> {
    let values = times(instants);
    let zone = zone_of(instants.data_type())?;
    let local = (0..values.len()).map(|row| {
        let micros = values.is_valid(row).then(|| values.value(row));
        let local = micros.and_then(|micros| local_time(micros, zone));
        Ok(local.map(|local| local.and_utc().timestamp_micros()))
    });
    of_type(local, &LOCAL)
}

/// A unit of time: months, or microseconds.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Months(i64),
    Days(i64),
    Micros(i64),
}

fn unit(name: &str) -> Result<Unit> {
    Ok(match name.to_ascii_uppercase().as_str() {
        "YEAR" => Unit::Months(12),
        "QUARTER" => Unit::Months(3),
        "MONTH" => Unit::Months(1),
        "WEEK" => Unit::Days(7),
        "DAY" | "DAYOFYEAR" => Unit::Days(1),
        "HOUR" => Unit::Micros(3_600_000_000),
        "MINUTE" => Unit::Micros(60_000_000),
        "SECOND" => Unit::Micros(1_000_000),
        "MILLISECOND" => Unit::Micros(1_000),
        "MICROSECOND" => Unit::Micros(1),
        _ => return exec_err!("{name} is no unit of time"),
    })
}

fn add_units(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let (units, counts) = (strings(&arrays[0])?, arrays[1].as_primitive::<Int64Type>());
    let values = times(&arrays[2]);
    let zone = zone_of(arrays[2].data_type())?;
    let moved = (0..rows).map(|row| {
        if units.is_null(row) || counts.is_null(row) || values.is_null(row) {
            return Ok(None);
        }
        let (count, micros) = (counts.value(row), values.value(row));
        match moved(unit(units.value(row))?, count, micros, zone) {
            Some(moved) => Ok(Some(moved)),
            None => Err(overflow().into()),
        }
    });
    of_type(moved, arrays[2].data_type())
}

fn overflow() -> Error {
    Error::analysis(
        Condition::ARITHMETIC_OVERFLOW,
        [
            ("message", "long overflow".to_owned()),
            ("alternative", String::new()),
            ("config", "\"spark.sql.ansi.enabled\"".to_owned()),
        ],
    )
}

fn moved(unit: Unit, count: i64, micros: i64, zone: Option<Tz>) -> Option<i64> {
    match unit {
        Unit::Micros(size) => micros.checked_add(count.checked_mul(size)?),
        Unit::Days(size) => {
            let days = Duration::try_days(count.checked_mul(size)?)?;
            instant_of(local_time(micros, zone)?.checked_add_signed(days)?, zone)
        }
        Unit::Months(size) => {
            let count = count.checked_mul(size)?;
            let months = Months::new(u32::try_from(count.unsigned_abs()).ok()?);
            let local = local_time(micros, zone)?;
            let local = match count < 0 {
                true => local.checked_sub_months(months)?,
                false => local.checked_add_months(months)?,
            };
            instant_of(local, zone)
        }
    }
}

pub(crate) static UNITS_BETWEEN: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_timestampdiff",
        nulls: Nulls::Propagate,
        volatility: Volatility::Immutable,
        returns: |_| Ok(DataType::Int64),
        run: |args| evaluated(&args, units_between),
    })
});

fn units_between(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let units = strings(&arrays[0])?;
    let (starts, ends) = (times(&arrays[1]), times(&arrays[2]));
    let zone = zone_of(arrays[1].data_type())?;
    let counts = (0..rows).map(|row| {
        if units.is_null(row) || starts.is_null(row) || ends.is_null(row) {
            return Ok(None);
        }
        let unit = unit(units.value(row))?;
        Ok(between(unit, starts.value(row), ends.value(row), zone))
    });
    Ok(Arc::new(counts.collect::<Result<Int64Array>>()?))
}

/// Whole units.
fn between(unit: Unit, start: i64, end: i64, zone: Option<Tz>) -> Option<i64> {
    let (start, end) = (local_time(start, zone)?, local_time(end, zone)?);
    match unit {
        Unit::Days(size) => Some((end - start).num_days() / size),
        Unit::Months(size) => Some(months_between(start, end) / size),
        Unit::Micros(size) => Some((end - start).num_microseconds()? / size),
    }
}

fn months_between(start: NaiveDateTime, end: NaiveDateTime) -> i64 {
    let months = |time: NaiveDateTime| i64::from(time.year()) * 12 + i64::from(time.month0());
    let rest = |time: NaiveDateTime| (time.day(), time.time());
    let whole = months(end) - months(start);
    match whole {
        1.. if rest(end) < rest(start) => whole - 1,
        ..=-1 if rest(end) > rest(start) => whole + 1,
        _ => whole,
    }
}

/// `make_timestamp` of six parts and perhaps a zone, or of a date, a time and a zone.
/// The zone is a text; without one the time is local.
macro_rules! made {
    ($($static:ident $name:literal $strict:literal $nulls:ident $work:ident;)*) => {
        $(pub(crate) static $static: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
            udf(Kernel {
                name: $name,
                nulls: Nulls::$nulls,
                volatility: Volatility::Immutable,
                returns: |_| Ok(LOCAL),
                run: |args| evaluated(&args, |arrays, rows| {
                    let values = (0..rows).map(|row| $work(arrays, row, $strict));
                    of_type(values, &LOCAL)
                }),
            })
        });)*
    };
}

made! {
    MAKE_TIMESTAMP "spark_make_timestamp" true Propagate from_parts;
    TRY_MAKE_TIMESTAMP "spark_try_make_timestamp" false Always from_parts;
    DATE_AND_TIME "spark_date_and_time" true Propagate date_and_time;
}

fn zone_at(array: Option<&ArrayRef>, row: usize) -> Result<Option<Tz>> {
    match array {
        Some(names) => Ok(Some(zone(strings(names)?.value(row))?)),
        None => Ok(None),
    }
}

fn from_parts(arrays: &[ArrayRef], row: usize, strict: bool) -> Result<Option<i64>> {
    if arrays.iter().any(|array| array.is_null(row)) {
        return Ok(None);
    }
    let part = |at: usize| arrays[at].as_primitive::<Int32Type>().value(row);
    let micros = arrays[5].as_primitive::<Decimal128Type>().value(row);
    let zone = zone_at(arrays.get(6), row)?;
    match local_of([0, 1, 2, 3, 4].map(part), micros) {
        Some(local) => Ok(instant_of(local, zone)),
        None if !strict => Ok(None),
        None => Err(Error::analysis(
            Condition::DATETIME_FIELD_OUT_OF_BOUNDS,
            [
                ("rangeMessage", "a part is out of bounds".to_owned()),
                ("ansiConfig", "\"spark.sql.ansi.enabled\"".to_owned()),
            ],
        )
        .into()),
    }
}

/// Sixty seconds are a minute.
fn local_of(parts: [i32; 5], micros: i128) -> Option<NaiveDateTime> {
    let [year, month, day, hour, minute] = parts;
    let small = |part: i32| u32::try_from(part).ok();
    let date = NaiveDate::from_ymd_opt(year, small(month)?, small(day)?)?;
    let seconds = u32::try_from(micros.div_euclid(1_000_000)).ok()?;
    let rest = i64::try_from(micros.rem_euclid(1_000_000)).ok()?;
    if seconds > 60 || (seconds == 60 && rest != 0) {
        return None;
    }
    let minutes = date.and_hms_opt(small(hour)?, small(minute)?, 0)?;
    minutes.checked_add_signed(Duration::microseconds(i64::from(seconds) * 1_000_000 + rest))
}

fn date_and_time(arrays: &[ArrayRef], row: usize, _: bool) -> Result<Option<i64>> {
    if arrays.iter().any(|array| array.is_null(row)) {
        return Ok(None);
    }
    let Some(date) = date_of(arrays[0].as_primitive::<Date32Type>().value(row)) else {
        return Ok(None);
    };
    let times: &PrimitiveArray<Time64NanosecondType> = arrays[1].as_primitive();
    let micros = Duration::microseconds(times.value(row) / 1_000);
    let local = date.and_time(chrono::NaiveTime::MIN).checked_add_signed(micros);
    let zone = zone_at(arrays.get(2), row)?;
    Ok(local.and_then(|local| instant_of(local, zone)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_whole() {
        let at =
            |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default().into();
        assert_eq!(months_between(at(2020, 1, 31), at(2020, 2, 29)), 0);
        assert_eq!(months_between(at(2020, 1, 29), at(2020, 2, 29)), 1);
        assert_eq!(months_between(at(2020, 3, 1), at(2020, 1, 31)), -1);
    }
}
