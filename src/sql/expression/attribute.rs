//! Names, stars and calls: all begin with a name.

use crate::error::Result;
use crate::proto;
use crate::sql::build;
use crate::sql::cursor::Parser;

impl Parser<'_> {
    /// `a.b`, `a.*` or `a.f(..)`.
    pub(super) fn name_or_call(&mut self) -> Result<proto::Expression> {
        let start = *self.token(0);
        let mut parts = vec![self.identifier()?];
        while self.symbol_at(0, ".") {
            if self.symbol_at(1, "*") {
                self.bump();
                self.bump();
                return self.star_of(&parts);
            }
            if !self.identifier_at(1) {
                break;
            }
            self.bump();
            parts.push(self.identifier()?);
        }
        if self.symbol_at(0, "(") {
            return self.call(&start, parts);
        }
        Ok(self.name(parts))
    }

    /// A name: of a lambda function's parameter, or of a column.
    pub(super) fn name(&self, parts: Vec<String>) -> proto::Expression {
        if self.is_lambda_parameter(&parts) {
            build::lambda_variable(parts)
        } else if let [name] = parts.as_slice()
            && let Some(value) = self.parameters.bound.get(&name.to_lowercase())
        {
            value.clone()
        } else {
            build::attribute(&parts)
        }
    }

    /// The star of `target`, with the columns it leaves out.
    pub(super) fn star_of(&mut self, target: &[String]) -> Result<proto::Expression> {
        let excepts = self.word_at(0, "EXCEPT")
            && self.symbol_at(1, "(")
            && !self.query_in_parentheses(self.index() + 1);
        if excepts {
            self.bump();
            let left_out = self.parenthesised(Self::multipart_identifier)?;
            let mut arguments = vec![build::star(target)];
            arguments.extend(left_out.iter().map(|parts| build::attribute(parts)));
            return Ok(build::call("#star_except", arguments));
        }
        Ok(build::star(target))
    }
}
