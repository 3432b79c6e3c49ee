//! The formats of files, with their options.

use std::sync::Arc;

use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::Session;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;

use super::listing::Listing;
use super::options::Options;
use super::{csv, json};
use crate::error::{Condition, Error, Result};

/// A format with its options, to read files with.
#[derive(Debug, Clone)]
pub(crate) enum Format {
    Parquet,
    Csv(csv::Csv),
    Json(json::Json),
}

impl Format {
    /// The built-in format of this name; none if it is not one.
    ///
    /// # Errors
    /// If the format or one of its options is not served.
    pub(crate) fn new(name: &str, options: &mut Options) -> Result<Option<Self>> {
        Ok(Some(match name.to_lowercase().as_str() {
            "parquet" => {
                options.allow_only(&[("mergeschema", &["false"])])?;
                Self::Parquet
            }
            "csv" => Self::Csv(csv::Csv::new(options)?),
            "json" => Self::Json(json::Json::new(options)?),
            known @ ("orc" | "text" | "avro" | "xml" | "binaryfile" | "jdbc") => {
                return Err(Error::unsupported(format!("read.format.{known}")));
            }
            _ => return Ok(None),
        }))
    }

    /// The name that Spark's errors print.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::Parquet => "Parquet",
            Self::Csv(_) => "CSV",
            Self::Json(_) => "JSON",
        }
    }

    /// DataFusion's reader.
    pub(super) fn file_format(&self, state: &dyn Session) -> Arc<dyn FileFormat> {
        match self {
            Self::Parquet => {
                let options = state.default_table_options().parquet;
                Arc::new(ParquetFormat::default().with_options(options))
            }
            Self::Csv(csv) => csv.file_format(),
            Self::Json(json) => json.file_format(),
        }
    }

    /// The columns that files hold.
    ///
    /// # Errors
    /// If there are no files, or they cannot be read.
    pub(crate) async fn infer(&self, listing: &Listing, state: &dyn Session) -> Result<SchemaRef> {
        if listing.files.is_empty() {
            return Err(Error::analysis(
                Condition::UNABLE_TO_INFER_SCHEMA,
                [("format", self.title().to_owned())],
            ));
        }
        match self {
            Self::Parquet => self.first(listing, state).await,
            Self::Csv(csv) => csv.infer(listing, state).await,
            Self::Json(_) => Ok(json::sorted(self.first(listing, state).await?.as_ref())),
        }
    }

    /// The schema of the first file: Spark takes one file's too, unless told to merge.
    pub(super) async fn first(&self, listing: &Listing, state: &dyn Session) -> Result<SchemaRef> {
        let Some(file) = listing.files.first() else { return Ok(Arc::new(Schema::empty())) };
        let store = state.runtime_env().object_store(&listing.store)?;
        let objects = std::slice::from_ref(&file.meta);
        Ok(self.file_format(state).infer_schema(state, &store, objects).await?)
    }
}
