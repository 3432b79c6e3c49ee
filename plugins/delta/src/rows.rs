//! Rows that the plugin made, as a relation.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, Int64Array, StringArray};
use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::datasource::MemTable;
use datafusion_spark_connect::{Planned, Result};

use crate::error::OrArrow as _;
use crate::source::leaf;

/// A batch as a relation.
pub(crate) fn planned(batch: RecordBatch) -> Result<Planned> {
    leaf(Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?))
}

/// Columns, all of which may be NULL as far as their type says.
pub(crate) fn of_columns(columns: Vec<(Field, ArrayRef)>) -> Result<Planned> {
    let (fields, arrays): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    planned(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).or_arrow()?)
}

/// One row of counts.
pub(crate) fn counts(values: &[(&str, i64)]) -> Result<Planned> {
    let column = |(name, value): &(&str, i64)| {
        let field = Field::new(*name, datafusion::arrow::datatypes::DataType::Int64, true);
        (field, Arc::new(Int64Array::from(vec![*value])) as ArrayRef)
    };
    of_columns(values.iter().map(column).collect())
}

/// One row of one boolean.
pub(crate) fn boolean(name: &str, value: bool) -> Result<Planned> {
    let field = Field::new(name, datafusion::arrow::datatypes::DataType::Boolean, false);
    of_columns(vec![(field, Arc::new(BooleanArray::from(vec![value])))])
}

/// One row of one text.
pub(crate) fn text(name: &str, value: &str) -> Result<Planned> {
    let field = Field::new(name, datafusion::arrow::datatypes::DataType::Utf8, false);
    of_columns(vec![(field, Arc::new(StringArray::from(vec![value])))])
}
