//! The functions that take many rows to one value: a select list with one of them is
//! about groups, and so is its order.

use crate::proto;
use crate::proto::expression::ExprType;

/// Whether a function, in lower case, takes many rows to one value.
pub(crate) fn is_aggregate(name: &str) -> bool {
    AGGREGATES.binary_search(&name).is_ok()
}

/// Whether an expression asks for the aggregate of a group, not of a window.
pub(crate) fn aggregates(expression: &proto::Expression) -> bool {
    // Not by recursion: expressions may be deep.
    let mut open = vec![expression];
    while let Some(expression) = open.pop() {
        match &expression.expr_type {
            Some(ExprType::UnresolvedFunction(call)) => {
                if is_aggregate(&call.function_name.to_ascii_lowercase()) {
                    return true;
                }
                open.extend(&call.arguments);
            }
            Some(ExprType::Cast(cast)) => open.extend(cast.expr.as_deref()),
            Some(ExprType::Alias(alias)) => open.extend(alias.expr.as_deref()),
            Some(ExprType::UnresolvedExtractValue(part)) => open.extend(part.child.as_deref()),
            _ => {}
        }
    }
    false
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
    fn names_are_sorted() {
        assert!(AGGREGATES.is_sorted());
    }
}
