//! Choices between values.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::functions::core;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::Case;

use super::Family;
use crate::error::{Error, Result};
use crate::function::call::{FunctionCall, scalar_of, unexpected_type};
use crate::function::coerce::{self, Kind};
use crate::function::operator::comparison::{equal, is_orderable, mismatched, no_order};
use crate::function::table::Build::Custom;
use crate::function::{Typed, cast, generated};
use crate::planner::scope::Scope;

pub(super) const TABLE: Family = &[
    ("when", Custom(when)),
    ("if", Custom(if_)),
    ("coalesce", Custom(coalesce)),
    ("nvl", Custom(nvl)),
    ("ifnull", Custom(nvl)),
    ("nvl2", Custom(nvl2)),
    ("nullif", Custom(nullif)),
    ("nullifzero", Custom(null_if_zero)),
    ("zeroifnull", Custom(zero_if_null)),
    ("greatest", Custom(greatest)),
    ("least", Custom(least)),
    ("isnan", Custom(is_nan)),
    ("nanvl", Custom(nanvl)),
];

/// The values under one type, and that type.
pub(crate) fn unified(
    call: &FunctionCall,
    values: &[&Typed],
    scope: &Scope<'_>,
) -> Result<(Vec<Typed>, DataType)> {
    let types = values.iter().map(|value| value.data_type(scope).cloned());
    let types = types.collect::<Result<Vec<_>>>()?;
    let Some(common) = coerce::common_type(&types) else { return Err(mismatched(call, &types)) };
    let values = values.iter().map(|value| {
        let value = cast::coerced(value, &common, scope)?;
        // What differs only in where NULLs may be inside must be one type as well.
        let own = value.data_type(scope)?;
        let nested = matches!(Kind::of(own), Kind::Array | Kind::Map | Kind::Struct);
        Ok(if nested && own != &common { cast::plain(value, &common) } else { value })
    });
    Ok((values.collect::<Result<Vec<_>>>()?, common))
}

fn condition(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
    let value = &call.arguments[at];
    match Kind::of(value.data_type(scope)?) {
        Kind::Boolean | Kind::Null => cast::coerced(value, &DataType::Boolean, scope),
        _ => Err(unexpected_type(call, at, "BOOLEAN", scope)),
    }
}

/// `when(condition, value, condition, value, .., otherwise?)`.
pub(super) fn when(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let arguments = &call.arguments;
    if arguments.len() < 2 {
        return Err(call.wrong_number("> 1"));
    }
    let pairs = arguments.len() / 2;
    let otherwise = if arguments.len() % 2 == 1 { arguments.last() } else { None };
    let values: Vec<&Typed> =
        (0..pairs).map(|pair| &arguments[pair * 2 + 1]).chain(otherwise).collect();
    let (values, common) = unified(call, &values, scope)?;
    let mut values = values.into_iter().map(|value| Box::new(value.into_expr()));
    let mut cases = Vec::with_capacity(pairs);
    for (pair, value) in (0..pairs).zip(values.by_ref()) {
        let test = &arguments[pair * 2];
        if Kind::of(test.data_type(scope)?) == Kind::Null {
            return Err(unexpected_type(call, pair, "BOOLEAN", scope));
        }
        cases.push((Box::new(condition(call, pair * 2, scope)?.into_expr()), value));
    }
    Ok(Typed::new(Expr::Case(Case::new(None, cases, values.next())), common))
}

fn if_(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, yes, no] = call.arguments()?;
    let test = condition(call, 0, scope)?;
    let (values, common) = unified(call, &[yes, no], scope)?;
    let mut values = values.into_iter();
    Ok(choice(test, values.next(), values.next(), common))
}

/// `CASE WHEN test THEN yes ELSE no END`.
fn choice(test: Typed, yes: Option<Typed>, no: Option<Typed>, data_type: DataType) -> Typed {
    let cases = yes.map(|yes| (Box::new(test.into_expr()), Box::new(yes.into_expr())));
    let no = no.map(|no| Box::new(no.into_expr()));
    Typed::new(Expr::Case(Case::new(None, cases.into_iter().collect(), no)), data_type)
}

