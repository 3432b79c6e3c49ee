//! `to_csv`, `to_json`, `to_xml`: values as texts.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, StringArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::super::parameterized::{Parameterized, parameterized};
use super::super::{Nulls, evaluated};
use super::{Format, Given, from_parameters, parameters, taken};
use crate::error::Result;
use crate::record::{csv, json, xml};
use crate::types::display::ValueFormatter;

/// The function that writes values as texts.
///
/// # Errors
/// If an option is not served, or is none.
pub(crate) fn writer(format: Format, zone: &str, given: &Given) -> Result<Arc<ScalarUDF>> {
    Writer::new(format, zone, given)?;
    Ok(parameterized(Parameterized {
        name: "spark_to_record",
        parameters: parameters(format, zone, given),
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        to: DataType::Utf8,
        run: |parameters, to, args| {
            debug_assert_eq!(to, &DataType::Utf8);
            let (format, zone, given) = from_parameters(parameters)?;
            let writer = Writer::new(format, zone, &given)?;
            evaluated(&args, |arrays, _| Ok(Arc::new(writer.texts(&arrays[0])?) as ArrayRef))
        },
    }))
}

enum Writer {
    Csv(csv::Writer),
    Json(json::Writer),
    Xml(xml::Writer),
}

impl Writer {
    fn new(format: Format, zone: &str, given: &Given) -> Result<Self> {
        Ok(match format {
            Format::Csv => {
                Self::Csv(csv::Writer::take(&mut taken(given, "function.to_csv"), zone)?)
            }
            Format::Json => {
                Self::Json(json::Writer::take(&mut taken(given, "function.to_json"), zone)?)
            }
            Format::Xml => {
                Self::Xml(xml::Writer::take(&mut taken(given, "function.to_xml"), zone, false)?)
            }
        })
    }

    fn texts(&self, values: &ArrayRef) -> Result<StringArray> {
        let formatters = match values.data_type() {
            DataType::Struct(fields) => {
                fields.iter().map(|field| ValueFormatter::new(field)).collect::<Result<Vec<_>>>()?
            }
            _ => Vec::new(),
        };
        let texts = (0..values.len()).map(|row| {
            if values.is_null(row) || values.data_type() == &DataType::Null {
                return Ok(None);
            }
            self.text(values, row, &formatters)
        });
        texts.collect()
    }

    fn text(
        &self,
        values: &ArrayRef,
        row: usize,
        formatters: &[ValueFormatter],
    ) -> Result<Option<String>> {
        let mut out = String::new();
        match self {
            Self::Csv(csv) => {
                let cells = values.as_struct().columns().iter().zip(formatters);
                let cells = cells.map(|(column, own)| csv.text(own, column.as_ref(), row));
                let cells = cells.collect::<Result<Vec<_>>>()?;
                csv.line(cells.into_iter(), &mut out);
                // A line without anything is none.
                return Ok(Some(out).filter(|line| !line.is_empty()));
            }
            Self::Json(json) => json.single(values.as_ref(), row, &mut out)?,
            Self::Xml(xml) => out = xml.single(values.as_struct(), row)?,
        }
        Ok(Some(out))
    }
}
