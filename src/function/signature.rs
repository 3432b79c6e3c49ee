//! What the functions of Spark that are not served yet take, so that a call that Spark
//! refuses is refused as Spark does.

use super::FunctionCall;
use super::call::unexpected_type;
use super::coerce::Kind;
use crate::error::Result;
use crate::planner::scope::Scope;

/// Refuses a wrong number of arguments, and arguments of wrong types.
pub(super) fn check(call: &FunctionCall, name: &str, scope: &Scope<'_>) -> Result<()> {
    let Ok(at) = SIGNATURES.binary_search_by(|(known, _, _)| (*known).cmp(name)) else {
        return Ok(());
    };
    let (_, counts, types) = SIGNATURES[at];
    if !takes(counts, call.arguments.len()) {
        return Err(call.wrong_number(counts));
    }
    for (at, (value, required)) in call.arguments.iter().zip(types).enumerate() {
        if !fits(Kind::of(value.data_type(scope)?), required) {
            let required = required.trim_matches(['"', '(', ')']);
            return Err(unexpected_type(call, at, required, scope));
        }
    }
    Ok(())
}

/// Whether so many arguments are among `2`, `[1, 2]` or `> 1`.
fn takes(counts: &str, given: usize) -> bool {
    if let Some(least) = counts.strip_prefix("> ") {
        return least.parse().is_ok_and(|least: usize| given > least);
    }
    let mut counts = counts.trim_matches(['[', ']']).split(", ");
    counts.any(|count| count.parse() == Ok(given))
}

/// Whether a type may become one that is asked for; nested types become no others.
fn fits(kind: Kind, required: &str) -> bool {
    let asks = |name: &str| required.contains(name);
    match kind {
        _ if required.is_empty() => true,
        Kind::Null => true,
        _ if asks("GEOGRAPHY") => false,
        Kind::Array => asks("ARRAY"),
        Kind::Map => asks("MAP"),
        Kind::Struct => asks("STRUCT"),
        Kind::String => asks("STRING") || !asks("INTERVAL") && !asks("STRUCT"),
        Kind::Binary => asks("BINARY") || asks("STRING"),
        kind if kind.is_numeric() => required != "\"BINARY\"" && !asks("STRUCT"),
        Kind::Boolean => asks("BOOLEAN") || asks("STRING"),
        _ => required != "\"BINARY\"",
    }
}

