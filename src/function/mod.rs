//! Functions: from a name and typed arguments to an `Expr` that does as Spark does.
//!
//! A name is looked up among the functions that the embedder registered in the
//! session's state, then in our table (one file a family), then among the names
//! that Spark knows and this crate does not. [`coerce`] has Spark's implicit
//! casts, [`cast`] its explicit ones.

mod call;
pub(crate) mod cast;
pub(crate) mod coerce;
pub(crate) mod constant;
mod counter;
mod family;
mod folded;
pub(crate) mod generated;
mod known;
mod nullable;
mod operator;
mod signature;
#[cfg(feature = "sketches")]
mod sketch;
mod table;
mod typed;
pub(crate) mod udaf;
pub(crate) mod udf;
mod window;

pub(crate) use call::{FunctionCall, call, display_call, implicit, unexpected_type, unresolved};
pub(crate) use cast::{CastMode, interval_with_fields};
pub(crate) use family::collection;
pub(crate) use family::rounded_decimal;
pub(crate) use family::variant;
pub(crate) use folded::folded;
pub(crate) use known::{is_in_sql as is_builtin, names as builtin_names};
pub(crate) use operator::{comparison, condition, plain};
pub(crate) use typed::Typed;
pub(crate) use udf::cast::parse_timestamp;
pub(crate) use udf::time::{to_calendar, window as time_window};
pub(crate) use udf::{Kernel, Nulls, udf};
pub(crate) use udf::{hash, higher, marks, random, single};
pub(crate) use window::{WindowSpec, over};

use crate::planner::scope::Scope;

/// Whether the session is in ANSI mode: errors instead of NULLs and wrap-around.
pub(crate) fn ansi(scope: &Scope<'_>) -> bool {
    scope.planner().session().ansi()
}

/// Whether a function takes many rows to one value.
pub(crate) fn is_aggregate(name: &str) -> bool {
    AGGREGATES.binary_search(&call::lower(name).as_ref()).is_ok()
}

/// Sorted.
const AGGREGATES: &[&str] = &[
    "any",
    "any_value",
    "approx_count_distinct",
    "approx_percentile",
    "approx_top_k",
    "approx_top_k_accumulate",
    "approx_top_k_combine",
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bitmap_and_agg",
    "bitmap_construct_agg",
    "bitmap_or_agg",
    "bool_and",
    "bool_or",
    "collect_list",
    "collect_set",
    "collect_union",
    "corr",
    "count",
    "count_if",
    "count_min_sketch",
    "covar_pop",
    "covar_samp",
    "every",
    "first",
    "first_value",
    "histogram_numeric",
    "hll_sketch_agg",
    "hll_union_agg",
    "kll_merge_agg_bigint",
    "kll_merge_agg_double",
    "kll_merge_agg_float",
    "kll_sketch_agg_bigint",
    "kll_sketch_agg_double",
    "kll_sketch_agg_float",
    "kurtosis",
    "last",
    "last_value",
    "listagg",
    "max",
    "max_by",
    "mean",
    "median",
    "min",
    "min_by",
    "mode",
    "percentile",
    "percentile_approx",
    "percentile_cont",
    "percentile_disc",
    "product",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "regr_sxx",
    "regr_sxy",
    "regr_syy",
    "schema_of_variant_agg",
    "skewness",
    "some",
    "std",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "theta_intersection_agg",
    "theta_sketch_agg",
    "theta_union_agg",
    "try_avg",
    "try_sum",
    "tuple_intersection_agg_double",
    "tuple_intersection_agg_integer",
    "tuple_sketch_agg_double",
    "tuple_sketch_agg_integer",
    "tuple_union_agg_double",
    "tuple_union_agg_integer",
    "var_pop",
    "var_samp",
    "variance",
    "vector_avg",
    "vector_sum",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aggregates_are_found_in_any_case() {
        assert!(AGGREGATES.is_sorted());
        assert!(AGGREGATES.iter().all(|name| is_aggregate(&name.to_uppercase())));
        assert!(!is_aggregate("upper"));
    }
}
