//! The formats of files, with their options.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Fields, IntervalUnit, Schema, SchemaRef};
use datafusion::catalog::Session;

use super::listing::Listing;
#[cfg(feature = "orc")]
use super::orc;
use super::read::{self, Decoder, binary};
use super::{FileFact, parquet};
use crate::error::{Condition, Error, Result};
use crate::record::csv::Csv;
use crate::record::json::Json;
use crate::record::xml::Xml;
use crate::record::{Mode, Options};
use crate::types::arrow_sql_name;

/// The column for malformed records, unless it is named otherwise.
const CORRUPT: &str = "_corrupt_record";

/// A format with its options, to read files with.
#[derive(Debug, Clone)]
pub(crate) enum Format {
    Parquet(parquet::Parquet),
    Csv(Csv),
    Json(Json),
    Xml(Xml),
    Text(read::text::Text),
    Binary,
    #[cfg(feature = "avro")]
    Avro(read::avro::Avro),
    #[cfg(feature = "orc")]
    Orc(orc::Orc),
}

impl Format {
    /// The built-in format of this name; none if it is not one. Texts of times without a
    /// zone are in `time_zone`.
    ///
    /// # Errors
    /// If the format or one of its options is not served.
    pub(crate) fn new(name: &str, options: &mut Options, time_zone: &str) -> Result<Option<Self>> {
        Ok(Some(match name.to_lowercase().as_str() {
            "parquet" => Self::Parquet(parquet::Parquet::take(options)?),
            "csv" => Self::Csv(Csv::take(options, time_zone)?),
            "json" => Self::Json(Json::take(options, time_zone)?),
            "xml" => Self::Xml(Xml::take(options, time_zone, true)?),
            "text" => Self::Text(read::text::Text::take(options)?),
            "binaryfile" => Self::Binary,
            #[cfg(feature = "avro")]
            "avro" => Self::Avro(read::avro::Avro::take(options)?),
            #[cfg(not(feature = "avro"))]
            known @ "avro" => return Err(Error::unsupported(format!("read.format.{known}"))),
            #[cfg(feature = "orc")]
            "orc" => Self::Orc(orc::Orc::take(options)?),
            #[cfg(not(feature = "orc"))]
            known @ "orc" => return Err(Error::unsupported(format!("read.format.{known}"))),
            known @ "jdbc" => return Err(Error::unsupported(format!("read.format.{known}"))),
            _ => return Ok(None),
        }))
    }

