//! Records of text (CSV, JSON, XML) as rows of typed columns: what files and functions
//! such as `from_json` share. How text is taken apart, how its pieces become values, and
//! what becomes of a record that is malformed are Spark's rules.

pub(crate) mod csv;
mod datum;
mod guess;
pub(crate) mod json;
mod mode;
pub(crate) mod options;
mod rows;
mod times;
mod values;
pub(crate) mod xml;

pub(crate) use datum::{Datum, array};
pub(crate) use guess::Guess;
pub(crate) use mode::Mode;
pub(crate) use options::Options;
pub(crate) use rows::{Columns, Parse, Parsed, Rows, malformed};
pub(crate) use times::Times;

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Fields};

use crate::types::variant::is_variant;

/// The field with NULL allowed in it at every depth: text may lack any value, whatever a
/// schema says.
pub(crate) fn nullable(field: &Field) -> Field {
    Field::clone(field).with_data_type(nullable_type(field.data_type())).with_nullable(true)
}

fn nullable_type(data_type: &DataType) -> DataType {
    match data_type {
        variant if is_variant(variant) => variant.clone(),
        DataType::Struct(fields) => DataType::Struct(nullable_fields(fields)),
        DataType::List(element) => DataType::List(Arc::new(nullable(element))),
        DataType::LargeList(element) => DataType::LargeList(Arc::new(nullable(element))),
        DataType::Map(entries, sorted) => {
            let DataType::Struct(pair) = entries.data_type() else { return data_type.clone() };
            let pair = pair.iter().enumerate().map(|(at, field)| match at {
                // Keys are never NULL.
                0 => Field::clone(field).with_data_type(nullable_type(field.data_type())),
                _ => nullable(field),
            });
            let pair = DataType::Struct(pair.collect());
            DataType::Map(Arc::new(Field::clone(entries).with_data_type(pair)), *sorted)
        }
        other => other.clone(),
    }
}

/// [`nullable`] for all of some fields.
pub(crate) fn nullable_fields(fields: &Fields) -> Fields {
    fields.iter().map(|field| nullable(field)).collect()
}
