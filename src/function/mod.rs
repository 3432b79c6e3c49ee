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
pub(crate) mod meeting;
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
pub(crate) use operator::{comparison, condition, not_boolean, plain};
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
    crate::sql::is_aggregate(&call::lower(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aggregates_are_found_in_any_case() {
        assert!(is_aggregate("Count") && is_aggregate("COUNT") && !is_aggregate("upper"));
        assert!(!is_aggregate("upper"));
    }
}
