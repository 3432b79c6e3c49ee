//! `approx_top_k*`.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

use super::kll::failed;
use super::{completed, of};
use crate::error::{Condition, Error, Result};
use crate::function::call::{FunctionCall, implicit, scalar, unexpected_type};
use crate::function::coerce::{Kind, canonical};
use crate::function::constant::value_of;
use crate::function::family::Family;
use crate::function::sketch::top_k;
use crate::function::table::Build::Custom;
use crate::function::{Typed, cast};
use crate::planner::scope::Scope;

pub(super) const TABLE: Family = &[
    ("approx_top_k", Custom(approx_top_k)),
    ("approx_top_k_accumulate", Custom(accumulate)),
    ("approx_top_k_combine", Custom(combine)),
    ("approx_top_k_estimate", Custom(estimate)),
];

const K: ScalarValue = ScalarValue::Int32(Some(5));
const ITEMS: ScalarValue = ScalarValue::Int32(Some(10_000));
/// As many as the sketches have.
const SAME: ScalarValue = ScalarValue::Int32(Some(-1));

fn int(call: &FunctionCall, at: usize, what: &str, scope: &Scope<'_>) -> Result<Option<i32>> {
    let given = call.arguments.get(at).map(|value| value.data_type(scope)).transpose()?;
    if given.map(Kind::of) == Some(Kind::Boolean) {
        return Err(unexpected_type(call, at, "INT", scope));
    }
    match value_of(&implicit(call, at, &DataType::Int32, scope)?, scope)? {
        Some(ScalarValue::Int32(number)) => Ok(number),
        _ => Err(failed(call, format!("{what} must be a constant literal"))),
    }
}

fn positive(given: Option<i32>, name: &str) -> Result<i32> {
    let name = ("argName", format!("`{name}`"));
    match given {
        None => Err(Error::analysis(Condition::APPROX_TOP_K_NULL_ARG, [name])),
        Some(number) if number < 1 => Err(Error::analysis(
            Condition::APPROX_TOP_K_NON_POSITIVE_ARG,
            [name, ("argValue", number.to_string())],
        )),
        Some(number) => Ok(number),
    }
}

fn k(call: &FunctionCall, scope: &Scope<'_>) -> Result<i32> {
    positive(int(call, 1, "K", scope)?, "k")
}

fn within_limit(given: Option<i32>) -> Result<i32> {
    let items = positive(given, "maxItemsTracked")?;
    if items <= top_k::MOST_ITEMS {
        return Ok(items);
    }
    Err(Error::analysis(
        Condition::APPROX_TOP_K_MAX_ITEMS_TRACKED_EXCEEDS_LIMIT,
        [("maxItemsTracked", items.to_string()), ("limit", top_k::MOST_ITEMS.to_string())],
    ))
}

/// A constant number of items that are tracked.
fn tracked(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<ScalarValue> {
    let items = within_limit(int(call, at, "Number of items tracked", scope)?)?;
    Ok(ScalarValue::Int32(Some(items)))
}

fn is_counted(kind: Kind) -> bool {
    kind.is_numeric()
        || matches!(
            kind,
            Kind::Boolean | Kind::String | Kind::Date | Kind::Timestamp | Kind::TimestampNtz
        )
}

/// What is counted, of a type whose values can be.
fn counted(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let Some(value) = call.arguments.first() else { return Err(call.wrong_number("1")) };
    let own = value.data_type(scope)?;
    if !is_counted(Kind::of(own)) {
        let name = crate::types::arrow_sql_name(own).to_lowercase();
        let name = name.split('<').next().unwrap_or_default();
        return Err(failed(call, format!("{name} columns are not supported")));
    }
    let own = canonical(own);
    cast::coerced(value, &own, scope)
}

/// `approx_top_k(x, k?, maxItemsTracked?)`.
fn approx_top_k(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let call = completed(call, 1, "[1, 2, 3]", &[K, ITEMS])?;
    let value = counted(&call, scope)?;
    let given = int(&call, 2, "Number of items tracked", scope);
    let k = k(&call, scope)?;
    let items = within_limit(given?)?;
    top_k::check_tracked(items, k)?;
    let constants = vec![ScalarValue::Int32(Some(items)), ScalarValue::Int32(Some(k))];
    Ok(of(&top_k::TOP_K, &call, vec![value], constants))
}

/// `approx_top_k_accumulate(x, maxItemsTracked?)`.
fn accumulate(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let call = completed(call, 1, "[1, 2]", &[ITEMS])?;
    let value = counted(&call, scope)?;
    Ok(of(&top_k::ACCUMULATE, &call, vec![value], vec![tracked(&call, 1, scope)?]))
}

/// The first argument, which must be such a struct as `approx_top_k_accumulate` makes.
fn state(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let Some(value) = call.arguments.first() else { return Err(call.wrong_number("1")) };
    let own = value.data_type(scope)?;
    let lower = |own: &DataType| crate::types::arrow_sql_name(own).to_lowercase();
    let fields = match own {
        DataType::Struct(fields) if fields.len() == 4 => fields,
        DataType::Struct(_) | DataType::Null => {
            return Err(failed(call, format!("the state has four fields, not as {}", lower(own))));
        }
        _ => return Err(unexpected_type(call, 0, "STRUCT", scope)),
    };
    let refused = |name: &str, wanted: &str, own: &DataType| {
        let why = format!("the state's {name} field must be {wanted}, not {}", lower(own));
        Err(failed(call, why))
    };
    let types: Vec<_> = fields.iter().map(|field| field.data_type()).collect();
    match types.as_slice() {
        [sketch, ..] if Kind::of(sketch) != Kind::Binary => refused("first", "binary", sketch),
        [_, items, ..] if **items != DataType::Int32 => refused("second", "int", items),
        [_, _, item, _] if !is_counted(Kind::of(item)) => {
            refused("third", "of a type that can be counted", item)
        }
        [_, _, _, ddl] if Kind::of(ddl) != Kind::String => refused("fourth", "string", ddl),
        _ => Ok(value.clone()),
    }
}

/// `approx_top_k_combine(state, maxItemsTracked?)`.
fn combine(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let given = call.arguments.len() > 1;
    let call = completed(call, 1, "[1, 2]", &[SAME])?;
    let states = state(&call, scope)?;
    let constants = if given { vec![tracked(&call, 1, scope)?] } else { Vec::new() };
    Ok(of(&top_k::COMBINE, &call, vec![states], constants))
}

/// `approx_top_k_estimate(state, k?)`.
fn estimate(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let call = completed(call, 1, "[1, 2]", &[K])?;
    let states = state(&call, scope)?;
    let k = Typed::literal(ScalarValue::Int32(Some(k(&call, scope)?)));
    Ok(scalar(&top_k::ESTIMATE, [states, k]))
}
