//! `SHOW`, `DESCRIBE` and `EXPLAIN`.

use crate::error::Result;
use crate::proto::analyze_plan_request::explain::ExplainMode;
use crate::sql::action::{Action, Describe, FunctionScope, Name, Show};
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    /// `SHOW ..`.
    pub(super) fn showing(&mut self) -> Result<Option<Action>> {
        self.require_word("SHOW")?;
        let show = if self.eat_word("TABLES") {
            let namespace = self.within()?;
            Show::Tables { namespace, pattern: self.pattern()? }
        } else if self.eat_words(&["TABLE", "EXTENDED"]) {
            let namespace = self.within()?;
            self.require_word("LIKE")?;
            Show::TableExtended { namespace, pattern: self.string()? }
        } else if self.eat_word("VIEWS") {
            let namespace = self.within()?;
            Show::Views { namespace, pattern: self.pattern()? }
        } else if self.any_word_at(0, &["DATABASES", "SCHEMAS", "NAMESPACES"]) {
            self.bump();
            self.within()?;
            Show::Namespaces { pattern: self.pattern()? }
        } else if self.eat_word("CATALOGS") {
            Show::Catalogs { pattern: self.pattern()? }
        } else if self.eat_word("CURRENT") {
            if !self.any_word_at(0, &["NAMESPACE", "DATABASE", "SCHEMA"]) {
                return Err(self.unexpected());
            }
            self.bump();
            Show::CurrentNamespace
        } else if self.eat_word("COLUMNS") {
            let table = self.within()?.ok_or_else(|| self.unexpected())?;
            let namespace = self.within()?;
            Show::Columns { table: namespace.into_iter().flatten().chain(table).collect() }
        } else if self.eat_words(&["CREATE", "TABLE"]) {
            let table = self.table_name()?;
            Show::CreateTable { table, serde: self.eat_words(&["AS", "SERDE"]) }
        } else if self.eat_word("TBLPROPERTIES") {
            let table = self.table_name()?;
            let key = match self.eat("(") {
                true => {
                    let key = self.property_key()?;
                    self.require(")")?;
                    Some(key)
                }
                false => None,
            };
            Show::Properties { table, key }
        } else if self.eat_word("PARTITIONS") {
            let table = self.table_name()?;
            let partition =
                if self.word_at(0, "PARTITION") { self.partition()? } else { Vec::new() };
            Show::Partitions { table, partition }
        } else {
            self.functions()?
        };
        Ok(Some(Action::Show(show)))
    }

    fn functions(&mut self) -> Result<Show> {
        let scope = if self.eat_word("USER") {
            FunctionScope::User
        } else if self.eat_word("SYSTEM") {
            FunctionScope::System
        } else {
            self.eat_word("ALL");
            FunctionScope::All
        };
        if !self.eat_word("FUNCTIONS") {
            // An identifier may stand there: `SHOW x FUNCTIONS`.
            if self.kind() == Kind::Word && !self.word_at(1, "FUNCTIONS") {
                let behind = self.index() + 1;
                return Err(self.unexpected_at(behind, ": missing 'FUNCTIONS'"));
            }
            return Err(self.unexpected());
        }
        self.within()?;
        let pattern = match self.kind() {
            Kind::Word | Kind::Quoted if !self.word_at(0, "LIKE") => {
                Some(self.multipart_identifier()?.join("."))
            }
            _ => self.pattern()?,
        };
        Ok(Show::Functions { scope, pattern })
    }

    /// `IN name` or `FROM name`.
    fn within(&mut self) -> Result<Option<Name>> {
        match self.any_word_at(0, &["IN", "FROM"]) {
            true => {
                self.bump();
                self.table_name().map(Some)
            }
            false => Ok(None),
        }
    }

    /// `[LIKE] 'pattern'`.
    fn pattern(&mut self) -> Result<Option<String>> {
        let marked = self.eat_word("LIKE");
        match marked || self.kind() == Kind::String {
            true => self.string().map(Some),
            false => Ok(None),
        }
    }

    /// `DESCRIBE ..`.
    pub(super) fn description(&mut self) -> Result<Option<Action>> {
        self.bump();
        if self.any_word_at(0, &["DATABASE", "SCHEMA", "NAMESPACE"]) && self.identifier_at(1) {
            self.bump();
            let extended = self.eat_word("EXTENDED");
            let name = self.table_name()?;
            return Ok(Some(Action::Describe(Describe::Namespace { name, extended })));
        }
        if self.word_at(0, "FUNCTION") && self.token(1).kind != Kind::End {
            self.bump();
            let extended = self.word_at(0, "EXTENDED") && self.token(1).kind != Kind::End;
            if extended {
                self.bump();
            }
            return Ok(Some(Action::Describe(Describe::Function {
                name: self.described_function()?,
                extended,
            })));
        }
        if self.word_at(0, "QUERY") && self.query_at(self.index() + 1)
            || self.query_at(self.index()) && !self.word_at(0, "TABLE")
        {
            self.eat_word("QUERY");
            let query = Box::new(self.query()?);
            return Ok(Some(Action::Describe(Describe::Query(query))));
        }
        if self.word_at(0, "TABLE") && self.identifier_at(1) {
            self.bump();
        }
        let extended = self.any_word_at(0, &["EXTENDED", "FORMATTED"]) && self.identifier_at(1);
        if extended {
            self.bump();
        }
        let name = self.table_name()?;
        if self.word_at(0, "PARTITION") && self.symbol_at(1, "(") {
            return Err(crate::error::Error::unsupported("sql.describe_partition"));
        }
        let column = match self.identifier_at(0) && !self.words(&["AS", "JSON"]) {
            true => Some(self.multipart_identifier()?),
            false => None,
        };
        let json = self.eat_words(&["AS", "JSON"]);
        Ok(Some(Action::Describe(Describe::Table { name, column, extended, json })))
    }

    /// A function's name, a string or an operator.
    fn described_function(&mut self) -> Result<Name> {
        match self.kind() {
            Kind::String => Ok(vec![self.string()?]),
            Kind::Symbol(symbol) => {
                self.bump();
                Ok(vec![symbol.to_owned()])
            }
            _ => self.table_name(),
        }
    }

    /// `EXPLAIN [mode] statement`.
    pub(super) fn explanation(&mut self) -> Result<Option<Action>> {
        self.require_word("EXPLAIN")?;
        let modes = [
            ("EXTENDED", ExplainMode::Extended),
            ("FORMATTED", ExplainMode::Formatted),
            ("CODEGEN", ExplainMode::Codegen),
            ("COST", ExplainMode::Cost),
            ("LOGICAL", ExplainMode::Extended),
        ];
        let mode = modes.iter().find(|(word, _)| self.word_at(0, word));
        if mode.is_some() {
            self.bump();
        }
        let mode = mode.map_or(ExplainMode::Simple, |(_, mode)| *mode) as i32;
        let statement = Box::new(self.statement()?);
        Ok(Some(Action::Explain { mode, statement }))
    }
}
