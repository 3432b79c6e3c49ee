//! `hll_*`.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

use super::{completed, constant_int, hashed, of, strict};
use crate::error::{Condition, Error, Result};
use crate::function::call::{FunctionCall, scalar_of};
use crate::function::family::Family;
use crate::function::sketch::hll;
use crate::function::table::Build::Custom;
use crate::function::{Typed, constant};
use crate::planner::scope::Scope;

pub(super) const TABLE: Family = &[
    ("hll_sketch_agg", Custom(sketch_agg)),
    ("hll_union_agg", Custom(union_agg)),
    ("hll_sketch_estimate", Custom(estimate)),
    ("hll_union", Custom(union)),
];

const TYPES: &str = "INT\" or \"BIGINT\" or \"STRING\" or \"BINARY";

/// `hll_sketch_agg(x, lgConfigK?)`.
fn sketch_agg(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let call = completed(call, 1, "[1, 2]", &[ScalarValue::Int32(Some(12))])?;
    let value = hashed(&call, TYPES, scope)?;
    let lg_k = constant_int(&call, 1, Condition::HLL_K_MUST_BE_CONSTANT, scope)?;
    if !(hll::LEAST_LG_K..=hll::MOST_LG_K).contains(&lg_k) {
        return Err(Error::analysis(
            Condition::HLL_INVALID_LG_K,
            [
                ("function", "`hll_sketch_agg`".to_owned()),
                ("min", hll::LEAST_LG_K.to_string()),
                ("max", hll::MOST_LG_K.to_string()),
                ("value", lg_k.to_string()),
            ],
        ));
    }
    Ok(of(&hll::AGG, &call, vec![value], vec![ScalarValue::Int32(Some(lg_k))]))
}

/// `hll_union_agg(sketch, allowDifferentLgConfigK?)`.
fn union_agg(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let call = completed(call, 1, "[1, 2]", &[ScalarValue::Boolean(Some(false))])?;
    let sketch = strict(&call, 0, &DataType::Binary, scope)?;
    let any_size = strict(&call, 1, &DataType::Boolean, scope)?;
    let Some(any_size) = constant::value_of(&any_size, scope)? else {
        return Err(Error::unsupported("function.hll_union_agg.computed_flag"));
    };
    Ok(of(&hll::UNION_AGG, &call, vec![sketch], vec![any_size]))
}

fn estimate(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let sketch = strict(call, 0, &DataType::Binary, scope)?;
    Ok(scalar_of(&hll::ESTIMATE, [sketch], DataType::Int64))
}

/// `hll_union(left, right, allowDifferentLgConfigK?)`.
fn union(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let call = completed(call, 2, "[2, 3]", &[ScalarValue::Boolean(Some(false))])?;
    let arguments = [
        strict(&call, 0, &DataType::Binary, scope)?,
        strict(&call, 1, &DataType::Binary, scope)?,
        strict(&call, 2, &DataType::Boolean, scope)?,
    ];
    Ok(scalar_of(&hll::UNION, arguments, DataType::Binary))
}
