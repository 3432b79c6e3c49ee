//! Strings and binary.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions::{string, unicode};
use datafusion::logical_expr::ScalarUDF;
use datafusion_spark::function::string as spark;

use super::Family;
use crate::error::{Condition, Error, Result};
use crate::function::call::{FunctionCall, display_call, implicit, scalar, scalar_of};
use crate::function::coerce::{self, Kind};
use crate::function::family::conditional::unified;
use crate::function::table::Build::{self, Custom, Udf, Variadic};
use crate::function::table::Param::{Any, Int, Long, String};
use crate::function::udf::{bytes, text};
use crate::function::{Typed, cast};
use crate::planner::scope::Scope;

/// A function of strings that gives one.
const fn strings(
    udf: fn() -> Arc<ScalarUDF>,
    takes: &'static [crate::function::table::Param],
) -> Build {
    Udf { udf, takes, least: takes.len(), returns: String }
}

pub(super) const TABLE: Family = &[
    ("upper", strings(string::upper, &[String])),
    ("ucase", strings(string::upper, &[String])),
    ("lower", strings(string::lower, &[String])),
    ("lcase", strings(string::lower, &[String])),
    ("length", Custom(length)),
    ("len", Custom(length)),
    ("char_length", Custom(length)),
    ("character_length", Custom(length)),
    ("octet_length", Custom(octet_length)),
    ("bit_length", Custom(bit_length)),
    ("trim", Custom(trim)),
    ("ltrim", Custom(ltrim)),
    ("rtrim", Custom(rtrim)),
    ("btrim", Custom(btrim)),
    ("substring", Custom(substring)),
    ("substr", Custom(substring)),
    ("left", Custom(left)),
    ("right", Custom(right)),
    ("concat", Custom(concat)),
    ("||", Custom(concat)),
    ("concat_ws", Custom(concat_ws)),
    ("replace", Custom(replace)),
    ("translate", strings(|| text::TRANSLATE.clone(), &[String, String, String])),
    ("repeat", strings(|| text::REPEAT.clone(), &[String, Int])),
    ("reverse", Custom(reverse)),
    ("initcap", strings(|| text::INITCAP.clone(), &[String])),
    ("lpad", Custom(lpad)),
    ("rpad", Custom(rpad)),
    ("instr", Custom(instr)),
    ("locate", Custom(locate)),
    ("position", Custom(locate)),
    ("charindex", Custom(locate)),
    ("startswith", Custom(starts_with)),
    ("endswith", Custom(ends_with)),
    ("contains", Custom(contains)),
    ("ascii", Udf { udf: spark::ascii, takes: &[String], least: 1, returns: Int }),
    ("char", strings(|| text::CHAR.clone(), &[Long])),
    ("chr", strings(|| text::CHAR.clone(), &[Long])),
    ("space", strings(|| text::SPACE.clone(), &[Int])),
    ("soundex", strings(spark::soundex, &[String])),
    ("levenshtein", Custom(levenshtein)),
    ("substring_index", strings(|| text::SUBSTRING_INDEX.clone(), &[String, String, Int])),
    ("split_part", strings(|| text::SPLIT_PART.clone(), &[String, String, Int])),
    (
        "find_in_set",
        Udf { udf: unicode::find_in_set, takes: &[String, String], least: 2, returns: Int },
    ),
    (
        "base64",
        Udf {
            udf: spark::base64,
            takes: &[crate::function::table::Param::Binary],
            least: 1,
            returns: String,
        },
    ),
    (
        "unbase64",
        Udf {
            udf: spark::unbase64,
            takes: &[String],
            least: 1,
            returns: crate::function::table::Param::Binary,
        },
    ),
    ("format_string", Variadic { udf: spark::format_string, takes: Any, returns: String }),
    ("printf", Variadic { udf: spark::format_string, takes: Any, returns: String }),
    ("split", Custom(split)),
    ("regexp_replace", Custom(regexp_replace)),
    ("regexp_extract", Custom(regexp_extract)),
    ("regexp_extract_all", Custom(regexp_extract_all)),
    (
        "regexp_count",
        Udf {
            udf: || text::REGEXP_COUNT.clone(),
            takes: &[String, String],
            least: 2,
            returns: Int,
        },
    ),
    ("regexp_substr", strings(|| text::REGEXP_SUBSTR.clone(), &[String, String])),
    ("regexp_instr", Custom(regexp_instr)),
    ("overlay", Custom(overlay)),
];

