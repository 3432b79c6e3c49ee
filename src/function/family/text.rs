//! Texts as codes and formats: characters sets, URLs, number formats, masks.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::ScalarUDF;

use super::Family;
use super::conditional;
use crate::error::{Condition, Error, Result};
use crate::function::call::{
    FunctionCall, display, display_call, implicit, scalar_of, unexpected_type,
};
use crate::function::coerce::{Kind, canonical};
use crate::function::constant::{is_foldable, non_foldable, text_of};
use crate::function::table::Build::{Custom, Udf};
use crate::function::table::Param::{self, Binary, Boolean, Double, String};
use crate::function::udf::text;
use crate::function::{Typed, generated};
use crate::planner::scope::Scope;

macro_rules! entries {
    ($($name:literal $udf:ident [$($takes:ident),*] $least:literal $returns:ident;)*) => {
        pub(super) const TABLE: Family = &[
            $(($name, Udf {
                udf: || text::$udf.clone(),
                takes: &[$($takes),*],
                least: $least,
                returns: $returns,
            }),)*
            ("conv", Custom(conv)),
            ("elt", Custom(elt)),
            ("mask", Custom(mask)),
            ("decode", Custom(decode)),
            ("format_number", Custom(format_number)),
            ("is_valid_utf8", Custom(is_valid_utf8)),
            ("make_valid_utf8", Custom(make_valid_utf8)),
            ("validate_utf8", Custom(validate_utf8)),
            ("try_validate_utf8", Custom(try_validate_utf8)),
            ("to_binary", Custom(to_binary)),
            ("try_to_binary", Custom(try_to_binary)),
            ("to_number", Custom(to_number)),
            ("try_to_number", Custom(try_to_number)),
            ("to_char", Custom(to_char)),
            ("to_varchar", Custom(to_char)),
        ];
    };
}

entries! {
    "quote" QUOTE [String] 1 String;
    "luhn_check" LUHN_CHECK [String] 1 Boolean;
    "jaro_winkler_similarity" JARO_WINKLER [String, String] 2 Double;
    "sentences" SENTENCES [String, String, String] 1 Any;
    "str_to_map" STR_TO_MAP [String, String, String] 1 Any;
    "encode" ENCODE [String, String] 2 Binary;
    "to_base32" TO_BASE32 [Binary] 1 String;
    "from_base32" FROM_BASE32 [String] 1 Binary;
    "url_encode" URL_ENCODE [String] 1 String;
    "url_decode" URL_DECODE [String] 1 String;
    "try_url_decode" TRY_URL_DECODE [String] 1 String;
    "parse_url" PARSE_URL [String, String, String] 2 String;
    "try_parse_url" TRY_PARSE_URL [String, String, String] 2 String;
}

#[allow(non_upper_case_globals)]
const Any: Param = Param::Any;

fn conv(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _, _] = call.arguments()?;
    let arguments = [
        implicit(call, 0, &DataType::Utf8, scope)?,
        implicit(call, 1, &DataType::Int32, scope)?,
        implicit(call, 2, &DataType::Int32, scope)?,
    ];
    let udf = if crate::function::ansi(scope) { &text::CONV } else { &text::LEGACY_CONV };
    Ok(scalar_of(udf, arguments, DataType::Utf8))
}

/// `elt(n, first, second, ..)`: strings, or bytes if all are.
fn elt(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if call.arguments.len() < 2 {
        return Err(call.wrong_number("> 1"));
    }
    let mut arguments = vec![implicit(call, 0, &DataType::Int32, scope)?];
    let mut binary = true;
    for value in &call.arguments[1..] {
        binary &= matches!(Kind::of(value.data_type(scope)?), Kind::Binary);
    }
    let to = if binary { DataType::Binary } else { DataType::Utf8 };
    for at in 1..call.arguments.len() {
        arguments.push(implicit(call, at, &to, scope)?);
    }
    let udf = match (binary, crate::function::ansi(scope)) {
        (true, true) => &text::ELT_BYTES,
        (true, false) => &text::LEGACY_ELT_BYTES,
        (false, true) => &text::ELT,
        (false, false) => &text::LEGACY_ELT,
    };
    Ok(scalar_of(udf, arguments, to))
}

