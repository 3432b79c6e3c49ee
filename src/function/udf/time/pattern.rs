//! Times written and read by Java's patterns, such as `yyyy-MM-dd`.

use std::hash::Hash;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, StringArray, TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, TimestampMicrosecondType};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};

use super::letters::{Purpose, check};
use super::{days_of, local_time, zone_of};
use crate::error::{Condition, Error};
use crate::function::udf::Nulls;
use crate::function::udf::cast::Mode;

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Piece {
    /// A letter, how many times.
    Field(char, usize),
    Text(String),
}

/// The pieces of a pattern.
///
/// # Errors
/// `Unsupported` for letters that are not served.
fn pieces(pattern: &str) -> Result<Vec<Piece>, Error> {
    let mut pieces = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let piece = match c {
            '\'' => Piece::Text(quoted(&mut chars)),
            c if c.is_ascii_alphabetic() => {
                let mut count = 1;
                while chars.next_if_eq(&c).is_some() {
                    count += 1;
                }
                if !"yMLdDEaHhKkmsSQq".contains(c) {
                    let feature = format!("function.datetime.pattern.{c}");
                    return Err(Error::unsupported(feature));
                }
                Piece::Field(c, count)
            }
            c => Piece::Text(c.to_string()),
        };
        pieces.push(piece);
    }
    Ok(pieces)
}

/// Text up to the closing quote; a doubled quote is one.
fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\'' if chars.peek() == Some(&'\'') => {
                chars.next();
                text.push('\'');
            }
            '\'' => break,
            other => text.push(other),
        }
    }
    if text.is_empty() { "'".to_owned() } else { text }
}

/// A pattern by itself, for records of text, whose dates and times follow one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct DatePattern(Vec<Piece>);

impl DatePattern {
    /// # Errors
    /// If it is no pattern, or has letters that are not served.
    pub(crate) fn new(pattern: &str) -> Result<Self, Error> {
        check(pattern, Purpose::Write)?;
        pieces(pattern).map(Self)
    }

    /// The time that a text stands for, if it follows the pattern.
    pub(crate) fn read(&self, text: &str) -> Option<NaiveDateTime> {
        read(text, &self.0)
    }

    /// The text of a time.
    pub(crate) fn write(&self, time: NaiveDateTime) -> String {
        write(time, &self.0)
    }
}

/// A function that writes timestamps.
///
/// # Errors
/// If it is no pattern, or has letters that are not served.
pub(crate) fn format(pattern: &str, zone: Arc<str>) -> Result<Arc<ScalarUDF>, Error> {
    check(pattern, Purpose::Write)?;
    let work = Work::Write { pieces: pieces(pattern)? };
    Ok(function(work, zone))
}

/// A function that reads dates or timestamps.
///
/// # Errors
/// If it is no pattern, or has letters that are not served.
pub(crate) fn parse(
    pattern: &str,
    to: DataType,
    mode: Mode,
    zone: Arc<str>,
) -> Result<Arc<ScalarUDF>, Error> {
    check(pattern, Purpose::Read)?;
    let work = Work::Read { pieces: pieces(pattern)?, to, mode };
    Ok(function(work, zone))
}

