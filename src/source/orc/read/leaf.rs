//! Values that hold no others.

use std::sync::Arc;

use chrono::{DateTime, TimeZone as _};
use chrono_tz::Tz;
use datafusion::arrow::array::{
    Array as _, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array,
    GenericByteArray, Int8Array, PrimitiveArray, StringArray, TimestampMicrosecondArray,
    UInt64Array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{ArrowPrimitiveType, ByteArrayType, DataType};

use super::super::calendar;
use super::bits::{Bits, ByteRuns};
use super::column::{Values, malformed};
use super::integers::Integers;
use super::stream::{Stream, signed_wide};
use super::{corrupt, ready};
use crate::error::{Error, Result};

pub(super) struct Booleans(pub(super) Bits);

impl Values for Booleans {
    fn read(&mut self, count: usize) -> Result<ArrayRef> {
        Ok(Arc::new(BooleanArray::new(self.0.read(count)?, None)))
    }
}

pub(super) struct Small(pub(super) ByteRuns);

impl Values for Small {
    fn read(&mut self, count: usize) -> Result<ArrayRef> {
        Ok(Arc::new(Int8Array::from(self.0.read(count)?)))
    }
}

/// Whole numbers of a certain width.
pub(super) struct Whole<T> {
    numbers: Integers,
    width: std::marker::PhantomData<fn() -> T>,
}

impl<T> Whole<T> {
    pub(super) fn new(numbers: Integers) -> Self {
        Self { numbers, width: std::marker::PhantomData }
    }
}

impl<T: ArrowPrimitiveType> Values for Whole<T>
where
    T::Native: TryFrom<i64>,
{
    fn read(&mut self, count: usize) -> Result<ArrayRef> {
        let numbers = self.numbers.read(count)?.into_iter();
        let numbers = numbers.map(|number| {
            T::Native::try_from(number).map_err(|_| corrupt("a number does not fit its type"))
        });
        let numbers = numbers.collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(PrimitiveArray::<T>::from_iter_values(numbers)))
    }
}

pub(super) struct Floats(pub(super) Stream);

impl Values for Floats {
    fn read(&mut self, count: usize) -> Result<ArrayRef> {
        let values = fixed(&mut self.0, count, f32::from_le_bytes)?;
        Ok(Arc::new(Float32Array::from(values)))
    }
}

pub(super) struct Doubles(pub(super) Stream);

impl Values for Doubles {
    fn read(&mut self, count: usize) -> Result<ArrayRef> {
        let values = fixed(&mut self.0, count, f64::from_le_bytes)?;
        Ok(Arc::new(Float64Array::from(values)))
    }
}

/// Values of so many bytes each.
fn fixed<const N: usize, T>(
    stream: &mut Stream,
    count: usize,
    make: fn([u8; N]) -> T,
) -> Result<Vec<T>> {
    let mut bytes = Vec::with_capacity(N * ready(count));
    stream.take(N.saturating_mul(count), &mut bytes)?;
    let (values, _) = bytes.as_chunks::<N>();
    Ok(values.iter().map(|bytes| make(*bytes)).collect())
}

/// Texts or bytes, one after the other.
pub(super) struct Texts<T> {
    lengths: Integers,
    bytes: Stream,
    kind: std::marker::PhantomData<fn() -> T>,
}

impl<T: ByteArrayType<Offset = i32>> Texts<T> {
    pub(super) fn new(lengths: Integers, bytes: Stream) -> Self {
        Self { lengths, bytes, kind: std::marker::PhantomData }
    }

    pub(super) fn texts(&mut self, count: usize) -> Result<GenericByteArray<T>> {
        let offsets = offsets(&self.lengths.read(count)?)?;
        let length = offsets.last().map_or(0, |end| *end as usize);
        let mut bytes = Vec::with_capacity(ready(length));
        self.bytes.take(length, &mut bytes)?;
        GenericByteArray::<T>::try_new(offsets, bytes.into(), None).map_err(malformed)
    }
}

impl<T: ByteArrayType<Offset = i32>> Values for Texts<T> {
    fn read(&mut self, count: usize) -> Result<ArrayRef> {
        Ok(Arc::new(self.texts(count)?))
    }
}

/// Where values of these lengths begin and end.
///
/// # Errors
/// If they are more than there can be.
pub(super) fn offsets(lengths: &[i64]) -> Result<OffsetBuffer<i32>> {
    let mut offsets = Vec::with_capacity(lengths.len() + 1);
    let mut at = 0_i32;
    offsets.push(at);
    for length in lengths {
        let length = u32::try_from(*length).ok();
        let next = length.and_then(|length| at.checked_add_unsigned(length));
        at = next.ok_or_else(|| corrupt("a length is no good"))?;
        offsets.push(at);
    }
    Ok(OffsetBuffer::new(offsets.into()))
}

/// Texts that are entries of a list.
pub(super) struct Entries {
    pub(super) texts: StringArray,
    pub(super) places: Integers,
}

impl Values for Entries {
    fn read(&mut self, count: usize) -> Result<ArrayRef> {
        let places = self.places.read(count)?.into_iter().map(|place| place as u64);
        let places = UInt64Array::from_iter_values(places);
        if places.values().iter().any(|place| *place >= self.texts.len() as u64) {
            return Err(corrupt("a text is not in the dictionary"));
        }
        take(&self.texts, &places, None).map_err(malformed)
    }
}

