//! CSV taken apart: separators, quotes and escapes.

use super::super::Options;
use super::malformed;
use crate::error::{Condition, Error, Result};

/// How the pieces of records are told apart.
#[derive(Debug, Clone)]
pub(crate) struct Dialect {
    separator: String,
    quote: Option<char>,
    escape: Option<char>,
    /// What an escape is escaped by.
    escape_escape: Option<char>,
    comment: Option<char>,
    trim_start: bool,
    trim_end: bool,
    /// What stands for NULL, and what an empty piece is.
    pub(crate) null: String,
    /// What an empty piece in quotes is.
    empty: String,
    most_pieces: usize,
    longest_piece: Option<usize>,
    pub(crate) multi_line: bool,
    pub(crate) line_end: Option<String>,
}

impl Dialect {
    pub(super) fn take(options: &mut Options) -> Result<Self> {
        let delimiter = options.take("delimiter");
        let separator = options.take("sep").or(delimiter).unwrap_or_else(|| ",".to_owned());
        let quote = options.character("quote", Some('"'))?;
        let escape = options.character("escape", Some('\\'))?;
        let usual = if escape == quote { None } else { escape };
        let most = options.whole("maxcolumns", 20480)?;
        let longest = options.whole("maxcharspercolumn", -1)?;
        Ok(Self {
            separator: plain_separator(&separator)?,
            quote,
            escape,
            escape_escape: options.character("chartoescapequoteescaping", usual)?,
            comment: options.character("comment", None)?,
            trim_start: options.flag("ignoreleadingwhitespace", false)?,
            trim_end: options.flag("ignoretrailingwhitespace", false)?,
            null: options.take("nullvalue").unwrap_or_default(),
            empty: options.take("emptyvalue").unwrap_or_default(),
            most_pieces: usize::try_from(most).unwrap_or(usize::MAX),
            longest_piece: usize::try_from(longest).ok(),
            multi_line: options.flag("multiline", false)?,
            line_end: options.line_end()?,
        })
    }

    /// Whether a line holds no record.
    pub(crate) fn is_skipped(&self, line: &str) -> bool {
        line.trim_matches(is_blank).is_empty()
            || self.comment.is_some_and(|comment| line.starts_with(comment))
    }

    /// Whether a text is empty or a comment.
    pub(super) fn is_nothing(&self, text: &str) -> bool {
        text.is_empty() || self.comment.is_some_and(|comment| text.starts_with(comment))
    }

    /// The pieces of a record.
    ///
    /// # Errors
    /// `MALFORMED_CSV_RECORD` if there are too many, or one is too long.
    pub(crate) fn pieces(&self, record: &str) -> Result<Vec<String>> {
        let mut reader = Reader { dialect: self, rest: record, ends: &[] };
        let pieces = reader.record();
        self.check(&pieces, record)?;
        Ok(pieces)
    }

    fn check(&self, pieces: &[String], record: &str) -> Result<()> {
        let long = |piece: &String| self.longest_piece.is_some_and(|most| piece.len() > most);
        match pieces.len() > self.most_pieces || pieces.iter().any(long) {
            true => Err(malformed(record)),
            false => Ok(()),
        }
    }
}

/// Two characters with a backslash are one.
fn plain_separator(text: &str) -> Result<String> {
    let invalid = |message: &str| {
        Error::analysis(
            Condition::INVALID_DELIMITER_VALUE,
            [("delimiter", text.to_owned()), ("message", message.to_owned())],
        )
    };
    if text.is_empty() {
        return Err(invalid("it is empty"));
    }
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c != '\\' || text == "\\" {
            plain.push(c);
            continue;
        }
        match characters.next() {
            Some('t') => plain.push('\t'),
            Some('r') => plain.push('\r'),
            Some('b') => plain.push('\u{8}'),
            Some('f') => plain.push('\u{c}'),
            Some(c @ ('"' | '\'' | '\\')) => plain.push(c),
            Some('u') if characters.as_str().starts_with("0000") => {
                plain.push('\0');
                characters = characters.as_str().get(4..).unwrap_or_default().chars();
            }
            Some(_) => return Err(invalid("there is no such escape")),
            None => return Err(invalid("a backslash alone is none")),
        }
    }
    Ok(plain)
}

fn is_blank(c: char) -> bool {
    c <= ' '
}

/// The records of a whole text, which may hold line ends in quotes: their text, and
/// their pieces.
///
/// # Errors
/// As [`Dialect::pieces`].
pub(crate) fn records(
    dialect: &Dialect,
    text: &str,
    mut each: impl FnMut(&str, Vec<String>) -> Result<()>,
) -> Result<()> {
    let own = dialect.line_end.as_deref().map(|end| vec![end]);
    let ends = own.unwrap_or_else(|| vec!["\r\n", "\n", "\r"]);
    let mut reader = Reader { dialect, rest: text, ends: &ends };
    while !reader.rest.is_empty() {
        if let Some(end) = reader.line_end() {
            reader.rest = &reader.rest[end..];
            continue;
        }
        let line = reader.rest.find(['\n', '\r']).map_or(reader.rest, |at| &reader.rest[..at]);
        if dialect.is_skipped(line) {
            reader.rest = &reader.rest[line.len()..];
            continue;
        }
        let before = reader.rest;
        let pieces = reader.record();
        let record = &before[..before.len() - reader.rest.len()];
        dialect.check(&pieces, record)?;
        each(record, pieces)?;
    }
    Ok(())
}

