//! Rows into the bytes of files, as Spark writes them.

mod csv;
mod json;
mod parquet;
mod text;
mod times;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::options::Options;
use crate::error::{Condition, Error, Result};
use crate::types::arrow_sql_name;

/// A format with its options, to write files in.
#[derive(Debug, Clone)]
pub(crate) enum Encoding {
    Parquet(parquet::Parquet),
    Csv(csv::Csv),
    Json(json::Json),
    Text(text::Text),
}

/// Options of times in text.
const OF_TIMES: &[&str] = &["dateformat", "timestampformat", "timestampntzformat", "locale"];

impl Encoding {
    /// The built-in format of this name; none if it is not one.
    ///
    /// # Errors
    /// If the format or one of its options is not served.
    pub(crate) fn new(name: &str, options: &mut Options) -> Result<Option<Self>> {
        Ok(Some(match name.to_lowercase().as_str() {
            "parquet" => Self::Parquet(parquet::Parquet::new(options)?),
            "csv" => Self::Csv(csv::Csv::new(options)?),
            "json" => Self::Json(json::Json::new(options)?),
            "text" => Self::Text(text::Text::new(options)?),
            known @ ("orc" | "avro" | "xml" | "binaryfile" | "jdbc") => {
                return Err(Error::unsupported(format!("write.format.{known}")));
            }
            _ => return Ok(None),
        }))
    }

    /// # Errors
    /// `UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE` for a column that the format cannot hold.
    pub(crate) fn check(&self, columns: &Schema) -> Result<()> {
        if let Self::Text(_) = self
            && columns.fields().len() != 1
        {
            let count = columns.fields().len().to_string();
            return Err(Error::analysis(
                Condition::TEXT_WITH_MANY_COLUMNS,
                [("schemaSize", count)],
            ));
        }
        for field in columns.fields() {
            if !self.holds(field) {
                return Err(Error::analysis(
                    Condition::UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE,
                    [
                        ("columnName", format!("`{}`", field.name())),
                        ("columnType", format!("\"{}\"", arrow_sql_name(field.data_type()))),
                        ("format", self.title().to_owned()),
                    ],
                ));
            }
        }
        Ok(())
    }

    fn holds(&self, field: &Field) -> bool {
        let data_type = field.data_type();
        match self {
            Self::Parquet(_) | Self::Json(_) => true,
            Self::Csv(_) => !data_type.is_nested() && data_type != &DataType::Null,
            Self::Text(_) => {
                matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
            }
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::Parquet(_) => "Parquet",
            Self::Csv(_) => "CSV",
            Self::Json(_) => "JSON",
            Self::Text(_) => "Text",
        }
    }

    /// What files' names end in.
    pub(super) fn extension(&self) -> String {
        match self {
            Self::Parquet(parquet) => parquet.extension(),
            Self::Csv(_) => "csv".to_owned(),
            Self::Json(_) => "json".to_owned(),
            Self::Text(_) => "txt".to_owned(),
        }
    }

    /// Starts a file.
    ///
    /// # Errors
    /// If the format does not hold a column.
    pub(super) fn start(&self, schema: &SchemaRef) -> Result<Box<dyn Encoder>> {
        Ok(match self {
            Self::Parquet(parquet) => parquet.start(schema)?,
            Self::Csv(csv) => csv.start(schema)?,
            Self::Json(json) => json.start(schema)?,
            Self::Text(text) => text.start(),
        })
    }

    /// Whether a result without rows is a file nevertheless.
    pub(super) fn writes_empty_files(&self) -> bool {
        !matches!(self, Self::Json(_) | Self::Text(_))
    }
}

/// One file being written.
pub(super) trait Encoder: Send {
    /// Adds rows.
    fn write(&mut self, batch: &RecordBatch) -> Result<()>;

    /// The bytes made since they were asked for.
    fn take(&mut self) -> Vec<u8>;

    /// Ends the file: its last bytes.
    fn finish(self: Box<Self>) -> Result<Vec<u8>>;
}

/// Writers of text can not compress yet.
fn refuse_compression(options: &mut Options) -> Result<()> {
    let plain: &[&str] = &["none", "uncompressed", ""];
    options.allow_only(&[("compression", plain), ("codec", plain)])?;
    options.allow_only(&[("encoding", &["utf-8", "utf8"]), ("charset", &["utf-8", "utf8"])])
}
