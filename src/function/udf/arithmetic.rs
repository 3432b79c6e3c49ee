//! Arithmetic that notices overflow and division by zero.
//!
//! Arrow's checked kernels do the work; their errors become Spark's. In ANSI mode
//! a fault is an error; the `try` forms, and division outside ANSI mode, give NULL
//! for the row.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Datum, Decimal128Array, PrimitiveArray};
use datafusion::arrow::compute::kernels::numeric;
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, i256,
};
use datafusion::arrow::error::ArrowError;
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, Volatility,
};

use super::{Kernel, Nulls, evaluated, udf};
use crate::error::{Condition, Error};
use crate::function::coerce::{MAX_PRECISION, decimal, digits};

/// An operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    IntegralDivide,
}

/// What a fault gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnFault {
    /// An error.
    Raise,
    /// NULL in that row.
    Null,
}

macro_rules! functions {
    ($($static:ident $name:literal $op:ident $fault:ident $nulls:ident;)*) => {
        $(static $static: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
            udf(Kernel {
                name: $name,
                nulls: Nulls::$nulls,
                volatility: Volatility::Immutable,
                returns: |args| returns(Op::$op, args),
                run: |args| run(Op::$op, OnFault::$fault, &args),
            })
        });)*

        /// The function for an operation on two numbers of one type, or two decimals.
        pub(crate) fn function(op: Op, fault: OnFault) -> &'static Arc<ScalarUDF> {
            match (op, fault) {
                $((Op::$op, OnFault::$fault) => &$static,)*
            }
        }
    };
}

functions! {
    ADD "spark_add" Add Raise Propagate;
    TRY_ADD "spark_try_add" Add Null Always;
    SUBTRACT "spark_subtract" Subtract Raise Propagate;
    TRY_SUBTRACT "spark_try_subtract" Subtract Null Always;
    MULTIPLY "spark_multiply" Multiply Raise Propagate;
    TRY_MULTIPLY "spark_try_multiply" Multiply Null Always;
    DIVIDE "spark_divide" Divide Raise Always;
    TRY_DIVIDE "spark_try_divide" Divide Null Always;
    REMAINDER "spark_remainder" Remainder Raise Always;
    TRY_REMAINDER "spark_try_remainder" Remainder Null Always;
    INTEGRAL_DIVIDE "spark_integral_divide" IntegralDivide Raise Always;
    TRY_INTEGRAL_DIVIDE "spark_try_integral_divide" IntegralDivide Null Always;
}

/// The decimal that an operation on two decimals gives: exact if it fits, else
/// with digits after the point dropped, but not below six of them.
pub(crate) fn decimal_result(op: Op, (p1, s1): (u8, i8), (p2, s2): (u8, i8)) -> (u8, i8) {
    let (d1, d2) = (digits(p1, s1), digits(p2, s2));
    let (p1, p2, s1, s2) = (i16::from(p1), i16::from(p2), i16::from(s1), i16::from(s2));
    let (precision, scale) = match op {
        Op::Add | Op::Subtract => (d1.max(d2) + s1.max(s2) + 1, s1.max(s2)),
        Op::Multiply => (p1 + p2 + 1, s1 + s2),
        Op::Divide => {
            let scale = (s1 + p2 + 1).max(6);
            (d1 + s2 + scale, scale)
        }
        Op::Remainder => (d1.min(d2) + s1.max(s2), s1.max(s2)),
        Op::IntegralDivide => (d1 + s2, 0),
    };
    let DataType::Decimal128(precision, scale) = adjusted(precision, scale) else {
        return (MAX_PRECISION, 0);
    };
    (precision, scale)
}

fn adjusted(precision: i16, scale: i16) -> DataType {
    let max = i16::from(MAX_PRECISION);
    if precision <= max {
        return decimal(precision, scale);
    }
    let integral = precision - scale;
    decimal(max, (max - integral).max(scale.min(6)))
}

