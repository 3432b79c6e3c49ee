//! `withField` and `dropFields`: a struct with one field set or taken out.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, ExprSchemable as _};

use super::{attribute, extract, plan_typed};
use crate::error::{AtField, Condition, Error, Required, Result};
use crate::function::{Typed, generated};
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

/// Rebuilds the struct, and those inside it along the path.
fn update(
    holder: Typed,
    path: &[String],
    value: Option<Typed>,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let own = holder.data_type(scope)?.clone();
    let (DataType::Struct(fields), false) = (&own, is_variant(&own)) else {
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
    // What is made of a NULL is dropped.
    let present = generated::known(holder.clone());
    let mut parts = Vec::with_capacity(fields.len() * 2 + 2);
    let mut found = false;
    for (at, field) in fields.iter().enumerate() {
        let own = extract::field_at(present.clone(), at, fields);
        let mut field_name = field.name().as_str();
        let kept = match (same_name(field.name(), name), rest.is_empty()) {
            (false, _) => Some(own),
            (true, false) => Some(update(own, rest, value.clone(), scope)?),
            (true, true) => {
                field_name = name;
                value.clone()
            }
        };
        found |= same_name(field.name(), name);
        if let Some(kept) = kept {
            parts.push(Typed::literal(ScalarValue::from(field_name)));
            parts.push(kept);
        }
    }
    match value {
        Some(value) if !found && rest.is_empty() => {
            parts.push(Typed::literal(ScalarValue::from(name.as_str())));
            parts.push(value);
        }
        Some(_) if !found => return Err(missing(name, &holder, scope)),
        _ if parts.is_empty() => {
            return Err(Error::analysis(
                Condition::DATATYPE_MISMATCH_CANNOT_DROP_ALL_FIELDS,
                [("sqlExpr", "\"update_fields\"".to_owned())],
            ));
        }
        _ => {}
    }
    let made = extract::call("named_struct", parts, scope)?;
    where_present(&holder, made, scope)
}

/// The struct made of another one's fields, or NULL where that is.
pub(super) fn where_present(holder: &Typed, made: Typed, scope: &Scope<'_>) -> Result<Typed> {
    if !holder.expr().nullable(scope.df_schema().as_ref())? {
        return Ok(made);
    }
    let data_type = made.data_type(scope)?.clone();
    let absent = Typed::from(Expr::IsNull(Box::new(holder.expr().clone())));
    let null = Typed::literal(ScalarValue::try_from(&data_type)?);
    extract::call("if", vec![absent, null, made], scope)
}

fn missing(name: &str, holder: &Typed, scope: &Scope<'_>) -> Error {
    let fields = holder.data_type(scope).map(attribute::field_names).unwrap_or_default();
    Error::analysis(
        Condition::FIELD_NOT_FOUND,
        [("fieldName", format!("`{name}`")), ("fields", fields.join(", "))],
    )
}
