//! Parameters of statements.

use std::collections::HashMap;

use super::render::{fault, statement};
use crate::sql::{Parameters, build, parse_statement};

fn run(text: &str, parameters: &Parameters) -> String {
    match parse_statement(text, parameters) {
        Ok(parsed) => statement(&parsed),
        Err(error) => fault(&error),
    }
}

#[test]
fn named_and_positional_values_replace_their_marks() {
    let named = Parameters {
        named: HashMap::from([
            ("a".to_owned(), build::integer(7)),
            ("t".to_owned(), build::text("db.t")),
        ]),
        ..Parameters::default()
    };
    assert_eq!(run("select :a + : a limit :a", &named), "limit(project(; +(7, 7)); 7)");
    assert_eq!(run("select * from identifier(:t)", &named), "project(db.t; *)");
    let positional = Parameters {
        positional: vec![build::integer(1), build::text("x"), build::integer(3)],
        ..Parameters::default()
    };
    let expected = r#"limit(project(; 1, "x"); 3)"#;
    assert_eq!(run("select ?, ? limit ?", &positional), expected);
    let expected = r#"project(t; sum(1) over (partition "x"), 3)"#;
    assert_eq!(run("select sum(?) over (partition by ?), ? from t", &positional), expected);
}

#[test]
fn a_parameter_without_value_is_named_as_spark_does() {
    let none = Parameters::default();
    assert_eq!(run("select :a", &none), "!UNBOUND_SQL_PARAMETER {name=a} @1:7");
    assert_eq!(run("select 1, ?", &none), "!UNBOUND_SQL_PARAMETER {name=_10} @1:10");
    // The syntax error further on comes first.
    assert_eq!(
        run("select :a from t where )", &none),
        "!PARSE_SYNTAX_ERROR {error=')', hint=: extra input ')'} @1:23"
    );
}
