//! `TABLESAMPLE`.

use crate::error::{Condition, Error, Result};
use crate::proto;
use crate::proto::relation::RelType;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    /// The relation with the sample that follows it, if one does.
    pub(super) fn sampled(&mut self, relation: proto::Relation) -> Result<proto::Relation> {
        if !(self.word_at(0, "TABLESAMPLE") && self.clause_ahead()) {
            return Ok(relation);
        }
        let start = self.bump();
        for word in ["SYSTEM", "BERNOULLI"] {
            self.eat_word(word);
        }
        self.require("(")?;
        let method = self.sample_method()?;
        self.require(")")?;
        let seed = self.sample_seed()?;
        match method {
            Method::Rows(count) => Ok(super::limit::limited(relation, count)),
            Method::Fraction(fraction) => {
                // Spark lets a little more than a half by rounding pass.
                if !(-1e-6..=1.0 + 1e-6).contains(&fraction) {
                    let parameters = [("fraction", format!("{fraction:?}"))];
                    let condition = Condition::INVALID_TABLESAMPLE_FRACTION;
                    let error = self.fault(&start, condition, parameters);
                    self.blame(error);
                }
                Ok(build::relation(RelType::Sample(Box::new(proto::Sample {
                    input: Some(Box::new(relation)),
                    lower_bound: 0.0,
                    upper_bound: fraction,
                    with_replacement: Some(false),
                    seed,
                    deterministic_order: false,
                }))))
            }
        }
    }

    fn sample_method(&mut self) -> Result<Method> {
        if self.eat_word("BUCKET") {
            let bucket = self.sample_number()?;
            self.require_words(&["OUT", "OF"])?;
            let buckets = self.sample_number()?;
            if self.word_at(0, "ON") {
                return Err(Error::unsupported("sql.tablesample_bucket_on"));
            }
            return Ok(Method::Fraction(bucket / buckets));
        }
        let percent = matches!(self.kind(), Kind::Number(_)) && self.word_at(1, "PERCENT")
            || self.symbol_at(0, "-") && self.word_at(2, "PERCENT");
        if percent {
            let negative = self.eat("-");
            let number = self.sample_number()?;
            self.require_word("PERCENT")?;
            return Ok(Method::Fraction(if negative { -number } else { number } / 100.0));
        }
        if self.symbol_at(1, ")") {
            let parameters = [("msg", "byteLengthLiteral".to_owned())];
            let start = *self.token(0);
            let error = self.fault(&start, Condition::TABLESAMPLE_BYTES, parameters);
            self.bump();
            self.blame(error);
            return Ok(Method::Fraction(0.0));
        }
        let count = self.constant_count()?;
        self.require_word("ROWS")?;
        count.map(Method::Rows).ok_or_else(|| self.unexpected())
    }

    fn sample_number(&mut self) -> Result<f64> {
        let number = if matches!(self.kind(), Kind::Number(_)) {
            self.text_of(self.token(0)).parse().ok()
        } else {
            None
        };
        match number {
            Some(number) => {
                self.bump();
                Ok(number)
            }
            None => Err(self.unexpected()),
        }
    }

    fn sample_seed(&mut self) -> Result<Option<i64>> {
        if !(self.word_at(0, "REPEATABLE") && self.symbol_at(1, "(")) {
            return Ok(None);
        }
        self.bump();
        self.require("(")?;
        let seed = self.text_of(self.token(0)).parse().ok();
        if seed.is_none() {
            return Err(self.unexpected());
        }
        self.bump();
        self.require(")")?;
        Ok(seed)
    }
}

enum Method {
    Rows(i32),
    Fraction(f64),
}
