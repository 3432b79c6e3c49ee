//! Functions of sketches: what they take, and Spark's errors for what they do not.

mod hll;
mod kll;
mod theta;
mod top_k;
mod tuple;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

use super::Family;
use crate::error::{Condition, Error, Result};
use crate::function::call::{FunctionCall, aggregate, unexpected_type};
use crate::function::coerce::Kind;
use crate::function::constant;
use crate::function::sketch::{Sketching, sketching};
use crate::function::{Typed, cast};
use crate::planner::scope::Scope;

/// The tables of all kinds of sketches.
pub(super) const TABLES: &[Family] =
    &[hll::TABLE, theta::TABLE, kll::TABLE, top_k::TABLE, tuple::TABLE];

/// The aggregate of these columns.
fn of(
    sketch: &'static Sketching,
    call: &FunctionCall,
    columns: Vec<Typed>,
    constants: Vec<ScalarValue>,
) -> Typed {
    let plain = FunctionCall { order_by: Vec::new(), ignore_nulls: false, ..call.clone() };
    aggregate(&sketching(sketch, constants), &plain, columns)
}

/// The call with the arguments that were left out, as Spark's messages show it.
fn completed(
    call: &FunctionCall,
    least: usize,
    expected: &str,
    defaults: &[ScalarValue],
) -> Result<FunctionCall> {
    let given = call.arguments.len();
    if !(least..=least + defaults.len()).contains(&given) {
        return Err(call.wrong_number(expected));
    }
    let mut call = call.clone();
    let missing = defaults.iter().skip(given - least).cloned().map(Typed::literal);
    call.arguments.extend(missing);
    Ok(call)
}

/// An argument of this very type, or NULL.
fn strict(call: &FunctionCall, at: usize, to: &DataType, scope: &Scope<'_>) -> Result<Typed> {
    let Some(value) = call.arguments.get(at) else {
        return Err(call.wrong_number(&(at + 1).to_string()));
    };
    let own = value.data_type(scope)?;
    if own == to || Kind::of(own) == Kind::Null {
        return cast::coerced(value, to, scope);
    }
    match (Kind::of(own), Kind::of(to)) {
        (Kind::Binary, Kind::Binary) | (Kind::String, Kind::String) => {
            cast::coerced(value, to, scope)
        }
        _ => Err(unexpected_type(call, at, &crate::types::arrow_sql_name(to), scope)),
    }
}

/// A constant INT of a call that takes no other: 0 for NULL, as Spark takes it.
fn constant_int(
    call: &FunctionCall,
    at: usize,
    otherwise: Condition,
    scope: &Scope<'_>,
) -> Result<i32> {
    let value = strict(call, at, &DataType::Int32, scope)?;
    match constant::value_of(&value, scope)? {
        Some(ScalarValue::Int32(number)) => Ok(number.unwrap_or(0)),
        _ => {
            let function = format!("`{}`", call.name.to_lowercase());
            Err(Error::analysis(otherwise, [("function", function)]))
        }
    }
}

/// A value as sketches hash it: of one of these types, which errors spell as here.
fn hashed(call: &FunctionCall, types: &str, scope: &Scope<'_>) -> Result<Typed> {
    let Some(value) = call.arguments.first() else { return Err(call.wrong_number("1")) };
    let own = value.data_type(scope)?;
    let to = match Kind::of(own) {
        Kind::Null => DataType::Int64,
        Kind::Integral if matches!(own, DataType::Int32 | DataType::Int64) => DataType::Int64,
        Kind::String => DataType::Utf8,
        Kind::Binary => DataType::Binary,
        Kind::Float if types.contains("FLOAT") => DataType::Float64,
        Kind::Double if types.contains("DOUBLE") => DataType::Float64,
        Kind::Array if types.contains("ARRAY") => match crate::function::coerce::element(own) {
            Some(field) => match field.data_type() {
                DataType::Int32 | DataType::Null => DataType::new_list(DataType::Int32, true),
                DataType::Int64 => DataType::new_list(DataType::Int64, true),
                _ => return Err(unexpected_type(call, 0, types, scope)),
            },
            None => return Err(unexpected_type(call, 0, types, scope)),
        },
        _ => return Err(unexpected_type(call, 0, types, scope)),
    };
    cast::coerced(value, &to, scope)
}
