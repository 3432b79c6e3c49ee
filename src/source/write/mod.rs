//! Rows into the bytes of files, as Spark writes them.

#[cfg(feature = "avro")]
mod avro;
mod compressed;
mod csv;
mod json;
mod parquet;
mod text;
mod xml;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};

#[cfg(feature = "orc")]
use super::orc;
use crate::error::{Condition, Error, Result};
use crate::record::Options;
use compressed::Compression;

/// A format with its options, to write files in.
#[derive(Debug, Clone)]
pub(crate) struct Encoding {
    kind: Kind,
    compression: Compression,
    /// How many rows a file has at most.
    most_rows: Option<u64>,
}

#[derive(Debug, Clone)]
enum Kind {
    Parquet(parquet::Parquet),
    Csv(csv::Csv),
    Json(json::Json),
    Xml(xml::Xml),
    Text(text::Text),
    #[cfg(feature = "avro")]
    Avro(avro::Avro),
    #[cfg(feature = "orc")]
    Orc(orc::OrcWriter),
}

impl Encoding {
    /// The built-in format of this name; none if it is not one.
    ///
    /// # Errors
    /// If the format or one of its options is not served.
    pub(crate) fn new(name: &str, options: &mut Options, time_zone: &str) -> Result<Option<Self>> {
        let most_rows = options.whole("maxrecordsperfile", 0)?;
        let most_rows = u64::try_from(most_rows).ok().filter(|most| *most > 0);
        let (kind, compression) = match name.to_lowercase().as_str() {
            "parquet" => (Kind::Parquet(parquet::Parquet::new(options)?), Compression::None),
            #[cfg(feature = "avro")]
            "avro" => (Kind::Avro(avro::Avro::new(options)?), Compression::None),
            #[cfg(feature = "orc")]
            "orc" => (Kind::Orc(orc::OrcWriter::take(options)?), Compression::None),
            "csv" => {
                let compression = Compression::take(options)?;
                (Kind::Csv(csv::Csv::new(options, time_zone)?), compression)
            }
            "json" => {
                let compression = Compression::take(options)?;
                (Kind::Json(json::Json::new(options, time_zone)?), compression)
            }
            "xml" => {
                let compression = Compression::take(options)?;
                (Kind::Xml(xml::Xml::new(options, time_zone)?), compression)
            }
            "text" => {
                let compression = Compression::take(options)?;
                (Kind::Text(text::Text::new(options)?), compression)
            }
            "binaryfile" => return Err(Error::analysis(Condition::WRITE_FOR_BINARY_SOURCE, [])),
            #[cfg(not(feature = "avro"))]
            known @ "avro" => return Err(Error::unsupported(format!("write.format.{known}"))),
            #[cfg(not(feature = "orc"))]
            known @ "orc" => return Err(Error::unsupported(format!("write.format.{known}"))),
            known @ "jdbc" => return Err(Error::unsupported(format!("write.format.{known}"))),
            _ => return Ok(None),
        };
        Ok(Some(Self { kind, compression, most_rows }))
    }

    /// # Errors
    /// `UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE` for a column that the format cannot hold.
    pub(crate) fn check(&self, columns: &Schema) -> Result<()> {
        if let Kind::Text(_) = self.kind
            && columns.fields().len() != 1
        {
            let count = columns.fields().len().to_string();
            return Err(Error::analysis(
                Condition::TEXT_WITH_MANY_COLUMNS,
                [("schemaSize", count)],
            ));
        }
        match columns.fields().iter().find(|field| !self.holds(field)) {
            Some(field) => Err(super::cannot_hold(field, self.title())),
            None => Ok(()),
        }
    }

    fn holds(&self, field: &Field) -> bool {
        let data_type = field.data_type();
        match &self.kind {
            Kind::Parquet(_) | Kind::Json(_) | Kind::Xml(_) => true,
            #[cfg(feature = "avro")]
            Kind::Avro(_) => !crate::types::variant::holds_variant(data_type),
            #[cfg(feature = "orc")]
            Kind::Orc(_) => {
                orc::holds(data_type) && !crate::types::variant::holds_variant(data_type)
            }
            Kind::Csv(_) => !data_type.is_nested() && data_type != &DataType::Null,
            Kind::Text(_) => {
                matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
            }
        }
    }

    fn title(&self) -> &'static str {
        match &self.kind {
            Kind::Parquet(_) => "Parquet",
            Kind::Csv(_) => "CSV",
            Kind::Json(_) => "JSON",
            Kind::Xml(_) => "XML",
            Kind::Text(_) => "Text",
            #[cfg(feature = "avro")]
            Kind::Avro(_) => "Avro",
            #[cfg(feature = "orc")]
            Kind::Orc(_) => "ORC",
        }
    }

    /// What files' names end in.
    pub(super) fn extension(&self) -> String {
        let own = match &self.kind {
            Kind::Parquet(parquet) => parquet.extension(),
            Kind::Csv(_) => "csv".to_owned(),
            Kind::Json(_) => "json".to_owned(),
            Kind::Xml(_) => "xml".to_owned(),
            Kind::Text(_) => "txt".to_owned(),
            #[cfg(feature = "avro")]
            Kind::Avro(_) => "avro".to_owned(),
            #[cfg(feature = "orc")]
            Kind::Orc(orc) => orc.extension(),
        };
        format!("{own}{}", self.compression.extension())
    }

    /// How many rows a file has at most.
    pub(super) fn most_rows(&self) -> Option<u64> {
        self.most_rows
    }

    /// Starts a file.
    ///
    /// # Errors
    /// If the format does not hold a column.
    pub(super) fn start(&self, schema: &SchemaRef) -> Result<Box<dyn Encoder>> {
        Ok(self.compression.around(match &self.kind {
            Kind::Parquet(parquet) => parquet.start(schema)?,
            Kind::Csv(csv) => csv.start(schema)?,
            Kind::Json(json) => json.start(),
            Kind::Xml(xml) => xml.start(),
            Kind::Text(text) => text.start(),
            #[cfg(feature = "avro")]
            Kind::Avro(avro) => avro.start(schema)?,
            #[cfg(feature = "orc")]
            Kind::Orc(orc) => orc.start(schema)?,
        }))
    }

    /// Whether a result without rows is a file nevertheless.
    pub(super) fn writes_empty_files(&self) -> bool {
        !matches!(&self.kind, Kind::Json(_) | Kind::Text(_))
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

/// `CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION`.
pub(super) fn codec_not_available(name: &str, known: &str) -> Error {
    Error::analysis(
        Condition::CODEC_NOT_AVAILABLE_WITH_AVAILABLE_CODECS_SUGGESTION,
        [("codecName", name.to_owned()), ("availableCodecs", known.to_owned())],
    )
}
