//! Functions that count characters: padding, positions, pieces.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::super::{Kernel, Nulls, evaluated, growth, udf};
use super::{Row, by_row, int, int_array, string_array};
use crate::error::{Condition, Error};

macro_rules! texts {
    ($($static:ident $name:literal $texts:literal $work:expr;)*) => {
        $(pub(crate) static $static: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
            udf(Kernel {
                name: $name,
                nulls: match $name {
                    // Spark says so of these.
                    "spark_right" | "spark_split_part" => Nulls::Always,
                    _ => Nulls::Propagate,
                },
                volatility: Volatility::Immutable,
                returns: |_| Ok(DataType::Utf8),
                run: |args| evaluated(&args, |arrays, rows| {
                    let work: fn(&Row<'_>) -> Result<Option<String>> = $work;
                    Ok(string_array(by_row(arrays, $texts, rows, work)?))
                }),
            })
        });)*
    };
}

texts! {
    TRANSLATE "spark_translate" 3 |row| Ok(Some(translated(row.texts[0], row.texts[1], row.texts[2])));
    REPEAT "spark_repeat" 1 |row| repeated(row.texts[0], row.numbers[0]).map(Some);
    SPACE "spark_space" 0 |row| repeated(" ", row.numbers[0]).map(Some);
    INITCAP "spark_initcap" 1 |row| Ok(Some(capitalised(row.texts[0])));
    REPLACE "spark_replace" 3 |row| replaced(row.texts[0], row.texts[1], row.texts[2]).map(Some);
    RIGHT "spark_right" 1 |row| Ok(Some(last(row.texts[0], count(row.numbers[0])).to_owned()));
    SUBSTRING_INDEX "spark_substring_index" 2 |row| {
        Ok(Some(before(row.texts[0], row.texts[1], row.numbers[0]).to_owned()))
    };
    SPLIT_PART "spark_split_part" 2 |row| part(row.texts[0], row.texts[1], row.numbers[0]);
    OVERLAY "spark_overlay" 2 |row| {
        Ok(Some(overlaid(row.texts[0], row.texts[1], row.numbers[0], row.numbers[1])))
    };
}

pub(crate) static LOCATE: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_locate",
        nulls: Nulls::Propagate,
        volatility: Volatility::Immutable,
        returns: |_| Ok(DataType::Int32),
        run: |args| {
            evaluated(&args, |arrays, rows| {
                let found = by_row(arrays, 2, rows, |row| {
                    Ok(Some(located(row.texts[0], row.texts[1], row.numbers[0])))
                });
                Ok(int_array(found?))
            })
        },
    })
});

macro_rules! pads {
    ($($static:ident $name:literal $left:literal;)*) => {
        // The number comes between the strings.
        $(pub(crate) static $static: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
            udf(Kernel {
                name: $name,
                nulls: Nulls::Propagate,
                volatility: Volatility::Immutable,
                returns: |_| Ok(DataType::Utf8),
                run: |args| evaluated(&args, |arrays, rows| {
                    let [text, length, pad] = arrays else {
                        return datafusion::common::exec_err!("three arguments are needed");
                    };
                    let arrays = [text, pad, length].map(Arc::clone);
                    let padded = by_row(&arrays, 2, rows, |row| {
                        padded(row.texts[0], row.numbers[0], row.texts[1], $left).map(Some)
                    });
                    Ok(string_array(padded?))
                }),
            })
        });)*
    };
}

pads! {
    LPAD "spark_lpad" true;
    RPAD "spark_rpad" false;
}

/// Negative counts are none.
fn count(number: i32) -> usize {
    usize::try_from(number).unwrap_or(0)
}

/// Where the part begins, from 1, at or after the position; 0 if nowhere.
fn located(part: &str, text: &str, from: i32) -> i32 {
    let Ok(skip) = usize::try_from(i64::from(from) - 1) else { return 0 };
    if part.is_empty() {
        return 1;
    }
    let Some((start, _)) = text.char_indices().chain([(text.len(), ' ')]).nth(skip) else {
        return 0;
    };
    match text[start..].find(part) {
        Some(at) => int(text[..start + at].chars().count() + 1),
        None => 0,
    }
}

/// Every character by the one at its place in `to`; those beyond its end go.
fn translated(text: &str, from: &str, to: &str) -> String {
    let to: Vec<char> = to.chars().collect();
    let place = |c: char| from.chars().position(|other| other == c);
    text.chars()
        .filter_map(|c| match place(c) {
            Some(at) => to.get(at).copied(),
            None => Some(c),
        })
        .collect()
}

/// Words begin after blanks only.
fn capitalised(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut start = true;
    for c in text.chars() {
        if start {
            result.extend(c.to_uppercase());
        } else {
            result.extend(c.to_lowercase());
        }
        start = c == ' ';
    }
    result
}