pub(super) struct Days {
    pub(super) days: Integers,
    pub(super) julian: bool,
}

impl Values for Days {
    fn read(&mut self, count: usize) -> Result<ArrayRef> {
        let days = self.days.read(count)?.into_iter().map(|day| {
            let day = if self.julian { calendar::from_julian(day) } else { day };
            i32::try_from(day).map_err(|_| corrupt("a day is too far away"))
        });
        Ok(Arc::new(Date32Array::from(days.collect::<Result<Vec<_>>>()?)))
    }
}

/// The second from which times are counted: that in which 2015 began.
const BASE: i64 = 1_420_070_400;

/// Points in time: seconds, and nanoseconds after.
pub(super) struct Times {
    pub(super) seconds: Integers,
    pub(super) nanos: Integers,
    /// The time zone of the writer. Spark takes the time on its clock for that of its
    /// own machine, which is that of UTC here.
    pub(super) zone: Option<Tz>,
    pub(super) julian: bool,
    pub(super) data_type: DataType,
}

impl Values for Times {
    fn read(&mut self, count: usize) -> Result<ArrayRef> {
        let seconds = self.seconds.read(count)?;
        let nanos = self.nanos.read(count)?;
        let base = self.zone.and_then(|zone| zone.with_ymd_and_hms(2015, 1, 1, 0, 0, 0).earliest());
        let base = base.map_or(BASE, |time| time.timestamp());
        let times = seconds.into_iter().zip(nanos).map(|(seconds, nanos)| {
            let time = micros(base, seconds, nanos).and_then(|micros| self.on_clock(micros));
            let micros = time.ok_or_else(|| corrupt("a time is too far away"))?;
            Ok(if self.julian { calendar::micros_from_julian(micros) } else { micros })
        });
        let times = TimestampMicrosecondArray::from(times.collect::<Result<Vec<_>>>()?);
        Ok(Arc::new(times.with_data_type(self.data_type.clone())))
    }
}

impl Times {
    fn on_clock(&self, micros: i64) -> Option<i64> {
        let Some(zone) = self.zone else { return Some(micros) };
        let time = DateTime::from_timestamp_micros(micros)?;
        let clock = zone.from_utc_datetime(&time.naive_utc()).naive_local();
        Some(clock.and_utc().timestamp_micros())
    }
}

/// The last three bits tell how many zeros were cut off the nanoseconds.
fn micros(base: i64, seconds: i64, nanos: i64) -> Option<i64> {
    let zeros = nanos & 7;
    let nanos = (nanos as u64 >> 3) as i64;
    let nanos = match zeros {
        0 => nanos,
        zeros => nanos.checked_mul(10_i64.pow(zeros as u32 + 1))?,
    };
    let seconds = base.checked_add(seconds)?;
    // Writers cut negative seconds towards zero.
    let seconds = if seconds < 0 && nanos > 999_999 { seconds - 1 } else { seconds };
    seconds.checked_mul(1_000_000)?.checked_add(nanos / 1000)
}

pub(super) struct Decimals {
    pub(super) numbers: Stream,
    pub(super) scales: Integers,
    pub(super) precision: u8,
    pub(super) scale: i8,
}

impl Values for Decimals {
    fn read(&mut self, count: usize) -> Result<ArrayRef> {
        let scales = self.scales.read(count)?;
        let mut numbers = Vec::with_capacity(ready(count));
        for scale in scales {
            let number = signed_wide(self.numbers.varint()?);
            let number = scaled(number, scale, self.scale.into());
            numbers.push(number.ok_or_else(|| corrupt("a decimal does not fit its type"))?);
        }
        let numbers = Decimal128Array::from(numbers);
        let numbers = numbers.with_precision_and_scale(self.precision, self.scale);
        let numbers = numbers.map_err(malformed)?;
        numbers.validate_decimal_precision(self.precision).map_err(malformed)?;
        Ok(Arc::new(numbers))
    }
}

/// The number with as many digits after the point as its type has. Zeros may be missing.
fn scaled(number: i128, own: i64, wanted: i64) -> Option<i128> {
    let missing = u32::try_from(wanted.checked_sub(own)?).ok()?;
    number.checked_mul(10_i128.checked_pow(missing)?)
}

/// The zone by its name; none if it is that of UTC.
///
/// # Errors
/// If there is no such zone.
pub(super) fn zone(name: &str) -> Result<Option<Tz>> {
    if matches!(name, "" | "UTC" | "Etc/UTC" | "GMT" | "Z") {
        return Ok(None);
    }
    name.parse().map(Some).map_err(|_| Error::unsupported("read.orc.time_zone"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_and_nanoseconds() {
        assert_eq!(micros(BASE, 0, 0), Some(BASE * 1_000_000));
        assert_eq!(micros(0, 1, 5 << 3 | 7), Some(1_500_000));
        assert_eq!(micros(0, -1, 5 << 3 | 7), Some(-1_500_000));
        assert_eq!(micros(0, i64::MAX, 0), None);
    }

    #[test]
    fn zeros_may_be_missing() {
        assert_eq!(scaled(12, 1, 3), Some(1200));
        assert_eq!(scaled(12, 3, 1), None);
        assert_eq!(scaled(12, i64::MIN, 1), None);
    }
}
