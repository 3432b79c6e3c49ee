//! Dates, timestamps and times in literals, as leniently as Spark reads them.

use chrono::{NaiveDate, NaiveTime, Offset, TimeZone, Timelike};

use crate::proto;
use crate::proto::data_type::{self, Kind as TypeKind};
use crate::proto::expression::cast::EvalMode;
use crate::proto::expression::literal::{self, LiteralType};
use crate::sql::build;

type Expression = proto::Expression;

const MICROS_PER_SECOND: i64 = 1_000_000;
const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// Words that stand for a moment, which only the running session knows.
const SPECIAL: &[&str] = &["epoch", "now", "today", "tomorrow", "yesterday"];

/// `DATE '..'`.
pub(super) fn date_literal(text: &str) -> Option<Expression> {
    if special(text) {
        return Some(cast(text, TypeKind::Date(data_type::Date::default())));
    }
    let (date, rest) = date(text.trim())?;
    if !(rest.is_empty() || rest.starts_with([' ', 'T'])) {
        return None;
    }
    let days = date.signed_duration_since(NaiveDate::default()).num_days();
    Some(build::literal(LiteralType::Date(i32::try_from(days).ok()?)))
}

/// `TIMESTAMP '..'`. Without a zone in the text it depends on the session's, so
/// it stays text under a cast.
pub(super) fn timestamp_literal(text: &str) -> Option<Expression> {
    let cast = || cast(text, TypeKind::Timestamp(data_type::Timestamp::default()));
    if special(text) {
        return Some(cast());
    }
    let parsed = Timestamp::parse(text.trim())?;
    match (parsed.date, parsed.zone) {
        (Some(date), Some(zone)) => {
            let offset = zone_offset(zone, date, parsed.time())?;
            let micros = parsed.micros(date)? - offset * MICROS_PER_SECOND;
            Some(build::literal(LiteralType::Timestamp(micros)))
        }
        _ => Some(cast()),
    }
}

/// `TIMESTAMP_NTZ '..'`; a zone in the text has no meaning.
pub(super) fn timestamp_ntz_literal(text: &str) -> Option<Expression> {
    if special(text) {
        return Some(cast(text, TypeKind::TimestampNtz(data_type::TimestampNtz::default())));
    }
    let parsed = Timestamp::parse(text.trim())?;
    let micros = parsed.micros(parsed.date?)?;
    Some(build::literal(LiteralType::TimestampNtz(micros)))
}

/// `TIME '..'`.
pub(super) fn time_literal(text: &str) -> Option<Expression> {
    let (nanos, rest) = time(text.trim())?;
    let value = literal::Time { nano: nanos, precision: Some(6) };
    rest.is_empty().then(|| build::literal(LiteralType::Time(value)))
}

fn special(text: &str) -> bool {
    SPECIAL.iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

fn cast(text: &str, to: TypeKind) -> Expression {
    build::cast(build::text(text), build::of_kind(to), EvalMode::Ansi)
}

/// What a timestamp's text says.
struct Timestamp<'t> {
    date: Option<NaiveDate>,
    nanos: i64,
    zone: Option<&'t str>,
}

impl<'t> Timestamp<'t> {
    fn parse(text: &'t str) -> Option<Self> {
        let Some((date, rest)) = date(text) else {
            let (nanos, zone) = time(text.strip_prefix('T').unwrap_or(text))?;
            return Some(Self { date: None, nanos, zone: known_zone(zone)? });
        };
        if rest.is_empty() {
            return Some(Self { date: Some(date), nanos: 0, zone: None });
        }
        let rest = rest.strip_prefix([' ', 'T'])?;
        let (nanos, zone) = time(rest)?;
        Some(Self { date: Some(date), nanos, zone: known_zone(zone)? })
    }

    fn micros(&self, date: NaiveDate) -> Option<i64> {
        let days = date.signed_duration_since(NaiveDate::default()).num_days();
        let seconds = days.checked_mul(86_400)?.checked_mul(MICROS_PER_SECOND)?;
        seconds.checked_add(self.nanos / 1_000)
    }

    fn time(&self) -> NaiveTime {
        let seconds = u32::try_from(self.nanos / NANOS_PER_SECOND).unwrap_or_default();
        NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or_default()
    }
}

