//! Function calls, and what may stand behind one.

use std::ops::ControlFlow;

use crate::error::Result;
use crate::proto;
use crate::proto::expression::{ExprType, UnresolvedFunction};
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::identifier::quote;
use crate::sql::lexer::{Kind, Token};

type Expression = proto::Expression;

impl Parser<'_> {
    /// A call; the parenthesis is next. `start` is the first token of its name.
    pub(super) fn call(&mut self, start: &Token, name: Vec<String>) -> Result<Expression> {
        let special = match name.as_slice() {
            [only] if start.kind == Kind::Word => only.to_ascii_uppercase(),
            _ => String::new(),
        };
        if special == "IDENTIFIER" {
            return self.identifier_clause();
        }
        if let Some(expression) = self.special_opening(&special)? {
            return Ok(expression);
        }
        let with_unit = self.unit_call_ahead(&special);
        self.require("(")?;
        let distinct = self.quantifier();
        let mut arguments = Vec::new();
        if !self.symbol_at(0, ")") {
            let first = self.argument(&special)?;
            match self.special_continuation(&special, first)? {
                ControlFlow::Break(expression) => return Ok(expression),
                ControlFlow::Continue(first) => arguments.push(first),
            }
        }
        while self.eat(",") {
            arguments.push(self.argument(&special)?);
        }
        self.close_list(arguments.len() > 1)?;
        if let Some(name) = with_unit.filter(|_| arguments.len() == 3) {
            return self.unit_call(start, name, arguments);
        }
        if special == "COUNT" && !distinct {
            count_rows(&mut arguments);
        }
        let function = build::expression(ExprType::UnresolvedFunction(UnresolvedFunction {
            is_user_defined_function: name.len() > 1,
            function_name: if name.len() > 1 { quote(&name) } else { name.concat() },
            arguments,
            is_distinct: distinct,
            is_internal: None,
        }));
        self.call_tail(function)
    }

    /// `DISTINCT` or `ALL` before the arguments.
    fn quantifier(&mut self) -> bool {
        let argument_follows = !matches!(
            self.token(1).kind,
            Kind::Symbol(")" | "," | "." | "(" | "[" | "=>" | "->") | Kind::End
        );
        let parenthesised = self.symbol_at(1, "(") && self.word_at(0, "DISTINCT");
        let quantified = argument_follows || parenthesised;
        if quantified && self.eat_word("DISTINCT") {
            return true;
        }
        if quantified && self.word_at(0, "ALL") {
            self.bump();
        }
        false
    }

    fn argument(&mut self, function: &str) -> Result<Expression> {
        if self.identifier_at(0) && self.symbol_at(1, "=>") {
            let key = self.identifier()?;
            self.require("=>")?;
            let value = Some(Box::new(self.expression()?));
            return Ok(build::expression(ExprType::NamedArgumentExpression(Box::new(
                proto::NamedArgumentExpression { key, value },
            ))));
        }
        match function {
            "STRUCT" => self.named_expression(),
            // The `IN` of `POSITION(a IN b)` is no predicate.
            "POSITION" => self.nested(Self::value),
            _ => self.expression(),
        }
    }

    /// `WITHIN GROUP`, `FILTER`, `IGNORE NULLS` and `OVER` behind a call.
    fn call_tail(&mut self, mut function: Expression) -> Result<Expression> {
        if self.words(&["WITHIN", "GROUP"]) {
            self.eat_words(&["WITHIN", "GROUP"]);
            self.require("(")?;
            self.require_words(&["ORDER", "BY"])?;
            let orders = self.list(Self::sort_item)?;
            self.require(")")?;
            let mut arguments = vec![function];
            arguments.extend(orders.into_iter().map(build::sort_expression));
            function = build::call("#within_group", arguments);
        }
        let mut filter = None;
        if self.word_at(0, "FILTER") && self.symbol_at(1, "(") && self.word_at(2, "WHERE") {
            self.bump();
            self.require("(")?;
            self.require_word("WHERE")?;
            filter = Some(self.condition()?);
            self.require(")")?;
        }
        if self.eat_words(&["IGNORE", "NULLS"]) {
            function = build::call("#ignore_nulls", vec![function]);
        } else {
            self.eat_words(&["RESPECT", "NULLS"]);
        }
        if let Some(condition) = filter {
            function = build::call("#filter", vec![function, condition]);
        }
        if self.word_at(0, "OVER") && (self.symbol_at(1, "(") || self.identifier_at(1)) {
            self.bump();
            return self.over(function);
        }
        Ok(function)
    }
}

/// `count(*)` counts rows, as `count(1)` does.
fn count_rows(arguments: &mut [Expression]) {
    if let [only] = arguments
        && *only == build::star(&[])
    {
        *only = build::integer(1);
    }
}
