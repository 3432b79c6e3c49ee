//! Avro.

use std::io::Cursor;
use std::sync::Arc;

use arrow_avro::reader::{Reader, ReaderBuilder};
use datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, new_null_array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::catalog::Session;
use datafusion::error::DataFusionError;

use super::super::listing::Listing;
use super::{Decoder, Whole, packed};
use crate::error::Result;
use crate::planner::columns::same_name;
use crate::record::Options;

/// How Avro is read.
#[derive(Debug, Clone)]
pub(crate) struct Avro;

impl Avro {
    /// # Errors
    /// If an option is not served.
    pub(in crate::source) fn take(options: &mut Options) -> Result<Self> {
        options.allow_only(&[
            ("ignoreextension", &["true"]),
            ("mode", &["failfast"]),
            ("datetimerebasemode", &["corrected", "exception"]),
            ("positionalfieldmatching", &["false"]),
            ("enablestableidentifiersforuniontype", &["false"]),
        ])?;
        options.refuse(&["avroschema", "avroschemaurl", "recursivefieldmaxdepth"])?;
        Ok(Self)
    }

    /// The columns of the first file.
    pub(in crate::source) async fn infer(
        &self,
        listing: &Listing,
        state: &dyn Session,
    ) -> Result<SchemaRef> {
        let Some(file) = listing.files.iter().find(|file| file.meta.size > 0) else {
            return Ok(Arc::new(Schema::empty()));
        };
        let bytes = packed::whole(&listing.store, &file.meta, state).await?;
        let fields = reader(bytes)?.schema().fields().clone();
        Ok(Arc::new(Schema::new(fields)))
    }
}

fn fault(error: ArrowError) -> DataFusionError {
    DataFusionError::from(error)
}

fn reader(bytes: Vec<u8>) -> Result<Reader<Cursor<Vec<u8>>>> {
    let builder = ReaderBuilder::new().with_batch_size(8192);
    Ok(builder.build(Cursor::new(bytes)).map_err(fault)?)
}

/// The columns `wanted`, by their names.
pub(in crate::source) fn decoder(wanted: &SchemaRef) -> Box<dyn Decoder> {
    let wanted = Arc::clone(wanted);
    Whole::decoder(move |bytes| {
        let batches = reader(bytes)?;
        batches.map(|batch| fitted(&batch.map_err(fault)?, &wanted)).collect()
    })
}

fn fitted(batch: &RecordBatch, wanted: &SchemaRef) -> Result<RecordBatch> {
    let own = batch.schema();
    let columns = wanted.fields().iter().map(|field| -> Result<ArrayRef> {
        let at = own.fields().iter().position(|own| same_name(own.name(), field.name()));
        Ok(match at {
            Some(at) => cast(batch.column(at), field.data_type()).map_err(fault)?,
            None => new_null_array(field.data_type(), batch.num_rows()),
        })
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let batch = RecordBatch::try_new_with_options(Arc::clone(wanted), columns, &options);
    Ok(batch.map_err(fault)?)
}
