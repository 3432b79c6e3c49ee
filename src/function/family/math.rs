//! Numbers.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions::math as df;
use datafusion::logical_expr::expr::Case;
use datafusion::logical_expr::{Expr, Operator, ScalarUDF};
use datafusion_spark::function::{bitwise, math as spark};

use super::Family;
use crate::error::{Condition, Error, Result};
use crate::function::call::{FunctionCall, implicit, scalar, scalar_of, unexpected_type};
use crate::function::coerce::{Kind, canonical, decimal, decimal_of};
use crate::function::constant;
use crate::function::operator::{arithmetic, comparison, span};
use crate::function::table::Build::{self, Custom, Udf};
use crate::function::table::Param::{Any, Double, Int, Long, String};
use crate::function::udf::time::SpanOp;
use crate::function::udf::{absolute, ceiling, number};
use crate::function::{Typed, cast, generated};
use crate::planner::scope::Scope;

/// A function of a double that gives one.
const fn double(udf: fn() -> Arc<ScalarUDF>) -> Build {
    Udf { udf, takes: &[Double], least: 1, returns: Double }
}

pub(super) const TABLE: Family = &[
    ("abs", Custom(abs)),
    ("ceil", Custom(ceil)),
    ("ceiling", Custom(ceil)),
    ("floor", Custom(floor)),
    ("round", Custom(round)),
    ("bround", Custom(bround)),
    ("rint", double(spark::rint)),
    ("sqrt", double(|| number::SQRT.clone())),
    ("cbrt", double(df::cbrt)),
    ("exp", double(|| number::EXP.clone())),
    ("expm1", double(spark::expm1)),
    ("ln", double(|| number::LN.clone())),
    ("log", Custom(log)),
    ("log10", double(|| number::LOG10.clone())),
    ("log2", double(|| number::LOG2.clone())),
    ("log1p", double(|| number::LOG1P.clone())),
    (
        "pow",
        Udf { udf: || number::POWER.clone(), takes: &[Double, Double], least: 2, returns: Double },
    ),
    (
        "power",
        Udf { udf: || number::POWER.clone(), takes: &[Double, Double], least: 2, returns: Double },
    ),
    ("sign", Custom(sign)),
    ("signum", Custom(sign)),
    ("pmod", Custom(pmod)),
    ("sin", double(|| number::SIN.clone())),
    ("cos", double(df::cos)),
    ("tan", double(df::tan)),
    ("cot", double(df::cot)),
    ("sec", double(spark::sec)),
    ("csc", double(|| number::CSC.clone())),
    ("asin", double(df::asin)),
    ("acos", double(df::acos)),
    ("atan", double(df::atan)),
    (
        "atan2",
        Udf { udf: || number::ATAN2.clone(), takes: &[Double, Double], least: 2, returns: Double },
    ),
    ("sinh", double(df::sinh)),
    ("cosh", double(|| number::COSH.clone())),
    ("tanh", double(df::tanh)),
    ("asinh", double(df::asinh)),
    ("acosh", double(df::acosh)),
    ("atanh", double(df::atanh)),
    ("degrees", double(df::degrees)),
    ("radians", double(df::radians)),
    ("pi", Custom(pi)),
    ("e", Custom(e)),
    ("hypot", Udf { udf: spark::hypot, takes: &[Double, Double], least: 2, returns: Double }),
    ("factorial", Udf { udf: spark::factorial, takes: &[Int], least: 1, returns: Long }),
    ("hex", Custom(hex)),
    ("unhex", Udf { udf: spark::unhex, takes: &[String], least: 1, returns: Any }),
    ("bin", Udf { udf: spark::bin, takes: &[Long], least: 1, returns: String }),
    ("bit_count", Udf { udf: bitwise::bit_count, takes: &[Any], least: 1, returns: Int }),
    ("bit_get", Udf { udf: bitwise::bit_get, takes: &[Any, Int], least: 2, returns: Any }),
    ("getbit", Udf { udf: bitwise::bit_get, takes: &[Any, Int], least: 2, returns: Any }),
    ("width_bucket", Custom(width_bucket)),
];

/// The argument as a number: strings become doubles.
fn numeric(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let Some(value) = call.arguments.first() else { return Err(call.wrong_number("1")) };
    let own = canonical(value.data_type(scope)?);
    match Kind::of(&own) {
        Kind::String | Kind::Null => cast::coerced(value, &DataType::Float64, scope),
        kind if kind.is_numeric() => cast::coerced(value, &own, scope),
        kind if kind.is_interval() => {
            Err(Error::unsupported(format!("function.{}.interval", call.name.to_lowercase())))
        }
        _ => Err(unexpected_type(call, 0, "NUMERIC", scope)),
    }
}

