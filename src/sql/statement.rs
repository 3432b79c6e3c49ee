//! Statements: which one a text is, and those that have a message.

use crate::error::{Condition, Error, Result};
use crate::proto;
use crate::proto::command::CommandType;

use super::build;
use super::cursor::Parser;
use super::identifier::quote;
use super::lexer::Kind;

/// A statement.
#[derive(Debug, Clone)]
pub(crate) enum Statement {
    /// A query.
    Query(Box<proto::Relation>),
    /// A statement that changes something, for which the protocol has a message.
    Command(Box<proto::Command>),
}

/// First words of the statements that are known and refused. Longer ones come
/// before those that begin like them.
const REFUSED: &[(&[&str], &str)] = &[
    (&["EXPLAIN"], "explain"),
    (&["SET", "CATALOG"], "set_catalog"),
    (&["SET", "TIME", "ZONE"], "set_time_zone"),
    (&["SET", "VAR"], "set_variable"),
    (&["SET", "VARIABLE"], "set_variable"),
    (&["SET", "SESSION"], "set_variable"),
    (&["SET"], "set"),
    (&["RESET"], "reset"),
    (&["USE"], "use"),
    (&["SHOW", "TABLES"], "show_tables"),
    (&["SHOW", "TABLE", "EXTENDED"], "show_table_extended"),
    (&["SHOW", "DATABASES"], "show_namespaces"),
    (&["SHOW", "SCHEMAS"], "show_namespaces"),
    (&["SHOW", "NAMESPACES"], "show_namespaces"),
    (&["SHOW", "CATALOGS"], "show_catalogs"),
    (&["SHOW", "COLUMNS"], "show_columns"),
    (&["SHOW", "CREATE", "TABLE"], "show_create_table"),
    (&["SHOW", "PARTITIONS"], "show_partitions"),
    (&["SHOW", "TBLPROPERTIES"], "show_tblproperties"),
    (&["SHOW", "VIEWS"], "show_views"),
    (&["SHOW", "CURRENT"], "show_current_namespace"),
    (&["SHOW", "PROCEDURES"], "show_procedures"),
    (&["SHOW", "USER"], "show_functions"),
    (&["SHOW", "SYSTEM"], "show_functions"),
    (&["SHOW", "ALL"], "show_functions"),
    (&["SHOW", "FUNCTIONS"], "show_functions"),
    (&["DESCRIBE"], "describe"),
    (&["DESC"], "describe"),
    (&["CREATE", "TABLE"], "create_table"),
    (&["CREATE", "EXTERNAL", "TABLE"], "create_table"),
    (&["CREATE", "OR", "REPLACE", "TABLE"], "replace_table"),
    (&["CREATE", "TEMPORARY", "TABLE"], "create_table"),
    (&["REPLACE", "TABLE"], "replace_table"),
    (&["CREATE", "DATABASE"], "create_namespace"),
    (&["CREATE", "SCHEMA"], "create_namespace"),
    (&["CREATE", "NAMESPACE"], "create_namespace"),
    (&["CREATE", "INDEX"], "create_index"),
    (&["CREATE", "STREAMING", "TABLE"], "create_streaming_table"),
    (&["CREATE", "OR", "REFRESH"], "create_streaming_table"),
    (&["CREATE", "MATERIALIZED", "VIEW"], "create_materialized_view"),
    (&["CREATE", "FLOW"], "create_flow"),
    (&["DROP", "TABLE"], "drop_table"),
    (&["DROP", "VIEW"], "drop_view"),
    (&["DROP", "MATERIALIZED", "VIEW"], "drop_view"),
    (&["DROP", "DATABASE"], "drop_namespace"),
    (&["DROP", "SCHEMA"], "drop_namespace"),
    (&["DROP", "NAMESPACE"], "drop_namespace"),
    (&["DROP", "FUNCTION"], "drop_function"),
    (&["DROP", "TEMPORARY", "FUNCTION"], "drop_function"),
    (&["DROP", "TEMPORARY", "VARIABLE"], "drop_variable"),
    (&["DROP", "TEMPORARY", "VAR"], "drop_variable"),
    (&["DROP", "INDEX"], "drop_index"),
    (&["ALTER", "TABLE"], "alter_table"),
    (&["ALTER", "VIEW"], "alter_view"),
    (&["ALTER", "MATERIALIZED", "VIEW"], "alter_view"),
    (&["ALTER", "DATABASE"], "alter_namespace"),
    (&["ALTER", "SCHEMA"], "alter_namespace"),
    (&["ALTER", "NAMESPACE"], "alter_namespace"),
    (&["COMMENT", "ON"], "comment_on"),
    (&["ANALYZE", "TABLE"], "analyze_table"),
    (&["ANALYZE", "TABLES"], "analyze_table"),
    (&["MSCK", "REPAIR", "TABLE"], "repair_table"),
    (&["REPAIR", "TABLE"], "repair_table"),
    (&["INSERT"], "insert"),
    (&["UPDATE"], "update"),
    (&["DELETE", "FROM"], "delete"),
    (&["MERGE", "INTO"], "merge"),
    (&["MERGE", "WITH"], "merge"),
    (&["LOAD", "DATA"], "load_data"),
    (&["TRUNCATE", "TABLE"], "truncate_table"),
    (&["CACHE"], "cache_table"),
    (&["UNCACHE", "TABLE"], "uncache_table"),
    (&["CLEAR", "CACHE"], "clear_cache"),
    (&["REFRESH"], "refresh"),
    (&["ADD"], "add_resource"),
    (&["LIST"], "list_resources"),
    (&["CALL"], "call"),
    (&["DECLARE"], "declare_variable"),
    (&["EXECUTE", "IMMEDIATE"], "execute_immediate"),
    (&["BEGIN"], "script"),
    (&["CREATE", "FUNCTION"], "create_function"),
    (&["CREATE", "TEMPORARY", "FUNCTION"], "create_function"),
    (&["CREATE", "OR", "REPLACE", "FUNCTION"], "create_function"),
    (&["CREATE", "OR", "REPLACE", "TEMPORARY", "FUNCTION"], "create_function"),
];

