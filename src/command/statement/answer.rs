//! Answers of statements: rows in a message.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::error::DataFusionError;

use crate::error::Result;
use crate::execute::ipc;
use crate::proto::relation::RelType;
use crate::proto::{LocalRelation, Relation};

/// A column of texts or flags.
pub(super) enum Column {
    Texts(&'static str, bool, Vec<Option<String>>),
    Flags(&'static str, Vec<bool>),
}

/// A column of texts without NULLs.
pub(super) fn texts(name: &'static str, values: impl IntoIterator<Item = String>) -> Column {
    Column::Texts(name, false, values.into_iter().map(Some).collect())
}

/// The columns as a relation.
pub(super) fn table(columns: Vec<Column>) -> Result<Relation> {
    let (mut fields, mut values): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    for column in columns {
        match column {
            Column::Texts(name, nullable, texts) => {
                fields.push(Field::new(name, DataType::Utf8, nullable));
                values.push(Arc::new(StringArray::from(texts)));
            }
            Column::Flags(name, flags) => {
                fields.push(Field::new(name, DataType::Boolean, false));
                values.push(Arc::new(BooleanArray::from(flags)));
            }
        }
    }
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), values).map_err(DataFusionError::from)?;
    rows(&schema, vec![batch])
}

/// Rows that were computed, as a relation.
pub(super) fn rows(schema: &SchemaRef, batches: Vec<RecordBatch>) -> Result<Relation> {
    let cast =
        |batch: &RecordBatch| RecordBatch::try_new(Arc::clone(schema), batch.columns().to_vec());
    let batches = batches.iter().map(cast).collect::<std::result::Result<Vec<_>, _>>();
    let batches = batches.map_err(DataFusionError::from)?;
    let all = concat_batches(schema, &batches).map_err(DataFusionError::from)?;
    let data = Some(ipc::encode(&all)?);
    Ok(Relation {
        common: None,
        rel_type: Some(RelType::LocalRelation(LocalRelation { data, schema: None })),
    })
}
