//! Spark's data types: to Arrow and back, their names, and literals.
//!
//! The protocol's own `DataType` is the Spark type; there is no third model.
//! What Arrow cannot say (the length of a `varchar`, the fields of an interval)
//! rides in the metadata of the Arrow field under [`TYPE_KEY`].

pub(crate) mod display;
pub(crate) mod fields;
mod from_arrow;
mod interval;
pub(crate) mod json;
pub(crate) mod literal;
pub(crate) mod names;
pub(crate) mod show;
#[cfg(test)]
mod tests;
mod to_arrow;
mod tree;
pub(crate) mod variant;

use crate::proto::DataType;
use crate::proto::data_type::{self, Kind};

pub use from_arrow::{from_arrow, from_field, from_schema};
pub use names::{arrow_sql_name, simple_string, sql_name, to_ddl};
pub(crate) use names::{comment_of, ddl_columns, field_names, scala_name};
pub use to_arrow::{to_arrow, to_field, to_schema};
pub(crate) use tree::tree_string;
pub use variant::is_variant;

/// Key of an Arrow field's metadata that holds the column's Spark metadata, as
/// JSON text.
pub const METADATA_KEY: &str = "spark.metadata";

/// Key of an Arrow field's metadata that holds the Spark type where the Arrow
/// type says less, such as `varchar(10)`.
pub const TYPE_KEY: &str = "spark.type";

/// First and last field of a day-time interval, if none are named: day to second.
pub(crate) const DAY_TO_SECOND: (i32, i32) = (0, 3);
/// First and last field of a year-month interval, if none are named.
pub(crate) const YEAR_TO_MONTH: (i32, i32) = (0, 1);
/// Precision and scale of a decimal that names none.
pub(crate) const DEFAULT_DECIMAL: (i32, i32) = (10, 0);

/// A type of this kind.
pub(crate) fn of(kind: Kind) -> DataType {
    DataType { kind: Some(kind) }
}

pub(crate) fn string() -> DataType {
    of(Kind::String(data_type::String::default()))
}

pub(crate) fn decimal(precision: i32, scale: i32) -> DataType {
    of(Kind::Decimal(data_type::Decimal {
        precision: Some(precision),
        scale: Some(scale),
        type_variation_reference: 0,
    }))
}

pub(crate) fn array(element: DataType, contains_null: bool) -> DataType {
    of(Kind::Array(Box::new(data_type::Array {
        element_type: Some(Box::new(element)),
        contains_null,
        type_variation_reference: 0,
    })))
}

pub(crate) fn map(key: DataType, value: DataType, value_contains_null: bool) -> DataType {
    of(Kind::Map(Box::new(data_type::Map {
        key_type: Some(Box::new(key)),
        value_type: Some(Box::new(value)),
        value_contains_null,
        type_variation_reference: 0,
    })))
}

/// A schema without columns.
pub(crate) fn empty_struct() -> DataType {
    let columns = data_type::Struct { fields: Vec::new(), type_variation_reference: 0 };
    DataType { kind: Some(data_type::Kind::Struct(columns)) }
}

/// Whether it is a struct without fields.
pub(crate) fn is_empty_struct(data_type: &DataType) -> bool {
    matches!(&data_type.kind, Some(Kind::Struct(fields)) if fields.fields.is_empty())
}

/// The comment of a column.
pub(crate) fn comment(field: &datafusion::arrow::datatypes::Field) -> Option<String> {
    comment_of(field.metadata().get(METADATA_KEY)?)
}

pub(crate) fn structure(fields: Vec<data_type::StructField>) -> DataType {
    of(Kind::Struct(data_type::Struct { fields, type_variation_reference: 0 }))
}

/// The fields of an interval type, defaults filled in.
pub(crate) fn interval_fields(
    start: Option<i32>,
    end: Option<i32>,
    default: (i32, i32),
) -> (i32, i32) {
    match (start, end) {
        (Some(start), Some(end)) => (start, end),
        (Some(start), None) => (start, start),
        (None, _) => default,
    }
}
