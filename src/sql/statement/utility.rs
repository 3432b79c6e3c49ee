//! Statements about the session, and about tables as a whole.

use crate::error::{Error, Result};
use crate::proto::expression::ExprType;
use crate::proto::expression::literal::LiteralType;
use crate::sql::action::{Action, Declare, Execute, Name, TimeZone, Values};
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    /// `USE`, `SET`, `RESET` or `DECLARE`.
    pub(super) fn setting(&mut self) -> Result<Option<Action>> {
        if self.eat_word("USE") {
            if self.any_word_at(0, &["NAMESPACE", "DATABASE", "SCHEMA"]) && self.identifier_at(1) {
                self.bump();
            }
            return Ok(Some(Action::Use(self.table_name()?)));
        }
        if self.eat_word("RESET") {
            let key = self.rest_of_statement();
            return Ok(Some(Action::Reset((!key.is_empty()).then_some(key))));
        }
        if self.eat_word("DECLARE") {
            return self.declaration(false).map(Some);
        }
        self.require_word("SET")?;
        if self.word_at(0, "CATALOG") && self.token(1).kind != Kind::End && !self.symbol_at(1, "=")
        {
            self.bump();
            let name = match self.kind() {
                Kind::String => self.string()?,
                _ => self.identifier()?,
            };
            return Ok(Some(Action::SetCatalog(name)));
        }
        if self.eat_words(&["TIME", "ZONE"]) {
            return self.time_zone().map(Some);
        }
        let variable = self.any_word_at(0, &["VAR", "VARIABLE"]) && !self.symbol_at(1, "=");
        if variable || self.words(&["SESSION", "VARIABLE"]) {
            self.eat_word("SESSION");
            self.bump();
            return self.assignment_of_variables().map(Some);
        }
        Ok(Some(self.key_and_value()))
    }

    /// The text up to the end, which no grammar rules.
    fn rest_of_statement(&mut self) -> String {
        let start = self.token(0).start;
        let mut end = start;
        while !matches!(self.kind(), Kind::End | Kind::Symbol(";")) {
            end = self.bump().end;
        }
        self.slice(start, end).trim().to_owned()
    }

    /// `key = value`, `key` or nothing.
    fn key_and_value(&mut self) -> Action {
        let rest = self.rest_of_statement();
        let bare = |text: &str| {
            let text = text.trim();
            let inner = text.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
            inner.unwrap_or(text).to_owned()
        };
        match rest.split_once('=') {
            Some((key, value)) => Action::Set { key: Some(bare(key)), value: Some(bare(value)) },
            None => {
                let all = rest.is_empty() || rest == "-v";
                Action::Set { key: (!all).then(|| bare(&rest)), value: None }
            }
        }
    }

    fn time_zone(&mut self) -> Result<Action> {
        if self.eat_word("LOCAL") {
            return Ok(Action::SetTimeZone(TimeZone::Local));
        }
        if self.kind() == Kind::String {
            return Ok(Action::SetTimeZone(TimeZone::Named(self.string()?)));
        }
        let value = self.expression()?;
        let micros = match &value.expr_type {
            Some(ExprType::Literal(literal)) => match &literal.literal_type {
                Some(LiteralType::DayTimeInterval(micros)) => Some(*micros),
                Some(LiteralType::CalendarInterval(interval)) => Some(interval.microseconds),
                _ => None,
            },
            _ => None,
        };
        match micros {
            Some(micros) => Ok(Action::SetTimeZone(TimeZone::Offset(micros / 1_000_000))),
            None => Err(self.unexpected()),
        }
    }

    /// What stands behind `SET VAR`.
    pub(in crate::sql) fn assignment_of_variables(&mut self) -> Result<Action> {
        if self.symbol_at(0, "(") {
            let names = self.parenthesised(Self::multipart_identifier)?;
            self.require("=")?;
            self.require("(")?;
            let query = self.query()?;
            self.require(")")?;
            return Ok(Action::SetVariables {
                names,
                values: Box::new(Values::Query(Box::new(query))),
            });
        }
        let mut names: Vec<Name> = Vec::new();
        let mut values = Vec::new();
        loop {
            names.push(self.multipart_identifier()?);
            self.require("=")?;
            if self.word_at(0, "DEFAULT") {
                self.bump();
                values.push(None);
            } else {
                let value = self.expression()?;
                values.push(Some(self.row_of(value)));
            }
            if !self.eat(",") {
                break;
            }
        }
        Ok(Action::SetVariables { names, values: Box::new(Values::List(values)) })
    }

    /// What stands behind `DECLARE`.
    pub(in crate::sql) fn declaration(&mut self, _local: bool) -> Result<Action> {
        let replace = self.eat_words(&["OR", "REPLACE"]);
        if self.any_word_at(0, &["VARIABLE", "VAR"]) && self.identifier_at(1) {
            self.bump();
        }
        let names = self.list(Self::multipart_identifier)?;
        let assigned = |parser: &Self| parser.symbol_at(0, "=") || parser.word_at(0, "DEFAULT");
        let untyped = assigned(self) || matches!(self.kind(), Kind::End | Kind::Symbol(";"));
        let data_type = if untyped { None } else { Some(self.data_type()?) };
        let default = match assigned(self) {
            true => {
                self.bump();
                let value = self.expression()?;
                Some(self.row_of(value))
            }
            false => None,
        };
        if data_type.is_none() && default.is_none() {
            return Err(self.unexpected());
        }
        Ok(Action::Declare(Box::new(Declare { names, replace, data_type, default })))
    }

    /// `CACHE`, `UNCACHE`, `CLEAR CACHE`, `REFRESH`, `TRUNCATE`, `ANALYZE`, `REPAIR`.
    pub(super) fn maintenance(&mut self) -> Result<Option<Action>> {
        if self.eat_word("CACHE") {
            let lazy = self.eat_word("LAZY");
            self.require_word("TABLE")?;
            let name = self.table_name()?;
            let mut options = match self.eat_word("OPTIONS") {
                true => self.properties()?,
                false => Default::default(),
            };
            let mut level = None;
            options.retain(|key, value| match key.eq_ignore_ascii_case("storageLevel") {
                true => level.replace(std::mem::take(value)).is_some(),
                false => true,
            });
            let marked = self.eat_word("AS");
            let query = match marked || self.query_at(self.index()) {
                true => Some(Box::new(self.query()?)),
                false => None,
            };
            return Ok(Some(Action::Cache { name, query, level, lazy }));
        }
        if self.eat_word("UNCACHE") {
            self.require_word("TABLE")?;
            let if_exists = self.if_exists();
            return Ok(Some(Action::Uncache { name: self.table_name()?, if_exists }));
        }
        if self.eat_word("CLEAR") {
            self.require_word("CACHE")?;
            return Ok(Some(Action::ClearCache));
        }
        if self.eat_word("REFRESH") {
            if self.eat_word("FUNCTION") {
                return Err(Error::unsupported("sql.refresh_function"));
            }
            if self.eat_word("TABLE") {
                return Ok(Some(Action::Refresh(Some(self.table_name()?))));
            }
            self.rest_of_statement();
            return Ok(Some(Action::Refresh(None)));
        }
        if self.eat_word("TRUNCATE") {
            self.require_word("TABLE")?;
            let name = self.table_name()?;
            if self.word_at(0, "PARTITION") {
                return Err(Error::unsupported("sql.truncate_partition"));
            }
            return Ok(Some(Action::Truncate { name }));
        }
        if self.eat_word("ANALYZE") {
            return self.analysis().map(Some);
        }
        let operation = match self.eat_word("MSCK") {
            true => "MSCK REPAIR TABLE",
            false => "REPAIR TABLE",
        };
        self.require_words(&["REPAIR", "TABLE"])?;
        let name = self.table_name()?;
        let drop = self.any_word_at(0, &["DROP", "SYNC"]);
        let add = !self.word_at(0, "DROP");
        self.rest_of_statement();
        Ok(Some(Action::Repair { name, operation, add, drop }))
    }

    fn analysis(&mut self) -> Result<Action> {
        if self.eat_word("TABLES") {
            self.rest_of_statement();
            return Ok(Action::Analyze { name: None });
        }
        self.require_word("TABLE")?;
        let name = self.table_name()?;
        if self.word_at(0, "PARTITION") {
            self.partition()?;
        }
        self.require_words(&["COMPUTE", "STATISTICS"])?;
        if self.eat_words(&["FOR", "ALL", "COLUMNS"]) || self.eat_word("NOSCAN") {
            return Ok(Action::Analyze { name: Some(name) });
        }
        if self.eat_words(&["FOR", "COLUMNS"]) {
            self.list(Self::multipart_identifier)?;
        }
        Ok(Action::Analyze { name: Some(name) })
    }

    /// `EXECUTE IMMEDIATE text [INTO ..] [USING ..]`.
    pub(super) fn execution(&mut self) -> Result<Option<Action>> {
        self.require_words(&["EXECUTE", "IMMEDIATE"])?;
        let text = self.expression()?;
        let text = self.row_of(text);
        let into = match self.eat_word("INTO") {
            true => self.list(Self::multipart_identifier)?,
            false => Vec::new(),
        };
        let mut arguments = Vec::new();
        if self.eat_word("USING") {
            let parenthesised = self.eat("(");
            arguments = self.list(|parser| {
                let value = parser.expression()?;
                let name = match parser.eat_word("AS") || parser.identifier_at(0) {
                    true => Some(parser.identifier()?),
                    false => None,
                };
                Ok((value, name))
            })?;
            if parenthesised {
                self.require(")")?;
            }
        }
        Ok(Some(Action::Execute(Box::new(Execute { text, into, arguments }))))
    }
}
