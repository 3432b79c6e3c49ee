//! Generators: functions that give rows. In a select list they become an
//! `Expr::Unnest` that the relation turns into a node of its own, and the columns
//! are parts of it.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions::core::expr_fn::named_struct;
use datafusion::functions_nested::expr_fn::make_array;
use datafusion::logical_expr::expr::Unnest;
use datafusion::logical_expr::{Expr, lit};

use super::{extract, plan_typed};
use crate::error::{Condition, Error, Result};
use crate::function::coerce::{self, Kind};
use crate::function::{self, FunctionCall, Typed, collection, generated};
use crate::planner::columns::ColumnId;
use crate::planner::scope::Scope;
use crate::proto::Expression;
use crate::proto::expression::ExprType;

/// A column that a generator gives: its usual name, and its value.
pub(super) type Column = (String, Expr);

/// The functions that give rows, without those that end in `_outer`.
const NAMES: &[&str] = &["explode", "posexplode", "inline", "stack", "json_tuple"];

/// Stands in FROM alone, which is told by the name that it has then.
const VARIANT: &str = "variant_explode";
const VARIANT_IN_FROM: &str = "#variant_explode";

/// The name by which a function of FROM is planned as a generator, if it is one.
pub(crate) fn in_from(name: &str) -> Option<String> {
    match split(name).0 {
        base if base.eq_ignore_ascii_case(VARIANT) => {
            Some(format!("#{}", name.to_ascii_lowercase()))
        }
        base if is_named(base) => Some(name.to_ascii_lowercase()),
        _ => None,
    }
}

/// # Errors
/// Spark's, for a function that stands in FROM alone.
pub(super) fn refuse_in_expressions(name: &str) -> Result<()> {
    if !split(name).0.eq_ignore_ascii_case(VARIANT) {
        return Ok(());
    }
    let parameters = [("functionName", format!("`{}`", name.to_ascii_lowercase()))];
    Err(Error::analysis(Condition::NOT_A_SCALAR_FUNCTION, parameters))
}

/// Whether a function gives rows, and whether also an empty one of nothing.
pub(crate) fn is_generator(name: &str) -> bool {
    is_named(split(name).0)
}

fn is_named(base: &str) -> bool {
    NAMES.iter().any(|own| own.eq_ignore_ascii_case(base))
}

/// A name without the end of those that give a row of nothing too, and whether it was
/// there, in any case.
fn split(name: &str) -> (&str, bool) {
    const OUTER: &str = "_outer";
    let parts = name.len().checked_sub(OUTER.len()).and_then(|at| name.split_at_checked(at));
    match parts {
        Some((base, end)) if end.eq_ignore_ascii_case(OUTER) => (base, true),
        _ => (name, false),
    }
}

/// The columns of a call, if it is one of a generator.
pub(super) fn plan(
    name: &str,
    arguments: &[Expression],
    scope: &Scope<'_>,
) -> Result<Option<Vec<Column>>> {
    let lower = name.to_ascii_lowercase();
    let (base, outer) = split(&lower);
    refuse_in_expressions(name)?;
    if !NAMES.contains(&base) && base != VARIANT_IN_FROM {
        return Ok(None);
    }
    let arguments = arguments.iter().map(|argument| plan_typed(unnamed(argument), scope));
    let arguments = arguments.collect::<Result<Vec<_>>>()?;
    match base {
        "stack" => return stack(arguments, outer, scope).map(Some),
        "json_tuple" => return json_tuple(arguments, scope).map(Some),
        _ => {}
    }
    let [argument] = arguments.as_slice() else {
        return Err(wrong_number(lower.trim_start_matches('#'), "1", arguments.len()));
    };
    let value = argument.clone();
    let columns = match base {
        "inline" => inline(value, outer, scope),
        VARIANT_IN_FROM => variant_explode(value, outer, scope),
        _ => explode(value, base == "posexplode", outer, scope),
    };
    columns.map(Some)
}

/// The value of `name => value`.
fn unnamed(argument: &Expression) -> &Expression {
    match &argument.expr_type {
        Some(ExprType::NamedArgumentExpression(named)) => {
            named.value.as_deref().unwrap_or(argument)
        }
        _ => argument,
    }
}

fn wrong_number(name: &str, expected: &str, actual: usize) -> Error {
    Error::analysis(
        Condition::WRONG_NUM_ARGS,
        [
            ("functionName", format!("`{name}`")),
            ("expectedNum", expected.to_owned()),
            ("actualNum", actual.to_string()),
        ],
    )
}

