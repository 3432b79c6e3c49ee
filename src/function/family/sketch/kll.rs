//! `kll_*`, for three types of numbers.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::ScalarUDF;

use super::{of, strict};
use crate::error::{Condition, Error, Result};
use crate::function::call::{
    FunctionCall, display_call, implicit, scalar, scalar_of, unexpected_type,
};
use crate::function::coerce::{Kind, element};
use crate::function::constant::{is_foldable, non_foldable, unexpected_null, value_of};
use crate::function::family::Family;
use crate::function::sketch::{Sketching, kll};
use crate::function::table::Build::Custom;
use crate::function::{Typed, cast};
use crate::planner::scope::Scope;

macro_rules! functions {
    ($($module:ident $bigint:ident;)*) => {
        $(mod $module {
            use super::*;

            pub(super) fn agg(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
                sketch_agg(&kll::$module::AGG, &super::$bigint, call, scope)
            }

            pub(super) fn merge_agg(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
                of_sketches(&kll::$module::MERGE_AGG, call, scope)
            }

            pub(super) fn get_n(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
                let [_] = call.arguments()?;
                let sketch = implicit(call, 0, &DataType::Binary, scope)?;
                Ok(scalar_of(&kll::$module::GET_N, [sketch], DataType::Int64))
            }

            pub(super) fn to_string(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
                let [_] = call.arguments()?;
                let sketch = implicit(call, 0, &DataType::Binary, scope)?;
                Ok(scalar_of(&kll::$module::TO_STRING, [sketch], DataType::Utf8))
            }

            pub(super) fn merge(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
                let [_, _] = call.arguments()?;
                let sketch = |at| implicit(call, at, &DataType::Binary, scope);
                let sketches = [sketch(0)?, sketch(1)?];
                Ok(scalar_of(&kll::$module::MERGE, sketches, DataType::Binary))
            }

            pub(super) fn get_quantile(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
                asked(&kll::$module::GET_QUANTILE, "rank", &DataType::Float64, call, scope)
            }

            pub(super) fn get_rank(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
                asked(&kll::$module::GET_RANK, "quantile", &super::$bigint.to, call, scope)
            }
        })*
    };
}

/// What is sketched: the type that its values become, and those that it takes.
struct Measured {
    to: DataType,
    takes: &'static [DataType],
    /// As errors spell them.
    types: &'static str,
}

static BIGINT: Measured = Measured {
    to: DataType::Int64,
    takes: &[DataType::Int8, DataType::Int16, DataType::Int32, DataType::Int64],
    types: "TINYINT\" or \"INT\" or \"BIGINT\" or \"SMALLINT",
};
static DOUBLE: Measured = Measured {
    to: DataType::Float64,
    takes: &[DataType::Float32, DataType::Float64],
    types: "FLOAT\" or \"DOUBLE",
};
static FLOAT: Measured =
    Measured { to: DataType::Float32, takes: &[DataType::Float32], types: "FLOAT" };

functions! {
    bigint BIGINT;
    double DOUBLE;
    float FLOAT;
}

pub(super) const TABLE: Family = &[
    ("kll_sketch_agg_bigint", Custom(bigint::agg)),
    ("kll_sketch_agg_double", Custom(double::agg)),
    ("kll_sketch_agg_float", Custom(float::agg)),
    ("kll_merge_agg_bigint", Custom(bigint::merge_agg)),
    ("kll_merge_agg_double", Custom(double::merge_agg)),
    ("kll_merge_agg_float", Custom(float::merge_agg)),
    ("kll_sketch_get_n_bigint", Custom(bigint::get_n)),
    ("kll_sketch_get_n_double", Custom(double::get_n)),
    ("kll_sketch_get_n_float", Custom(float::get_n)),
    ("kll_sketch_to_string_bigint", Custom(bigint::to_string)),
    ("kll_sketch_to_string_double", Custom(double::to_string)),
    ("kll_sketch_to_string_float", Custom(float::to_string)),
    ("kll_sketch_merge_bigint", Custom(bigint::merge)),
    ("kll_sketch_merge_double", Custom(double::merge)),
    ("kll_sketch_merge_float", Custom(float::merge)),
    ("kll_sketch_get_quantile_bigint", Custom(bigint::get_quantile)),
    ("kll_sketch_get_quantile_double", Custom(double::get_quantile)),
    ("kll_sketch_get_quantile_float", Custom(float::get_quantile)),
    ("kll_sketch_get_rank_bigint", Custom(bigint::get_rank)),
    ("kll_sketch_get_rank_double", Custom(double::get_rank)),
    ("kll_sketch_get_rank_float", Custom(float::get_rank)),
];

