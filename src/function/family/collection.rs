//! Arrays, maps and structs.

use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::ScalarValue;

use super::Family;
use crate::error::Result;
use crate::function::call::{FunctionCall, scalar, scalar_of};
use crate::function::coerce::{self, Kind};
use crate::function::family::conditional::unified;
use crate::function::table::Build::Custom;
use crate::function::udf::nested;
use crate::function::{Typed, ansi, cast};
use crate::planner::scope::Scope;

pub(super) const TABLE: Family = &[
    ("array", Custom(array)),
    ("struct", Custom(named_struct)),
    ("named_struct", Custom(named_struct)),
    ("get", Custom(get)),
    ("element_at", Custom(element_at)),
    ("try_element_at", Custom(try_element_at)),
];

fn array(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if call.arguments.is_empty() {
        let empty = ScalarValue::new_list_nullable(&[], &DataType::Null);
        return Ok(Typed::literal(ScalarValue::List(empty)));
    }
    let (values, _) = unified(call, &call.arguments.iter().collect::<Vec<_>>(), scope)?;
    Ok(scalar(&datafusion::functions_nested::make_array::make_array_udf(), values))
}

/// `struct(..)` comes here too, with its names put in by the planner.
fn named_struct(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if call.arguments.len() % 2 == 1 {
        return Err(call.wrong_number("2n (n > 0)"));
    }
    let fields = call.arguments.chunks(2).map(|pair| {
        let name = pair[0].as_literal().and_then(ScalarValue::try_as_str).flatten();
        let data_type = pair[1].data_type(scope)?.clone();
        Ok(name.map(|name| Field::new(name, data_type, true)))
    });
    let fields = fields.collect::<Result<Option<Fields>>>()?;
    let Some(_) = fields else {
        return Err(crate::error::Error::unsupported("function.named_struct.computed_name"));
    };
    Ok(scalar(&datafusion::functions::core::named_struct(), call.arguments.iter().cloned()))
}

/// `array[index]`, counted from 0.
pub(crate) fn element(array: Typed, index: Typed, scope: &Scope<'_>) -> Result<Typed> {
    let data_type = element_type(&array, scope)?;
    let index = integer_index(index, scope)?;
    let udf = if ansi(scope) { &nested::ITEM } else { &nested::GET };
    Ok(scalar_of(udf, [array, index], data_type))
}

fn integer_index(index: Typed, scope: &Scope<'_>) -> Result<Typed> {
    let call = FunctionCall::new("get", [index.clone(), index.clone()]);
    match Kind::of(index.data_type(scope)?) {
        Kind::Integral | Kind::Null => cast::coerced(&index, &DataType::Int64, scope),
        _ => Err(crate::function::call::unexpected_type(&call, 1, "INTEGRAL", scope)),
    }
}

fn element_type(array: &Typed, scope: &Scope<'_>) -> Result<DataType> {
    let own = array.data_type(scope)?;
    Ok(coerce::element(own).map_or(DataType::Null, |element| element.data_type().clone()))
}

fn get(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [array, index] = call.arguments()?;
    let data_type = element_type(array, scope)?;
    let index = integer_index(index.clone(), scope)?;
    Ok(scalar_of(&nested::GET, [array.clone(), index], data_type))
}

fn element_at(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let udf = if ansi(scope) { &nested::ELEMENT_AT } else { &nested::TRY_ELEMENT_AT };
    at(call, udf, scope)
}

fn try_element_at(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    at(call, &nested::TRY_ELEMENT_AT, scope)
}

fn at(
    call: &FunctionCall,
    udf: &std::sync::Arc<datafusion::logical_expr::ScalarUDF>,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let [holder, key] = call.arguments()?;
    match Kind::of(holder.data_type(scope)?) {
        Kind::Array => {
            let data_type = element_type(holder, scope)?;
            let index = integer_index(key.clone(), scope)?;
            Ok(scalar_of(udf, [holder.clone(), index], data_type))
        }
        Kind::Map => map_value(holder.clone(), key.clone(), scope),
        _ => Err(crate::function::call::unexpected_type(call, 0, "ARRAY\" or \"MAP", scope)),
    }
}

/// `map[key]`; NULL if the map has no such key.
pub(crate) fn map_value(map: Typed, key: Typed, scope: &Scope<'_>) -> Result<Typed> {
    let Some((key_type, value_type)) = map_types(map.data_type(scope)?) else {
        return Err(crate::error::Error::internal("a map without entries"));
    };
    let call = FunctionCall::new("element_at", [map.clone(), key]);
    let key = crate::function::call::implicit(&call, 1, &key_type, scope)?;
    Ok(scalar_of(&nested::MAP_VALUE, [map, key], value_type))
}

/// The types of a map's keys and values.
pub(crate) fn map_types(data_type: &DataType) -> Option<(DataType, DataType)> {
    let entries = coerce::entries(data_type)?;
    let DataType::Struct(fields) = entries.data_type() else { return None };
    match fields.as_ref() {
        [key, value] => Some((key.data_type().clone(), value.data_type().clone())),
        _ => None,
    }
}

/// The field of every struct in an array.
pub(crate) fn field_of_all(array: Typed, name: &str, _scope: &Scope<'_>) -> Result<Typed> {
    let name = Typed::literal(ScalarValue::from(name));
    Ok(scalar(&nested::FIELD_OF_ALL, [array, name]))
}
