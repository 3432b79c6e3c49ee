//! Statements: which one a text is.

mod alter;
mod create;
mod routine;
mod rows;
mod show;
mod utility;

use crate::error::{Error, Result};
use crate::proto;

use super::action::Action;
use super::cursor::Parser;
use super::lexer::Kind;

/// A statement.
#[derive(Debug, Clone)]
pub(crate) enum Statement {
    /// A query.
    Query(Box<proto::Relation>),
    /// A statement that changes something, for which the protocol has a message.
    Command(Box<proto::Command>),
    /// One that it has none for.
    Action(Box<Action>),
}

/// First words of the statements that are known and refused. Longer ones come
/// before those that begin like them.
const REFUSED: &[(&[&str], &str)] = &[
    (&["SHOW", "PROCEDURES"], "show_procedures"),
    (&["CREATE", "INDEX"], "create_index"),
    (&["CREATE", "STREAMING", "TABLE"], "create_streaming_table"),
    (&["CREATE", "OR", "REFRESH"], "create_streaming_table"),
    (&["CREATE", "MATERIALIZED", "VIEW"], "create_materialized_view"),
    (&["CREATE", "FLOW"], "create_flow"),
    (&["DROP", "MATERIALIZED", "VIEW"], "drop_view"),
    (&["DROP", "INDEX"], "drop_index"),
    (&["ALTER", "MATERIALIZED", "VIEW"], "alter_view"),
    (&["LOAD", "DATA"], "load_data"),
    (&["ADD"], "add_resource"),
    (&["LIST"], "list_resources"),
    (&["CALL"], "call"),
];

impl Parser<'_> {
    /// One statement.
    pub(super) fn statement(&mut self) -> Result<Statement> {
        if let Some(feature) = self.refused_statement() {
            return Err(Error::unsupported(format!("sql.{feature}")));
        }
        if let Some(action) = self.nested(Self::action)? {
            return Ok(Statement::Action(Box::new(action)));
        }
        if self.word_at(0, "CREATE") {
            return self.create_view();
        }
        let begun = REFUSED.iter().map(|(words, _)| self.words_in_common(words)).max();
        if let Some(begun) = begun.filter(|begun| *begun > 0 && !self.query_at(self.index())) {
            return Err(self.unexpected_at(self.index() + begun, ""));
        }
        let query = self.query()?;
        Ok(Statement::Query(Box::new(query)))
    }

    fn refused_statement(&self) -> Option<&'static str> {
        let named =
            |(words, _): &&(&[&str], &'static str)| self.words_in_common(words) == words.len();
        let (words, feature) = REFUSED.iter().find(named)?;
        let alone = matches!(self.token(words.len()).kind, Kind::End | Kind::Symbol(";"));
        let may_be_alone = ["set", "reset", "list_resources", "clear_cache"].contains(feature)
            || feature.starts_with("show_");
        (!alone || may_be_alone).then_some(*feature)
    }

    /// How many of the words are here.
    fn words_in_common(&self, words: &[&str]) -> usize {
        let here = |(place, word): (usize, &&str)| {
            // `TEMP` is short for `TEMPORARY` wherever that may stand.
            self.word_at(place, word) || *word == "TEMPORARY" && self.word_at(place, "TEMP")
        };
        words.iter().enumerate().take_while(|(place, word)| here((*place, word))).count()
    }

    /// A statement without a message, if one is here.
    fn action(&mut self) -> Result<Option<Action>> {
        let word = match self.kind() {
            Kind::Word => self.text_of(self.token(0)).to_ascii_uppercase(),
            _ => return Ok(None),
        };
        match word.as_str() {
            "CREATE" | "REPLACE" => self.creation(),
            "DROP" => self.dropping(),
            "ALTER" => self.alteration(),
            "COMMENT" => self.comment_on(),
            "INSERT" => self.insertion().map(Some),
            "DELETE" | "UPDATE" | "MERGE" => self.modification(),
            "USE" | "SET" | "RESET" | "DECLARE" => self.setting(),
            "SHOW" => self.showing(),
            "DESCRIBE" | "DESC" => self.description(),
            "EXPLAIN" => self.explanation(),
            "CACHE" | "UNCACHE" | "CLEAR" | "REFRESH" | "TRUNCATE" | "ANALYZE" | "MSCK"
            | "REPAIR" => self.maintenance(),
            "EXECUTE" => self.execution(),
            "BEGIN" => self.script(),
            _ => Ok(None),
        }
    }
}
