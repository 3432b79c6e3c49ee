//! Functions: from a name and typed arguments to an `Expr` that does as Spark does.
//!
//! A name is looked up among the functions that the embedder registered in the
//! session's state, then in our table (one file a family), then among the names
//! that Spark knows and this crate does not. [`coerce`] has Spark's implicit
//! casts, [`cast`] its explicit ones.

mod call;
pub(crate) mod cast;
pub(crate) mod coerce;
mod family;
mod folded;
pub(crate) mod generated;
mod known;
mod operator;
mod table;
mod typed;
pub(crate) mod udaf;
pub(crate) mod udf;
mod window;

pub(crate) use call::{FunctionCall, call, scalar_of, unresolved};
pub(crate) use family::collection;
pub(crate) use family::rounded_decimal;
pub(crate) use folded::folded;
pub(crate) use known::{is_in_sql as is_builtin, names as builtin_names};
pub(crate) use operator::condition;
pub(crate) use typed::Typed;
pub(crate) use udf::cast::parse_timestamp;
pub(crate) use udf::{Kernel, Nulls, udf};
pub(crate) use udf::{higher, marks};
pub(crate) use window::{WindowSpec, over};

use crate::planner::scope::Scope;

/// Whether the session is in ANSI mode: errors instead of NULLs and wrap-around.
pub(crate) fn ansi(scope: &Scope<'_>) -> bool {
    scope.planner().session().ansi()
}

/// Whether a function takes many rows to one value.
pub(crate) fn is_aggregate(name: &str) -> bool {
    AGGREGATES.contains(&name.to_lowercase().as_str())
}

const AGGREGATES: &[&str] = &[
    "any",
    "any_value",
    "approx_count_distinct",
    "approx_percentile",
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "collect_list",
    "collect_set",
    "corr",
    "count",
    "count_if",
    "covar_pop",
    "covar_samp",
    "every",
    "first",
    "first_value",
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
    "skewness",
    "some",
    "std",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "try_avg",
    "try_sum",
    "var_pop",
    "var_samp",
    "variance",
];
