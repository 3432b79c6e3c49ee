//! Which patterns of times there are. Spark refuses some that Java would take, and says
//! of those that it took before 3.0 that they were.

use crate::error::{Condition, Error, Result};

/// What a pattern is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Read,
    Write,
}

/// Letters for weeks and what they count.
const OF_WEEKS: &str = "YWwuec";
const REFUSED: &str = "ABnNp";
/// Letters that are written only.
const WRITTEN: &str = "EFqQ";

/// Letters that may not be repeated so often, though Java would take it.
const TOO_OFTEN: [(char, usize); 8] =
    [('G', 5), ('M', 5), ('L', 5), ('E', 5), ('Q', 5), ('q', 5), ('y', 7), ('Y', 7)];

/// # Errors
/// If Spark has no such pattern.
pub(super) fn check(pattern: &str, purpose: Purpose) -> Result<()> {
    let Some(wrong) = wrong(pattern, purpose) else { return Ok(()) };
    let shown = || ("pattern", format!("'{pattern}'"));
    Err(match wrong {
        _ if was_one(pattern) => Error::analysis(
            Condition::DATETIME_PATTERN_RECOGNITION,
            [shown(), ("config", "\"spark.sql.legacy.timeParserPolicy\"".to_owned())],
        ),
        Wrong::Week(c) => {
            Error::analysis(Condition::DATETIME_WEEK_BASED_PATTERN, [("c", c.to_string())])
        }
        Wrong::Letter(c) => Error::analysis(
            Condition::INVALID_DATETIME_PATTERN_ILLEGAL_CHARACTER,
            [("c", c.to_string()), ("pattern", pattern.to_owned())],
        ),
        Wrong::Length(letters) => {
            Error::analysis(Condition::INVALID_DATETIME_PATTERN_LENGTH, [("pattern", letters)])
        }
        Wrong::Unknown => Error::analysis(
            Condition::INVALID_DATETIME_PATTERN_WITH_SUGGESTION,
            [shown(), ("docroot", "https://spark.apache.org/docs/latest".to_owned())],
        ),
    })
}

/// What is wrong with a pattern.
enum Wrong {
    Week(char),
    Letter(char),
    Length(String),
    Unknown,
}

fn wrong(pattern: &str, purpose: Purpose) -> Option<Wrong> {
    let parts = || pattern.split('\'').step_by(2);
    for part in parts() {
        if let Some(c) = part.chars().find(|c| OF_WEEKS.contains(*c)) {
            return Some(Wrong::Week(c));
        }
        let is_refused =
            |c: char| REFUSED.contains(c) || purpose == Purpose::Read && WRITTEN.contains(c);
        if let Some(c) = part.chars().find(|c| is_refused(*c)) {
            return Some(Wrong::Letter(c));
        }
        let mut too_often = TOO_OFTEN.iter().map(|(c, count)| c.to_string().repeat(*count));
        if let Some(letters) = too_often.find(|letters| part.contains(letters)) {
            return Some(Wrong::Length(letters));
        }
    }
    let is_open = pattern.matches('\'').count() % 2 == 1;
    let is_known = parts().all(|part| runs(part).all(|(c, count)| is_known(c, count)));
    (is_open || !is_known).then_some(Wrong::Unknown)
}

/// The same characters side by side, and how many.
fn runs(part: &str) -> impl Iterator<Item = (char, usize)> {
    let mut chars = part.chars().peekable();
    std::iter::from_fn(move || {
        let c = chars.next()?;
        let mut count = 1;
        while chars.next_if_eq(&c).is_some() {
            count += 1;
        }
        Some((c, count))
    })
}

/// Whether Java knows so many of a letter.
fn is_known(c: char, count: usize) -> bool {
    match c {
        'a' | 'F' => count == 1,
        'd' | 'h' | 'H' | 'k' | 'K' | 'm' | 's' => count <= 2,
        'D' => count <= 3,
        'E' | 'G' | 'M' | 'L' | 'q' | 'Q' | 'z' => count <= 4,
        'Z' | 'X' | 'x' => count <= 5,
        'y' => count <= 6,
        'S' => count <= 9,
        'g' => count <= 19,
        'v' | 'O' => matches!(count, 1 | 4),
        'V' => count == 2,
        '#' | '{' | '}' => false,
        c => !c.is_ascii_alphabetic(),
    }
}

/// Whether Spark took the pattern before 3.0.
fn was_one(pattern: &str) -> bool {
    let is_open = pattern.matches('\'').count() % 2 == 1;
    let mut parts = pattern.split('\'').step_by(2);
    !is_open
        && parts.all(|part| {
            runs(part).all(|(c, count)| match c {
                'X' => count <= 3,
                c => "GyYMLwWDdFEuaHhKkmsSzZ".contains(c) || !c.is_ascii_alphabetic(),
            })
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn refusal(pattern: &str, purpose: Purpose) -> String {
        match check(pattern, purpose) {
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn letters_have_their_longest_run() {
        for (letters, longest) in
            [("y", 6), ("M", 4), ("a", 1), ("d", 2), ("S", 9), ("D", 3), ("E", 4), ("z", 4)]
        {
            assert_eq!(refusal(&letters.repeat(longest), Purpose::Write), "");
            let refused = refusal(&letters.repeat(longest + 1), Purpose::Write);
            assert!(refused.contains("DATETIME_PATTERN_RECOGNITION"), "{refused}");
        }
    }

    #[test]
    fn refusals_are_those_of_spark() {
        for (pattern, name) in [
            ("yyyyyyy b", "INVALID_DATETIME_PATTERN.LENGTH"),
            ("qqqqq", "INVALID_DATETIME_PATTERN.LENGTH"),
            ("e yyyyyyy", "DATETIME_WEEK_BASED_PATTERN"),
            ("u", "DATETIME_PATTERN_RECOGNITION"),
            ("hhh AAA", "ILLEGAL_CHARACTER"),
            ("XXXXXX", "WITH_SUGGESTION"),
            ("'yyyyyyy", "WITH_SUGGESTION"),
            ("[yyyy] {d", "DATETIME_PATTERN_RECOGNITION"),
        ] {
            assert!(refusal(pattern, Purpose::Write).contains(name), "{pattern}");
        }
        assert_eq!(refusal("'yyyyyyy' yyyy''", Purpose::Write), "");
        assert_eq!(refusal("EEE", Purpose::Write), "");
        assert!(refusal("EEE", Purpose::Read).contains("DATETIME_PATTERN_RECOGNITION"));
        assert!(refusal("Q", Purpose::Read).contains("ILLEGAL_CHARACTER"));
    }
}
