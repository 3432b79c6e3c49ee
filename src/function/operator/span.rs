//! Arithmetic of intervals among themselves and with numbers.

use datafusion::arrow::datatypes::DataType;

use super::both;
use crate::error::Result;
use crate::function::call::{FunctionCall, scalar, scalar_of, unexpected_type};
use crate::function::coerce::{Kind, canonical};
use crate::function::operator::arithmetic::Mode;
use crate::function::udf::arithmetic::{self, OnFault, Op};
use crate::function::udf::time::{LENGTH, SpanOp, span_function};
use crate::function::{Typed, cast};
use crate::planner::scope::Scope;

/// An interval times or through a number.
pub(super) fn scaled(
    call: &FunctionCall,
    op: SpanOp,
    interval: &Typed,
    number: &Typed,
    mode: Mode,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let own = number.data_type(scope)?.clone();
    let calendar = Kind::of(interval.data_type(scope)?) == Kind::Calendar;
    let to = match (Kind::of(&own), canonical(&own)) {
        (Kind::Integral, _) if !calendar => DataType::Int64,
        (Kind::Decimal, decimal) if !calendar => decimal,
        (kind, _) if kind.is_numeric() || matches!(kind, Kind::String | Kind::Null) => {
            DataType::Float64
        }
        _ => return Err(unexpected_type(call, 1, "NUMERIC", scope)),
    };
    let number = cast::coerced(number, &to, scope)?;
    let interval = cast::normalised(interval, scope)?;
    Ok(scalar(&span_function(op, mode == Mode::Try), [interval, number]))
}

/// The sum or difference of two intervals of one kind.
pub(super) fn sum(
    op: SpanOp,
    left: &Typed,
    right: &Typed,
    mode: Mode,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let common = canonical(left.data_type(scope)?);
    let (left, right) = both(left, right, &common, scope)?;
    Ok(scalar(&span_function(op, mode == Mode::Try), [left, right]))
}

/// How often an interval fits into another.
pub(super) fn quotient(left: &Typed, right: &Typed, mode: Mode) -> Typed {
    let fault = if mode == Mode::Ansi { OnFault::Raise } else { OnFault::Null };
    let udf = arithmetic::function(Op::IntegralDivide, fault);
    scalar_of(udf, [length(left), length(right)], DataType::Int64)
}

/// Months or microseconds as a number.
pub(crate) fn length(interval: &Typed) -> Typed {
    scalar_of(&LENGTH, [interval.clone()], DataType::Int64)
}

/// The interval with the other sign, or without one.
pub(crate) fn unary(op: SpanOp, interval: Typed) -> Typed {
    scalar(&span_function(op, false), [interval])
}
