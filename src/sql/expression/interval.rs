//! Interval literals.

use crate::error::{Condition, Error, Result};
use crate::proto;
use crate::proto::data_type::{self, Kind as TypeKind};
use crate::proto::expression::literal::LiteralType;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::interval_text::{self, Amount, Fault, Range};
use crate::sql::lexer::{Kind, Suffix};

type Expression = proto::Expression;

const UNITS: &[&str] = &[
    "YEAR",
    "MONTH",
    "WEEK",
    "DAY",
    "HOUR",
    "MINUTE",
    "SECOND",
    "MILLISECOND",
    "MICROSECOND",
    "NANOSECOND",
];

/// The interval that a text such as `1 day 2 hours` stands for.
pub(super) fn units_literal(text: &str) -> Result<Expression, Fault> {
    let (amount, units) = interval_text::parse_units(text)?;
    let range = Range::of_units(&units).ok_or(Fault::Mixed)?;
    literal(amount, range)
}

fn literal(amount: Amount, range: Range) -> Result<Expression, Fault> {
    let (value, data_type) = match range {
        Range::YearMonth(start, end) => (
            LiteralType::YearMonthInterval(amount.whole_months()?),
            TypeKind::YearMonthInterval(data_type::YearMonthInterval {
                start_field: Some(start),
                end_field: Some(end),
                type_variation_reference: 0,
            }),
        ),
        Range::DayTime(start, end) => (
            LiteralType::DayTimeInterval(amount.whole_micros()?),
            TypeKind::DayTimeInterval(data_type::DayTimeInterval {
                start_field: Some(start),
                end_field: Some(end),
                type_variation_reference: 0,
            }),
        ),
    };
    Ok(build::typed_literal(value, Some(data_type)))
}

