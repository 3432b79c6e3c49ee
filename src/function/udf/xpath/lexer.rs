//! XPath taken apart.

use super::Fault;

/// The most tokens of an expression.
const MOST: usize = 2000;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// Signs, and words that are operators where they stand.
    Sign(&'static str),
    /// A name, maybe with a prefix; `*` for any name.
    Name {
        prefix: Option<String>,
        local: String,
    },
    Text(String),
    Number(f64),
}

const SIGNS: &[&str] = &[
    "//", "::", "..", "!=", "<=", ">=", "(", ")", "[", "]", ".", "@", ",", "/", "|", "+", "-", "=",
    "<", ">", "*", "$",
];

const WORDS: &[&str] = &["and", "or", "mod", "div"];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if tokens.len() >= MOST {
            return Err(Fault::TooLong);
        }
        let (token, after) = token(rest, after_operand(tokens.last()))?;
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

/// Whether a name or `*` that follows is an operator.
fn after_operand(before: Option<&Token>) -> bool {
    match before {
        None => false,
        Some(Token::Sign(sign)) => matches!(*sign, ")" | "]" | "." | ".."),
        Some(Token::Name { .. } | Token::Text(_) | Token::Number(_)) => true,
    }
}

fn token(text: &str, after_operand: bool) -> Result<(Token, &str), Fault> {
    let first = text.chars().next().ok_or(Fault::Malformed)?;
    if matches!(first, '"' | '\'') {
        let (inside, after) = text[1..].split_once(first).ok_or(Fault::Malformed)?;
        return Ok((Token::Text(inside.to_owned()), after));
    }
    let second = text[first.len_utf8()..].chars().next();
    if first.is_ascii_digit() || first == '.' && second.is_some_and(|c| c.is_ascii_digit()) {
        return number(text);
    }
    if is_start(first) {
        return name(text, after_operand);
    }
    if first == '*' && !after_operand {
        return Ok((Token::Name { prefix: None, local: "*".to_owned() }, &text[1..]));
    }
    let sign = SIGNS.iter().find(|sign| text.starts_with(**sign)).ok_or(Fault::Malformed)?;
    Ok((Token::Sign(sign), &text[sign.len()..]))
}

fn number(text: &str) -> Result<(Token, &str), Fault> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, after) = text.split_at(end);
    let value = digits.parse().map_err(|_| Fault::Malformed)?;
    match after.starts_with(is_start) {
        true => Err(Fault::Malformed),
        false => Ok((Token::Number(value), after)),
    }
}

fn name(text: &str, after_operand: bool) -> Result<(Token, &str), Fault> {
    let (local, after) = plain(text);
    if let Some(word) = WORDS.iter().find(|word| after_operand && **word == local) {
        return Ok((Token::Sign(word), after));
    }
    let second = after.strip_prefix(':').filter(|rest| !rest.starts_with(':'));
    let Some(second) = second else {
        return Ok((Token::Name { prefix: None, local: local.to_owned() }, after));
    };
    let prefix = Some(local.to_owned());
    if let Some(after) = second.strip_prefix('*') {
        return Ok((Token::Name { prefix, local: "*".to_owned() }, after));
    }
    match plain(second) {
        ("", _) => Err(Fault::Malformed),
        (local, after) => Ok((Token::Name { prefix, local: local.to_owned() }, after)),
    }
}

fn plain(text: &str) -> (&str, &str) {
    if !text.starts_with(is_start) {
        return ("", text);
    }
    let end = text.find(|c| !is_start(c) && !is_inner(c)).unwrap_or(text.len());
    text.split_at(end)
}

fn is_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_inner(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '.' | '\u{b7}')
}