impl Parser<'_> {
    /// One statement.
    pub(super) fn statement(&mut self) -> Result<Statement> {
        if let Some(feature) = self.refused_statement() {
            return Err(Error::unsupported(format!("sql.{feature}")));
        }
        if self.word_at(0, "CREATE") {
            return self.create_view();
        }
        let begun = REFUSED.iter().map(|(words, _)| self.words_in_common(words)).max();
        if let Some(begun) = begun.filter(|begun| *begun > 0 && !self.query_at(self.index())) {
            return Err(self.unexpected_at(self.index() + begun, ""));
        }
        let query = self.query()?;
        if self.word_at(0, "INSERT") {
            return Err(Error::unsupported("sql.insert"));
        }
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

    /// `CREATE [OR REPLACE] [GLOBAL] TEMPORARY VIEW name [(columns)] AS query`.
    fn create_view(&mut self) -> Result<Statement> {
        self.require_word("CREATE")?;
        let replace = self.eat_words(&["OR", "REPLACE"]);
        let is_global = self.eat_word("GLOBAL");
        let temporary = self.eat_word("TEMPORARY") || self.eat_word("TEMP");
        if is_global && !temporary || !self.eat_word("VIEW") {
            return Err(self.unexpected());
        }
        if !temporary && self.identifier_at(0) {
            return Err(Error::unsupported("sql.create_view"));
        }
        if self.words(&["IF", "NOT", "EXISTS"]) {
            return Err(Error::unsupported("sql.create_temp_view_if_not_exists"));
        }
        let start = *self.token(0);
        let name = self.multipart_identifier()?;
        if name.len() > 1 {
            let condition = Condition::TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS;
            return Err(self.fault(&start, condition, [("actualName", quote(&name))]));
        }
        let columns = if self.symbol_at(0, "(") { self.view_columns()? } else { Vec::new() };
        while self.word_at(0, "COMMENT") || self.word_at(0, "TBLPROPERTIES") {
            self.view_property()?;
        }
        if self.word_at(0, "USING") {
            return Err(Error::unsupported("sql.create_temp_view_using"));
        }
        self.require_word("AS")?;
        let query = self.query()?;
        let input = if columns.is_empty() { query } else { build::to_df(query, columns) };
        let view = proto::CreateDataFrameViewCommand {
            input: Some(input),
            name: quote(&name),
            is_global,
            replace,
        };
        Ok(Statement::Command(Box::new(proto::Command {
            command_type: Some(CommandType::CreateDataframeView(view)),
        })))
    }

    fn view_columns(&mut self) -> Result<Vec<String>> {
        self.parenthesised(|parser| {
            let name = parser.checked_identifier()?;
            if parser.eat_word("COMMENT") {
                parser.string()?;
                parser.refuse("sql.view_column_comment");
            } else if parser.identifier_at(0) {
                parser.data_type()?;
                parser.refuse("sql.create_temp_view_using");
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
