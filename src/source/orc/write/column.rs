//! Columns of a stripe that is being written.

use datafusion::arrow::array::{Array, ArrayRef, AsArray as _, BooleanArray};
use datafusion::arrow::compute::{cast, filter, is_not_null};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Fields, Float32Type, Float64Type, Int8Type, Int32Type,
    Int64Type, IntervalUnit, IntervalYearMonthType, TimeUnit, TimestampMicrosecondType,
};
use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;

use super::super::calendar;
use super::super::message::Role;
use super::runs::{Bits, of_bytes, of_integers, wide};
use crate::error::{Error, Result};

/// A column, and those in it.
pub(super) struct Column {
    /// Whether values are there.
    present: Bits,
    has_nulls: bool,
    values: Values,
}

enum Values {
    Booleans(Bits),
    Small(Vec<u8>),
    /// Whole numbers of any width; some of Spark's types are kept as such.
    Whole(Vec<i64>),
    Days(Vec<i64>),
    Floats(Vec<u8>),
    Doubles(Vec<u8>),
    Texts {
        lengths: Vec<i64>,
        bytes: Vec<u8>,
    },
    Times {
        seconds: Vec<i64>,
        nanos: Vec<i64>,
    },
    Decimals {
        numbers: Vec<u8>,
        scales: Vec<i64>,
        scale: i8,
    },
    Structs(Vec<Column>),
    Lists {
        lengths: Vec<i64>,
        elements: Box<Column>,
    },
    Maps {
        lengths: Vec<i64>,
        entry: Box<[Column; 2]>,
    },
}

/// A stream that is to be packed.
pub(super) type Raw = (u32, Role, Vec<u8>);

fn fault(error: ArrowError) -> Error {
    DataFusionError::from(error).into()
}

impl Column {
    pub(super) fn of_struct(fields: &Fields) -> Result<Self> {
        let columns = fields.iter().map(|field| Self::new(field.data_type()));
        Ok(Self::with(Values::Structs(columns.collect::<Result<_>>()?)))
    }

    fn with(values: Values) -> Self {
        Self { present: Bits::default(), has_nulls: false, values }
    }

    fn new(data_type: &DataType) -> Result<Self> {
        Ok(Self::with(match data_type {
            DataType::Boolean => Values::Booleans(Bits::default()),
            DataType::Int8 => Values::Small(Vec::new()),
            DataType::Int16 | DataType::Int32 | DataType::Int64 => Values::Whole(Vec::new()),
            DataType::Timestamp(TimeUnit::Microsecond, None)
            | DataType::Duration(TimeUnit::Microsecond)
            | DataType::Interval(IntervalUnit::YearMonth) => Values::Whole(Vec::new()),
            DataType::Float32 => Values::Floats(Vec::new()),
            DataType::Float64 => Values::Doubles(Vec::new()),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Values::texts(),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => Values::texts(),
            DataType::Date32 => Values::Days(Vec::new()),
            DataType::Timestamp(TimeUnit::Microsecond, Some(_)) => {
                Values::Times { seconds: Vec::new(), nanos: Vec::new() }
            }
            DataType::Decimal128(_, scale) => {
                Values::Decimals { numbers: Vec::new(), scales: Vec::new(), scale: *scale }
            }
            DataType::Struct(fields) => return Self::of_struct(fields),
            DataType::List(element) => Values::Lists {
                lengths: Vec::new(),
                elements: Box::new(Self::new(element.data_type())?),
            },
            DataType::Map(entries, _) => Values::map(entries.data_type())?,
            _ => return Err(Error::unsupported("write.orc.type")),
        }))
    }

    /// Adds values.
    pub(super) fn write(&mut self, array: &ArrayRef) -> Result<()> {
        let Some(nulls) = array.nulls().filter(|nulls| nulls.null_count() > 0) else {
            (0..array.len()).for_each(|_| self.present.push(true));
            return self.values.write(array);
        };
        self.has_nulls = true;
        nulls.iter().for_each(|is_there| self.present.push(is_there));
        let there: BooleanArray = is_not_null(array).map_err(fault)?;
        self.values.write(&filter(array, &there).map_err(fault)?)
    }

