//! No text makes the parser panic.

use proptest::prelude::*;

use crate::sql::{
    Parameters, parse_data_type, parse_expression, parse_identifier, parse_schema, parse_statement,
};

const TOKENS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP",
    "BY",
    "ORDER",
    "HAVING",
    "LIMIT",
    "OFFSET",
    "UNION",
    "ALL",
    "INTERSECT",
    "EXCEPT",
    "JOIN",
    "LEFT",
    "NATURAL",
    "CROSS",
    "ON",
    "USING",
    "LATERAL",
    "VIEW",
    "OUTER",
    "WITH",
    "AS",
    "VALUES",
    "TABLE",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "CAST",
    "INTERVAL",
    "DAY",
    "TO",
    "SECOND",
    "YEAR",
    "MONTH",
    "DATE",
    "TIMESTAMP",
    "NOT",
    "NULL",
    "IN",
    "EXISTS",
    "LIKE",
    "ANY",
    "ESCAPE",
    "BETWEEN",
    "AND",
    "OR",
    "IS",
    "DISTINCT",
    "OVER",
    "WINDOW",
    "PARTITION",
    "ROWS",
    "RANGE",
    "PRECEDING",
    "UNBOUNDED",
    "CURRENT",
    "ROW",
    "FILTER",
    "WITHIN",
    "IGNORE",
    "NULLS",
    "FIRST",
    "LAST",
    "GROUPING",
    "SETS",
    "ROLLUP",
    "CUBE",
    "PIVOT",
    "UNPIVOT",
    "TABLESAMPLE",
    "PERCENT",
    "BUCKET",
    "OUT",
    "OF",
    "VERSION",
    "FOR",
    "EXTRACT",
    "TRIM",
    "BOTH",
    "SUBSTRING",
    "POSITION",
    "OVERLAY",
    "PLACING",
    "IDENTIFIER",
    "CREATE",
    "TEMP",
    "REPLACE",
    "DATEADD",
    "struct",
    "array",
    "map",
    "int",
    "a",
    "b",
    "t",
    "f",
    "x",
    "1",
    "2.5",
    "1e3",
    "1L",
    "99999999999",
    "'s'",
    "'1 day'",
    "'2020-01-01'",
    "\"d\"",
    "r'r'",
    "`q`",
    "``",
    "(",
    ")",
    "(",
    ")",
    "[",
    "]",
    ",",
    ",",
    ".",
    ";",
    "+",
    "-",
    "*",
    "/",
    "%",
    "=",
    "<>",
    "<",
    ">",
    ">>",
    "<=>",
    "||",
    "|>",
    "::",
    "->",
    "=>",
    ":",
    "?",
    "!",
    "~",
    "/*+",
    "*/",
    "--",
    "/*",
    "'",
    "`",
    "@",
    "\n",
];

fn parse_all(text: &str) {
    let _ = parse_statement(text, &Parameters::default());
    let _ = parse_expression(text);
    let _ = parse_data_type(text);
    let _ = parse_schema(text);
    let _ = parse_identifier(text);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn token_soup(picks in prop::collection::vec(0..TOKENS.len(), 0..40)) {
        let text: Vec<_> = picks.iter().map(|pick| TOKENS[*pick]).collect();
        parse_all(&text.join(" "));
        parse_all(&format!("SELECT {}", text.join(" ")));
        parse_all(&text.concat());
    }

    #[test]
    fn any_text(text in any::<String>()) {
        parse_all(&text);
    }

    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        parse_all(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn cut_statements(pick in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>()) {
        let lines: Vec<_> = include_str!("data/tpch.txt").lines().collect();
        let text = lines[pick.index(lines.len())];
        parse_all(text.get(..cut.index(text.len())).unwrap_or_default());
    }
}
