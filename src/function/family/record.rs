//! CSV, JSON and XML in texts: values from them, texts of values and their types.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

use super::Family;
use super::json::text;
use crate::error::{Condition, Error, Result};
use crate::function::Typed;
use crate::function::call::{
    FunctionCall, display, display_call, quoted_type, scalar_of, unexpected_type,
};
use crate::function::coerce::Kind;
use crate::function::constant::{is_foldable, non_foldable, text_of, unexpected_null};
use crate::function::table::Build::Custom;
use crate::function::udf::record::{Format, reader, schema_of as schema_of_text, writer};
use crate::function::udf::variant::nullable;
use crate::planner::scope::Scope;
use crate::types::variant::{holds_variant, is_variant};

pub(super) const TABLE: Family = &[
    ("to_csv", Custom(to_csv)),
    ("to_json", Custom(to_json)),
    ("to_xml", Custom(to_xml)),
    ("from_csv", Custom(from_csv)),
    ("from_json", Custom(from_json)),
    ("from_xml", Custom(from_xml)),
    ("schema_of_csv", Custom(|call, scope| schema_of(call, Format::Csv, "csv", scope))),
    ("schema_of_json", Custom(|call, scope| schema_of(call, Format::Json, "json", scope))),
    ("schema_of_xml", Custom(|call, scope| schema_of(call, Format::Xml, "xml", scope))),
];

/// How many arguments there may be.
fn counted(call: &FunctionCall, least: usize, most: usize) -> Result<()> {
    call.plain()?;
    if (least..=most).contains(&call.arguments.len()) {
        return Ok(());
    }
    let counts: Vec<_> = (least..=most).map(|count| count.to_string()).collect();
    Err(call.wrong_number(&format!("[{}]", counts.join(", "))))
}

/// A call as Spark names it: schemas and options do not show.
fn shown(call: &FunctionCall) -> FunctionCall {
    FunctionCall::new(call.name.clone(), call.arguments.first().cloned())
}

/// Options in a constant map.
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

/// Options of a reader: besides those that are given, what the session says.
fn reading(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Vec<(String, String)>> {
    const CORRUPT: &str = "columnNameOfCorruptRecord";
    let mut options = options(call, at, scope)?;
    if !options.iter().any(|(name, _)| name.eq_ignore_ascii_case(CORRUPT)) {
        let conf = scope.planner().session().conf();
        let name = conf.get_option("spark.sql.columnNameOfCorruptRecord");
        options.push((CORRUPT.to_owned(), name.unwrap_or_else(|| "_corrupt_record".to_owned())));
    }
    Ok(options)
}

/// Rows of functions cannot be left out.
fn refuse_dropping(call: &FunctionCall, options: &[(String, String)]) -> Result<()> {
    let mode = options.iter().find(|(name, _)| name.eq_ignore_ascii_case("mode"));
    match mode.is_some_and(|(_, mode)| mode.eq_ignore_ascii_case("DROPMALFORMED")) {
        false => Ok(()),
        true => Err(Error::analysis(
            Condition::PARSE_MODE_UNSUPPORTED,
            [
                ("funcName", format!("`{}`", call.name.to_lowercase())),
                ("mode", "DROPMALFORMED".to_owned()),
            ],
        )),
    }
}

fn mismatch(call: &FunctionCall, condition: Condition, own: &DataType) -> Error {
    let parameters = [("sqlExpr", display_call(&shown(call))), ("schema", quoted_type(own))];
    Error::analysis(condition, parameters)
}

fn written(call: &FunctionCall, format: Format, scope: &Scope<'_>) -> Result<Typed> {
    let options = options(call, 1, scope)?;
    let writer = writer(format, &scope.planner().session().time_zone(), &options)?;
    Ok(scalar_of(&writer, call.arguments.first().cloned(), DataType::Utf8))
}

fn to_json(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 1, 2)?;
    let own = call.arguments[0].data_type(scope)?;
    match Kind::of(own) {
        Kind::Struct | Kind::Map | Kind::Array | Kind::Variant | Kind::Null => {
            written(call, Format::Json, scope)
        }
        _ => Err(mismatch(call, Condition::DATATYPE_MISMATCH_INVALID_JSON_SCHEMA, own)),
    }
}

fn to_csv(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 1, 2)?;
    let own = call.arguments[0].data_type(scope)?;
    match Kind::of(own) {
        Kind::Struct if !holds_variant(own) => written(call, Format::Csv, scope),
        Kind::Null => written(call, Format::Csv, scope),
        _ => Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_UNSUPPORTED_INPUT_TYPE,
            [
                ("sqlExpr", display_call(&shown(call))),
                ("functionName", "`to_csv`".to_owned()),
                ("dataType", quoted_type(own)),
            ],
        )),
    }
}

