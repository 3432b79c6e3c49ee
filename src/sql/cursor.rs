//! The parser's state: where it is in the tokens, how deep, and what it found
//! that does not go into the tree.

use prost::Message as _;

use super::Parameters;
use super::lexer::{self, Kind, Token};
use crate::error::{Condition, Error, QueryContext, Result, SparkError};
use crate::planner::grown::with_stack;
use crate::proto;

/// Expressions, types and queries nested deeper than this are refused.
pub(super) const MAX_DEPTH: usize = 2_000;

/// Bytes of messages that may be copied from one place of the tree to others.
const MAX_COPIED: usize = 8 * 1024 * 1024;

/// A parser over the tokens of one text.
pub(super) struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    pub(super) parameters: &'t Parameters,
    /// Subqueries of expressions that no query has claimed yet.
    pub(super) references: Vec<proto::Relation>,
    /// Names of the parameters of enclosing lambda functions.
    pub(super) lambdas: Vec<Vec<String>>,
    /// Windows that the `WINDOW` clauses of enclosing queries name.
    pub(super) windows: Vec<Vec<(String, super::expression::window::Specification)>>,
    depth: usize,
    /// How deep the tree is that was built since the innermost [`Self::nested`].
    height: usize,
    limit: usize,
    /// What is wrong beyond syntax: a syntax error further on comes before it.
    blamed: Option<Error>,
    copied: usize,
    /// Whether an alias may follow the expression being parsed, so that a word at
    /// its end can be one.
    pub(super) naming: bool,
    /// Whether `DO` follows the query being parsed.
    pub(super) looping: bool,
}

impl<'t> Parser<'t> {
    /// A parser at the start of `text`.
    ///
    /// # Errors
    /// For a comment that is not closed.
    pub(super) fn new(text: &'t str, parameters: &'t Parameters, limit: usize) -> Result<Self> {
        let lexer::Tokens { tokens, unclosed_comment } = lexer::tokenize(text);
        let parser = Self {
            text,
            tokens,
            at: 0,
            parameters,
            references: Vec::new(),
            lambdas: Vec::new(),
            windows: Vec::new(),
            depth: 0,
            height: 0,
            limit,
            blamed: None,
            copied: 0,
            naming: false,
            looping: false,
        };
        match unclosed_comment {
            Some(token) => {
                let error = SparkError::new(Condition::UNCLOSED_BRACKETED_COMMENT, NO_PARAMETERS);
                Err(parser.located(error, &token))
            }
            None => Ok(parser),
        }
    }

    // Tokens.

    /// The token `ahead` of the current one; the end of the text past it.
    pub(super) fn token(&self, ahead: usize) -> &Token {
        self.token_at(self.at + ahead)
    }

    /// The token at an index; the end of the text past it.
    pub(super) fn token_at(&self, index: usize) -> &Token {
        let last = self.tokens.len() - 1;
        &self.tokens[index.min(last)]
    }

    /// The index of the current token.
    pub(super) fn index(&self) -> usize {
        self.at
    }

    /// What the current token is.
    pub(super) fn kind(&self) -> Kind {
        self.token(0).kind
    }

