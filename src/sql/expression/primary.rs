//! Operands: literals, names, calls, parentheses, and what is appended to them.

use crate::error::Result;
use crate::proto;
use crate::proto::expression::cast::EvalMode;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    /// An operand with all accesses, casts and collations behind it.
    pub(in crate::sql) fn primary(&mut self) -> Result<proto::Expression> {
        let mut value = self.operand()?;
        loop {
            value = match self.kind() {
                Kind::Symbol(".") if self.identifier_at(1) => {
                    self.bump();
                    build::extract(value, build::text(self.identifier()?))
                }
                Kind::Symbol(".") => return Err(self.unexpected_at(self.index() + 1, "")),
                Kind::Symbol("[") => {
                    self.bump();
                    let index = self.nested(Self::value)?;
                    self.require_or_miss("]")?;
                    build::extract(value, index)
                }
                Kind::Symbol("::") => {
                    self.bump();
                    build::cast(value, self.data_type()?, EvalMode::Unspecified)
                }
                Kind::Symbol(":") if self.path_ahead() => {
                    self.bump();
                    self.variant_path(value)?
                }
                Kind::Word if self.word_at(0, "COLLATE") && self.identifier_at(1) => {
                    self.bump();
                    let name = self.multipart_identifier()?.join(".");
                    build::call("collate", vec![value, build::text(name)])
                }
                _ => return Ok(value),
            };
            self.grow()?;
        }
    }

    fn operand(&mut self) -> Result<proto::Expression> {
        match self.kind() {
            Kind::String => Ok(build::text(self.string()?)),
            Kind::Number(_) | Kind::Symbol("-") => self.number(),
            Kind::Symbol("*") => {
                self.bump();
                self.star_of(&[])
            }
            Kind::Symbol("(") => self.parentheses(),
            Kind::Symbol(":") => self.named_parameter(),
            Kind::Symbol("?") => self.positional_parameter(),
            Kind::Quoted => self.name_or_call(),
            Kind::Word => self.word_operand(),
            Kind::Symbol(_) | Kind::Unknown | Kind::End => Err(self.unexpected()),
        }
    }

    fn word_operand(&mut self) -> Result<proto::Expression> {
        if self.symbol_at(1, "->") {
            return self.lambda();
        }
        let word = self.text_of(self.token(0)).to_ascii_uppercase();
        match word.as_str() {
            "CASE" if self.case_ahead() => self.case(),
            "INTERVAL" if self.interval_ahead() => self.interval(),
            "NULL" if !self.symbol_at(1, "(") => self.constant(build::null()),
            "TRUE" => self.constant(build::boolean(true)),
            "FALSE" => self.constant(build::boolean(false)),
            _ if self.token(1).kind == Kind::String => self.typed_literal(&word),
            _ => self.name_or_call(),
        }
    }

    fn constant(&mut self, value: proto::Expression) -> Result<proto::Expression> {
        self.bump();
        Ok(value)
    }

    /// `(..)`: a lambda function, a subquery, a struct or one expression.
    fn parentheses(&mut self) -> Result<proto::Expression> {
        if self.lambda_ahead() {
            return self.lambda();
        }
        if self.query_in_parentheses(self.index()) {
            return self.scalar_subquery();
        }
        self.require("(")?;
        let first = self.expression()?;
        if self.eat(")") {
            return Ok(first);
        }
        let mut fields = vec![self.aliased(first)?];
        if !self.symbol_at(0, ",") {
            return Err(self.unexpected());
        }
        while self.eat(",") {
            fields.push(self.named_expression()?);
        }
        self.close_list(true)?;
        Ok(build::row(fields))
    }

    fn path_ahead(&self) -> bool {
        self.identifier_at(1) || self.symbol_at(1, "[")
    }

    /// `a.b[0]['c']` behind `variant:`: a call under the name of its last field.
    fn variant_path(&mut self, value: proto::Expression) -> Result<proto::Expression> {
        let mut path = "$".to_owned();
        let mut last = None;
        if self.identifier_at(0) {
            let name = self.identifier()?;
            path.push_str(&format!(".{name}"));
            last = Some(name);
        }
        loop {
            if self.symbol_at(0, ".") && self.identifier_at(1) {
                self.bump();
                let name = self.identifier()?;
                path.push_str(&format!(".{name}"));
                last = Some(name);
            } else if self.eat("[") {
                let token = self.bump();
                let text = self.text_of(&token).to_owned();
                match token.kind {
                    Kind::String if text.starts_with('\'') => {
                        last = Some(text.trim_matches('\'').to_owned());
                    }
                    Kind::Number(_) => {}
                    _ => return Err(self.unexpected_at(self.index() - 1, "")),
                }
                path.push_str(&format!("[{text}]"));
                self.require("]")?;
            } else {
                break;
            }
        }
        // Dots in quoted names are no others.
        let name = last.map(|name| name.rsplit('.').next().unwrap_or_default().to_owned());
        let part = build::call("#variant_part", vec![value, build::text(path)]);
        Ok(match name {
            Some(name) => build::alias(part, vec![name]),
            None => part,
        })
    }
}
