//! Functions that rewrite texts character by character, or compare them.

use datafusion::common::Result;
use unicode_segmentation::UnicodeSegmentation;

use crate::error::{Condition, Error};
use crate::function::udf::rows::{Row, row_functions};

row_functions! {
    QUOTE "spark_quote" Always Skip String, |row| Ok(Some(quoted(row.text(0))));
    LUHN_CHECK "spark_luhn_check" Always Skip bool, |row| Ok(Some(luhn(row.text(0))));
    MASK "spark_mask" Always See String, masked;
    CONV "spark_conv" Always Skip String, |row| converted(row, true);
    LEGACY_CONV "spark_legacy_conv" Always Skip String, |row| converted(row, false);
    CHAR "spark_char" Propagate Skip String, |row| {
        let code = u8::try_from(row.long(0).rem_euclid(256)).unwrap_or(0);
        Ok(Some(if row.long(0) < 0 { String::new() } else { char::from(code).to_string() }))
    };
    LEVENSHTEIN "spark_levenshtein" Propagate Skip i32, |row| {
        let distance = i32::try_from(strsim::levenshtein(row.text(0), row.text(1)));
        let distance = distance.unwrap_or(i32::MAX);
        Ok(Some(if distance > row.int(2) { -1 } else { distance }))
    };
    INSTR "spark_instr" Propagate Skip i32, |row| {
        Ok(Some(nth_place(row.text(0), row.text(1), row.int(2), row.int(3))))
    };
    JARO_WINKLER "spark_jaro_winkler_similarity" Always Skip f64, |row| {
        let (a, b) = (row.text(0), row.text(1));
        // Two empty texts are alike in nothing that counts, and equal all the same.
        Ok(Some(if a.is_empty() && b.is_empty() { 1.0 } else { strsim::jaro_winkler(a, b) }))
    };
}

/// Where a part occurs for the nth time, from a position on, or from one before the
/// end backwards; 0 if nowhere.
fn nth_place(text: &str, part: &str, from: i32, occurrence: i32) -> i32 {
    let (text, part): (Vec<char>, Vec<char>) = (text.chars().collect(), part.chars().collect());
    let (Ok(nth), true) = (usize::try_from(i64::from(occurrence) - 1), from != 0) else { return 0 };
    if part.is_empty() || part.len() > text.len() {
        return 0;
    }
    let distance = usize::try_from(from.unsigned_abs()).unwrap_or(usize::MAX);
    let fits = |at: &usize| text[*at..].starts_with(&part);
    let starts = 0..=text.len() - part.len();
    let found = match from > 0 {
        true => starts.skip(distance - 1).filter(fits).nth(nth),
        false => {
            let last = text.len().checked_sub(distance);
            last.and_then(|last| starts.rev().filter(|at| *at <= last).filter(fits).nth(nth))
        }
    };
    found.and_then(|at| i32::try_from(at + 1).ok()).unwrap_or(0)
}

/// In single quotes, with those inside escaped.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "\\'"))
}

/// Whether the last digit is the check digit of the others.
fn luhn(text: &str) -> bool {
    if text.is_empty() {
        return false;
    }
    let mut sum = 0;
    for (at, letter) in text.chars().rev().enumerate() {
        let Some(digit) = letter.to_digit(10).filter(|_| letter.is_ascii_digit()) else {
            return false;
        };
        let weighted = if at % 2 == 1 { digit * 2 } else { digit };
        sum += if weighted > 9 { weighted - 9 } else { weighted };
    }
    sum % 10 == 0
}

/// The text with its letters, digits and other characters replaced, each kind by a
/// character of its own; NULL keeps a kind.
fn masked(row: &Row<'_>) -> Result<Option<String>> {
    if row.is_null(0) {
        return Ok(None);
    }
    let replacement = |at: usize| if row.is_null(at) { None } else { row.text(at).chars().next() };
    let [upper, lower, digit, other] = [1, 2, 3, 4].map(replacement);
    let mask = |letter: char| {
        let kind = match letter {
            letter if letter.is_uppercase() => upper,
            letter if letter.is_lowercase() => lower,
            letter if letter.is_numeric() => digit,
            _ => other,
        };
        kind.unwrap_or(letter)
    };
    Ok(Some(row.text(0).chars().map(mask).collect()))
}

/// A number written to another base, by way of 64 bits.
fn converted(row: &Row<'_>, strict: bool) -> Result<Option<String>> {
    let (text, from, to) = (row.text(0).trim_matches(' '), row.int(1), row.int(2));
    let bases = 2..=36;
    if !bases.contains(&from)
        || !bases.contains(&to.unsigned_abs().cast_signed())
        || text.is_empty()
    {
        return Ok(None);
    }
    let base = from.unsigned_abs();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let mut value = 0_u64;
    for digit in digits.chars().map_while(|letter| letter.to_digit(base)) {
        let next = value.checked_mul(base.into()).and_then(|v| v.checked_add(digit.into()));
        value = match next {
            Some(next) => next,
            None if strict => return Err(overflow().into()),
            None => {
                value = u64::MAX;
                break;
            }
        };
    }
    let signed = value.cast_signed();
    Ok(Some(match (to > 0, negative) {
        (true, true) if signed < 0 => written(u64::MAX, to.unsigned_abs()),
        (true, true) => written(signed.wrapping_neg().cast_unsigned(), to.unsigned_abs()),
        (true, false) => written(value, to.unsigned_abs()),
        (false, _) if negative || signed < 0 => {
            format!("-{}", written(signed.unsigned_abs(), to.unsigned_abs()))
        }
        (false, _) => written(value, to.unsigned_abs()),
    }))
}

fn overflow() -> Error {
    Error::analysis(
        Condition::ARITHMETIC_OVERFLOW,
        [
            ("message", "Overflow in function conv()".to_owned()),
            ("alternative", String::new()),
            ("config", "\"spark.sql.ansi.enabled\"".to_owned()),
        ],
    )
}

fn written(mut value: u64, base: u32) -> String {
    let mut digits = Vec::new();
    loop {
        let digit = u32::try_from(value % u64::from(base)).unwrap_or(0);
        digits.push(char::from_digit(digit, base).unwrap_or('0').to_ascii_uppercase());
        value /= u64::from(base);
        if value == 0 {
            return digits.iter().rev().collect();
        }
    }
}

/// The words of each sentence.
pub(super) fn sentences(text: &str) -> Vec<Vec<String>> {
    let sentences = text.split_sentence_bounds().map(words);
    sentences.filter(|words| !words.is_empty()).collect()
}

/// A hyphen between letters is part of a word.
fn words(sentence: &str) -> Vec<String> {
    let is_word = |part: &str| part.chars().next().is_some_and(char::is_alphanumeric);
    let mut words: Vec<String> = Vec::new();
    let (mut inside, mut hyphen) = (false, false);
    for part in sentence.split_word_bounds() {
        match (is_word(part), words.last_mut()) {
            (true, Some(last)) if hyphen => {
                last.push('-');
                last.push_str(part);
            }
            (true, _) => words.push(part.to_owned()),
            (false, _) => {}
        }
        hyphen = inside && part == "-";
        inside = is_word(part);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_by_sentence() {
        let words = sentences("Hi there! Good morning.");
        assert_eq!(words, [vec!["Hi", "there"], vec!["Good", "morning"]]);
        assert!(sentences("").is_empty());
    }

    #[test]
    fn check_digits_are_checked() {
        assert!(luhn("79927398713"));
        assert!(!luhn("79927398714"));
        assert!(!luhn("a"));
    }
}
