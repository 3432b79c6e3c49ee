//! `CASE`, with and without a value.

use crate::error::Result;
use crate::proto;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    /// Whether the word `CASE` here starts an expression and is not a column: then
    /// `WHEN` follows, perhaps behind a value.
    pub(super) fn case_ahead(&self) -> bool {
        let next = self.token(1).kind;
        if matches!(next, Kind::Symbol("," | ")" | "." | ";") | Kind::End) {
            return false;
        }
        let mut at = self.index() + 1;
        loop {
            match self.token_at(at).kind {
                Kind::Symbol("(") => match self.behind(at) {
                    Some(behind) => at = behind,
                    None => return false,
                },
                Kind::End | Kind::Symbol(")" | "," | ";") => return false,
                _ if self.word_at_index(at, "WHEN") => return true,
                _ => at += 1,
            }
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
                Some(value) => build::call("==", vec![self.copy(value)?, condition]),
                None => condition,
            });
            self.require_word("THEN")?;
            arguments.push(self.expression()?);
        }
        if self.eat_word("ELSE") {
            arguments.push(self.expression()?);
        }
        self.require_word("END")?;
        Ok(build::call("when", arguments))
    }
}
