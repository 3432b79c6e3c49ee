//! Names: single ones, dotted ones, and how they are written down again.

use super::cursor::Parser;
use super::lexer::{Kind, Token};
use crate::error::{Condition, Error, Result};

/// Words that cannot name a table without quotes: they continue a join or a set
/// operation.
const STRICT: &[&str] = &[
    "ANTI",
    "CROSS",
    "EXCEPT",
    "FULL",
    "INNER",
    "INTERSECT",
    "JOIN",
    "LATERAL",
    "LEFT",
    "MINUS",
    "NATURAL",
    "ON",
    "RIGHT",
    "SEMI",
    "UNION",
    "USING",
];

/// Joins the parts of a name, each in backquotes where it needs them.
pub(crate) fn quote<S: AsRef<str>>(parts: &[S]) -> String {
    let quoted: Vec<_> = parts.iter().map(|part| quote_part(part.as_ref())).collect();
    quoted.join(".")
}

fn quote_part(part: &str) -> String {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let digits = part.bytes().all(|byte| byte.is_ascii_digit());
    if part.chars().all(word) && !digits {
        part.to_owned()
    } else {
        format!("`{}`", part.replace('`', "``"))
    }
}

impl Parser<'_> {
    /// Whether the token `ahead` can be a name.
    pub(super) fn identifier_at(&self, ahead: usize) -> bool {
        matches!(self.token(ahead).kind, Kind::Word | Kind::Quoted)
    }

    /// Whether the token `ahead` can name a table without ambiguity.
    pub(super) fn strict_identifier_at(&self, ahead: usize) -> bool {
        match self.token(ahead).kind {
            Kind::Quoted => true,
            Kind::Word => !self.any_word_at(ahead, STRICT),
            _ => false,
        }
    }

    /// A single name.
    pub(super) fn identifier(&mut self) -> Result<String> {
        if !self.identifier_at(0) {
            return Err(self.unexpected());
        }
        let token = self.bump();
        self.name_of(&token)
    }

    /// The name that a token is.
    pub(super) fn name_of(&self, token: &Token) -> Result<String> {
        let text = self.text_of(token);
        if token.kind == Kind::Quoted {
            let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
            return Ok(inner.replace("``", "`"));
        }
        if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Ok(text.to_owned());
        }
        Err(self.invalid_identifier(token, text))
    }

    fn invalid_identifier(&self, token: &Token, text: &str) -> Error {
        self.fault(token, Condition::INVALID_IDENTIFIER, [("ident", text.to_owned())])
    }

    /// A name where Spark explains what is wrong with `a-b`.
    pub(super) fn checked_identifier(&mut self) -> Result<String> {
        let name = self.identifier()?;
        if !self.symbol_at(0, "-") || !self.identifier_at(1) {
            return Ok(name);
        }
        let mut text = name;
        let first = *self.token(0);
        while self.symbol_at(0, "-") && self.identifier_at(1) {
            self.bump();
            let token = self.bump();
            text.push('-');
            text.push_str(self.text_of(&token));
        }
        Err(self.invalid_identifier(&first, &text))
    }

    /// Names separated by dots.
    pub(super) fn multipart_identifier(&mut self) -> Result<Vec<String>> {
        let mut parts = vec![self.checked_identifier()?];
        while self.eat(".") {
            parts.push(self.checked_identifier()?);
        }
        Ok(parts)
    }

    /// `(a, b)`.
    pub(super) fn identifier_list(&mut self) -> Result<Vec<String>> {
        self.parenthesised(Self::checked_identifier)
    }

    /// `'..'`, or several side by side.
    pub(super) fn string(&mut self) -> Result<String> {
        let mut text = self.one_string()?;
        while self.kind() == Kind::String {
            text.push_str(&self.one_string()?);
        }
        Ok(text)
    }

    /// The same, of one literal, whatever follows it.
    pub(super) fn one_string(&mut self) -> Result<String> {
        if self.kind() != Kind::String {
            return Err(self.unexpected());
        }
        let token = self.bump();
        Ok(super::lexer::unescape(self.text_of(&token)))
    }
}
