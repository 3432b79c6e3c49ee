//! JSON taken apart, with the liberties that options grant.

use std::borrow::Cow;

use super::super::Options;
use crate::error::Result;
use crate::planner::grown::with_stack;
use crate::types::display::{double_text, quote};

/// How deep values may be nested.
const DEEPEST: usize = 1000;

/// Liberties beyond what JSON is.
#[derive(Debug, Clone)]
pub(crate) struct Leniency {
    comments: bool,
    bare_names: bool,
    single_quotes: bool,
    leading_zeros: bool,
    any_escape: bool,
    control_characters: bool,
    no_numbers: bool,
}

impl Leniency {
    /// JSON as it is.
    pub(crate) const STRICT: Self = Self {
        comments: false,
        bare_names: false,
        single_quotes: false,
        leading_zeros: false,
        any_escape: false,
        control_characters: false,
        no_numbers: false,
    };

    pub(super) fn take(options: &mut Options) -> Result<Self> {
        Ok(Self {
            comments: options.flag("allowcomments", false)?,
            bare_names: options.flag("allowunquotedfieldnames", false)?,
            single_quotes: options.flag("allowsinglequotes", true)?,
            leading_zeros: options.flag("allownumericleadingzeros", false)?,
            any_escape: options.flag("allowbackslashescapinganycharacter", false)?,
            control_characters: options.flag("allowunquotedcontrolchars", false)?,
            no_numbers: options.flag("allownonnumericnumbers", true)?,
        })
    }
}

impl Leniency {
    /// Whether there are names for numbers that are none.
    pub(super) fn has_named_numbers(&self) -> bool {
        self.no_numbers
    }
}

/// A value, and how it is written.
#[derive(Debug, Clone)]
pub(crate) struct Node<'t> {
    pub(crate) value: Value<'t>,
    pub(crate) raw: &'t str,
}

#[derive(Debug, Clone)]
pub(crate) enum Value<'t> {
    Null,
    Boolean(bool),
    Number(&'t str),
    /// `NaN`, `Infinity` and their kin.
    NoNumber(&'t str),
    Text(Cow<'t, str>),
    Array(Vec<Node<'t>>),
    /// Names may repeat.
    Object(Vec<(Cow<'t, str>, Node<'t>)>),
}

impl Value<'_> {
    /// The value written anew; a text without its quotes.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.to_string(),
            other => {
                let mut out = String::new();
                other.write(&mut out);
                out
            }
        }
    }

    fn write(&self, out: &mut String) {
        with_stack(|| match self {
            Self::Null => out.push_str("null"),
            Self::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(text) => out.push_str(&number(text)),
            Self::NoNumber(text) => quote(plain_name(text), out),
            Self::Text(text) => quote(text, out),
            Self::Array(elements) => {
                out.push('[');
                for (at, element) in elements.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    element.value.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (at, (name, member)) in members.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    quote(name, out);
                    out.push(':');
                    member.value.write(out);
                }
                out.push('}');
            }
        });
    }
}

/// A number that is none, by the name that Java has for it.
fn plain_name(text: &str) -> &'static str {
    match text.trim_start_matches('+') {
        "NaN" => "NaN",
        "INF" | "Infinity" => "Infinity",
        _ => "-Infinity",
    }
}

/// A number with a point or an exponent is a double.
fn number(text: &str) -> Cow<'_, str> {
    match text.parse::<f64>() {
        Ok(value) if text.contains(['.', 'e', 'E']) => Cow::Owned(double_text(value)),
        _ => Cow::Borrowed(text),
    }
}

/// The first value of a text, whatever follows it: none if it is malformed, and none in
/// it if there is nothing.
pub(crate) fn first_value<'t>(text: &'t str, leniency: &Leniency) -> Option<Option<Node<'t>>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { leniency, rest: text, depth: 0 };
    reader.skip()?;
    if reader.rest.is_empty() {
        return Some(None);
    }
    reader.node().map(Some)
}

struct Reader<'t, 'l> {
    leniency: &'l Leniency,
    rest: &'t str,
    depth: usize,
}