fn returns(op: Op, args: &ReturnFieldArgs<'_>) -> Result<DataType> {
    let [left, right] = args.arg_fields else {
        return exec_err!("arithmetic takes two arguments");
    };
    match (op, left.data_type(), right.data_type()) {
        (Op::IntegralDivide, ..) => Ok(DataType::Int64),
        (_, DataType::Decimal128(p1, s1), DataType::Decimal128(p2, s2)) => {
            let (precision, scale) = decimal_result(op, (*p1, *s1), (*p2, *s2));
            Ok(DataType::Decimal128(precision, scale))
        }
        (_, left, _) => Ok(left.clone()),
    }
}

fn run(op: Op, fault: OnFault, args: &ScalarFunctionArgs) -> Result<ColumnarValue> {
    let [left, right] = args.args.as_slice() else {
        return exec_err!("arithmetic takes two arguments");
    };
    // Arrow's kernels take constants as they are; the fast way for what cannot
    // fail in most rows.
    if let Some(whole) = at_once(op, left, right, args.return_field.data_type()) {
        return whole;
    }
    evaluated(args, |arrays, _| {
        by_row(op, fault, &arrays[0], &arrays[1], args.return_field.data_type())
    })
}

/// All rows in one of Arrow's checked kernels; none if it has none for this, or
/// if a row fails, which [`by_row`] then looks into.
fn at_once(
    op: Op,
    left: &ColumnarValue,
    right: &ColumnarValue,
    to: &DataType,
) -> Option<Result<ColumnarValue>> {
    let kernel: fn(&dyn Datum, &dyn Datum) -> std::result::Result<ArrayRef, ArrowError> = match op {
        Op::Add => numeric::add,
        Op::Subtract => numeric::sub,
        Op::Multiply => numeric::mul,
        Op::Divide | Op::Remainder | Op::IntegralDivide => return None,
    };
    let (scalar, result) = match (left, right) {
        (ColumnarValue::Array(a), ColumnarValue::Array(b)) => (false, kernel(a, b)),
        (ColumnarValue::Array(a), ColumnarValue::Scalar(b)) => {
            (false, kernel(a, &b.to_scalar().ok()?))
        }
        (ColumnarValue::Scalar(a), ColumnarValue::Array(b)) => {
            (false, kernel(&a.to_scalar().ok()?, b))
        }
        (ColumnarValue::Scalar(a), ColumnarValue::Scalar(b)) => {
            (true, kernel(&a.to_scalar().ok()?, &b.to_scalar().ok()?))
        }
    };
    let result = result.ok().filter(|array| array.data_type() == to && fits(array))?;
    if scalar {
        return Some(ScalarValue::try_from_array(&result, 0).map(ColumnarValue::Scalar));
    }
    Some(Ok(ColumnarValue::Array(result)))
}

/// Whether all decimals have as few digits as their type says.
fn fits(array: &ArrayRef) -> bool {
    match array.data_type() {
        DataType::Decimal128(precision, _) => {
            array.as_primitive::<Decimal128Type>().validate_decimal_precision(*precision).is_ok()
        }
        _ => true,
    }
}

fn by_row(
    op: Op,
    fault: OnFault,
    left: &ArrayRef,
    right: &ArrayRef,
    to: &DataType,
) -> Result<ArrayRef> {
    Ok(match (left.data_type(), right.data_type()) {
        (DataType::Int8, DataType::Int8) => integers::<Int8Type>(op, fault, left, right)?,
        (DataType::Int16, DataType::Int16) => integers::<Int16Type>(op, fault, left, right)?,
        (DataType::Int32, DataType::Int32) => integers::<Int32Type>(op, fault, left, right)?,
        (DataType::Int64, DataType::Int64) => integers::<Int64Type>(op, fault, left, right)?,
        (DataType::Float32, DataType::Float32) => {
            map::<Float32Type, Float32Type>(left, right, |a, b| float(op, fault, a, b))?
        }
        (DataType::Float64, DataType::Float64) => {
            map::<Float64Type, Float64Type>(left, right, |a, b| float(op, fault, a, b))?
        }
        (DataType::Decimal128(..), DataType::Decimal128(..)) => {
            decimals(op, fault, left.as_primitive(), right.as_primitive(), to)?
        }
        (a, b) => return exec_err!("no arithmetic on {a} and {b}"),
    })
}

