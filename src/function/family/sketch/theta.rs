//! `theta_*`.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::ScalarUDF;

use super::{completed, constant_int, hashed, of, strict};
use crate::error::{Condition, Result};
use crate::function::Typed;
use crate::function::call::{FunctionCall, scalar_of};
use crate::function::family::Family;
use crate::function::sketch::theta;
use crate::function::table::Build::Custom;
use crate::planner::scope::Scope;

pub(super) const TABLE: Family = &[
    ("theta_sketch_agg", Custom(sketch_agg)),
    ("theta_union_agg", Custom(union_agg)),
    ("theta_intersection_agg", Custom(intersection_agg)),
    ("theta_sketch_estimate", Custom(estimate)),
    ("theta_union", Custom(union)),
    ("theta_intersection", Custom(intersection)),
    ("theta_difference", Custom(difference)),
];

/// What theta and tuple sketches take for keys.
pub(super) const TYPES: &str = "ARRAY<INT>\" or \"ARRAY<BIGINT>\" or \"BINARY\" or \"DOUBLE\" or \
     \"FLOAT\" or \"INT\" or \"BIGINT\" or \"STRING";

const ENTRIES: &[ScalarValue] = &[ScalarValue::Int32(Some(12))];

/// The second argument, which must be a constant.
fn entries(call: &FunctionCall, scope: &Scope<'_>) -> Result<Vec<ScalarValue>> {
    let condition = Condition::THETA_LG_NOM_ENTRIES_MUST_BE_CONSTANT;
    let lg_entries = constant_int(call, 1, condition, scope)?;
    theta::check_entries(lg_entries, &call.name.to_lowercase())?;
    Ok(vec![ScalarValue::Int32(Some(lg_entries))])
}

/// `theta_sketch_agg(x, lgNomEntries?)`.
fn sketch_agg(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let call = completed(call, 1, "[1, 2]", ENTRIES)?;
    let value = hashed(&call, TYPES, scope)?;
    Ok(of(&theta::AGG, &call, vec![value], entries(&call, scope)?))
}

/// `theta_union_agg(sketch, lgNomEntries?)`.
fn union_agg(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let call = completed(call, 1, "[1, 2]", ENTRIES)?;
    let sketch = strict(&call, 0, &DataType::Binary, scope)?;
    Ok(of(&theta::UNION_AGG, &call, vec![sketch], entries(&call, scope)?))
}

fn intersection_agg(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let sketch = strict(call, 0, &DataType::Binary, scope)?;
    Ok(of(&theta::INTERSECTION_AGG, call, vec![sketch], Vec::new()))
}

fn estimate(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let sketch = strict(call, 0, &DataType::Binary, scope)?;
    Ok(scalar_of(&theta::ESTIMATE, [sketch], DataType::Int64))
}

/// `theta_union(left, right, lgNomEntries?)`, whose number may be any.
fn union(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let call = completed(call, 2, "[2, 3]", ENTRIES)?;
    let arguments = [
        strict(&call, 0, &DataType::Binary, scope)?,
        strict(&call, 1, &DataType::Binary, scope)?,
        strict(&call, 2, &DataType::Int32, scope)?,
    ];
    Ok(scalar_of(&theta::UNION, arguments, DataType::Binary))
}

fn intersection(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    of_two(&theta::INTERSECTION, call, scope)
}

fn difference(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    of_two(&theta::DIFFERENCE, call, scope)
}

/// A function of two sketches.
pub(super) fn of_two(
    udf: &Arc<ScalarUDF>,
    call: &FunctionCall,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let [_, _] = call.arguments()?;
    let arguments =
        [strict(call, 0, &DataType::Binary, scope)?, strict(call, 1, &DataType::Binary, scope)?];
    Ok(scalar_of(udf, arguments, DataType::Binary))
}