/// `None` for a zone that is none, `Some(None)` for no zone.
fn known_zone(text: &str) -> Option<Option<&str>> {
    let zone = text.trim();
    if zone.is_empty() {
        return Some(None);
    }
    let noon = NaiveTime::default().with_hour(12).unwrap_or_default();
    zone_offset(zone, NaiveDate::default(), noon).map(|_| Some(zone))
}

/// Seconds east of UTC.
fn zone_offset(zone: &str, date: NaiveDate, time: NaiveTime) -> Option<i64> {
    let bare = ["UTC", "GMT", "UT"].into_iter().find_map(|prefix| zone.strip_prefix(prefix));
    match bare.unwrap_or(zone) {
        "" | "Z" => Some(0),
        offset if offset.starts_with(['+', '-']) => fixed_offset(offset),
        _ => {
            let zone: chrono_tz::Tz = zone.parse().ok()?;
            let local = zone.from_local_datetime(&date.and_time(time)).earliest();
            let offset = local.map_or_else(
                || zone.offset_from_utc_datetime(&date.and_time(time)).fix(),
                |moment| moment.offset().fix(),
            );
            Some(i64::from(offset.local_minus_utc()))
        }
    }
}

/// `+8`, `+08:00`, `-08:30:15`.
fn fixed_offset(text: &str) -> Option<i64> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text.strip_prefix('+')?),
    };
    let mut parts = text.split(':').map(|part| number(part, 1, 2).filter(|(_, r)| r.is_empty()));
    let mut seconds = 0;
    for (scale, most) in [(3600, 18), (60, 59), (1, 59)] {
        match parts.next() {
            Some(part) => {
                let (value, _) = part.filter(|(value, _)| *value <= most)?;
                seconds += value * scale;
            }
            None => break,
        }
    }
    (parts.next().is_none() && seconds <= 18 * 3600).then_some(if negative {
        -seconds
    } else {
        seconds
    })
}

/// `yyyy`, `yyyy-m` or `yyyy-m-d` at the start, and the rest.
fn date(text: &str) -> Option<(NaiveDate, &str)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (year, rest) = number(digits, 4, 7)?;
    let (month, rest) = part_after(rest, '-')?;
    let (day, rest) = if month.is_some() { part_after(rest, '-')? } else { (None, rest) };
    let year = i32::try_from(if negative { -year } else { year }).ok()?;
    let small = |value: Option<i64>| u32::try_from(value.unwrap_or(1)).ok();
    let date = NaiveDate::from_ymd_opt(year, small(month)?, small(day)?)?;
    // Only a full date may have more behind it.
    (day.is_some() || rest.is_empty()).then_some((date, rest))
}

/// The number behind a separator, if the separator is there.
fn part_after(text: &str, separator: char) -> Option<(Option<i64>, &str)> {
    match text.strip_prefix(separator) {
        Some(rest) => number(rest, 1, 2).map(|(value, rest)| (Some(value), rest)),
        None => Some((None, text)),
    }
}

/// `h:m`, `h:m:s` or `h:m:s.fraction` at the start, in nanoseconds, and the rest.
fn time(text: &str) -> Option<(i64, &str)> {
    let (hour, rest) = number(text, 1, 2)?;
    let (minute, rest) = number(rest.strip_prefix(':')?, 1, 2)?;
    let (second, mut rest) = part_after(rest, ':')?;
    let mut nanos = 0;
    if second.is_some()
        && let Some(fraction) = rest.strip_prefix('.')
    {
        let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
        let digits = fraction.get(..length)?;
        nanos = format!("{digits:0<9}").get(..9)?.parse().ok()?;
        rest = fraction.get(length..)?;
    }
    let second = second.unwrap_or(0);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some((((hour * 60 + minute) * 60 + second) * NANOS_PER_SECOND + nanos, rest))
}

/// Digits at the start, within bounds on their count, and the rest.
fn number(text: &str, least: usize, most: usize) -> Option<(i64, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    if !(least..=most).contains(&length) {
        return None;
    }
    Some((text.get(..length)?.parse().ok()?, text.get(length..)?))
}