fn to_xml(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 1, 2)?;
    let own = call.arguments[0].data_type(scope)?;
    match Kind::of(own) {
        Kind::Struct | Kind::Null => written(call, Format::Xml, scope),
        Kind::Variant => Err(Error::unsupported("function.to_xml.variant")),
        _ => Err(unexpected_type(&shown(call), 0, "STRUCT", scope)),
    }
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

fn read(call: &FunctionCall, format: Format, to: DataType, scope: &Scope<'_>) -> Result<Typed> {
    let value = text(&shown(call), 0, scope)?;
    let options = reading(call, 2, scope)?;
    refuse_dropping(call, &options)?;
    if exists(&to, &|inner| Kind::of(inner) == Kind::Time) {
        return Err(Error::analysis(Condition::UNSUPPORTED_TIME_TYPE, []));
    }
    let reader = reader(format, to.clone(), &scope.planner().session().time_zone(), &options)?;
    Ok(scalar_of(&reader, [value], to))
}

/// Whether a type, or one in it, is of a kind.
fn exists(data_type: &DataType, is: &dyn Fn(&DataType) -> bool) -> bool {
    crate::planner::grown::with_stack(|| match data_type {
        found if is(found) => true,
        variant if is_variant(variant) => false,
        DataType::Struct(fields) => fields.iter().any(|field| exists(field.data_type(), is)),
        DataType::List(field) | DataType::Map(field, _) => exists(field.data_type(), is),
        _ => false,
    })
}

fn has_other_keys(data_type: &DataType) -> bool {
    exists(data_type, &|inner| match inner {
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(pair) => {
                pair.first().is_some_and(|key| key.data_type() != &DataType::Utf8)
            }
            _ => false,
        },
        _ => false,
    })
}

fn from_json(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 2, 3)?;
    let to = nullable(&schema(call, 1, scope)?);
    match Kind::of(&to) {
        Kind::Struct | Kind::Map | Kind::Array | Kind::Variant => {}
        _ => return Err(mismatch(call, Condition::DATATYPE_MISMATCH_INVALID_JSON_SCHEMA, &to)),
    }
    if has_other_keys(&to) {
        return Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_INVALID_JSON_MAP_KEY_TYPE,
            [("sqlExpr", "\"entries\"".to_owned()), ("schema", quoted_type(&to))],
        ));
    }
    read(call, Format::Json, to, scope)
}

fn from_csv(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 2, 3)?;
    let to = nullable(&schema(call, 1, scope)?);
    let DataType::Struct(fields) = &to else {
        return Err(Error::analysis(
            Condition::INVALID_SCHEMA_NON_STRUCT_TYPE,
            [("inputSchema", display(&call.arguments[1])), ("dataType", quoted_type(&to))],
        ));
    };
    if holds_variant(&to) {
        return Err(Error::unsupported("function.from_csv.variant"));
    }
    if let Some(field) = fields.iter().find(|field| field.data_type().is_nested()) {
        return Err(Error::analysis(
            Condition::TYPE_OF_NO_CSV,
            [("typeName", quoted_type(field.data_type()))],
        ));
    }
    read(call, Format::Csv, to, scope)
}

fn from_xml(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 2, 3)?;
    let to = nullable(&schema(call, 1, scope)?);
    match Kind::of(&to) {
        Kind::Struct => {}
        Kind::Variant => return Err(Error::unsupported("function.from_xml.variant")),
        _ => return Err(mismatch(call, Condition::DATATYPE_MISMATCH_INVALID_XML_SCHEMA, &to)),
    }
    if has_other_keys(&to) {
        return Err(mismatch(call, Condition::DATATYPE_MISMATCH_INVALID_XML_MAP_KEY_TYPE, &to));
    }
    read(call, Format::Xml, to, scope)
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

fn schema_of(call: &FunctionCall, format: Format, name: &str, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 1, 2)?;
    let options = reading(call, 1, scope)?;
    if format == Format::Xml {
        refuse_dropping(call, &options)?;
    }
    let text = constant(&shown(call), name, scope)?;
    let zone = scope.planner().session().time_zone();
    match schema_of_text(format, &text, &zone, &options)? {
        Some(schema) => Ok(Typed::literal(schema.as_str().into())),
        None => Err(Error::analysis(
            Condition::JAVA_RUNTIME,
            [("message", format!("The text is malformed: {text}"))],
        )),
    }
}
