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
use super::{Buckets, Encoding, KnownPartitions, partition, path_segment};
use crate::error::{Error, Result};
use crate::planner::columns::same_name;
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
    /// What spreads rows over files.
    pub(super) buckets: Option<Buckets>,
    /// What is told of the partitions that are written to.
    pub(super) known: Option<Arc<KnownPartitions>>,
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
        if let Some(known) = &self.target.known {
            let replaced = self.target.overwrite && !self.target.dynamic;
            known.change(|known| {
                if replaced {
                    known.clear();
                }
                known.extend(folders);
            })?;
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

/// Where a row goes: its folder, and its bucket if there are any.
type Part = (String, Option<u32>);

/// The files of one write: one at a time for each folder and bucket.
struct Files<'s> {
    sink: &'s FileSink,
    store: Arc<dyn ObjectStore>,
    schema: SchemaRef,
    formatters: Vec<(String, ValueFormatter)>,
    /// Where the columns are that say which bucket a row is in.
    bucketed_by: Vec<usize>,
    id: String,
    open: BTreeMap<Part, File>,
    /// Folders whose files are full, and were ended.
    ended: HashSet<String>,
}

struct File {
    upload: Upload,
    encoder: Box<dyn Encoder>,
    /// How many files the part had before.
    number: u32,
    rows: u64,
}

impl<'s> Files<'s> {
    fn new(sink: &'s FileSink, store: Arc<dyn ObjectStore>) -> Result<Self> {
        let schema = sink.in_files();
        let folders = sink.target.schema.fields().iter().skip(schema.fields().len());
        let formatters = folders
            .map(|field| Ok((field.name().clone(), ValueFormatter::for_cast(field)?)))
            .collect::<Result<_>>()?;
        let id = unique_id();
        let bucketed_by = bucketed_by(&sink.target)?;
        let (open, ended) = (BTreeMap::new(), HashSet::new());
        Ok(Self { sink, store, schema, formatters, bucketed_by, id, open, ended })
    }

    async fn write_all(&mut self, rows: &mut SendableRecordBatchStream) -> Result<u64> {
        let mut count = 0;
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            count += batch.num_rows() as u64;
            for (part, rows) in self.by_part(&batch)? {
                self.add(part, &rows).await?;
            }
        }
        if self.open.is_empty()
            && self.bucketed_by.is_empty()
            && self.formatters.is_empty()
            && self.sink.encoding.writes_empty_files()
        {
            let empty = RecordBatch::new_empty(Arc::clone(&self.schema));
            self.add((String::new(), None), &empty).await?;
        }
        Ok(count)
    }

    /// The rows of a batch by the part they belong into, without the folders' columns.
    fn by_part(&self, batch: &RecordBatch) -> Result<Vec<(Part, RecordBatch)>> {
        let width = self.schema.fields().len();
        let buckets = self.buckets(batch)?;
        if self.formatters.is_empty() && buckets.is_none() {
            return Ok(vec![((String::new(), None), self.stripped(batch, width)?)]);
        }
        let mut groups: BTreeMap<Part, Vec<u32>> = BTreeMap::new();
        for row in 0..batch.num_rows() {
            let folder = self.folder(&batch.columns()[width..], row)?;
            let bucket = buckets.as_ref().and_then(|buckets| buckets.get(row).copied());
            groups.entry((folder, bucket)).or_default().push(row as u32);
        }
        let batch = self.stripped(batch, width)?;
        let groups = groups.into_iter().map(|(part, rows)| {
            let rows = take_record_batch(&batch, &UInt32Array::from(rows));
            Ok((part, rows.map_err(DataFusionError::from)?))
        });
        groups.collect()
    }

    fn buckets(&self, batch: &RecordBatch) -> Result<Option<Vec<u32>>> {
        let Some(buckets) = &self.sink.target.buckets else { return Ok(None) };
        let columns = self.bucketed_by.iter().map(|at| Arc::clone(batch.column(*at)));
        buckets.of(&columns.collect::<Vec<_>>(), batch.num_rows()).map(Some)
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

    async fn add(&mut self, part: Part, rows: &RecordBatch) -> Result<()> {
        let Some(most) = self.sink.encoding.most_rows() else {
            return self.write(&part, rows).await;
        };
        let mut at = 0;
        loop {
            let taken = self.open.get(&part).map_or(0, |file| file.rows);
            let room = usize::try_from(most.saturating_sub(taken)).unwrap_or(usize::MAX);
            let count = room.min(rows.num_rows() - at);
            self.write(&part, &rows.slice(at, count)).await?;
            at += count;
            if at == rows.num_rows() {
                return Ok(());
            }
            self.end(&part).await?;
        }
    }

    async fn write(&mut self, part: &Part, rows: &RecordBatch) -> Result<()> {
        if !self.open.contains_key(part) {
            let file = self.start(part, 0)?;
            self.open.insert(part.clone(), file);
        }
        let Some(file) = self.open.get_mut(part) else { return Ok(()) };
        file.rows += rows.num_rows() as u64;
        file.encoder.write(rows)?;
        let bytes = file.encoder.take();
        file.upload.add(bytes).await
    }

    /// Ends a part's file, and starts the next.
    async fn end(&mut self, part: &Part) -> Result<()> {
        let Some(file) = self.open.remove(part) else { return Ok(()) };
        let next = self.start(part, file.number + 1)?;
        file.finish().await?;
        self.ended.insert(part.0.clone());
        self.open.insert(part.clone(), next);
        Ok(())
    }

    fn start(&self, (folder, bucket): &Part, number: u32) -> Result<File> {
        let encoding = &self.sink.encoding;
        let bucket = bucket.map(|bucket| format!("_{bucket:05}")).unwrap_or_default();
        let name = format!("part-00000-{}{bucket}.c{number:03}.{}", self.id, encoding.extension());
        let name = if bucket.is_empty() { name.replacen(".c", "-c", 1) } else { name };
        let below = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let path = join(&self.sink.target.directory, &below)?;
        let upload = Upload::new(Arc::clone(&self.store), path);
        Ok(File { upload, encoder: encoding.start(&self.schema)?, number, rows: 0 })
    }

    /// Ends all files; the folders they are in.
    async fn finish(self) -> Result<HashSet<String>> {
        let mut folders = self.ended;
        for ((folder, _), file) in self.open {
            file.finish().await?;
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

impl File {
    async fn finish(self) -> Result<()> {
        let Self { mut upload, encoder, number: _, rows: _ } = self;
        upload.add(encoder.finish()?).await?;
        upload.finish().await
    }
}

/// Where the columns are that say which bucket a row is in.
fn bucketed_by(target: &Target) -> Result<Vec<usize>> {
    let Some(buckets) = &target.buckets else { return Ok(Vec::new()) };
    let places = buckets.columns.iter().map(|name| {
        let fields = target.schema.fields();
        let at = fields.iter().position(|field| same_name(field.name(), name));
        at.ok_or_else(|| Error::internal(format!("no column {name} for buckets")))
    });
    places.collect()
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
