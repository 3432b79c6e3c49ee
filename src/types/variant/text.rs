//! Variants as JSON text.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeZone, Timelike};
use datafusion::arrow::array::timezone::Tz;

use super::value::{Value, Variant};
use crate::error::{Error, Result};
use crate::planner::grown::with_stack;
use crate::types::display::{double_text, float_text, quote};

impl Variant<'_> {
    /// As JSON text; instants are shown in a time zone.
    ///
    /// # Errors
    /// If the bytes are no variant.
    pub(crate) fn json(&self, zone: Tz) -> Result<String> {
        self.check()?;
        let mut out = String::new();
        write(self, zone, &mut out)?;
        Ok(out)
    }

    /// As JSON text, with instants in UTC.
    ///
    /// # Errors
    /// If the bytes are no variant.
    pub(crate) fn utc_json(&self) -> Result<String> {
        let utc = "UTC".parse().map_err(|error| Error::internal(format!("no UTC: {error}")))?;
        self.json(utc)
    }
}

fn write(variant: &Variant<'_>, zone: Tz, out: &mut String) -> Result<()> {
    match variant.read()? {
        Value::Null => out.push_str("null"),
        Value::Boolean(flag) => out.push_str(if flag { "true" } else { "false" }),
        Value::Long(number) => out.push_str(&number.to_string()),
        Value::Double(number) => finite(&double_text(number), number.is_finite(), out),
        Value::Float(number) => finite(&float_text(number), number.is_finite(), out),
        Value::Decimal { unscaled, scale } => out.push_str(&decimal(unscaled, scale)),
        Value::Date(days) => quote(&date(days), out),
        Value::Timestamp(micros) => quote(&instant(micros, zone), out),
        Value::TimestampNtz(micros) => quote(&wall_clock(micros), out),
        Value::Binary(bytes) => quote(&data_encoding::BASE64.encode(bytes), out),
        Value::Text(text) => quote(&text, out),
        Value::Uuid(bytes) => quote(&uuid(&bytes), out),
        Value::Object(object) => {
            out.push('{');
            for (at, entry) in object.iter().enumerate() {
                let (name, value) = entry?;
                if at > 0 {
                    out.push(',');
                }
                quote(&name, out);
                out.push(':');
                with_stack(|| write(&value, zone, out))?;
            }
            out.push('}');
        }
        Value::Array(array) => {
            out.push('[');
            for (at, value) in array.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                with_stack(|| write(&value?, zone, out))?;
            }
            out.push(']');
        }
    }
    Ok(())
}

/// What is no number in JSON is a text.
fn finite(text: &str, finite: bool, out: &mut String) {
    if finite { out.push_str(text) } else { quote(text, out) }
}

/// Without zeros at the end of the fraction.
pub(crate) fn trimmed(mut unscaled: i128, mut scale: u8) -> (i128, u8) {
    while scale > 0 && unscaled % 10 == 0 {
        unscaled /= 10;
        scale -= 1;
    }
    (unscaled, scale)
}

fn decimal(unscaled: i128, scale: u8) -> String {
    let (unscaled, scale) = trimmed(unscaled, scale);
    let scale = usize::from(scale);
    let sign = if unscaled < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    match scale {
        0 => format!("{sign}{digits}"),
        _ => {
            let (whole, fraction) = digits.split_at(digits.len() - scale);
            format!("{sign}{whole}.{fraction}")
        }
    }
}

fn date(days: i32) -> String {
    let date = NaiveDate::default().checked_add_signed(chrono::TimeDelta::days(days.into()));
    date.map_or_else(|| days.to_string(), date_text)
}

/// Years beyond four digits carry a sign.
fn date_text(date: NaiveDate) -> String {
    let sign = match date.year() {
        ..0 => "-",
        10_000.. => "+",
        _ => "",
    };
    format!("{sign}{:04}-{:02}-{:02}", date.year().abs(), date.month(), date.day())
}

fn clock_text(at: NaiveDateTime) -> String {
    let mut text =
        format!("{} {:02}:{:02}:{:02}", date_text(at.date()), at.hour(), at.minute(), at.second());
    let micros = at.nanosecond() / 1000;
    if micros > 0 {
        text.push_str(format!(".{micros:06}").trim_end_matches('0'));
    }
    text
}

fn wall_clock(micros: i64) -> String {
    match DateTime::from_timestamp_micros(micros) {
        Some(at) => clock_text(at.naive_utc()),
        None => micros.to_string(),
    }
}

fn instant(micros: i64, zone: Tz) -> String {
    let Some(at) = DateTime::from_timestamp_micros(micros) else { return micros.to_string() };
    let offset = zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc();
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.abs() / 60;
    let local = at.with_timezone(&zone).naive_local();
    format!("{}{sign}{:02}:{:02}", clock_text(local), minutes / 60, minutes % 60)
}

/// A UUID in its usual form.
pub(crate) fn uuid(bytes: &[u8; 16]) -> String {
    let hex = data_encoding::HEXLOWER.encode(bytes);
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
    parts.map(|part| hex.get(part).unwrap_or_default().to_owned()).join("-")
}
