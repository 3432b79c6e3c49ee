//! What may follow a value: `BETWEEN`, `IN`, `LIKE`, `IS`.

use crate::error::{Condition, Result};
use crate::proto;
use crate::proto::expression::literal::LiteralType;
use crate::sql::build;
use crate::sql::cursor::{NO_PARAMETERS, Parser};

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
        if !inside && !self.any_word_at(negated, &["BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP"]) {
            return Ok(value);
        }
        let negated = self.eat_word("NOT");
        let word = self.bump();
        self.grow()?;
        let test = match self.text_of(&word).to_ascii_uppercase().as_str() {
            "BETWEEN" => self.between(value),
            "IN" => self.is_in(value),
            "LIKE" => return self.like("like", value, negated),
            "ILIKE" => return self.like("ilike", value, negated),
            _ => Ok(build::call("rlike", vec![value, self.value()?])),
        };
        Ok(build::negated(negated, test?))
    }

    fn between(&mut self, value: Expression) -> Result<Expression> {
        let lower = self.apart(Self::value)?;
        self.expect_word("AND")?;
        let upper = self.apart(Self::value)?;
        let sides = vec![
            build::call(">=", vec![value.clone(), lower]),
            build::call("<=", vec![value, upper]),
        ];
        Ok(build::call("and", sides))
    }

    fn is_in(&mut self, value: Expression) -> Result<Expression> {
        if self.query_in_parentheses(self.index()) {
            return self.in_subquery(value);
        }
        if self.symbol_at(1, ")") {
            let token = *self.token(1);
            let condition = Condition::INVALID_SQL_SYNTAX_EMPTY_IN_PREDICATE;
            return Err(self.fault(&token, condition, NO_PARAMETERS));
        }
        let mut arguments = vec![value];
        arguments.extend(self.parenthesised(Self::expression)?);
        Ok(build::call("in", arguments))
    }

    fn like(&mut self, function: &str, value: Expression, negated: bool) -> Result<Expression> {
        let quantifier = [("ANY", "or"), ("SOME", "or"), ("ALL", "and")]
            .into_iter()
            .find(|(word, _)| self.word_at(0, word) && self.symbol_at(1, "("));
        if let Some((_, join)) = quantifier {
            self.bump();
            return self.like_quantified(function, &value, negated, join);
        }
        let mut arguments = vec![value, self.apart(Self::value)?];
        if self.eat_word("ESCAPE") {
            arguments.push(self.escape_character()?);
        }
        Ok(build::negated(negated, build::call(function, arguments)))
    }

    fn like_quantified(
        &mut self,
        function: &str,
        value: &Expression,
        negated: bool,
        join: &str,
    ) -> Result<Expression> {
        if self.symbol_at(1, ")") {
            let token = *self.token(1);
            let condition = Condition::INVALID_SQL_SYNTAX_EMPTY_QUANTIFIED_PATTERN;
            return Err(self.fault(&token, condition, NO_PARAMETERS));
        }
        let patterns = self.parenthesised(Self::expression)?;
        let test =
            |pattern| build::negated(negated, build::call(function, vec![value.clone(), pattern]));
        let tests = patterns.into_iter().map(test).collect();
        build::balanced(join, tests).map_or_else(|| Err(self.unexpected()), Ok)
    }

    fn escape_character(&mut self) -> Result<Expression> {
        let token = *self.token(0);
        let text = self.string()?;
        if text.chars().count() == 1 {
            return Ok(build::text(text));
        }
        let literal = self.text_of(&token).to_owned();
        Err(self.fault(&token, Condition::INVALID_ESC, [("invalidEscape", literal)]))
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
                self.expect_word("FROM")?;
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
