//! Functions of numbers that round, narrow or log as Spark does.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, Float64Array, Int64Array, PrimitiveArray,
};
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type,
};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, Volatility};

use super::{Kernel, Nulls, evaluated, udf};
use crate::error::{Condition, Error};
use crate::function::coerce::decimal;
use crate::function::rounded_decimal;

macro_rules! doubles {
    ($($static:ident $name:literal $nulls:ident $work:expr;)*) => {
        $(pub(crate) static $static: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
            udf(Kernel {
                name: $name,
                nulls: Nulls::$nulls,
                volatility: Volatility::Immutable,
                returns: |_| Ok(DataType::Float64),
                run: |args| evaluated(&args, |arrays, _| {
                    let work: fn(f64, f64) -> Option<f64> = $work;
                    Ok(doubles(arrays, work))
                }),
            })
        });)*
    };
}

// Logarithms of what has none are NULL.
doubles! {
    LN "spark_ln" Always |x, _| (x > 0.0 || x.is_nan()).then(|| x.ln());
    LOG10 "spark_log10" Always |x, _| (x > 0.0 || x.is_nan()).then(|| x.log10());
    LOG2 "spark_log2" Always |x, _| (x > 0.0 || x.is_nan()).then(|| x.ln() / 2.0_f64.ln());
    LOG1P "spark_log1p" Always |x, _| (x > -1.0 || x.is_nan()).then(|| x.ln_1p());
    LOG "spark_log" Always |base, x| (base > 0.0 && x > 0.0).then(|| x.ln() / base.ln());
    SQRT "spark_sqrt" Always |x, _| Some(x.sqrt());
    POWER "spark_power" Propagate |x, y| Some(power(x, y));
    SIGN "spark_sign" Always |x, _| Some(if x == 0.0 { x } else { x.signum() });
}

// Java's StrictMath is fdlibm, whose last digits differ from those of other libraries.
doubles! {
    EXP "spark_exp" Always |x, _| Some(libm::exp(x));
    SIN "spark_sin" Always |x, _| Some(libm::sin(x));
    CSC "spark_csc" Always |x, _| Some(1.0 / libm::sin(x));
    COSH "spark_cosh" Always |x, _| Some(libm::cosh(x));
    ATAN2 "spark_atan2" Propagate |y, x| Some(libm::atan2(y, x));
}

/// Java's pow: unlike C's, 1 to the power of NaN is NaN.
fn power(x: f64, y: f64) -> f64 {
    if y.is_nan() || (x.abs() == 1.0 && y.is_infinite()) { f64::NAN } else { x.powf(y) }
}

fn doubles(arrays: &[ArrayRef], work: fn(f64, f64) -> Option<f64>) -> ArrayRef {
    let first = arrays[0].as_primitive::<Float64Type>();
    let values: Float64Array = match arrays.get(1) {
        None => first.iter().map(|x| x.and_then(|x| work(x, 0.0))).collect(),
        Some(second) => {
            let second = second.as_primitive::<Float64Type>();
            first.iter().zip(second).map(|(x, y)| work(x?, y?)).collect()
        }
    };
    Arc::new(values)
}

pub(crate) static TO_LONG: LazyLock<Arc<ScalarUDF>> =
    LazyLock::new(|| to_long("spark_double_to_bigint", |args| narrowed(&args, false)));

/// The same in ANSI mode, where what does not fit is an error; what is no number is 0.
pub(crate) static TO_LONG_EXACT: LazyLock<Arc<ScalarUDF>> =
    LazyLock::new(|| to_long("spark_double_to_bigint_exact", |args| narrowed(&args, true)));

fn to_long(name: &'static str, run: Run) -> Arc<ScalarUDF> {
    udf(Kernel {
        name,
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        returns: |_| Ok(DataType::Int64),
        run,
    })
}

fn narrowed(
    args: &ScalarFunctionArgs,
    exact: bool,
) -> Result<datafusion::logical_expr::ColumnarValue> {
    // The first number above all of BIGINT.
    const END: f64 = 9_223_372_036_854_775_808.0;
    evaluated(args, |arrays, _| {
        let values = arrays[0].as_primitive::<Float64Type>().iter();
        let whole = values.map(|value| match value {
            Some(value) if exact && !(-END..END).contains(&value) && !value.is_nan() => {
                Err(overflow().into())
            }
            value => Ok(value.map(|value| value as i64)),
        });
        Ok(Arc::new(whole.collect::<Result<Int64Array>>()?) as ArrayRef)
    })
}

