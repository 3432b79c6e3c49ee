//! Generators: functions that give rows. In a select list they become an
//! `Expr::Unnest` that the relation turns into a node of its own, and the columns
//! are parts of it.

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::Unnest;

use super::{extract, plan_typed};
use crate::error::{Condition, Error, Result};
use crate::function::coerce::{self, Kind};
use crate::function::{Typed, collection, generated};
use crate::planner::scope::Scope;
use crate::proto::Expression;

/// A column that a generator gives: its usual name, and its value.
pub(super) type Column = (String, Expr);

/// The columns of a call, if it is one of a generator.
pub(super) fn plan(
    name: &str,
    arguments: &[Expression],
    scope: &Scope<'_>,
) -> Result<Option<Vec<Column>>> {
    let lower = name.to_ascii_lowercase();
    let (base, outer) = match lower.strip_suffix("_outer") {
        Some(base) => (base, true),
        None => (lower.as_str(), false),
    };
    if !matches!(base, "explode" | "posexplode" | "inline") {
        return Ok(None);
    }
    let [argument] = arguments else {
        return Err(Error::analysis(
            Condition::WRONG_NUM_ARGS,
            [
                ("functionName", format!("`{lower}`")),
                ("expectedNum", "1".to_owned()),
                ("actualNum", arguments.len().to_string()),
            ],
        ));
    };
    let value = plan_typed(argument, scope)?;
    let columns = match base {
        "inline" => inline(value, outer, scope),
        _ => explode(value, base == "posexplode", outer, scope),
    };
    columns.map(Some)
}

/// One row of each element: the rows' value, whose parts are the columns.
fn rows(array: Typed, outer: bool, scope: &Scope<'_>) -> Result<Typed> {
    let element = coerce::element(array.data_type(scope)?);
    let element = element.map_or(DataType::Null, |field| field.data_type().clone());
    let rows = Unnest { expr: Box::new(array.into_expr()), outer };
    Ok(Typed::new(Expr::Unnest(rows), element))
}

fn explode(
    value: Typed,
    with_position: bool,
    outer: bool,
    scope: &Scope<'_>,
) -> Result<Vec<Column>> {
    let map = Kind::of(value.data_type(scope)?) == Kind::Map;
    let array = match Kind::of(value.data_type(scope)?) {
        Kind::Array => value,
        Kind::Map => collection::entries_of(value),
        _ => return Err(wrong_type(&value, "(\"ARRAY\" or \"MAP\")", scope)),
    };
    if !with_position {
        let row = rows(array, outer, scope)?;
        return if map {
            fields(row, scope)
        } else {
            Ok(vec![("col".to_owned(), row.into_expr())])
        };
    }
    let row = rows(generated::positioned(array), outer, scope)?;
    let row_type = Typed::from(generated::element_of(row.expr())).data_type(scope)?.clone();
    let row = Typed::new(row.into_expr(), row_type);
    let mut columns = fields(row.clone(), scope)?;
    if map && let Some((_, pair)) = columns.pop() {
        columns.extend(fields(Typed::from(pair), scope)?);
    }
    Ok(columns)
}

fn inline(value: Typed, outer: bool, scope: &Scope<'_>) -> Result<Vec<Column>> {
    let row = match coerce::element(value.data_type(scope)?).map(|field| field.data_type()) {
        Some(DataType::Struct(_)) => rows(value, outer, scope)?,
        _ => return Err(wrong_type(&value, "\"ARRAY<STRUCT>\"", scope)),
    };
    fields(row, scope)
}

/// Every field of a row is a column.
fn fields(row: Typed, scope: &Scope<'_>) -> Result<Vec<Column>> {
    let DataType::Struct(fields) = row.data_type(scope)?.clone() else {
        return Err(Error::internal("a generator's rows are structs"));
    };
    Ok((0..fields.len())
        .map(|at| {
            let value = extract::field_at(row.clone(), at, &fields);
            (fields[at].name().clone(), value.into_expr())
        })
        .collect())
}

fn wrong_type(value: &Typed, required: &str, scope: &Scope<'_>) -> Error {
    let actual = value.data_type(scope).map(crate::types::arrow_sql_name).unwrap_or_default();
    Error::analysis(
        Condition::DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE,
        [
            ("sqlExpr", format!("\"{}\"", value.expr().human_display())),
            ("paramIndex", "first".to_owned()),
            ("requiredType", required.to_owned()),
            ("inputSql", format!("\"{}\"", value.expr().human_display())),
            ("inputType", format!("\"{actual}\"")),
        ],
    )
}
