//! Paths into XML in texts.

use datafusion::arrow::datatypes::DataType;

use super::Family;
use super::json::text;
use crate::error::Result;
use crate::function::Typed;
use crate::function::call::{FunctionCall, scalar_of};
use crate::function::constant::{non_foldable, text_of};
use crate::function::table::Build::Custom;
use crate::function::udf::xpath::function;
use crate::planner::scope::Scope;

pub(super) const TABLE: Family = &[
    ("xpath", Custom(|call, scope| found(call, DataType::new_list(DataType::Utf8, true), scope))),
    ("xpath_boolean", Custom(|call, scope| found(call, DataType::Boolean, scope))),
    ("xpath_double", Custom(|call, scope| found(call, DataType::Float64, scope))),
    ("xpath_number", Custom(|call, scope| found(call, DataType::Float64, scope))),
    ("xpath_float", Custom(|call, scope| found(call, DataType::Float32, scope))),
    ("xpath_int", Custom(|call, scope| found(call, DataType::Int32, scope))),
    ("xpath_long", Custom(|call, scope| found(call, DataType::Int64, scope))),
    ("xpath_short", Custom(|call, scope| found(call, DataType::Int16, scope))),
    ("xpath_string", Custom(|call, scope| found(call, DataType::Utf8, scope))),
];

fn found(call: &FunctionCall, to: DataType, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _] = call.arguments()?;
    let value = text(call, 0, scope)?;
    let path = text(call, 1, scope)?;
    let Some(path) = text_of(&path, scope)? else {
        return Err(non_foldable(call, 1, "path", "STRING"));
    };
    Ok(scalar_of(&function(path, to.clone()), [value], to))
}
