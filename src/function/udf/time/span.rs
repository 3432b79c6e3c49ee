//! Arithmetic on year-month, day-time and calendar intervals.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, DurationMicrosecondArray, IntervalMonthDayNanoArray,
    IntervalYearMonthArray,
};
use datafusion::arrow::datatypes::{
    DataType, Decimal128Type, DurationMicrosecondType, FieldRef, Float64Type, Int64Type,
    IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit, IntervalYearMonthType, i256,
};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};

use super::super::evaluated;
use super::super::kernel::kernels;
use crate::error::{Condition, Error};
use crate::types::fields::{fields_of, interval_field};

/// An operation on an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum SpanOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Negate,
    Abs,
}

/// The function of an operation; NULL for what does not fit, or an error.
pub(crate) fn span_function(op: SpanOp, null_on_fault: bool) -> Arc<ScalarUDF> {
    let signature = Signature::variadic_any(Volatility::Immutable);
    Arc::new(ScalarUDF::new_from_impl(Arithmetic { op, null_on_fault, signature }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Arithmetic {
    op: SpanOp,
    null_on_fault: bool,
    signature: Signature,
}

impl ScalarUDFImpl for Arithmetic {
    fn name(&self) -> &str {
        match (self.op, self.null_on_fault) {
            (SpanOp::Add, false) => "spark_interval_add",
            (SpanOp::Add, true) => "spark_try_interval_add",
            (SpanOp::Subtract, false) => "spark_interval_subtract",
            (SpanOp::Subtract, true) => "spark_try_interval_subtract",
            (SpanOp::Multiply, false) => "spark_interval_multiply",
            (SpanOp::Multiply, true) => "spark_try_interval_multiply",
            (SpanOp::Divide, false) => "spark_interval_divide",
            (SpanOp::Divide, true) => "spark_try_interval_divide",
            (SpanOp::Negate, _) => "spark_interval_negate",
            (SpanOp::Abs, _) => "spark_interval_abs",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments.first() {
            Some(own) => Ok(own.clone()),
            None => exec_err!("{} takes an interval", self.name()),
        }
    }

    /// Sums have the fields of both sides, products all fields there are.
    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let Some(first) = args.arg_fields.first() else {
            return exec_err!("{} takes an interval", self.name());
        };
        let own = first.data_type();
        let fields = match (self.op, args.arg_fields.get(1)) {
            (SpanOp::Negate | SpanOp::Abs, _) => fields_of(first),
            (SpanOp::Add | SpanOp::Subtract, Some(second)) => {
                let (a, b) = (fields_of(first), fields_of(second));
                a.zip(b).map(|(a, b)| (a.0.min(b.0), a.1.max(b.1)))
            }
            _ => None,
        };
        let scaled = matches!(self.op, SpanOp::Multiply | SpanOp::Divide);
        let calendar = *own == DataType::Interval(IntervalUnit::MonthDayNano);
        let nullable = self.null_on_fault
            || scaled && calendar
            || args.arg_fields.iter().any(|field| field.is_nullable());
        Ok(Arc::new(interval_field(self.name(), own, fields, nullable)?))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        evaluated(&args, |arrays, rows| self.rows(arrays, rows))
    }
}

/// Why there is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Overflow,
    DividedByZero,
}

/// The other operand.
#[derive(Debug, Clone, Copy)]
enum Other {
    Nothing,
    Whole(i64),
    Decimal(i128, i8),
    Double(f64),
}

impl Arithmetic {
    fn rows(&self, arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let missing = |row: usize| arrays.iter().any(|array| array.is_null(row));
        match arrays[0].data_type() {
            DataType::Interval(IntervalUnit::YearMonth) => {
                let own = arrays[0].as_primitive::<IntervalYearMonthType>();
                let months = (0..rows).map(|row| {
                    if missing(row) {
                        return Ok(None);
                    }
                    let months = computed(self.op, own.value(row).into(), other(arrays, row)?);
                    self.settled(months.and_then(|m| i32::try_from(m).map_err(|_| Fault::Overflow)))
                });
                Ok(Arc::new(months.collect::<Result<IntervalYearMonthArray>>()?))
            }
            DataType::Interval(IntervalUnit::MonthDayNano) => {
                let own = arrays[0].as_primitive::<IntervalMonthDayNanoType>();
                let parts = (0..rows).map(|row| {
                    if missing(row) {
                        return Ok(None);
                    }
                    self.settled(scaled(self.op, own.value(row), other(arrays, row)?))
                });
                Ok(Arc::new(parts.collect::<Result<IntervalMonthDayNanoArray>>()?))
            }
            _ => {
                let own = arrays[0].as_primitive::<DurationMicrosecondType>();
                let micros = (0..rows).map(|row| {
                    if missing(row) {
                        return Ok(None);
                    }
                    self.settled(computed(self.op, own.value(row), other(arrays, row)?))
                });
                Ok(Arc::new(micros.collect::<Result<DurationMicrosecondArray>>()?))
            }
        }
    }

    /// A value, or what a fault gives.
    fn settled<T>(&self, value: Result<T, Fault>) -> Result<Option<T>> {
        let fault = match value {
            Ok(value) => return Ok(Some(value)),
            Err(_) if self.null_on_fault => return Ok(None),
            Err(fault) => fault,
        };
        let instead = |name: &str| ("functionName", format!("`{name}`"));
        Err(match (fault, self.op) {
            (Fault::DividedByZero, _) => Error::analysis(Condition::INTERVAL_DIVIDED_BY_ZERO, []),
            (_, SpanOp::Add) => Error::analysis(
                Condition::INTERVAL_ARITHMETIC_OVERFLOW_WITH_SUGGESTION,
                [instead("try_add")],
            ),
            (_, SpanOp::Subtract) => Error::analysis(
                Condition::INTERVAL_ARITHMETIC_OVERFLOW_WITH_SUGGESTION,
                [instead("try_subtract")],
            ),
            (_, SpanOp::Negate) => Error::analysis(Condition::INTERVAL_ARITHMETIC_OVERFLOW, []),
            (_, SpanOp::Abs) => Error::analysis(
                Condition::ARITHMETIC_OVERFLOW,
                [
                    ("message", "overflow".to_owned()),
                    ("alternative", String::new()),
                    ("config", "\"spark.sql.ansi.enabled\"".to_owned()),
                ],
            ),
            (_, SpanOp::Multiply | SpanOp::Divide) => {
                Error::analysis(Condition::INTERVAL_OVERFLOW, [])
            }
        }
        .into())
    }
}

fn other(arrays: &[ArrayRef], row: usize) -> Result<Other> {
    let Some(array) = arrays.get(1) else { return Ok(Other::Nothing) };
    Ok(match array.data_type() {
        DataType::Int64 => Other::Whole(array.as_primitive::<Int64Type>().value(row)),
        DataType::Decimal128(_, scale) => {
            Other::Decimal(array.as_primitive::<Decimal128Type>().value(row), *scale)
        }
        DataType::Float64 => Other::Double(array.as_primitive::<Float64Type>().value(row)),
        DataType::Interval(IntervalUnit::YearMonth) => {
            Other::Whole(array.as_primitive::<IntervalYearMonthType>().value(row).into())
        }
        DataType::Duration(_) => {
            Other::Whole(array.as_primitive::<DurationMicrosecondType>().value(row))
        }
        other => return exec_err!("no arithmetic of intervals and {other}"),
    })
}

/// Months or microseconds after the operation.
fn computed(op: SpanOp, own: i64, other: Other) -> Result<i64, Fault> {
    let checked = |value: Option<i64>| value.ok_or(Fault::Overflow);
    match (op, other) {
        (SpanOp::Negate, _) => checked(own.checked_neg()),
        (SpanOp::Abs, _) => checked(own.checked_abs()),
        (SpanOp::Add, Other::Whole(other)) => checked(own.checked_add(other)),
        (SpanOp::Subtract, Other::Whole(other)) => checked(own.checked_sub(other)),
        (SpanOp::Multiply, Other::Whole(factor)) => checked(own.checked_mul(factor)),
        (SpanOp::Multiply, Other::Decimal(factor, scale)) => {
            quotient(wide(own.into()).wrapping_mul(wide(factor)), ten_to(scale))
        }
        (SpanOp::Multiply, Other::Double(factor)) => rounded(own as f64 * factor),
        (SpanOp::Divide, Other::Whole(0) | Other::Decimal(0, _)) => Err(Fault::DividedByZero),
        (SpanOp::Divide, Other::Double(0.0)) => Err(Fault::DividedByZero),
        (SpanOp::Divide, Other::Whole(divisor)) => quotient(wide(own.into()), wide(divisor.into())),
        (SpanOp::Divide, Other::Decimal(divisor, scale)) => {
            quotient(wide(own.into()).wrapping_mul(ten_to(scale)), wide(divisor))
        }
        (SpanOp::Divide, Other::Double(divisor)) => rounded(own as f64 / divisor),
        (_, _) => Err(Fault::Overflow),
    }
}

fn wide(value: i128) -> i256 {
    i256::from_i128(value)
}

/// An `i64` times such a number fits into 256 bits, as a decimal has 38 digits.
fn ten_to(scale: i8) -> i256 {
    wide(10_i128.pow(u32::from(scale.max(0).unsigned_abs()).min(38)))
}

/// Half away from zero.
fn quotient(value: i256, divisor: i256) -> Result<i64, Fault> {
    let whole = value.checked_div(divisor).ok_or(Fault::Overflow)?;
    let rest = value.checked_rem(divisor).ok_or(Fault::Overflow)?;
    let up = rest.wrapping_abs().wrapping_mul(wide(2)) >= divisor.wrapping_abs();
    let away = if (value < i256::ZERO) == (divisor < i256::ZERO) { 1 } else { -1 };
    let whole = if up { whole.wrapping_add(wide(away)) } else { whole };
    whole.to_i128().and_then(|whole| i64::try_from(whole).ok()).ok_or(Fault::Overflow)
}

/// Half away from zero.
fn rounded(value: f64) -> Result<i64, Fault> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    let value = value.round();
    if (-END..END).contains(&value) { Ok(value as i64) } else { Err(Fault::Overflow) }
}

/// A calendar interval times or through a number: months stay whole, what is left of
/// days goes into the time.
fn scaled(
    op: SpanOp,
    own: IntervalMonthDayNano,
    other: Other,
) -> Result<IntervalMonthDayNano, Fault> {
    const DAY: f64 = 86_400_000_000.0;
    let Other::Double(number) = other else { return Err(Fault::Overflow) };
    let micros = (own.nanoseconds / 1_000) as f64;
    let [months, days, micros] =
        [f64::from(own.months), f64::from(own.days), micros].map(|part| match op {
            SpanOp::Divide => part / number,
            _ => part * number,
        });
    if op == SpanOp::Divide && number == 0.0 {
        return Err(Fault::DividedByZero);
    }
    let whole = |value: f64| i32::try_from(value as i64).map_err(|_| Fault::Overflow);
    let (months, whole_days) = (whole(months)?, whole(days)?);
    let micros = micros + DAY * (days - f64::from(whole_days));
    // Java rounds halves up.
    let nanos = ((micros + 0.5).floor() as i64).checked_mul(1_000).ok_or(Fault::Overflow)?;
    Ok(IntervalMonthDayNano::new(months, whole_days, nanos))
}

kernels! {
    LENGTH "spark_interval_length" Propagate DataType::Int64, |arrays, _| length(&arrays[0]);
}

/// Months or microseconds as numbers.
fn length(array: &ArrayRef) -> Result<ArrayRef> {
    let lengths = match array.data_type() {
        DataType::Interval(IntervalUnit::YearMonth) => {
            array.as_primitive::<IntervalYearMonthType>().unary::<_, Int64Type>(i64::from)
        }
        DataType::Duration(_) => {
            array.as_primitive::<DurationMicrosecondType>().unary::<_, Int64Type>(|micros| micros)
        }
        other => return exec_err!("no length of {other}"),
    };
    Ok(Arc::new(lengths))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_quotients_round_half_away_from_zero() {
        use SpanOp::{Divide, Multiply};
        let cases = [
            (Divide, 5, Other::Whole(2), Ok(3)),
            (Divide, -5, Other::Whole(2), Ok(-3)),
            (Divide, 5, Other::Whole(-2), Ok(-3)),
            (Divide, 4, Other::Whole(3), Ok(1)),
            (Multiply, 5, Other::Decimal(5, 1), Ok(3)),
            (Multiply, -5, Other::Decimal(5, 1), Ok(-3)),
            (Divide, 3, Other::Decimal(15, 1), Ok(2)),
            (Multiply, 5, Other::Double(0.5), Ok(3)),
            (Multiply, i64::MAX, Other::Double(2.0), Err(Fault::Overflow)),
            (Multiply, 1, Other::Double(f64::NAN), Err(Fault::Overflow)),
            (Multiply, i64::MAX, Other::Whole(2), Err(Fault::Overflow)),
            (Multiply, i64::MAX, Other::Decimal(i128::MAX / 2, 0), Err(Fault::Overflow)),
            (Divide, i64::MIN, Other::Whole(-1), Err(Fault::Overflow)),
            (Divide, 1, Other::Whole(0), Err(Fault::DividedByZero)),
            (Divide, 1, Other::Double(0.0), Err(Fault::DividedByZero)),
            (Divide, 0, Other::Whole(5), Ok(0)),
        ];
        for (op, own, other, expected) in cases {
            assert_eq!(computed(op, own, other), expected, "{op:?} {own} {other:?}");
        }
    }

    #[test]
    fn calendar_intervals_are_scaled_part_by_part() {
        let own = IntervalMonthDayNano::new(14, 25, 18_367_500_000_000);
        let more = scaled(SpanOp::Multiply, own, Other::Double(2.5));
        assert_eq!(more, Ok(IntervalMonthDayNano::new(35, 62, 89_118_750_000_000)));
        let less = scaled(SpanOp::Divide, own, Other::Double(2.0));
        assert_eq!(less, Ok(IntervalMonthDayNano::new(7, 12, 52_383_750_000_000)));
    }
}
