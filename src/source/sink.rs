//! Writes rows into files below a directory.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use datafusion::arrow::compute::take_record_batch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::datasource::sink::DataSink;
use datafusion::error::{DataFusionError, Result as DataFusionResult};
use datafusion::execution::TaskContext;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::object_store::path::Path;
use datafusion::object_store::{ObjectStore, ObjectStoreExt as _};
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, SendableRecordBatchStream};
use futures::StreamExt as _;

use super::listing::objects;
use super::upload::Upload;
use super::write::Encoder;
use super::{Encoding, partition, path_segment};
use crate::error::{Error, Result};
use crate::types::display::ValueFormatter;

/// Where rows go, and what becomes of those that are there.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) store: ObjectStoreUrl,
    pub(super) directory: Path,
    pub(super) schema: SchemaRef,
    /// How many of the last columns are folders.
    pub(super) folders: usize,
    pub(super) overwrite: bool,
    /// Whether partitions that get no rows stay as they are.
    pub(super) dynamic: bool,
}

/// See the module.
#[derive(Debug)]
pub(super) struct FileSink {
    target: Target,
    encoding: Encoding,
}

impl FileSink {
    pub(super) fn new(target: Target, encoding: Encoding) -> Self {
        Self { target, encoding }
    }

    fn in_files(&self) -> SchemaRef {
        let fields = self.target.schema.fields();
        let count = fields.len() - self.target.folders.min(fields.len());
        Arc::new(Schema::new(fields.iter().take(count).cloned().collect::<Vec<_>>()))
    }

    async fn write(
        &self,
        mut rows: SendableRecordBatchStream,
        store: Arc<dyn ObjectStore>,
    ) -> Result<u64> {
        let before = match self.target.overwrite {
            true => objects(store.as_ref(), &self.target.directory).await?,
            false => Vec::new(),
        };
        let mut files = Files::new(self, Arc::clone(&store))?;
        let written = files.write_all(&mut rows).await;
        let count = match written {
            Ok(count) => count,
            Err(error) => {
                files.remove().await;
                return Err(error);
            }
        };
        let folders = files.finish().await?;
        for old in before {
            let folder = folder_of(&self.target.directory, &old.location);
            if !self.target.dynamic || folders.contains(&folder) {
                store.delete(&old.location).await.map_err(DataFusionError::from)?;
            }
        }
        let done = join(&self.target.directory, "_SUCCESS")?;
        store.put(&done, Vec::new().into()).await.map_err(DataFusionError::from)?;
        Ok(count)
    }
}

/// The folders between a directory and a file in it.
fn folder_of(directory: &Path, file: &Path) -> String {
    let below: Vec<String> =
        file.parts().skip(directory.parts().count()).map(|part| part.as_ref().to_owned()).collect();
    below[..below.len().saturating_sub(1)].join("/")
}

fn join(directory: &Path, below: &str) -> Result<Path> {
    let text = match directory.as_ref() {
        "" => below.to_owned(),
        directory => format!("{directory}/{below}"),
    };
    Path::parse(&text).map_err(|error| Error::internal(format!("{text} is no path: {error}")))
}

/// The files of one write: one for each folder.
struct Files<'s> {
    sink: &'s FileSink,
    store: Arc<dyn ObjectStore>,
    schema: SchemaRef,
    formatters: Vec<(String, ValueFormatter)>,
    id: String,
    open: BTreeMap<String, File>,
}

struct File {
    upload: Upload,
    encoder: Box<dyn Encoder>,
}

impl<'s> Files<'s> {
    fn new(sink: &'s FileSink, store: Arc<dyn ObjectStore>) -> Result<Self> {
        let schema = sink.in_files();
        let folders = sink.target.schema.fields().iter().skip(schema.fields().len());
        let formatters = folders
            .map(|field| Ok((field.name().clone(), ValueFormatter::for_cast(field)?)))
            .collect::<Result<_>>()?;
        Ok(Self { sink, store, schema, formatters, id: unique_id(), open: BTreeMap::new() })
    }

