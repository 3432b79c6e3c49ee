//! Texts that a cast reads as intervals: `1-2`, `1 02:03:04.5`, or a whole literal.

const DAY_TIME: [&str; 4] = ["DAY", "HOUR", "MINUTE", "SECOND"];
const YEAR_MONTH: [&str; 2] = ["YEAR", "MONTH"];
const UNITS: [i64; 4] = [86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000];
/// How many of a field there are in the one before it.
const ROOM: [i64; 4] = [i64::MAX, 24, 60, 60];

/// Why a text is no interval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SpanFault {
    /// It has another form than this one.
    Unmatched { format: String, type_name: String },
    /// A field is larger than it may be.
    OutOfRange,
    /// The interval is too long.
    Overflow,
}

/// The months or microseconds of a text, as an interval with these fields.
pub(crate) fn span_of(
    text: &str,
    of_months: bool,
    (start, end): (i32, i32),
) -> Result<i64, SpanFault> {
    let place = |field: i32| usize::try_from(field).unwrap_or(0).min(3);
    let (start, end) = (place(start), place(end));
    let names: &[&str] = if of_months { &YEAR_MONTH } else { &DAY_TIME };
    let name = |at: usize| names.get(at).copied().unwrap_or_default();
    let fields = match start == end {
        true => name(start).to_owned(),
        false => format!("{} TO {}", name(start), name(end)),
    };
    let read = |body: &str| match of_months {
        true => months(body, start, end),
        false => micros(body, start, end),
    };
    let trimmed = text.trim();
    let found =
        body_of(trimmed, &fields).and_then(|(negative, body)| Some((negative, read(body)?)));
    match found {
        Some((negative, Ok(length))) => Ok(if negative { length.wrapping_neg() } else { length }),
        Some((_, Err(fault))) => Err(fault),
        None => Err(unmatched(of_months, start, end, &fields)),
    }
}

fn unmatched(of_months: bool, start: usize, end: usize, fields: &str) -> SpanFault {
    let pieces: &[&str] = if of_months { &["y-", "m"] } else { &["d ", "h:", "m:", "s.n"] };
    let shape = pieces.get(start..=end).unwrap_or_default().concat();
    let shape = shape.trim_end_matches([':', ' ', '-']);
    let format = format!("`[+|-]{shape}`, `INTERVAL [+|-]'[+|-]{shape}' {fields}`");
    SpanFault::Unmatched { format, type_name: format!("interval {}", fields.to_lowercase()) }
}

/// Whether the text is negative, and what is behind its sign, inside of a literal's quotes
/// if it is one of these fields.
fn body_of<'a>(text: &'a str, fields: &str) -> Option<(bool, &'a str)> {
    let is_word = |text: &str| text.to_ascii_uppercase().starts_with("INTERVAL");
    if !text.get(..8).is_some_and(is_word) {
        return Some(signed(text));
    }
    let rest = text.get(8..)?;
    let (outer, quoted) = signed(rest.strip_prefix(char::is_whitespace)?.trim_start());
    let (inside, unit) = quoted.strip_prefix('\'')?.split_once('\'')?;
    let words: Vec<_> = unit.split_whitespace().collect();
    let same = words.join(" ").eq_ignore_ascii_case(fields);
    if !unit.starts_with(char::is_whitespace) || !same {
        return None;
    }
    let (inner, body) = signed(inside);
    Some((outer != inner, body))
}

fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// A number of digits; too many of them are an overflow.
fn number(text: &str) -> Option<Result<i64, SpanFault>> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().map_err(|_| SpanFault::Overflow))
}