fn is_binary(value: &Typed, scope: &Scope<'_>) -> Result<bool> {
    Ok(Kind::of(value.data_type(scope)?) == Kind::Binary)
}

/// The argument as a string, unless it is binary.
fn text_or_bytes(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
    match call.arguments.get(at) {
        Some(value) if is_binary(value, scope)? => Ok(value.clone()),
        _ => implicit(call, at, &DataType::Utf8, scope),
    }
}

fn length(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let value = text_or_bytes(call, 0, scope)?;
    Ok(scalar_of(&spark::length(), [value], DataType::Int32))
}

fn octet_length(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let value = cast::coerced(&text_or_bytes(call, 0, scope)?, &DataType::Binary, scope)?;
    Ok(scalar_of(&spark::length(), [value], DataType::Int32))
}

fn bit_length(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let bytes = octet_length(call, scope)?;
    let eight = Typed::literal(8_i32.into());
    let bits = datafusion::logical_expr::binary_expr(
        bytes.into_expr(),
        datafusion::logical_expr::Operator::Multiply,
        eight.into_expr(),
    );
    Ok(Typed::new(bits, DataType::Int32))
}

/// `trim(text)` takes off blanks, `trim(characters, text)` the characters.
fn trimmed(call: &FunctionCall, udf: &Arc<ScalarUDF>, scope: &Scope<'_>) -> Result<Typed> {
    let arguments = match call.arguments.len() {
        1 => vec![implicit(call, 0, &DataType::Utf8, scope)?, Typed::literal(" ".into())],
        2 => vec![
            implicit(call, 1, &DataType::Utf8, scope)?,
            implicit(call, 0, &DataType::Utf8, scope)?,
        ],
        _ => return Err(call.wrong_number("[1, 2]")),
    };
    Ok(scalar_of(udf, arguments, DataType::Utf8))
}

fn trim(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    trimmed(call, &string::btrim(), scope)
}

fn ltrim(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    trimmed(call, &string::ltrim(), scope)
}

fn rtrim(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    trimmed(call, &string::rtrim(), scope)
}

/// Unlike `trim`, the text comes first.
fn btrim(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let mut call = call.clone();
    call.arguments.reverse();
    trim(&call, scope)
}

fn substring(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if !(2..=3).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[2, 3]"));
    }
    let value = text_or_bytes(call, 0, scope)?;
    let data_type = value.data_type(scope)?.clone();
    let mut arguments = vec![value];
    for at in 1..call.arguments.len() {
        arguments.push(cast::coerced(&number(call, at, scope)?, &DataType::Int64, scope)?);
    }
    Ok(scalar_of(&spark::substring(), arguments, data_type))
}

/// A position or length: numbers and strings of all kinds, as INT.
fn number(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
    let Some(value) = call.arguments.get(at) else { return Err(call.wrong_number("more")) };
    match Kind::of(value.data_type(scope)?) {
        Kind::Integral | Kind::Decimal | Kind::Float | Kind::Double => {
            cast::coerced(value, &DataType::Int32, scope)
        }
        _ => implicit(call, at, &DataType::Int32, scope),
    }
}

fn left(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value, length] = call.arguments()?;
    let one = Typed::literal(1_i32.into());
    substring(&FunctionCall::new("left", [value.clone(), one, length.clone()]), scope)
}

