//! Regular expressions.
//!
//! Patterns are Java's. Those without look-around, back references and possessive
//! quantifiers take time in proportion to the text; the others may go back a bounded
//! number of steps, and fail beyond that.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{ArrayRef, BooleanArray, ListBuilder, StringBuilder};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{DataFusionError, Result, exec_err};
use datafusion::logical_expr::{ScalarUDF, Volatility};
use fancy_regex::Regex;

use super::super::{Kernel, Nulls, evaluated, growth, udf};
use super::{Row, by_row, int, int_array, string_array};
use crate::error::{Condition, Error};

/// Compiled patterns of a batch: it is mostly one.
#[derive(Default)]
pub(super) struct Patterns(HashMap<String, Regex>);

impl Patterns {
    pub(super) fn get(&mut self, pattern: &str) -> Result<&Regex> {
        if !self.0.contains_key(pattern) {
            self.0.insert(pattern.to_owned(), compiled(pattern)?);
        }
        match self.0.get(pattern) {
            Some(regex) => Ok(regex),
            None => exec_err!("a pattern was lost"),
        }
    }
}

/// Whether DataFusion's own engine has all that a pattern needs. It takes `a?+` for a
/// repetition of `a?`, so what may be possessive is not for it.
pub(crate) fn is_regular(pattern: &str) -> bool {
    let possessive = ["*+", "++", "?+", "}+"].iter().any(|part| pattern.contains(part));
    !possessive && regex::Regex::new(pattern).is_ok()
}

/// Refuses a constant pattern that would fail in every row.
pub(crate) fn check_pattern(pattern: &str) -> Result<(), Error> {
    compile(pattern).map(|_| ())
}

fn compiled(pattern: &str) -> Result<Regex> {
    Ok(compile(pattern)?)
}

fn compile(pattern: &str) -> Result<Regex, Error> {
    Regex::new(pattern).map_err(|error| {
        Error::analysis(
            Condition::INVALID_PARAMETER_VALUE_PATTERN,
            [
                ("parameter", "`regexp`".to_owned()),
                ("functionName", "`regexp`".to_owned()),
                ("value", format!("'{pattern}'")),
                ("expected", error.to_string()),
            ],
        )
    })
}

/// A match that took too many steps.
fn given_up(error: fancy_regex::Error) -> DataFusionError {
    DataFusionError::Execution(format!("a pattern takes too long to match: {error}"))
}

macro_rules! patterns {
    ($($static:ident $name:literal $texts:literal $returns:expr, $work:ident;)*) => {
        $(pub(crate) static $static: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
            udf(Kernel {
                name: $name,
                nulls: if stringify!($work) == "substr" { Nulls::Always } else { Nulls::Propagate },
                volatility: Volatility::Immutable,
                returns: |_| Ok($returns),
                run: |args| evaluated(&args, $work),
            })
        });)*
    };
}

patterns! {
    RLIKE "spark_rlike" 2 DataType::Boolean, is_match;
    SPLIT "spark_split" 2 DataType::new_list(DataType::Utf8, false), split;
    REGEXP_REPLACE "spark_regexp_replace" 3 DataType::Utf8, replace;
    REGEXP_EXTRACT "spark_regexp_extract" 2 DataType::Utf8, extract;
    REGEXP_EXTRACT_ALL "spark_regexp_extract_all" 2 DataType::new_list(DataType::Utf8, true), extract_all;
    REGEXP_COUNT "spark_regexp_count" 2 DataType::Int32, count;
    REGEXP_SUBSTR "spark_regexp_substr" 2 DataType::Utf8, substr;
    REGEXP_INSTR "spark_regexp_instr" 2 DataType::Int32, instr;
}

fn lists(values: Vec<Option<Vec<String>>>, nullable: bool) -> ArrayRef {
    let field = Arc::new(Field::new_list_field(DataType::Utf8, nullable));
    let mut builder = ListBuilder::new(StringBuilder::new()).with_field(field);
    for value in values {
        match value {
            Some(texts) => {
                texts.iter().for_each(|text| builder.values().append_value(text));
                builder.append(true);
            }
            None => builder.append(false),
        }
    }
    Arc::new(builder.finish())
}

fn split(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    let split = by_row(arrays, 2, rows, |row: &Row<'_>| {
        let regex = patterns.get(row.texts[1])?;
        pieces(row.texts[0], regex, row.numbers[0]).map(Some)
    });
    Ok(lists(split?, false))
}

/// As Java splits: a match of no width at the start makes no piece, a positive
/// limit leaves the rest whole, and empty pieces at the end stay.
pub(super) fn pieces(text: &str, regex: &Regex, limit: i32) -> Result<Vec<String>> {
    if regex.as_str().is_empty() {
        return Ok(characters(text, limit));
    }
    let most = usize::try_from(limit).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    let mut pieces = Vec::new();
    let mut start = 0;
    for found in regex.find_iter(text) {
        let found = found.map_err(given_up)?;
        if pieces.len() + 1 >= most {
            break;
        }
        if found.end() == 0 || (found.range().is_empty() && found.start() == text.len()) {
            if found.range().is_empty() && found.start() == text.len() && start < text.len() {
                pieces.push(text[start..].to_owned());
                start = text.len();
            }
            continue;
        }
        pieces.push(text[start..found.start()].to_owned());
        start = found.end();
    }
    pieces.push(text[start..].to_owned());
    Ok(pieces)
}

