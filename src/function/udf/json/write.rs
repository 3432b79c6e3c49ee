//! `to_json`: columns as JSON texts.

use std::sync::Arc;

use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, TimestampMicrosecondType,
};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::super::parameterized::{Parameterized, parameterized};
use super::super::{Nulls, evaluated};
use super::value::quote;
use crate::function::udf::nested::as_list;
use crate::types::variant::{Variants, is_variant};

/// The function that writes values in a time zone; fields that are NULL are left out
/// unless they are to be kept.
pub(crate) fn writer(zone: Arc<str>, keep_nulls: bool) -> Arc<ScalarUDF> {
    parameterized(Parameterized {
        name: "spark_to_json",
        parameters: vec![zone.to_string(), keep_nulls.to_string()],
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        to: DataType::Utf8,
        run: |parameters, to, args| {
            debug_assert_eq!(to, &DataType::Utf8);
            let zone = match parameters.first() {
                Some(zone) => zone.parse::<Tz>()?,
                None => return exec_err!("a time zone is needed"),
            };
            let keep_nulls = parameters.get(1).is_some_and(|keep| keep == "true");
            let style = Style { zone, keep_nulls };
            evaluated(&args, |arrays, rows| {
                let texts = (0..rows).map(|row| {
                    if arrays[0].is_null(row) {
                        return Ok(None);
                    }
                    let mut out = String::new();
                    style.write(&arrays[0], row, &mut out)?;
                    Ok(Some(out))
                });
                Ok(Arc::new(texts.collect::<Result<StringArray>>()?) as ArrayRef)
            })
        },
    })
}

/// An array of nothing but NULLs has no mask that says so.
fn is_null(array: &ArrayRef, row: usize) -> bool {
    array.is_null(row) || array.data_type().is_null()
}

struct Style {
    zone: Tz,
    keep_nulls: bool,
}

impl Style {
    fn write(&self, array: &ArrayRef, row: usize, out: &mut String) -> Result<()> {
        if is_null(array, row) {
            out.push_str("null");
            return Ok(());
        }
        match array.data_type() {
            variant if is_variant(variant) => {
                if let Some(variant) = Variants::of(array.as_ref())?.get(row)? {
                    out.push_str(&variant.json(self.zone)?);
                }
                Ok(())
            }
            DataType::Struct(_) => self.write_struct(array, row, out),
            DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => {
                let items = as_list(array)?.value(row);
                out.push('[');
                for at in 0..items.len() {
                    if at > 0 {
                        out.push(',');
                    }
                    self.write(&items, at, out)?;
                }
                out.push(']');
                Ok(())
            }
            DataType::Map(..) => self.write_map(array, row, out),
            _ => self.write_atom(array, row, out),
        }
    }

    fn write_struct(&self, array: &ArrayRef, row: usize, out: &mut String) -> Result<()> {
        let fields = array.as_struct();
        out.push('{');
        let mut first = true;
        for (column, name) in fields.columns().iter().zip(fields.column_names()) {
            if is_null(column, row) && !self.keep_nulls {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.push(',');
            }
            quote(name, out);
            out.push(':');
            self.write(column, row, out)?;
        }
        out.push('}');
        Ok(())
    }

    /// Keys are texts; values that are NULL stay.
    fn write_map(&self, array: &ArrayRef, row: usize, out: &mut String) -> Result<()> {
        let map = array.as_map();
        let offsets = map.value_offsets();
        out.push('{');
        for (count, at) in (offsets[row]..offsets[row + 1]).enumerate() {
            let at = usize::try_from(at).unwrap_or(0);
            if count > 0 {
                out.push(',');
            }
            let mut key = String::new();
            self.write(map.keys(), at, &mut key)?;
            match key.starts_with('"') {
                true => out.push_str(&key),
                false => quote(&key, out),
            }
            out.push(':');
            self.write(map.values(), at, out)?;
        }
        out.push('}');
        Ok(())
    }

    fn write_atom(&self, array: &ArrayRef, row: usize, out: &mut String) -> Result<()> {
        match array.data_type() {
            DataType::Boolean => {
                out.push_str(if array.as_boolean().value(row) { "true" } else { "false" });
            }
            DataType::Float32 => {
                let value = array.as_primitive::<Float32Type>().value(row);
                number(&crate::types::display::float_text(value), value.is_finite(), out);
            }
            DataType::Float64 => {
                let value = array.as_primitive::<Float64Type>().value(row);
                number(&crate::types::display::double_text(value), value.is_finite(), out);
            }
            DataType::Decimal128(..) => {
                out.push_str(&array.as_primitive::<Decimal128Type>().value_as_string(row));
            }
            DataType::Date32 => {
                let days = array.as_primitive::<Date32Type>();
                let date = days.value_as_date(row).map(|date| date.format("%Y-%m-%d").to_string());
                quote(&date.unwrap_or_default(), out);
            }
            DataType::Timestamp(_, zone) => {
                let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
                let text = match zone {
                    Some(_) => super::super::time::iso(micros, Some(self.zone)),
                    None => super::super::time::iso(micros, None),
                };
                quote(&text, out);
            }
            DataType::Binary => {
                quote(&data_encoding::BASE64.encode(array.as_binary::<i32>().value(row)), out);
            }
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
                let texts = super::strings(array)?;
                quote(texts.value(row), out);
            }
            data_type if data_type.is_integer() => {
                let text = datafusion::arrow::util::display::array_value_to_string(array, row)?;
                out.push_str(&text);
            }
            _ => {
                let text = datafusion::arrow::util::display::array_value_to_string(array, row)?;
                quote(&text, out);
            }
        }
        Ok(())
    }
}

/// What is no number in JSON is a text.
fn number(text: &str, finite: bool, out: &mut String) {
    if finite { out.push_str(text) } else { quote(text, out) }
}