impl Parser<'_> {
    fn unit_at(&self, ahead: usize) -> bool {
        let token = self.token(ahead);
        let text = self.text_of(token);
        token.kind == Kind::Word
            && UNITS.iter().any(|unit| {
                let singular = text.get(..unit.len()).unwrap_or_default();
                let plural = text.get(unit.len()..).unwrap_or_default();
                singular.eq_ignore_ascii_case(unit)
                    && (plural.is_empty() || plural.eq_ignore_ascii_case("s"))
            })
    }

    /// How many tokens a value of an interval takes, if one is `ahead`.
    fn amount_at(&self, ahead: usize) -> Option<usize> {
        let sign = usize::from(self.symbol_at(ahead, "-") || self.symbol_at(ahead, "+"));
        match self.token(ahead + sign).kind {
            Kind::String | Kind::Number(Suffix::Integer | Suffix::Decimal) => Some(sign + 1),
            _ => None,
        }
    }

    /// Whether the word `INTERVAL` here starts a literal and is not a column.
    pub(super) fn interval_ahead(&self) -> bool {
        match self.amount_at(1) {
            Some(2) => self.unit_at(3),
            Some(_) => true,
            None => false,
        }
    }

    /// A literal, from the word `INTERVAL` on.
    pub(super) fn interval(&mut self) -> Result<Expression> {
        let start = self.index();
        let typed = self.token(1).kind == Kind::String && !self.unit_at(2);
        if typed {
            return self.typed_literal("INTERVAL");
        }
        self.bump();
        let mut text = String::new();
        while let Some(length) = self.amount_at(0)
            && (text.is_empty() || self.unit_at(length))
        {
            let amount = self.amount()?;
            if !self.unit_at(0) {
                return Err(self.unexpected());
            }
            if text.is_empty() && self.word_at(1, "TO") && self.unit_at(2) {
                return self.unit_to_unit(start, &amount);
            }
            let unit = self.bump();
            text.push_str(&format!(" {amount} {}", self.text_of(&unit).to_ascii_lowercase()));
        }
        match units_literal(&text) {
            Ok(literal) => Ok(literal),
            Err(fault) => self.blamed_null(self.interval_fault(start, &text, fault)),
        }
    }

    fn amount(&mut self) -> Result<String> {
        let mut text = String::new();
        if self.symbol_at(0, "-") || self.symbol_at(0, "+") {
            let sign = self.bump();
            text.push_str(self.text_of(&sign).trim_matches('+'));
        }
        if self.kind() == Kind::String {
            let amount = self.string()?;
            match amount.trim().strip_prefix('-') {
                Some(positive) if text == "-" => return Ok(positive.to_owned()),
                _ => text.push_str(amount.trim()),
            }
        } else {
            let number = self.bump();
            text.push_str(self.text_of(&number));
        }
        Ok(text)
    }

    /// `'1-2' YEAR TO MONTH`; the first unit is next.
    fn unit_to_unit(&mut self, start: usize, amount: &str) -> Result<Expression> {
        let from = self.bump();
        self.require_word("TO")?;
        let to = self.bump();
        let unit = |text: &str| text.to_ascii_lowercase().trim_end_matches('s').to_owned();
        let (from, to) = (unit(self.text_of(&from)), unit(self.text_of(&to)));
        let parsed = interval_text::parse_range(amount, &from, &to)
            .and_then(|(amount, range)| literal(amount, range));
        match parsed {
            Ok(literal) => Ok(literal),
            Err(fault) => {
                let error = self.range_fault(start, amount, [from, to], fault);
                self.blamed_null(error)
            }
        }
    }

    fn range_fault(
        &self,
        start: usize,
        amount: &str,
        [from, to]: [String; 2],
        fault: Fault,
    ) -> Error {
        let input = ("input", amount.to_owned());
        match fault {
            Fault::UnsupportedRange => self.fault(
                self.token_at(start + 1),
                Condition::INVALID_INTERVAL_FORMAT_UNSUPPORTED_FROM_TO_EXPRESSION,
                [input, ("from", from), ("to", to)],
            ),
            Fault::Unmatched { name, format, notice } => {
                let condition = if notice {
                    Condition::INVALID_INTERVAL_FORMAT_UNMATCHED_FORMAT_STRING_WITH_NOTICE
                } else {
                    Condition::INVALID_INTERVAL_FORMAT_UNMATCHED_FORMAT_STRING
                };
                let parameters = [
                    ("intervalStr", name.to_owned()),
                    ("supportedFormat", format),
                    ("typeName", format!("interval {from} to {to}")),
                    input,
                ];
                self.fault(self.token_at(start + 1), condition, parameters)
            }
            other => self.interval_fault(start, amount, other),
        }
    }

    fn interval_fault(&self, start: usize, text: &str, fault: Fault) -> Error {
        let token = self.token_at(start);
        let input = ("input", text.to_owned());
        match fault {
            Fault::Mixed => {
                let end = self.token_at(self.index().saturating_sub(1)).end;
                let literal = self.slice(token.start, end).to_owned();
                self.fault(token, Condition::MIXED_INTERVAL, [("literal", literal)])
            }
            Fault::Fraction(unit) => {
                let condition = Condition::INVALID_INTERVAL_FORMAT_INVALID_FRACTION;
                self.fault(token, condition, [input, ("unit", unit)])
            }
            Fault::Unit(unit) => {
                let condition = Condition::INVALID_INTERVAL_FORMAT_INVALID_UNIT;
                self.fault(token, condition, [input, ("unit", unit)])
            }
            Fault::Number(number) => {
                let condition = Condition::INVALID_INTERVAL_FORMAT_UNRECOGNIZED_NUMBER;
                self.fault(token, condition, [input, ("number", number)])
            }
            Fault::Overflow | Fault::UnsupportedRange | Fault::Unmatched { .. } => {
                let condition = Condition::INVALID_INTERVAL_FORMAT_ARITHMETIC_EXCEPTION;
                self.fault(token, condition, [input])
            }
        }
    }
}
