//! Intervals as Spark prints them.

use std::fmt::Write as _;

use datafusion::arrow::datatypes::IntervalMonthDayNano;

const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// Units of a day-time interval, microseconds, by field number.
const UNITS: [u64; 4] = [DAY, HOUR, MINUTE, SECOND];
const DAY_TIME: [&str; 4] = ["DAY", "HOUR", "MINUTE", "SECOND"];
const YEAR_MONTH: [&str; 2] = ["YEAR", "MONTH"];

/// A year-month interval, such as `INTERVAL '1-2' YEAR TO MONTH`.
pub(crate) fn year_month(months: i32, (start, end): (usize, usize)) -> String {
    let sign = if months < 0 { "-" } else { "" };
    let months = months.unsigned_abs();
    let value = match (start, end) {
        (0, 0) => format!("{sign}{}", months / 12),
        (1, _) => format!("{sign}{months}"),
        _ => format!("{sign}{}-{}", months / 12, months % 12),
    };
    named(&value, &YEAR_MONTH, start, end)
}

/// A day-time interval, such as `INTERVAL '1 02:03:04.5' DAY TO SECOND`.
pub(crate) fn day_time(micros: i64, (start, end): (usize, usize)) -> String {
    let mut value = String::from(if micros < 0 { "-" } else { "" });
    let mut rest = micros.unsigned_abs();
    for (field, unit) in UNITS.into_iter().enumerate().take(end + 1).skip(start) {
        match field {
            _ if field == start => {}
            1 => value.push(' '),
            _ => value.push(':'),
        }
        let whole = rest / unit;
        rest %= unit;
        let _ = match field {
            0 => write!(value, "{whole}"),
            _ => write!(value, "{whole:02}"),
        };
    }
    if end >= 3 && rest > 0 {
        value.push_str(format!(".{rest:06}").trim_end_matches('0'));
    }
    named(&value, &DAY_TIME, start, end)
}

fn named(value: &str, names: &[&str], start: usize, end: usize) -> String {
    let name = |at: usize| names.get(at).copied().unwrap_or_default();
    match start == end {
        true => format!("INTERVAL '{value}' {}", name(start)),
        false => format!("INTERVAL '{value}' {} TO {}", name(start), name(end)),
    }
}

/// A calendar interval, such as `1 years 2 months 3 days 4 hours 5.5 seconds`.
pub(crate) fn calendar(interval: IntervalMonthDayNano) -> String {
    let mut parts = Vec::new();
    let mut push = |value: i64, unit: &str| {
        if value != 0 {
            parts.push(format!("{value} {unit}"));
        }
    };
    push(i64::from(interval.months / 12), "years");
    push(i64::from(interval.months % 12), "months");
    push(i64::from(interval.days), "days");
    let micros = interval.nanoseconds / 1_000;
    push(micros / 3_600_000_000, "hours");
    push(micros % 3_600_000_000 / 60_000_000, "minutes");
    let seconds = micros % 60_000_000;
    if seconds != 0 {
        parts.push(format!("{} seconds", decimal_seconds(seconds)));
    }
    if parts.is_empty() { "0 seconds".to_owned() } else { parts.join(" ") }
}

fn decimal_seconds(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let micros = micros.unsigned_abs();
    let text = format!("{sign}{}.{:06}", micros / SECOND, micros % SECOND);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
