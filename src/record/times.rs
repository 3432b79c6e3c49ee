//! Dates and times in records: by patterns that options give, or in the forms that a
//! cast reads.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{Array, AsArray as _};
use datafusion::arrow::datatypes::{DataType, Date32Type, TimeUnit, TimestampMicrosecondType};
use datafusion::error::DataFusionError;

use super::Options;
use crate::error::Result;
use crate::function::udf::cast;
use crate::function::udf::time::{DatePattern, days_of, instant, local_time};
use crate::types::display::ValueFormatter;

/// How dates and times are written in records.
#[derive(Debug, Clone)]
pub(crate) struct Times {
    date: Option<DatePattern>,
    timestamp: Option<DatePattern>,
    timestamp_ntz: Option<DatePattern>,
    zone: Tz,
    zone_name: Arc<str>,
    /// Whether what does not follow a pattern is read as a cast reads it.
    fall_back: bool,
}

impl Times {
    /// # Errors
    /// If a pattern is none, or there is no such time zone.
    pub(crate) fn take(options: &mut Options, session_zone: &str) -> Result<Self> {
        let locale: &[&str] = &["en-us", "en", "en_us"];
        options.allow_only(&[("locale", locale)])?;
        let mut pattern =
            |name: &str| options.take(name).map(|text| DatePattern::new(&text)).transpose();
        let (date, timestamp) = (pattern("dateformat")?, pattern("timestampformat")?);
        let timestamp_ntz = pattern("timestampntzformat")?;
        let zone_name = options.take("timezone").unwrap_or_else(|| session_zone.to_owned());
        let zone = zone_name.parse().map_err(DataFusionError::from)?;
        let fall_back = options.flag("enabledatetimeparsingfallback", false)?;
        let zone_name = Arc::from(zone_name);
        Ok(Self { date, timestamp, timestamp_ntz, zone, zone_name, fall_back })
    }

    /// The time zone in which instants are written.
    pub(super) fn zone(&self) -> Tz {
        self.zone
    }

    /// Whether timestamps have a pattern.
    pub(super) fn has_timestamp_pattern(&self) -> bool {
        self.timestamp.is_some()
    }

    /// The day that a text stands for.
    pub(super) fn date(&self, text: &str) -> Option<i32> {
        let Some(pattern) = &self.date else { return cast::parse_date(text) };
        let day = pattern.read(text).map(|time| days_of(time.date()));
        day.or_else(|| self.fall_back.then(|| cast::parse_date(text)).flatten())
    }

    /// Whether a text is taken for a date where types are guessed: more strictly, for
    /// `2020-1` may be anything.
    pub(super) fn looks_like_date(&self, text: &str) -> bool {
        match &self.date {
            Some(pattern) => pattern.read(text).is_some(),
            None => text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
        }
    }

    /// The instant that a text stands for, in microseconds.
    pub(super) fn timestamp(&self, text: &str) -> Option<i64> {
        let plain = || cast::parse_timestamp(text, &self.zone_name);
        let Some(pattern) = &self.timestamp else { return plain() };
        let instant = pattern.read(text).and_then(|time| instant(time, Some(self.zone)));
        instant.or_else(|| self.fall_back.then(plain).flatten())
    }

    /// The time that a text stands for that names no zone, in microseconds.
    pub(super) fn timestamp_ntz(&self, text: &str) -> Option<i64> {
        match &self.timestamp_ntz {
            Some(pattern) => instant(pattern.read(text)?, None),
            None => cast::parse_timestamp_ntz(text),
        }
    }

    /// The text of a day.
    pub(crate) fn write_date(&self, day: i32) -> Option<String> {
        let date = self.date.as_ref()?;
        let day = NaiveDate::from_epoch_days(day)?;
        Some(date.write(day.and_time(chrono::NaiveTime::MIN)))
    }

    /// The text of an instant: with milliseconds and the offset of the zone, unless there
    /// is a pattern.
    pub(crate) fn write_timestamp(&self, micros: i64) -> Option<String> {
        if let Some(pattern) = &self.timestamp {
            return local_time(micros, Some(self.zone)).map(|time| pattern.write(time));
        }
        let utc: DateTime<Utc> = DateTime::from_timestamp_micros(micros)?;
        let text = utc.with_timezone(&self.zone).to_rfc3339_opts(SecondsFormat::Millis, true);
        Some(text.replace("+00:00", "Z"))
    }

    /// The text of a time without a zone.
    pub(crate) fn write_timestamp_ntz(&self, micros: i64) -> Option<String> {
        let local: NaiveDateTime = DateTime::from_timestamp_micros(micros)?.naive_utc();
        Some(match &self.timestamp_ntz {
            Some(pattern) => pattern.write(local),
            None => local.format("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
        })
    }

    /// The text of a cell: as a cast makes it, but for dates and timestamps.
    ///
    /// # Errors
    /// If the type cannot be printed.
    pub(crate) fn text(
        &self,
        formatter: &ValueFormatter,
        column: &dyn Array,
        row: usize,
    ) -> Result<String> {
        let own = match column.data_type() {
            DataType::Date32 => self.write_date(column.as_primitive::<Date32Type>().value(row)),
            DataType::Timestamp(TimeUnit::Microsecond, zone) => {
                let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
                match zone {
                    Some(_) => self.write_timestamp(micros),
                    None => self.write_timestamp_ntz(micros),
                }
            }
            _ => None,
        };
        own.map_or_else(|| formatter.text(column, row), Ok)
    }
}