impl<'t> Reader<'t, '_> {
    /// Goes past blanks, and past comments if there may be any.
    fn skip(&mut self) -> Option<()> {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
            if !self.leniency.comments || !self.rest.starts_with('/') {
                return Some(());
            }
            let end = match self.rest.as_bytes().get(1)? {
                b'/' => self.rest.find(['\n', '\r']).unwrap_or(self.rest.len()),
                b'*' => self.rest.get(2..)?.find("*/")? + 4,
                _ => return None,
            };
            self.rest = self.rest.get(end..)?;
        }
    }

    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn node(&mut self) -> Option<Node<'t>> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let start = self.rest;
        let value = with_stack(|| self.value())?;
        self.depth -= 1;
        Some(Node { value, raw: &start[..start.len() - self.rest.len()] })
    }

    fn value(&mut self) -> Option<Value<'t>> {
        match self.rest.chars().next()? {
            '{' => self.object(),
            '[' => self.array(),
            '"' => self.text('"').map(Value::Text),
            '\'' if self.leniency.single_quotes => self.text('\'').map(Value::Text),
            _ => self.word(),
        }
    }

    fn object(&mut self) -> Option<Value<'t>> {
        self.eat("{");
        let mut members = Vec::new();
        self.skip()?;
        if self.eat("}") {
            return Some(Value::Object(members));
        }
        loop {
            self.skip()?;
            let name = self.name()?;
            self.skip()?;
            if !self.eat(":") {
                return None;
            }
            self.skip()?;
            let node = self.node()?;
            members.push((name, node));
            self.skip()?;
            if self.eat("}") {
                return Some(Value::Object(members));
            }
            if !self.eat(",") {
                return None;
            }
        }
    }

    fn name(&mut self) -> Option<Cow<'t, str>> {
        match self.rest.chars().next()? {
            '"' => self.text('"'),
            '\'' if self.leniency.single_quotes => self.text('\''),
            c if self.leniency.bare_names && is_part_of_name(c) => {
                let end = self.rest.find(|c| !is_part_of_name(c)).unwrap_or(self.rest.len());
                let (name, rest) = self.rest.split_at(end);
                self.rest = rest;
                Some(Cow::Borrowed(name))
            }
            _ => None,
        }
    }

    fn array(&mut self) -> Option<Value<'t>> {
        self.eat("[");
        let mut elements = Vec::new();
        self.skip()?;
        if self.eat("]") {
            return Some(Value::Array(elements));
        }
        loop {
            self.skip()?;
            elements.push(self.node()?);
            self.skip()?;
            if self.eat("]") {
                return Some(Value::Array(elements));
            }
            if !self.eat(",") {
                return None;
            }
        }
    }

    /// Text in quotes.
    fn text(&mut self, quote: char) -> Option<Cow<'t, str>> {
        self.rest = self.rest.strip_prefix(quote)?;
        let start = self.rest;
        let mut plain: Option<String> = None;
        loop {
            let c = self.rest.chars().next()?;
            let before = &start[..start.len() - self.rest.len()];
            self.rest = &self.rest[c.len_utf8()..];
            match c {
                c if c == quote => return Some(plain.map_or(Cow::Borrowed(before), Cow::Owned)),
                '\\' => {
                    let escaped = self.escaped()?;
                    plain.get_or_insert_with(|| before.to_owned()).push(escaped);
                }
                c if c < ' ' && !self.leniency.control_characters => return None,
                c => {
                    if let Some(plain) = &mut plain {
                        plain.push(c);
                    }
                }
            }
        }
    }

    /// The character that a backslash and what follows it stand for.
    fn escaped(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(match c {
            '"' | '\\' | '/' => c,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.code(),
            '\'' if self.leniency.single_quotes => c,
            c if self.leniency.any_escape => c,
            _ => return None,
        })
    }

    fn code(&mut self) -> Option<char> {
        let high = self.four_digits()?;
        if !(0xd800..0xe000).contains(&high) {
            return char::from_u32(high);
        }
        // Half of a pair alone is no character.
        let alone = Some(char::REPLACEMENT_CHARACTER);
        if high >= 0xdc00 || !self.rest.starts_with("\\u") {
            return alone;
        }
        let after_high = self.rest;
        self.rest = &self.rest[2..];
        let low = self.four_digits()?;
        if !(0xdc00..0xe000).contains(&low) {
            self.rest = after_high;
            return alone;
        }
        char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.rest.get(..4)?;
        let code = u32::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
        self.rest = &self.rest[4..];
        Some(code)
    }

    /// A number or a word.
    fn word(&mut self) -> Option<Value<'t>> {
        let is_end = |c: char| ",:]}[{\"'/".contains(c) || c.is_whitespace();
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word {
            "null" => Some(Value::Null),
            "true" => Some(Value::Boolean(true)),
            "false" => Some(Value::Boolean(false)),
            "NaN" | "INF" | "+INF" | "-INF" | "Infinity" | "+Infinity" | "-Infinity"
                if self.leniency.no_numbers =>
            {
                Some(Value::NoNumber(word))
            }
            word => self.number(word).map(Value::Number),
        }
    }

    fn number(&self, word: &'t str) -> Option<&'t str> {
        let unsigned = word.strip_prefix('-').unwrap_or(word);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let exponent_good =
            exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)));
        let good = digits(whole) && fraction.is_none_or(digits) && exponent_good;
        if !good {
            return None;
        }
        let zeros = whole.len() - whole.trim_start_matches('0').len();
        match zeros {
            _ if whole.len() == 1 || zeros == 0 => Some(word),
            _ if !self.leniency.leading_zeros => None,
            // A sign before zeros stays with them.
            _ if word.starts_with('-') => Some(word),
            _ => word.get(zeros.min(whole.len() - 1)..),
        }
    }
}

