//! Text to dates and timestamps, timestamps to numbers and back.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate, Offset, TimeZone, Utc};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, PrimitiveArray};
use datafusion::arrow::datatypes::{
    DataType, Decimal128Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use datafusion::common::Result;

use super::number::{self, rescaled};
use super::{Target, native, write};
use crate::function::coerce::Kind;

const MICROS: i64 = 1_000_000;

/// A time zone by name or offset.
pub(super) fn zone(name: &str) -> Result<Tz> {
    Ok(name.parse::<Tz>()?)
}

/// A date: year, year and month, or the whole, with anything after a blank or `T`.
pub(super) fn date(text: &str) -> Option<i32> {
    let end = text.find([' ', 'T']).unwrap_or(text.len());
    let date = calendar_date(&text[..end])?;
    Some(date.num_days_from_ce() - EPOCH_DAYS_FROM_CE)
}

/// Days from the first day of the common era to 1970-01-01.
const EPOCH_DAYS_FROM_CE: i32 = 719_163;

fn calendar_date(text: &str) -> Option<NaiveDate> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut parts = unsigned.split('-');
    let year = parts.next()?;
    if !(4..=7).contains(&year.len()) {
        return None;
    }
    let year: i32 = digits(year, 7)?;
    let month = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    if parts.next().is_some() {
        return None;
    }
    let year = if negative { -year } else { year };
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

fn digits(text: &str, most: usize) -> Option<i32> {
    let good = (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if good { text.parse().ok() } else { None }
}

/// A timestamp in microseconds: a date, a time of today, or both, and a time zone
/// if it says one. Without a session zone (TIMESTAMP_NTZ) the zone is read and
/// dropped.
pub(super) fn timestamp(text: &str, session: Option<Tz>) -> Option<i64> {
    if text.is_empty() {
        return None;
    }
    let (date_text, time_text) = match text.find([' ', 'T']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None if text.contains(':') => ("", Some(text)),
        None => (text, None),
    };
    // `T10:20` is a time of today too.
    let date = match date_text {
        "" => None,
        text => Some(calendar_date(text)?),
    };
    let (micros, named) = match time_text.map(str::trim_start) {
        None | Some("") => (0, None),
        Some(time) => time_of_day(time)?,
    };
    let zone = named.or(session);
    let date = match (date, session) {
        (Some(date), _) => date,
        (None, Some(_)) => Utc::now().with_timezone(&zone?).date_naive(),
        (None, None) => return None,
    };
    let days = i64::from(date.num_days_from_ce() - EPOCH_DAYS_FROM_CE);
    let local = days.checked_mul(86_400 * MICROS)?.checked_add(micros)?;
    match (session, zone) {
        (Some(_), Some(zone)) => to_utc(local, zone),
        _ => Some(local),
    }
}

/// `h:m[:s[.fraction]][zone]`.
fn time_of_day(text: &str) -> Option<(i64, Option<Tz>)> {
    let end =
        text.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let mut parts = clock.split(':');
    let hour = digits(parts.next()?, 2)?;
    let minute = parts.next().map_or(Some(0), |part| digits(part, 2))?;
    let (second, micros) = match parts.next() {
        None => (0, 0),
        Some(seconds) => {
            let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
            (digits(second, 2)?, fraction_micros(fraction)?)
        }
    };
    let valid = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
    if !valid || (!clock.contains(':') && !rest.is_empty()) {
        return None;
    }
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    let zone = match rest.trim() {
        "" => None,
        name => Some(named_zone(name)?),
    };
    Some((seconds * MICROS + micros, zone))
}

fn fraction_micros(text: &str) -> Option<i64> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let padded = format!("{text:0<6}");
    padded.get(..6)?.parse().ok()
}

/// `Z`, `UTC`, `GMT+2`, `+2`, `+02:30`, `Europe/Berlin`.
fn named_zone(name: &str) -> Option<Tz> {
    if matches!(name, "Z" | "z" | "UTC" | "GMT" | "UT") {
        return "+00:00".parse().ok();
    }
    let offset = ["UTC", "GMT", "UT"].iter().find_map(|prefix| name.strip_prefix(prefix));
    let offset = offset.unwrap_or(name);
    let Some(sign) = offset.chars().next().filter(|c| matches!(c, '+' | '-')) else {
        return name.parse().ok();
    };
    let mut parts = offset[1..].split(':');
    let hours = digits(parts.next()?, 2)?;
    let minutes = parts.next().map_or(Some(0), |part| digits(part, 2))?;
    if hours > 18 || minutes > 59 || parts.next().is_some_and(|s| s != "00") {
        return None;
    }
    format!("{sign}{hours:02}:{minutes:02}").parse().ok()
}

/// The instant of a local time; in a gap of the clock the offset before it holds.
fn to_utc(local: i64, zone: Tz) -> Option<i64> {
    let naive = chrono::DateTime::from_timestamp_micros(local)?.naive_utc();
    let offset = match zone.offset_from_local_datetime(&naive).earliest() {
        Some(offset) => offset,
        None => {
            let before = naive.checked_sub_signed(chrono::TimeDelta::hours(3))?;
            zone.offset_from_local_datetime(&before).earliest()?
        }
    };
    local.checked_sub(i64::from(offset.fix().local_minus_utc()) * MICROS)
}

/// A timestamp from what the clock of a time zone shows, or from the start of a day there.
pub(super) fn from_local(array: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    let local = native(array, &DataType::Timestamp(TimeUnit::Microsecond, None))?;
    let DataType::Timestamp(_, Some(name)) = &target.to else {
        return native(array, &target.to);
    };
    let zone = zone(name)?;
    number::convert::<TimestampMicrosecondType, TimestampMicrosecondType>(
        &local,
        &target.to,
        |local| Ok(to_utc(local, zone)),
    )
}

/// Seconds since the epoch: whole ones for integers.
pub(super) fn to_number(array: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    let micros = array.as_primitive::<TimestampMicrosecondType>();
    match Kind::of(&target.to) {
        Kind::Integral => {
            let seconds: PrimitiveArray<Int64Type> =
                micros.iter().map(|value| value.map(|v| v.div_euclid(MICROS))).collect();
            super::cast(&(Arc::new(seconds) as ArrayRef), target)
        }
        Kind::Decimal => {
            let seconds: PrimitiveArray<Decimal128Type> =
                micros.iter().map(|value| value.map(i128::from)).collect();
            let seconds = seconds.with_precision_and_scale(20, 6)?;
            number::cast(&(Arc::new(seconds) as ArrayRef), target)
        }
        _ => {
            let seconds: Float64Array =
                micros.iter().map(|value| value.map(|v| v as f64 / MICROS as f64)).collect();
            native(&(Arc::new(seconds) as ArrayRef), &target.to)
        }
    }
}

/// A timestamp from seconds since the epoch.
pub(super) fn from_number(array: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    let from = array.data_type().clone();
    match Kind::of(&from) {
        Kind::Float | Kind::Double => {
            let wide = native(array, &DataType::Float64)?;
            number::convert::<Float64Type, TimestampMicrosecondType>(&wide, &target.to, |value| {
                if value.is_nan() || value.is_infinite() {
                    return target.overflow(|| format!("{}D", write::double(value)), &from);
                }
                Ok(Some((value * MICROS as f64) as i64))
            })
        }
        Kind::Decimal => {
            let scale = match from {
                DataType::Decimal128(_, scale) => scale,
                _ => 0,
            };
            number::convert::<Decimal128Type, TimestampMicrosecondType>(
                array,
                &target.to,
                |value| Ok(rescaled(value, scale, 6).and_then(|v| i64::try_from(v).ok())),
            )
        }
        // One microsecond, not a second.
        Kind::Boolean => {
            let wide = native(array, &DataType::Int64)?;
            number::convert::<Int64Type, TimestampMicrosecondType>(&wide, &target.to, |value| {
                Ok(Some(value))
            })
        }
        _ => {
            let wide = native(array, &DataType::Int64)?;
            number::convert::<Int64Type, TimestampMicrosecondType>(&wide, &target.to, |value| {
                Ok(Some(value.saturating_mul(MICROS)))
            })
        }
    }
}