/// An empty pattern splits between characters.
fn characters(text: &str, limit: i32) -> Vec<String> {
    let most = usize::try_from(limit).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    if text.is_empty() {
        return vec![String::new()];
    }
    let mut pieces: Vec<String> = text.chars().take(most - 1).map(String::from).collect();
    let rest: String = text.chars().skip(most - 1).collect();
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

fn replace(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    let replaced = by_row(arrays, 3, rows, |row: &Row<'_>| {
        let (text, regex) = (row.texts[0], patterns.get(row.texts[1])?);
        let replacement = replacement(row.texts[2]);
        let skip = usize::try_from(row.numbers[0].saturating_sub(1)).unwrap_or(0);
        let at = text.char_indices().nth(skip).map_or(text.len(), |(at, _)| at);
        let (kept, rest) = text.split_at(at);
        if rest.is_empty() && skip > 0 {
            return Ok(Some(text.to_owned()));
        }
        replaced(regex, kept, rest, &replacement).map(Some)
    });
    Ok(string_array(replaced?))
}

/// `kept`, and `rest` with what matches replaced, as long as there is room for it.
fn replaced(regex: &Regex, kept: &str, rest: &str, replacement: &str) -> Result<String> {
    let (mut result, mut end) = (kept.to_owned(), 0);
    for captures in regex.captures_iter(rest) {
        let captures = captures.map_err(given_up)?;
        let Some(found) = captures.get(0) else { continue };
        result.push_str(&rest[end..found.start()]);
        captures.expand(replacement, &mut result);
        growth::fits(result.len())?;
        end = found.end();
    }
    result.push_str(&rest[end..]);
    Ok(result)
}

/// Java's `$1` and `\$` in the engine's form.
fn replacement(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 4);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('$') => result.push_str("$$"),
                Some(other) => result.push(other),
                None => {}
            },
            '$' => {
                let mut group = String::new();
                while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                    group.push(digit);
                }
                if group.is_empty() {
                    result.push('$');
                } else {
                    result.push_str(&format!("${{{group}}}"));
                }
            }
            other => result.push(other),
        }
    }
    result
}

/// The group's number, if the pattern has it.
fn group(regex: &Regex, number: i32) -> Result<usize> {
    let groups = regex.captures_len() - 1;
    match usize::try_from(number).ok().filter(|number| *number <= groups) {
        Some(number) => Ok(number),
        None => Err(Error::analysis(
            Condition::INVALID_PARAMETER_VALUE_REGEX_GROUP_INDEX,
            [
                ("parameter", "`idx`".to_owned()),
                ("functionName", "`regexp_extract`".to_owned()),
                ("groupCount", groups.to_string()),
                ("groupIndex", number.to_string()),
            ],
        )
        .into()),
    }
}

fn extract(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    let extracted = by_row(arrays, 2, rows, |row: &Row<'_>| {
        let regex = patterns.get(row.texts[1])?;
        let captures = regex.captures(row.texts[0]).map_err(given_up)?;
        let Some(captures) = captures else { return Ok(Some(String::new())) };
        let found = captures.get(group(regex, row.numbers[0])?);
        Ok(Some(found.map_or_else(String::new, |found| found.as_str().to_owned())))
    });
    Ok(string_array(extracted?))
}

fn extract_all(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    let extracted = by_row(arrays, 2, rows, |row: &Row<'_>| {
        let regex = patterns.get(row.texts[1])?;
        let group = group(regex, row.numbers[0])?;
        let all = regex.captures_iter(row.texts[0]).map(|captures| {
            let found = captures.map_err(given_up)?.get(group);
            Ok(found.map_or_else(String::new, |found| found.as_str().to_owned()))
        });
        all.collect::<Result<Vec<_>>>().map(Some)
    });
    Ok(lists(extracted?, true))
}

/// For patterns that DataFusion's operator does not know.
fn is_match(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    let matched = by_row(arrays, 2, rows, |row: &Row<'_>| {
        patterns.get(row.texts[1])?.is_match(row.texts[0]).map_err(given_up).map(Some)
    });
    Ok(Arc::new(BooleanArray::from(matched?)))
}

fn count(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    let counted = by_row(arrays, 2, rows, |row: &Row<'_>| {
        let regex = patterns.get(row.texts[1])?;
        let found = regex.find_iter(row.texts[0]).map(|found| found.map_err(given_up));
        Ok(Some(int(found.collect::<Result<Vec<_>>>()?.len())))
    });
    Ok(int_array(counted?))
}

fn substr(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    let found = by_row(arrays, 2, rows, |row: &Row<'_>| {
        let found = patterns.get(row.texts[1])?.find(row.texts[0]).map_err(given_up)?;
        let found = found.filter(|found| !found.range().is_empty());
        Ok(found.map(|found| found.as_str().to_owned()))
    });
    Ok(string_array(found?))
}

fn instr(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    let found = by_row(arrays, 2, rows, |row: &Row<'_>| {
        let text = row.texts[0];
        let found = patterns.get(row.texts[1])?.find(text).map_err(given_up)?;
        Ok(Some(found.map_or(0, |found| int(text[..found.start()].chars().count() + 1))))
    });
    Ok(int_array(found?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn split_by(text: &str, pattern: &str, limit: i32) -> Vec<String> {
        pieces(text, &Regex::new(pattern).unwrap(), limit).unwrap()
    }

    #[test]
    fn splitting_is_java_s() {
        assert_eq!(split_by("oneAtwoBthreeC", "[ABC]", -1), ["one", "two", "three", ""]);
        assert_eq!(split_by("oneAtwoBthreeC", "[ABC]", 2), ["one", "twoBthreeC"]);
        assert_eq!(split_by("abc", "", -1), ["a", "b", "c"]);
        assert_eq!(split_by("", ",", -1), [""]);
    }

    #[test]
    fn replacements_name_groups() {
        assert_eq!(replacement("$1x"), "${1}x");
        assert_eq!(replacement("\\$1"), "$$1");
    }
}
