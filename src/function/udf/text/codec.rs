//! Between texts and bytes: character sets, base 32, validity.

use datafusion::common::Result;

use crate::error::{Condition, Error};
use crate::function::udf::rows::{Row, row_functions};

row_functions! {
    ENCODE "spark_encode" Always Skip Vec<u8>, |row| encoded(row.text(0), row.text(1)).map(Some);
    DECODE "spark_decode" Always Skip String, |row| decoded(row.bytes(0), row.text(1)).map(Some);
    TO_BASE32 "spark_to_base32" Propagate Skip String, |row| {
        Ok(Some(data_encoding::BASE32.encode(row.bytes(0))))
    };
    FROM_BASE32 "spark_from_base32" Propagate Skip Vec<u8>, from_base32;
    TO_BINARY_HEX "spark_to_binary_hex" Propagate Skip Vec<u8>, |row| match unhex(row.text(0)) {
        Some(bytes) => Ok(Some(bytes)),
        None => Err(invalid_input(row.text(0), "HEX", "try_to_binary").into()),
    };
    TRY_TO_BINARY_HEX "spark_try_to_binary_hex" Always Skip Vec<u8>, |row| Ok(unhex(row.text(0)));
    TO_BINARY_BASE64 "spark_to_binary_base64" Propagate Skip Vec<u8>, |row| {
        match unbase64(row.text(0)) {
            Some(bytes) => Ok(Some(bytes)),
            None => Err(invalid_input(row.text(0), "BASE64", "try_to_binary").into()),
        }
    };
    TRY_TO_BINARY_BASE64 "spark_try_to_binary_base64" Always Skip Vec<u8>, |row| {
        Ok(unbase64(row.text(0)))
    };
    IS_VALID_UTF8 "spark_is_valid_utf8" Always Skip bool, |row| {
        Ok(Some(std::str::from_utf8(row.bytes(0)).is_ok()))
    };
    MAKE_VALID_UTF8 "spark_make_valid_utf8" Always Skip String, |row| {
        Ok(Some(String::from_utf8_lossy(row.bytes(0)).into_owned()))
    };
    VALIDATE_UTF8 "spark_validate_utf8" Always Skip String, |row| {
        match std::str::from_utf8(row.bytes(0)) {
            Ok(text) => Ok(Some(text.to_owned())),
            Err(_) => Err(invalid_utf8(row.bytes(0)).into()),
        }
    };
    TRY_VALIDATE_UTF8 "spark_try_validate_utf8" Always Skip String, |row| {
        Ok(std::str::from_utf8(row.bytes(0)).ok().map(str::to_owned))
    };
}

const CHARSETS: &str = "iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8";

/// The character sets that Spark has.
#[derive(Debug, Clone, Copy)]
enum Charset {
    Latin1,
    Ascii,
    Utf8,
    Utf16Big { mark: bool },
    Utf16Little,
    Utf32,
}

impl Charset {
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "iso-8859-1" => Self::Latin1,
            "us-ascii" => Self::Ascii,
            "utf-8" => Self::Utf8,
            "utf-16" => Self::Utf16Big { mark: true },
            "utf-16be" => Self::Utf16Big { mark: false },
            "utf-16le" => Self::Utf16Little,
            "utf-32" => Self::Utf32,
            _ => return None,
        })
    }
}

fn no_charset(function: &str, charset: &str) -> Error {
    Error::analysis(
        Condition::INVALID_PARAMETER_VALUE_CHARSET,
        [
            ("functionName", format!("`{function}`")),
            ("parameter", "`charset`".to_owned()),
            ("charset", charset.to_owned()),
            ("charsets", CHARSETS.to_owned()),
        ],
    )
}

fn unmapped(function: &str, charset: &str) -> Error {
    Error::analysis(
        Condition::MALFORMED_CHARACTER_CODING,
        [("function", format!("`{function}`")), ("charset", charset.to_owned())],
    )
}

fn encoded(text: &str, charset: &str) -> Result<Vec<u8>> {
    let known = Charset::named(charset).ok_or_else(|| no_charset("encode", charset))?;
    let single = |limit: u32| {
        let bytes = text.chars().map(|letter| {
            let code = u32::from(letter);
            u8::try_from(code).ok().filter(|_| code < limit)
        });
        bytes.collect::<Option<Vec<u8>>>().ok_or_else(|| unmapped("encode", charset))
    };
    Ok(match known {
        Charset::Utf8 => text.as_bytes().to_vec(),
        Charset::Latin1 => single(256)?,
        Charset::Ascii => single(128)?,
        Charset::Utf16Big { mark } => {
            let mark = if mark && !text.is_empty() { &[0xFE, 0xFF][..] } else { &[] };
            mark.iter().copied().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
        }
        Charset::Utf16Little => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Charset::Utf32 => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
    })
}

fn decoded(bytes: &[u8], charset: &str) -> Result<String> {
    let known = Charset::named(charset).ok_or_else(|| no_charset("decode", charset))?;
    let wide = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let (units, rest) = bytes.as_chunks::<2>();
        let text = String::from_utf16(&units.iter().map(|pair| read(*pair)).collect::<Vec<_>>());
        text.ok().filter(|_| rest.is_empty())
    };
    let text = match known {
        Charset::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
        Charset::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        Charset::Ascii => {
            bytes.is_ascii().then(|| bytes.iter().map(|byte| char::from(*byte)).collect())
        }
        Charset::Utf16Big { mark: true } => match bytes {
            [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
            [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
            _ => wide(bytes, u16::from_be_bytes),
        },
        Charset::Utf16Big { mark: false } => wide(bytes, u16::from_be_bytes),
        Charset::Utf16Little => wide(bytes, u16::from_le_bytes),
        Charset::Utf32 => {
            let (units, rest) = bytes.as_chunks::<4>();
            let letters = units.iter().map(|unit| char::from_u32(u32::from_be_bytes(*unit)));
            letters.collect::<Option<String>>().filter(|_| rest.is_empty())
        }
    };
    text.ok_or_else(|| unmapped("decode", charset).into())
}

fn from_base32(row: &Row<'_>) -> Result<Option<Vec<u8>>> {
    let text = row.text(0).trim_end_matches('=');
    match data_encoding::BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(_) => Err(invalid_input(row.text(0), "BASE32", "try_to_binary").into()),
    }
}

/// Digits in pairs; an odd one stands alone at the start.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let padded = if text.len() % 2 == 1 { format!("0{text}") } else { text.to_owned() };
    data_encoding::HEXUPPER_PERMISSIVE.decode(padded.as_bytes()).ok()
}

/// Whitespace does not count; padding must be right where there is any.
fn unbase64(text: &str) -> Option<Vec<u8>> {
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    match compact.ends_with('=') {
        true => data_encoding::BASE64.decode(compact.as_bytes()).ok(),
        false => data_encoding::BASE64_NOPAD.decode(compact.as_bytes()).ok(),
    }
}

fn invalid_input(text: &str, format: &str, suggestion: &str) -> Error {
    Error::analysis(
        Condition::CONVERSION_INVALID_INPUT,
        [
            ("str", format!("'{text}'")),
            ("fmt", format!("'{format}'")),
            ("targetType", "\"BINARY\"".to_owned()),
            ("suggestion", format!("`{suggestion}`")),
        ],
    )
}

fn invalid_utf8(bytes: &[u8]) -> Error {
    let shown: String = bytes.iter().map(|byte| format!("\\x{byte:02X}")).collect();
    Error::analysis(Condition::INVALID_UTF8_STRING, [("str", shown)])
}
