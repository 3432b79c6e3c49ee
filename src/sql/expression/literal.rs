//! Numbers and typed literals.

use crate::error::{Condition, Error, Result};
use crate::proto;
use crate::proto::expression::literal::{self, LiteralType};
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::{Kind, Suffix, Token};

type Expression = proto::Expression;

const MAX_PRECISION: usize = 38;

impl Parser<'_> {
    /// A number; the minus before it is part of it, so that the smallest integers
    /// can be written.
    pub(super) fn number(&mut self) -> Result<Expression> {
        let sign = if self.symbol_at(0, "-") && matches!(self.token(1).kind, Kind::Number(_)) {
            self.bump();
            "-"
        } else {
            ""
        };
        let token = self.bump();
        let Kind::Number(suffix) = token.kind else {
            return Err(self.unexpected_at(self.index().saturating_sub(1), ""));
        };
        let text = self.text_of(&token);
        let digits = text.get(..text.len() - suffix.length()).unwrap_or_default();
        let text = format!("{sign}{digits}");
        match suffix {
            Suffix::Integer => self.whole_number(&token, &text),
            Suffix::Decimal | Suffix::BigDecimal => self.decimal(&token, &text),
            Suffix::Exponent | Suffix::Double => self.double(&token, &text),
            Suffix::Float => self.float(&token, &text),
            Suffix::Long => self.ranged(&token, &text, "bigint", i64::MIN, i64::MAX),
            Suffix::Short => self.ranged(&token, &text, "smallint", -32768, 32767),
            Suffix::Byte => self.ranged(&token, &text, "tinyint", -128, 127),
        }
    }

    fn whole_number(&mut self, token: &Token, text: &str) -> Result<Expression> {
        if let Ok(value) = text.parse::<i32>() {
            return Ok(build::integer(value));
        }
        match text.parse::<i64>() {
            Ok(value) => Ok(build::literal(LiteralType::Long(value))),
            Err(_) => self.decimal(token, text),
        }
    }

    fn ranged(
        &mut self,
        token: &Token,
        text: &str,
        type_name: &str,
        least: i64,
        most: i64,
    ) -> Result<Expression> {
        let value = text.parse::<i64>().ok().filter(|value| (least..=most).contains(value));
        let Some(value) = value else {
            return self.blamed_null(self.out_of_range(token, text, type_name, least, most));
        };
        let small = i32::try_from(value).unwrap_or_default();
        Ok(build::literal(match type_name {
            "tinyint" => LiteralType::Byte(small),
            "smallint" => LiteralType::Short(small),
            _ => LiteralType::Long(value),
        }))
    }

    fn double(&mut self, token: &Token, text: &str) -> Result<Expression> {
        match text.parse::<f64>().ok().filter(|value| value.is_finite()) {
            Some(value) => Ok(build::literal(LiteralType::Double(value))),
            None => {
                let bound = "1.7976931348623157E+308";
                self.blamed_null(self.out_of_range(
                    token,
                    text,
                    "double",
                    format!("-{bound}"),
                    bound,
                ))
            }
        }
    }

    fn float(&mut self, token: &Token, text: &str) -> Result<Expression> {
        match text.parse::<f32>().ok().filter(|value| value.is_finite()) {
            Some(value) => Ok(build::literal(LiteralType::Float(value))),
            None => {
                let bound = "3.4028234663852886E+38";
                self.blamed_null(self.out_of_range(
                    token,
                    text,
                    "float",
                    format!("-{bound}"),
                    bound,
                ))
            }
        }
    }

    fn out_of_range(
        &self,
        token: &Token,
        text: &str,
        type_name: &str,
        least: impl ToString,
        most: impl ToString,
    ) -> Error {
        self.fault(
            token,
            Condition::INVALID_NUMERIC_LITERAL_RANGE,
            [
                ("rawStrippedQualifier", text.to_owned()),
                ("minValue", least.to_string()),
                ("maxValue", most.to_string()),
                ("typeName", type_name.to_owned()),
            ],
        )
    }

    fn decimal(&mut self, token: &Token, text: &str) -> Result<Expression> {
        let Some((value, precision, scale)) = plain_decimal(text) else {
            return self.blamed_null(self.too_precise(token, u32::MAX as usize));
        };
        if precision > MAX_PRECISION {
            return self.blamed_null(self.too_precise(token, precision));
        }
        let small = |value| i32::try_from(value).ok();
        Ok(build::literal(LiteralType::Decimal(literal::Decimal {
            value,
            precision: small(precision),
            scale: small(scale),
        })))
    }

    fn too_precise(&self, token: &Token, precision: usize) -> Error {
        self.fault(
            token,
            Condition::DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION,
            [("precision", precision.to_string()), ("maxPrecision", MAX_PRECISION.to_string())],
        )
    }

    /// `DATE '2020-01-01'` and its like.
    pub(super) fn typed_literal(&mut self, type_name: &str) -> Result<Expression> {
        let token = self.bump();
        let text = self.string()?;
        let value = match type_name {
            "DATE" => super::datetime::date_literal(&text),
            "TIMESTAMP" | "TIMESTAMP_LTZ" => super::datetime::timestamp_literal(&text),
            "TIMESTAMP_NTZ" => super::datetime::timestamp_ntz_literal(&text),
            "TIME" => super::datetime::time_literal(&text),
            "INTERVAL" => super::interval::units_literal(&text).ok(),
            "X" => binary(&text),
            _ => return self.blamed_null(self.unsupported_literal(&token, type_name)),
        };
        match value {
            Some(value) => Ok(value),
            None => self.blamed_null(self.fault(
                &token,
                Condition::INVALID_TYPED_LITERAL,
                [("valueType", format!("\"{type_name}\"")), ("value", format!("'{text}'"))],
            )),
        }
    }

    /// A value in the place of one that is wrong, so that parsing can go on.
    pub(super) fn blamed_null(&mut self, error: Error) -> Result<Expression> {
        self.blame(error);
        Ok(build::null())
    }

    fn unsupported_literal(&self, token: &Token, type_name: &str) -> Error {
        let supported = "\"DATE\", \"TIMESTAMP_NTZ\", \"TIMESTAMP_LTZ\", \"TIMESTAMP\", \
                         \"INTERVAL\", \"X\", \"TIME\"";
        self.fault(
            token,
            Condition::UNSUPPORTED_TYPED_LITERAL,
            [
                ("unsupportedType", format!("\"{type_name}\"")),
                ("supportedTypes", supported.to_owned()),
            ],
        )
    }
}

/// A number without exponent, with its precision and scale; nothing if the
/// exponent is beyond all use.
fn plain_decimal(text: &str) -> Option<(String, usize, usize)> {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |text| ("-", text));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i64 = exponent.parse().ok().filter(|e: &i64| e.abs() < 10_000)?;
    let mut digits = format!("{whole}{fraction}");
    let mut scale = i64::try_from(fraction.len()).ok()? - exponent;
    while scale < 0 {
        digits.push('0');
        scale += 1;
    }
    let scale = usize::try_from(scale).ok()?;
    let significant = digits.trim_start_matches('0').to_owned();
    let padded = format!("{significant:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    let point = if scale > 0 { "." } else { "" };
    let precision = significant.len().max(scale).max(1);
    Some((format!("{sign}{whole}{point}{fraction}"), precision, scale))
}

/// `X'0aFF'`; an odd number of digits gets a zero before.
fn binary(text: &str) -> Option<Expression> {
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let padded = if text.len() % 2 == 1 { format!("0{text}") } else { text.to_owned() };
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes = padded.as_bytes().chunks(2).map(byte).collect::<Option<Vec<_>>>()?;
    Some(build::literal(LiteralType::Binary(bytes)))
}
