//! `CASE`, with and without a value.

use crate::error::Result;
use crate::proto;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    /// Whether the word `CASE` here starts an expression and is not a column.
    pub(super) fn case_ahead(&self) -> bool {
        match self.token(1).kind {
            Kind::Word => !self.any_word_at(1, &["FROM", "AS", "IS", "IN", "AND", "OR", "THEN"]),
            Kind::Quoted | Kind::String | Kind::Number(_) => true,
            Kind::Symbol("(") => self.behind(self.index() + 1).is_some_and(|behind| {
                !matches!(self.token_at(behind).kind, Kind::End | Kind::Symbol("," | ")"))
            }),
            Kind::Symbol("?" | ":" | "-" | "~" | "!") => true,
            Kind::Symbol(_) | Kind::Unknown | Kind::End => false,
        }
    }

    pub(super) fn case(&mut self) -> Result<proto::Expression> {
        self.bump();
        let value = if self.word_at(0, "WHEN") { None } else { Some(self.expression()?) };
        let mut arguments = Vec::new();
        if !self.word_at(0, "WHEN") {
            return Err(self.unexpected());
        }
        while self.eat_word("WHEN") {
            let condition = self.expression()?;
            arguments.push(match &value {
                Some(value) => build::call("==", vec![value.clone(), condition]),
                None => condition,
            });
            self.expect_word("THEN")?;
            arguments.push(self.expression()?);
        }
        if self.eat_word("ELSE") {
            arguments.push(self.expression()?);
        }
        self.expect_word("END")?;
        self.grow()?;
        Ok(build::call("when", arguments))
    }
}