/// Applies `work` to every pair of values that are there.
fn map<I: ArrowPrimitiveType, O: ArrowPrimitiveType>(
    left: &ArrayRef,
    right: &ArrayRef,
    work: impl Fn(I::Native, I::Native) -> Result<Option<O::Native>>,
) -> Result<ArrayRef> {
    let (left, right) = (left.as_primitive::<I>(), right.as_primitive::<I>());
    let rows = left.iter().zip(right).map(|pair| match pair {
        (Some(a), Some(b)) => work(a, b),
        _ => Ok(None),
    });
    Ok(Arc::new(rows.collect::<Result<PrimitiveArray<O>>>()?))
}

fn integers<T>(op: Op, fault: OnFault, left: &ArrayRef, right: &ArrayRef) -> Result<ArrayRef>
where
    T: ArrowPrimitiveType,
    T::Native: Into<i128> + TryFrom<i128>,
{
    if op == Op::IntegralDivide {
        return map::<T, Int64Type>(left, right, |a, b| {
            let quotient = integer(op, fault, a.into(), b.into())?;
            narrowed(op, fault, quotient, a.into(), b.into(), &T::DATA_TYPE)
        });
    }
    map::<T, T>(left, right, |a, b| {
        let value = integer(op, fault, a.into(), b.into())?;
        narrowed(op, fault, value, a.into(), b.into(), &T::DATA_TYPE)
    })
}

/// The exact result, which two 64-bit values cannot push out of 128 bits.
fn integer(op: Op, fault: OnFault, a: i128, b: i128) -> Result<Option<i128>> {
    Ok(match op {
        Op::Add => Some(a + b),
        Op::Subtract => Some(a - b),
        Op::Multiply => Some(a * b),
        Op::Divide | Op::IntegralDivide | Op::Remainder if b == 0 => by_zero(op, fault)?,
        Op::Divide | Op::IntegralDivide => Some(a / b),
        Op::Remainder => Some(a % b),
    })
}

fn narrowed<N: TryFrom<i128>>(
    op: Op,
    fault: OnFault,
    value: Option<i128>,
    a: i128,
    b: i128,
    data_type: &DataType,
) -> Result<Option<N>> {
    let Some(value) = value else { return Ok(None) };
    match (N::try_from(value), fault) {
        (Ok(value), _) => Ok(Some(value)),
        (Err(_), OnFault::Null) => Ok(None),
        (Err(_), OnFault::Raise) => Err(integer_overflow(op, a, b, data_type).into()),
    }
}

fn float<N: num::FloatLike>(op: Op, fault: OnFault, a: N, b: N) -> Result<Option<N>> {
    Ok(match op {
        Op::Add => Some(a + b),
        Op::Subtract => Some(a - b),
        Op::Multiply => Some(a * b),
        Op::Divide | Op::IntegralDivide | Op::Remainder if b == N::default() => by_zero(op, fault)?,
        Op::Divide | Op::IntegralDivide => Some(a / b),
        Op::Remainder => Some(a % b),
    })
}

mod num {
    use std::ops::{Add, Div, Mul, Rem, Sub};

    /// What both widths of floats can do.
    pub(super) trait FloatLike:
        Copy
        + Default
        + PartialEq
        + Add<Output = Self>
        + Sub<Output = Self>
        + Mul<Output = Self>
        + Div<Output = Self>
        + Rem<Output = Self>
    {
    }

    impl FloatLike for f32 {}
    impl FloatLike for f64 {}
}

fn by_zero<T>(op: Op, fault: OnFault) -> Result<Option<T>> {
    let condition = match (fault, op) {
        (OnFault::Null, _) => return Ok(None),
        (OnFault::Raise, Op::Remainder) => Condition::REMAINDER_BY_ZERO,
        (OnFault::Raise, _) => Condition::DIVIDE_BY_ZERO,
    };
    Err(Error::analysis(condition, [("config", ANSI_KEY.to_owned())]).into())
}

const ANSI_KEY: &str = "\"spark.sql.ansi.enabled\"";

