//! Common table expressions.

use crate::error::Result;
use crate::proto;
use crate::sql::build;
use crate::sql::cursor::Parser;

impl Parser<'_> {
    /// `WITH name [(columns)] AS (query), ..`: relations by name, each of which
    /// sees those before it.
    pub(super) fn common_tables(&mut self) -> Result<Vec<proto::Relation>> {
        self.require_word("WITH")?;
        if self.word_at(0, "RECURSIVE") && self.identifier_at(1) && !self.word_at(1, "AS") {
            self.bump();
            self.refuse("sql.recursive_cte");
        }
        self.list(Self::common_table)
    }

    fn common_table(&mut self) -> Result<proto::Relation> {
        let name = self.checked_identifier()?;
        let columns = if self.symbol_at(0, "(") { self.identifier_list()? } else { Vec::new() };
        if self.eat_words(&["MAX", "RECURSION", "LEVEL"]) {
            self.expression()?;
        }
        self.eat_word("AS");
        self.require("(")?;
        let query = self.query()?;
        self.require_or_miss(")")?;
        let query = if columns.is_empty() { query } else { build::to_df(query, columns) };
        Ok(build::subquery_alias(query, name))
    }
}
