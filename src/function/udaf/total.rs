//! From a sum and a count to the result.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, AsArray, Decimal128Array, DurationMicrosecondArray, Int64Array,
    IntervalYearMonthArray,
};
use datafusion::arrow::datatypes::{
    DataType, Decimal128Type, DurationMicrosecondType, Int64Type, IntervalUnit,
    IntervalYearMonthType,
};
use datafusion::common::{Result, exec_err};

use super::{What, state_type};
use crate::error::{Condition, Error};
use crate::function::coerce::MAX_PRECISION;
use crate::function::udf::cast::Mode;

/// What becomes of a sum.
#[derive(Debug, Clone)]
pub(super) struct Total {
    pub(super) what: What,
    pub(super) mode: Mode,
    pub(super) from: DataType,
    pub(super) to: DataType,
}

/// A sum and how many values are in it; the sum is gone once it overflows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) sum: Option<i128>,
    pub(super) count: i64,
}

impl Default for Part {
    fn default() -> Self {
        Self { sum: Some(0), count: 0 }
    }
}

impl Part {
    pub(super) fn add(&mut self, value: i128) {
        self.sum = self.sum.and_then(|sum| sum.checked_add(value));
        self.count += 1;
    }

    pub(super) fn subtract(&mut self, value: i128) {
        self.sum = self.sum.and_then(|sum| sum.checked_sub(value));
        self.count -= 1;
    }

    /// Takes in the state of another stage; a sum that is NULL though there are
    /// values has overflowed there.
    pub(super) fn merge(&mut self, sum: Option<i128>, count: i64) {
        if count == 0 {
            return;
        }
        self.sum = match (self.sum, sum) {
            (Some(a), Some(b)) => a.checked_add(b),
            _ => None,
        };
        self.count += count;
    }

    /// The sum as another stage takes it.
    pub(super) fn state(self) -> Option<i128> {
        self.sum.filter(|sum| self.count > 0 && fits(*sum, MAX_PRECISION))
    }
}

fn fits(value: i128, precision: u8) -> bool {
    value.unsigned_abs() < 10_u128.pow(u32::from(precision))
}

/// The values of an argument as 128-bit numbers.
pub(super) fn for_each(array: &ArrayRef, mut work: impl FnMut(usize, Option<i128>)) -> Result<()> {
    match array.data_type() {
        DataType::Int64 => {
            let values = array.as_primitive::<Int64Type>().iter();
            values.enumerate().for_each(|(row, value)| work(row, value.map(i128::from)));
        }
        DataType::Decimal128(..) => {
            let values = array.as_primitive::<Decimal128Type>().iter();
            values.enumerate().for_each(|(row, value)| work(row, value));
        }
        DataType::Duration(_) => {
            let values = array.as_primitive::<DurationMicrosecondType>().iter();
            values.enumerate().for_each(|(row, value)| work(row, value.map(i128::from)));
        }
        DataType::Interval(IntervalUnit::YearMonth) => {
            let values = array.as_primitive::<IntervalYearMonthType>().iter();
            values.enumerate().for_each(|(row, value)| work(row, value.map(i128::from)));
        }
        other => return exec_err!("no sum of {other}"),
    }
    Ok(())
}

impl Total {
    /// The value of one group: NULL for no values, an error or NULL for overflow.
    fn value(&self, part: Part) -> Result<Option<i128>> {
        if part.count == 0 {
            return Ok(None);
        }
        let value = match self.what {
            What::Sum => part.sum,
            What::Average => part.sum.and_then(|sum| self.average(sum, part.count)),
        };
        let fitting = value.filter(|value| match self.to {
            DataType::Decimal128(precision, _) => fits(*value, precision),
            DataType::Interval(_) => i32::try_from(*value).is_ok(),
            _ => i64::try_from(*value).is_ok(),
        });
        match (fitting, self.mode) {
            (Some(value), _) => Ok(Some(value)),
            // Java's wrap-around.
            (None, Mode::Legacy) if self.to == DataType::Int64 => {
                Ok(value.map(|value| i128::from(value as i64)))
            }
            (None, Mode::Legacy) if self.to != DataType::Int64 && !self.is_decimal() => {
                Err(self.overflow(value).into())
            }
            (None, Mode::Ansi) => Err(self.overflow(value).into()),
            (None, Mode::Legacy | Mode::Try) => Ok(None),
        }
    }