fn right(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _] = call.arguments()?;
    let value = implicit(call, 0, &DataType::Utf8, scope)?;
    let length = number(call, 1, scope)?;
    Ok(scalar_of(&text::RIGHT, [value, length], DataType::Utf8))
}

/// Strings, binary if all are, or arrays.
fn concat(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    let kinds = call.arguments.iter().map(|value| value.data_type(scope).map(Kind::of));
    let kinds = kinds.collect::<Result<Vec<_>>>()?;
    if kinds.is_empty() {
        return Ok(Typed::literal("".into()));
    }
    if kinds.contains(&Kind::Array) {
        let (values, _) = unified(call, &call.arguments.iter().collect::<Vec<_>>(), scope)?;
        let kept = call.arguments.iter().zip(values).map(|(own, value)| {
            // Which of them has NULLs among its elements matters.
            let element = |value: &Typed| {
                let data_type = value.data_type(scope).ok().and_then(coerce::element);
                data_type.map(|element| element.data_type().clone())
            };
            if element(own) == element(&value) { own.clone() } else { value }
        });
        return Ok(scalar(&crate::function::udf::nested::CONCAT, kept.collect::<Vec<_>>()));
    }
    if kinds.iter().all(|kind| *kind == Kind::Binary) {
        return Ok(scalar_of(
            &text::CONCAT_BYTES,
            call.arguments.iter().cloned(),
            DataType::Binary,
        ));
    }
    let values = (0..kinds.len()).map(|at| implicit(call, at, &DataType::Utf8, scope));
    Ok(scalar_of(&spark::concat(), values.collect::<Result<Vec<_>>>()?, DataType::Utf8))
}

/// The separator, then strings and arrays of strings.
fn concat_ws(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if call.arguments.is_empty() {
        return Err(call.wrong_number("> 0"));
    }
    let list = DataType::new_list(DataType::Utf8, true);
    let values = call.arguments.iter().enumerate().map(|(at, value)| {
        match Kind::of(value.data_type(scope)?) {
            Kind::Array if at > 0 => implicit(call, at, &list, scope),
            _ => implicit(call, at, &DataType::Utf8, scope),
        }
    });
    let values = values.collect::<Result<Vec<_>>>()?;
    Ok(scalar_of(&text::CONCAT_WS, values, DataType::Utf8))
}

fn replace(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let mut values = text_arguments(call, 2, 3, scope)?;
    if values.len() == 2 {
        values.push(Typed::literal("".into()));
    }
    Ok(scalar_of(&text::REPLACE, values, DataType::Utf8))
}

fn text_arguments(
    call: &FunctionCall,
    least: usize,
    most: usize,
    scope: &Scope<'_>,
) -> Result<Vec<Typed>> {
    call.plain()?;
    if !(least..=most).contains(&call.arguments.len()) {
        return Err(call.wrong_number(&format!("[{least}, {most}]")));
    }
    (0..call.arguments.len()).map(|at| implicit(call, at, &DataType::Utf8, scope)).collect()
}

/// Strings and arrays.
fn reverse(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    let own = value.data_type(scope)?;
    if Kind::of(own) == Kind::Array {
        let udf = datafusion::functions_nested::reverse::array_reverse_udf();
        return Ok(scalar_of(&udf, [value.clone()], own.clone()));
    }
    if is_binary(value, scope)? {
        return Ok(scalar_of(&bytes::REVERSE, [value.clone()], DataType::Binary));
    }
    let value = implicit(call, 0, &DataType::Utf8, scope)?;
    Ok(scalar_of(&unicode::reverse(), [value], DataType::Utf8))
}

fn lpad(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    padded(call, &text::LPAD, scope)
}

fn rpad(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    padded(call, &text::RPAD, scope)
}

