//! JSON in texts, and paths into it.

use datafusion::arrow::datatypes::DataType;

use super::Family;
use crate::error::Result;
use crate::function::Typed;
use crate::function::call::{FunctionCall, implicit, scalar_of, unexpected_type};
use crate::function::coerce::Kind;
use crate::function::table::Build::Custom;
use crate::function::udf::json;
use crate::planner::scope::Scope;

pub(super) const TABLE: Family = &[
    ("get_json_object", Custom(get_json_object)),
    ("json_array_length", Custom(json_array_length)),
    ("json_object_keys", Custom(json_object_keys)),
];

/// A string, and nothing that would have to be cast.
pub(super) fn text(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
    let Some(value) = call.arguments.get(at) else { return Err(call.wrong_number("more")) };
    match Kind::of(value.data_type(scope)?) {
        Kind::String | Kind::Null => implicit(call, at, &DataType::Utf8, scope),
        _ => Err(unexpected_type(call, at, "STRING", scope)),
    }
}

fn get_json_object(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _] = call.arguments()?;
    let arguments = [text(call, 0, scope)?, text(call, 1, scope)?];
    Ok(scalar_of(&json::GET_OBJECT, arguments, DataType::Utf8))
}

fn json_array_length(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    Ok(scalar_of(&json::ARRAY_LENGTH, [text(call, 0, scope)?], DataType::Int32))
}

fn json_object_keys(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let list = DataType::new_list(DataType::Utf8, true);
    Ok(scalar_of(&json::OBJECT_KEYS, [text(call, 0, scope)?], list))
}
