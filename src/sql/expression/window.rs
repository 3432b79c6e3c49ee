//! Windows: `OVER`, and the specifications that `WINDOW` names.

use crate::error::{Condition, Result};
use crate::proto;
use crate::proto::expression::literal::LiteralType;
use crate::proto::expression::window::WindowFrame;
use crate::proto::expression::window::window_frame::frame_boundary::Boundary;
use crate::proto::expression::window::window_frame::{FrameBoundary, FrameType};
use crate::proto::expression::{ExprType, Literal, SortOrder, Window};
use crate::sql::build;
use crate::sql::cursor::{NO_PARAMETERS, Parser};

type Expression = proto::Expression;

/// Partitions, order and frame of a window.
#[derive(Debug, Clone, Default)]
pub(in crate::sql) struct Specification {
    partition: Vec<Expression>,
    order: Vec<SortOrder>,
    frame: Option<Box<WindowFrame>>,
}

impl Parser<'_> {
    /// The window of `function`, behind the word `OVER`.
    pub(super) fn over(&mut self, function: Expression) -> Result<Expression> {
        let Specification { partition, order, frame } = self.window_specification()?;
        self.grow()?;
        Ok(build::expression(ExprType::Window(Box::new(Window {
            window_function: Some(Box::new(function)),
            partition_spec: partition,
            order_spec: order,
            frame_spec: frame,
        }))))
    }

    /// `w`, `(w)` or `(PARTITION BY .. ORDER BY .. ROWS ..)`.
    pub(in crate::sql) fn window_specification(&mut self) -> Result<Specification> {
        if !self.symbol_at(0, "(") {
            return self.named_window();
        }
        if self.identifier_at(1) && self.symbol_at(2, ")") {
            self.require("(")?;
            let window = self.named_window()?;
            self.require(")")?;
            return Ok(window);
        }
        self.require("(")?;
        let mut window = Specification::default();
        if self.eat_words(&["CLUSTER", "BY"]) {
            window.partition = self.list(Self::expression)?;
        } else {
            if self.eat_words(&["PARTITION", "BY"]) || self.eat_words(&["DISTRIBUTE", "BY"]) {
                window.partition = self.list(Self::expression)?;
            }
            if self.eat_words(&["ORDER", "BY"]) || self.eat_words(&["SORT", "BY"]) {
                window.order = self.list(Self::sort_item)?;
            }
        }
        window.frame = self.frame()?.map(Box::new);
        self.require(")")?;
        Ok(window)
    }

    fn named_window(&mut self) -> Result<Specification> {
        let token = *self.token(0);
        let name = self.checked_identifier()?;
        let found = self
            .windows
            .last()
            .and_then(|windows| windows.iter().find(|(own, _)| own.eq_ignore_ascii_case(&name)));
        match found {
            Some((_, window)) => Ok(window.clone()),
            None => {
                let parameters = [
                    ("windowName", format!("`{}`", name.replace('`', "``"))),
                    ("docroot", "https://spark.apache.org/docs/latest".to_owned()),
                ];
                let condition = Condition::MISSING_WINDOW_SPECIFICATION;
                self.blame(self.fault(&token, condition, parameters));
                Ok(Specification::default())
            }
        }
    }

    fn frame(&mut self) -> Result<Option<WindowFrame>> {
        let frame_type = if self.eat_word("ROWS") {
            FrameType::Row
        } else if self.eat_word("RANGE") {
            FrameType::Range
        } else {
            return Ok(None);
        };
        let (lower, upper) = if self.eat_word("BETWEEN") {
            let lower = self.bound(false)?;
            self.require_word("AND")?;
            (lower, self.bound(true)?)
        } else {
            (self.bound(false)?, Boundary::CurrentRow(true))
        };
        let boundary = |boundary| Some(Box::new(FrameBoundary { boundary: Some(boundary) }));
        Ok(Some(WindowFrame {
            frame_type: frame_type as i32,
            lower: boundary(lower),
            upper: boundary(upper),
        }))
    }

    fn bound(&mut self, upper: bool) -> Result<Boundary> {
        if self.eat_words(&["CURRENT", "ROW"]) {
            return Ok(Boundary::CurrentRow(true));
        }
        if self.word_at(0, "UNBOUNDED") && self.any_word_at(1, &["PRECEDING", "FOLLOWING"]) {
            // The protocol has one "unbounded", which means this side's.
            if self.word_at(1, "FOLLOWING") != upper {
                self.refuse("sql.inverted_window_frame");
            }
            self.bump();
            self.bump();
            return Ok(Boundary::Unbounded(true));
        }
        let start = *self.token(0);
        let value = self.nested(Self::value)?;
        if matches!(value.expr_type, Some(ExprType::UnresolvedAttribute(_))) {
            let condition = Condition::INVALID_SQL_SYNTAX_INVALID_WINDOW_FRAME_BOUND;
            self.blame(self.fault(&start, condition, NO_PARAMETERS));
        }
        if self.eat_word("PRECEDING") {
            return Ok(Boundary::Value(Box::new(negated(value))));
        }
        if !self.eat_word("FOLLOWING") {
            return Err(self.lacking("{'FOLLOWING', 'PRECEDING'}"));
        }
        Ok(Boundary::Value(Box::new(value)))
    }
}

/// The value before the row instead of behind it.
fn negated(value: Expression) -> Expression {
    let minus = match value.expr_type.as_ref() {
        Some(ExprType::Literal(Literal { data_type, literal_type: Some(literal) })) => {
            negated_literal(literal).map(|literal| (literal, data_type.clone()))
        }
        _ => None,
    };
    match minus {
        Some((literal, data_type)) => {
            build::expression(ExprType::Literal(Literal { data_type, literal_type: Some(literal) }))
        }
        None => build::call("negative", vec![value]),
    }
}

fn negated_literal(literal: &LiteralType) -> Option<LiteralType> {
    match literal {
        LiteralType::Integer(value) => value.checked_neg().map(LiteralType::Integer),
        LiteralType::Long(value) => value.checked_neg().map(LiteralType::Long),
        LiteralType::YearMonthInterval(value) => {
            value.checked_neg().map(LiteralType::YearMonthInterval)
        }
        LiteralType::DayTimeInterval(value) => {
            value.checked_neg().map(LiteralType::DayTimeInterval)
        }
        _ => None,
    }
}
