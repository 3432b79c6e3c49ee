//! Values as Spark's `show` and `CAST AS STRING` print them.

mod number;
mod quoted;

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use datafusion::arrow::array::types::{
    DurationMicrosecondType, Int32Type, IntervalMonthDayNanoType, IntervalYearMonthType,
    Time64NanosecondType, TimestampNanosecondType,
};
use datafusion::arrow::array::{
    Array, AsArray, FixedSizeListArray, GenericListArray, OffsetSizeTrait,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Field, Float32Type, Float64Type, Int8Type, Int16Type,
    Int64Type, IntervalUnit, TimeUnit, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};

use super::variant::{Variants, is_variant};
use super::{DAY_TO_SECOND, YEAR_TO_MONTH, from_field, interval, interval_fields};
use crate::error::{Error, Result};
use crate::planner::grown::with_stack;
use crate::proto::data_type::Kind;

pub(crate) use number::{double_text, float_text};
pub(crate) use quoted::quote;

/// Prints the values of one column.
#[derive(Debug, Clone)]
pub(crate) struct ValueFormatter {
    field: Field,
    /// What stands for NULL: `NULL` in `show`, `null` inside values that are cast.
    null: &'static str,
    /// How binary values print: `[01 02]` in `show`, as UTF-8 in a cast.
    binary_as_text: bool,
}

impl ValueFormatter {
    /// A formatter for `show`, for a column of this type.
    ///
    /// # Errors
    /// If values of the type cannot be printed.
    pub(crate) fn new(field: &Field) -> Result<Self> {
        Ok(Self { field: field.clone(), null: "NULL", binary_as_text: false })
    }

    /// A formatter for `CAST AS STRING`, where binary is text.
    pub(crate) fn for_cast(field: &Field) -> Result<Self> {
        Ok(Self { binary_as_text: true, null: "null", ..Self::new(field)? })
    }

    /// The text of one cell.
    ///
    /// # Errors
    /// If the cell's type cannot be printed.
    pub(crate) fn text(&self, array: &dyn Array, row: usize) -> Result<String> {
        let mut out = String::new();
        self.write(array, row, &mut out)?;
        Ok(out)
    }

    fn write(&self, array: &dyn Array, row: usize, out: &mut String) -> Result<()> {
        if array.is_null(row) || array.data_type() == &DataType::Null {
            out.push_str(self.null);
            return Ok(());
        }
        with_stack(|| self.write_value(array, row, out))
    }

    fn write_value(&self, array: &dyn Array, row: usize, out: &mut String) -> Result<()> {
        let _ = match array.data_type() {
            DataType::Boolean => write!(out, "{}", array.as_boolean().value(row)),
            DataType::Int8 => write!(out, "{}", array.as_primitive::<Int8Type>().value(row)),
            DataType::Int16 => write!(out, "{}", array.as_primitive::<Int16Type>().value(row)),
            DataType::Int32 => write!(out, "{}", array.as_primitive::<Int32Type>().value(row)),
            DataType::Int64 => write!(out, "{}", array.as_primitive::<Int64Type>().value(row)),
            DataType::UInt8 => write!(out, "{}", array.as_primitive::<UInt8Type>().value(row)),
            DataType::UInt16 => write!(out, "{}", array.as_primitive::<UInt16Type>().value(row)),
            DataType::UInt32 => write!(out, "{}", array.as_primitive::<UInt32Type>().value(row)),
            DataType::UInt64 => write!(out, "{}", array.as_primitive::<UInt64Type>().value(row)),
            DataType::Float32 => {
                write!(out, "{}", float_text(array.as_primitive::<Float32Type>().value(row)))
            }
            DataType::Float64 => {
                write!(out, "{}", double_text(array.as_primitive::<Float64Type>().value(row)))
            }
            DataType::Decimal128(_, scale) => {
                let value = array.as_primitive::<Decimal128Type>().value(row);
                write!(out, "{}", number::decimal_text(value, *scale))
            }
            DataType::Utf8 => write!(out, "{}", array.as_string::<i32>().value(row)),
            DataType::LargeUtf8 => write!(out, "{}", array.as_string::<i64>().value(row)),
            DataType::Utf8View => write!(out, "{}", array.as_string_view().value(row)),
            DataType::Binary => self.binary(array.as_binary::<i32>().value(row), out),
            DataType::LargeBinary => self.binary(array.as_binary::<i64>().value(row), out),
            DataType::BinaryView => self.binary(array.as_binary_view().value(row), out),
            DataType::FixedSizeBinary(_) => {
                self.binary(array.as_fixed_size_binary().value(row), out)
            }
            DataType::Date32 => date(array.as_primitive::<Date32Type>().value(row), out),
            DataType::Timestamp(unit, zone) => {
                return timestamp(array, row, *unit, zone.as_deref(), out);
            }
            DataType::Time64(TimeUnit::Nanosecond) => {
                time_of_day(array.as_primitive::<Time64NanosecondType>().value(row), out)
            }
            DataType::Duration(TimeUnit::Microsecond) => {
                let micros = array.as_primitive::<DurationMicrosecondType>().value(row);
                write!(out, "{}", interval::day_time(micros, self.day_time_fields()))
            }
            DataType::Interval(IntervalUnit::YearMonth) => {
                let months = array.as_primitive::<IntervalYearMonthType>().value(row);
                write!(out, "{}", interval::year_month(months, self.year_month_fields()))
            }
            DataType::Interval(IntervalUnit::MonthDayNano) => {
                let value = array.as_primitive::<IntervalMonthDayNanoType>().value(row);
                write!(out, "{}", interval::calendar(value))
            }
            DataType::List(_) => return self.list(array.as_list::<i32>(), row, out),
            DataType::LargeList(_) => return self.list(array.as_list::<i64>(), row, out),
            DataType::FixedSizeList(_, _) => {
                return self.fixed_list(array.as_fixed_size_list(), row, out);
            }
            variant if is_variant(variant) => {
                if let Some(variant) = Variants::of(array)?.get(row)? {
                    out.push_str(&variant.utc_json()?);
                }
                Ok(())
            }
            DataType::Struct(fields) => {
                let columns = array.as_struct();
                out.push('{');
                for (at, field) in fields.iter().enumerate() {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    self.inner(field).write(columns.column(at).as_ref(), row, out)?;
                }
                write!(out, "}}")
            }
            DataType::Map(_, _) => return self.map(array, row, out),
            other => return self.unpacked(array, row, other, out),
        };
        Ok(())
    }

