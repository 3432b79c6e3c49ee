//! `tuple_*`, for two types of numbers.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::ScalarUDF;

use super::kll::failed;
use super::theta::{TYPES, of_two};
use super::{completed, hashed, of, strict};
use crate::error::{Error, Result};
use crate::function::Typed;
use crate::function::call::{FunctionCall, implicit, scalar_of, unexpected_type};
use crate::function::coerce::Kind;
use crate::function::constant::{non_foldable, unexpected_null, value_of};
use crate::function::family::Family;
use crate::function::sketch::tuple::Mode;
use crate::function::sketch::{Sketching, theta, tuple};
use crate::function::table::Build::Custom;
use crate::planner::scope::Scope;

macro_rules! functions {
    ($($module:ident $number:expr, $summary:expr;)*) => {
        $(mod $module {
            use super::*;

            functions! { @each $module
                agg |call, scope| sketch_agg(&tuple::$module::AGG, &$number, call, scope);
                union_agg |call, scope| of_sketches(&tuple::$module::UNION_AGG, call, scope);
                intersection_agg |call, scope| {
                    intersected(&tuple::$module::INTERSECTION_AGG, call, scope)
                };
                estimate |call, scope| double(&tuple::$module::ESTIMATE, call, scope);
                theta_of |call, scope| double(&tuple::$module::THETA, call, scope);
                summary |call, scope| summed(&tuple::$module::SUMMARY, $summary, call, scope);
                union |call, scope| united(&tuple::$module::UNION, call, scope);
                union_theta |call, scope| united(&tuple::$module::UNION_THETA, call, scope);
                intersection |call, scope| both(&tuple::$module::INTERSECTION, call, scope);
                intersection_theta |call, scope| {
                    both(&tuple::$module::INTERSECTION_THETA, call, scope)
                };
                difference |call, scope| of_two(&tuple::$module::DIFFERENCE, call, scope);
                difference_theta |call, scope| {
                    of_two(&tuple::$module::DIFFERENCE_THETA, call, scope)
                };
            }
        })*
    };
    (@each $module:ident $($name:ident |$call:ident, $scope:ident| $body:expr;)*) => {
        $(pub(super) fn $name($call: &FunctionCall, $scope: &Scope<'_>) -> Result<Typed> {
            $body
        })*
    };
}

functions! {
    double DataType::Float64, DataType::Float64;
    integer DataType::Int32, DataType::Int64;
}

pub(super) const TABLE: Family = &[
    ("tuple_sketch_agg_double", Custom(double::agg)),
    ("tuple_sketch_agg_integer", Custom(integer::agg)),
    ("tuple_union_agg_double", Custom(double::union_agg)),
    ("tuple_union_agg_integer", Custom(integer::union_agg)),
    ("tuple_intersection_agg_double", Custom(double::intersection_agg)),
    ("tuple_intersection_agg_integer", Custom(integer::intersection_agg)),
    ("tuple_sketch_estimate_double", Custom(double::estimate)),
    ("tuple_sketch_estimate_integer", Custom(integer::estimate)),
    ("tuple_sketch_theta_double", Custom(double::theta_of)),
    ("tuple_sketch_theta_integer", Custom(integer::theta_of)),
    ("tuple_sketch_summary_double", Custom(double::summary)),
    ("tuple_sketch_summary_integer", Custom(integer::summary)),
    ("tuple_union_double", Custom(double::union)),
    ("tuple_union_integer", Custom(integer::union)),
    ("tuple_union_theta_double", Custom(double::union_theta)),
    ("tuple_union_theta_integer", Custom(integer::union_theta)),
    ("tuple_intersection_double", Custom(double::intersection)),
    ("tuple_intersection_integer", Custom(integer::intersection)),
    ("tuple_intersection_theta_double", Custom(double::intersection_theta)),
    ("tuple_intersection_theta_integer", Custom(integer::intersection_theta)),
    ("tuple_difference_double", Custom(double::difference)),
    ("tuple_difference_integer", Custom(integer::difference)),
    ("tuple_difference_theta_double", Custom(double::difference_theta)),
    ("tuple_difference_theta_integer", Custom(integer::difference_theta)),
];

const ENTRIES: ScalarValue = ScalarValue::Int32(Some(12));

fn sum() -> ScalarValue {
    ScalarValue::from("sum")
}

