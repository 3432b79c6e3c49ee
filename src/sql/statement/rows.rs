//! Statements that change rows.

use crate::error::{Error, Result};
use crate::proto;
use crate::proto::expression::ExprType;
use crate::proto::merge_action::ActionType;
use crate::proto::write_operation::{SaveMode, SaveType};
use crate::sql::action::{Action, Assignment, Insert};
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::identifier::quote;

impl Parser<'_> {
    /// `INSERT INTO | OVERWRITE ..`.
    pub(super) fn insertion(&mut self) -> Result<Action> {
        self.require_word("INSERT")?;
        let overwrite = self.eat_word("OVERWRITE");
        if overwrite && (self.word_at(0, "DIRECTORY") || self.words(&["LOCAL", "DIRECTORY"])) {
            return self.directory();
        }
        if !overwrite {
            self.require_word("INTO")?;
        }
        self.eat_word("TABLE");
        let table = self.table_name()?;
        let partition = match self.word_at(0, "PARTITION") && self.symbol_at(1, "(") {
            true => self.partition()?,
            false => Vec::new(),
        };
        if self.eat_words(&["IF", "NOT", "EXISTS"]) {
            self.refuse("sql.insert_if_not_exists");
        }
        let by_name = self.eat_words(&["BY", "NAME"]);
        let replace_where = self.eat_words(&["REPLACE", "WHERE"]);
        if replace_where {
            self.condition()?;
        }
        let columns = match self.symbol_at(0, "(") && !self.query_in_parentheses(self.index()) {
            true => self.identifier_list()?,
            false => Vec::new(),
        };
        let query = self.query()?;
        Ok(Action::Insert(Box::new(Insert {
            table,
            overwrite,
            by_name,
            columns,
            partition,
            replace_where,
            query,
        })))
    }

    /// `DIRECTORY '/x' USING parquet OPTIONS (..) query`.
    fn directory(&mut self) -> Result<Action> {
        self.eat_word("LOCAL");
        self.require_word("DIRECTORY")?;
        let mut path = match self.kind() {
            crate::sql::lexer::Kind::String => Some(self.string()?),
            _ => None,
        };
        if !self.eat_word("USING") {
            return Err(Error::unsupported("sql.insert_directory_hive"));
        }
        let source = Some(self.multipart_identifier()?.join("."));
        let mut options = match self.eat_word("OPTIONS") {
            true => self.properties()?,
            false => Default::default(),
        };
        path = path.or_else(|| options.remove("path"));
        let input = Some(self.query()?);
        Ok(Action::InsertDirectory(Box::new(proto::WriteOperation {
            input,
            source,
            mode: SaveMode::Overwrite as i32,
            options,
            save_type: path.map(SaveType::Path),
            ..proto::WriteOperation::default()
        })))
    }

    /// `DELETE`, `UPDATE` or `MERGE`.
    pub(super) fn modification(&mut self) -> Result<Option<Action>> {
        if self.eat_word("DELETE") {
            self.require_word("FROM")?;
            let table = self.table_name()?;
            self.alias_of_target()?;
            let condition = self.optional_condition()?;
            return Ok(Some(Action::Delete { table, condition }));
        }
        if self.eat_word("UPDATE") {
            let table = self.table_name()?;
            self.alias_of_target()?;
            self.require_word("SET")?;
            let assignments = self.list(Self::assigned)?;
            let condition = self.optional_condition()?;
            return Ok(Some(Action::Update { table, assignments, condition }));
        }
        self.require_word("MERGE")?;
        self.merge().map(Some)
    }

    fn alias_of_target(&mut self) -> Result<Option<String>> {
        let marked = self.eat_word("AS");
        let clause = self.any_word_at(0, &["WHERE", "SET", "USING"]);
        if marked || self.identifier_at(0) && !clause {
            return Ok(Some(self.identifier()?));
        }
        Ok(None)
    }

    fn optional_condition(&mut self) -> Result<Option<proto::Expression>> {
        self.eat_word("WHERE").then(|| self.condition()).transpose()
    }

    fn assigned(&mut self) -> Result<Assignment> {
        let column = self.multipart_identifier()?;
        self.require("=")?;
        Ok(Assignment { column, value: self.expression()? })
    }

    fn merge(&mut self) -> Result<Action> {
        let with_schema_evolution = self.eat_words(&["WITH", "SCHEMA", "EVOLUTION"]);
        self.require_word("INTO")?;
        let target = self.table_name()?;
        let alias = self.alias_of_target()?;
        self.require_word("USING")?;
        let source = self.nested(Self::relation_primary)?;
        self.require_word("ON")?;
        let condition = self.condition()?;
        let mut message = proto::MergeIntoTableCommand {
            target_table_name: quote(&target),
            source_table_plan: Some(source),
            merge_condition: Some(condition),
            with_schema_evolution,
            ..proto::MergeIntoTableCommand::default()
        };
        if let Some(alias) = alias {
            message.target_table_name =
                format!("{} AS {}", message.target_table_name, quote(&[alias]));
        }
        while self.eat_word("WHEN") {
            self.merge_clause(&mut message)?;
        }
        Ok(Action::Merge(Box::new(message)))
    }

    fn merge_clause(&mut self, message: &mut proto::MergeIntoTableCommand) -> Result<()> {
        let unmatched = self.eat_word("NOT");
        self.require_word("MATCHED")?;
        let by_source = unmatched && self.eat_words(&["BY", "SOURCE"]);
        if unmatched && !by_source {
            self.eat_words(&["BY", "TARGET"]);
        }
        let condition = match self.eat_word("AND") {
            true => Some(Box::new(self.condition()?)),
            false => None,
        };
        self.require_word("THEN")?;
        let (action_type, assignments) = self.merge_action()?;
        let action = build::expression(ExprType::MergeAction(Box::new(proto::MergeAction {
            action_type: action_type as i32,
            condition,
            assignments,
        })));
        match (unmatched, by_source) {
            (false, _) => message.match_actions.push(action),
            (true, false) => message.not_matched_actions.push(action),
            (true, true) => message.not_matched_by_source_actions.push(action),
        }
        Ok(())
    }

    fn merge_action(&mut self) -> Result<(ActionType, Vec<proto::merge_action::Assignment>)> {
        if self.eat_word("DELETE") {
            return Ok((ActionType::Delete, Vec::new()));
        }
        if self.eat_words(&["UPDATE", "SET"]) {
            if self.eat("*") {
                return Ok((ActionType::UpdateStar, Vec::new()));
            }
            let assigned = self.list(Self::assigned)?;
            let pairs = assigned
                .into_iter()
                .map(|Assignment { column, value }| (build::attribute(&column), value));
            return Ok((ActionType::Update, pairs.map(pair).collect()));
        }
        self.require_word("INSERT")?;
        if self.eat("*") {
            return Ok((ActionType::InsertStar, Vec::new()));
        }
        let columns = self.parenthesised(Self::multipart_identifier)?;
        self.require_word("VALUES")?;
        let values = self.parenthesised(Self::expression)?;
        let columns = columns.iter().map(|column| build::attribute(column));
        Ok((ActionType::Insert, columns.zip(values).map(pair).collect()))
    }
}

fn pair((key, value): (proto::Expression, proto::Expression)) -> proto::merge_action::Assignment {
    proto::merge_action::Assignment { key: Some(key), value: Some(value) }
}
