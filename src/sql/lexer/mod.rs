//! Text to tokens, by Spark's lexical rules.
//!
//! Keywords are ordinary words: Spark reserves almost none of them, so the parser
//! decides by place what a word is. Nothing is an error here. A character that
//! starts no token becomes a token of its own, and the parser stumbles over it
//! where Spark does.

mod number;
mod string;

pub(super) use number::Suffix;
pub(super) use string::unescape;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word: identifier or keyword.
    Word,
    /// An identifier in backquotes.
    Quoted,
    /// A string literal, raw or not, in either kind of quotes.
    String,
    /// A number, with what its suffix or form says about its type.
    Number(Suffix),
    /// An operator or a piece of punctuation.
    Symbol(&'static str),
    /// A character that starts no token.
    Unknown,
    /// The end of the text.
    End,
}

/// A token and where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Byte range in the text.
    pub(super) start: usize,
    pub(super) end: usize,
    /// First character, counted from 0 in the whole text.
    pub(super) character: usize,
    /// Line, from 1.
    pub(super) line: usize,
    /// Character in the line, from 0.
    pub(super) column: usize,
    /// For `(`: the index of the token that closes it.
    pub(super) close: Option<usize>,
}

/// The tokens of a text, and what went wrong on the way.
#[derive(Debug)]
pub(super) struct Tokens {
    /// Always ends with one [`Kind::End`].
    pub(super) tokens: Vec<Token>,
    /// A bracketed comment that nothing closes starts here.
    pub(super) unclosed_comment: Option<Token>,
}

/// Operators and punctuation, longer ones before their prefixes.
const SYMBOLS: &[&str] = &[
    "/*+", "<=>", ">>>", "*/", "<=", "<>", "!=", "!>", "!<", ">=", "==", "||", "|>", "::", "->",
    "=>", "<<", ">>", "(", ")", "[", "]", ",", ".", ";", "+", "-", "*", "/", "%", "~", "&", "|",
    "^", "=", "<", ">", "!", ":", "?", "@", "{", "}",
];

/// Splits `text` into tokens.
pub(super) fn tokenize(text: &str) -> Tokens {
    let mut lexer = Lexer { text, at: 0, character: 0, line: 1, column: 0, unclosed: None };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blank();
        let token = lexer.next();
        tokens.push(token);
        if token.kind == Kind::End {
            break;
        }
    }
    pair_parentheses(&mut tokens);
    Tokens { tokens, unclosed_comment: lexer.unclosed }
}

fn pair_parentheses(tokens: &mut [Token]) {
    let mut open = Vec::new();
    for at in 0..tokens.len() {
        match tokens[at].kind {
            Kind::Symbol("(") => open.push(at),
            Kind::Symbol(")") => {
                if let Some(start) = open.pop() {
                    tokens[start].close = Some(at);
                }
            }
            _ => {}
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    character: usize,
    line: usize,
    column: usize,
    unclosed: Option<Token>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Moves over `length` bytes, which end at a character boundary.
    fn advance(&mut self, length: usize) {
        for character in self.rest().get(..length).unwrap_or_default().chars() {
            self.character += 1;
            if character == '\n' {
                self.line += 1;
                self.column = 0;
            } else {
                self.column += 1;
            }
        }
        self.at += length;
    }

    fn token(&self, kind: Kind, length: usize) -> Token {
        Token {
            kind,
            start: self.at,
            end: self.at + length,
            character: self.character,
            line: self.line,
            column: self.column,
            close: None,
        }
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start_matches([' ', '\r', '\n', '\t']).len();
            if blank > 0 {
                self.advance(blank);
            } else if rest.starts_with("--") {
                self.advance(line_comment(rest));
            } else if rest.starts_with("/*") && !rest.starts_with("/*+") {
                let (length, closed) = bracketed_comment(rest);
                if !closed && self.unclosed.is_none() {
                    self.unclosed = Some(self.token(Kind::Unknown, length));
                }
                self.advance(length);
            } else {
                return;
            }
        }
    }

    fn next(&mut self) -> Token {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return self.token(Kind::End, 0) };
        let (kind, length) = classify(rest, first);
        let token = self.token(kind, length);
        self.advance(length);
        token
    }
}

/// What the token at the start of `rest` is, and how long.
fn classify(rest: &str, first: char) -> (Kind, usize) {
    if let Some(length) = string::length(rest) {
        return (Kind::String, length);
    }
    if first == '`' {
        return string::quoted(rest, '`', false)
            .map_or((Kind::Unknown, 1), |length| (Kind::Quoted, length));
    }
    let word = word_length(rest);
    if let Some((suffix, length)) = number::scan(rest).filter(|(_, length)| *length >= word) {
        return (Kind::Number(suffix), length);
    }
    if word > 0 {
        return (Kind::Word, word);
    }
    match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
        Some(symbol) => (Kind::Symbol(symbol), symbol.len()),
        None => (Kind::Unknown, first.len_utf8()),
    }
}

fn word_length(rest: &str) -> usize {
    let in_word = |c: char| c.is_alphabetic() || c.is_ascii_digit() || c == '_';
    let length = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
    let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    match rest.get(letters..).and_then(|tail| tail.strip_prefix("://")) {
        Some(tail) if letters > 0 => length.max(letters + 3 + location_length(tail)),
        _ => length,
    }
}

/// How much of `tail` belongs to a location such as `s3://bucket/path`.
fn location_length(tail: &str) -> usize {
    let inside = |c: char| c.is_alphanumeric() || "_/-.?=&#%".contains(c);
    tail.find(|c| !inside(c)).unwrap_or(tail.len())
}

/// A comment to the end of the line; a backslash before the end continues it.
fn line_comment(rest: &str) -> usize {
    let mut from = 0;
    while let Some(end) = rest.get(from..).and_then(|tail| tail.find('\n')) {
        let end = from + end;
        if !rest.get(..end).unwrap_or_default().ends_with('\\') {
            return end + 1;
        }
        from = end + 1;
    }
    rest.len()
}

/// The length of a comment that may hold others, and whether it is closed.
fn bracketed_comment(rest: &str) -> (usize, bool) {
    let bytes = rest.as_bytes();
    let (mut at, mut depth) = (2, 1);
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'*', b'/') if depth == 1 => return (at + 2, true),
            (b'*', b'/') => {
                depth -= 1;
                at += 2;
            }
            (b'/', b'*') if bytes.get(at + 2) != Some(&b'+') => {
                depth += 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    (rest.len(), false)
}
