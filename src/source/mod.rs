//! Files as tables: formats and their options, listings with partition folders,
//! scans and writes.

mod buckets;
mod format;
mod listing;
mod parquet;
mod partition;
mod read;
mod scan;
mod sink;
mod strings;
mod table;
mod upload;
mod write;

pub use buckets::Buckets;
pub(crate) use format::Format;
pub(crate) use listing::{Choice, list, location, objects, shown};
pub(crate) use partition::path_segment;
pub(crate) use strings::{StringTable, infer as infer_texts};
pub(crate) use table::{FileTable, Place};
pub(crate) use write::Encoding;

pub(crate) use scan::FACTS;
use scan::FileFact;

use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};

use crate::error::{Condition, Error};
use crate::record;
use crate::types::arrow_sql_name;

/// Files may lack any value, whatever they declare.
pub(crate) fn nullable(schema: &Schema) -> SchemaRef {
    Arc::new(Schema::new(record::nullable_fields(schema.fields())))
}

/// Whether files of this format are tables here, whatever the options.
pub(crate) fn is_built_in(format: &str) -> bool {
    const FORMATS: &[&str] =
        &["avro", "binaryfile", "csv", "json", "orc", "parquet", "text", "xml"];
    FORMATS.contains(&format.to_lowercase().as_str())
}

/// `UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE`.
fn cannot_hold(field: &Field, format: &str) -> Error {
    Error::analysis(
        Condition::UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE,
        [
            ("columnName", format!("`{}`", field.name())),
            ("columnType", format!("\"{}\"", arrow_sql_name(field.data_type()))),
            ("format", format.to_owned()),
        ],
    )
}
