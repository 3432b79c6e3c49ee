//! Lambda functions.

use crate::error::Result;
use crate::proto;
use crate::proto::expression::{ExprType, LambdaFunction, UnresolvedNamedLambdaVariable};
use crate::sql::build;
use crate::sql::cursor::Parser;

impl Parser<'_> {
    /// Whether the parenthesis here holds the parameters of a lambda function.
    pub(super) fn lambda_ahead(&self) -> bool {
        self.behind(self.index()).is_some_and(|behind| {
            let token = self.token_at(behind);
            self.text_of(token) == "->"
        })
    }

    /// `x -> body` or `(x, y) -> body`.
    pub(super) fn lambda(&mut self) -> Result<proto::Expression> {
        let names =
            if self.symbol_at(0, "(") { self.identifier_list()? } else { vec![self.identifier()?] };
        self.require("->")?;
        self.lambdas.push(names.clone());
        let body = self.expression();
        self.lambdas.pop();
        let variable = |name| UnresolvedNamedLambdaVariable { name_parts: vec![name] };
        Ok(build::expression(ExprType::LambdaFunction(Box::new(LambdaFunction {
            function: Some(Box::new(body?)),
            arguments: names.into_iter().map(variable).collect(),
        }))))
    }

    /// Whether a name begins with a parameter of an enclosing lambda function.
    pub(super) fn is_lambda_parameter(&self, parts: &[String]) -> bool {
        let Some(first) = parts.first() else { return false };
        self.lambdas.iter().flatten().any(|name| name.eq_ignore_ascii_case(first))
    }
}
