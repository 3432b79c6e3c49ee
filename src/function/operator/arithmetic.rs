//! `+ - * / % div` and the signs.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, ExprSchemable, Operator};

use super::{binary, both, temporal};
use crate::error::Result;
use crate::function::call::{FunctionCall, scalar_of, unexpected_type};
use crate::function::coerce::{self, Kind, canonical, decimal_of};
use crate::function::udf::arithmetic::{OnFault, Op, decimal_result, function};
use crate::function::udf::time::SpanOp;
use crate::function::{Typed, ansi, cast};
use crate::planner::scope::Scope;

/// What a fault gives: as the session says, or NULL for the `try` functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Ansi,
    Legacy,
    Try,
}

impl Mode {
    pub(crate) fn of(scope: &Scope<'_>) -> Self {
        if ansi(scope) { Self::Ansi } else { Self::Legacy }
    }

    fn on_fault(self) -> OnFault {
        match self {
            Self::Ansi => OnFault::Raise,
            Self::Legacy | Self::Try => OnFault::Null,
        }
    }
}

pub(crate) fn add(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    match call.arguments.as_slice() {
        [only] => signed(call, only, scope),
        _ => arithmetic(call, Op::Add, Mode::of(scope), scope),
    }
}

pub(crate) fn subtract(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    match call.arguments.as_slice() {
        [_] => negative(call, scope),
        _ => arithmetic(call, Op::Subtract, Mode::of(scope), scope),
    }
}

pub(crate) fn multiply(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    arithmetic(call, Op::Multiply, Mode::of(scope), scope)
}

pub(crate) fn divide(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    arithmetic(call, Op::Divide, Mode::of(scope), scope)
}

pub(crate) fn remainder(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    arithmetic(call, Op::Remainder, Mode::of(scope), scope)
}

pub(crate) fn integral_divide(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    arithmetic(call, Op::IntegralDivide, Mode::of(scope), scope)
}

pub(crate) fn try_add(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    arithmetic(call, Op::Add, Mode::Try, scope)
}

pub(crate) fn try_subtract(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    arithmetic(call, Op::Subtract, Mode::Try, scope)
}

pub(crate) fn try_multiply(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    arithmetic(call, Op::Multiply, Mode::Try, scope)
}

pub(crate) fn try_divide(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    arithmetic(call, Op::Divide, Mode::Try, scope)
}

pub(crate) fn try_mod(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    arithmetic(call, Op::Remainder, Mode::Try, scope)
}

fn arithmetic(call: &FunctionCall, op: Op, mode: Mode, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    let [left, right] = call.arguments()?;
    let (a, b) = (canonical(left.data_type(scope)?), canonical(right.data_type(scope)?));
    let kinds = (Kind::of(&a), Kind::of(&b));
    if is_number(kinds.0) && is_number(kinds.1) {
        return numbers(call, op, mode, (left, &a), (right, &b), scope);
    }
    if let Some(result) = temporal::plan(call, op, mode, scope)? {
        return Ok(result);
    }
    Err(super::refused(call, NUMERIC, scope))
}

/// Strings count: they become numbers beside numbers.
fn is_number(kind: Kind) -> bool {
    kind.is_numeric() || matches!(kind, Kind::Null | Kind::String)
}

const NUMERIC: &str =
    "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL\")";

type Operand<'a> = (&'a Typed, &'a DataType);

fn numbers(
    call: &FunctionCall,
    op: Op,
    mode: Mode,
    (left, a): Operand<'_>,
    (right, b): Operand<'_>,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let Some(common) = operand_type(a, b) else {
        let legacy = mode == Mode::Legacy || !ansi(scope);
        return match (Kind::of(a), Kind::of(b)) {
            (Kind::String | Kind::Null, Kind::String | Kind::Null) if legacy => {
                doubles(op, mode, left, right, scope)
            }
            _ => Err(super::refused(call, NUMERIC, scope)),
        };
    };
    match (op, Kind::of(&common)) {
        (Op::IntegralDivide, Kind::Float | Kind::Double) => {
            Err(super::refused(call, "(\"BIGINT\" or \"DECIMAL\")", scope))
        }
        (Op::Divide, _) if Kind::of(a) == Kind::Null => doubles(op, mode, left, right, scope),
        (Op::IntegralDivide, _) if Kind::of(a) == Kind::Null && Kind::of(b) == Kind::Null => {
            integers(op, mode, left, right, &DataType::Int64, scope)
        }
        (Op::Divide, Kind::Integral | Kind::Float | Kind::Double) => {
            doubles(op, mode, left, right, scope)
        }
        (_, Kind::Decimal) => decimals(op, mode, (left, a), (right, b), scope),
        (_, Kind::Integral) => integers(op, mode, left, right, &common, scope),
        _ => floats(op, mode, left, right, &common, scope),
    }
}

