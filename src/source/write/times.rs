//! Dates and times in files of text.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use datafusion::arrow::array::{Array, AsArray as _};
use datafusion::arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};

use crate::error::Result;
use crate::types::display::ValueFormatter;

/// The text of a cell: as a cast makes it, but for timestamps.
///
/// # Errors
/// If the type cannot be printed.
pub(super) fn text(formatter: &ValueFormatter, column: &dyn Array, row: usize) -> Result<String> {
    if let DataType::Timestamp(TimeUnit::Microsecond, zone) = column.data_type() {
        let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
        if let Some(text) = timestamp(micros, zone.as_deref()) {
            return Ok(text);
        }
    }
    formatter.text(column, row)
}

/// With milliseconds, and with the offset of the zone if there is one.
fn timestamp(micros: i64, zone: Option<&str>) -> Option<String> {
    let utc: DateTime<Utc> = DateTime::from_timestamp_micros(micros)?;
    let Some(zone) = zone else {
        let local: NaiveDateTime = utc.naive_utc();
        return Some(local.format("%Y-%m-%dT%H:%M:%S%.3f").to_string());
    };
    let zone: datafusion::arrow::array::timezone::Tz = zone.parse().ok()?;
    Some(
        utc.with_timezone(&zone)
            .to_rfc3339_opts(SecondsFormat::Millis, true)
            .replace("+00:00", "Z"),
    )
}
