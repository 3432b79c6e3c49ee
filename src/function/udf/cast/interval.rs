//! Casts to intervals, and of intervals to numbers.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, DurationMicrosecondArray, Int64Array,
    IntervalYearMonthArray,
};
use datafusion::arrow::datatypes::{
    DataType, Decimal128Type, DurationMicrosecondType, Field, FieldRef, Int64Type, IntervalUnit,
    IntervalYearMonthType,
};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};

use super::number::rescaled;
use super::{Mode, Target, native, number};
use crate::error::{Condition, Error};
use crate::function::coerce::Kind;
use crate::sql::{SpanFault, span_of};
use crate::types::fields::{IntervalFields, fields_of, interval_field};

/// A cast to an interval of this type and these fields.
pub(crate) fn function(to: DataType, fields: IntervalFields, mode: Mode) -> Arc<ScalarUDF> {
    let signature = Signature::any(1, Volatility::Immutable);
    Arc::new(ScalarUDF::new_from_impl(ToInterval { to, fields, mode, signature }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ToInterval {
    to: DataType,
    fields: IntervalFields,
    mode: Mode,
    signature: Signature,
}

impl ScalarUDFImpl for ToInterval {
    fn name(&self) -> &str {
        match self.mode {
            Mode::Ansi | Mode::Legacy => "spark_cast_to_interval",
            Mode::Try => "spark_try_cast_to_interval",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(self.to.clone())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let nullable = self.mode == Mode::Try
            || args
                .arg_fields
                .iter()
                .any(|field| field.is_nullable() || Kind::of(field.data_type()) == Kind::String);
        Ok(Arc::new(interval_field(self.name(), &self.to, Some(self.fields), nullable)?))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.first() {
            Some(ColumnarValue::Array(array)) => self.cast(array).map(ColumnarValue::Array),
            Some(ColumnarValue::Scalar(scalar)) => {
                let array = self.cast(&scalar.to_array()?)?;
                ScalarValue::try_from_array(&array, 0).map(ColumnarValue::Scalar)
            }
            None => exec_err!("a cast takes an argument"),
        }
    }
}

/// Microseconds of the fields of day-time intervals.
const UNITS: [i64; 4] = [86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000];

impl ToInterval {
    fn is_of_months(&self) -> bool {
        self.to == DataType::Interval(IntervalUnit::YearMonth)
    }

    /// How many months or microseconds the last field counts.
    fn unit(&self) -> i64 {
        unit(&self.to, self.fields)
    }

    fn cast(&self, array: &ArrayRef) -> Result<ArrayRef> {
        let lengths = match Kind::of(array.data_type()) {
            Kind::String => self.of_texts(array)?,
            Kind::Integral => {
                let numbers = native(array, &DataType::Int64)?;
                let numbers = numbers.as_primitive::<Int64Type>().iter();
                let scaled = numbers.map(|number| {
                    let Some(number) = number else { return Ok(None) };
                    self.fitting(number.checked_mul(self.unit()), array)
                });
                scaled.collect::<Result<Int64Array>>()?
            }
            Kind::Decimal => self.of_decimals(array)?,
            Kind::DayTime => {
                let array = native(
                    array,
                    &DataType::Duration(datafusion::arrow::datatypes::TimeUnit::Microsecond),
                )?;
                self.cut(array.as_primitive::<DurationMicrosecondType>().iter())
            }
            Kind::YearMonth => {
                let months = array.as_primitive::<IntervalYearMonthType>().iter();
                self.cut(months.map(|months| months.map(i64::from)))
            }
            _ => {
                let (from, to) = (array.data_type(), &self.to);
                let feature = format!("cast.{from:?}.{to:?}").to_lowercase();
                return Err(Error::unsupported(feature).into());
            }
        };
        self.finished(&lengths)
    }

    /// Without what is finer than the last field.
    fn cut(&self, lengths: impl Iterator<Item = Option<i64>>) -> Int64Array {
        let whole = match self.fields.1 {
            3 => 1,
            _ => self.unit(),
        };
        lengths.map(|length| length.map(|length| length - length % whole)).collect()
    }

    fn finished(&self, lengths: &Int64Array) -> Result<ArrayRef> {
        if self.is_of_months() {
            let months = lengths.iter().map(|months| months.and_then(|m| i32::try_from(m).ok()));
            return Ok(Arc::new(months.collect::<IntervalYearMonthArray>()));
        }
        Ok(Arc::new(lengths.iter().collect::<DurationMicrosecondArray>()))
    }

    /// A length that the interval can have.
    fn fitting(&self, length: Option<i64>, from: &ArrayRef) -> Result<Option<i64>> {
        let fits = |length: &i64| !self.is_of_months() || i32::try_from(*length).is_ok();
        match length.filter(fits) {
            Some(length) => Ok(Some(length)),
            None if self.mode == Mode::Try => Ok(None),
            None => Err(Error::analysis(
                Condition::CAST_OVERFLOW,
                [
                    ("value", "The number".to_owned()),
                    ("sourceType", super::quoted(from.data_type())),
                    ("targetType", super::quoted(&self.to)),
                    ("ansiConfig", "\"spark.sql.ansi.enabled\"".to_owned()),
                ],
            )
            .into()),
        }
    }

    fn of_decimals(&self, array: &ArrayRef) -> Result<Int64Array> {
        let DataType::Decimal128(_, scale) = *array.data_type() else {
            return exec_err!("a decimal is needed");
        };
        let lengths = array.as_primitive::<Decimal128Type>().iter().map(|value| {
            let Some(value) = value else { return Ok(None) };
            let length = value.checked_mul(self.unit().into());
            let length = length.and_then(|length| rescaled(length, scale, 0));
            self.fitting(length.and_then(|length| i64::try_from(length).ok()), array)
        });
        lengths.collect()
    }

    fn of_texts(&self, array: &ArrayRef) -> Result<Int64Array> {
        let texts = native(array, &DataType::Utf8)?;
        let lengths = texts.as_string::<i32>().iter().map(|text| {
            let Some(text) = text else { return Ok(None) };
            match span_of(text, self.is_of_months(), self.fields) {
                Ok(length) => Ok(Some(length)),
                Err(_) if self.mode == Mode::Try => Ok(None),
                Err(fault) => Err(self.malformed(text, fault).into()),
            }
        });
        lengths.collect()
    }

    fn malformed(&self, text: &str, fault: SpanFault) -> Error {
        let kind = if self.is_of_months() { "year-month" } else { "day-time" };
        let input = ("input", text.to_owned());
        match fault {
            SpanFault::Unmatched { format, type_name } => {
                let condition = if self.is_of_months() {
                    Condition::CAST_INTERVAL_UNMATCHED
                } else {
                    Condition::CAST_INTERVAL_UNMATCHED_WITH_NOTICE
                };
                let parameters = [
                    input,
                    ("intervalStr", kind.to_owned()),
                    ("supportedFormat", format),
                    ("typeName", type_name),
                ];
                Error::analysis(condition, parameters)
            }
            SpanFault::OutOfRange => Error::analysis(Condition::ILLEGAL_ARGUMENT, []),
            SpanFault::Overflow => {
                let parameters = [input, ("interval", kind.to_owned())];
                Error::analysis(Condition::INVALID_INTERVAL_FORMAT_PARSING, parameters)
            }
        }
    }
}

fn unit(interval: &DataType, (_, end): IntervalFields) -> i64 {
    match (interval, end) {
        (DataType::Interval(_), 0) => 12,
        (DataType::Interval(_), _) => 1,
        (_, end) => usize::try_from(end).ok().and_then(|end| UNITS.get(end)).copied().unwrap_or(1),
    }
}

/// Intervals as numbers of their last field; seconds have a fraction.
pub(super) fn to_number(array: &ArrayRef, field: &Field, target: &Target) -> Result<ArrayRef> {
    let fields = fields_of(field).unwrap_or((0, 3));
    let unit = unit(array.data_type(), fields);
    let whole = |lengths: &mut dyn Iterator<Item = Option<i64>>| -> ArrayRef {
        Arc::new(lengths.map(|length| length.map(|length| length / unit)).collect::<Int64Array>())
    };
    let numbers = match array.data_type() {
        DataType::Interval(IntervalUnit::YearMonth) => {
            let months = array.as_primitive::<IntervalYearMonthType>().iter();
            whole(&mut months.map(|months| months.map(i64::from)))
        }
        DataType::Duration(_) => {
            let micros = array.as_primitive::<DurationMicrosecondType>();
            match (fields.1, &target.to) {
                (3, DataType::Decimal128(..)) => {
                    let micros = micros.iter().map(|micros| micros.map(i128::from));
                    let seconds = micros.collect::<Decimal128Array>();
                    Arc::new(seconds.with_precision_and_scale(38, 6)?)
                }
                _ => whole(&mut micros.iter()),
            }
        }
        other => return exec_err!("no number of {other}"),
    };
    // Numbers that are too small for an interval are errors in every mode but TRY.
    let mode = if target.mode == Mode::Try { Mode::Try } else { Mode::Ansi };
    let target = Target { to: target.to.clone(), mode, zone: Arc::clone(&target.zone) };
    match numbers.data_type() == &target.to {
        true => Ok(numbers),
        false => number::cast(&numbers, &target),
    }
}