    /// Adds rows, which are all there.
    pub(super) fn write_rows(&mut self, columns: &[ArrayRef]) -> Result<()> {
        match &mut self.values {
            Values::Structs(own) => write_all(own, columns),
            _ => Err(Error::internal("rows are structs")),
        }
    }

    /// About how many bytes are held.
    pub(super) fn size(&self) -> usize {
        self.present.size() + self.values.size()
    }

    /// The streams of the column, whose number it is, and of those in it.
    pub(super) fn take(&mut self, number: &mut u32, into: &mut Vec<Raw>) {
        let own = *number;
        *number += 1;
        let present = self.present.take();
        if std::mem::take(&mut self.has_nulls) {
            into.push((own, Role::Present, present));
        }
        self.values.take(own, number, into);
    }
}

fn write_all(columns: &mut [Column], arrays: &[ArrayRef]) -> Result<()> {
    columns.iter_mut().zip(arrays).try_for_each(|(column, array)| column.write(array))
}

impl Values {
    fn texts() -> Self {
        Self::Texts { lengths: Vec::new(), bytes: Vec::new() }
    }

    fn map(entries: &DataType) -> Result<Self> {
        match entries {
            DataType::Struct(entry) if entry.len() == 2 => {
                let [key, value] = [&entry[0], &entry[1]].map(|own| Column::new(own.data_type()));
                Ok(Self::Maps { lengths: Vec::new(), entry: Box::new([key?, value?]) })
            }
            _ => Err(Error::internal("a map without entries")),
        }
    }

    /// Adds values, of which none is null.
    fn write(&mut self, array: &ArrayRef) -> Result<()> {
        match self {
            Self::Booleans(bits) => {
                array.as_boolean().values().iter().for_each(|bit| bits.push(bit));
            }
            Self::Small(bytes) => {
                let values = array.as_primitive::<Int8Type>().values();
                bytes.extend(values.iter().map(|value| *value as u8));
            }
            Self::Whole(numbers) => {
                let wide = whole(array)?;
                numbers.extend_from_slice(wide.as_primitive::<Int64Type>().values());
            }
            Self::Days(days) => {
                let values = array.as_primitive::<Date32Type>().values();
                days.extend(values.iter().map(|day| calendar::to_julian((*day).into())));
            }
            Self::Floats(bytes) => {
                let values = array.as_primitive::<Float32Type>().values();
                values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
            }
            Self::Doubles(bytes) => {
                let values = array.as_primitive::<Float64Type>().values();
                values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
            }
            Self::Texts { lengths, bytes } => {
                let texts = cast(array, &DataType::Binary).map_err(fault)?;
                for text in texts.as_binary::<i32>().iter().flatten() {
                    lengths.push(text.len() as i64);
                    bytes.extend_from_slice(text);
                }
            }
            Self::Times { seconds, nanos } => {
                for micros in array.as_primitive::<TimestampMicrosecondType>().values() {
                    let (second, nano) = parts(calendar::micros_to_julian(*micros));
                    seconds.push(second);
                    nanos.push(nano);
                }
            }
            Self::Decimals { numbers, scales, scale } => {
                let values = array.as_primitive::<Decimal128Type>().values();
                values.iter().for_each(|value| wide(*value, numbers));
                scales.extend(std::iter::repeat_n(i64::from(*scale), values.len()));
            }
            Self::Structs(columns) => write_all(columns, array.as_struct().columns())?,
            Self::Lists { lengths, elements } => {
                let lists = array.as_list::<i32>();
                let within = add_lengths(lists.offsets(), lengths);
                elements.write(&lists.values().slice(within.0, within.1))?;
            }
            Self::Maps { lengths, entry } => {
                let maps = array.as_map();
                let within = add_lengths(maps.offsets(), lengths);
                let entries = maps.entries().slice(within.0, within.1);
                write_all(&mut entry[..], entries.columns())?;
            }
        }
        Ok(())
    }

