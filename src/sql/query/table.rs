//! What can stand in `FROM`: tables, subqueries, functions, inline tables.

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::proto;
use crate::proto::read::{DataSource, ReadType};
use crate::proto::relation::RelType;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

use super::clause::TRAVEL;

/// The name that Spark gives a subquery without one: its columns can then be
/// named without qualifier only.
const UNNAMED: &str = "__auto_generated_subquery_name";

/// Formats of files that can be read by path.
const FORMATS: &[&str] =
    &["parquet", "csv", "json", "orc", "text", "avro", "xml", "binaryfile", "delta"];

/// `t(a, b)`: a name and names of columns.
#[derive(Debug, Default)]
pub(super) struct TableAlias {
    name: Option<String>,
    columns: Vec<String>,
}

impl TableAlias {
    /// How many columns it names, if it names them.
    pub(super) fn width(&self) -> Option<usize> {
        (!self.columns.is_empty()).then_some(self.columns.len())
    }

    /// The relation under these names.
    pub(super) fn over(self, relation: proto::Relation) -> proto::Relation {
        let Some(name) = self.name else { return relation };
        let relation =
            if self.columns.is_empty() { relation } else { build::to_df(relation, self.columns) };
        build::subquery_alias(relation, name)
    }
}

impl Parser<'_> {
    /// One relation, without joins.
    pub(in crate::sql) fn relation_primary(&mut self) -> Result<proto::Relation> {
        if self.symbol_at(0, "(") {
            return self.parenthesised_relation();
        }
        if self.query_at(self.index()) && self.word_at(0, "VALUES") {
            return self.inline_table();
        }
        if !self.identifier_at(0) {
            return Err(self.unexpected());
        }
        if self.word_at(0, "STREAM") && (self.identifier_at(1) || self.symbol_at(1, "(")) {
            return self.stream();
        }
        for (word, feature) in [("JSON_TABLE", "sql.json_table"), ("UNNEST", "sql.unnest")] {
            if self.word_at(0, word) && self.symbol_at(1, "(") {
                return Err(Error::unsupported(feature));
            }
        }
        let quoted = self.token(0).kind == Kind::Quoted;
        if self.word_at(0, "IDENTIFIER") && !quoted && self.symbol_at(1, "(") {
            let name = self.table_name()?;
            return if self.symbol_at(0, "(") {
                self.table_function(&name)
            } else {
                self.table_behind(build::table(&name))
            };
        }
        let name = self.multipart_identifier()?;
        if self.symbol_at(0, "(") {
            return self.table_function(&name);
        }
        let last = self.token_at(self.index().saturating_sub(1)).kind;
        self.table_behind(named(&name, last == Kind::Quoted))
    }

    /// A table's name, or `IDENTIFIER('name')`.
    pub(in crate::sql) fn table_name(&mut self) -> Result<Vec<String>> {
        if self.word_at(0, "IDENTIFIER") && self.symbol_at(1, "(") {
            self.bump();
            return self.constant_name();
        }
        self.multipart_identifier()
    }

    /// What may stand behind a table's name.
    fn table_behind(&mut self, mut table: proto::Relation) -> Result<proto::Relation> {
        if self.word_at(0, "WITH") && self.symbol_at(1, "(") {
            self.bump();
            let given = self.properties()?;
            if let Some(RelType::Read(read)) = table.rel_type.as_mut() {
                match read.read_type.as_mut() {
                    Some(ReadType::NamedTable(table)) => table.options = given,
                    Some(ReadType::DataSource(source)) => source.options = given,
                    None => {}
                }
            }
        }
        self.time_travel()?;
        for (word, feature) in [("CHANGES", "sql.changes"), ("WATERMARK", "sql.watermark")] {
            if self.word_at(0, word) && self.clause_ahead() {
                return Err(Error::unsupported(feature));
            }
        }
        let table = self.sampled(table)?;
        Ok(self.table_alias()?.over(table))
    }

    fn parenthesised_relation(&mut self) -> Result<proto::Relation> {
        let query = self.query_in_parentheses(self.index());
        self.require("(")?;
        let inner = if query { self.query()? } else { self.nested(Self::relation)? };
        self.require_or_miss(")")?;
        let inner = self.sampled(inner)?;
        let mut alias = self.table_alias()?;
        if query && alias.name.is_none() {
            alias.name = Some(UNNAMED.to_owned());
        }
        Ok(alias.over(inner))
    }

    /// `STREAM t`: a table read as a stream.
    fn stream(&mut self) -> Result<proto::Relation> {
        self.bump();
        let parenthesised = self.eat("(");
        let name = self.multipart_identifier()?;
        if parenthesised {
            self.require(")")?;
        }
        let mut table = build::table(&name);
        if let Some(RelType::Read(read)) = table.rel_type.as_mut() {
            read.is_streaming = true;
        }
        self.table_behind(table)
    }

    /// `[AS] name [(columns)]`.
    pub(super) fn table_alias(&mut self) -> Result<TableAlias> {
        // `AS` itself is the name if none follows.
        let marked = self.strict_identifier_at(1) && self.eat_word("AS");
        if !marked && (!self.strict_identifier_at(0) || self.clause_ahead()) {
            return Ok(TableAlias::default());
        }
        let name = Some(self.identifier()?);
        let columns = if self.symbol_at(0, "(") { self.identifier_list()? } else { Vec::new() };
        Ok(TableAlias { name, columns })
    }

    /// `VERSION AS OF ..`, `TIMESTAMP AS OF ..`.
    fn time_travel(&mut self) -> Result<()> {
        let start = usize::from(self.word_at(0, "FOR"));
        let found = self.any_word_at(start, TRAVEL)
            && self.word_at(start + 1, "AS")
            && self.word_at(start + 2, "OF");
        if found {
            self.seek(self.index() + start + 3);
            self.nested(Self::value)?;
            self.refuse("sql.time_travel");
        }
        Ok(())
    }

    /// `('key' = 'value', a.b 1)`.
    pub(in crate::sql) fn properties(&mut self) -> Result<HashMap<String, String>> {
        Ok(self.parenthesised(Self::property)?.into_iter().collect())
    }

    fn property(&mut self) -> Result<(String, String)> {
        let key = if self.kind() == Kind::String {
            self.one_string()?
        } else {
            self.multipart_identifier()?.join(".")
        };
        self.eat("=");
        let value = match self.kind() {
            Kind::String => self.string()?,
            Kind::Number(_) | Kind::Word => {
                let token = self.bump();
                self.text_of(&token).to_owned()
            }
            _ => return Err(self.unexpected()),
        };
        Ok((key, value))
    }
}

/// A table, or the files at a path such as ``parquet.`/data/x` ``.
fn named(name: &[String], quoted: bool) -> proto::Relation {
    match name {
        [format, path] if quoted && FORMATS.contains(&format.to_ascii_lowercase().as_str()) => {
            build::read(ReadType::DataSource(DataSource {
                format: Some(format.clone()),
                paths: vec![path.clone()],
                ..DataSource::default()
            }))
        }
        _ => build::table(name),
    }
}