    fn is_decimal(&self) -> bool {
        matches!(self.to, DataType::Decimal128(..))
    }

    /// Half away from zero, at the result's scale.
    fn average(&self, sum: i128, count: i64) -> Option<i128> {
        let factor = match (&self.from, &self.to) {
            (DataType::Decimal128(_, from), DataType::Decimal128(_, to)) => {
                10_i128.checked_pow(u32::try_from(to - from).ok()?)?
            }
            // The sum of intervals must be one of its own.
            (DataType::Interval(_), _) if i32::try_from(sum).is_err() => return None,
            _ if i64::try_from(sum).is_err() => return None,
            _ => 1,
        };
        let count = i128::from(count);
        let (whole, rest) = (sum / count, sum % count);
        let scaled = rest.checked_mul(factor)?;
        let (fraction, remainder) = (scaled / count, scaled % count);
        let up = remainder.unsigned_abs() * 2 >= count.unsigned_abs();
        let fraction = if up { fraction + rest.signum() } else { fraction };
        whole.checked_mul(factor)?.checked_add(fraction)
    }

    fn overflow(&self, value: Option<i128>) -> Error {
        let config = ("config", "\"spark.sql.ansi.enabled\"".to_owned());
        match self.to {
            DataType::Decimal128(precision, scale) => Error::analysis(
                Condition::NUMERIC_VALUE_OUT_OF_RANGE,
                [
                    ("value", value.map_or_else(|| "The sum".to_owned(), |v| v.to_string())),
                    ("precision", precision.to_string()),
                    ("scale", scale.to_string()),
                    config,
                ],
            ),
            DataType::Duration(_) | DataType::Interval(_) => Error::analysis(
                Condition::INTERVAL_ARITHMETIC_OVERFLOW_WITH_SUGGESTION,
                [("functionName", "`try_add`".to_owned())],
            ),
            _ => Error::analysis(
                Condition::ARITHMETIC_OVERFLOW,
                [
                    ("message", "long overflow".to_owned()),
                    ("alternative", " Use `try_sum` to get NULL instead.".to_owned()),
                    config,
                ],
            ),
        }
    }

    /// The results of all groups.
    pub(super) fn finish(&self, parts: impl Iterator<Item = Part>) -> Result<ArrayRef> {
        let values = parts.map(|part| self.value(part));
        match self.to {
            DataType::Decimal128(..) => {
                let values = values.collect::<Result<Decimal128Array>>()?;
                Ok(Arc::new(values.with_data_type(self.to.clone())))
            }
            DataType::Interval(_) => {
                let months =
                    values.map(|value| Ok(value?.and_then(|value| i32::try_from(value).ok())));
                Ok(Arc::new(months.collect::<Result<IntervalYearMonthArray>>()?))
            }
            DataType::Duration(_) => {
                let micros =
                    values.map(|value| Ok(value?.and_then(|value| i64::try_from(value).ok())));
                Ok(Arc::new(micros.collect::<Result<DurationMicrosecondArray>>()?))
            }
            _ => {
                let values =
                    values.map(|value| Ok(value?.and_then(|value| i64::try_from(value).ok())));
                Ok(Arc::new(values.collect::<Result<Int64Array>>()?))
            }
        }
    }

    /// The sums and counts of all groups, for another stage.
    pub(super) fn states(&self, parts: &[Part]) -> Vec<ArrayRef> {
        let sums: Decimal128Array = parts.iter().map(|part| part.state()).collect();
        let counts: Int64Array = parts.iter().map(|part| Some(part.count)).collect();
        vec![Arc::new(sums.with_data_type(state_type(&self.from))), Arc::new(counts)]
    }
}