/// Text that is being taken apart.
struct Reader<'t> {
    dialect: &'t Dialect,
    rest: &'t str,
    /// What a record ends with, besides the end of the text.
    ends: &'t [&'t str],
}

impl Reader<'_> {
    /// How long the end of the record here is; none if it goes on.
    fn line_end(&self) -> Option<usize> {
        self.ends.iter().find(|end| self.rest.starts_with(**end)).map(|end| end.len())
    }

    fn is_end(&self) -> bool {
        self.rest.is_empty() || self.line_end().is_some()
    }

    fn at_separator(&self) -> bool {
        self.rest.starts_with(self.dialect.separator.as_str())
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// The pieces up to the end of the record, which is left where it is.
    fn record(&mut self) -> Vec<String> {
        let mut pieces = Vec::new();
        loop {
            let piece = self.piece();
            pieces.push(piece);
            if !self.at_separator() {
                return pieces;
            }
            self.rest = &self.rest[self.dialect.separator.len()..];
        }
    }

    fn piece(&mut self) -> String {
        if self.dialect.trim_start {
            self.skip_blanks();
        }
        let start = self.rest;
        if self.dialect.quote.is_some_and(|quote| self.rest.starts_with(quote)) {
            self.next();
            if let Some(text) = self.quoted() {
                return if text.is_empty() { self.dialect.empty.clone() } else { text };
            }
        }
        self.bare(start)
    }

    fn skip_blanks(&mut self) {
        while self.rest.starts_with(is_blank) && !self.is_end() && !self.at_separator() {
            self.next();
        }
    }

    /// Text up to the next separator, from where the piece began.
    fn bare(&mut self, start: &str) -> String {
        while !self.is_end() && !self.at_separator() {
            self.next();
        }
        let text = &start[..start.len() - self.rest.len()];
        let text = if self.dialect.trim_end { text.trim_end_matches(is_blank) } else { text };
        if text.is_empty() { self.dialect.null.clone() } else { text.to_owned() }
    }

    /// Text up to the closing quote; none if what follows it belongs to the piece.
    fn quoted(&mut self) -> Option<String> {
        let Dialect { quote, escape, escape_escape, .. } = *self.dialect;
        let mut text = String::new();
        while let Some(c) = self.next() {
            let after = self.rest.chars().next();
            if Some(c) == escape && after.is_some() && after == quote {
                self.next();
                text.extend(quote);
            } else if Some(c) == escape_escape && after.is_some() && after == escape {
                self.next();
                text.extend(escape);
            } else if Some(c) == quote {
                let before = self.rest;
                self.skip_blanks();
                if self.is_end() || self.at_separator() {
                    return Some(text);
                }
                self.rest = before;
                return None;
            } else {
                text.push(c);
            }
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::HashMap;

    use super::*;

    fn dialect(options: &[(&str, &str)]) -> Dialect {
        let options = options.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        Dialect::take(&mut Options::reading(&options.collect::<HashMap<_, _>>())).unwrap()
    }

    fn pieces(record: &str) -> Vec<String> {
        dialect(&[]).pieces(record).unwrap()
    }

    #[test]
    fn quotes_that_are_not_escaped_are_text() {
        assert_eq!(
            pieces(r#"a"b,"c"d,"e""f","g\"h",i\,j"#),
            ["a\"b", "\"c\"d", "\"e\"\"f\"", "g\"h", "i\\", "j"]
        );
        assert_eq!(pieces(r#""a"b"c,d"#), ["\"a\"b\"c", "d"]);
        assert_eq!(pieces(r#""x" ,y"#), ["x", "y"]);
        assert_eq!(pieces(r#" "z",w"#), [" \"z\"", "w"]);
        assert_eq!(pieces(r#""q\\",r"#), ["q\\", "r"]);
        assert_eq!(pieces(r#""abc,d"#), ["abc,d"]);
    }

    #[test]
    fn separators_may_be_long() {
        let long = dialect(&[("sep", "||")]);
        assert_eq!(long.pieces("a||b|c").unwrap(), ["a", "b|c"]);
        assert_eq!(dialect(&[("sep", "\\t")]).pieces("a\tb").unwrap(), ["a", "b"]);
    }

    #[test]
    fn records_may_span_lines() {
        let mut found = Vec::new();
        let text = "a,\"b\nc\"\r\n\n#x\nd,e";
        let dialect = dialect(&[("comment", "#")]);
        records(&dialect, text, |record, pieces| {
            found.push((record.to_owned(), pieces.len()));
            Ok(())
        })
        .unwrap();
        assert_eq!(found, [("a,\"b\nc\"".to_owned(), 2), ("d,e".to_owned(), 2)]);
    }
}
