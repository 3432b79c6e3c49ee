//! JSON lines.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::json::JsonFormat;

use super::options::Options;
use crate::error::{Error, Result};

/// How to read JSON.
#[derive(Debug, Clone)]
pub(crate) struct Json;

impl Json {
    pub(super) fn new(options: &mut Options) -> Result<Self> {
        if options.flag("multiline", false)? {
            return Err(Error::unsupported("read.option.multiline"));
        }
        options.allow_only(&[("encoding", &["utf-8", "utf8"])])?;
        Ok(Self)
    }

    pub(super) fn file_format(&self) -> Arc<dyn FileFormat> {
        Arc::new(JsonFormat::default())
    }
}

/// Inferred columns come in the order of their names.
pub(super) fn sorted(schema: &Schema) -> SchemaRef {
    Arc::new(Schema::new(sorted_fields(schema.fields())))
}

fn sorted_fields(fields: &Fields) -> Fields {
    let mut sorted: Vec<Arc<Field>> = fields.iter().map(sorted_field).collect();
    sorted.sort_by(|a, b| a.name().cmp(b.name()));
    Fields::from(sorted)
}

fn sorted_field(field: &Arc<Field>) -> Arc<Field> {
    let data_type = match field.data_type() {
        DataType::Struct(fields) => DataType::Struct(sorted_fields(fields)),
        DataType::List(element) => DataType::List(sorted_field(element)),
        // A column of nothing but nulls is text.
        DataType::Null => DataType::Utf8,
        _ => return Arc::clone(field),
    };
    Arc::new(Field::clone(field).with_data_type(data_type))
}
