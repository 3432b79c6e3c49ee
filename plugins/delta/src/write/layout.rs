//! How a table wants its files written.

use std::num::NonZeroU64;
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion_spark_connect::{Error, Result};
use deltalake::datafile::writer::WriterConfig;
use deltalake::kernel::engine::arrow_conversion::TryIntoArrow as _;
use deltalake::kernel::{Metadata, StructType};
use deltalake::table::config::TablePropertiesExt as _;

use crate::error::OrArrow as _;
use crate::source::spark_types;

/// Name of the column that says what happened to a row, in files of changes.
const CHANGE_TYPE: &str = "_change_type";

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) metadata: Metadata,
    pub(crate) columns: StructType,
    /// The columns as files have them.
    stored: SchemaRef,
    /// The columns as Spark has them.
    pub(crate) spark: SchemaRef,
}

impl Layout {
    /// The layout that a table's metadata asks for.
    pub(crate) fn of(metadata: &Metadata, time_zone: &str) -> Result<Self> {
        let columns = metadata.parse_schema().map_err(Error::plugin)?;
        let stored: Schema = (&columns).try_into_arrow().or_arrow()?;
        let stored = Arc::new(stored);
        let spark = spark_types(&stored, time_zone);
        Ok(Self { metadata: metadata.clone(), columns, stored, spark })
    }

    pub(crate) fn partition_by(&self) -> &[String] {
        self.metadata.partition_columns()
    }

    /// A property of the table.
    pub(crate) fn property(&self, key: &str) -> Option<&str> {
        self.metadata.configuration().get(key).map(String::as_str)
    }

    /// Whether files of changes are written beside those of rows.
    pub(crate) fn records_changes(&self) -> bool {
        self.property("delta.enableChangeDataFeed").is_some_and(|v| v.eq_ignore_ascii_case("true"))
    }

    /// Bytes of a file to aim at.
    pub(crate) fn target_size(&self) -> NonZeroU64 {
        self.metadata.parse_table_properties().target_file_size()
    }

    /// Settings of the writer of rows.
    pub(crate) fn config(&self) -> WriterConfig {
        self.config_for(Arc::clone(&self.stored))
    }

    /// Settings of the writer of changes.
    pub(crate) fn changes_config(&self) -> WriterConfig {
        self.config_for(self.changes_schema())
    }

    fn config_for(&self, schema: SchemaRef) -> WriterConfig {
        let properties = self.metadata.parse_table_properties();
        let stats = properties.data_skipping_stats_columns.as_ref();
        let stats = stats.map(|names| names.iter().map(ToString::to_string).collect());
        WriterConfig::new(
            schema,
            self.partition_by().to_vec(),
            None,
            Some(self.target_size()),
            None,
            properties.num_indexed_cols(),
            stats,
        )
    }

    fn changes_schema(&self) -> SchemaRef {
        let change = Arc::new(Field::new(CHANGE_TYPE, DataType::Utf8, true));
        let fields = self.stored.fields().iter().cloned().chain([change]);
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }

    /// Rows as files have them.
    pub(crate) fn stored(&self, rows: &RecordBatch) -> Result<RecordBatch> {
        batch(&self.stored, rows.columns(), rows.num_rows())
    }

    /// Rows as files of changes have them.
    pub(crate) fn changed(&self, rows: &RecordBatch, change: ArrayRef) -> Result<RecordBatch> {
        let columns: Vec<_> = rows.columns().iter().cloned().chain([change]).collect();
        batch(&self.changes_schema(), &columns, rows.num_rows())
    }
}

/// Columns in the types of a schema: the same values in another form.
fn batch(schema: &SchemaRef, columns: &[ArrayRef], rows: usize) -> Result<RecordBatch> {
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    let cast = |(field, column): (&Arc<Field>, &ArrayRef)| match field.data_type() {
        same if same == column.data_type() => Ok(Arc::clone(column)),
        other => cast_with_options(column, other, &strict),
    };
    let columns = schema.fields().iter().zip(columns).map(cast);
    let columns = columns.collect::<std::result::Result<Vec<_>, _>>().or_arrow()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options).or_arrow()
}