/// `mask(text, upper?, lower?, digit?, other?)`; the characters are constants.
fn mask(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if call.arguments.is_empty() {
        return Err(Error::analysis(
            Condition::REQUIRED_PARAMETER_NOT_FOUND,
            [
                ("routineName", "`mask`".to_owned()),
                ("parameterName", "`str`".to_owned()),
                ("index", "0".to_owned()),
            ],
        ));
    }
    if call.arguments.len() > 5 {
        return Err(call.wrong_number("[1, 2, 3, 4, 5]"));
    }
    let mut arguments = Vec::new();
    for (at, value) in call.arguments.iter().enumerate() {
        match Kind::of(value.data_type(scope)?) {
            Kind::String | Kind::Null => {}
            _ => return Err(unexpected_type(call, at, "STRING", scope)),
        }
        if at > 0 && !is_foldable(value) {
            return Err(non_foldable(call, at, "char", "STRING"));
        }
        arguments.push(implicit(call, at, &DataType::Utf8, scope)?);
    }
    let defaults = [Some("X"), Some("x"), Some("n"), None];
    for default in defaults.iter().skip(arguments.len() - 1) {
        arguments.push(Typed::literal(ScalarValue::Utf8(default.map(str::to_owned))));
    }
    Ok(scalar_of(&text::MASK, arguments, DataType::Utf8))
}

/// `decode(bytes, charset)`, or Oracle's `decode(value, case, result, .., default?)`.
fn decode(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    match call.arguments.len() {
        0 | 1 => Err(call.wrong_number("2")),
        2 => {
            let bytes = implicit(call, 0, &DataType::Binary, scope)?;
            let charset = implicit(call, 1, &DataType::Utf8, scope)?;
            Ok(scalar_of(&text::DECODE, [bytes, charset], DataType::Utf8))
        }
        _ => {
            let (value, rest) = call.arguments.split_at(1);
            let mut cases = Vec::new();
            for pair in rest.chunks(2) {
                match pair {
                    [case, result] => {
                        let same = FunctionCall::new("<=>", [value[0].clone(), case.clone()]);
                        cases.push(crate::function::call::call(&same, scope)?);
                        cases.push(result.clone());
                    }
                    default => cases.extend(default.iter().cloned()),
                }
            }
            conditional::when(&FunctionCall::new("when", cases), scope)
        }
    }
}

fn format_number(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value, places] = call.arguments()?;
    let own = canonical(value.data_type(scope)?);
    let value = match Kind::of(&own) {
        kind if kind.is_numeric() => crate::function::cast::coerced(value, &own, scope)?,
        Kind::Null => crate::function::cast::coerced(value, &DataType::Float64, scope)?,
        _ => return Err(unexpected_type(call, 0, "NUMERIC", scope)),
    };
    let to = match Kind::of(places.data_type(scope)?) {
        Kind::String => DataType::Utf8,
        Kind::Integral | Kind::Null => DataType::Int32,
        _ => return Err(unexpected_type(call, 1, "INT\" or \"STRING", scope)),
    };
    let places = implicit(call, 1, &to, scope)?;
    Ok(scalar_of(&text::FORMAT_NUMBER, [value, places], DataType::Utf8))
}

/// Strings are valid by their type here; bytes are looked at.
fn bytes(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    match Kind::of(value.data_type(scope)?) {
        Kind::Binary => Ok(value.clone()),
        _ => {
            let value = implicit(call, 0, &DataType::Utf8, scope)?;
            crate::function::cast::coerced(&value, &DataType::Binary, scope)
        }
    }
}

fn is_valid_utf8(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    Ok(scalar_of(&text::IS_VALID_UTF8, [bytes(call, scope)?], DataType::Boolean))
}

fn make_valid_utf8(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    Ok(scalar_of(&text::MAKE_VALID_UTF8, [bytes(call, scope)?], DataType::Utf8))
}

fn validate_utf8(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    Ok(scalar_of(&text::VALIDATE_UTF8, [bytes(call, scope)?], DataType::Utf8))
}

fn try_validate_utf8(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    Ok(scalar_of(&text::TRY_VALIDATE_UTF8, [bytes(call, scope)?], DataType::Utf8))
}

fn to_binary(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    binary(call, true, scope).map(generated::maybe)
}

fn try_to_binary(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    binary(call, false, scope)
}