/// k, if it is given: a constant within its bounds.
fn size(call: &FunctionCall, scope: &Scope<'_>) -> Result<Vec<ScalarValue>> {
    let given = match call.arguments.len() {
        1 => return Ok(Vec::new()),
        2 => strict(call, 1, &DataType::Int32, scope)?,
        _ => return Err(call.wrong_number("[1, 2]")),
    };
    let k = match value_of(&given, scope)? {
        Some(ScalarValue::Int32(Some(k))) => k,
        Some(_) => return Err(unexpected_null(call, "k")),
        None => return Err(non_foldable(call, 1, "k", "int")),
    };
    if (kll::LEAST_K..=kll::MOST_K).contains(&k) {
        return Ok(vec![ScalarValue::Int32(Some(k))]);
    }
    let range = format!("k must be from {} to {}, not {k}", kll::LEAST_K, kll::MOST_K);
    Err(failed(call, range))
}

/// Spark's error for an argument that the function itself checks.
pub(super) fn failed(call: &FunctionCall, why: String) -> Error {
    Error::analysis(
        Condition::DATATYPE_MISMATCH_TYPE_CHECK_FAILURE,
        [("sqlExpr", display_call(call)), ("msg", why), ("hint", String::new())],
    )
}

/// `kll_sketch_agg_*(x, k?)`.
fn sketch_agg(
    sketch: &'static Sketching,
    measured: &Measured,
    call: &FunctionCall,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let Some(value) = call.arguments.first() else { return Err(call.wrong_number("[1, 2]")) };
    if call.arguments.len() > 2 {
        return Err(call.wrong_number("[1, 2]"));
    }
    let own = value.data_type(scope)?;
    if Kind::of(own) != Kind::Null && !measured.takes.contains(own) {
        return Err(unexpected_type(call, 0, measured.types, scope));
    }
    let value = cast::coerced(value, &measured.to, scope)?;
    Ok(of(sketch, call, vec![value], size(call, scope)?))
}

/// `kll_merge_agg_*(sketch, k?)`.
fn of_sketches(
    sketch: &'static Sketching,
    call: &FunctionCall,
    scope: &Scope<'_>,
) -> Result<Typed> {
    if !(1..=2).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[1, 2]"));
    }
    let value = strict(call, 0, &DataType::Binary, scope)?;
    Ok(of(sketch, call, vec![value], size(call, scope)?))
}

/// A sketch is asked about a constant number, or an array of them.
fn asked(
    udf: &Arc<ScalarUDF>,
    name: &str,
    number: &DataType,
    call: &FunctionCall,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let [_, value] = call.arguments()?;
    let sketch = implicit(call, 0, &DataType::Binary, scope)?;
    let spelled = crate::types::arrow_sql_name(number);
    let wrong = || {
        let types = format!("{spelled}\" or \"ARRAY<{spelled}>");
        unexpected_type(call, 1, &types, scope)
    };
    let own = value.data_type(scope)?;
    let value = match (Kind::of(own), element(own)) {
        (Kind::Array, Some(field)) => {
            let kind = Kind::of(field.data_type());
            let same = field.data_type() == number || kind == Kind::Null;
            if !same && (!kind.is_numeric() || field.is_nullable()) {
                return Err(wrong());
            }
            cast::coerced(value, &DataType::new_list(number.clone(), true), scope)?
        }
        (kind, _) if kind.is_numeric() || matches!(kind, Kind::Null | Kind::String) => {
            implicit(call, 1, number, scope)?
        }
        _ => return Err(wrong()),
    };
    if !is_foldable(&value) {
        return Err(non_foldable(call, 1, name, &spelled));
    }
    Ok(scalar(udf, [sketch, value]))
}
