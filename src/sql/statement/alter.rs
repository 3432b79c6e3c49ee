//! `ALTER` and `COMMENT ON`.

use crate::error::{Error, Result};
use crate::proto;
use crate::proto::data_type::{Kind as TypeKind, Struct, StructField};
use crate::sql::action::{Action, CreateView, NamespaceChange, Partition, TableChange};
use crate::sql::build;
use crate::sql::cursor::Parser;

impl Parser<'_> {
    /// `ALTER TABLE | VIEW | DATABASE ..`.
    pub(super) fn alteration(&mut self) -> Result<Option<Action>> {
        self.require_word("ALTER")?;
        if self.any_word_at(0, &["DATABASE", "SCHEMA", "NAMESPACE"]) {
            self.bump();
            return self.namespace_change().map(Some);
        }
        let is_view = self.word_at(0, "VIEW");
        if !is_view && !self.word_at(0, "TABLE") {
            return Err(self.unexpected());
        }
        self.bump();
        let name = self.table_name()?;
        if is_view && (self.word_at(0, "AS") || self.query_at(self.index())) {
            self.eat_word("AS");
            let (query, text) = self.query_with_text()?;
            return Ok(Some(Action::CreateView(Box::new(CreateView {
                name,
                if_not_exists: false,
                replace: true,
                alter: true,
                columns: Vec::new(),
                comment: None,
                properties: Default::default(),
                query,
                text,
            }))));
        }
        let change = self.table_change()?;
        Ok(Some(Action::AlterTable { name, is_view, change }))
    }

    fn namespace_change(&mut self) -> Result<Action> {
        let name = self.table_name()?;
        let unset = self.eat_word("UNSET");
        if !unset {
            self.require_word("SET")?;
        }
        let change = if self.eat_word("LOCATION") {
            NamespaceChange::Location(self.string()?)
        } else {
            if !self.eat_word("DBPROPERTIES") {
                self.require_word("PROPERTIES")?;
            }
            match unset {
                true => NamespaceChange::Unset(self.property_keys()?),
                false => NamespaceChange::Properties(self.properties()?.into_iter().collect()),
            }
        };
        Ok(Action::AlterNamespace { name, change })
    }

    /// `[IF EXISTS] ('a', b.c)`.
    fn property_keys(&mut self) -> Result<Vec<String>> {
        self.if_exists();
        self.parenthesised(Self::property_key)
    }

    pub(super) fn property_key(&mut self) -> Result<String> {
        match self.kind() {
            crate::sql::lexer::Kind::String => self.string(),
            _ => Ok(self.multipart_identifier()?.join(".")),
        }
    }

    fn table_change(&mut self) -> Result<TableChange> {
        if self.eat_words(&["RENAME", "TO"]) {
            return Ok(TableChange::Rename(self.table_name()?));
        }
        if self.eat_words(&["RENAME", "COLUMN"]) {
            self.multipart_identifier()?;
            self.require_word("TO")?;
            self.identifier()?;
            return Ok(TableChange::Refused("RENAME COLUMN"));
        }
        if self.eat_words(&["RECOVER", "PARTITIONS"]) {
            return Ok(TableChange::RecoverPartitions);
        }
        if self.word_at(0, "PARTITION") {
            self.partition()?;
            return Err(Error::unsupported("sql.alter_partition"));
        }
        if self.eat_word("ADD") {
            return self.added();
        }
        if self.eat_word("DROP") {
            return self.dropped();
        }
        if self.eat_word("SET") {
            return self.set_of_table();
        }
        if self.eat_words(&["UNSET", "TBLPROPERTIES"]) {
            return self.property_keys().map(TableChange::Unset);
        }
        if self.any_word_at(0, &["ALTER", "CHANGE"]) {
            self.bump();
            return self.column_change();
        }
        Err(self.unexpected())
    }

    fn added(&mut self) -> Result<TableChange> {
        if self.any_word_at(0, &["COLUMN", "COLUMNS"]) {
            self.bump();
            self.if_not_exists_of_column();
            let columns = match self.symbol_at(0, "(") {
                true => self.parenthesised(Self::column_of_table)?,
                false => self.list(Self::column_of_table)?,
            };
            let fields: Vec<StructField> = columns.into_iter().map(|(field, _)| field).collect();
            let columns = Struct { fields, type_variation_reference: 0 };
            return Ok(TableChange::AddColumns(build::of_kind(TypeKind::Struct(columns))));
        }
        if self.eat_word("CONSTRAINT") {
            self.identifier()?;
            self.skip_to_parentheses()?;
            return Ok(TableChange::Refused("ADD CONSTRAINT"));
        }
        let if_not_exists = self.eat_words(&["IF", "NOT", "EXISTS"]);
        let mut partitions = Vec::new();
        while self.word_at(0, "PARTITION") {
            partitions.push(self.partition()?);
            if self.eat_word("LOCATION") {
                self.string()?;
                self.refuse("sql.partition_location");
            }
        }
        match partitions.is_empty() {
            true => Err(self.unexpected()),
            false => Ok(TableChange::AddPartitions { partitions, if_not_exists }),
        }
    }

    fn if_not_exists_of_column(&mut self) {
        self.eat_words(&["IF", "NOT", "EXISTS"]);
    }

    fn dropped(&mut self) -> Result<TableChange> {
        if self.any_word_at(0, &["COLUMN", "COLUMNS"]) {
            self.bump();
            self.if_exists();
            match self.symbol_at(0, "(") {
                true => self.parenthesised(Self::multipart_identifier)?,
                false => self.list(Self::multipart_identifier)?,
            };
            return Ok(TableChange::Refused("DROP COLUMN"));
        }
        if self.eat_word("CONSTRAINT") {
            self.if_exists();
            self.identifier()?;
            return Ok(TableChange::Refused("DROP CONSTRAINT"));
        }
        let if_exists = self.if_exists();
        let mut partitions = vec![self.partition()?];
        while self.eat(",") {
            partitions.push(self.partition()?);
        }
        self.eat_word("PURGE");
        Ok(TableChange::DropPartitions { partitions, if_exists })
    }

    fn set_of_table(&mut self) -> Result<TableChange> {
        if self.eat_word("TBLPROPERTIES") {
            return Ok(TableChange::Properties(self.properties()?.into_iter().collect()));
        }
        if self.eat_word("LOCATION") {
            return Ok(TableChange::Location(self.string()?));
        }
        if self.any_word_at(0, &["SERDE", "SERDEPROPERTIES"]) {
            return Err(Error::unsupported("sql.alter_serde"));
        }
        Err(self.unexpected())
    }

    fn column_change(&mut self) -> Result<TableChange> {
        self.eat_word("COLUMN");
        let column = self.multipart_identifier()?.join(".");
        if self.eat_word("COMMENT") {
            return Ok(TableChange::ColumnComment(column, self.string()?));
        }
        if self.eat_words(&["SET", "DEFAULT"]) {
            return Ok(TableChange::ColumnDefault(column, Some(self.text_of_expression()?)));
        }
        if self.eat_words(&["DROP", "DEFAULT"]) {
            return Ok(TableChange::ColumnDefault(column, None));
        }
        if self.eat_words(&["SET", "NOT", "NULL"]) || self.eat_words(&["DROP", "NOT", "NULL"]) {
            return Ok(TableChange::Refused("ALTER COLUMN ... SET NOT NULL"));
        }
        if self.eat_word("TYPE") {
            self.data_type()?;
            return Ok(TableChange::Refused("ALTER COLUMN"));
        }
        Err(self.unexpected())
    }

    /// `PARTITION (a = 1, b)`.
    pub(super) fn partition(&mut self) -> Result<Partition> {
        self.require_word("PARTITION")?;
        self.parenthesised(|parser| {
            let name = parser.identifier()?;
            let value = match parser.eat("=") {
                true => Some(parser.expression()?),
                false => None,
            };
            Ok((name, value))
        })
    }

    /// `COMMENT ON DATABASE | TABLE name IS 'text'`.
    pub(super) fn comment_on(&mut self) -> Result<Option<Action>> {
        self.eat_words(&["COMMENT"]);
        self.require_word("ON")?;
        let is_table = self.eat_word("TABLE");
        if !is_table {
            if !self.any_word_at(0, &["DATABASE", "SCHEMA", "NAMESPACE"]) {
                return Err(self.unexpected());
            }
            self.bump();
        }
        let name = self.table_name()?;
        self.require_word("IS")?;
        let text = if self.eat_word("NULL") { None } else { Some(self.string()?) };
        Ok(Some(match is_table {
            true => {
                let change = TableChange::Comment(text);
                Action::AlterTable { name, is_view: false, change }
            }
            false => Action::AlterNamespace {
                name,
                change: NamespaceChange::Comment(text.unwrap_or_default()),
            },
        }))
    }

    /// A constant as a query of one row.
    pub(super) fn row_of(&mut self, value: proto::Expression) -> proto::Relation {
        let references = std::mem::take(&mut self.references);
        build::with_relations(build::project(None, vec![value]), references)
    }
}
