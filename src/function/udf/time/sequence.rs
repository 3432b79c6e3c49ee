//! `sequence` of dates and timestamps.

use std::sync::Arc;

use chrono::{Months, NaiveDateTime, TimeDelta};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, ListArray, PrimitiveArray};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, DurationMicrosecondType, IntervalMonthDayNanoType,
    IntervalUnit, IntervalYearMonthType, TimestampMicrosecondType,
};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::super::growth::Growth;
use super::super::nested::check_length;
use super::super::{Kernel, Nulls, evaluated, udf};
use super::{local_time, truncate, zone_of};
use crate::error::{Condition, Error};

/// `sequence(start, stop, step?)`, both bounds of one type.
pub(crate) static TIMES: std::sync::LazyLock<Arc<ScalarUDF>> = std::sync::LazyLock::new(|| {
    udf(Kernel {
        name: "spark_sequence_of_times",
        nulls: Nulls::Propagate,
        volatility: Volatility::Immutable,
        returns: |args| match args.arg_fields.first() {
            Some(start) => Ok(DataType::new_list(start.data_type().clone(), false)),
            None => exec_err!("bounds are needed"),
        },
        run: |args| evaluated(&args, sequences),
    })
});

const DAY: i64 = 86_400_000_000;
/// The shortest month, so that no sequence is longer than its estimate.
const MONTH: i64 = 28 * DAY;
/// A step, and what Spark calls its type.
#[derive(Debug, Clone, Copy)]
struct Step {
    months: i32,
    days: i64,
    micros: i64,
    type_name: &'static str,
}

impl Step {
    /// Its length, if months are short.
    fn estimate(self) -> i128 {
        i128::from(self.months) * i128::from(MONTH)
            + i128::from(self.days) * i128::from(DAY)
            + i128::from(self.micros)
    }
}

fn sequences(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let zone = zone_of(arrays[0].data_type())?;
    match arrays[0].data_type() {
        DataType::Date32 => lists::<Date32Type>(arrays, rows, |start, stop, step, growth| {
            dates(start, stop, step, growth)
        }),
        _ => lists::<TimestampMicrosecondType>(arrays, rows, |start, stop, step, growth| {
            instants(start, stop, step, zone, growth)
        }),
    }
}

fn lists<T: ArrowPrimitiveType>(
    arrays: &[ArrayRef],
    rows: usize,
    one: impl Fn(T::Native, T::Native, Step, &mut Growth) -> Result<Vec<T::Native>>,
) -> Result<ArrayRef>
where
    T::Native: PartialOrd,
{
    let (starts, stops) = (arrays[0].as_primitive::<T>(), arrays[1].as_primitive::<T>());
    let (mut values, mut lengths, mut valid) = (Vec::new(), Vec::new(), Vec::new());
    let mut growth = Growth::default();
    for row in 0..rows {
        let missing = arrays.iter().any(|array| array.is_null(row));
        let before = values.len();
        if !missing {
            let (start, stop) = (starts.value(row), stops.value(row));
            let step = match arrays.get(2) {
                Some(steps) => step_of(steps, row)?,
                None => Step {
                    months: 0,
                    days: if start <= stop { 1 } else { -1 },
                    micros: 0,
                    type_name: "interval day to second",
                },
            };
            values.extend(one(start, stop, step, &mut growth)?);
        }
        lengths.push(values.len() - before);
        valid.push(!missing);
    }
    let values = PrimitiveArray::<T>::from_iter_values(values);
    let values: ArrayRef = Arc::new(values.with_data_type(arrays[0].data_type().clone()));
    let DataType::List(field) = DataType::new_list(values.data_type().clone(), false) else {
        return exec_err!("a list is needed");
    };
    let nulls = Some(NullBuffer::from(valid));
    Ok(Arc::new(ListArray::try_new(field, OffsetBuffer::from_lengths(lengths), values, nulls)?))
}