/// Name, numbers of arguments, and types, sorted by name.
#[rustfmt::skip]
const SIGNATURES: &[(&str, &str, &[&str])] = &[
    ("approx_top_k", "[1, 2, 3]", &[]),
    ("approx_top_k_accumulate", "[1, 2]", &[]),
    ("approx_top_k_combine", "[1, 2]", &["\"STRUCT\""]),
    ("approx_top_k_estimate", "[1, 2]", &["\"STRUCT\""]),
    ("from_protobuf", "[2, 3, 4]", &[]),
    ("from_xml", "[2, 3]", &["\"STRING\""]),
    ("hll_sketch_agg", "[1, 2]", &["(\"INT\" or \"BIGINT\" or \"STRING\" or \"BINARY\")", "\"INT\""]),
    ("hll_sketch_estimate", "1", &["\"BINARY\""]),
    ("hll_union", "[2, 3]", &["\"BINARY\"", "\"BINARY\""]),
    ("hll_union_agg", "[1, 2]", &["\"BINARY\"", "\"BOOLEAN\""]),
    ("input_file_block_length", "0", &[]),
    ("input_file_block_start", "0", &[]),
    ("input_file_name", "0", &[]),
    ("kll_merge_agg_bigint", "[1, 2]", &["\"BINARY\""]),
    ("kll_merge_agg_double", "[1, 2]", &["\"BINARY\""]),
    ("kll_merge_agg_float", "[1, 2]", &["\"BINARY\""]),
    ("kll_sketch_agg_bigint", "[1, 2]", &["(\"TINYINT\" or \"INT\" or \"BIGINT\" or \"SMALLINT\")"]),
    ("kll_sketch_agg_double", "[1, 2]", &["(\"FLOAT\" or \"DOUBLE\")"]),
    ("kll_sketch_agg_float", "[1, 2]", &["\"FLOAT\""]),
    ("kll_sketch_get_n_bigint", "1", &["\"BINARY\""]),
    ("kll_sketch_get_n_double", "1", &["\"BINARY\""]),
    ("kll_sketch_get_n_float", "1", &["\"BINARY\""]),
    ("kll_sketch_get_quantile_bigint", "2", &["\"BINARY\"", "(\"DOUBLE\" or \"ARRAY<DOUBLE>\")"]),
    ("kll_sketch_get_quantile_double", "2", &["\"BINARY\"", "(\"DOUBLE\" or \"ARRAY<DOUBLE>\")"]),
    ("kll_sketch_get_quantile_float", "2", &["\"BINARY\"", "(\"DOUBLE\" or \"ARRAY<DOUBLE>\")"]),
    ("kll_sketch_get_rank_bigint", "2", &["\"BINARY\"", "(\"BIGINT\" or \"ARRAY<BIGINT>\")"]),
    ("kll_sketch_get_rank_double", "2", &["\"BINARY\"", "(\"DOUBLE\" or \"ARRAY<DOUBLE>\")"]),
    ("kll_sketch_get_rank_float", "2", &["\"BINARY\"", "(\"FLOAT\" or \"ARRAY<FLOAT>\")"]),
    ("kll_sketch_merge_bigint", "2", &["\"BINARY\"", "\"BINARY\""]),
    ("kll_sketch_merge_double", "2", &["\"BINARY\"", "\"BINARY\""]),
    ("kll_sketch_merge_float", "2", &["\"BINARY\"", "\"BINARY\""]),
    ("kll_sketch_to_string_bigint", "1", &["\"BINARY\""]),
    ("kll_sketch_to_string_double", "1", &["\"BINARY\""]),
    ("kll_sketch_to_string_float", "1", &["\"BINARY\""]),
    ("measure", "1", &[]),
    ("schema_of_xml", "[1, 2]", &["\"STRING\""]),
    ("st_asbinary", "[1, 2]", &["(\"GEOGRAPHY\" or \"GEOMETRY\")"]),
    ("st_geogfromwkb", "1", &["\"BINARY\""]),
    ("st_geomfromwkb", "[1, 2]", &["\"BINARY\""]),
    ("st_setsrid", "2", &["(\"GEOGRAPHY\" or \"GEOMETRY\")", "\"INT\""]),
    ("st_srid", "1", &["(\"GEOGRAPHY\" or \"GEOMETRY\")"]),
    ("theta_difference", "2", &["\"BINARY\"", "\"BINARY\""]),
    ("theta_intersection", "2", &["\"BINARY\"", "\"BINARY\""]),
    ("theta_intersection_agg", "1", &["\"BINARY\""]),
    ("theta_sketch_agg", "[1, 2]", &["(\"ARRAY<INT>\" or \"ARRAY<BIGINT>\" or \"BINARY\" or \"DOUBLE\" or \"FLOAT\" or \"INT\" or \"BIGINT\" or \"STRING\")", "\"INT\""]),
    ("theta_sketch_estimate", "1", &["\"BINARY\""]),
    ("theta_union", "[2, 3]", &["\"BINARY\"", "\"BINARY\""]),
    ("theta_union_agg", "[1, 2]", &["\"BINARY\""]),
    ("timestamp_nanos", "1", &["(\"INTEGRAL\" or \"DECIMAL\")"]),
    ("to_protobuf", "[2, 3, 4]", &[]),
    ("to_xml", "[1, 2]", &["\"STRUCT\""]),
    ("tuple_difference_double", "2", &["\"BINARY\"", "\"BINARY\""]),
    ("tuple_difference_integer", "2", &["\"BINARY\"", "\"BINARY\""]),
    ("tuple_difference_theta_double", "2", &["\"BINARY\"", "\"BINARY\""]),
    ("tuple_difference_theta_integer", "2", &["\"BINARY\"", "\"BINARY\""]),
    ("tuple_intersection_agg_double", "[1, 2]", &["\"BINARY\""]),
    ("tuple_intersection_agg_integer", "[1, 2]", &["\"BINARY\""]),
    ("tuple_intersection_double", "[2, 3]", &["\"BINARY\"", "\"BINARY\""]),
    ("tuple_intersection_integer", "[2, 3]", &["\"BINARY\"", "\"BINARY\""]),
    ("tuple_intersection_theta_double", "[2, 3]", &["\"BINARY\"", "\"BINARY\""]),
    ("tuple_intersection_theta_integer", "[2, 3]", &["\"BINARY\"", "\"BINARY\""]),
    ("tuple_sketch_agg_double", "[2, 3, 4]", &["(\"ARRAY<INT>\" or \"ARRAY<BIGINT>\" or \"BINARY\" or \"DOUBLE\" or \"FLOAT\" or \"INT\" or \"BIGINT\" or \"STRING\")", "\"DOUBLE\"", "\"INT\"", "\"STRING\""]),
    ("tuple_sketch_agg_integer", "[2, 3, 4]", &["(\"ARRAY<INT>\" or \"ARRAY<BIGINT>\" or \"BINARY\" or \"DOUBLE\" or \"FLOAT\" or \"INT\" or \"BIGINT\" or \"STRING\")", "\"INT\"", "\"INT\"", "\"STRING\""]),
    ("tuple_sketch_estimate_double", "1", &["\"BINARY\""]),
    ("tuple_sketch_estimate_integer", "1", &["\"BINARY\""]),
    ("tuple_sketch_summary_double", "[1, 2]", &["\"BINARY\""]),
    ("tuple_sketch_summary_integer", "[1, 2]", &["\"BINARY\""]),
    ("tuple_sketch_theta_double", "1", &["\"BINARY\""]),
    ("tuple_sketch_theta_integer", "1", &["\"BINARY\""]),
    ("tuple_union_agg_double", "[1, 2, 3]", &["\"BINARY\""]),
    ("tuple_union_agg_integer", "[1, 2, 3]", &["\"BINARY\""]),
    ("tuple_union_double", "[2, 3, 4]", &["\"BINARY\"", "\"BINARY\""]),
    ("tuple_union_integer", "[2, 3, 4]", &["\"BINARY\"", "\"BINARY\""]),
    ("tuple_union_theta_double", "[2, 3, 4]", &["\"BINARY\"", "\"BINARY\""]),
    ("tuple_union_theta_integer", "[2, 3, 4]", &["\"BINARY\"", "\"BINARY\""]),
    ("xpath", "2", &["\"STRING\"", "\"STRING\""]),
    ("xpath_boolean", "2", &["\"STRING\"", "\"STRING\""]),
    ("xpath_double", "2", &["\"STRING\"", "\"STRING\""]),
    ("xpath_float", "2", &["\"STRING\"", "\"STRING\""]),
    ("xpath_int", "2", &["\"STRING\"", "\"STRING\""]),
    ("xpath_long", "2", &["\"STRING\"", "\"STRING\""]),
    ("xpath_number", "2", &["\"STRING\"", "\"STRING\""]),
    ("xpath_short", "2", &["\"STRING\"", "\"STRING\""]),
    ("xpath_string", "2", &["\"STRING\"", "\"STRING\""]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_sorted_and_read() {
        assert!(SIGNATURES.is_sorted_by_key(|(name, _, _)| *name));
        assert!(takes("[1, 2]", 2) && !takes("[1, 2]", 3));
        assert!(takes("> 1", 2) && !takes("> 1", 1));
        assert!(takes("0", 0));
    }
}
