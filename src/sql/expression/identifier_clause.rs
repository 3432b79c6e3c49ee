//! `IDENTIFIER('a.b')`: a name given as a constant string.

use crate::error::Result;
use crate::proto;
use crate::proto::expression::ExprType;
use crate::proto::expression::literal::LiteralType;
use crate::sql::cursor::Parser;
use crate::sql::{build, parse_identifier};

impl Parser<'_> {
    /// `IDENTIFIER(..)` as a column, or as a function if arguments follow.
    pub(super) fn identifier_clause(&mut self) -> Result<proto::Expression> {
        let parts = self.constant_name()?;
        if !self.symbol_at(0, "(") {
            return Ok(self.name(parts));
        }
        // Not a word, so that no special form is seen in the name.
        let mut start = *self.token(0);
        start.kind = crate::sql::lexer::Kind::Quoted;
        self.call(&start, parts)
    }

    /// The parts of the name in the parentheses that are next.
    pub(in crate::sql) fn constant_name(&mut self) -> Result<Vec<String>> {
        self.require("(")?;
        let expression = self.expression()?;
        self.require(")")?;
        match constant_text(&expression) {
            Some(text) => parse_identifier(&text),
            None => {
                self.refuse("sql.identifier_clause");
                Ok(vec![String::new()])
            }
        }
    }
}

/// The value of a constant string, put together from literals at most.
fn constant_text(expression: &proto::Expression) -> Option<String> {
    if let Some(ExprType::Literal(literal)) = expression.expr_type.as_ref() {
        return match literal.literal_type.as_ref()? {
            LiteralType::String(text) => Some(text.clone()),
            _ => None,
        };
    }
    let pieces = ["||", "concat"]
        .into_iter()
        .find_map(|function| build::arguments_of(expression, function))?;
    crate::planner::grown::with_stack(|| pieces.iter().map(constant_text).collect())
}
