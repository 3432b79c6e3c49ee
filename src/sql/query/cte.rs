//! Common table expressions.

use crate::error::{Condition, Result};
use crate::proto;
use crate::proto::relation::RelType;
use crate::sql::build;
use crate::sql::cursor::Parser;

/// The qualifier that marks a common table which may refer to itself. The limit on
/// its levels, if it sets one, comes behind.
pub(crate) const RECURSIVE: &str = "#recursive";

impl Parser<'_> {
    /// `WITH name [(columns)] AS (query), ..`: relations by name, each of which
    /// sees those before it.
    pub(super) fn common_tables(&mut self) -> Result<Vec<proto::Relation>> {
        let start = *self.token(0);
        self.require_word("WITH")?;
        let recursive =
            self.word_at(0, "RECURSIVE") && self.identifier_at(1) && !self.word_at(1, "AS");
        if recursive {
            self.bump();
        }
        let tables = self.list(|parser| parser.common_table(recursive))?;
        let mut seen: Vec<&str> = Vec::new();
        for name in tables.iter().filter_map(name_of) {
            if seen.iter().any(|other| other.to_lowercase() == name.to_lowercase()) {
                let parameters = [("duplicateNames", format!("`{name}`"))];
                let error = self.fault(&start, Condition::DUPLICATED_CTE_NAMES, parameters);
                self.blame(error);
            }
            seen.push(name);
        }
        Ok(tables)
    }

    fn common_table(&mut self, recursive: bool) -> Result<proto::Relation> {
        let name = self.checked_identifier()?;
        let columns = if self.symbol_at(0, "(") { self.identifier_list()? } else { Vec::new() };
        let mut marks = Vec::new();
        if recursive {
            marks.push(RECURSIVE.to_owned());
        }
        if self.eat_words(&["MAX", "RECURSION", "LEVEL"]) {
            let limit = self.constant_count()?;
            marks.extend(limit.filter(|_| recursive).map(|limit| limit.to_string()));
        }
        self.eat_word("AS");
        self.require("(")?;
        let query = self.query()?;
        self.require_or_miss(")")?;
        let query = if columns.is_empty() { query } else { build::to_df(query, columns) };
        let mut table = build::subquery_alias(query, name);
        if let Some(RelType::SubqueryAlias(alias)) = table.rel_type.as_mut() {
            alias.qualifier = marks;
        }
        Ok(table)
    }
}

fn name_of(table: &proto::Relation) -> Option<&str> {
    match table.rel_type.as_ref()? {
        RelType::SubqueryAlias(alias) => Some(&alias.alias),
        _ => None,
    }
}
