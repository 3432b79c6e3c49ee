//! Arrays and maps put together.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

use super::Family;
use super::conditional::unified;
use crate::error::{Condition, Error, Result};
use crate::function::call::{
    FunctionCall, display_call, implicit, quoted_type, scalar, scalar_of, unexpected_type,
};
use crate::function::coerce::{self, Kind};
use crate::function::table::Build::Custom;
use crate::function::udf::nested;
use crate::function::{Typed, cast, meeting};
use crate::planner::scope::Scope;

pub(super) const TABLE: Family = &[
    ("array_insert", Custom(array_insert)),
    ("arrays_zip", Custom(arrays_zip)),
    ("map_concat", Custom(map_concat)),
    ("map_from_entries", Custom(map_from_entries)),
];

fn array_insert(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [array, position, item] = call.arguments()?;
    let (own, item_type) = (array.data_type(scope)?, item.data_type(scope)?);
    let mismatch = || {
        Ok::<_, Error>(Error::analysis(
            Condition::DATATYPE_MISMATCH_ARRAY_FUNCTION_DIFF_TYPES,
            [
                ("sqlExpr", display_call(call)),
                ("functionName", "`array_insert`".to_owned()),
                ("dataType", "\"ARRAY\"".to_owned()),
                ("leftType", quoted_type(own)),
                ("rightType", quoted_type(item_type)),
            ],
        ))
    };
    let Some(element) = coerce::element(own) else { return Err(mismatch()?) };
    let Some(common) = meeting::beside_elements(element.data_type(), item_type) else {
        return Err(mismatch()?);
    };
    if Kind::of(position.data_type(scope)?) != Kind::Integral {
        return Err(unexpected_type(call, 1, "INT", scope));
    }
    let list = DataType::new_list(common.clone(), true);
    let array = cast::coerced(array, &list, scope)?;
    let position = implicit(call, 1, &DataType::Int32, scope)?;
    let item = cast::coerced(item, &common, scope)?;
    Ok(scalar_of(&nested::INSERT, [array, position, item], list))
}

/// The planner puts a name before each array.
fn arrays_zip(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    for (at, value) in call.arguments.iter().enumerate().skip(1).step_by(2) {
        if Kind::of(value.data_type(scope)?) != Kind::Array {
            let arrays = call.arguments.iter().skip(1).step_by(2).cloned();
            let plain = FunctionCall::new("arrays_zip", arrays);
            return Err(unexpected_type(&plain, at / 2, "ARRAY", scope));
        }
    }
    Ok(scalar(&nested::ZIP, call.arguments.iter().cloned()))
}

fn map_concat(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if call.arguments.is_empty() {
        let empty = nested::map_type(DataType::Utf8, DataType::Utf8);
        let nothing =
            Typed::literal(ScalarValue::List(ScalarValue::new_list_nullable(&[], &DataType::Utf8)));
        return Ok(scalar_of(&nested::MAP, [nothing.clone(), nothing], empty));
    }
    let types = call.arguments.iter().map(|value| value.data_type(scope).cloned());
    let types = types.collect::<Result<Vec<_>>>()?;
    let are_maps = types.iter().all(|data_type| Kind::of(data_type) == Kind::Map);
    if !are_maps || coerce::common_type(&types).is_none() {
        let names: Vec<_> = types.iter().map(quoted_type).collect();
        return Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_MAP_CONCAT_DIFF_TYPES,
            [
                ("sqlExpr", display_call(call)),
                ("functionName", "`map_concat`".to_owned()),
                ("dataType", format!("[{}]", names.join(", "))),
            ],
        ));
    }
    let (maps, _) = unified(call, &call.arguments.iter().collect::<Vec<_>>(), scope)?;
    let entries: Vec<_> = maps.into_iter().map(super::collection::entries_of).collect();
    let all = crate::function::call::call(&FunctionCall::new("concat", entries), scope)?;
    Ok(scalar(&nested::MAP_OF_ENTRIES, [all]))
}

fn map_from_entries(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    match nested::entries_map(value.data_type(scope)?) {
        Ok(_) => Ok(scalar(&nested::MAP_FROM_ENTRIES, [value.clone()])),
        Err(_) => Err(unexpected_type(call, 0, "ARRAY\" of pair \"STRUCT", scope)),
    }
}
