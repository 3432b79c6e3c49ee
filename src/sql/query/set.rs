//! Set operations: `INTERSECT` binds tighter than the others.

use crate::error::{Error, Result};
use crate::proto;
use crate::proto::set_operation::SetOpType;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    /// Selects and what joins them, with pipes behind.
    pub(super) fn query_term(&mut self) -> Result<proto::Relation> {
        let mut term = self.unions()?;
        while self.eat("|>") {
            term = self.pipe(term)?;
            self.grow()?;
        }
        Ok(term)
    }

    fn unions(&mut self) -> Result<proto::Relation> {
        let mut left = self.intersections()?;
        loop {
            let kind = if self.eat_word("UNION") {
                SetOpType::Union
            } else if self.eat_word("EXCEPT") || self.eat_word("MINUS") {
                SetOpType::Except
            } else {
                return Ok(left);
            };
            let all = self.set_quantifier();
            let right = self.apart(Self::intersections)?;
            left = build::set_operation(left, right, kind, all);
            self.grow()?;
        }
    }

    fn intersections(&mut self) -> Result<proto::Relation> {
        let mut left = self.apart(Self::query_primary)?;
        while self.eat_word("INTERSECT") {
            let all = self.set_quantifier();
            let right = self.apart(Self::query_primary)?;
            left = build::set_operation(left, right, SetOpType::Intersect, all);
            self.grow()?;
        }
        Ok(left)
    }

    /// Whether duplicates are kept.
    pub(super) fn set_quantifier(&mut self) -> bool {
        if self.eat_word("ALL") {
            return true;
        }
        self.eat_word("DISTINCT");
        false
    }

    pub(super) fn query_primary(&mut self) -> Result<proto::Relation> {
        if self.kind() == Kind::Symbol("(") {
            self.require("(")?;
            let query = self.query()?;
            self.require_or_miss(")")?;
            return Ok(query);
        }
        if self.kind() != Kind::Word {
            return Err(self.unexpected());
        }
        match self.text_of(self.token(0)).to_ascii_uppercase().as_str() {
            "SELECT" => self.select(None),
            "FROM" => self.relations_first(),
            "VALUES" => self.inline_table(),
            "TABLE" => {
                self.bump();
                let name = self.table_name()?;
                Ok(build::table(&name))
            }
            "MAP" | "REDUCE" if self.identifier_at(1) => Err(Error::unsupported("sql.transform")),
            _ => Err(self.unexpected()),
        }
    }
}