/// `to_binary(text, format?)`: hexadecimal by default.
fn binary(call: &FunctionCall, strict: bool, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if !(1..=2).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[1, 2]"));
    }
    let value = implicit(call, 0, &DataType::Utf8, scope)?;
    let format = match call.arguments.get(1) {
        None => Some("hex".to_owned()),
        Some(format) if !is_foldable(format) => {
            return Err(non_foldable(call, 1, "format", "STRING"));
        }
        Some(format) => match text_of(format, scope)? {
            Some(format) => format.map(|format| format.to_ascii_lowercase()),
            None => return Err(no_format(call)),
        },
    };
    let null = || Ok(Typed::literal(ScalarValue::Binary(None)));
    let Some(format) = format else { return null() };
    let of = |udf: &Arc<ScalarUDF>| Ok(scalar_of(udf, [value.clone()], DataType::Binary));
    match (format.as_str(), strict) {
        ("hex", true) => of(&text::TO_BINARY_HEX),
        ("hex", false) => of(&text::TRY_TO_BINARY_HEX),
        ("base64", true) => of(&text::TO_BINARY_BASE64),
        ("base64", false) => of(&text::TRY_TO_BINARY_BASE64),
        ("utf-8" | "utf8", _) => {
            let bytes = crate::function::cast::coerced(&value, &DataType::Binary, scope)?;
            Ok(scalar_of(&text::NULLABLE_BYTES, [bytes], DataType::Binary))
        }
        (_, true) => Err(no_format(call)),
        (_, false) => null(),
    }
}

fn no_format(call: &FunctionCall) -> Error {
    Error::analysis(
        Condition::DATATYPE_MISMATCH_INVALID_ARG_VALUE,
        [
            ("sqlExpr", display_call(call)),
            ("inputName", "fmt".to_owned()),
            ("requireType", "case-insensitive \"STRING\"".to_owned()),
            ("validValues", "'hex', 'utf-8', 'utf8', or 'base64'".to_owned()),
            ("inputValue", call.arguments.get(1).map_or_else(std::string::String::new, display)),
        ],
    )
}

fn to_number(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    number(call, &text::TO_NUMBER, scope)
}

fn try_to_number(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    number(call, &text::TRY_TO_NUMBER, scope)
}

fn number(call: &FunctionCall, udf: &Arc<ScalarUDF>, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _] = call.arguments()?;
    let value = implicit(call, 0, &DataType::Utf8, scope)?;
    let format = number_format(call, scope)?;
    let Some((literal, format)) = format else {
        return Ok(Typed::literal(ScalarValue::Decimal128(None, 38, 18)));
    };
    Ok(scalar_of(udf, [value, literal], format.decimal()))
}

/// The format, which is a constant; none if it is NULL.
fn number_format(
    call: &FunctionCall,
    scope: &Scope<'_>,
) -> Result<Option<(Typed, text::NumberFormat)>> {
    let format = &call.arguments[1];
    match Kind::of(format.data_type(scope)?) {
        Kind::String | Kind::Null => {}
        _ => return Err(unexpected_type(call, 1, "STRING", scope)),
    }
    if !is_foldable(format) {
        return Err(non_foldable(call, 1, "format", "STRING"));
    }
    match text_of(format, scope)? {
        Some(Some(text)) => {
            let parsed = text::NumberFormat::parse(&text)?;
            Ok(Some((Typed::literal(text.as_str().into()), parsed)))
        }
        _ => Ok(None),
    }
}

/// Of a number, a date or timestamp, or of bytes.
fn to_char(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value, format] = call.arguments()?;
    match Kind::of(value.data_type(scope)?) {
        Kind::Date | Kind::Timestamp | Kind::TimestampNtz => {
            let of = FunctionCall::new("date_format", [value.clone(), format.clone()]);
            crate::function::call::call(&of, scope)
        }
        Kind::Binary => binary_text(call, scope),
        _ => {
            let own = canonical(value.data_type(scope)?);
            let to = match crate::function::coerce::decimal_of(&own) {
                Some((precision, scale)) => DataType::Decimal128(precision, scale),
                None if Kind::of(&own) == Kind::Float => DataType::Decimal128(14, 7),
                None if Kind::of(&own) == Kind::Double => DataType::Decimal128(30, 15),
                None => DataType::Decimal128(38, 18),
            };
            let value = implicit(call, 0, &to, scope)
                .map_err(|_| unexpected_type(call, 0, "DECIMAL", scope))?;
            match number_format(call, scope)? {
                Some((format, _)) => Ok(scalar_of(&text::TO_CHAR, [value, format], DataType::Utf8)),
                None => Ok(Typed::literal(ScalarValue::Utf8(None))),
            }
        }
    }
}

fn binary_text(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value, format] = call.arguments()?;
    let name = match text_of(format, scope)? {
        Some(Some(format)) => format.to_ascii_lowercase(),
        _ => return Err(non_foldable(call, 1, "format", "STRING")),
    };
    let of = |name: &str| FunctionCall::new(name, [value.clone()]);
    match name.as_str() {
        "base64" => crate::function::call::call(&of("base64"), scope),
        "hex" => crate::function::call::call(&of("hex"), scope),
        "utf-8" => {
            let charset = Typed::literal("utf-8".into());
            decode(&FunctionCall::new("decode", [value.clone(), charset]), scope)
        }
        _ => Err(no_format(call)),
    }
}