/// The type in which two numbers meet; none for two strings.
fn operand_type(a: &DataType, b: &DataType) -> Option<DataType> {
    match (Kind::of(a), Kind::of(b)) {
        (Kind::Null, Kind::Null) => Some(DataType::Float64),
        (Kind::String, Kind::String | Kind::Null) | (Kind::Null, Kind::String) => None,
        _ => coerce::wider(a, b),
    }
}

fn doubles(op: Op, mode: Mode, left: &Typed, right: &Typed, scope: &Scope<'_>) -> Result<Typed> {
    floats(op, mode, left, right, &DataType::Float64, scope)
}

/// Floats do not fault, but for division by zero.
fn floats(
    op: Op,
    mode: Mode,
    left: &Typed,
    right: &Typed,
    common: &DataType,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let (left, right) = both(left, right, common, scope)?;
    let operator = match op {
        Op::Add => Operator::Plus,
        Op::Subtract => Operator::Minus,
        Op::Multiply => Operator::Multiply,
        // By the function, a quotient may be NULL whatever is divided, as in Spark.
        Op::Divide if is_nonzero(&right) && nullable(&left, scope) => Operator::Divide,
        Op::Divide | Op::Remainder | Op::IntegralDivide => {
            let udf = function(op, mode.on_fault());
            return Ok(scalar_of(udf, [left, right], common.clone()));
        }
    };
    Ok(binary(left, operator, right, common.clone()))
}

fn nullable(value: &Typed, scope: &Scope<'_>) -> bool {
    value.expr().nullable(scope.df_schema().as_ref()).unwrap_or(true)
}

/// Whether a divisor is a constant other than zero.
fn is_nonzero(divisor: &Typed) -> bool {
    matches!(divisor.as_literal(), Some(ScalarValue::Float64(Some(value))) if *value != 0.0)
}

fn integers(
    op: Op,
    mode: Mode,
    left: &Typed,
    right: &Typed,
    common: &DataType,
    scope: &Scope<'_>,
) -> Result<Typed> {
    // Spark divides integers as longs, so that only the longs' edge overflows.
    let common = if op == Op::IntegralDivide { &DataType::Int64 } else { common };
    let (left, right) = both(left, right, common, scope)?;
    let wrapping = match (op, mode) {
        (Op::Add, Mode::Legacy) => Some(Operator::Plus),
        (Op::Subtract, Mode::Legacy) => Some(Operator::Minus),
        (Op::Multiply, Mode::Legacy) => Some(Operator::Multiply),
        _ => None,
    };
    if let Some(operator) = wrapping {
        return Ok(binary(left, operator, right, common.clone()));
    }
    Ok(scalar_of(function(op, mode.on_fault()), [left, right], common.clone()))
}

fn decimals(
    op: Op,
    mode: Mode,
    (left, a): Operand<'_>,
    (right, b): Operand<'_>,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let (p, q) = (decimal_for(left, a, b), decimal_for(right, b, a));
    let (left, right) = (as_decimal(left, p, scope)?, as_decimal(right, q, scope)?);
    let (precision, scale) = decimal_result(op, p, q);
    if op == Op::IntegralDivide {
        return Ok(scalar_of(function(op, mode.on_fault()), [left, right], DataType::Int64));
    }
    let result = DataType::Decimal128(precision, scale);
    // Where nothing was cut off the exact type, nothing can overflow.
    let operator = match op {
        Op::Add if precision < coerce::MAX_PRECISION => Some(Operator::Plus),
        Op::Subtract if precision < coerce::MAX_PRECISION => Some(Operator::Minus),
        Op::Multiply if precision < coerce::MAX_PRECISION => Some(Operator::Multiply),
        _ => None,
    };
    if let Some(operator) = operator {
        return Ok(binary(left, operator, right, result));
    }
    Ok(scalar_of(function(op, mode.on_fault()), [left, right], result))
}