/// The number without its sign, or the interval.
fn abs(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    match Kind::of(value.data_type(scope)?) {
        Kind::DayTime | Kind::YearMonth => {
            return Ok(span::unary(SpanOp::Abs, cast::normalised(value, scope)?));
        }
        Kind::Calendar => {
            let takes = "NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH";
            return Err(unexpected_type(call, 0, takes, scope));
        }
        _ => {}
    }
    let value = numeric(call, scope)?;
    let own = value.data_type(scope)?.clone();
    if matches!(Kind::of(&own), Kind::Float | Kind::Double) {
        let certain = !value.is_nullable(scope)?;
        let absolute = scalar_of(&df::abs(), [value], own);
        return Ok(if certain { generated::known(absolute) } else { absolute });
    }
    let ansi = crate::function::ansi(scope);
    let udf = if ansi { &absolute::ABS } else { &absolute::WRAPPING_ABS };
    Ok(scalar_of(udf, [value], own))
}

/// The sign of a number or an interval, as a double.
fn sign(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    let number = match Kind::of(value.data_type(scope)?) {
        Kind::DayTime | Kind::YearMonth => {
            let length = span::length(&cast::normalised(value, scope)?);
            cast::plain(length, &DataType::Float64)
        }
        Kind::Calendar => {
            let takes = "DOUBLE\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND";
            return Err(unexpected_type(call, 0, takes, scope));
        }
        _ => implicit(call, 0, &DataType::Float64, scope)?,
    };
    Ok(scalar_of(&number::SIGN, [number], DataType::Float64))
}

/// `width_bucket(value, low, high, count)` of numbers, or of intervals of one kind.
fn width_bucket(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let values: &[Typed; 4] = call.arguments()?;
    let kinds = values[..3].iter().map(|value| value.data_type(scope).map(Kind::of));
    let kinds = kinds.collect::<Result<Vec<_>>>()?;
    let is_span = |kind: &Kind| matches!(kind, Kind::DayTime | Kind::YearMonth);
    let mut numbers = Vec::new();
    if let Some(own) = kinds.iter().find(|kind| is_span(kind)) {
        if kinds.iter().any(|kind| kind != own) {
            let types = values[..3].iter().map(|value| value.data_type(scope).cloned());
            return Err(comparison::mismatched(call, &types.collect::<Result<Vec<_>>>()?));
        }
        for value in &values[..3] {
            let length = span::length(&cast::normalised(value, scope)?);
            numbers.push(cast::plain(length, &DataType::Float64));
        }
    } else {
        for at in 0..3 {
            numbers.push(implicit(call, at, &DataType::Float64, scope)?);
        }
    }
    numbers.push(implicit(call, 3, &DataType::Int64, scope)?);
    Ok(cast::plain(scalar(&spark::width_bucket(), numbers), &DataType::Int64))
}

fn ceil(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    whole(call, number::Direction::Up, scope)
}

fn floor(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    whole(call, number::Direction::Down, scope)
}

/// The next whole number: BIGINT, or a decimal for a decimal.
fn whole(call: &FunctionCall, to: number::Direction, scope: &Scope<'_>) -> Result<Typed> {
    if call.arguments.len() == 2 {
        return whole_at(call, to, scope);
    }
    let [_] = call.arguments()?;
    let value = numeric(call, scope)?;
    let own = value.data_type(scope)?.clone();
    match own {
        DataType::Decimal128(precision, scale) => {
            let digits = i16::from(precision) - i16::from(scale) + i16::from(scale > 0);
            let result = decimal(digits.max(1), 0);
            Ok(scalar_of(number::whole_decimal(to), [value], result))
        }
        DataType::Float32 | DataType::Float64 => {
            let value = cast::coerced(&value, &DataType::Float64, scope)?;
            let udf = match to {
                number::Direction::Up => df::ceil(),
                number::Direction::Down => df::floor(),
            };
            let whole = scalar_of(&udf, [value], DataType::Float64);
            // Java's narrowing stops at the ends of BIGINT.
            let ansi = crate::function::ansi(scope);
            let udf = if ansi { &number::TO_LONG_EXACT } else { &number::TO_LONG };
            Ok(scalar_of(udf, [whole], DataType::Int64))
        }
        _ => Ok(generated::maybe(cast::coerced(&value, &DataType::Int64, scope)?)),
    }
}

/// `ceil(x, places)` and `floor(x, places)`, of decimals; the places are a constant, as
/// they decide the type.
fn whole_at(call: &FunctionCall, to: number::Direction, scope: &Scope<'_>) -> Result<Typed> {
    let places = match constant::value_of(&call.arguments[1], scope)? {
        Some(ScalarValue::Int32(Some(places))) => places,
        Some(ScalarValue::Int16(Some(places))) => i32::from(places),
        Some(ScalarValue::Int8(Some(places))) => i32::from(places),
        _ => {
            return Err(Error::analysis(
                Condition::NON_FOLDABLE_ARGUMENT,
                [
                    ("funcName", format!("`{}`", call.name.to_lowercase())),
                    ("paramName", "`scale`".to_owned()),
                    ("paramType", "\"INT\"".to_owned()),
                ],
            ));
        }
    };
    let value = &call.arguments[0];
    let own = canonical(value.data_type(scope)?);
    let (precision, scale) = match Kind::of(&own) {
        Kind::Double => (30, 15),
        Kind::Float => (14, 7),
        Kind::String => (38, 18),
        Kind::Null => (10, 0),
        _ => decimal_of(&own).ok_or_else(|| unexpected_type(call, 0, "DECIMAL", scope))?,
    };
    let value = cast::coerced(value, &DataType::Decimal128(precision, scale), scope)?;
    let result = ceiling::result_type(precision, scale, places);
    let udf = ceiling::at_places(to, places, result.clone());
    Ok(scalar_of(&udf, [value], result))
}

