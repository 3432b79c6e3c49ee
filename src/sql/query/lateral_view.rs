//! `LATERAL VIEW explode(xs) t AS x`: a lateral join with a table function.

use crate::error::Result;
use crate::proto;
use crate::proto::join::JoinType;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::identifier::quote;

impl Parser<'_> {
    /// The relation with all lateral views that follow it.
    pub(super) fn lateral_views(&mut self, mut from: proto::Relation) -> Result<proto::Relation> {
        while self.eat_words(&["LATERAL", "VIEW"]) {
            let outer = self.word_at(0, "OUTER") && self.identifier_at(1);
            if outer {
                self.bump();
            }
            let view = self.lateral_view(outer)?;
            from = build::lateral_join(from, view, None, JoinType::Inner);
            self.grow()?;
        }
        Ok(from)
    }

    fn lateral_view(&mut self, outer: bool) -> Result<proto::Relation> {
        let mut name = vec![self.identifier()?];
        while self.eat(".") {
            name.push(self.identifier()?);
        }
        let arguments = if self.symbol_at(0, "(") && self.symbol_at(1, ")") {
            self.bump();
            self.bump();
            Vec::new()
        } else {
            self.parenthesised(Self::expression)?
        };
        let mark = if outer { "#lateral_view_outer" } else { "#lateral_view" };
        let function = build::call(&quote(&name), arguments);
        let mut view = build::table_function(mark, vec![function]);
        let named = self.identifier_at(0) && !self.word_at(0, "AS") && !self.clause_ahead();
        let table = if named { Some(self.identifier()?) } else { None };
        let marked = self.identifier_at(1) && self.eat_word("AS");
        if marked || (self.identifier_at(0) && !self.clause_ahead()) {
            view = build::to_df(view, self.list(Self::identifier)?);
        }
        Ok(match table {
            Some(table) => build::subquery_alias(view, table),
            None => view,
        })
    }
}
