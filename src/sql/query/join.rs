//! Joins.

use crate::error::{Condition, Error, Result};
use crate::proto;
use crate::proto::join::JoinType;
use crate::proto::relation::RelType;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

/// The words before `JOIN`, and what they mean.
const KINDS: &[(&[&str], JoinType)] = &[
    (&["INNER"], JoinType::Inner),
    (&["CROSS"], JoinType::Cross),
    (&["LEFT", "OUTER"], JoinType::LeftOuter),
    (&["LEFT", "SEMI"], JoinType::LeftSemi),
    (&["LEFT", "ANTI"], JoinType::LeftAnti),
    (&["LEFT"], JoinType::LeftOuter),
    (&["RIGHT", "OUTER"], JoinType::RightOuter),
    (&["RIGHT"], JoinType::RightOuter),
    (&["FULL", "OUTER"], JoinType::FullOuter),
    (&["FULL"], JoinType::FullOuter),
    (&["SEMI"], JoinType::LeftSemi),
    (&["ANTI"], JoinType::LeftAnti),
    (&[], JoinType::Inner),
];

impl Parser<'_> {
    /// The join that follows `left`, if one does, and whether it did.
    pub(super) fn join(&mut self, left: proto::Relation) -> Result<(proto::Relation, bool)> {
        let natural = usize::from(self.word_at(0, "NATURAL"));
        let found = KINDS.iter().find(|(words, _)| {
            let all = words.iter().enumerate();
            all.into_iter().all(|(place, word)| self.word_at(natural + place, word))
                && self.word_at(natural + words.len(), "JOIN")
        });
        let Some((words, kind)) = found else { return self.no_join(left) };
        self.seek(self.index() + natural + words.len() + 1);
        let lateral = self.lateral_ahead();
        let right = self.apart(|parser| parser.nested(Self::relation_primary))?;
        if self.any_word_at(0, &["APPROX", "EXACT"]) && self.word_at(1, "NEAREST") {
            return Ok((self.nearest(left, right, *kind)?, true));
        }
        let (condition, using) =
            if natural == 1 { (None, vec!["#natural".to_owned()]) } else { self.join_criteria()? };
        if !lateral {
            return Ok((build::join(left, right, condition, *kind, using), true));
        }
        if !using.is_empty() {
            self.refuse("sql.lateral_join_using");
        }
        self.check_lateral(*kind);
        Ok((build::lateral_join(left, right, condition, *kind), true))
    }

    /// A right side for each row of the left is joined to that row.
    fn check_lateral(&mut self, kind: JoinType) {
        let name = match kind {
            JoinType::RightOuter => "RIGHT OUTER",
            JoinType::FullOuter => "FULL OUTER",
            JoinType::LeftSemi => "LEFT SEMI",
            JoinType::LeftAnti => "LEFT ANTI",
            _ => return,
        };
        let parameters = [("joinType", name.to_owned())];
        self.blame(Error::analysis(Condition::INVALID_LATERAL_JOIN_TYPE, parameters));
    }

    fn no_join(&self, left: proto::Relation) -> Result<(proto::Relation, bool)> {
        let begun = self.any_word_at(0, &["CROSS", "NATURAL", "LEFT", "RIGHT", "FULL", "INNER"]);
        if begun || self.any_word_at(0, &["SEMI", "ANTI"]) {
            let skipped = (0..3).find(|ahead| {
                !self.any_word_at(*ahead, &["NATURAL", "LEFT", "RIGHT", "FULL", "OUTER", "CROSS"])
                    && !self.any_word_at(*ahead, &["INNER", "SEMI", "ANTI"])
            });
            let index = self.index() + skipped.unwrap_or(0);
            return Err(self.unexpected_at(index, ": missing 'JOIN'"));
        }
        Ok((left, false))
    }

    fn join_criteria(&mut self) -> Result<(Option<proto::Expression>, Vec<String>)> {
        if self.eat_word("ON") {
            return Ok((Some(self.condition()?), Vec::new()));
        }
        if self.eat_word("USING") {
            if !self.symbol_at(0, "(") {
                let ended = self.kind() == Kind::End;
                return Err(if ended { self.unexpected() } else { self.lacking("'('") });
            }
            return Ok((None, self.identifier_list()?));
        }
        Ok((None, Vec::new()))
    }

    /// `APPROX NEAREST 5 BY DISTANCE expression`.
    fn nearest(
        &mut self,
        left: proto::Relation,
        right: proto::Relation,
        kind: JoinType,
    ) -> Result<proto::Relation> {
        let mode = self.bump();
        let mode = self.text_of(&mode).to_ascii_lowercase();
        self.require_word("NEAREST")?;
        let count = if self.word_at(0, "BY") { 1 } else { self.constant_count()?.unwrap_or(1) };
        self.require_word("BY")?;
        let direction = self.bump();
        let direction = self.text_of(&direction).to_ascii_lowercase();
        let ranking = self.expression()?;
        let join_type = match kind {
            JoinType::Inner | JoinType::Unspecified => "inner",
            JoinType::LeftOuter => "leftouter",
            JoinType::FullOuter => return Err(no_such_type("FULL OUTER")),
            JoinType::RightOuter => return Err(no_such_type("RIGHT OUTER")),
            JoinType::LeftAnti => return Err(no_such_type("LEFT ANTI")),
            JoinType::LeftSemi => return Err(no_such_type("LEFT SEMI")),
            JoinType::Cross => return Err(no_such_type("CROSS")),
        };
        Ok(build::relation(RelType::NearestByJoin(Box::new(proto::NearestByJoin {
            left: Some(Box::new(left)),
            right: Some(Box::new(right)),
            ranking_expression: Some(ranking),
            num_results: count,
            join_type: join_type.to_owned(),
            mode,
            direction,
        }))))
    }
}

/// Only rows of the left have something nearest to them.
fn no_such_type(name: &str) -> Error {
    Error::analysis(
        Condition::NEAREST_BY_JOIN_TYPE_IN_TEXT,
        [("joinType", name.to_owned()), ("supported", "'INNER', 'LEFT OUTER'".to_owned())],
    )
}