fn is_part_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '-' | '@' | '#' | '*' | '+')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use std::collections::HashMap;

    use super::*;

    fn read<'t>(text: &'t str, options: &[&str]) -> Option<Option<Node<'t>>> {
        let options = options.iter().map(|name| (name.to_string(), "true".to_owned()));
        let options = options.collect::<HashMap<_, _>>();
        first_value(text, &Leniency::take(&mut Options::reading(&options)).unwrap())
    }

    #[test]
    fn values_keep_how_they_are_written() {
        let node = read("{\"a\": [1.00 , 'x'] , \"b\":NaN} rest", &[]).unwrap().unwrap();
        let Value::Object(members) = node.value else { panic!("no object") };
        assert_eq!(members[0].1.raw, "[1.00 , 'x']");
        assert!(matches!(members[1].1.value, Value::NoNumber("NaN")));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in ["{bad", "{\"a\":1", "{\"a\":01}", "[1 2]", "\"\\x\"", "\"a\tb\"", "tru"] {
            assert!(read(text, &[]).is_none(), "{text}");
        }
        assert!(read("  ", &[]).unwrap().is_none());
    }

    #[test]
    fn liberties_are_granted() {
        for (text, option) in [
            ("{a:1}", "allowunquotedfieldnames"),
            ("{\"a\":01}", "allownumericleadingzeros"),
            ("/* x */ [1] // y", "allowcomments"),
            ("\"\\x\"", "allowbackslashescapinganycharacter"),
            ("\"a\tb\"", "allowunquotedcontrolchars"),
        ] {
            assert!(read(text, &[]).is_none(), "{text}");
            assert!(read(text, &[option]).unwrap().is_some(), "{text}");
        }
    }

    #[test]
    fn values_are_written_anew() {
        let text = |text: &str| read(text, &[]).unwrap().unwrap().value.text();
        assert_eq!(
            text("{\"a\": [1.00, 1e3 , -INF], 'b':\"\\n\"}"),
            "{\"a\":[1.0,1000.0,\"-Infinity\"],\"b\":\"\\n\"}"
        );
        assert_eq!(text("\"x\""), "x");
        assert_eq!(text("12345678901234567890123"), "12345678901234567890123");
    }

    #[test]
    fn escapes_are_characters() {
        let node = read("\"\\u00e9\\ud83d\\ude00\\n\"", &[]).unwrap().unwrap();
        assert!(matches!(node.value, Value::Text(text) if text == "é😀\n"));
    }
}
