//! `CREATE` and `DROP`.

use std::collections::BTreeMap;

use super::Statement;
use crate::error::{Condition, Error, Result};
use crate::proto;
use crate::proto::command::CommandType;
use crate::proto::data_type::StructField;
use crate::proto::read::{DataSource, ReadType};
use crate::sql::action::{Action, CreateTable, CreateView, Name, Object};
use crate::sql::build;
use crate::sql::cursor::{NO_PARAMETERS, Parser};
use crate::sql::identifier::quote;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    /// `CREATE ..` or `REPLACE TABLE ..`; nothing if it is of a temporary view, for
    /// which there is a message.
    pub(super) fn creation(&mut self) -> Result<Option<Action>> {
        if self.eat_words(&["REPLACE", "TABLE"]) {
            return self.new_table(true, false).map(Some);
        }
        let start = self.index();
        self.require_word("CREATE")?;
        let replace = self.eat_words(&["OR", "REPLACE"]);
        if self.any_word_at(0, &["DATABASE", "SCHEMA", "NAMESPACE"]) && !replace {
            self.bump();
            return self.new_namespace().map(Some);
        }
        let external = self.eat_word("EXTERNAL");
        if self.eat_word("TABLE") {
            return self.new_table(replace, external).map(Some);
        }
        let temporary = self.any_word_at(0, &["TEMPORARY", "TEMP"]);
        if temporary && self.word_at(1, "TABLE") {
            return Err(Error::unsupported("sql.create_temporary_table"));
        }
        if self.word_at(usize::from(temporary), "FUNCTION") {
            self.seek(self.index() + usize::from(temporary) + 1);
            return self.new_function(replace, temporary).map(Some);
        }
        if self.eat_word("VIEW") {
            return self.new_view(replace).map(Some);
        }
        self.seek(start);
        Ok(None)
    }

    /// `IF NOT EXISTS`.
    fn if_not_exists(&mut self) -> bool {
        self.eat_words(&["IF", "NOT", "EXISTS"])
    }

    pub(super) fn if_exists(&mut self) -> bool {
        self.eat_words(&["IF", "EXISTS"])
    }

    fn new_namespace(&mut self) -> Result<Action> {
        let if_not_exists = self.if_not_exists();
        let name = self.table_name()?;
        let mut properties = std::collections::HashMap::new();
        loop {
            if self.eat_word("COMMENT") {
                properties.insert("comment".to_owned(), self.string()?);
            } else if self.eat_word("LOCATION") {
                properties.insert("location".to_owned(), self.string()?);
            } else if self.eat_word("WITH") {
                if !self.eat_word("DBPROPERTIES") {
                    self.require_word("PROPERTIES")?;
                }
                properties.extend(self.properties()?);
            } else {
                return Ok(Action::CreateNamespace { name, if_not_exists, properties });
            }
        }
    }

    /// What stands behind `TABLE`.
    fn new_table(&mut self, replace: bool, external: bool) -> Result<Action> {
        let if_not_exists = self.if_not_exists();
        let name = self.table_name()?;
        let mut table =
            CreateTable { name, if_not_exists, replace, external, ..CreateTable::default() };
        if self.eat_word("LIKE") {
            table.like = Some(self.table_name()?);
        }
        if self.symbol_at(0, "(") && !self.query_in_parentheses(self.index()) {
            let start = self.index();
            let columns = self.parenthesised(|parser| parser.column_of_table())?;
            table.generated = columns.iter().any(|(_, generated)| *generated);
            let fields = columns.into_iter().map(|(field, _)| field).collect();
            table.columns =
                Some(build::of_kind(proto::data_type::Kind::Struct(proto::data_type::Struct {
                    fields,
                    type_variation_reference: 0,
                })));
            debug_assert!(self.index() > start);
        }
        while self.table_clause(&mut table)? {}
        let marked = self.eat_word("AS");
        if marked || self.query_at(self.index()) {
            table.query = Some(self.query()?);
        }
        Ok(Action::CreateTable(Box::new(table)))
    }

    /// One clause of `CREATE TABLE`, if one is here.
    fn table_clause(&mut self, table: &mut CreateTable) -> Result<bool> {
        if self.eat_word("USING") {
            table.provider = Some(self.multipart_identifier()?.join("."));
        } else if self.eat_words(&["PARTITIONED", "BY"]) {
            let columns = self.parenthesised(Self::partition_column)?;
            for (name, declared) in columns {
                if let (Some(field), Some(schema)) = (declared, table.columns.as_mut())
                    && let Some(proto::data_type::Kind::Struct(columns)) = schema.kind.as_mut()
                {
                    columns.fields.push(field);
                }
                table.partition_by.push(name);
            }
        } else if self.eat_word("OPTIONS") {
            table.options.extend(self.properties()?);
        } else if self.eat_word("TBLPROPERTIES") {
            table.properties.extend(self.properties()?);
        } else if self.eat_word("LOCATION") {
            table.location = Some(self.string()?);
        } else if self.eat_word("COMMENT") {
            table.comment = Some(self.string()?);
        } else if self.words(&["STORED", "AS"]) {
            self.eat_words(&["STORED", "AS"]);
            table.provider = Some(self.identifier()?.to_lowercase());
        } else if self.eat_words(&["DEFAULT", "COLLATION"]) {
            self.identifier()?;
            self.refuse("sql.default_collation");
        } else if self.eat_words(&["CLUSTER", "BY"]) || self.words(&["CLUSTERED", "BY"]) {
            self.refuse("sql.clustered_table");
            self.skip_to_parentheses()?;
        } else if self.words(&["ROW", "FORMAT"]) {
            return Err(Error::unsupported("sql.row_format"));
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// `p`, or `p string`.
    fn partition_column(&mut self) -> Result<(String, Option<StructField>)> {
        if self.symbol_at(1, "(") {
            return Err(Error::unsupported("sql.partition_transform"));
        }
        let name = self.checked_identifier()?;
        if matches!(self.kind(), Kind::Symbol("," | ")")) {
            return Ok((name, None));
        }
        let data_type = Some(self.data_type()?);
        let field = StructField { name: name.clone(), data_type, nullable: true, metadata: None };
        Ok((name, Some(field)))
    }

    /// A column with its default and comment, and whether it is computed.
    pub(super) fn column_of_table(&mut self) -> Result<(StructField, bool)> {
        let name = self.checked_identifier()?;
        let data_type = self.data_type()?;
        let mut metadata = serde_json::Map::new();
        let (mut nullable, mut generated) = (true, false);
        loop {
            if self.eat_words(&["NOT", "NULL"]) {
                nullable = false;
            } else if self.eat_word("COMMENT") {
                metadata.insert("comment".to_owned(), self.string()?.into());
            } else if self.eat_word("DEFAULT") {
                let text = self.text_of_expression()?;
                metadata.insert("CURRENT_DEFAULT".to_owned(), text.clone().into());
                metadata.insert("EXISTS_DEFAULT".to_owned(), text.into());
            } else if self.eat_word("GENERATED") {
                generated = true;
                while !self.symbol_at(0, "(") && self.identifier_at(0) {
                    self.bump();
                }
                let behind = self.behind(self.index()).ok_or_else(|| self.unexpected())?;
                self.seek(behind);
            } else {
                break;
            }
        }
        let metadata =
            (!metadata.is_empty()).then(|| serde_json::Value::Object(metadata).to_string());
        Ok((StructField { name, data_type: Some(data_type), nullable, metadata }, generated))
    }

    /// The text of an expression, which must parse.
    pub(super) fn text_of_expression(&mut self) -> Result<String> {
        let start = self.token(0).start;
        self.expression()?;
        let end = self.token_at(self.index().saturating_sub(1)).end;
        Ok(self.slice(start, end).to_owned())
    }

    fn new_view(&mut self, replace: bool) -> Result<Action> {
        let if_not_exists = self.if_not_exists();
        let name = self.table_name()?;
        let columns = match self.symbol_at(0, "(") {
            true => self.parenthesised(Self::view_column)?,
            false => Vec::new(),
        };
        let (mut comment, mut properties) = (None, BTreeMap::new());
        loop {
            if self.eat_word("COMMENT") {
                comment = Some(self.string()?);
            } else if self.eat_word("TBLPROPERTIES") {
                properties.extend(self.properties()?);
            } else if self.words(&["WITH", "SCHEMA"]) {
                self.seek(self.index() + 2);
                self.identifier()?;
                self.eat_word("EVOLUTION");
            } else {
                break;
            }
        }
        self.require_word("AS")?;
        let (query, text) = self.query_with_text()?;
        Ok(Action::CreateView(Box::new(CreateView {
            name,
            if_not_exists,
            replace,
            alter: false,
            columns,
            comment,
            properties,
            query,
            text,
        })))
    }

    /// A query, and its text.
    pub(super) fn query_with_text(&mut self) -> Result<(proto::Relation, String)> {
        let start = self.token(0).start;
        let query = self.query()?;
        let end = self.token_at(self.index().saturating_sub(1)).end;
        Ok((query, self.slice(start, end).to_owned()))
    }

    fn view_column(&mut self) -> Result<(String, Option<String>)> {
        let name = self.checked_identifier()?;
        let comment = if self.eat_word("COMMENT") { Some(self.string()?) } else { None };
        Ok((name, comment))
    }

    /// `DROP ..`.
    pub(super) fn dropping(&mut self) -> Result<Option<Action>> {
        self.require_word("DROP")?;
        let temporary = self.eat_word("TEMPORARY") || self.eat_word("TEMP");
        if self.eat_word("FUNCTION") {
            let if_exists = self.if_exists();
            let name = self.table_name()?;
            return Ok(Some(Action::DropFunction { name, temporary, if_exists }));
        }
        if temporary {
            if !(self.eat_word("VARIABLE") || self.eat_word("VAR")) {
                return Err(self.unexpected());
            }
            let if_exists = self.if_exists();
            return Ok(Some(Action::DropVariable { name: self.table_name()?, if_exists }));
        }
        let kind = if self.eat_word("TABLE") {
            Object::Table
        } else if self.eat_word("VIEW") {
            Object::View
        } else if self.any_word_at(0, &["DATABASE", "SCHEMA", "NAMESPACE"]) {
            self.bump();
            Object::Namespace
        } else {
            return Err(self.unexpected());
        };
        let if_exists = self.if_exists();
        let name = self.table_name()?;
        let cascade = match kind {
            Object::Namespace => {
                self.eat_word("CASCADE") || {
                    self.eat_word("RESTRICT");
                    false
                }
            }
            Object::Table => {
                self.eat_word("PURGE");
                false
            }
            Object::View => false,
        };
        Ok(Some(Action::Drop { kind, name, if_exists, cascade }))
    }

    /// `CREATE [OR REPLACE] [GLOBAL] TEMPORARY VIEW name [(columns)] AS query`.
    pub(super) fn create_view(&mut self) -> Result<Statement> {
        self.require_word("CREATE")?;
        let replace = self.eat_words(&["OR", "REPLACE"]);
        let is_global = self.eat_word("GLOBAL");
        let temporary = self.eat_word("TEMPORARY") || self.eat_word("TEMP");
        if !temporary || !self.eat_word("VIEW") {
            return Err(self.unexpected());
        }
        if self.if_not_exists() {
            let start = *self.token_at(0);
            let condition = Condition::CREATE_TEMP_VIEW_IF_NOT_EXISTS;
            let error = self.fault(&start, condition, NO_PARAMETERS);
            self.blame(error);
        }
        let name = self.view_name(is_global)?;
        let columns = if self.symbol_at(0, "(") { self.view_columns()? } else { Vec::new() };
        while self.word_at(0, "COMMENT") || self.word_at(0, "TBLPROPERTIES") {
            self.view_property()?;
        }
        if self.eat_word("USING") {
            return self.view_of_files(name, replace, is_global, columns);
        }
        self.require_word("AS")?;
        let query = self.query()?;
        let input = if columns.is_empty() { query } else { build::to_df(query, columns) };
        let view = proto::CreateDataFrameViewCommand {
            input: Some(input),
            name: quote(&[name]),
            is_global,
            replace,
        };
        Ok(Statement::Command(Box::new(proto::Command {
            command_type: Some(CommandType::CreateDataframeView(view)),
        })))
    }

    /// The name of a temporary view: one part.
    fn view_name(&mut self, is_global: bool) -> Result<String> {
        let mut parts: Name = self.table_name()?;
        let is_shared = |part: &str| is_global && part.eq_ignore_ascii_case("global_temp");
        let name = parts.pop().unwrap_or_default();
        if !parts.is_empty() && !matches!(parts.as_slice(), [only] if is_shared(only)) {
            self.blame(Error::analysis(
                Condition::INVALID_TEMP_OBJ_QUALIFIER,
                [
                    ("objectType", "VIEW".to_owned()),
                    ("objectName", quote(&[&name])),
                    ("qualifier", quote(&parts)),
                ],
            ));
        }
        Ok(name)
    }

    /// `USING parquet OPTIONS (path '/x')`.
    fn view_of_files(
        &mut self,
        name: String,
        replace: bool,
        is_global: bool,
        columns: Vec<String>,
    ) -> Result<Statement> {
        if !columns.is_empty() {
            self.refuse("sql.create_temp_view_using_columns");
        }
        let format = Some(self.multipart_identifier()?.join("."));
        let mut options = match self.eat_word("OPTIONS") {
            true => self.properties()?,
            false => Default::default(),
        };
        let paths = options.remove("path").into_iter().collect();
        let source = DataSource { format, paths, options, ..DataSource::default() };
        let source = Box::new(build::read(ReadType::DataSource(source)));
        let view = Action::ViewOfFiles { name, replace, is_global, source };
        Ok(Statement::Action(Box::new(view)))
    }

    fn view_columns(&mut self) -> Result<Vec<String>> {
        self.parenthesised(|parser| {
            let name = parser.checked_identifier()?;
            if parser.eat_word("COMMENT") {
                parser.string()?;
            } else if parser.identifier_at(0) {
                parser.data_type()?;
                parser.refuse("sql.create_temp_view_using_columns");
            }
            Ok(name)
        })
    }

    fn view_property(&mut self) -> Result<()> {
        if self.eat_word("COMMENT") {
            self.string()?;
            return Ok(());
        }
        self.require_word("TBLPROPERTIES")?;
        self.properties().map(|_| ())
    }
}