    fn inner(&self, field: &Field) -> Self {
        Self { field: field.clone(), ..*self }
    }

    /// Types that are another type in disguise: dictionaries, other units.
    fn unpacked(
        &self,
        array: &dyn Array,
        row: usize,
        from: &DataType,
        out: &mut String,
    ) -> Result<()> {
        let plain = match from {
            DataType::Dictionary(_, value) => value.as_ref().clone(),
            DataType::RunEndEncoded(_, value) => value.data_type().clone(),
            DataType::Duration(_) => DataType::Duration(TimeUnit::Microsecond),
            DataType::Time32(_) | DataType::Time64(_) => DataType::Time64(TimeUnit::Nanosecond),
            DataType::Date64 => DataType::Date32,
            DataType::Float16 => DataType::Float32,
            DataType::Decimal32(p, s) | DataType::Decimal64(p, s) => DataType::Decimal128(*p, *s),
            _ => {
                return Err(Error::unsupported_because(
                    "type.arrow",
                    format!("{from} has no text"),
                ));
            }
        };
        let one = cast(&array.slice(row, 1), &plain)
            .map_err(|error| Error::internal(format!("a value cannot be printed: {error}")))?;
        self.write(one.as_ref(), 0, out)
    }

    fn binary(&self, bytes: &[u8], out: &mut String) -> std::fmt::Result {
        if self.binary_as_text {
            return write!(out, "{}", String::from_utf8_lossy(bytes));
        }
        let hex: Vec<_> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        write!(out, "[{}]", hex.join(" "))
    }

    fn list<O: OffsetSizeTrait>(
        &self,
        list: &GenericListArray<O>,
        row: usize,
        out: &mut String,
    ) -> Result<()> {
        self.elements(list.value(row).as_ref(), out)
    }

    fn fixed_list(&self, list: &FixedSizeListArray, row: usize, out: &mut String) -> Result<()> {
        self.elements(list.value(row).as_ref(), out)
    }

