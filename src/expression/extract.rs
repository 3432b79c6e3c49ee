//! Parts of complex values: a struct's field, an array's element, a map's value.

use datafusion::arrow::datatypes::{DataType, Fields};
use datafusion::common::ScalarValue;

use super::{attribute, plan_typed};
use crate::error::{AtField, Condition, Error, Required, Result};
use crate::function::coerce::{self, Kind};
use crate::function::{FunctionCall, Typed, collection};
use crate::planner::columns::same_name;
use crate::planner::scope::Scope;
use crate::proto::expression::UnresolvedExtractValue;
use crate::types::variant::are_fields;

/// `child[extraction]`.
pub(super) fn plan(message: &UnresolvedExtractValue, scope: &Scope<'_>) -> Result<Typed> {
    let UnresolvedExtractValue { child, extraction } = message;
    let child = child.as_deref().required("child").at("unresolved_extract_value")?;
    let extraction = extraction.as_deref().required("extraction").at("unresolved_extract_value")?;
    let value = plan_typed(child, scope)?;
    let key = plan_typed(extraction, scope)?;
    let name = || super::naming::quiet(child);
    match Kind::of(value.data_type(scope)?) {
        Kind::Struct => field_of(value, &key, scope),
        Kind::Array => match key.as_literal().and_then(ScalarValue::try_as_str).flatten() {
            Some(field_name) if is_array_of_structs(value.data_type(scope)?) => {
                field(value, field_name, name, scope)
            }
            _ => collection::element(value, key, scope),
        },
        Kind::Map => collection::map_value(value, key, scope),
        _ => Err(no_parts(&value, &name(), scope)),
    }
}

fn is_array_of_structs(data_type: &DataType) -> bool {
    coerce::element(data_type).is_some_and(|element| Kind::of(element.data_type()) == Kind::Struct)
}

fn field_of(value: Typed, key: &Typed, scope: &Scope<'_>) -> Result<Typed> {
    match key.as_literal().and_then(ScalarValue::try_as_str).flatten() {
        Some(name) => field(value, name, String::new, scope),
        None => Err(Error::analysis(
            Condition::INVALID_EXTRACT_FIELD_TYPE,
            [("extraction", format!("\"{}\"", key.expr().human_display()))],
        )),
    }
}

/// `value.name`: a field of a struct, of every struct in an array, or a map's
/// value. `path` names the value for errors.
pub(super) fn field(
    value: Typed,
    name: &str,
    path: impl Fn() -> String,
    scope: &Scope<'_>,
) -> Result<Typed> {
    match value.data_type(scope)?.clone() {
        DataType::Struct(fields) if !are_fields(&fields) => {
            let at = position(&fields, name)?;
            Ok(field_at(value, at, &fields))
        }
        array if is_array_of_structs(&array) => {
            let Some(DataType::Struct(fields)) = coerce::element(&array).map(|e| e.data_type())
            else {
                return Err(no_parts(&value, &path(), scope));
            };
            let at = position(fields, name)?;
            Ok(collection::field_of_all(value, fields[at].name(), scope)?)
        }
        DataType::Map(..) => {
            collection::map_value(value, Typed::literal(ScalarValue::from(name)), scope)
        }
        _ => Err(no_parts(&value, &path(), scope)),
    }
}

fn position(fields: &Fields, name: &str) -> Result<usize> {
    let mut matches = fields.iter().enumerate().filter(|(_, field)| same_name(field.name(), name));
    match (matches.next(), matches.next()) {
        (Some((at, _)), None) => Ok(at),
        (Some(_), Some(_)) => Err(Error::analysis(
            Condition::AMBIGUOUS_REFERENCE_TO_FIELDS,
            [
                ("field", format!("`{name}`")),
                ("count", fields.iter().filter(|f| same_name(f.name(), name)).count().to_string()),
            ],
        )),
        (None, _) => Err(Error::analysis(
            Condition::FIELD_NOT_FOUND,
            [
                ("fieldName", format!("`{name}`")),
                ("fields", attribute::field_names(&DataType::Struct(fields.clone())).join(", ")),
            ],
        )),
    }
}

/// The field at a position of a struct.
pub(super) fn field_at(value: Typed, at: usize, fields: &Fields) -> Typed {
    let field = &fields[at];
    collection::field(value, at, field)
}

fn no_parts(value: &Typed, path: &str, scope: &Scope<'_>) -> Error {
    let other = value.data_type(scope).map(crate::types::arrow_sql_name).unwrap_or_default();
    Error::analysis(
        Condition::INVALID_EXTRACT_BASE_FIELD_TYPE,
        [("base", format!("\"{path}\"")), ("other", format!("\"{other}\""))],
    )
}

/// Used where a call is made of parts that are planned already.
pub(super) fn call(name: &str, arguments: Vec<Typed>, scope: &Scope<'_>) -> Result<Typed> {
    crate::function::call(&FunctionCall::new(name, arguments), scope)
}