    fn size(&self) -> usize {
        match self {
            Self::Booleans(bits) => bits.size(),
            Self::Small(bytes) | Self::Floats(bytes) | Self::Doubles(bytes) => bytes.len(),
            Self::Whole(numbers) | Self::Days(numbers) => 8 * numbers.len(),
            Self::Texts { lengths, bytes } => 8 * lengths.len() + bytes.len(),
            Self::Times { seconds, nanos: _ } => 16 * seconds.len(),
            Self::Decimals { numbers, scales, scale: _ } => numbers.len() + 8 * scales.len(),
            Self::Structs(columns) => columns.iter().map(Column::size).sum(),
            Self::Lists { lengths, elements } => 8 * lengths.len() + elements.size(),
            Self::Maps { lengths, entry } => {
                8 * lengths.len() + entry.iter().map(Column::size).sum::<usize>()
            }
        }
    }

    fn take(&mut self, own: u32, number: &mut u32, into: &mut Vec<Raw>) {
        let mut add = |role, bytes| into.push((own, role, bytes));
        match self {
            Self::Booleans(bits) => add(Role::Data, bits.take()),
            Self::Small(bytes) => add(Role::Data, of_bytes(&std::mem::take(bytes))),
            Self::Whole(numbers) | Self::Days(numbers) => {
                add(Role::Data, taken(numbers, true));
            }
            Self::Floats(bytes) | Self::Doubles(bytes) => add(Role::Data, std::mem::take(bytes)),
            Self::Texts { lengths, bytes } => {
                add(Role::Data, std::mem::take(bytes));
                add(Role::Length, taken(lengths, false));
            }
            Self::Times { seconds, nanos } => {
                add(Role::Data, taken(seconds, true));
                add(Role::Secondary, taken(nanos, false));
            }
            Self::Decimals { numbers, scales, scale: _ } => {
                add(Role::Data, std::mem::take(numbers));
                add(Role::Secondary, taken(scales, true));
            }
            Self::Structs(columns) => {
                columns.iter_mut().for_each(|column| column.take(number, into));
            }
            Self::Lists { lengths, elements } => {
                add(Role::Length, taken(lengths, false));
                elements.take(number, into);
            }
            Self::Maps { lengths, entry } => {
                add(Role::Length, taken(lengths, false));
                entry.iter_mut().for_each(|column| column.take(number, into));
            }
        }
    }
}

fn taken(numbers: &mut Vec<i64>, signed: bool) -> Vec<u8> {
    of_integers(&std::mem::take(numbers), signed)
}

/// Values as whole numbers of the widest type.
fn whole(array: &ArrayRef) -> Result<ArrayRef> {
    let months = array.as_primitive_opt::<IntervalYearMonthType>();
    let months = months.map(|months| months.reinterpret_cast::<Int32Type>());
    match months {
        Some(months) => cast(&months, &DataType::Int64).map_err(fault),
        None => cast(array, &DataType::Int64).map_err(fault),
    }
}

/// Adds the lengths of lists; where their values begin, and how many there are.
fn add_lengths(offsets: &[i32], lengths: &mut Vec<i64>) -> (usize, usize) {
    let place = |offset: Option<&i32>| offset.map_or(0, |offset| *offset as usize);
    lengths.extend(offsets.windows(2).map(|pair| i64::from(pair[1] - pair[0])));
    let start = place(offsets.first());
    (start, place(offsets.last()) - start)
}

/// The second from which times are counted: that in which 2015 began.
const BASE: i64 = 1_420_070_400;

/// Seconds and nanoseconds of a time. Negative seconds are cut towards zero, as readers
/// take it, and zeros off the nanoseconds. The second before 1970 comes out as the one
/// after, of Spark too.
fn parts(micros: i64) -> (i64, i64) {
    let (mut second, nanos) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000) * 1000);
    if second < 0 && nanos > 999_999 {
        second += 1;
    }
    (second - BASE, without_zeros(nanos))
}

/// The last three bits tell how many zeros were cut off, less one.
fn without_zeros(nanos: i64) -> i64 {
    if nanos == 0 || nanos % 100 != 0 {
        return nanos << 3;
    }
    let (mut nanos, mut zeros) = (nanos / 100, 1);
    while nanos % 10 == 0 && zeros < 7 {
        nanos /= 10;
        zeros += 1;
    }
    nanos << 3 | zeros
}