    /// A token's text.
    pub(super) fn text_of(&self, token: &Token) -> &'t str {
        self.text.get(token.start..token.end).unwrap_or_default()
    }

    /// A piece of the text.
    pub(super) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The index of a token.
    pub(super) fn index_of(&self, token: &Token) -> usize {
        self.tokens.partition_point(|own| own.start < token.start)
    }

    /// Steps over the current token.
    pub(super) fn bump(&mut self) -> Token {
        let token = *self.token(0);
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    /// Whether the token `ahead` is the word `word`, whatever its case.
    pub(super) fn word_at(&self, ahead: usize, word: &str) -> bool {
        self.word_at_index(self.at + ahead, word)
    }

    /// Whether the token at an index is the word `word`, whatever its case.
    pub(super) fn word_at_index(&self, index: usize, word: &str) -> bool {
        let token = self.token_at(index);
        token.kind == Kind::Word && self.text_of(token).eq_ignore_ascii_case(word)
    }

    /// Whether the next tokens are these words.
    pub(super) fn words(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(ahead, word)| self.word_at(ahead, word))
    }

    /// Whether the token `ahead` is one of these words.
    pub(super) fn any_word_at(&self, ahead: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.word_at(ahead, word))
    }

    /// Whether the token `ahead` is this symbol.
    pub(super) fn symbol_at(&self, ahead: usize, symbol: &str) -> bool {
        matches!(self.token(ahead).kind, Kind::Symbol(own) if own == symbol)
    }

    /// Steps over the words if all of them are next.
    pub(super) fn eat_words(&mut self, words: &[&str]) -> bool {
        let found = self.words(words);
        if found {
            words.iter().for_each(|_| {
                self.bump();
            });
        }
        found
    }

    /// Steps over the word if it is next.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        self.eat_words(&[word])
    }

    /// Steps over the symbol if it is next.
    pub(super) fn eat(&mut self, symbol: &str) -> bool {
        let found = self.symbol_at(0, symbol);
        if found {
            self.bump();
        }
        found
    }

    /// Steps over the symbol, which must be next.
    pub(super) fn require(&mut self, symbol: &str) -> Result<()> {
        if self.eat(symbol) { Ok(()) } else { Err(self.missing(symbol)) }
    }

    /// Steps over the word, which must be next.
    pub(super) fn require_word(&mut self, word: &str) -> Result<()> {
        if self.eat_word(word) { Ok(()) } else { Err(self.missing(word)) }
    }

    /// Steps over the words, which must be next.
    pub(super) fn require_words(&mut self, words: &[&str]) -> Result<()> {
        words.iter().try_for_each(|word| self.require_word(word))
    }

    /// Whether a `>` that closes a type's parameters is next, perhaps as a part of
    /// `>>`.
    pub(super) fn closing_ahead(&self) -> bool {
        matches!(self.kind(), Kind::Symbol(">" | ">>" | ">>>" | ">="))
    }

    /// Steps over one `>`; what is left of `>>` stays the current token.
    pub(super) fn require_closing(&mut self) -> Result<()> {
        let rest = match self.kind() {
            Kind::Symbol(">") => return self.require(">"),
            Kind::Symbol(">>") => ">",
            Kind::Symbol(">>>") => ">>",
            Kind::Symbol(">=") => "=",
            _ => return self.require(">"),
        };
        let at = self.at;
        let token = &mut self.tokens[at];
        token.kind = Kind::Symbol(rest);
        token.start += 1;
        token.character += 1;
        token.column += 1;
        Ok(())
    }

    /// The rest must be empty, but for semicolons.
    pub(super) fn require_end(&mut self) -> Result<()> {
        let mut closed = false;
        while self.eat(";") {
            closed = true;
        }
        match (self.kind(), self.token(1).kind) {
            (Kind::End, _) => Ok(()),
            (_, Kind::End | Kind::Symbol(";")) => Err(self.extra()),
            _ if closed => Err(self.extra()),
            _ => Err(self.unexpected()),
        }
    }

    /// Steps over the symbol, which must be next; if what is there could stand
    /// behind it, the error says that it is missing.
    pub(super) fn require_or_miss(&mut self, symbol: &str) -> Result<()> {
        if self.eat(symbol) {
            return Ok(());
        }
        if self.symbol_at(1, symbol) || self.kind() == Kind::Unknown {
            return self.require(symbol);
        }
        Err(self.lacking(&format!("'{symbol}'")))
    }

    /// The parenthesis behind a list, of which `several` were read. Spark leaves
    /// out whatever stands behind a later item.
    pub(super) fn close_list(&mut self, several: bool) -> Result<()> {
        if self.eat(")") {
            return Ok(());
        }
        let fits = self.symbol_at(1, ")") || self.symbol_at(1, ",");
        if several || fits && self.kind() != Kind::End {
            return Err(self.extra());
        }
        Err(self.unexpected())
    }

    /// The syntax error at the current token, before which something is missing.
    pub(super) fn lacking(&self, what: &str) -> Error {
        self.unexpected_at(self.at, &format!(": missing {what}"))
    }

    /// The index behind the parenthesis that closes the one at `index`.
    pub(super) fn behind(&self, index: usize) -> Option<usize> {
        self.token_at(index).close.map(|close| close + 1)
    }

    /// Goes to a token.
    pub(super) fn seek(&mut self, index: usize) {
        self.at = index.min(self.tokens.len() - 1);
    }

    /// Items separated by commas, at least one.
    pub(super) fn list<T>(&mut self, item: impl Fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let mut items = vec![item(self)?];
        while self.eat(",") {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// Items separated by commas in parentheses, at least one.
    pub(super) fn parenthesised<T>(
        &mut self,
        item: impl Fn(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.require("(")?;
        let items = self.list(item)?;
        self.require(")")?;
        Ok(items)
    }

    // Depth.

    /// Parses something that may hold itself, on enough stack, within the bound.
    pub(super) fn nested<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.depth += 1;
        let before = std::mem::take(&mut self.height);
        let naming = std::mem::take(&mut self.naming);
        let result = self
            .check_depth()
            .and_then(|()| with_stack(|| work(self)))
            .and_then(|value| self.grow().map(|()| value));
        self.depth -= 1;
        self.height = self.height.max(before);
        self.naming = naming;
        result
    }

    /// Parses one of several parts of a node: the node is as high as the highest.
    pub(super) fn apart<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let before = std::mem::take(&mut self.height);
        let result = work(self);
        self.height = self.height.max(before);
        result
    }

    /// Notes that a node was put on top of what was built.
    pub(super) fn grow(&mut self) -> Result<()> {
        self.height += 1;
        self.check_depth()
    }

    fn check_depth(&self) -> Result<()> {
        if self.depth.max(self.height) <= self.limit {
            return Ok(());
        }
        Err(self.too_complex())
    }

    fn too_complex(&self) -> Error {
        let error = SparkError::new(Condition::FAILED_TO_PARSE_TOO_COMPLEX, NO_PARAMETERS);
        self.located(error, self.token(0))
    }

    // Faults.

    /// Notes a feature that is valid but not served.
    pub(super) fn refuse(&mut self, feature: &str) {
        self.blame(Error::unsupported(feature));
    }

    /// Notes a fault that is not one of syntax. Parsing goes on, since a syntax
    /// error behind it is what Spark reports.
    pub(super) fn blame(&mut self, error: Error) {
        self.blamed.get_or_insert(error);
    }

    /// The first fault that was noted, when all is parsed.
    pub(super) fn finish(&mut self) -> Result<()> {
        self.blamed.take().map_or(Ok(()), Err)
    }

    /// A copy of an expression that the tree holds more than once. What is copied
    /// in total is bounded: copies of copies grow without limit.
    pub(super) fn copy(&mut self, of: &proto::Expression) -> Result<proto::Expression> {
        self.copied = self.copied.saturating_add(with_stack(|| of.encoded_len()));
        if self.copied > MAX_COPIED {
            return Err(self.too_complex());
        }
        Ok(with_stack(|| of.clone()))
    }

    /// Spark's syntax error at the current token.
    pub(super) fn unexpected(&self) -> Error {
        self.unexpected_at(self.at, "")
    }

    /// Spark's syntax error at a token.
    pub(super) fn unexpected_at(&self, index: usize, hint: &str) -> Error {
        let token = self.token_at(index);
        let error = SparkError::new(
            Condition::PARSE_SYNTAX_ERROR,
            [("error", self.display(token)), ("hint", hint.to_owned())],
        );
        self.located(error, token)
    }

    /// Spark's syntax error at a token that it would leave out.
    pub(super) fn extra(&self) -> Error {
        let hint = format!(": extra input {}", self.display(self.token(0)));
        self.unexpected_at(self.at, &hint)
    }

    /// The syntax error where `wanted` must stand. What Spark's parser would
    /// repair by leaving out or adding a token, it says in a hint.
    fn missing(&self, wanted: &str) -> Error {
        let next_fits = self.symbol_at(1, wanted) || self.word_at(1, wanted);
        if next_fits {
            return self.extra();
        }
        self.unexpected()
    }

    /// A token as Spark shows it in syntax errors.
    fn display(&self, token: &Token) -> String {
        match token.kind {
            Kind::End => "end of input".to_owned(),
            _ => {
                let text = self.text_of(token);
                let text = text.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
                format!("'{text}'")
            }
        }
    }

    /// An error with Spark's condition, pointing at the token before the current one.
    pub(super) fn fault<const N: usize>(
        &self,
        token: &Token,
        condition: Condition,
        parameters: [(&str, String); N],
    ) -> Error {
        self.located(SparkError::new(condition, parameters), token)
    }

    fn located(&self, error: SparkError, token: &Token) -> Error {
        let length = self.text_of(token).chars().count();
        error
            .with_context(QueryContext {
                sql: self.text.to_owned(),
                line: token.line,
                position: token.column,
                start: token.character,
                stop: (token.character + length).saturating_sub(1),
            })
            .into()
    }
}

/// For conditions without parameters.
pub(super) const NO_PARAMETERS: [(&str, String); 0] = [];