fn step_of(steps: &ArrayRef, row: usize) -> Result<Step> {
    Ok(match steps.data_type() {
        DataType::Interval(IntervalUnit::YearMonth) => Step {
            months: steps.as_primitive::<IntervalYearMonthType>().value(row),
            days: 0,
            micros: 0,
            type_name: "interval year to month",
        },
        DataType::Interval(IntervalUnit::MonthDayNano) => {
            let step = steps.as_primitive::<IntervalMonthDayNanoType>().value(row);
            Step {
                months: step.months,
                days: step.days.into(),
                micros: step.nanoseconds / 1_000,
                type_name: "interval",
            }
        }
        DataType::Duration(_) => {
            let micros = steps.as_primitive::<DurationMicrosecondType>().value(row);
            Step {
                months: 0,
                days: micros / DAY,
                micros: micros % DAY,
                type_name: "interval day to second",
            }
        }
        other => return exec_err!("no step of {other}"),
    })
}

fn dates(start: i32, stop: i32, step: Step, growth: &mut Growth) -> Result<Vec<i32>> {
    if step.months == 0 && step.days == 0 {
        let parameters = [("intervalType", step.type_name.to_owned())];
        return Err(Error::analysis(Condition::SEQUENCE_STEP_OF_NO_DAYS, parameters).into());
    }
    if step.months == 0 && step.micros == 0 {
        let days = even(start.into(), stop.into(), step.days.into(), growth)?;
        return Ok(days.into_iter().filter_map(|day| i32::try_from(day).ok()).collect());
    }
    let micros = |day: i32| i64::from(day) * DAY;
    let times = uneven(micros(start), micros(stop), step, None, growth)?;
    let days = times.into_iter().map(|time| time.div_euclid(DAY));
    Ok(days.filter_map(|day| i32::try_from(day).ok()).collect())
}

fn instants(
    start: i64,
    stop: i64,
    step: Step,
    zone: Option<Tz>,
    growth: &mut Growth,
) -> Result<Vec<i64>> {
    if step.months == 0 && step.days == 0 {
        let times = even(start.into(), stop.into(), step.micros.into(), growth)?;
        return Ok(times.into_iter().filter_map(|time| i64::try_from(time).ok()).collect());
    }
    uneven(start, stop, step, zone, growth)
}

/// How many elements there are at most.
fn length(start: i128, stop: i128, step: i128) -> Result<usize> {
    let towards =
        (step > 0 && start <= stop) || (step < 0 && start >= stop) || (step == 0 && start == stop);
    if !towards {
        return Err(Error::analysis(Condition::ILLEGAL_BOUNDARIES_OF_TIMES, []).into());
    }
    let length = if step == 0 { 1 } else { (stop - start).abs() / step.abs() + 1 };
    check_length("sequence", length)?;
    Ok(usize::try_from(length).unwrap_or(usize::MAX))
}

/// Steps that are all of one length.
fn even(start: i128, stop: i128, step: i128, growth: &mut Growth) -> Result<Vec<i128>> {
    let length = length(start, stop, step)?;
    growth.add(length.saturating_mul(size_of::<i128>()))?;
    Ok((0..length).map(|at| start + step * at as i128).collect())
}

/// Steps of months and days on the clock of a zone.
fn uneven(
    start: i64,
    stop: i64,
    step: Step,
    zone: Option<Tz>,
    growth: &mut Growth,
) -> Result<Vec<i64>> {
    let estimate = step.estimate();
    let most = length(start.into(), stop.into(), estimate)?;
    growth.add(most.saturating_mul(size_of::<i64>()))?;
    let mut times = Vec::new();
    let mut time = start;
    // Days of 23 hours are shorter than estimated.
    while times.len() <= most && if estimate > 0 { time <= stop } else { time >= stop } {
        times.push(time);
        match i64::try_from(times.len()).ok().and_then(|count| moved(start, step, count, zone)) {
            Some(next) => time = next,
            None => break,
        }
    }
    Ok(times)
}

/// A time so many steps on.
fn moved(start: i64, step: Step, count: i64, zone: Option<Tz>) -> Option<i64> {
    let local = months_on(local_time(start, zone)?, i64::from(step.months).checked_mul(count)?)?;
    let days = TimeDelta::try_days(step.days.checked_mul(count)?)?;
    let time = truncate::instant(local.checked_add_signed(days)?, zone)?;
    time.checked_add(step.micros.checked_mul(count)?)
}

/// So many months later, on the last day of a month that is too short.
pub(super) fn months_on(time: NaiveDateTime, months: i64) -> Option<NaiveDateTime> {
    let by = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 { time.checked_sub_months(by) } else { time.checked_add_months(by) }
}
