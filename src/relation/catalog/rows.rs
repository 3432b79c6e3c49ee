//! Answers as rows.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, ListBuilder, RecordBatch, StringArray, StringBuilder,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema};

use crate::error::{Error, Result};
use crate::planner::planned::Planned;
use crate::relation::local;

/// A column of an answer.
pub(super) struct Column {
    name: &'static str,
    nullable: bool,
    values: ArrayRef,
}

/// A column of texts.
pub(super) fn texts(
    name: &'static str,
    nullable: bool,
    values: impl IntoIterator<Item = Option<String>>,
) -> Column {
    Column { name, nullable, values: Arc::new(values.into_iter().collect::<StringArray>()) }
}

/// A column of flags, of which none is NULL.
pub(super) fn flags(name: &'static str, values: impl IntoIterator<Item = bool>) -> Column {
    let values: Vec<bool> = values.into_iter().collect();
    Column { name, nullable: false, values: Arc::new(BooleanArray::from(values)) }
}

/// A column of lists of texts.
pub(super) fn lists(
    name: &'static str,
    values: impl IntoIterator<Item = Option<Vec<String>>>,
) -> Column {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for list in values {
        let there = list.is_some();
        list.unwrap_or_default().iter().for_each(|text| lists.values().append_value(text));
        lists.append(there);
    }
    Column { name, nullable: true, values: Arc::new(lists.finish()) }
}

/// The columns as a relation.
pub(super) fn rows(columns: Vec<Column>) -> Result<Planned> {
    let fields = columns.iter().map(|column| {
        let data_type = column.values.data_type().clone();
        Field::new(column.name, data_type, column.nullable)
    });
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let values = columns.into_iter().map(|column| column.values).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), values)
        .map_err(|error| Error::internal(error.to_string()))?;
    local::rows(schema, vec![batch])
}

/// One text.
pub(super) fn text(value: &str) -> Result<Planned> {
    rows(vec![texts("value", true, [Some(value.to_owned())])])
}

/// One flag.
pub(super) fn flag(value: bool) -> Result<Planned> {
    rows(vec![flags("value", [value])])
}

/// What is done has no rows.
pub(super) fn nothing() -> Result<Planned> {
    let schema = Schema::new(vec![Field::new("value", DataType::Utf8, false)]);
    local::rows(Arc::new(schema), Vec::new())
}