fn round(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    rounded(call, number::Half::Up, scope)
}

fn bround(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    rounded(call, number::Half::Even, scope)
}

/// `round(x, scale?)`; the scale is a constant, as it decides the type.
fn rounded(call: &FunctionCall, half: number::Half, scope: &Scope<'_>) -> Result<Typed> {
    let places = match call.arguments.as_slice() {
        [_] => 0,
        [_, _] => match constant::argument(call, 1, "scale", &DataType::Int32, scope)? {
            Some(ScalarValue::Int32(Some(places))) => places,
            _ => {
                return Ok(Typed::literal(ScalarValue::try_from(
                    numeric(call, scope)?.data_type(scope)?,
                )?));
            }
        },
        _ => return Err(call.wrong_number("[1, 2]")),
    };
    let value = numeric(call, scope)?;
    let own = value.data_type(scope)?.clone();
    if Kind::of(&own) == Kind::Integral && places >= 0 {
        return Ok(value);
    }
    let to = match own {
        DataType::Decimal128(precision, scale) => rounded_decimal(precision, scale, places),
        other => other,
    };
    let places = Typed::literal(ScalarValue::Int32(Some(places)));
    Ok(scalar_of(number::round(half), [value, places], to))
}

/// The type of a rounded decimal.
pub(crate) fn rounded_decimal(precision: u8, scale: i8, places: i32) -> DataType {
    let integral = i32::from(precision) - i32::from(scale) + 1;
    let clamp = |value: i32| i16::try_from(value).unwrap_or(i16::MAX);
    if places < 0 {
        let digits = integral.max(1 - places);
        return decimal(clamp(digits), 0);
    }
    let scale = i32::from(scale).min(places);
    decimal(clamp(integral + scale), clamp(scale))
}

/// `log(x)` and `log(base, x)`.
fn log(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    match call.arguments.len() {
        1 => {
            let value = implicit(call, 0, &DataType::Float64, scope)?;
            Ok(scalar_of(&number::LN, [value], DataType::Float64))
        }
        2 => {
            let base = implicit(call, 0, &DataType::Float64, scope)?;
            let value = implicit(call, 1, &DataType::Float64, scope)?;
            Ok(scalar_of(&number::LOG, [base, value], DataType::Float64))
        }
        _ => Err(call.wrong_number("[1, 2]")),
    }
}

/// The remainder with the sign of the divisor made positive: `((a % n) + n) % n`.
fn pmod(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [a, n] = call.arguments()?;
    a.may_be_copied()?;
    n.may_be_copied()?;
    let remainder =
        |a: Typed, n: &Typed| arithmetic::remainder(&FunctionCall::new("%", [a, n.clone()]), scope);
    let first = remainder(a.clone(), n)?;
    let data_type = first.data_type(scope)?.clone();
    let n = cast::coerced(n, &data_type, scope)?;
    let first = cast::coerced(&first, &data_type, scope)?;
    let zero = Typed::literal(ScalarValue::new_zero(&data_type)?).into_expr();
    let negative = datafusion::logical_expr::binary_expr(first.expr().clone(), Operator::Lt, zero);
    let sum = datafusion::logical_expr::binary_expr(
        first.expr().clone(),
        Operator::Plus,
        n.expr().clone(),
    );
    let lifted = remainder(Typed::from(sum), &n)?;
    let lifted = cast::coerced(&lifted, &data_type, scope)?;
    let cases = vec![(Box::new(negative), Box::new(lifted.into_expr()))];
    let case = Case::new(None, cases, Some(Box::new(first.into_expr())));
    Ok(Typed::new(Expr::Case(case), data_type))
}

fn pi(call: &FunctionCall, _scope: &Scope<'_>) -> Result<Typed> {
    let [] = call.arguments()?;
    Ok(Typed::literal(std::f64::consts::PI.into()))
}

fn e(call: &FunctionCall, _scope: &Scope<'_>) -> Result<Typed> {
    let [] = call.arguments()?;
    Ok(Typed::literal(std::f64::consts::E.into()))
}

/// Of a whole number, a string or binary.
fn hex(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    let value = match Kind::of(value.data_type(scope)?) {
        Kind::String | Kind::Binary => value.clone(),
        Kind::Integral | Kind::Decimal | Kind::Float | Kind::Double | Kind::Null => {
            cast::coerced(value, &DataType::Int64, scope)?
        }
        _ => return Err(unexpected_type(call, 0, "BIGINT\" or \"BINARY\" or \"STRING", scope)),
    };
    Ok(scalar_of(&spark::hex(), [value], DataType::Utf8))
}
