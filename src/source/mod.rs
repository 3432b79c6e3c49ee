//! Files as tables: formats and their options, listings with partition folders,
//! scans and writes.

mod csv;
mod format;
mod json;
mod listing;
pub(crate) mod options;
mod partition;
mod sink;
mod table;
mod upload;
mod write;

pub(crate) use format::Format;
pub(crate) use listing::{list, location, objects, shown};
pub(crate) use partition::path_segment;
pub(crate) use table::{FileTable, Place};
pub(crate) use write::Encoding;

use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};

/// Files may lack any value, whatever they declare.
pub(crate) fn nullable(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| Field::clone(field).with_nullable(true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
