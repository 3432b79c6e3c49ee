//! Parts of intervals.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, PrimitiveArray};
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, DurationMicrosecondType, Int8Type, Int32Type,
    IntervalMonthDayNanoType, IntervalUnit, IntervalYearMonthType,
};
use datafusion::common::{Result, exec_err};

use super::super::kernel::kernels;

kernels! {
    YEARS "spark_interval_years" Propagate DataType::Int32, |arrays, rows| {
        parts::<Int32Type>(arrays, rows, |amount| amount.months / 12)
    };
    MONTHS "spark_interval_months" Propagate DataType::Int8, |arrays, rows| {
        parts::<Int8Type>(arrays, rows, |amount| amount.months % 12)
    };
    DAYS "spark_interval_days" Propagate DataType::Int32, |arrays, rows| {
        parts::<Int32Type>(arrays, rows, |amount| amount.days)
    };
    HOURS "spark_interval_hours" Propagate DataType::Int8, |arrays, rows| {
        parts::<Int8Type>(arrays, rows, |amount| amount.micros / HOUR)
    };
    MINUTES "spark_interval_minutes" Propagate DataType::Int8, |arrays, rows| {
        parts::<Int8Type>(arrays, rows, |amount| amount.micros % HOUR / MINUTE)
    };
    SECONDS "spark_interval_seconds" Propagate DataType::Decimal128(8, 6), |arrays, rows| {
        let seconds = amounts(&arrays[0], rows)?;
        let seconds = seconds.into_iter().map(|amount| amount.map(|a| i128::from(a.micros % MINUTE)));
        let seconds: Decimal128Array = seconds.collect();
        Ok(Arc::new(seconds.with_precision_and_scale(8, 6)?) as ArrayRef)
    };
}

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Months, whole days, and what is left of a day.
#[derive(Debug, Clone, Copy, Default)]
struct Amount {
    months: i64,
    days: i64,
    micros: i64,
}

fn amounts(array: &ArrayRef, rows: usize) -> Result<Vec<Option<Amount>>> {
    let amount: Box<dyn Fn(usize) -> Amount> = match array.data_type() {
        DataType::Interval(IntervalUnit::YearMonth) => {
            let array = array.as_primitive::<IntervalYearMonthType>();
            Box::new(|row| Amount { months: array.value(row).into(), ..Amount::default() })
        }
        DataType::Interval(IntervalUnit::MonthDayNano) => {
            let array = array.as_primitive::<IntervalMonthDayNanoType>();
            Box::new(|row| {
                let value = array.value(row);
                let micros = value.nanoseconds / 1_000;
                Amount { months: value.months.into(), days: value.days.into(), micros }
            })
        }
        DataType::Duration(_) => {
            let Some(array) = array.as_primitive_opt::<DurationMicrosecondType>() else {
                return exec_err!("intervals are in microseconds, not {}", array.data_type());
            };
            Box::new(|row| {
                let micros = array.value(row);
                Amount { months: 0, days: micros / DAY, micros: micros % DAY }
            })
        }
        other => return exec_err!("{other} is no interval"),
    };
    Ok((0..rows).map(|row| array.is_valid(row).then(|| amount(row))).collect())
}

fn parts<T: ArrowPrimitiveType>(
    arrays: &[ArrayRef],
    rows: usize,
    part: fn(Amount) -> i64,
) -> Result<ArrayRef>
where
    T::Native: TryFrom<i64>,
{
    let amounts = amounts(&arrays[0], rows)?.into_iter();
    let parts = amounts.map(|amount| T::Native::try_from(part(amount?)).ok());
    Ok(Arc::new(parts.collect::<PrimitiveArray<T>>()))
}
