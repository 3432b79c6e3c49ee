//! Names and types of the columns of CSV.

use super::super::guess::Guess;
use super::super::values::double;
use super::Csv;

/// Types that all records seen so far fit.
#[derive(Debug)]
pub(crate) struct Inference<'a> {
    csv: &'a Csv,
    guesses: Vec<Guess>,
}

impl<'a> Inference<'a> {
    pub(crate) fn new(csv: &'a Csv, columns: usize) -> Self {
        Self { csv, guesses: vec![Guess::Null; columns] }
    }

    pub(crate) fn add(&mut self, pieces: &[String]) {
        for (guess, text) in self.guesses.iter_mut().zip(pieces) {
            if text.is_empty() || *text == self.csv.dialect.null {
                continue;
            }
            let before = std::mem::replace(guess, Guess::Null);
            let of_text = self.csv.guess(&before, text);
            *guess = self.csv.merged(before, of_text);
        }
    }

    pub(crate) fn finish(self) -> Vec<Guess> {
        self.guesses
    }
}

impl Csv {
    /// What a text may be, given what those before it were: a type that fits no less.
    fn guess(&self, before: &Guess, text: &str) -> Guess {
        let rank = match before {
            Guess::Null | Guess::Int => 0,
            Guess::Long => 1,
            Guess::Decimal(..) => 2,
            Guess::Double => 3,
            Guess::Date => 4,
            Guess::Timestamp => 5,
            Guess::Boolean => 6,
            Guess::Text | Guess::List(_) | Guess::Struct(_) => 7,
        };
        let words = &self.words;
        let is_word = [&words.nan, &words.positive, &words.negative].contains(&&text.to_owned());
        if rank <= 0 && text.parse::<i32>().is_ok() {
            Guess::Int
        } else if rank <= 1 && text.parse::<i64>().is_ok() {
            Guess::Long
        } else if let Some(digits) = (rank <= 2).then(|| whole_digits(text)).flatten() {
            Guess::Decimal(digits, 0)
        } else if rank <= 3 && (is_word || double(text).is_some()) {
            Guess::Double
        } else if rank <= 4 && self.prefer_date && self.times.looks_like_date(text) {
            Guess::Date
        } else if rank <= 5 && self.is_timestamp(text) {
            Guess::Timestamp
        } else if rank <= 6
            && (text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"))
        {
            Guess::Boolean
        } else {
            Guess::Text
        }
    }

    fn is_timestamp(&self, text: &str) -> bool {
        self.times.timestamp_ntz(text).is_some() && !self.times.has_timestamp_pattern()
            || self.times.timestamp(text).is_some()
    }

    /// Dates are timestamps too, unless timestamps follow a pattern.
    fn merged(&self, before: Guess, text: Guess) -> Guess {
        let mixed = matches!(
            (&before, &text),
            (Guess::Date, Guess::Timestamp) | (Guess::Timestamp, Guess::Date)
        );
        match mixed && self.times.has_timestamp_pattern() {
            true => Guess::Text,
            false => before.with(text),
        }
    }
}

/// How many digits a whole number has that fits a decimal.
fn whole_digits(text: &str) -> Option<u32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = digits.strip_suffix('.').unwrap_or(digits);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count = digits.trim_start_matches('0').len().max(1);
    u32::try_from(count).ok().filter(|count| *count <= 38)
}

/// The names of columns: those of the header but for empty ones, with their place where
/// a name is there twice.
pub(crate) fn safe_header(csv: &Csv, pieces: &[String], sensitive: bool) -> Vec<String> {
    let folded = |name: &String| if sensitive { name.clone() } else { name.to_lowercase() };
    let repeated =
        |name: &String| pieces.iter().filter(|other| folded(other) == folded(name)).count() > 1;
    let names = pieces.iter().enumerate().map(|(at, name)| {
        if !csv.header || name.is_empty() || *name == csv.dialect.null {
            format!("_c{at}")
        } else if repeated(name) {
            format!("{name}{at}")
        } else {
            name.clone()
        }
    });
    names.collect()
}
