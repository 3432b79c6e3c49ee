//! `withField` and `dropFields`: a struct with one field set or taken out.

use datafusion::arrow::datatypes::{DataType, Fields};

use super::{attribute, plan_typed};
use crate::error::{AtField, Condition, Error, Required, Result};
use crate::function::collection::Part;
use crate::function::{Typed, collection};
use crate::planner::columns::same_name;
use crate::planner::scope::Scope;
use crate::proto::expression::UpdateFields;
use crate::types::variant::is_variant;

pub(super) fn plan(message: &UpdateFields, scope: &Scope<'_>) -> Result<Typed> {
    let UpdateFields { struct_expression, field_name, value_expression } = message;
    let holder = struct_expression.as_deref().required("struct_expression").at("update_fields")?;
    let holder = plan_typed(holder, scope)?;
    let value = value_expression.as_deref().map(|value| plan_typed(value, scope)).transpose()?;
    let path = attribute::parse_name(field_name)?;
    update(holder, &path, value, scope)
}

/// What is done to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// It is set, or put behind the others.
    Set,
    /// It is taken out, if it is there.
    DropAny,
    /// It is taken out, and must be there.
    Drop,
}

/// The struct with the field at a path set, or taken out.
fn update(
    holder: Typed,
    path: &[String],
    value: Option<Typed>,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let own = holder.data_type(scope)?.clone();
    let absent = |name: &str, fields: &Fields| missing(name, fields);
    let change = if value.is_some() { Change::Set } else { Change::DropAny };
    let parts = parts(&own, path, change, &holder, &absent, scope)?;
    Ok(rebuilt(holder, parts, value))
}

/// The struct made of these parts of another one.
pub(super) fn rebuilt(holder: Typed, parts: Vec<(String, Part)>, value: Option<Typed>) -> Typed {
    collection::rebuilt(parts, [holder].into_iter().chain(value))
}

/// What becomes of the fields of a struct type, and of those inside it along the path.
pub(super) fn parts(
    own: &DataType,
    path: &[String],
    change: Change,
    holder: &Typed,
    absent: &dyn Fn(&str, &Fields) -> Error,
    scope: &Scope<'_>,
) -> Result<Vec<(String, Part)>> {
    let (DataType::Struct(fields), false) = (own, is_variant(own)) else {
        return Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE,
            [
                ("sqlExpr", "\"update_fields\"".to_owned()),
                ("paramIndex", "first".to_owned()),
                ("requiredType", "\"STRUCT\"".to_owned()),
                ("inputSql", format!("\"{}\"", holder.expr().human_display())),
                ("inputType", crate::types::arrow_sql_name(holder.data_type(scope)?)),
            ],
        ));
    };
    let Some((name, rest)) = path.split_first() else {
        return Err(Error::missing_field("field_name").at("update_fields"));
    };
    let mut made = Vec::with_capacity(fields.len() + 1);
    let mut found = false;
    for (at, field) in fields.iter().enumerate() {
        let same = same_name(field.name(), name);
        found |= same;
        match (same, rest.is_empty()) {
            (false, _) => made.push((field.name().clone(), Part::Own(at))),
            (true, false) => {
                let inner = parts(field.data_type(), rest, change, holder, absent, scope)?;
                made.push((field.name().clone(), Part::Inside(at, inner)));
            }
            (true, true) if change == Change::Set => made.push((name.clone(), Part::Value(0))),
            (true, true) => {}
        }
    }
    if !found && change == Change::Set && rest.is_empty() {
        made.push((name.clone(), Part::Value(0)));
    } else if !found && change != Change::DropAny {
        return Err(absent(name, fields));
    }
    if made.is_empty() {
        return Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_CANNOT_DROP_ALL_FIELDS,
            [("sqlExpr", "\"update_fields\"".to_owned())],
        ));
    }
    Ok(made)
}

fn missing(name: &str, fields: &Fields) -> Error {
    let fields = attribute::field_names(&DataType::Struct(fields.clone()));
    Error::analysis(
        Condition::FIELD_NOT_FOUND,
        [("fieldName", format!("`{name}`")), ("fields", fields.join(", "))],
    )
}