/// Which whole number is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Up,
    Down,
}

static CEIL: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    whole("spark_ceil", |args| evaluated(&args, |a, _| to_whole(a, Direction::Up)))
});
static FLOOR: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    whole("spark_floor", |args| evaluated(&args, |a, _| to_whole(a, Direction::Down)))
});

type Run = fn(
    datafusion::logical_expr::ScalarFunctionArgs,
) -> Result<datafusion::logical_expr::ColumnarValue>;

/// `ceil` or `floor` of decimals.
pub(crate) fn whole_decimal(to: Direction) -> &'static Arc<ScalarUDF> {
    match to {
        Direction::Up => &CEIL,
        Direction::Down => &FLOOR,
    }
}

fn whole(name: &'static str, run: Run) -> Arc<ScalarUDF> {
    udf(Kernel {
        name,
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        returns: |args| match args.arg_fields[0].data_type() {
            DataType::Decimal128(precision, scale) => {
                let digits = i16::from(*precision) - i16::from(*scale) + i16::from(*scale > 0);
                Ok(decimal(digits.max(1), 0))
            }
            other => exec_err!("a decimal is needed, not {other}"),
        },
        run,
    })
}

fn to_whole(arrays: &[ArrayRef], to: Direction) -> Result<ArrayRef> {
    let values = arrays[0].as_primitive::<Decimal128Type>();
    let (precision, scale) = (values.precision(), values.scale());
    let unit = 10_i128.pow(u32::try_from(scale).unwrap_or(0));
    let whole: Decimal128Array = values
        .iter()
        .map(|value| {
            value.map(|value| match to {
                Direction::Down => value.div_euclid(unit),
                Direction::Up => -(-value).div_euclid(unit),
            })
        })
        .collect();
    let digits = i16::from(precision) - i16::from(scale) + i16::from(scale > 0);
    Ok(Arc::new(whole.with_data_type(decimal(digits.max(1), 0))))
}

/// Where halves go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    Up,
    Even,
}

static ROUND: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    rounding("spark_round", |args| {
        let to = args.return_field.data_type().clone();
        evaluated(&args, |arrays, _| rounded(arrays, Half::Up, &to))
    })
});
static BROUND: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    rounding("spark_bround", |args| {
        let to = args.return_field.data_type().clone();
        evaluated(&args, |arrays, _| rounded(arrays, Half::Even, &to))
    })
});

/// `round` or `bround`, to a constant number of places.
pub(crate) fn round(half: Half) -> &'static Arc<ScalarUDF> {
    match half {
        Half::Up => &ROUND,
        Half::Even => &BROUND,
    }
}

fn rounding(name: &'static str, run: Run) -> Arc<ScalarUDF> {
    udf(Kernel {
        name,
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        returns: rounded_type,
        run,
    })
}

fn rounded_type(args: &ReturnFieldArgs<'_>) -> Result<DataType> {
    let own = args.arg_fields[0].data_type();
    let Some(Some(ScalarValue::Int32(Some(places)))) = args.scalar_arguments.get(1) else {
        return exec_err!("the number of places must be a constant");
    };
    Ok(match own {
        DataType::Decimal128(precision, scale) => rounded_decimal(*precision, *scale, *places),
        other => other.clone(),
    })
}

fn rounded(arrays: &[ArrayRef], half: Half, to: &DataType) -> Result<ArrayRef> {
    let places = arrays[1].as_primitive::<Int32Type>();
    let places = if places.is_empty() { 0 } else { places.value(0) };
    let values = &arrays[0];
    match values.data_type() {
        DataType::Int8 => integers::<Int8Type>(values, places, half),
        DataType::Int16 => integers::<Int16Type>(values, places, half),
        DataType::Int32 => integers::<Int32Type>(values, places, half),
        DataType::Int64 => integers::<Int64Type>(values, places, half),
        DataType::Decimal128(..) => decimals(values, places, half, to),
        DataType::Float32 => {
            let values = values.as_primitive::<Float32Type>();
            Ok(Arc::new(values.unary::<_, Float32Type>(|v| {
                round_text(&v.to_string(), places, half).unwrap_or(f64::from(v)) as f32
            })))
        }
        DataType::Float64 => {
            let values = values.as_primitive::<Float64Type>();
            Ok(Arc::new(values.unary::<_, Float64Type>(|v| {
                round_text(&v.to_string(), places, half).unwrap_or(v)
            })))
        }
        other => exec_err!("no rounding of {other}"),
    }
}

