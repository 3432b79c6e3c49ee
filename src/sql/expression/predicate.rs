//! What may follow a value: `BETWEEN`, `IN`, `LIKE`, `IS`.

use crate::error::{Condition, Result};
use crate::proto;
use crate::proto::expression::literal::LiteralType;
use crate::sql::build;
use crate::sql::cursor::{NO_PARAMETERS, Parser};
use crate::sql::lexer::Token;

type Expression = proto::Expression;

impl Parser<'_> {
    /// The predicate behind `value`, if there is one.
    pub(super) fn predicate(&mut self, value: Expression) -> Result<Expression> {
        if self.word_at(0, "IS") && self.any_word_at(1, IS_WHAT) {
            self.bump();
            return self.is(value);
        }
        let negated = usize::from(self.word_at(0, "NOT"));
        let inside = self.word_at(negated, "IN") && self.symbol_at(negated + 1, "(");
        let words = ["BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP"];
        let others = self.any_word_at(negated, &words);
        let alias = self.naming && negated == 0 && self.ends_item();
        if !inside && (!others || alias) {
            return Ok(value);
        }
        let start = *self.token(0);
        let negated = self.eat_word("NOT");
        let word = self.bump();
        self.grow()?;
        let test = match self.text_of(&word).to_ascii_uppercase().as_str() {
            "BETWEEN" => self.between(value),
            "IN" => self.is_in(&start, value),
            "LIKE" => return self.like(&start, "like", value, negated),
            "ILIKE" => return self.like(&start, "ilike", value, negated),
            _ => Ok(build::call("rlike", vec![value, self.value()?])),
        };
        Ok(build::negated(negated, test?))
    }

    fn between(&mut self, value: Expression) -> Result<Expression> {
        let lower = self.apart(Self::value)?;
        if !self.eat_word("AND") {
            let ended = self.kind() == crate::sql::lexer::Kind::End;
            return Err(if ended { self.unexpected() } else { self.lacking("'AND'") });
        }
        let upper = self.apart(Self::value)?;
        Ok(build::call("between", vec![value, lower, upper]))
    }

    fn is_in(&mut self, start: &Token, value: Expression) -> Result<Expression> {
        if self.query_in_parentheses(self.index()) {
            return self.in_subquery(value);
        }
        if self.symbol_at(1, ")") {
            self.bump();
            self.bump();
            let condition = Condition::INVALID_SQL_SYNTAX_EMPTY_IN_PREDICATE;
            self.blame(self.fault(start, condition, NO_PARAMETERS));
            return Ok(value);
        }
        let mut arguments = vec![value];
        self.require("(")?;
        arguments.extend(self.list(Self::expression)?);
        self.close_list(arguments.len() > 2)?;
        Ok(build::call("in", arguments))
    }

    fn like(
        &mut self,
        start: &Token,
        function: &str,
        value: Expression,
        negated: bool,
    ) -> Result<Expression> {
        let quantifier = [("ANY", "any"), ("SOME", "any"), ("ALL", "all")]
            .into_iter()
            .find(|(word, _)| self.word_at(0, word) && self.symbol_at(1, "("))
            .map(|(_, quantifier)| quantifier);
        if let Some(quantifier) = quantifier {
            self.bump();
            let negation = if negated { "not" } else { "" };
            let mut arguments = vec![value];
            arguments.extend(self.patterns(start)?);
            let name = format!("{}{negation}like{quantifier}.{function}", build::LIKE);
            return Ok(build::call(&name, arguments));
        }
        let mut arguments = vec![value, self.apart(Self::value)?];
        if self.eat_word("ESCAPE") {
            arguments.push(self.escape_character(start)?);
        }
        Ok(build::negated(negated, build::call(function, arguments)))
    }

    fn patterns(&mut self, start: &Token) -> Result<Vec<Expression>> {
        if !self.symbol_at(1, ")") {
            return self.parenthesised(Self::expression);
        }
        self.bump();
        self.bump();
        let condition = Condition::INVALID_SQL_SYNTAX_EMPTY_QUANTIFIED_PATTERN;
        self.blame(self.fault(start, condition, NO_PARAMETERS));
        Ok(vec![build::null()])
    }

    fn escape_character(&mut self, start: &Token) -> Result<Expression> {
        let token = *self.token(0);
        let text = self.string()?;
        if text.chars().count() != 1 {
            let literal = self.text_of(&token).to_owned();
            self.blame(self.fault(start, Condition::INVALID_ESC, [("invalidEscape", literal)]));
        }
        Ok(build::text(text))
    }

    fn is(&mut self, value: Expression) -> Result<Expression> {
        let negated = self.eat_word("NOT");
        let word = self.bump();
        self.grow()?;
        let test = match self.text_of(&word).to_ascii_uppercase().as_str() {
            "NULL" | "UNKNOWN" if negated => return Ok(build::call("isNotNull", vec![value])),
            "NULL" | "UNKNOWN" => return Ok(build::call("isNull", vec![value])),
            "TRUE" => truth(value, true),
            "FALSE" => truth(value, false),
            "DISTINCT" => {
                self.require_word("FROM")?;
                let other = self.apart(Self::value)?;
                let same = build::call("<=>", vec![value, other]);
                return Ok(build::negated(!negated, same));
            }
            _ => return Err(self.unexpected_at(self.index().saturating_sub(1), "")),
        };
        Ok(build::negated(negated, test))
    }
}

/// What may stand behind `IS`; another word is an alias or an error.
const IS_WHAT: &[&str] = &["NOT", "NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT"];

fn truth(value: Expression, truth: bool) -> Expression {
    build::call("<=>", vec![value, build::literal(LiteralType::Boolean(truth))])
}