fn padded(call: &FunctionCall, udf: &Arc<ScalarUDF>, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if !(2..=3).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[2, 3]"));
    }
    if let Some(padded) = padded_bytes(call, udf, scope)? {
        return Ok(padded);
    }
    let value = implicit(call, 0, &DataType::Utf8, scope)?;
    let length = number(call, 1, scope)?;
    let pad = match call.arguments.get(2) {
        Some(_) => implicit(call, 2, &DataType::Utf8, scope)?,
        None => Typed::literal(" ".into()),
    };
    Ok(scalar_of(udf, [value, length, pad], DataType::Utf8))
}

/// Bytes beside bytes, or alone; beside text they are text.
fn padded_bytes(
    call: &FunctionCall,
    of_text: &Arc<ScalarUDF>,
    scope: &Scope<'_>,
) -> Result<Option<Typed>> {
    let pad = match call.arguments.get(2) {
        Some(pad) if !is_binary(pad, scope)? => return Ok(None),
        Some(pad) => pad.clone(),
        None => Typed::literal(ScalarValue::Binary(Some(vec![0]))),
    };
    if !is_binary(&call.arguments[0], scope)? {
        return Ok(None);
    }
    let left = of_text.name() == text::LPAD.name();
    let udf = if left { &bytes::LPAD } else { &bytes::RPAD };
    let length = number(call, 1, scope)?;
    let values = [call.arguments[0].clone(), length, pad];
    Ok(Some(scalar_of(udf, values, DataType::Binary)))
}

fn instr(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if (3..=4).contains(&call.arguments.len()) {
        return nth_place(call, scope);
    }
    let mut values = text_arguments(call, 2, 2, scope)?;
    values.reverse();
    values.push(Typed::literal(1_i32.into()));
    Ok(scalar_of(&text::LOCATE, values, DataType::Int32))
}

/// `instr(text, part, from, occurrence?)`, from the end if that is negative.
fn nth_place(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let value = implicit(call, 0, &DataType::Utf8, scope)?;
    let part = implicit(call, 1, &DataType::Utf8, scope)?;
    let from = number(call, 2, scope)?;
    let occurrence = match call.arguments.get(3) {
        Some(_) => number(call, 3, scope)?,
        None => Typed::literal(1_i32.into()),
    };
    Ok(scalar_of(&text::INSTR, [value, part, from, occurrence], DataType::Int32))
}

fn levenshtein(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if !(2..=3).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[2, 3]"));
    }
    let mut arguments = vec![
        implicit(call, 0, &DataType::Utf8, scope)?,
        implicit(call, 1, &DataType::Utf8, scope)?,
    ];
    if call.arguments.len() == 2 {
        return Ok(scalar_of(&string::levenshtein(), arguments, DataType::Int32));
    }
    arguments.push(number(call, 2, scope)?);
    Ok(scalar_of(&text::LEVENSHTEIN, arguments, DataType::Int32))
}

/// `locate(part, text, from?)`.
fn locate(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if !(2..=3).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[2, 3]"));
    }
    let part = implicit(call, 0, &DataType::Utf8, scope)?;
    let value = implicit(call, 1, &DataType::Utf8, scope)?;
    let from = match call.arguments.get(2) {
        // A start that is NULL is before all.
        Some(_) => {
            let start = [number(call, 2, scope)?, Typed::literal(0_i32.into())];
            crate::function::call::call(&FunctionCall::new("coalesce", start), scope)?
        }
        None => Typed::literal(1_i32.into()),
    };
    Ok(scalar_of(&text::LOCATE, [part, value, from], DataType::Int32))
}

fn starts_with(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    looked_for(call, &string::starts_with(), &bytes::STARTS_WITH, scope)
}

fn ends_with(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    looked_for(call, &string::ends_with(), &bytes::ENDS_WITH, scope)
}

fn contains(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    looked_for(call, &string::contains(), &bytes::CONTAINS, scope)
}