/// An empty part is found nowhere.
fn replaced(text: &str, from: &str, to: &str) -> Result<String> {
    if from.is_empty() {
        return Ok(text.to_owned());
    }
    if to.len() > from.len() {
        let more = text.matches(from).count().saturating_mul(to.len() - from.len());
        growth::fits(text.len().saturating_add(more))?;
    }
    Ok(text.replace(from, to))
}

fn repeated(text: &str, times: i32) -> Result<String> {
    let times = count(times);
    if i32::try_from(text.len().saturating_mul(times)).is_err() {
        return Err(Error::analysis(Condition::INTEGER_OVERFLOW, []).into());
    }
    Ok(text.repeat(times))
}

fn last(text: &str, count: usize) -> &str {
    match count.checked_sub(1).and_then(|skip| text.char_indices().rev().nth(skip)) {
        Some((at, _)) => &text[at..],
        None if count == 0 => "",
        None => text,
    }
}

/// What is before the n-th separator, or after the n-th from the end.
fn before<'a>(text: &'a str, separator: &str, n: i32) -> &'a str {
    if separator.is_empty() || n == 0 {
        return "";
    }
    let skip = count(n.saturating_abs()) - 1;
    if n > 0 {
        return match text.match_indices(separator).nth(skip) {
            Some((at, _)) => &text[..at],
            None => text,
        };
    }
    match text.rmatch_indices(separator).nth(skip) {
        Some((at, _)) => &text[at + separator.len()..],
        None => text,
    }
}

fn part(text: &str, separator: &str, n: i32) -> Result<Option<String>> {
    if n == 0 {
        return Err(Error::analysis(Condition::INVALID_INDEX_OF_ZERO, []).into());
    }
    let parts: Vec<&str> =
        if separator.is_empty() { vec![text] } else { text.split(separator).collect() };
    let at = if n > 0 { count(n).checked_sub(1) } else { parts.len().checked_sub(count(-n)) };
    Ok(Some(at.and_then(|at| parts.get(at)).map_or_else(String::new, |part| (*part).to_owned())))
}

/// The text with characters from `position` on replaced; as many as the
/// replacement has if the length is negative.
fn overlaid(text: &str, replacement: &str, position: i32, length: i32) -> String {
    let length = if length >= 0 { count(length) } else { replacement.chars().count() };
    let start = count(position.saturating_sub(1));
    // A position before the first shortens what is replaced.
    let end = count(position.saturating_sub(1).saturating_add(int(length)));
    let mut result: String = text.chars().take(start).collect();
    result.push_str(replacement);
    result.extend(text.chars().skip(end));
    result
}

/// Cut or padded to a number of characters.
fn padding(text: &str, length: i32, pad: &str) -> Result<(usize, Option<String>)> {
    let length = count(length);
    let own = text.chars().count();
    if own >= length || pad.is_empty() {
        return Ok((length.min(own), None));
    }
    growth::fits(length)?;
    Ok((own, Some(pad.chars().cycle().take(length - own).collect())))
}

fn padded(text: &str, length: i32, pad: &str, left: bool) -> Result<String> {
    let (keep, padding) = padding(text, length, pad)?;
    let kept: String = text.chars().take(keep).collect();
    Ok(match (padding, left) {
        (None, _) => kept,
        (Some(padding), true) => padding + &kept,
        (Some(padding), false) => kept + &padding,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn positions_count_characters() {
        assert_eq!(located("b", "äbäb", 1), 2);
        assert_eq!(located("b", "äbäb", 3), 4);
        assert_eq!(located("b", "abc", 0), 0);
        assert_eq!(located("", "abc", 4), 1);
        assert_eq!(last("äöü", 2), "öü");
        assert_eq!(last("äöü", 5), "äöü");
    }

    #[test]
    fn pieces_by_separator() {
        assert_eq!(before("www.a.org", ".", 2), "www.a");
        assert_eq!(before("www.a.org", ".", -2), "a.org");
        assert_eq!(before("www", ".", 2), "www");
    }

    #[test]
    fn what_grows_too_large_is_refused() {
        assert!(repeated("ab", i32::MAX).is_err());
        assert_eq!(repeated("ab", -1).unwrap(), "");
        let many = "a".repeat(100_000);
        assert!(replaced(&many, "a", &many).is_err());
        assert_eq!(replaced("aba", "a", "cc").unwrap(), "ccbcc");
    }

    #[test]
    fn padding_repeats_and_cuts() {
        assert_eq!(padded("hi", 5, "ab", true).unwrap(), "abahi");
        assert_eq!(padded("hi", 5, "ab", false).unwrap(), "hiaba");
        assert_eq!(padded("hi", 1, "ab", true).unwrap(), "h");
        assert_eq!(padded("hi", 5, "", true).unwrap(), "hi");
        assert_eq!(overlaid("Spark SQL", "_", 6, -1), "Spark_SQL");
        assert_eq!(overlaid("Spark SQL", "tructured", 2, 4), "Structured SQL");
    }
}
