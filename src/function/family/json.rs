//! JSON and CSV in texts.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

use super::Family;
use crate::error::{Condition, Error, Result};
use crate::function::Typed;
use crate::function::call::{
    FunctionCall, display, display_call, implicit, scalar_of, unexpected_type,
};
use crate::function::coerce::Kind;
use crate::function::constant::{is_foldable, non_foldable, text_of, unexpected_null};
use crate::function::table::Build::Custom;
use crate::function::udf::variant::nullable;
use crate::function::udf::{csv, json};
use crate::planner::scope::Scope;
use crate::types::variant::holds_variant;

pub(super) const TABLE: Family = &[
    ("get_json_object", Custom(get_json_object)),
    ("json_array_length", Custom(json_array_length)),
    ("json_object_keys", Custom(json_object_keys)),
    ("to_json", Custom(to_json)),
    ("from_json", Custom(from_json)),
    ("schema_of_json", Custom(schema_of_json)),
    ("to_csv", Custom(to_csv)),
    ("from_csv", Custom(from_csv)),
    ("schema_of_csv", Custom(schema_of_csv)),
];

/// A string, and nothing that would have to be cast.
fn text(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
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

/// How many arguments there may be.
fn counted(call: &FunctionCall, least: usize, most: usize) -> Result<()> {
    call.plain()?;
    if (least..=most).contains(&call.arguments.len()) {
        return Ok(());
    }
    let counts: Vec<_> = (least..=most).map(|count| count.to_string()).collect();
    Err(call.wrong_number(&format!("[{}]", counts.join(", "))))
}

/// Options in a constant map; none are known here but the mode.
fn options(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Vec<(String, String)>> {
    let Some(given) = call.arguments.get(at) else { return Ok(Vec::new()) };
    let Some(entries) = constant_entries(given, scope)? else {
        return Err(Error::analysis(Condition::INVALID_OPTIONS_NON_MAP_FUNCTION, []));
    };
    Ok(entries)
}

fn constant_entries(value: &Typed, scope: &Scope<'_>) -> Result<Option<Vec<(String, String)>>> {
    use datafusion::arrow::array::{Array, AsArray};
    if Kind::of(value.data_type(scope)?) != Kind::Map {
        return Ok(None);
    }
    let Some(ScalarValue::Map(map)) = crate::function::constant::value_of(value, scope)? else {
        return Ok(None);
    };
    let (keys, values) = (map.keys(), map.values());
    let (Some(keys), Some(values)) = (keys.as_string_opt::<i32>(), values.as_string_opt::<i32>())
    else {
        return Err(Error::analysis(
            Condition::INVALID_OPTIONS_NON_STRING_TYPE,
            [("mapType", crate::types::arrow_sql_name(value.data_type(scope)?))],
        ));
    };
    let entries = (0..keys.len()).filter(|at| values.is_valid(*at));
    Ok(Some(entries.map(|at| (keys.value(at).to_owned(), values.value(at).to_owned())).collect()))
}

/// Takes the options that are known; another one would change the result.
fn known<'o>(
    call: &FunctionCall,
    options: &'o [(String, String)],
    name: &str,
) -> Result<Option<&'o str>> {
    let function = call.name.to_lowercase();
    match options.iter().find(|(key, _)| !key.eq_ignore_ascii_case(name)) {
        Some((other, _)) => Err(Error::unsupported(format!("function.{function}.option.{other}"))),
        None => Ok(options.first().map(|(_, value)| value.as_str())),
    }
}

fn to_json(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 1, 2)?;
    let value = &call.arguments[0];
    let own = value.data_type(scope)?;
    if own.is_null() {
        return Ok(Typed::literal(ScalarValue::Utf8(None)));
    }
    if !matches!(Kind::of(own), Kind::Struct | Kind::Map | Kind::Array | Kind::Variant) {
        return Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_INVALID_JSON_SCHEMA,
            [("sqlExpr", display_call(call)), ("schema", crate::function::call::quoted_type(own))],
        ));
    }
    let options = options(call, 1, scope)?;
    let ignore = known(call, &options, "ignoreNullFields")?;
    let keep = ignore.is_some_and(|ignore| ignore.eq_ignore_ascii_case("false"));
    let writer = json::writer(scope.planner().session().time_zone(), keep);
    Ok(scalar_of(&writer, [value.clone()], DataType::Utf8))
}