fn function(work: Work, zone: Arc<str>) -> Arc<ScalarUDF> {
    let signature = Signature::any(1, Volatility::Immutable);
    Arc::new(ScalarUDF::new_from_impl(Pattern { work, zone, signature }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Work {
    Write { pieces: Vec<Piece> },
    Read { pieces: Vec<Piece>, to: DataType, mode: Mode },
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Pattern {
    work: Work,
    zone: Arc<str>,
    signature: Signature,
}

impl ScalarUDFImpl for Pattern {
    fn name(&self) -> &str {
        match self.work {
            Work::Write { .. } => "spark_date_format",
            Work::Read { .. } => "spark_to_timestamp",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(match &self.work {
            Work::Write { .. } => DataType::Utf8,
            Work::Read { to, .. } => to.clone(),
        })
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let nulls = match &self.work {
            Work::Write { .. } | Work::Read { mode: Mode::Ansi, .. } => Nulls::Propagate,
            Work::Read { .. } => Nulls::Always,
        };
        let data_type = self.return_type(&[])?;
        Ok(Arc::new(Field::new(self.name(), data_type, nulls.of(&args))))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let result = match &self.work {
            Work::Write { pieces } => write_all(&arrays[0], pieces)?,
            Work::Read { pieces, to, mode } => {
                read_all(&arrays[0], pieces, to, *mode, self.zone.parse::<Tz>()?)?
            }
        };
        match args.args.first() {
            Some(ColumnarValue::Scalar(_)) => {
                ScalarValue::try_from_array(&result, 0).map(ColumnarValue::Scalar)
            }
            _ => Ok(ColumnarValue::Array(result)),
        }
    }
}

fn write_all(array: &ArrayRef, pieces: &[Piece]) -> Result<ArrayRef> {
    let zone = zone_of(array.data_type())?;
    let values = array.as_primitive::<TimestampMicrosecondType>();
    let texts: StringArray =
        values.iter().map(|value| Some(write(local_time(value?, zone)?, pieces))).collect();
    Ok(Arc::new(texts))
}

fn write(time: NaiveDateTime, pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(fixed) => text.push_str(fixed),
            Piece::Field(letter, count) => text.push_str(&field(time, *letter, *count)),
        }
    }
    text
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const QUARTERS: [&str; 4] = ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"];
const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn field(time: NaiveDateTime, letter: char, count: usize) -> String {
    let number = |value: u32| format!("{value:0count$}");
    match letter {
        'y' if count == 2 => format!("{:02}", time.year().rem_euclid(100)),
        'y' => format!("{:0count$}", time.year()),
        'M' | 'L' => match count {
            4.. => name(&MONTHS, time.month0()).to_owned(),
            3 => name(&MONTHS, time.month0())[..3].to_owned(),
            _ => number(time.month()),
        },
        'd' => number(time.day()),
        'D' => number(time.ordinal()),
        'E' => {
            let day = name(&DAYS, time.weekday().num_days_from_monday());
            if count >= 4 { day.to_owned() } else { day[..3].to_owned() }
        }
        'Q' | 'q' => match count {
            4.. => name(&QUARTERS, time.month0() / 3).to_owned(),
            3 => format!("Q{}", time.month0() / 3 + 1),
            _ => number(time.month0() / 3 + 1),
        },
        'a' => if time.hour() < 12 { "AM" } else { "PM" }.to_owned(),
        'H' => number(time.hour()),
        'k' => number(if time.hour() == 0 { 24 } else { time.hour() }),
        'h' => number(time.hour12().1),
        'K' => number(time.hour() % 12),
        'm' => number(time.minute()),
        's' => number(time.second()),
        'S' => {
            let nanos = format!("{:09}", time.nanosecond());
            nanos.chars().chain(std::iter::repeat('0')).take(count).collect()
        }
        _ => String::new(),
    }
}

fn name<'a>(names: &[&'a str], at: u32) -> &'a str {
    usize::try_from(at).ok().and_then(|at| names.get(at)).copied().unwrap_or("")
}

fn read_all(
    array: &ArrayRef,
    pieces: &[Piece],
    to: &DataType,
    mode: Mode,
    zone: Tz,
) -> Result<ArrayRef> {
    let texts = crate::function::udf::text::strings(array)?;
    let times = texts.iter().map(|text| match text {
        None => Ok(None),
        Some(text) => match (read(text, pieces), mode) {
            (Some(time), _) => Ok(Some(time)),
            (None, Mode::Ansi) => Err(Error::analysis(
                Condition::CANNOT_PARSE_TIMESTAMP,
                [
                    ("message", format!("'{text}' does not follow the pattern")),
                    ("func", "`try_to_timestamp`".to_owned()),
                ],
            )
            .into()),
            (None, Mode::Legacy | Mode::Try) => Ok(None),
        },
    });
    let times = times.collect::<Result<Vec<Option<NaiveDateTime>>>>()?;
    if to == &DataType::Date32 {
        let days: Date32Array =
            times.iter().map(|time| time.map(|time| days_of(time.date()))).collect();
        return Ok(Arc::new(days));
    }
    let zone = matches!(to, DataType::Timestamp(_, Some(_))).then_some(zone);
    let micros: TimestampMicrosecondArray = times
        .iter()
        .map(|time| time.and_then(|time| super::truncate::instant(time, zone)))
        .collect();
    Ok(Arc::new(micros.with_data_type(to.clone())))
}

/// What has been read so far.
#[derive(Default)]
struct Parts {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    ordinal: Option<u32>,
    hour: Option<u32>,
    half_hour: Option<u32>,
    afternoon: Option<bool>,
    minute: u32,
    second: u32,
    nanos: u32,
}

fn read(text: &str, pieces: &[Piece]) -> Option<NaiveDateTime> {
    let mut parts = Parts::default();
    let mut rest = text;
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(fixed) => rest = rest.strip_prefix(fixed.as_str())?,
            Piece::Field(letter, count) => {
                // Fields side by side are as wide as they are written.
                let tight = matches!(pieces.get(at + 1), Some(Piece::Field(..)));
                rest = parts.take(rest, *letter, *count, tight)?;
            }
        }
    }
    if rest.is_empty() { parts.time() } else { None }
}

