//! Variants: made of JSON and of other values, looked into, changed.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::ScalarUDF;

use super::Family;
use super::record::schema;
use crate::error::{Condition, Error, Result};
use crate::function::call::{
    FunctionCall, aggregate, display_call, implicit, quoted_type, scalar, scalar_of,
    unexpected_type,
};
use crate::function::coerce::Kind;
use crate::function::table::Build::Custom;
use crate::function::udaf::gather::gather;
use crate::function::udaf::variant::SCHEMA_OF_ALL;
use crate::function::udf::variant as udf;
use crate::function::{Typed, cast};
use crate::planner::scope::Scope;
use crate::types::variant::data_type;

pub(super) const TABLE: Family = &[
    ("parse_json", Custom(parse_json)),
    ("try_parse_json", Custom(try_parse_json)),
    ("is_variant_null", Custom(is_variant_null)),
    ("is_valid_variant", Custom(is_valid_variant)),
    ("schema_of_variant", Custom(schema_of_variant)),
    ("schema_of_variant_agg", Custom(schema_of_variant_agg)),
    ("to_variant_object", Custom(to_variant_object)),
    ("variant_get", Custom(variant_get)),
    ("try_variant_get", Custom(try_variant_get)),
    (PART, Custom(part)),
    (ENTRIES, Custom(entries)),
    ("variant_insert", Custom(insert)),
    ("try_variant_insert", Custom(try_insert)),
    ("variant_set", Custom(set)),
    ("try_variant_set", Custom(try_set)),
    ("variant_array_append", Custom(append)),
    ("try_variant_array_append", Custom(try_append)),
    ("variant_delete", Custom(delete)),
    ("variant_strip_nulls", Custom(strip_nulls)),
];

/// `value:path`, as the SQL parser sends it.
pub(crate) const PART: &str = "#variant_part";
/// The rows of `variant_explode`, in an array.
pub(crate) const ENTRIES: &str = "#variant_entries";

/// The types exist only with the feature.
fn served(call: &FunctionCall) -> Result<()> {
    match cfg!(feature = "variant") {
        true => Ok(()),
        false => Err(Error::unsupported(format!("function.{}", call.name.to_lowercase()))),
    }
}

/// A variant, which nothing but NULL becomes by itself.
fn variant(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
    served(call)?;
    let Some(value) = call.arguments.get(at) else { return Err(call.wrong_number("more")) };
    match Kind::of(value.data_type(scope)?) {
        Kind::Variant => Ok(value.clone()),
        Kind::Null => cast::coerced(value, &data_type(), scope),
        _ => Err(unexpected_type(call, at, "VARIANT", scope)),
    }
}

/// A value of this kind, and nothing that would have to be cast.
fn exactly(call: &FunctionCall, at: usize, to: &DataType, scope: &Scope<'_>) -> Result<Typed> {
    let Some(value) = call.arguments.get(at) else { return Err(call.wrong_number("more")) };
    let own = Kind::of(value.data_type(scope)?);
    match own == Kind::of(to) || own == Kind::Null {
        true => implicit(call, at, to, scope),
        false => Err(unexpected_type(call, at, &crate::types::arrow_sql_name(to), scope)),
    }
}

fn text(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
    exactly(call, at, &DataType::Utf8, scope)
}

/// The name of a number of arguments, between two bounds.
fn counted(call: &FunctionCall, least: usize, most: usize) -> Result<()> {
    call.plain()?;
    match (least..=most).contains(&call.arguments.len()) {
        true => Ok(()),
        false => Err(call.wrong_number(&format!("[{least}, {most}]"))),
    }
}

fn parse_json(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    parse(call, &udf::PARSE, scope)
}

fn try_parse_json(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    parse(call, &udf::TRY_PARSE, scope)
}

fn parse(call: &FunctionCall, function: &Arc<ScalarUDF>, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    served(call)?;
    refuse_repeated_names(call, scope)?;
    Ok(scalar_of(function, [text(call, 0, scope)?], data_type()))
}

/// Of names that repeat, Spark can keep the last.
fn refuse_repeated_names(call: &FunctionCall, scope: &Scope<'_>) -> Result<()> {
    const KEY: &str = "spark.sql.variant.allowDuplicateKeys";
    let allowed = scope.planner().session().conf().get_option(KEY);
    match allowed.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        true => Err(Error::unsupported(format!("function.{}.repeated_names", call.name))),
        false => Ok(()),
    }
}

/// A function of a variant alone.
fn of_variant(
    call: &FunctionCall,
    function: &Arc<ScalarUDF>,
    to: DataType,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let [_] = call.arguments()?;
    Ok(scalar_of(function, [variant(call, 0, scope)?], to))
}

fn is_variant_null(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    of_variant(call, &udf::IS_NULL, DataType::Boolean, scope)
}

fn is_valid_variant(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    of_variant(call, &udf::IS_VALID, DataType::Boolean, scope)
}

