//! `& | ^ ~` and shifts.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::Operator;

use super::{binary, both, refused};
use crate::error::Result;
use crate::function::call::{FunctionCall, scalar_of, unexpected_type};
use crate::function::coerce::{self, Kind, canonical};
use crate::function::{Typed, cast};
use crate::planner::scope::Scope;

pub(crate) fn and(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    combine(call, Operator::BitwiseAnd, scope)
}

pub(crate) fn or(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    combine(call, Operator::BitwiseOr, scope)
}

pub(crate) fn xor(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    combine(call, Operator::BitwiseXor, scope)
}

fn combine(call: &FunctionCall, operator: Operator, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    let [left, right] = call.arguments()?;
    let (a, b) = (left.data_type(scope)?, right.data_type(scope)?);
    let common = match (Kind::of(a), Kind::of(b)) {
        (Kind::Null, Kind::Null) => Some(DataType::Int32),
        _ => coerce::wider(a, b),
    };
    match common {
        Some(common) if Kind::of(&common) == Kind::Integral => {
            let (left, right) = both(left, right, &common, scope)?;
            Ok(binary(left, operator, right, common))
        }
        _ => Err(refused(call, "\"INTEGRAL\"", scope)),
    }
}

/// `~x` is `x ^ -1`.
pub(crate) fn not(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    let own = canonical(value.data_type(scope)?);
    if Kind::of(&own) != Kind::Integral {
        return Err(unexpected_type(call, 0, "INTEGRAL", scope));
    }
    let value = cast::coerced(value, &own, scope)?;
    let ones = Typed::literal(ScalarValue::Int64(Some(-1)).cast_to(&own)?);
    Ok(binary(value, Operator::BitwiseXor, ones, own))
}

pub(crate) fn shift_left(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    shift(call, &datafusion_spark::function::bitwise::shiftleft(), scope)
}

pub(crate) fn shift_right(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    shift(call, &datafusion_spark::function::bitwise::shiftright(), scope)
}

pub(crate) fn shift_right_unsigned(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    shift(call, &datafusion_spark::function::bitwise::shiftrightunsigned(), scope)
}

/// Shifts an INT or a BIGINT; narrower integers become INT.
fn shift(
    call: &FunctionCall,
    udf: &std::sync::Arc<datafusion::logical_expr::ScalarUDF>,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let [value, by] = call.arguments()?;
    let to = match canonical(value.data_type(scope)?) {
        DataType::Int64 => DataType::Int64,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Null => DataType::Int32,
        _ => return Err(unexpected_type(call, 0, "INT\" or \"BIGINT", scope)),
    };
    let value = cast::coerced(value, &to, scope)?;
    let by = cast::coerced(by, &DataType::Int32, scope)?;
    Ok(scalar_of(udf, [value, by], to))
}
