//! Files as the partitions of a scan.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Int64Array, RecordBatch, RecordBatchOptions, StringArray, StructArray,
    TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, SchemaRef, TimeUnit};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result as DataFusionResult};
use datafusion::execution::TaskContext;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::object_store::{ObjectMeta, ObjectStore};
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};

use super::Format;
use super::listing::file_url;
use super::read::{Decoder, packed};
use crate::error::{Condition, Error, Result};

/// The column of what is known of the file that a row is in.
pub(crate) const FACTS: &str = "#file";

/// What rows may be told of the file that they come from.
#[derive(Debug, Clone)]
pub(super) struct FileFact {
    /// As Spark prints it.
    pub(super) path: String,
    /// The path as a URL.
    pub(super) url: String,
    /// Microseconds since 1970.
    pub(super) modified: i64,
    pub(super) size: i64,
}

impl FileFact {
    pub(super) fn new(store: &ObjectStoreUrl, meta: &ObjectMeta) -> Self {
        let url = file_url(store, meta);
        Self {
            path: url.replacen("file:///", "file:/", 1),
            url,
            // To the millisecond, as Java tells it.
            modified: meta.last_modified.timestamp_millis() * 1000,
            size: i64::try_from(meta.size).unwrap_or(i64::MAX),
        }
    }

    fn fields() -> Fields {
        let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let field = |name: &str, data_type| Field::new(name, data_type, false);
        Fields::from(vec![
            field("file_path", DataType::Utf8),
            field("file_name", DataType::Utf8),
            field("file_size", DataType::Int64),
            field("file_block_start", DataType::Int64),
            field("file_block_length", DataType::Int64),
            field("file_modification_time", time),
        ])
    }

    /// The column of what is known.
    pub(super) fn field() -> FieldRef {
        Arc::new(Field::new(FACTS, DataType::Struct(Self::fields()), false))
    }

    /// What is known, as a value of the column.
    pub(super) fn value(&self) -> Result<ScalarValue> {
        let path = encoded(&self.path);
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        let whole = |value: i64| -> ArrayRef { Arc::new(Int64Array::from(vec![value])) };
        let time = TimestampMicrosecondArray::from(vec![self.modified]).with_timezone("UTC");
        let values: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(vec![path])),
            Arc::new(StringArray::from(vec![name])),
            whole(self.size),
            whole(0),
            whole(self.size),
            Arc::new(time),
        ];
        let row = StructArray::try_new(Self::fields(), values, None);
        Ok(ScalarValue::Struct(Arc::new(row.map_err(DataFusionError::from)?)))
    }
}

/// The path as a part of a URL.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for c in path.chars() {
        match c.is_ascii_control() || " \"<>\\^`{|}%".contains(c) {
            true => text.push_str(&format!("%{:02X}", u32::from(c))),
            false => text.push(c),
        }
    }
    text
}

/// A file, and the values of its folders' columns.
#[derive(Debug, Clone)]
pub(super) struct ScannedFile {
    pub(super) meta: ObjectMeta,
    pub(super) folders: Vec<ScalarValue>,
}

/// Where a column of the result comes from.
#[derive(Debug, Clone, Copy)]
enum Origin {
    /// A column of the file, of those that are read.
    File(usize),
    /// A folder.
    Folder(usize),
}

/// What is read of each file.
#[derive(Debug)]
pub(super) struct Scan {
    store: ObjectStoreUrl,
    format: Format,
    in_files: SchemaRef,
    /// The columns of files that are read.
    wanted: SchemaRef,
    origins: Vec<Origin>,
    schema: SchemaRef,
}