    async fn write_all(&mut self, rows: &mut SendableRecordBatchStream) -> Result<u64> {
        let mut count = 0;
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            count += batch.num_rows() as u64;
            for (folder, rows) in self.by_folder(&batch)? {
                self.add(&folder, &rows).await?;
            }
        }
        if self.open.is_empty()
            && self.formatters.is_empty()
            && self.sink.encoding.writes_empty_files()
        {
            let empty = RecordBatch::new_empty(Arc::clone(&self.schema));
            self.add("", &empty).await?;
        }
        Ok(count)
    }

    /// The rows of a batch by the folder they belong into, without its columns.
    fn by_folder(&self, batch: &RecordBatch) -> Result<Vec<(String, RecordBatch)>> {
        let width = self.schema.fields().len();
        if self.formatters.is_empty() {
            return Ok(vec![(String::new(), self.stripped(batch, width)?)]);
        }
        let mut groups: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for row in 0..batch.num_rows() {
            let folder = self.folder(&batch.columns()[width..], row)?;
            groups.entry(folder).or_default().push(row as u32);
        }
        let batch = self.stripped(batch, width)?;
        let groups = groups.into_iter().map(|(folder, rows)| {
            let rows = take_record_batch(&batch, &UInt32Array::from(rows));
            Ok((folder, rows.map_err(DataFusionError::from)?))
        });
        groups.collect()
    }

    fn stripped(&self, batch: &RecordBatch, width: usize) -> Result<RecordBatch> {
        let columns = batch.columns()[..width].to_vec();
        let options = datafusion::arrow::array::RecordBatchOptions::new()
            .with_row_count(Some(batch.num_rows()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options);
        Ok(batch.map_err(DataFusionError::from)?)
    }

    fn folder(&self, columns: &[ArrayRef], row: usize) -> Result<String> {
        let segments = self.formatters.iter().zip(columns).map(|((name, formatter), column)| {
            let value = partition::text(formatter, column.as_ref(), row)?;
            Ok(path_segment(name, value.as_deref()))
        });
        Ok(segments.collect::<Result<Vec<_>>>()?.join("/"))
    }

    async fn add(&mut self, folder: &str, rows: &RecordBatch) -> Result<()> {
        if !self.open.contains_key(folder) {
            let file = self.start(folder)?;
            self.open.insert(folder.to_owned(), file);
        }
        let Some(file) = self.open.get_mut(folder) else { return Ok(()) };
        file.encoder.write(rows)?;
        let bytes = file.encoder.take();
        file.upload.add(bytes).await
    }

    fn start(&self, folder: &str) -> Result<File> {
        let encoding = &self.sink.encoding;
        let name = format!("part-00000-{}-c000.{}", self.id, encoding.extension());
        let below = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let path = join(&self.sink.target.directory, &below)?;
        let upload = Upload::new(Arc::clone(&self.store), path);
        Ok(File { upload, encoder: encoding.start(&self.schema)? })
    }

    /// Ends all files; the folders they are in.
    async fn finish(self) -> Result<HashSet<String>> {
        let mut folders = HashSet::new();
        for (folder, mut file) in self.open {
            let bytes = file.encoder.finish()?;
            file.upload.add(bytes).await?;
            file.upload.finish().await?;
            folders.insert(folder);
        }
        Ok(folders)
    }

    /// Takes back what was written.
    async fn remove(self) {
        for (_, file) in self.open {
            file.upload.abort().await;
        }
    }
}

/// Text that no other write has in its files' names.
fn unique_id() -> String {
    let [a, b] = [RandomState::new(), RandomState::new()].map(|state| state.hash_one(0_u8));
    let text = format!("{a:016x}{b:016x}");
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}

impl DisplayAs for FileSink {
    fn fmt_as(&self, _t: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileSink(/{})", self.target.directory)
    }
}

#[async_trait]
impl DataSink for FileSink {
    fn schema(&self) -> &SchemaRef {
        &self.target.schema
    }

    async fn write_all(
        &self,
        data: SendableRecordBatchStream,
        context: &Arc<TaskContext>,
    ) -> DataFusionResult<u64> {
        let store = context.runtime_env().object_store(&self.target.store)?;
        Ok(self.write(data, store).await?)
    }
}
