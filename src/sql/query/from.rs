//! `FROM`: relations and what is appended to them.

use crate::error::Result;
use crate::proto;
use crate::proto::join::JoinType;
use crate::sql::build;
use crate::sql::cursor::Parser;

impl Parser<'_> {
    /// `FROM a, b JOIN c .. LATERAL VIEW .. PIVOT ..`. Joins apply to all that is
    /// left of them, commas included.
    pub(super) fn relations_clause(&mut self) -> Result<proto::Relation> {
        self.require_word("FROM")?;
        let mut from = self.relation_after(None)?;
        while self.eat(",") {
            from = self.relation_after(Some(from))?;
        }
        let from = self.lateral_views(from)?;
        self.pivots(from)
    }

    /// A relation and its joins, behind those already read.
    fn relation_after(&mut self, left: Option<proto::Relation>) -> Result<proto::Relation> {
        let lateral = self.lateral_ahead();
        let right = self.apart(|parser| parser.nested(Self::relation_primary))?;
        let mut relation = match left {
            Some(left) if lateral => build::lateral_join(left, right, None, JoinType::Inner),
            Some(left) => build::join(left, right, None, JoinType::Cross, Vec::new()),
            None => right,
        };
        self.grow()?;
        loop {
            relation = self.pivots(relation)?;
            match self.join(relation)? {
                (joined, true) => relation = joined,
                (relation, false) => return Ok(relation),
            }
            self.grow()?;
        }
    }

    /// A relation in parentheses, with its joins.
    pub(super) fn relation(&mut self) -> Result<proto::Relation> {
        self.relation_after(None)
    }

    /// Steps over `LATERAL` before a subquery or a function.
    pub(super) fn lateral_ahead(&mut self) -> bool {
        self.word_at(0, "LATERAL") && !self.word_at(1, "VIEW") && self.eat_word("LATERAL")
    }

    /// Steps over words and the parentheses behind them.
    pub(in crate::sql) fn skip_to_parentheses(&mut self) -> Result<()> {
        while self.identifier_at(0) {
            self.bump();
        }
        match self.behind(self.index()) {
            Some(behind) => {
                self.seek(behind);
                Ok(())
            }
            None => Err(self.unexpected()),
        }
    }
}