/// Values dealt out to a number of rows: an array of rows, whose fields may be NULL.
fn stack(arguments: Vec<Typed>, outer: bool, scope: &Scope<'_>) -> Result<Vec<Column>> {
    let mut arguments = arguments.into_iter();
    let (Some(first), false) = (arguments.next(), arguments.len() == 0) else {
        return Err(wrong_number("stack", "> 1", arguments.len()));
    };
    let rows = first.as_literal().and_then(|value| match value {
        ScalarValue::Int32(Some(rows)) => usize::try_from(*rows).ok().filter(|rows| *rows > 0),
        _ => None,
    });
    let rows = rows.ok_or_else(|| wrong_type(&first, "\"INT\"", scope))?;
    let values: Vec<_> = arguments.collect();
    let width = values.len().div_ceil(rows);
    let mut columns = Vec::with_capacity(width);
    for at in 0..width {
        let of_column = || values.iter().skip(at).step_by(width);
        let types = of_column().map(|value| value.data_type(scope).cloned());
        let types = types.collect::<Result<Vec<_>>>()?;
        let common = coerce::common_type(&types);
        columns.push(common.ok_or_else(|| wrong_type(&values[at], "one type", scope))?);
    }
    let mut array = Vec::new();
    for row in 0..rows.min(values.len().max(1)) {
        let mut fields = Vec::new();
        for (at, common) in columns.iter().enumerate() {
            let null = || Typed::literal(ScalarValue::Null);
            let value = values.get(row * width + at).cloned().unwrap_or_else(null);
            let value = crate::function::cast::coerced(&value, common, scope)?;
            let value = generated::maybe(value).into_expr();
            fields.extend([lit(format!("col{at}")), value]);
        }
        array.push(named_struct(fields));
    }
    inline(Typed::from(make_array(array)), outer, scope)
}

/// Fields of a JSON text: one row, in an array of one.
fn json_tuple(arguments: Vec<Typed>, scope: &Scope<'_>) -> Result<Vec<Column>> {
    let Some((text, keys)) = arguments.split_first().filter(|(_, keys)| !keys.is_empty()) else {
        return Err(wrong_number("json_tuple", "> 1", arguments.len()));
    };
    let column = |(at, key): (usize, &Typed)| {
        let path = match key.as_literal() {
            Some(ScalarValue::Utf8(Some(key))) => format!("$['{key}']"),
            _ => return Err(Error::unsupported("function.json_tuple.computed_key")),
        };
        let path = Typed::literal(path.as_str().into());
        let call = FunctionCall::new("get_json_object", [text.clone(), path]);
        Ok((format!("c{at}"), crate::function::call(&call, scope)?.into_expr()))
    };
    keys.iter().enumerate().map(column).collect()
}

/// # Errors
/// What Spark says of a generator that is not an item of a select list by itself.
pub(super) fn nested(expression: String) -> Error {
    Error::analysis(
        Condition::UNSUPPORTED_GENERATOR_NESTED,
        [("expression", format!("\"{expression}\""))],
    )
}

/// One row of each element: the rows' value, whose parts are the columns. A name of its
/// own tells it from another generator of the same array: both together give each pair.
fn rows(array: Typed, outer: bool, scope: &Scope<'_>) -> Result<Typed> {
    let element = coerce::element(array.data_type(scope)?);
    let certain = !outer && element.is_some_and(|field| !field.is_nullable());
    let element = element.map_or(DataType::Null, |field| field.data_type().clone());
    let array = array.into_expr().alias(format!("#generator{:?}", ColumnId::fresh()));
    let rows = Unnest { expr: Box::new(array), outer };
    let rows = Typed::new(Expr::Unnest(rows), element.clone());
    if !certain {
        return Ok(rows);
    }
    Ok(Typed::new(generated::known(rows).into_expr(), element))
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
    let DataType::Struct(parts) = row.data_type(scope)?.clone() else {
        return Err(Error::internal("an element and its position are a struct"));
    };
    let mut columns = fields(row.clone(), scope)?;
    if map && columns.pop().is_some() {
        columns.extend(fields(extract::field_at(row, 1, &parts), scope)?);
    }
    Ok(columns)
}

/// The fields of an object, or the elements of an array, with their places.
fn variant_explode(value: Typed, outer: bool, scope: &Scope<'_>) -> Result<Vec<Column>> {
    match Kind::of(value.data_type(scope)?) {
        Kind::Variant | Kind::Null => {}
        _ => return Err(wrong_type(&value, "\"VARIANT\"", scope)),
    }
    let entries = extract::call(function::variant::ENTRIES, vec![value], scope)?;
    fields(rows(entries, outer, scope)?, scope)
}

fn inline(value: Typed, outer: bool, scope: &Scope<'_>) -> Result<Vec<Column>> {
    let row = match coerce::element(value.data_type(scope)?).map(|field| field.data_type()) {
        Some(row) if Kind::of(row) == Kind::Struct => rows(value, outer, scope)?,
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
