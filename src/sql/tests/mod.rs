//! The grammar against what Spark 4.3 answers: every expected outcome below was
//! checked against Spark's own parser, trees by eye, errors word for word.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod deep;
mod literals;
mod parameters;
mod render;
mod soup;

use super::{fresh_plan_id, parse_statement};
use render::outcome;

/// Pairs of lines: the text, and what parsing it gives.
fn cases(data: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut lines = data.lines();
    std::iter::from_fn(move || Some((lines.next()?, lines.next()?.trim_start())))
}

/// Compares all outcomes before it fails, so that one run shows every difference.
fn compare(kind: &str, data: &str) {
    let wrong: Vec<_> = cases(data)
        .map(|(text, expected)| {
            let (kind, text) = text.strip_prefix("expr: ").map_or((kind, text), |t| ("expr", t));
            (text, expected, outcome(kind, &text.replace('␤', "\n")))
        })
        .filter(|(_, expected, got)| expected != got)
        .map(|(text, expected, got)| format!("{text}\n  expected {expected}\n  got      {got}"))
        .collect();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn expressions() {
    compare("expr", include_str!("data/expressions.txt"));
}

#[test]
fn queries() {
    compare("plan", include_str!("data/queries.txt"));
}

#[test]
fn errors_as_spark_reports_them() {
    compare("plan", include_str!("data/errors.txt"));
}

#[test]
fn data_types() {
    compare("type", include_str!("data/types.txt"));
}

#[test]
fn schemas() {
    compare("schema", include_str!("data/schemas.txt"));
}

#[test]
fn identifiers() {
    compare("identifier", include_str!("data/identifiers.txt"));
}

/// Every feature of Spark's grammar parses, or is refused by its stable name.
#[test]
fn features_parse_or_are_refused_by_name() {
    for (text, expected) in cases(include_str!("data/features.txt")) {
        let got = outcome("plan", text);
        match expected {
            "parses" => assert!(!got.starts_with('!'), "{text}: {got}"),
            refused => assert_eq!(got, refused, "{text}"),
        }
    }
}

#[test]
fn tpch_queries_parse() {
    for text in include_str!("data/tpch.txt").lines() {
        let got = outcome("plan", text);
        assert!(!got.starts_with('!'), "{text}: {got}");
    }
}

#[test]
fn plan_ids_are_negative_and_differ() {
    let (first, second) = (fresh_plan_id(), fresh_plan_id());
    assert!(first < 0 && second < 0 && first != second);
}

/// For development: renders the texts of a file.
#[test]
#[ignore = "reads a file named in the environment"]
fn probe() {
    let file = std::env::var("SQL_PROBE").unwrap();
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let (kind, text) = line.split_once('\t').unwrap();
        let one_line = outcome(kind, &text.replace('␤', "\n")).replace('\n', "␤");
        println!("@@{one_line}");
    }
}

#[test]
fn positions_count_characters_and_lines() {
    let error = parse_statement("select 'ä\n', `ß` !! 1", &Default::default()).unwrap_err();
    assert_eq!(render::fault(&error), "!PARSE_SYNTAX_ERROR {error='!', hint=} @2:7");
    let crate::Error::Analysis(error) = error else { panic!("not an analysis error") };
    let context = error.context().unwrap();
    assert_eq!((context.start, context.stop), (17, 17));
    assert_eq!(error.sqlstate(), "42601");
}
