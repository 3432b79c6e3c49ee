//! Calls with a syntax of their own.

use std::ops::ControlFlow;

use crate::error::{Condition, Result};
use crate::proto;
use crate::proto::expression::cast::EvalMode;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::{Kind, Token};

type Expression = proto::Expression;

const UNITS: &[&str] = &[
    "YEAR",
    "QUARTER",
    "MONTH",
    "WEEK",
    "DAY",
    "DAYOFYEAR",
    "HOUR",
    "MINUTE",
    "SECOND",
    "MILLISECOND",
    "MICROSECOND",
];

impl Parser<'_> {
    /// Forms that show in the first token behind the parenthesis.
    pub(super) fn special_opening(&mut self, name: &str) -> Result<Option<Expression>> {
        match name {
            "EXTRACT" if self.identifier_at(1) && self.word_at(2, "FROM") => {
                self.require("(")?;
                let field = self.bump();
                let field = build::text(self.text_of(&field));
                self.require_word("FROM")?;
                let source = self.nested(Self::value)?;
                self.closed("extract", vec![field, source]).map(Some)
            }
            "TRIM" if self.any_word_at(1, &["BOTH", "LEADING", "TRAILING"]) && !self.ends_at(2) => {
                self.trim_sided().map(Some)
            }
            _ => Ok(None),
        }
    }

    fn ends_at(&self, ahead: usize) -> bool {
        matches!(self.token(ahead).kind, Kind::Symbol(")" | "," | ".") | Kind::End)
    }

    fn trim_sided(&mut self) -> Result<Expression> {
        self.require("(")?;
        let side = self.bump();
        let function = match self.text_of(&side).to_ascii_uppercase().as_str() {
            "LEADING" => "ltrim",
            "TRAILING" => "rtrim",
            _ => "trim",
        };
        let mut arguments = Vec::new();
        if !self.word_at(0, "FROM") {
            arguments.push(self.nested(Self::value)?);
        }
        self.require_word("FROM")?;
        arguments.push(self.nested(Self::value)?);
        self.closed(function, arguments)
    }

    /// Forms that show behind the first argument; without one, the argument.
    pub(super) fn special_continuation(
        &mut self,
        name: &str,
        first: Expression,
    ) -> Result<ControlFlow<Expression, Expression>> {
        let call = match name {
            "CAST" | "TRY_CAST" if self.eat_word("AS") => {
                let mode = if name == "CAST" { EvalMode::Unspecified } else { EvalMode::Try };
                let to = self.data_type()?;
                self.require(")")?;
                build::cast(first, to, mode)
            }
            "SUBSTRING" | "SUBSTR" if self.eat_word("FROM") => {
                let start = self.nested(Self::value)?;
                let length = if self.eat_word("FOR") {
                    self.nested(Self::value)?
                } else {
                    build::integer(i32::MAX)
                };
                self.closed("substring", vec![first, start, length])?
            }
            "TRIM" if self.eat_word("FROM") => {
                let source = self.nested(Self::value)?;
                self.closed("trim", vec![first, source])?
            }
            "POSITION" if self.eat_word("IN") => {
                let text = self.nested(Self::value)?;
                self.closed("locate", vec![first, text, build::integer(1)])?
            }
            "OVERLAY" if self.eat_word("PLACING") => self.overlay(first)?,
            "FIRST" | "LAST" | "ANY_VALUE" if self.eat_words(&["IGNORE", "NULLS"]) => {
                let call = self.closed(&name.to_ascii_lowercase(), vec![first])?;
                build::call("#ignore_nulls", vec![call])
            }
            _ => return Ok(ControlFlow::Continue(first)),
        };
        Ok(ControlFlow::Break(call))
    }

    fn overlay(&mut self, input: Expression) -> Result<Expression> {
        let replacement = self.nested(Self::value)?;
        self.require_word("FROM")?;
        let position = self.nested(Self::value)?;
        let length =
            if self.eat_word("FOR") { self.nested(Self::value)? } else { build::integer(-1) };
        self.closed("overlay", vec![input, replacement, position, length])
    }

    fn closed(&mut self, function: &str, arguments: Vec<Expression>) -> Result<Expression> {
        self.require(")")?;
        Ok(build::call(function, arguments))
    }

    /// The function that a call like `DATEADD(DAY, 1, d)` means, if its first
    /// argument may be a unit; it is one if there are three arguments.
    pub(super) fn unit_call_ahead(&self, name: &str) -> Option<&'static str> {
        let function = match name {
            "TIMESTAMPADD" | "DATEADD" | "DATE_ADD" => "timestampadd",
            "TIMESTAMPDIFF" | "DATEDIFF" | "DATE_DIFF" | "TIMEDIFF" => "timestampdiff",
            _ => return None,
        };
        let unit = self.any_word_at(1, UNITS) || self.token(1).kind == Kind::String;
        (unit && self.symbol_at(2, ",")).then_some(function)
    }

    /// A call whose first argument is a unit of time.
    pub(super) fn unit_call(
        &mut self,
        start: &Token,
        function: &str,
        mut arguments: Vec<Expression>,
    ) -> Result<Expression> {
        let unit = self.index_of(start) + 2;
        let token = *self.token_at(unit);
        let text = self.text_of(&token).to_owned();
        if token.kind == Kind::String {
            let name = self.text_of(start).to_ascii_lowercase();
            return self.blamed_null(self.fault(
                start,
                Condition::INVALID_PARAMETER_VALUE_DATETIME_UNIT,
                [
                    ("functionName", format!("`{name}`")),
                    ("parameter", "`unit`".to_owned()),
                    ("invalidValue", text),
                ],
            ));
        }
        if let Some(first) = arguments.first_mut() {
            *first = build::text(text);
        }
        Ok(build::call(function, arguments))
    }
}