fn integer_overflow(op: Op, a: i128, b: i128, data_type: &DataType) -> Error {
    let (symbol, function) = match op {
        Op::Add => ("+", "`try_add`"),
        Op::Subtract => ("-", "`try_subtract`"),
        Op::Multiply => ("*", "`try_multiply`"),
        Op::Divide | Op::IntegralDivide | Op::Remainder => ("/", "`try_divide`"),
    };
    let suffix = match data_type {
        DataType::Int8 | DataType::Int16 => "S",
        _ => {
            return Error::analysis(
                Condition::ARITHMETIC_OVERFLOW,
                [
                    ("message", overflow_message(data_type)),
                    ("alternative", format!(" Use {function} to get NULL instead.")),
                    ("config", ANSI_KEY.to_owned()),
                ],
            );
        }
    };
    Error::analysis(
        Condition::BINARY_ARITHMETIC_OVERFLOW,
        [
            ("value1", format!("{a}{suffix}")),
            ("symbol", symbol.to_owned()),
            ("value2", format!("{b}{suffix}")),
            ("functionName", function.to_owned()),
        ],
    )
}

fn overflow_message(data_type: &DataType) -> String {
    match data_type {
        DataType::Int64 => "long overflow".to_owned(),
        _ => "integer overflow".to_owned(),
    }
}

/// Decimals: exact in 256 bits, rounded half away from zero, checked.
fn decimals(
    op: Op,
    fault: OnFault,
    left: &Decimal128Array,
    right: &Decimal128Array,
    to: &DataType,
) -> Result<ArrayRef> {
    let (s1, s2) = (left.scale(), right.scale());
    let rows = left.iter().zip(right).map(|pair| match pair {
        (Some(a), Some(b)) => decimal_row(op, fault, (a, s1), (b, s2), to),
        _ => Ok(None),
    });
    if op == Op::IntegralDivide {
        let quotients = rows
            .map(|row| match row? {
                Some(value) => narrowed(op, fault, Some(value), 0, 0, &DataType::Int64),
                None => Ok(None),
            })
            .collect::<Result<PrimitiveArray<Int64Type>>>()?;
        return Ok(Arc::new(quotients));
    }
    let values = rows.collect::<Result<Decimal128Array>>()?;
    Ok(Arc::new(values.with_data_type(to.clone())))
}

fn decimal_row(
    op: Op,
    fault: OnFault,
    (a, s1): (i128, i8),
    (b, s2): (i128, i8),
    to: &DataType,
) -> Result<Option<i128>> {
    let (precision, scale) = match to {
        DataType::Decimal128(precision, scale) => (*precision, *scale),
        _ => (MAX_PRECISION, 0),
    };
    let zero = b == 0 && matches!(op, Op::Divide | Op::Remainder | Op::IntegralDivide);
    if zero {
        return by_zero(op, fault);
    }
    let value = exact(op, (a, s1), (b, s2), scale);
    let fitting = value
        .and_then(i256::to_i128)
        .filter(|value| value.unsigned_abs() < 10_u128.pow(u32::from(precision)));
    match (fitting, fault) {
        (Some(value), _) => Ok(Some(value)),
        (None, OnFault::Null) => Ok(None),
        (None, OnFault::Raise) => Err(decimal_overflow(value, precision, scale)),
    }
}

/// The result at `scale`, if 256 bits hold what is on the way to it.
fn exact(op: Op, (a, s1): (i128, i8), (b, s2): (i128, i8), scale: i8) -> Option<i256> {
    let common = s1.max(s2);
    let (wide_a, wide_b) = (i256::from_i128(a), i256::from_i128(b));
    let aligned = || {
        Some((wide_a.checked_mul(ten_to(common - s1)?)?, wide_b.checked_mul(ten_to(common - s2)?)?))
    };
    match op {
        Op::Add => {
            let (a, b) = aligned()?;
            rescaled(a.checked_add(b)?, common, scale)
        }
        Op::Subtract => {
            let (a, b) = aligned()?;
            rescaled(a.checked_sub(b)?, common, scale)
        }
        Op::Multiply => rescaled(wide_a.checked_mul(wide_b)?, s1 + s2, scale),
        Op::Divide => {
            let shift = scale - s1 + s2;
            if let Some(quotient) = narrow_quotient(a, b, shift) {
                return Some(i256::from_i128(quotient));
            }
            let numerator = wide_a.checked_mul(ten_to(shift.max(0))?)?;
            let denominator = wide_b.checked_mul(ten_to((-shift).max(0))?)?;
            Some(rounded_quotient(numerator, denominator))
        }
        Op::Remainder => {
            let (a, b) = aligned()?;
            rescaled(a.checked_rem(b)?, common, scale)
        }
        Op::IntegralDivide => {
            let (a, b) = aligned()?;
            a.checked_div(b)
        }
    }
}