fn coalesce(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if call.arguments.is_empty() {
        return Err(call.wrong_number("> 0"));
    }
    let (values, common) = unified(call, &call.arguments.iter().collect::<Vec<_>>(), scope)?;
    Ok(scalar_of(&core::coalesce(), values, common))
}

fn nvl(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _] = call.arguments()?;
    coalesce(call, scope)
}

fn is_not_null(value: &Typed) -> Typed {
    Typed::new(Expr::IsNotNull(Box::new(value.expr().clone())), DataType::Boolean)
}

fn nvl2(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [test, yes, no] = call.arguments()?;
    let (values, common) = unified(call, &[yes, no], scope)?;
    let mut values = values.into_iter();
    Ok(choice(is_not_null(test), values.next(), values.next(), common))
}

fn null_of(data_type: &DataType) -> Result<Typed> {
    Ok(Typed::literal(datafusion::common::ScalarValue::try_from(data_type)?))
}

fn nullif(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value, other] = call.arguments()?;
    value.may_be_copied()?;
    let test = equal(&FunctionCall::new("=", [value.clone(), other.clone()]), scope)?;
    let data_type = value.data_type(scope)?.clone();
    Ok(choice(test, Some(null_of(&data_type)?), Some(value.clone()), data_type))
}

fn null_if_zero(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    nullif(&FunctionCall::new("nullif", [value.clone(), Typed::literal(0_i32.into())]), scope)
}

fn zero_if_null(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    coalesce(&FunctionCall::new("coalesce", [value.clone(), Typed::literal(0_i32.into())]), scope)
}

fn greatest(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    extreme(call, Arc::clone(&core::greatest()), scope)
}

fn least(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    extreme(call, Arc::clone(&core::least()), scope)
}

/// Unlike CASE, these take no strings for numbers.
fn extreme(
    call: &FunctionCall,
    udf: Arc<datafusion::logical_expr::ScalarUDF>,
    scope: &Scope<'_>,
) -> Result<Typed> {
    if call.arguments.len() < 2 {
        return Err(call.wrong_number("> 1"));
    }
    let types = call.arguments.iter().map(|value| value.data_type(scope).cloned());
    let types = types.collect::<Result<Vec<_>>>()?;
    let kinds = types.iter().map(Kind::of).filter(|kind| *kind != Kind::Null);
    let (strings, others): (Vec<_>, Vec<_>) = kinds.partition(|kind| *kind == Kind::String);
    if !strings.is_empty() && !others.is_empty() {
        return Err(mismatched(call, &types));
    }
    let (values, common) = unified(call, &call.arguments.iter().collect::<Vec<_>>(), scope)?;
    if Kind::of(&common) == Kind::Variant {
        return Err(no_order(call, &common));
    }
    if !is_orderable(&common) {
        return Err(unexpected_type(call, 0, "ORDERABLE", scope));
    }
    if matches!(Kind::of(&common), Kind::Float | Kind::Double) {
        return Err(Error::unsupported(format!("function.{}.float", call.name)));
    }
    Ok(scalar_of(&udf, values, common))
}

fn float(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
    let value = &call.arguments[at];
    match Kind::of(value.data_type(scope)?) {
        Kind::Float | Kind::Double => Ok(value.clone()),
        _ => crate::function::call::implicit(call, at, &DataType::Float64, scope),
    }
}

/// Never NULL: NULL is a number as far as this goes.
fn is_nan(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let value = float(call, 0, scope)?;
    let nan = scalar_of(&datafusion::functions::math::isnan(), [value], DataType::Boolean);
    Ok(scalar_of(&crate::function::udf::certain::CERTAIN, [nan], DataType::Boolean))
}

fn nanvl(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _] = call.arguments()?;
    let (value, other) = (float(call, 0, scope)?, float(call, 1, scope)?);
    let (values, common) = unified(call, &[&value, &other], scope)?;
    let mut certain = true;
    for value in &values {
        certain &= !value.is_nullable(scope)?;
    }
    let value = scalar_of(&datafusion::functions::math::nanvl(), values, common);
    Ok(if certain { generated::known(value) } else { value })
}
