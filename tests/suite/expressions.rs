//! Expressions with the names, types and values that Spark 4.3 gives them.
//!
//! A case is a line of `data/expressions/*.tsv`: the SQL text, then name, type and
//! value of the column (or columns, separated by ` ; `), or `ERROR` and Spark's error
//! condition. Nothing of it is made up: a real Spark answered. The value is its cast to
//! STRING. Lines that start with `--` are comments.

use std::fmt::Write as _;

use datafusion_spark_connect::testkit::{TestSession, relation};
use datafusion_spark_connect::{Error, Result, spark_context, types};

/// One row with a column of every type, as the answers were asked for.
const ROW: &str = include_str!("data/expressions/row.sql");

fn session() -> TestSession {
    let _ = spark_context;
    TestSession::new().unwrap()
}

/// What a text gives here, in the form of the recorded answer: an item of a select
/// list over the row, or a whole query.
async fn answer(session: &TestSession, text: &str) -> Result<String> {
    let query = match text.starts_with("SELECT ") {
        true => text.to_owned(),
        false => format!("select {text} from {ROW} t"),
    };
    let planned = session.plan(&relation::sql(&*query)).await?;
    let schema = planned.schema()?;
    let names: Vec<_> = planned.columns().names().map(str::to_owned).collect();
    let fields = schema
        .fields()
        .iter()
        .map(|field| types::from_field(field).map(|data_type| types::simple_string(&data_type)));
    let fields = fields.collect::<Result<Vec<_>>>()?;
    let aliases: Vec<_> = (0..names.len()).map(|at| format!("c{at}")).collect();
    let casts: Vec<_> = aliases.iter().map(|name| format!("cast({name} as string)")).collect();
    let query = format!("select {} from ({query}) as q({})", casts.join(", "), aliases.join(", "));
    let values = values(session, &query).await;
    let values = values.unwrap_or_else(|error| condition(&error));
    Ok(format!("{}\t{}\t{values}", names.join(" ; "), fields.join(" ; ")))
}

async fn values(session: &TestSession, query: &str) -> Result<String> {
    use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
    let batches = session.collect(&relation::sql(query)).await?;
    let batch = batches.iter().find(|batch| batch.num_rows() > 0);
    let Some(batch) = batch else { return Ok("NO ROW".to_owned()) };
    let options = FormatOptions::default().with_null("NULL");
    let cells = batch
        .columns()
        .iter()
        .map(|column| ArrayFormatter::try_new(column, &options).unwrap().value(0).to_string());
    Ok(cells.collect::<Vec<_>>().join(" ; "))
}

/// The error as recorded: its condition.
fn condition(error: &Error) -> String {
    let root = error.root();
    match root.condition() {
        Some("UNSUPPORTED_CONNECT_FEATURE") => format!("ERROR {root}"),
        Some(condition) => format!("ERROR {condition}"),
        None => format!("ERROR {root}"),
    }
}

/// Texts that do not give Spark's answer yet; the list may only shrink.
/// `EXPRESSIONS_BLESS=1` prints the lines that belong in it.
const KNOWN: &str = include_str!("data/expressions/known_differences.txt");

/// Checks a file of answers; `known` are texts that do not give Spark's answer yet.
async fn check(file: &str, recorded: &str) {
    let session = session();
    let known: std::collections::HashSet<&str> = KNOWN.lines().collect();
    let mut wrong = String::new();
    let mut count = 0;
    for line in recorded.lines().filter(|line| !line.is_empty() && !line.starts_with("--")) {
        let (text, expected) = line.split_once('\t').unwrap();
        let given = match answer(&session, text).await {
            Ok(answer) => answer,
            Err(error) => condition(&error),
        };
        count += 1;
        match (given == expected, known.contains(text)) {
            (false, _) if std::env::var_os("EXPRESSIONS_BLESS").is_some() => {
                println!("KNOWN:{text}");
            }
            (false, false) => {
                let _ = writeln!(wrong, "{text}\n  Spark {expected:?}\n  here  {given:?}");
            }
            (true, true) => println!("{text} agrees now: take it off the list"),
            _ => {}
        }
    }
    assert!(count > 0, "{file} is empty");
    let count_wrong = wrong.lines().count() / 3;
    assert!(wrong.is_empty(), "{file}: {count_wrong} of {count}\n{wrong}");
}

macro_rules! files {
    ($($name:ident $file:literal;)*) => {
        $(#[tokio::test]
        async fn $name() {
            check($file, include_str!(concat!("data/expressions/", $file))).await;
        })*
    };
}

files! {
    names "names.tsv";
    coercion_and_casts "casts.tsv";
    strings "strings.tsv";
    functions "functions.tsv";
    families "families.tsv";
}

/// For work on functions: answers of the texts in the file named by
/// `EXPRESSIONS_FILE`, or differences from its recorded answers.
#[tokio::test]
async fn asked_for() {
    let Ok(file) = std::env::var("EXPRESSIONS_FILE") else { return };
    let recorded = std::fs::read_to_string(&file).unwrap();
    check(&file, &recorded).await;
}

/// The type, or the error's condition, of an operation.
async fn type_of(session: &TestSession, query: &str) -> String {
    let planned = match session.plan(&relation::sql(query)).await {
        Ok(planned) => planned,
        Err(error) => return condition(&error),
    };
    let schema = planned.schema().unwrap();
    let data_type = types::from_field(schema.field(0)).unwrap();
    types::simple_string(&data_type)
}

#[tokio::test]
async fn types_of_operators() {
    let session = session();
    let mut lines = include_str!("data/expressions/operators.tsv")
        .lines()
        .filter(|line| !line.starts_with("--"));
    let row = lines.next().unwrap().strip_prefix("row\t").unwrap();
    let (mut wrong, mut count, mut unsupported) = (String::new(), 0, 0);
    for line in lines {
        let mut parts = line.split('\t');
        let (operator, left) = (parts.next().unwrap(), parts.next().unwrap());
        for group in parts {
            let (expected, rights) = group.rsplit_once('=').unwrap();
            for right in rights.split(',') {
                let text = match operator {
                    "coalesce" => format!("coalesce({left}, {right})"),
                    operator => format!("{left} {operator} {right}"),
                };
                let given = type_of(&session, &format!("select {text} from {row}")).await;
                count += 1;
                if given.contains("UNSUPPORTED_CONNECT_FEATURE") {
                    unsupported += 1;
                } else if given != expected
                    && !is_interval_in_both(expected, &given)
                    && !KNOWN_OPERATIONS.contains(&text.as_str())
                {
                    let _ = writeln!(wrong, "{text}: Spark {expected}, here {given}");
                }
            }
        }
    }
    let count_wrong = wrong.lines().count();
    assert!(wrong.is_empty(), "{count_wrong} of {count}\n{wrong}");
    println!("{count} operations, {unsupported} not served");
}

/// The fields of an interval type do not survive arithmetic here.
fn is_interval_in_both(expected: &str, given: &str) -> bool {
    expected.starts_with("interval ") && given.starts_with("interval ")
}

/// Refused here under another condition than Spark's, or served by Spark alone:
/// interval types with different fields are one type here, and NULL divided by what
/// is no number is refused.
const KNOWN_OPERATIONS: &[&str] = &[
    "day % ds",
    "ds % day",
    "ym % yr",
    "yr % ym",
    "day & ds",
    "ds & day",
    "ym & yr",
    "yr & ym",
    "h & e5",
    "e5 & h",
    "nul div nul",
    "nul div day",
    "nul div ds",
    "nul div ym",
    "nul div yr",
];