impl Scan {
    /// The columns `projection` of those in files and those of folders.
    ///
    /// # Errors
    /// If malformed records alone are asked for; if a column is not there.
    pub(super) fn new(
        store: ObjectStoreUrl,
        format: Format,
        in_files: SchemaRef,
        of_folders: &[FieldRef],
        projection: Option<&Vec<usize>>,
    ) -> Result<Self> {
        let count = in_files.fields().len();
        let all: Vec<usize> = (0..count + of_folders.len()).collect();
        let projection = projection.unwrap_or(&all);
        let mut wanted: Vec<FieldRef> = Vec::new();
        let mut fields = Vec::new();
        let mut origins = Vec::new();
        for at in projection {
            let (field, origin) = match in_files.fields().get(*at) {
                Some(field) => {
                    wanted.push(Arc::clone(field));
                    (field, Origin::File(wanted.len() - 1))
                }
                None => match of_folders.get(at - count) {
                    Some(field) => (field, Origin::Folder(at - count)),
                    None => return Err(Error::internal("a column that no file has")),
                },
            };
            fields.push(Arc::clone(field));
            origins.push(origin);
        }
        let only_corrupt = format.is_of_records()
            && matches!(wanted.as_slice(), [one] if one.name() == format.corrupt());
        if only_corrupt {
            return Err(Error::analysis(Condition::QUERY_ONLY_CORRUPT_RECORD_COLUMN, []));
        }
        let wanted = super::format::shared(wanted.into());
        let schema = super::format::shared(fields.into());
        Ok(Self { store, format, in_files, wanted, origins, schema })
    }

    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The rows of one file.
    async fn file(
        self: Arc<Self>,
        file: ScannedFile,
        context: Arc<TaskContext>,
    ) -> DataFusionResult<BoxStream<'static, DataFusionResult<RecordBatch>>> {
        let store = context.runtime_env().object_store(&self.store)?;
        let reading =
            Reading::start(&self, &file, store).await.map_err(|error| self.fault(&file, error))?;
        let rows = stream::try_unfold(reading, |mut reading| async move {
            Ok(reading.next().await?.map(|batch| (batch, reading)))
        });
        let scan = Arc::clone(&self);
        let fault = file.clone();
        let rows = rows.map_err(move |error: Error| scan.fault(&fault, error));
        Ok(rows.map(move |batch| Ok(self.arranged(&batch?, &file)?)).boxed())
    }

    /// What was wrong with a file.
    fn fault(&self, file: &ScannedFile, error: Error) -> DataFusionError {
        let ours = matches!(&error, Error::Analysis(_));
        if !ours {
            return error.into();
        }
        let path = FileFact::new(&self.store, &file.meta).url;
        let reason = error.to_string();
        let parameters = [("path", path), ("reason", reason)];
        Error::analysis(Condition::FAILED_READ_FILE, parameters).into()
    }

    /// The rows with the columns of folders, in the order asked for.
    fn arranged(&self, batch: &RecordBatch, file: &ScannedFile) -> Result<RecordBatch> {
        let rows = batch.num_rows();
        let columns = self.origins.iter().map(|origin| match origin {
            Origin::File(at) => Ok(Arc::clone(batch.column(*at))),
            Origin::Folder(at) => match file.folders.get(*at) {
                Some(value) => Ok(value.to_array_of_size(rows)?),
                None => Err(Error::internal("a folder without a value")),
            },
        });
        let columns = columns.collect::<Result<Vec<ArrayRef>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let schema = Arc::clone(&self.schema);
        let batch = RecordBatch::try_new_with_options(schema, columns, &options);
        Ok(batch.map_err(DataFusionError::from)?)
    }
}

/// A file that is being read.
struct Reading {
    bytes: Option<BoxStream<'static, DataFusionResult<bytes::Bytes>>>,
    decoder: Box<dyn Decoder>,
}

impl Reading {
    async fn start(scan: &Scan, file: &ScannedFile, store: Arc<dyn ObjectStore>) -> Result<Self> {
        let fact = FileFact::new(&scan.store, &file.meta);
        let decoder = scan.format.decoder(&scan.in_files, &scan.wanted, &fact)?;
        let unpack = !scan.format.takes_packed();
        let bytes = packed::stream(store.as_ref(), &file.meta, unpack).await?;
        Ok(Self { bytes: Some(bytes), decoder })
    }

    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(batch) = self.decoder.ready()? {
                return Ok(Some(batch));
            }
            let Some(bytes) = &mut self.bytes else { return Ok(None) };
            match bytes.try_next().await? {
                Some(bytes) => self.decoder.push(&bytes)?,
                None => {
                    self.bytes = None;
                    self.decoder.finish()?;
                }
            }
        }
    }
}

/// Files that are read one after the other.
#[derive(Debug)]
pub(super) struct Partition {
    pub(super) scan: Arc<Scan>,
    pub(super) files: Vec<ScannedFile>,
}

impl PartitionStream for Partition {
    fn schema(&self) -> &SchemaRef {
        self.scan.schema()
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let scan = Arc::clone(&self.scan);
        let files = stream::iter(self.files.clone());
        let rows = files
            .then(move |file| Arc::clone(&scan).file(file, Arc::clone(&context)))
            .try_flatten();
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(self.scan.schema()), rows))
    }
}