/// Bytes are looked for in bytes, else text in text.
fn looked_for(
    call: &FunctionCall,
    in_text: &Arc<ScalarUDF>,
    in_bytes: &Arc<ScalarUDF>,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let [value, part] = call.arguments()?;
    if is_binary(value, scope)? && is_binary(part, scope)? {
        let values = [value.clone(), part.clone()];
        return Ok(scalar_of(in_bytes, values, DataType::Boolean));
    }
    let values = text_arguments(call, 2, 2, scope)?;
    Ok(scalar_of(in_text, values, DataType::Boolean))
}

/// `split(text, regex, limit?)`.
fn split(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if !(2..=3).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[2, 3]"));
    }
    let value = implicit(call, 0, &DataType::Utf8, scope)?;
    let pattern = implicit(call, 1, &DataType::Utf8, scope)?;
    let limit = match call.arguments.get(2) {
        Some(_) => number(call, 2, scope)?,
        None => Typed::literal((-1_i32).into()),
    };
    Ok(scalar(&text::SPLIT, [value, pattern, limit]))
}

/// `regexp_replace(text, regex, replacement, from?)`.
fn regexp_replace(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if !(3..=4).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[3, 4]"));
    }
    let mut values =
        (0..3).map(|at| implicit(call, at, &DataType::Utf8, scope)).collect::<Result<Vec<_>>>()?;
    values.push(match call.arguments.get(3) {
        Some(_) => number(call, 3, scope)?,
        None => Typed::literal(1_i32.into()),
    });
    Ok(scalar_of(&text::REGEXP_REPLACE, values, DataType::Utf8))
}

/// The group to extract: the first by default.
fn group(call: &FunctionCall, scope: &Scope<'_>) -> Result<[Typed; 3]> {
    call.plain()?;
    if !(2..=3).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[2, 3]"));
    }
    let value = implicit(call, 0, &DataType::Utf8, scope)?;
    let pattern = implicit(call, 1, &DataType::Utf8, scope)?;
    let group = match call.arguments.get(2) {
        Some(_) => number(call, 2, scope)?,
        None => Typed::literal(1_i32.into()),
    };
    Ok([value, pattern, group])
}

fn regexp_extract(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    Ok(scalar_of(&text::REGEXP_EXTRACT, group(call, scope)?, DataType::Utf8))
}

fn regexp_extract_all(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    Ok(scalar(&text::REGEXP_EXTRACT_ALL, group(call, scope)?))
}

/// A third argument is taken and does nothing, as in Spark.
fn regexp_instr(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value, pattern, _] = group(call, scope)?;
    Ok(scalar_of(&text::REGEXP_INSTR, [value, pattern], DataType::Int32))
}

/// `overlay(text, replacement, position, length?)`.
fn overlay(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if !(3..=4).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[3, 4]"));
    }
    let binary = [is_binary(&call.arguments[0], scope)?, is_binary(&call.arguments[1], scope)?];
    if binary[0] != binary[1] {
        return Err(of_two_types(call, binary[0]));
    }
    let own = if binary[0] { DataType::Binary } else { DataType::Utf8 };
    let value = implicit(call, 0, &own, scope)?;
    let replacement = implicit(call, 1, &own, scope)?;
    let position = number(call, 2, scope)?;
    let length = match call.arguments.get(3) {
        Some(_) => number(call, 3, scope)?,
        None => Typed::literal(ScalarValue::Int32(Some(-1))),
    };
    let values = [value, replacement, position, length];
    let udf = if binary[0] { &bytes::OVERLAY } else { &text::OVERLAY };
    Ok(scalar_of(udf, values, own))
}

/// Spark's error for text laid over bytes, or bytes over text.
fn of_two_types(call: &FunctionCall, bytes_first: bool) -> Error {
    let types = if bytes_first { ["BINARY", "STRING"] } else { ["STRING", "BINARY"] };
    Error::analysis(
        Condition::DATATYPE_MISMATCH_DATA_DIFF_TYPES,
        [
            ("sqlExpr", display_call(call)),
            ("functionName", format!("`{}`", call.name.to_lowercase())),
            ("dataType", format!("(\"{}\" or \"{}\")", types[0], types[1])),
        ],
    )
}
