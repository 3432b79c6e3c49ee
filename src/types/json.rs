//! Schemas as JSON, in the form that PySpark writes and reads.

use serde_json::{Map, Value, json};

use super::{array, map, of, simple_string, structure};
use crate::error::{Error, Result};
use crate::planner::grown::with_stack;
use crate::proto::DataType;
use crate::proto::data_type::{self as spark, Kind, StructField};

/// The type as JSON text.
pub(crate) fn to_json(data_type: &DataType) -> String {
    to_value(data_type).to_string()
}

fn to_value(data_type: &DataType) -> Value {
    with_stack(|| match data_type.kind.as_ref() {
        Some(Kind::Array(array)) => json!({
            "type": "array",
            "elementType": optional(array.element_type.as_deref()),
            "containsNull": array.contains_null,
        }),
        Some(Kind::Map(map)) => json!({
            "type": "map",
            "keyType": optional(map.key_type.as_deref()),
            "valueType": optional(map.value_type.as_deref()),
            "valueContainsNull": map.value_contains_null,
        }),
        Some(Kind::Struct(fields)) => json!({
            "type": "struct",
            "fields": fields.fields.iter().map(field_value).collect::<Vec<_>>(),
        }),
        Some(Kind::Udt(udt)) => udt_value(udt),
        Some(Kind::Byte(_)) => json!("byte"),
        Some(Kind::Short(_)) => json!("short"),
        Some(Kind::Integer(_)) => json!("integer"),
        Some(Kind::Long(_)) => json!("long"),
        _ => json!(simple_string(data_type)),
    })
}

fn optional(data_type: Option<&DataType>) -> Value {
    data_type.map_or(Value::Null, to_value)
}

fn field_value(field: &StructField) -> Value {
    let StructField { name, data_type, nullable, metadata } = field;
    let metadata = metadata.as_deref().and_then(|text| serde_json::from_str(text).ok());
    json!({
        "name": name,
        "type": optional(data_type.as_ref()),
        "nullable": nullable,
        "metadata": metadata.unwrap_or_else(|| Value::Object(Map::new())),
    })
}

fn udt_value(udt: &spark::Udt) -> Value {
    let spark::Udt { r#type, jvm_class, python_class, serialized_python_class, sql_type } = udt;
    let mut object = Map::new();
    object.insert("type".into(), json!(r#type));
    for (name, value) in [
        ("class", jvm_class),
        ("pyClass", python_class),
        ("serializedClass", serialized_python_class),
    ] {
        if let Some(value) = value {
            object.insert(name.into(), json!(value));
        }
    }
    object.insert("sqlType".into(), optional(sql_type.as_deref()));
    Value::Object(object)
}

/// Reads a type from JSON text.
///
/// # Errors
/// [`Error::InvalidPlan`] that names what is wrong in the text.
pub(crate) fn from_json(text: &str) -> Result<DataType> {
    let value = serde_json::from_str(text)
        .map_err(|error| Error::invalid_plan(format!("the schema is no JSON: {error}")))?;
    from_value(&value)
}

fn from_value(value: &Value) -> Result<DataType> {
    with_stack(|| match value {
        Value::String(name) => from_name(name),
        Value::Object(object) => from_object(object),
        other => Err(invalid(format!("a type is a name or an object, not {other}"))),
    })
}

fn from_object(object: &Map<String, Value>) -> Result<DataType> {
    match text(object, "type")? {
        "array" => {
            let element = from_value(member(object, "elementType")?)?;
            Ok(array(element, flag(object, "containsNull")?))
        }
        "map" => {
            let key = from_value(member(object, "keyType")?)?;
            let value = from_value(member(object, "valueType")?)?;
            Ok(map(key, value, flag(object, "valueContainsNull")?))
        }
        "struct" => {
            let Value::Array(fields) = member(object, "fields")? else {
                return Err(invalid("`fields` of a struct is a list"));
            };
            let fields = fields.iter().map(field_from_value).collect::<Result<Vec<_>>>()?;
            Ok(structure(fields))
        }
        "udt" => {
            let name = |name| object.get(name).and_then(Value::as_str).map(str::to_owned);
            Ok(of(Kind::Udt(Box::new(spark::Udt {
                r#type: "udt".to_owned(),
                jvm_class: name("class"),
                python_class: name("pyClass"),
                serialized_python_class: name("serializedClass"),
                sql_type: Some(Box::new(from_value(member(object, "sqlType")?)?)),
            }))))
        }
        other => Err(invalid(format!("`{other}` is no type of an object"))),
    }
}

fn field_from_value(value: &Value) -> Result<StructField> {
    let Value::Object(object) = value else {
        return Err(invalid(format!("a field is an object, not {value}")));
    };
    let metadata = match object.get("metadata") {
        None | Some(Value::Null) => None,
        Some(Value::Object(metadata)) if metadata.is_empty() => None,
        Some(metadata) => Some(metadata.to_string()),
    };
    Ok(StructField {
        name: text(object, "name")?.to_owned(),
        data_type: Some(from_value(member(object, "type")?)?),
        nullable: object.get("nullable").and_then(Value::as_bool).unwrap_or(true),
        metadata,
    })
}

/// A type by its JSON name; all but these are written as in SQL.
fn from_name(name: &str) -> Result<DataType> {
    let kind = match name {
        "byte" => Kind::Byte(spark::Byte::default()),
        "short" => Kind::Short(spark::Short::default()),
        "integer" => Kind::Integer(spark::Integer::default()),
        "long" => Kind::Long(spark::Long::default()),
        "null" => Kind::Null(spark::Null::default()),
        "interval" | "calendarinterval" => Kind::CalendarInterval(Default::default()),
        "string" => Kind::String(spark::String::default()),
        other => {
            return crate::sql::parse_data_type(other)
                .map_err(|_| invalid(format!("`{other}` is no type")));
        }
    };
    Ok(of(kind))
}

fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Result<&'a Value> {
    object.get(name).ok_or_else(|| invalid(format!("`{name}` is missing")))
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Result<&'a str> {
    let text = member(object, name)?.as_str();
    text.ok_or_else(|| invalid(format!("`{name}` is a text")))
}

fn flag(object: &Map<String, Value>, name: &str) -> Result<bool> {
    let flag = member(object, name)?.as_bool();
    flag.ok_or_else(|| invalid(format!("`{name}` is true or false")))
}

fn invalid(message: impl std::fmt::Display) -> Error {
    Error::invalid_plan(format!("the schema's JSON is not as Spark writes it: {message}"))
}