fn months(body: &str, start: usize, end: usize) -> Option<Result<i64, SpanFault>> {
    let total = |years: Result<i64, _>, months: Result<i64, _>| {
        let (years, months) = (years?, months?);
        let total = years.checked_mul(12).and_then(|total| total.checked_add(months));
        total.filter(|total| i32::try_from(*total).is_ok()).ok_or(SpanFault::Overflow)
    };
    if start == end {
        let value = number(body)?;
        return Some(if start == 0 { total(value, Ok(0)) } else { total(Ok(0), value) });
    }
    let (years, months) = body.split_once('-')?;
    let (years, months) = (number(years)?, number(months)?);
    let months = months.and_then(|m| if m < 12 { Ok(m) } else { Err(SpanFault::Overflow) });
    Some(total(years, months))
}

fn micros(body: &str, start: usize, end: usize) -> Option<Result<i64, SpanFault>> {
    let mut rest = body;
    let mut total: Result<i64, SpanFault> = Ok(0);
    for place in start..=end {
        let part = if place == end {
            std::mem::take(&mut rest)
        } else {
            let (part, tail) = rest.split_once(if place == 0 { ' ' } else { ':' })?;
            rest = tail;
            part
        };
        let (whole, fraction) = match part.split_once('.') {
            Some((whole, fraction)) if place == 3 => (whole, Some(fraction)),
            _ => (part, None),
        };
        if place > start && whole.len() > 2 {
            return None;
        }
        let whole = number(whole)?;
        let fraction = match fraction {
            // What is below a microsecond is dropped.
            Some(digits) if digits.len() <= 9 && number(digits).is_some() => {
                format!("{digits:0<9}").get(..6).and_then(|digits| digits.parse().ok())?
            }
            Some(_) => return None,
            None => 0,
        };
        total = total.and_then(|total| joined(total, whole?, fraction, place, start == end, start));
    }
    Some(total)
}

/// One more field. A single one wraps around as in Spark.
fn joined(
    total: i64,
    value: i64,
    fraction: i64,
    place: usize,
    single: bool,
    start: usize,
) -> Result<i64, SpanFault> {
    let unit = UNITS.get(place).copied().unwrap_or(1);
    if single {
        return Ok(value.wrapping_mul(unit).wrapping_add(fraction));
    }
    if place > start && ROOM.get(place).is_some_and(|room| value >= *room) {
        return Err(SpanFault::OutOfRange);
    }
    let more = value.checked_mul(unit).and_then(|micros| micros.checked_add(fraction));
    more.and_then(|more| total.checked_add(more)).ok_or(SpanFault::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_by_the_fields_asked_for() {
        let months = |text: &str, fields| span_of(text, true, fields);
        assert_eq!(months("1-2", (0, 1)), Ok(14));
        assert_eq!(months(" -1-2 ", (0, 1)), Ok(-14));
        assert_eq!(months("interval -'-1-2'  year to month", (0, 1)), Ok(14));
        assert_eq!(months("3", (0, 0)), Ok(36));
        assert_eq!(months("1-12", (0, 1)), Err(SpanFault::Overflow));
        assert_eq!(months("178956971", (0, 0)), Err(SpanFault::Overflow));
        assert!(matches!(months("1", (0, 1)), Err(SpanFault::Unmatched { .. })));
        assert!(matches!(months("interval '1' month", (0, 0)), Err(SpanFault::Unmatched { .. })));
        let micros = |text: &str, fields| span_of(text, false, fields);
        assert_eq!(micros("1 02:03:04.5", (0, 3)), Ok(93_784_500_000));
        assert_eq!(micros("-4.1234567", (3, 3)), Ok(-4_123_456));
        assert_eq!(micros("100:5", (1, 2)), Ok(360_300_000_000));
        assert_eq!(micros("1 25:00:00", (0, 3)), Err(SpanFault::OutOfRange));
        assert!(matches!(micros("1:2:3", (1, 2)), Err(SpanFault::Unmatched { .. })));
        assert!(matches!(micros("4.1234567891", (3, 3)), Err(SpanFault::Unmatched { .. })));
        assert!(matches!(micros("é", (0, 0)), Err(SpanFault::Unmatched { .. })));
    }
}
