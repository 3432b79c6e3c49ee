//! Expressions, by Spark's precedence.

mod attribute;
mod case;
mod datetime;
mod function;
mod identifier_clause;
mod interval;
mod lambda;
mod literal;
mod parameter;
mod pratt;
mod predicate;
mod primary;
mod special;
mod subquery;
pub(super) mod window;

pub(super) use subquery::table_argument;

use super::build;
use super::cursor::Parser;
use super::lexer::Kind;
use crate::error::Result;
use crate::proto;

impl Parser<'_> {
    /// Any expression, without an alias.
    pub(super) fn expression(&mut self) -> Result<proto::Expression> {
        self.nested(Self::disjunction)
    }

    /// An expression with an alias or several, if it has any.
    pub(super) fn named_expression(&mut self) -> Result<proto::Expression> {
        let expression = self.nested(|parser| {
            parser.naming = true;
            parser.disjunction()
        })?;
        self.aliased(expression)
    }

    /// Whether the word here is an operator, and not an alias at the end of an item.
    fn operator_ahead(&self, word: &str) -> bool {
        let alone = self.token(1).kind == Kind::End || self.naming && self.ends_item();
        self.word_at(0, word) && !alone
    }

    /// The expression under the alias that follows, if one does.
    pub(super) fn aliased(&mut self, expression: proto::Expression) -> Result<proto::Expression> {
        // `AS` itself is the name if none follows.
        let named = self.identifier_at(1) || self.symbol_at(1, "(");
        let marked = named && self.eat_word("AS");
        let names = if self.symbol_at(0, "(") && (marked || self.names_ahead()) {
            self.identifier_list()?
        } else if marked || (self.identifier_at(0) && !self.clause_ahead()) {
            vec![self.checked_identifier()?]
        } else {
            return Ok(expression);
        };
        Ok(build::alias(expression, names))
    }

    /// Whether `(a, b)` is next.
    fn names_ahead(&self) -> bool {
        self.symbol_at(0, "(") && self.identifier_at(1) && !self.symbol_at(2, "(")
    }

    /// The condition behind `WHERE`, `ON` and the like.
    pub(super) fn condition(&mut self) -> Result<proto::Expression> {
        self.expression()
    }
}