/// The quotient in 128 bits, several times as fast, if they hold the numerator.
fn narrow_quotient(a: i128, b: i128, shift: i8) -> Option<i128> {
    let numerator = a.checked_mul(10_i128.checked_pow(u32::try_from(shift).ok()?)?)?;
    let (quotient, remainder) = (numerator.checked_div(b)?, numerator.checked_rem(b)?);
    if remainder.unsigned_abs() < b.unsigned_abs() - remainder.unsigned_abs() {
        return Some(quotient);
    }
    Some(if (a < 0) != (b < 0) { quotient - 1 } else { quotient + 1 })
}

fn ten_to(power: i8) -> Option<i256> {
    i256::from_i128(10).checked_pow(u32::try_from(power).ok()?)
}

fn rescaled(value: i256, from: i8, to: i8) -> Option<i256> {
    if to >= from {
        return value.checked_mul(ten_to(to - from)?);
    }
    Some(rounded_quotient(value, ten_to(from - to)?))
}

/// Half away from zero.
fn rounded_quotient(numerator: i256, denominator: i256) -> i256 {
    let quotient = numerator / denominator;
    let remainder = numerator % denominator;
    let twice = remainder.wrapping_abs().wrapping_add(remainder.wrapping_abs());
    if twice < denominator.wrapping_abs() {
        return quotient;
    }
    let negative = (numerator < i256::ZERO) != (denominator < i256::ZERO);
    if negative { quotient - i256::ONE } else { quotient + i256::ONE }
}

/// Spark's error for a decimal with too many digits.
fn decimal_overflow(value: Option<i256>, precision: u8, scale: i8) -> DataFusionError {
    let value = value.map_or_else(|| "the result".to_owned(), |v| plain(&v.to_string(), scale));
    Error::analysis(
        Condition::NUMERIC_VALUE_OUT_OF_RANGE,
        [
            ("value", value),
            ("precision", precision.to_string()),
            ("scale", scale.to_string()),
            ("config", ANSI_KEY.to_owned()),
        ],
    )
    .into()
}

/// An unscaled number with its decimal point put in.
fn plain(unscaled: &str, scale: i8) -> String {
    let (sign, number) = match unscaled.strip_prefix('-') {
        Some(number) => ("-", number),
        None => ("", unscaled),
    };
    let scale = usize::try_from(scale).unwrap_or(0);
    if scale == 0 {
        return unscaled.to_owned();
    }
    let padded = format!("{number:0>width$}", width = scale + 1);
    let (integral, fraction) = padded.split_at(padded.len() - scale);
    format!("{sign}{integral}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_types_are_those_of_spark() {
        let cases = [
            (Op::Add, (10, 2), (10, 0), (13, 2)),
            (Op::Add, (38, 10), (10, 2), (38, 9)),
            (Op::Multiply, (10, 2), (10, 2), (21, 4)),
            (Op::Multiply, (38, 10), (3, 0), (38, 6)),
            (Op::Multiply, (32, 4), (16, 2), (38, 6)),
            (Op::Divide, (10, 2), (3, 0), (14, 6)),
            (Op::Divide, (10, 2), (20, 0), (31, 23)),
            (Op::Divide, (38, 10), (38, 10), (38, 6)),
            (Op::Divide, (10, 0), (38, 10), (38, 18)),
            (Op::Remainder, (10, 2), (38, 10), (18, 10)),
        ];
        for (op, left, right, expected) in cases {
            assert_eq!(decimal_result(op, left, right), expected, "{op:?} {left:?} {right:?}");
        }
    }

    #[test]
    fn quotients_round_half_away_from_zero() {
        let quotient =
            |a: i128, b: i128| rounded_quotient(i256::from_i128(a), i256::from_i128(b)).to_i128();
        assert_eq!(quotient(5, 2), Some(3));
        assert_eq!(quotient(-5, 2), Some(-3));
        assert_eq!(quotient(5, -2), Some(-3));
        assert_eq!(quotient(4, 3), Some(1));
    }
}