fn integers<T>(values: &ArrayRef, places: i32, half: Half) -> Result<ArrayRef>
where
    T: ArrowPrimitiveType,
    T::Native: Into<i128> + TryFrom<i128>,
{
    let values = values.as_primitive::<T>().iter().map(|value| match value {
        None => Ok(None),
        Some(value) => {
            let rounded = to_unit(value.into(), -places, half);
            T::Native::try_from(rounded).map(Some).map_err(|_| overflow().into())
        }
    });
    Ok(Arc::new(values.collect::<Result<PrimitiveArray<T>>>()?))
}

/// Spark's error for a number without a place in its type.
pub(super) fn overflow() -> Error {
    Error::analysis(
        Condition::ARITHMETIC_OVERFLOW,
        [
            ("message", "overflow".to_owned()),
            ("alternative", String::new()),
            ("config", "\"spark.sql.ansi.enabled\"".to_owned()),
        ],
    )
}

/// The nearest multiple of a power of ten.
fn to_unit(value: i128, power: i32, half: Half) -> i128 {
    let Ok(power) = u32::try_from(power) else { return value };
    let Some(unit) = 10_i128.checked_pow(power) else { return 0 };
    nearest(value, unit, half) * unit
}

/// The quotient, rounded.
fn nearest(value: i128, unit: i128, half: Half) -> i128 {
    let (quotient, remainder) = (value / unit, value % unit);
    let twice = remainder.unsigned_abs() * 2;
    let up = match half {
        Half::Up => twice >= unit.unsigned_abs(),
        Half::Even => {
            twice > unit.unsigned_abs() || (twice == unit.unsigned_abs() && quotient % 2 != 0)
        }
    };
    if up { quotient + value.signum() } else { quotient }
}

fn decimals(values: &ArrayRef, places: i32, half: Half, to: &DataType) -> Result<ArrayRef> {
    let values = values.as_primitive::<Decimal128Type>();
    let own = i32::from(values.scale());
    let rounded: Decimal128Array = values
        .iter()
        .map(|value| {
            value.map(|value| {
                let drop = (own - places).max(0);
                let unit = u32::try_from(drop).ok().and_then(|drop| 10_i128.checked_pow(drop));
                let quotient = unit.map_or(0, |unit| nearest(value, unit, half));
                // Places before the point come back as zeros.
                match u32::try_from(-places) {
                    Ok(zeros) => quotient.saturating_mul(10_i128.saturating_pow(zeros)),
                    Err(_) => quotient,
                }
            })
        })
        .collect();
    Ok(Arc::new(rounded.with_data_type(to.clone())))
}

/// A float rounded as the decimal number that it prints as; none if it is no
/// number, or too large to have such places.
fn round_text(text: &str, places: i32, half: Half) -> Option<f64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1.0, digits),
        None => (1.0, text),
    };
    let (integral, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !integral.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let own = i32::try_from(fraction.len()).ok()?;
    if places >= own {
        return None;
    }
    let value: i128 = format!("{integral}{fraction}").parse().ok()?;
    let unit = 10_i128.checked_pow(u32::try_from(own - places).ok()?)?;
    let rounded = nearest(value, unit, half);
    format!("{rounded}e{}", -places).parse::<f64>().ok().map(|value| sign * value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_round_as_they_print() {
        assert_eq!(round_text("2.5", 0, Half::Up), Some(3.0));
        assert_eq!(round_text("2.5", 0, Half::Even), Some(2.0));
        assert_eq!(round_text("-2.5", 0, Half::Up), Some(-3.0));
        assert_eq!(round_text("1.005", 2, Half::Up), Some(1.01));
        assert_eq!(round_text("125", -1, Half::Up), Some(130.0));
        assert_eq!(round_text("NaN", 1, Half::Up), None);
        assert_eq!(round_text("1.5", 3, Half::Up), None);
    }
}