    /// The name that Spark's errors print.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::Parquet(_) => "Parquet",
            Self::Csv(_) => "CSV",
            Self::Json(_) => "JSON",
            Self::Xml(_) => "XML",
            Self::Text(_) => "Text",
            Self::Binary => "binaryFile",
            #[cfg(feature = "avro")]
            Self::Avro(_) => "Avro",
            #[cfg(feature = "orc")]
            Self::Orc(_) => "ORC",
        }
    }

    /// The name of the column that takes malformed records.
    pub(crate) fn corrupt(&self) -> &str {
        let name = match self {
            Self::Csv(csv) => csv.corrupt.as_deref(),
            Self::Json(json) => json.corrupt.as_deref(),
            Self::Xml(xml) => xml.corrupt.as_deref(),
            Self::Parquet(_) | Self::Text(_) | Self::Binary => None,
            #[cfg(feature = "avro")]
            Self::Avro(_) => None,
            #[cfg(feature = "orc")]
            Self::Orc(_) => None,
        };
        name.unwrap_or(CORRUPT)
    }

    /// Whether records may be malformed.
    pub(super) fn is_of_records(&self) -> bool {
        matches!(self, Self::Csv(_) | Self::Json(_) | Self::Xml(_))
    }

    /// What becomes of malformed records.
    pub(super) fn mode(&self) -> Mode {
        match self {
            Self::Csv(csv) => csv.mode,
            Self::Json(json) => json.mode,
            Self::Xml(xml) => xml.mode,
            Self::Parquet(_) | Self::Text(_) | Self::Binary => Mode::FailFast,
            #[cfg(feature = "avro")]
            Self::Avro(_) => Mode::FailFast,
            #[cfg(feature = "orc")]
            Self::Orc(_) => Mode::FailFast,
        }
    }

    /// The columns that files hold.
    ///
    /// # Errors
    /// If there are no files, or they cannot be read.
    pub(crate) async fn infer(
        &self,
        listing: &Listing,
        state: &dyn Session,
        time_zone: &str,
    ) -> Result<SchemaRef> {
        match self {
            Self::Text(_) => return Ok(read::text::schema()),
            Self::Binary => return Ok(binary::schema()),
            _ => {}
        }
        if listing.files.is_empty() {
            return Err(Error::analysis(
                Condition::UNABLE_TO_INFER_SCHEMA,
                [("format", self.title().to_owned())],
            ));
        }
        match self {
            Self::Parquet(parquet) => parquet.infer(listing, state).await,
            #[cfg(feature = "avro")]
            Self::Avro(avro) => avro.infer(listing, state).await,
            #[cfg(feature = "orc")]
            Self::Orc(orc) => orc.infer(listing, state, time_zone).await,
            _ => read::infer(self, listing, state, time_zone).await,
        }
    }

    /// # Errors
    /// `UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE` for a column that the format cannot hold;
    /// `INVALID_CORRUPT_RECORD_TYPE`.
    pub(crate) fn check(&self, fields: &Fields) -> Result<()> {
        if let Self::Text(_) = self
            && fields.len() > 1
        {
            return Err(Error::analysis(
                Condition::TEXT_WITH_MANY_COLUMNS,
                [("schemaSize", fields.len().to_string())],
            ));
        }
        for field in fields {
            if self.is_of_records()
                && field.name() == self.corrupt()
                && field.data_type() != &DataType::Utf8
            {
                let own = format!("\"{}\"", arrow_sql_name(field.data_type()));
                return Err(Error::analysis(
                    Condition::INVALID_CORRUPT_RECORD_TYPE,
                    [("columnName", format!("`{}`", field.name())), ("actualType", own)],
                ));
            }
            if !self.holds(field.data_type()) {
                return Err(super::cannot_hold(field, self.title()));
            }
        }
        Ok(())
    }

    fn holds(&self, data_type: &DataType) -> bool {
        match self {
            Self::Csv(_) => !data_type.is_nested() && !is_interval(data_type),
            Self::Text(_) => data_type == &DataType::Utf8,
            Self::Json(_) | Self::Xml(_) | Self::Parquet(_) => !is_interval(data_type),
            Self::Binary => true,
            #[cfg(feature = "avro")]
            Self::Avro(_) => true,
            #[cfg(feature = "orc")]
            Self::Orc(_) => orc::holds(data_type),
        }
    }

    /// Reads one file: the columns `wanted` of all those that there are.
    ///
    /// # Errors
    /// If a column is of a type that is not served.
    pub(super) fn decoder(
        &self,
        all: &SchemaRef,
        wanted: &SchemaRef,
        file: &FileFact,
    ) -> Result<Box<dyn Decoder>> {
        match self {
            Self::Parquet(_) => Err(Error::internal("Parquet is read by its own plan")),
            Self::Csv(_) | Self::Json(_) | Self::Xml(_) => read::records(self, all, wanted),
            Self::Text(text) => Ok(text.decoder(wanted)),
            Self::Binary => Ok(binary::decoder(wanted, file)),
            #[cfg(feature = "avro")]
            Self::Avro(_) => Ok(read::avro::decoder(wanted)),
            #[cfg(feature = "orc")]
            Self::Orc(_) => Ok(orc::decoder(all, wanted)),
        }
    }

    /// Whether a file without bytes may have a row.
    pub(super) fn reads_empty_files(&self) -> bool {
        match self {
            Self::Binary => true,
            Self::Text(text) => text.is_whole(),
            _ => false,
        }
    }

    /// Whether files are read as they are, packed or not.
    pub(super) fn takes_packed(&self) -> bool {
        match self {
            Self::Binary | Self::Parquet(_) => true,
            #[cfg(feature = "avro")]
            Self::Avro(_) => true,
            #[cfg(feature = "orc")]
            Self::Orc(_) => true,
            Self::Csv(_) | Self::Json(_) | Self::Xml(_) | Self::Text(_) => false,
        }
    }
}

/// Whether it is the interval that no file holds.
fn is_interval(data_type: &DataType) -> bool {
    data_type == &DataType::Interval(IntervalUnit::MonthDayNano)
}

/// The columns without the one for malformed records.
pub(super) fn without(schema: &Schema, name: &str) -> Schema {
    let fields = schema.fields().iter().filter(|field| field.name() != name).cloned();
    Schema::new(fields.collect::<Vec<_>>())
}

/// The fields as a schema to share.
pub(super) fn shared(fields: Fields) -> SchemaRef {
    Arc::new(Schema::new(fields))
}