/// The schema that a constant names: DDL, or JSON as clients send it.
pub(super) fn schema(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<DataType> {
    let given = &call.arguments[at];
    let refused = || {
        Error::analysis(
            Condition::INVALID_SCHEMA_NON_STRING_LITERAL,
            [("inputSchema", display(given))],
        )
    };
    let Some(Some(text)) = text_of(given, scope)? else { return Err(refused()) };
    let parsed = match text.trim_start().starts_with(['{', '"']) {
        true => crate::types::json::from_json(&text)?,
        false => crate::sql::parse_data_type(&text)
            .or_else(|error| crate::sql::parse_schema(&text).map_err(|_| error))?,
    };
    crate::types::to_arrow(&parsed, &scope.planner().session().time_zone())
}

fn from_json(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 2, 3)?;
    let value = text(call, 0, scope)?;
    let to = nullable(&schema(call, 1, scope)?);
    let options = options(call, 2, scope)?;
    let mode = known(call, &options, "mode")?;
    let strict = mode.is_some_and(|mode| mode.eq_ignore_ascii_case("FAILFAST"));
    let reader = json::reader(to.clone(), scope.planner().session().time_zone(), strict);
    Ok(scalar_of(&reader, [value], to))
}

/// A constant text, which is not NULL.
fn constant(call: &FunctionCall, name: &str, scope: &Scope<'_>) -> Result<String> {
    let value = &call.arguments[0];
    if !matches!(Kind::of(value.data_type(scope)?), Kind::String | Kind::Null) && is_foldable(value)
    {
        return Err(unexpected_type(call, 0, "STRING", scope));
    }
    match text_of(value, scope)? {
        Some(Some(text)) => Ok(text),
        Some(None) => Err(unexpected_null(call, name)),
        None => Err(non_foldable(call, 0, name, "STRING")),
    }
}

fn schema_of_json(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 1, 2)?;
    let options = options(call, 1, scope)?;
    known(call, &options, "")?;
    let text = constant(call, "json", scope)?;
    match text.trim() {
        "" => Ok(Typed::literal("STRING".into())),
        text => match json::schema_of(text) {
            Some(schema) => Ok(Typed::literal(schema.as_str().into())),
            None => Err(Error::unsupported("function.schema_of_json.malformed")),
        },
    }
}

fn to_csv(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 1, 2)?;
    let value = &call.arguments[0];
    let own = value.data_type(scope)?;
    if Kind::of(own) != Kind::Struct || holds_variant(own) {
        return Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_UNSUPPORTED_INPUT_TYPE,
            [
                ("sqlExpr", display_call(call)),
                ("functionName", "`to_csv`".to_owned()),
                ("dataType", crate::function::call::quoted_type(value.data_type(scope)?)),
            ],
        ));
    }
    let options = options(call, 1, scope)?;
    let separator = known(call, &options, "sep")?.unwrap_or(",").to_owned();
    let writer = csv::writer(scope.planner().session().time_zone(), separator);
    Ok(scalar_of(&writer, [value.clone()], DataType::Utf8))
}

fn from_csv(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 2, 3)?;
    let value = text(call, 0, scope)?;
    let to = nullable(&schema(call, 1, scope)?);
    if holds_variant(&to) {
        return Err(Error::unsupported("function.from_csv.variant"));
    }
    let options = options(call, 2, scope)?;
    let separator = known(call, &options, "sep")?.unwrap_or(",").to_owned();
    let reader = csv::reader(to.clone(), scope.planner().session().time_zone(), separator);
    Ok(scalar_of(&reader, [value], to))
}

fn schema_of_csv(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 1, 2)?;
    let options = options(call, 1, scope)?;
    let separator = known(call, &options, "sep")?.unwrap_or(",").to_owned();
    let text = constant(call, "csv", scope)?;
    Ok(Typed::literal(csv::schema_of(&text, &separator).as_str().into()))
}