fn schema_of_variant(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    of_variant(call, &udf::SCHEMA_OF, DataType::Utf8, scope)
}

fn entries(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    Ok(scalar(&udf::ENTRIES, [variant(call, 0, scope)?]))
}

fn schema_of_variant_agg(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let values = variant(call, 0, scope)?;
    if call.distinct {
        return Err(Error::unsupported("function.schema_of_variant_agg.distinct"));
    }
    Ok(aggregate(&gather(&SCHEMA_OF_ALL, Vec::new(), Vec::new()), call, [values]))
}

/// Spark's error for a value that becomes no variant.
fn no_variant(call: &FunctionCall, from: &DataType, to: &DataType) -> Error {
    Error::analysis(
        Condition::DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION,
        [
            ("sqlExpr", display_call(call)),
            ("srcType", quoted_type(from)),
            ("targetType", quoted_type(to)),
        ],
    )
}

fn to_variant_object(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    served(call)?;
    let own = value.data_type(scope)?;
    let nested = matches!(Kind::of(own), Kind::Struct | Kind::Map | Kind::Array);
    if !nested || !udf::holds(own, true) {
        return Err(no_variant(call, own, &data_type()));
    }
    Ok(scalar_of(&udf::TO_OBJECT, [value.clone()], data_type()))
}

fn variant_get(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    get(call, true, scope)
}

fn try_variant_get(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    get(call, false, scope)
}

fn get(call: &FunctionCall, strict: bool, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 2, 3)?;
    let to = match call.arguments.len() {
        3 => schema(call, 2, scope)?,
        _ => data_type(),
    };
    let shown = FunctionCall::new(call.name.clone(), call.arguments.iter().take(2).cloned());
    let (value, path) = (variant(&shown, 0, scope)?, text(&shown, 1, scope)?);
    if !udf::holds(&to, true) {
        return Err(no_variant(&shown, &data_type(), &to));
    }
    Ok(got(value, path, &to, strict, scope))
}

fn got(value: Typed, path: Typed, to: &DataType, strict: bool, scope: &Scope<'_>) -> Typed {
    let to = udf::nullable(to);
    let getter = udf::getter(to.clone(), strict, scope.planner().session().time_zone());
    scalar_of(&getter, [value, path], to)
}

/// `value:path`.
fn part(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value, path] = call.arguments()?;
    if Kind::of(value.data_type(scope)?) != Kind::Variant {
        return Err(Error::analysis(Condition::COLUMN_IS_NOT_VARIANT_TYPE, []));
    }
    Ok(got(value.clone(), path.clone(), &data_type(), true, scope))
}

/// What is put into a variant: what could be cast to one.
fn new_value(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
    let Some(value) = call.arguments.get(at) else { return Err(call.wrong_number("more")) };
    let own = value.data_type(scope)?;
    match Kind::of(own) == Kind::Null || udf::holds(own, false) {
        true if Kind::of(own) == Kind::Variant => Ok(value.clone()),
        true => Ok(scalar_of(&udf::TO_OBJECT, [value.clone()], data_type())),
        false => Err(no_variant(call, own, &data_type())),
    }
}

fn change(call: &FunctionCall, function: &Arc<ScalarUDF>, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _, _] = call.arguments()?;
    let arguments = [variant(call, 0, scope)?, text(call, 1, scope)?, new_value(call, 2, scope)?];
    Ok(scalar_of(function, arguments, data_type()))
}

fn insert(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    change(call, &udf::INSERT, scope)
}

fn try_insert(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    change(call, &udf::TRY_INSERT, scope)
}

fn append(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    change(call, &udf::APPEND, scope)
}

fn try_append(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    change(call, &udf::TRY_APPEND, scope)
}

/// A flag that is true unless it is given.
fn flag(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
    match at < call.arguments.len() {
        true => exactly(call, at, &DataType::Boolean, scope),
        false => Ok(Typed::literal(ScalarValue::Boolean(Some(true)))),
    }
}

fn set_by(call: &FunctionCall, function: &Arc<ScalarUDF>, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 3, 4)?;
    let arguments = [
        variant(call, 0, scope)?,
        text(call, 1, scope)?,
        new_value(call, 2, scope)?,
        flag(call, 3, scope)?,
    ];
    Ok(scalar_of(function, arguments, data_type()))
}

fn set(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    set_by(call, &udf::SET, scope)
}

fn try_set(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    set_by(call, &udf::TRY_SET, scope)
}

fn delete(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if call.arguments.len() < 2 {
        return Err(call.wrong_number("> 1"));
    }
    let mut arguments = vec![variant(call, 0, scope)?];
    for at in 1..call.arguments.len() {
        arguments.push(text(call, at, scope)?);
    }
    Ok(scalar_of(&udf::DELETE, arguments, data_type()))
}

fn strip_nulls(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    counted(call, 1, 2)?;
    let arguments = [variant(call, 0, scope)?, flag(call, 1, scope)?];
    Ok(scalar_of(&udf::STRIP, arguments, data_type()))
}