/// A number of some width at the start of a text.
fn number(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if digits < least {
        return None;
    }
    let (number, rest) = text.split_at(digits);
    Some((number.parse().ok()?, rest))
}

fn named<'t>(text: &'t str, names: &[&str], short: bool) -> Option<(u32, &'t str)> {
    names.iter().enumerate().find_map(|(at, name)| {
        let name = if short { &name[..3] } else { name };
        let start = text.get(..name.len())?;
        let same = start.eq_ignore_ascii_case(name);
        same.then(|| u32::try_from(at).ok().map(|at| (at, &text[name.len()..])))?
    })
}

impl Parts {
    fn take<'t>(
        &mut self,
        text: &'t str,
        letter: char,
        count: usize,
        tight: bool,
    ) -> Option<&'t str> {
        // One letter takes as many digits as there are.
        let most = |usual: usize| {
            if tight {
                count
            } else if count == 1 {
                usual
            } else {
                count
            }
        };
        let (value, rest) = match letter {
            'E' => return named(text, &DAYS, count < 4).map(|(_, rest)| rest),
            'M' | 'L' if count >= 3 => {
                let (month, rest) = named(text, &MONTHS, count == 3)?;
                (month + 1, rest)
            }
            'a' => {
                let half = text.get(..2)?;
                self.afternoon = Some(half.eq_ignore_ascii_case("PM"));
                let known = half.eq_ignore_ascii_case("AM") || half.eq_ignore_ascii_case("PM");
                return known.then(|| &text[2..]);
            }
            'S' => return self.fraction(text, count),
            'y' if count == 2 => {
                let (year, rest) = number(text, 2, 2)?;
                (year + 2000, rest)
            }
            'y' => number(text, count, if tight { count } else { 6.max(count) })?,
            'D' => number(text, count, most(3))?,
            _ => number(text, count, most(2))?,
        };
        self.set(letter, value)?;
        Some(rest)
    }

    fn fraction<'t>(&mut self, text: &'t str, count: usize) -> Option<&'t str> {
        let digits = text.bytes().take(count).take_while(u8::is_ascii_digit).count();
        if digits < count {
            return None;
        }
        let padded = format!("{:0<9}", &text[..digits]);
        self.nanos = padded.get(..9)?.parse().ok()?;
        Some(&text[digits..])
    }

    fn set(&mut self, letter: char, value: u32) -> Option<()> {
        match letter {
            'y' => self.year = Some(i32::try_from(value).ok()?),
            'M' | 'L' => self.month = Some(value),
            'd' => self.day = Some(value),
            'D' => self.ordinal = Some(value),
            'H' => self.hour = Some(value),
            'k' => self.hour = Some(value % 24),
            'h' | 'K' => self.half_hour = Some(value % 12),
            'm' => self.minute = value,
            's' => self.second = value,
            _ => return None,
        }
        Some(())
    }

    fn time(&self) -> Option<NaiveDateTime> {
        let year = self.year.unwrap_or(1970);
        let date = match self.ordinal {
            Some(ordinal) => NaiveDate::from_yo_opt(year, ordinal)?,
            None => NaiveDate::from_ymd_opt(year, self.month.unwrap_or(1), self.day.unwrap_or(1))?,
        };
        let hour = match (self.hour, self.half_hour) {
            (Some(hour), _) => hour,
            (None, Some(hour)) => hour + if self.afternoon == Some(true) { 12 } else { 0 },
            (None, None) => 0,
        };
        date.and_hms_nano_opt(hour, self.minute, self.second, self.nanos)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn time(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_written() {
        let at = time("2020-01-05T14:03:09.120");
        let text = |pattern: &str| write(at, &pieces(pattern).unwrap());
        assert_eq!(text("yyyy-MM-dd HH:mm:ss.SSS"), "2020-01-05 14:03:09.120");
        assert_eq!(text("d MMM yy, h:mm a"), "5 Jan 20, 2:03 PM");
        assert_eq!(text("EEEE 'the' d''"), "Sunday the 5'");
    }

    #[test]
    fn times_are_read() {
        let read = |text: &str, pattern: &str| read(text, &pieces(pattern).unwrap());
        assert_eq!(read("2020-01-05", "yyyy-MM-dd"), Some(time("2020-01-05T00:00:00")));
        assert_eq!(read("20200105", "yyyyMMdd"), Some(time("2020-01-05T00:00:00")));
        assert_eq!(read("5 Jan 20 2:03 pm", "d MMM yy h:mm a"), Some(time("2020-01-05T14:03:00")));
        assert_eq!(read("2020-13-05", "yyyy-MM-dd"), None);
        assert_eq!(read("2020-01-05x", "yyyy-MM-dd"), None);
    }
}
