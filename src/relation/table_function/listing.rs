//! Table functions that list what Spark knows: the words of its SQL, its collations.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::error::DataFusionError;

use super::super::local;
use crate::error::{Condition, Error, Result};
use crate::planner::planned::Planned;
use crate::proto::Expression;

/// The words, in Spark's order.
const KEYWORDS: &str = include_str!("keywords.txt");

/// Locales that collations are made for: name, language, country.
const LOCALES: &str = include_str!("locales.txt");

/// What a locale's name is followed by: accents that do not count, case that does not,
/// blanks at the end that do not.
const VARIANTS: [(&str, bool, bool, bool); 8] = [
    ("", false, false, false),
    ("_AI", true, false, false),
    ("_AI_RTRIM", true, false, true),
    ("_CI", false, true, false),
    ("_CI_AI", true, true, false),
    ("_CI_AI_RTRIM", true, true, true),
    ("_CI_RTRIM", false, true, true),
    ("_RTRIM", false, false, true),
];

/// The version of the rules that Spark 4.3 compares by.
const ICU: &str = "78.3.0.0";

/// `sql_keywords()`.
///
/// # Errors
/// `WRONG_NUM_ARGS`.
pub(super) fn keywords(arguments: &[Expression]) -> Result<Planned> {
    takes_nothing("sql_keywords", arguments)?;
    let words: Vec<&str> = KEYWORDS.lines().collect();
    let reserved: ArrayRef = Arc::new(BooleanArray::from(vec![false; words.len()]));
    let words: ArrayRef = Arc::new(StringArray::from(words));
    table(vec![
        (Field::new("keyword", DataType::Utf8, false), words),
        (Field::new("reserved", DataType::Boolean, false), reserved),
    ])
}

/// A collation: its name and locale, and what it does not tell apart.
struct Collation {
    name: String,
    language: Option<&'static str>,
    country: Option<&'static str>,
    any_accent: bool,
    any_case: bool,
    trims: bool,
    icu: bool,
}

fn all_collations() -> Vec<Collation> {
    let own = [("UTF8_BINARY", false), ("UTF8_LCASE", true)];
    let mut all = Vec::new();
    for trims in [false, true] {
        for (name, any_case) in own {
            let name = if trims { format!("{name}_RTRIM") } else { name.to_owned() };
            let (language, country) = (None, None);
            let any_accent = false;
            all.push(Collation {
                name,
                language,
                country,
                any_accent,
                any_case,
                trims,
                icu: false,
            });
        }
    }
    for line in LOCALES.lines() {
        let mut parts = line.split('|').map(|part| Some(part).filter(|part| !part.is_empty()));
        let locale = parts.next().flatten().unwrap_or_default();
        let (language, country) = (parts.next().flatten(), parts.next().flatten());
        all.extend(VARIANTS.iter().map(|(suffix, any_accent, any_case, trims)| Collation {
            name: format!("{locale}{suffix}"),
            language,
            country,
            any_accent: *any_accent,
            any_case: *any_case,
            trims: *trims,
            icu: true,
        }));
    }
    all
}

/// `collations()`.
///
/// # Errors
/// `WRONG_NUM_ARGS`.
pub(super) fn collations(arguments: &[Expression]) -> Result<Planned> {
    takes_nothing("collations", arguments)?;
    let all = all_collations();
    let text = |name: &str, nullable: bool, of: &dyn Fn(&Collation) -> Option<String>| {
        let values: StringArray = all.iter().map(of).collect();
        (Field::new(name, DataType::Utf8, nullable), Arc::new(values) as ArrayRef)
    };
    let word = |yes: bool, (with, without): (&str, &str)| {
        Some(if yes { with } else { without }.to_owned())
    };
    table(vec![
        text("CATALOG", false, &|_| Some("SYSTEM".to_owned())),
        text("SCHEMA", false, &|_| Some("BUILTIN".to_owned())),
        text("NAME", false, &|own| Some(own.name.clone())),
        text("LANGUAGE", true, &|own| own.language.map(str::to_owned)),
        text("COUNTRY", true, &|own| own.country.map(str::to_owned)),
        text("ACCENT_SENSITIVITY", false, &|own| {
            word(own.any_accent, ("ACCENT_INSENSITIVE", "ACCENT_SENSITIVE"))
        }),
        text("CASE_SENSITIVITY", false, &|own| {
            word(own.any_case, ("CASE_INSENSITIVE", "CASE_SENSITIVE"))
        }),
        text("PAD_ATTRIBUTE", false, &|own| word(own.trims, ("RTRIM", "NO_PAD"))),
        text("ICU_VERSION", true, &|own| own.icu.then(|| ICU.to_owned())),
    ])
}

fn table(columns: Vec<(Field, ArrayRef)>) -> Result<Planned> {
    let (fields, values): (Vec<Field>, Vec<ArrayRef>) = columns.into_iter().unzip();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), values);
    local::rows(schema, vec![batch.map_err(DataFusionError::from)?])
}

fn takes_nothing(name: &str, arguments: &[Expression]) -> Result<()> {
    if arguments.is_empty() {
        return Ok(());
    }
    Err(Error::analysis(
        Condition::WRONG_NUM_ARGS,
        [
            ("functionName", format!("`{name}`")),
            ("expectedNum", "0".to_owned()),
            ("actualNum", arguments.len().to_string()),
            ("docroot", "https://spark.apache.org/docs/latest".to_owned()),
        ],
    ))
}