/// The decimal type of an operand: an integer constant beside a decimal is as
/// narrow as its digits, NULL is like the other side.
fn decimal_for(operand: &Typed, own: &DataType, other: &DataType) -> (u8, i8) {
    if Kind::of(other) == Kind::Decimal
        && Kind::of(own) == Kind::Integral
        && let Some(digits) = operand.as_literal().and_then(literal_digits)
    {
        return (digits, 0);
    }
    decimal_of(own).or_else(|| decimal_of(other)).unwrap_or((10, 0))
}

fn literal_digits(value: &ScalarValue) -> Option<u8> {
    let value: i64 = match value {
        ScalarValue::Int8(Some(v)) => (*v).into(),
        ScalarValue::Int16(Some(v)) => (*v).into(),
        ScalarValue::Int32(Some(v)) => (*v).into(),
        ScalarValue::Int64(Some(v)) => *v,
        _ => return None,
    };
    let digits = value.unsigned_abs().checked_ilog10().unwrap_or(0) + 1;
    u8::try_from(digits).ok()
}

fn as_decimal(value: &Typed, (precision, scale): (u8, i8), scope: &Scope<'_>) -> Result<Typed> {
    cast::coerced(value, &DataType::Decimal128(precision, scale), scope)
}

fn signed(call: &FunctionCall, value: &Typed, scope: &Scope<'_>) -> Result<Typed> {
    operand(call, value, scope)
}

/// The operand of a sign: a number or an interval; strings become doubles.
fn operand(call: &FunctionCall, value: &Typed, scope: &Scope<'_>) -> Result<Typed> {
    let own = value.data_type(scope)?;
    match Kind::of(own) {
        Kind::String | Kind::Null => cast::coerced(value, &DataType::Float64, scope),
        kind if kind.is_numeric() || kind.is_interval() => {
            let to = canonical(own);
            cast::coerced(value, &to, scope)
        }
        _ => Err(unexpected_type(call, 0, NUMERIC.trim_matches('"'), scope)),
    }
}

pub(crate) fn positive(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    signed(call, value, scope)
}

pub(crate) fn negative(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    if let Some(literal) = value.as_literal().and_then(negated) {
        return Ok(Typed::literal(literal));
    }
    let value = operand(call, value, scope)?;
    let data_type = value.data_type(scope)?.clone();
    if Kind::of(&data_type) == Kind::Integral && ansi(scope) {
        // 0 - x overflows where -x does.
        let zero = Typed::literal(ScalarValue::new_zero(&data_type)?);
        return Ok(scalar_of(function(Op::Subtract, OnFault::Raise), [zero, value], data_type));
    }
    let kind = Kind::of(&data_type);
    if matches!(kind, Kind::DayTime | Kind::YearMonth) {
        return Ok(super::span::unary(SpanOp::Negate, value));
    }
    Ok(Typed::new(Expr::Negative(Box::new(value.into_expr())), data_type))
}

/// The constant with the other sign, if that is one of its type.
fn negated(value: &ScalarValue) -> Option<ScalarValue> {
    match value {
        ScalarValue::Int8(Some(v)) => Some(ScalarValue::Int8(Some(v.checked_neg()?))),
        ScalarValue::Int16(Some(v)) => Some(ScalarValue::Int16(Some(v.checked_neg()?))),
        ScalarValue::Int32(Some(v)) => Some(ScalarValue::Int32(Some(v.checked_neg()?))),
        ScalarValue::Int64(Some(v)) => Some(ScalarValue::Int64(Some(v.checked_neg()?))),
        ScalarValue::Float32(Some(v)) => Some(ScalarValue::Float32(Some(-v))),
        ScalarValue::Float64(Some(v)) => Some(ScalarValue::Float64(Some(-v))),
        ScalarValue::Decimal128(Some(v), p, s) => Some(ScalarValue::Decimal128(Some(-v), *p, *s)),
        _ => None,
    }
}