/// A constant lgNomEntries within bounds.
fn entries(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<ScalarValue> {
    let lg_entries = match value_of(&implicit(call, at, &DataType::Int32, scope)?, scope)? {
        Some(ScalarValue::Int32(Some(lg_entries))) => lg_entries,
        Some(_) => return Err(unexpected_null(call, "lgNomEntries")),
        None => return Err(non_foldable(call, at, "lgNomEntries", "int")),
    };
    let checked = theta::check_entries(lg_entries, &call.name.to_lowercase());
    checked.map_err(|error| failed(call, error.to_string()))?;
    if lg_entries < tuple::LEAST_LG_ENTRIES {
        return Err(Error::unsupported("function.tuple_sketch.16_entries"));
    }
    Ok(ScalarValue::Int32(Some(lg_entries)))
}

/// A constant mode, as a number.
fn mode(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<ScalarValue> {
    let given = value_of(&implicit(call, at, &DataType::Utf8, scope)?, scope)?;
    let Some(given) = given else { return Err(non_foldable(call, at, "mode", "string")) };
    let Some(name) = given.try_as_str().flatten() else {
        return Err(unexpected_null(call, "mode"));
    };
    match Mode::named(name) {
        Some(mode) => Ok(ScalarValue::Int32(Some(mode.number()))),
        None => {
            let why = format!(
                "[TUPLE_INVALID_SKETCH_MODE] the modes of `{}` are sum, min, max and alwaysone, \
                 not '{name}'",
                call.name.to_lowercase(),
            );
            Err(failed(call, why))
        }
    }
}

/// A key: what sketches hash as it is; other numbers as doubles, the rest as text.
fn key(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let Some(value) = call.arguments.first() else { return Err(call.wrong_number("2")) };
    let own = value.data_type(scope)?;
    let to = match Kind::of(own) {
        Kind::Integral if matches!(own, DataType::Int32 | DataType::Int64) => None,
        Kind::Integral | Kind::Decimal => Some(DataType::Float64),
        Kind::Boolean | Kind::Date | Kind::Timestamp | Kind::TimestampNtz => Some(DataType::Utf8),
        _ => None,
    };
    match to {
        None => hashed(call, TYPES, scope),
        Some(to) => {
            implicit(call, 0, &to, scope).map_err(|_| unexpected_type(call, 0, TYPES, scope))
        }
    }
}

/// `tuple_sketch_agg_*(key, number, lgNomEntries?, mode?)`.
fn sketch_agg(
    sketch: &'static Sketching,
    number: &DataType,
    call: &FunctionCall,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let call = completed(call, 2, "[2, 3, 4]", &[ENTRIES, sum()])?;
    let columns = vec![key(&call, scope)?, implicit(&call, 1, number, scope)?];
    let constants = vec![entries(&call, 2, scope)?, mode(&call, 3, scope)?];
    Ok(of(sketch, &call, columns, constants))
}

/// `tuple_union_agg_*(sketch, lgNomEntries?, mode?)`.
fn of_sketches(
    sketch: &'static Sketching,
    call: &FunctionCall,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let call = completed(call, 1, "[1, 2, 3]", &[ENTRIES, sum()])?;
    let value = strict(&call, 0, &DataType::Binary, scope)?;
    let constants = vec![entries(&call, 1, scope)?, mode(&call, 2, scope)?];
    Ok(of(sketch, &call, vec![value], constants))
}

/// `tuple_intersection_agg_*(sketch, mode?)`.
fn intersected(
    sketch: &'static Sketching,
    call: &FunctionCall,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let call = completed(call, 1, "[1, 2]", &[sum()])?;
    let value = strict(&call, 0, &DataType::Binary, scope)?;
    Ok(of(sketch, &call, vec![value], vec![ENTRIES, mode(&call, 1, scope)?]))
}

/// A double of a sketch.
fn double(udf: &Arc<ScalarUDF>, call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let sketch = strict(call, 0, &DataType::Binary, scope)?;
    Ok(scalar_of(udf, [sketch], DataType::Float64))
}

/// `tuple_sketch_summary_*(sketch, mode?)`.
fn summed(
    udf: &Arc<ScalarUDF>,
    returns: DataType,
    call: &FunctionCall,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let call = completed(call, 1, "[1, 2]", &[sum()])?;
    let sketch = strict(&call, 0, &DataType::Binary, scope)?;
    let mode = Typed::literal(mode(&call, 1, scope)?);
    Ok(scalar_of(udf, [sketch, mode], returns))
}

/// `tuple_union*(left, right, lgNomEntries?, mode?)`.
fn united(udf: &Arc<ScalarUDF>, call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let call = completed(call, 2, "[2, 3, 4]", &[ENTRIES, sum()])?;
    let arguments = [
        strict(&call, 0, &DataType::Binary, scope)?,
        strict(&call, 1, &DataType::Binary, scope)?,
        Typed::literal(entries(&call, 2, scope)?),
        Typed::literal(mode(&call, 3, scope)?),
    ];
    Ok(scalar_of(udf, arguments, DataType::Binary))
}

/// `tuple_intersection*(left, right, mode?)`.
fn both(udf: &Arc<ScalarUDF>, call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let call = completed(call, 2, "[2, 3]", &[sum()])?;
    let arguments = [
        strict(&call, 0, &DataType::Binary, scope)?,
        strict(&call, 1, &DataType::Binary, scope)?,
        Typed::literal(mode(&call, 2, scope)?),
    ];
    Ok(scalar_of(udf, arguments, DataType::Binary))
}