    fn elements(&self, values: &dyn Array, out: &mut String) -> Result<()> {
        let (DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)) = self.field.data_type()
        else {
            return Err(Error::internal("a list without elements"));
        };
        let inner = self.inner(field);
        out.push('[');
        for at in 0..values.len() {
            if at > 0 {
                out.push_str(", ");
            }
            inner.write(values, at, out)?;
        }
        out.push(']');
        Ok(())
    }

    fn map(&self, array: &dyn Array, row: usize, out: &mut String) -> Result<()> {
        let entries = array.as_map().value(row);
        let (keys, values) = (entries.column(0), entries.column(1));
        let fields = entries.fields();
        let (key, value) = (self.inner(&fields[0]), self.inner(&fields[1]));
        out.push('{');
        for at in 0..entries.len() {
            if at > 0 {
                out.push_str(", ");
            }
            key.write(keys.as_ref(), at, out)?;
            out.push_str(" -> ");
            value.write(values.as_ref(), at, out)?;
        }
        out.push('}');
        Ok(())
    }

    fn day_time_fields(&self) -> (usize, usize) {
        let fields = match from_field(&self.field).ok().and_then(|spark| spark.kind) {
            Some(Kind::DayTimeInterval(i)) => {
                interval_fields(i.start_field, i.end_field, DAY_TO_SECOND)
            }
            _ => DAY_TO_SECOND,
        };
        as_positions(fields)
    }

    fn year_month_fields(&self) -> (usize, usize) {
        let fields = match from_field(&self.field).ok().and_then(|spark| spark.kind) {
            Some(Kind::YearMonthInterval(i)) => {
                interval_fields(i.start_field, i.end_field, YEAR_TO_MONTH)
            }
            _ => YEAR_TO_MONTH,
        };
        as_positions(fields)
    }
}

fn as_positions((start, end): (i32, i32)) -> (usize, usize) {
    (usize::try_from(start).unwrap_or(0), usize::try_from(end).unwrap_or(3))
}

fn date(days: i32, out: &mut String) -> std::fmt::Result {
    let epoch = NaiveDate::default();
    match epoch.checked_add_signed(chrono::TimeDelta::days(i64::from(days))) {
        Some(date) => write_date(date, out),
        None => write!(out, "{days}"),
    }
}

/// Years before 0 and after 9999 carry a sign.
fn write_date(date: NaiveDate, out: &mut String) -> std::fmt::Result {
    let sign = match date.year() {
        ..0 => "-",
        10_000.. => "+",
        _ => "",
    };
    write!(out, "{sign}{:04}-{:02}-{:02}", date.year().abs(), date.month(), date.day())
}

fn write_time(time: NaiveTime, out: &mut String) -> std::fmt::Result {
    write!(out, "{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())?;
    let nanos = time.nanosecond();
    if nanos > 0 {
        out.push_str(format!(".{nanos:09}").trim_end_matches('0'));
    }
    Ok(())
}

fn time_of_day(nanos: i64, out: &mut String) -> std::fmt::Result {
    let seconds = u32::try_from(nanos / 1_000_000_000).unwrap_or_default();
    let within = u32::try_from(nanos % 1_000_000_000).unwrap_or_default();
    match NaiveTime::from_num_seconds_from_midnight_opt(seconds, within) {
        Some(time) => write_time(time, out),
        None => write!(out, "{nanos}"),
    }
}

fn timestamp(
    array: &dyn Array,
    row: usize,
    unit: TimeUnit,
    zone: Option<&str>,
    out: &mut String,
) -> Result<()> {
    let utc = match unit {
        TimeUnit::Nanosecond => {
            let nanos = array.as_primitive::<TimestampNanosecondType>().value(row);
            Some(DateTime::from_timestamp_nanos(nanos))
        }
        TimeUnit::Microsecond => DateTime::from_timestamp_micros(
            array.as_primitive::<TimestampMicrosecondType>().value(row),
        ),
        TimeUnit::Second | TimeUnit::Millisecond => {
            let micros = DataType::Timestamp(TimeUnit::Microsecond, None);
            let one = cast(&array.slice(row, 1), &micros).map_err(|error| {
                Error::internal(format!("a timestamp cannot be printed: {error}"))
            })?;
            DateTime::from_timestamp_micros(one.as_primitive::<TimestampMicrosecondType>().value(0))
        }
    };
    let Some(local) = utc.and_then(|utc| in_zone(utc, zone)) else {
        out.push_str("(out of range)");
        return Ok(());
    };
    let _ = write_date(local.date(), out);
    out.push(' ');
    let _ = write_time(local.time(), out);
    Ok(())
}

/// The wall clock in a zone; without one, as stored.
fn in_zone(utc: DateTime<Utc>, zone: Option<&str>) -> Option<NaiveDateTime> {
    let Some(zone) = zone else { return Some(utc.naive_utc()) };
    let zone: datafusion::arrow::array::timezone::Tz = zone.parse().ok()?;
    Some(utc.with_timezone(&zone).naive_local())
}
