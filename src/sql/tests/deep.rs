//! Depth costs heap: deep texts parse on a small stack, up to a bound.

use crate::Error;
use crate::sql::{Parameters, parse_data_type, parse_expression, parse_statement_within};

/// Runs on a stack as small as a worker thread's.
fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(work).unwrap().join().unwrap();
}

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

fn too_complex(error: &Error) -> bool {
    error.condition() == Some("FAILED_TO_PARSE_TOO_COMPLEX")
}

#[test]
fn a_thousand_levels_parse() {
    on_small_stack(|| {
        for (open, inner, close) in [
            ("(", "1", ")"),
            ("abs(", "a", ")"),
            ("not ", "a", ""),
            ("- ", "a", ""),
            ("array(", "1", ")"),
            ("case when a then ", "1", " end"),
            ("cast(", "1", " as int)"),
            ("x -> ", "x", ""),
            ("", "a", "[0]"),
            ("", "a", "::int"),
            ("", "a", " + 1"),
            ("", "a", " or b"),
        ] {
            let text = nested(open, inner, close, 1_000);
            parse_expression(&text).unwrap_or_else(|error| panic!("{open}{inner}{close}: {error}"));
        }
    });
}

#[test]
fn a_thousand_queries_and_types_parse() {
    on_small_stack(|| {
        let parse = |text: &str| {
            parse_statement_within(text, &Parameters::default(), 5_000)
                .unwrap_or_else(|error| panic!("{error}"))
        };
        parse(&nested("(", "select 1", ")", 1_000));
        parse(&nested("select * from (", "select 1", ")", 1_000));
        parse(&nested("select (", "select 1", ")", 1_000));
        parse(&nested("select * from (", "t", ")", 1));
        parse(&format!("select 1{}", " union all select 1".repeat(1_000)));
        parse(&format!("select * from t{}", " join t".repeat(1_000)));
        parse_data_type(&nested("array<", "int", ">", 1_000)).unwrap();
        parse_data_type(&nested("struct<a:", "int", ">", 1_000)).unwrap();
    });
}

#[test]
fn beyond_the_bound_is_a_clean_error() {
    on_small_stack(|| {
        for (open, inner, close) in [
            ("(", "1", ")"),
            ("abs(", "a", ")"),
            ("not ", "a", ""),
            ("", "a", " + 1"),
            ("", "a", "[0]"),
            ("interval 1 day + ", "a", ""),
        ] {
            let text = nested(open, inner, close, 100_000);
            let error = parse_expression(&text).unwrap_err();
            assert!(too_complex(&error), "{open}{inner}{close}: {error}");
        }
        let text = nested("array<", "int", ">", 100_000);
        assert!(too_complex(&parse_data_type(&text).unwrap_err()));
        let text = format!("select 1{}", " union all select 1".repeat(100_000));
        let refused = parse_statement_within(&text, &Parameters::default(), 500).unwrap_err();
        assert!(too_complex(&refused));
    });
}

#[test]
fn long_lists_and_conditions_are_not_deep() {
    on_small_stack(|| {
        let many = vec!["a = 1 and b between 2 and 3 + 4"; 5_000].join(" or ");
        parse_expression(&many).unwrap();
        let values = vec!["1"; 20_000].join(", ");
        parse_expression(&format!("a in ({values})")).unwrap();
    });
}

#[test]
fn copies_of_copies_are_bounded() {
    let text = nested("case ", "a", " when 1 then 2 when 3 then 4 when 5 then 6 end", 40);
    assert!(too_complex(&parse_expression(&text).unwrap_err()));
}
