//! Files as a DataFusion table.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::{FieldRef, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::project_schema;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder};
use datafusion::datasource::sink::DataSinkExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result as DataFusionResult;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::dml::InsertOp;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::{LexOrdering, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::expressions::Column;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};

use super::listing::{self, Choice, DataFile, Listing};
use super::parquet::Parquet;
use super::scan::{FACTS, FileFact, Partition, Scan, ScannedFile};
use super::sink::{FileSink, Target};
use super::{Buckets, Encoding, Format, KnownPartitions, partition};
use crate::error::{Error, Result};
use crate::planner::columns::same_name;

/// Where a table's files are.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// These files, found before.
    Listed(Listing),
    /// What is below a directory when the table is read.
    Directory(String),
}

/// Files of one format, with columns in them and columns of their folders.
#[derive(Debug, Clone)]
pub(crate) struct FileTable {
    /// None if the table is only written.
    format: Option<Format>,
    in_files: SchemaRef,
    of_folders: Vec<FieldRef>,
    schema: SchemaRef,
    place: Place,
    write: Option<Encoding>,
    dynamic: bool,
    buckets: Option<Buckets>,
    /// The partitions that are read; all if it is none.
    known: Option<Arc<KnownPartitions>>,
}

impl FileTable {
    /// Files to read; columns of folders come after those in the files.
    pub(crate) fn new(
        format: Format,
        in_files: SchemaRef,
        of_folders: Vec<FieldRef>,
        place: Place,
    ) -> Self {
        let fields = in_files.fields().iter().chain(&of_folders).cloned();
        let schema = Schema::new(fields.collect::<Vec<_>>());
        let schema = Arc::new(schema.with_metadata(in_files.metadata().clone()));
        Self {
            format: Some(format),
            in_files,
            of_folders,
            schema,
            place,
            write: None,
            dynamic: false,
            buckets: None,
            known: None,
        }
    }

    /// A directory to write into.
    pub(crate) fn to_write(
        in_files: SchemaRef,
        of_folders: Vec<FieldRef>,
        directory: String,
        encoding: Encoding,
    ) -> Self {
        let place = Place::Directory(directory);
        let table = Self::new(Format::Binary, in_files, of_folders, place).writable(encoding);
        Self { format: None, ..table }
    }

    /// The same table with one more column, of what is known of the file that a row is
    /// in.
    pub(crate) fn with_facts(mut self) -> Self {
        self.of_folders.push(FileFact::field());
        let fields = self.schema.fields().iter().cloned().chain([FileFact::field()]);
        let schema = Schema::new(fields.collect::<Vec<_>>());
        self.schema = Arc::new(schema.with_metadata(self.schema.metadata().clone()));
        self
    }

    /// The same table, which can also be written to.
    pub(crate) fn writable(mut self, write: Encoding) -> Self {
        self.write = Some(write);
        self
    }

    /// The same table, whose rows are spread over files when they are written.
    pub(crate) fn with_buckets(mut self, buckets: Option<Buckets>) -> Self {
        self.buckets = buckets;
        self
    }

    /// The same table with these partitions and those that are written to.
    pub(crate) fn with_known_partitions(mut self, known: Option<Arc<KnownPartitions>>) -> Self {
        self.known = known;
        self
    }

    /// Whether overwriting replaces no other partitions than those written to.
    pub(crate) fn with_dynamic_overwrite(mut self, dynamic: bool) -> Self {
        self.dynamic = dynamic;
        self
    }

    /// What is read, and how: files by place, size and age, a directory by its path.
    pub(super) fn identity(&self) -> String {
        let place = match &self.place {
            Place::Directory(path) => path.clone(),
            Place::Listed(listing) => {
                let files = listing.files.iter().map(|file| {
                    let meta = &file.meta;
                    format!("{} {} {}", meta.location, meta.size, meta.last_modified)
                });
                format!("{} {}", listing.store, files.collect::<Vec<_>>().join("\n"))
            }
        };
        format!("files {:?} {} {}", self.format, place, self.schema)
    }

    /// Whether some of the files of a table may be files of the other.
    pub(super) fn overlaps(&self, written: &Self) -> bool {
        let Place::Directory(directory) = &written.place else { return true };
        let Ok(directory) = listing::location(directory) else { return true };
        match &self.place {
            Place::Directory(own) => listing::location(own).is_ok_and(|own| {
                own.prefix().prefix_matches(directory.prefix())
                    || directory.prefix().prefix_matches(own.prefix())
            }),
            Place::Listed(listing) => {
                let mut files = listing.files.iter();
                files.any(|file| file.meta.location.prefix_matches(directory.prefix()))
                    || listing.files.is_empty()
            }
        }
    }

    /// The files as they are now.
    pub(crate) async fn listing(&self, state: &dyn Session) -> Result<Listing> {
        match &self.place {
            Place::Listed(listing) => Ok(listing.clone()),
            Place::Directory(path) => {
                let url = listing::location(path)?;
                let environment = state.runtime_env();
                let choice = Choice::default();
                match listing::list(std::slice::from_ref(path), &choice, environment).await {
                    Err(Error::Analysis(_)) => {
                        Ok(Listing { store: url.object_store(), files: Vec::new() })
                    }
                    listing => Ok(self.own(listing?)),
                }
            }
        }
    }

    /// The files of partitions that are known.
    fn own(&self, mut listing: Listing) -> Listing {
        if let Some(known) = &self.known {
            let known = known.folders();
            listing.files.retain(|file| known.contains(&partition::folder(&file.partitions)));
        }
        listing
    }

    /// A file with the values of the columns of its folders.
    fn scanned(&self, file: DataFile, store: &ObjectStoreUrl) -> Result<ScannedFile> {
        let values = self.of_folders.iter().map(|field| {
            if field.name() == FACTS {
                return FileFact::new(store, &file.meta).value();
            }
            let named = |(name, _): &&(String, Option<String>)| same_name(name, field.name());
            let text = file.partitions.iter().find(named).and_then(|(_, text)| text.as_deref());
            partition::value(text, field)
        });
        let folders = values.collect::<Result<Vec<_>>>()?;
        Ok(ScannedFile { meta: file.meta, folders })
    }

    /// A scan by DataFusion's reader of Parquet.
    async fn scan_parquet(
        &self,
        parquet: &Parquet,
        state: &dyn Session,
        store: ObjectStoreUrl,
        files: Vec<ScannedFile>,
        projection: Option<&Vec<usize>>,
        limit: Option<usize>,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        let in_files = parquet.own_names(&self.in_files, &store, files.first(), state).await?;
        let tasks = tasks(&files, state);
        // `FileGroup::split_files` would sort them by their names, which are random.
        let groups = parts(files, tasks).into_iter().map(|files| {
            let files = files.into_iter().map(|file| {
                PartitionedFile::new_from_meta(file.meta).with_partition_values(file.folders)
            });
            FileGroup::new(files.collect())
        });
        let schema = TableSchema::builder(in_files)
            .with_table_partition_cols(self.of_folders.clone())
            .build();
        let format = parquet.file_format(state);
        let config = FileScanConfigBuilder::new(store, format.file_source(schema))
            .with_file_groups(groups.collect())
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        let plan = format.create_physical_plan(state, config).await?;
        renamed(plan, &project_schema(&self.schema, projection)?)
    }
}

/// The same rows under these names.
fn renamed(
    plan: Arc<dyn ExecutionPlan>,
    schema: &SchemaRef,
) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
    let own = plan.schema();
    let names = || own.fields().iter().zip(schema.fields());
    if names().all(|(own, wanted)| own.name() == wanted.name()) {
        return Ok(plan);
    }
    let columns = names().enumerate().map(|(at, (own, wanted))| {
        let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(own.name(), at));
        (column, wanted.name().clone())
    });
    Ok(Arc::new(ProjectionExec::try_new(columns.collect::<Vec<_>>(), plan)?))
}

/// The rows in the order of some columns, which files keep.
fn sorted(
    input: Arc<dyn ExecutionPlan>,
    columns: &[String],
) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
    let schema = input.schema();
    let keys = columns.iter().filter_map(|name| {
        let at = schema.fields().iter().position(|field| same_name(field.name(), name))?;
        let options = SortOptions { descending: false, nulls_first: true };
        Some(PhysicalSortExpr::new(Arc::new(Column::new(name, at)), options))
    });
    Ok(match LexOrdering::new(keys) {
        Some(order) => Arc::new(SortExec::new(order, input)),
        None => input,
    })
}

/// Big files come first, as Spark packs them into partitions.
fn in_order(mut files: Vec<ScannedFile>) -> Vec<ScannedFile> {
    files.sort_by_key(|file| std::cmp::Reverse(file.meta.size));
    files
}

/// Below this many bytes a part is not worth a task of its own.
const WORTH_A_TASK: u64 = 4 << 20;

/// How many parts to read files in. Few bytes are one part, so their rows keep an order.
fn tasks(files: &[ScannedFile], state: &dyn Session) -> usize {
    let bytes: u64 = files.iter().map(|file| file.meta.size).sum();
    let worth = usize::try_from(bytes.div_ceil(WORTH_A_TASK)).unwrap_or(usize::MAX);
    worth.clamp(1, state.config().target_partitions().max(1))
}

/// The files in so many parts, each of neighbours.
fn parts(files: Vec<ScannedFile>, count: usize) -> Vec<Vec<ScannedFile>> {
    let size = files.len().div_ceil(count.max(1)).max(1);
    files.chunks(size).map(<[ScannedFile]>::to_vec).collect()
}

#[async_trait]
impl TableProvider for FileTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        let Some(format) = &self.format else {
            return Err(Error::internal("the table is only written").into());
        };
        let listing = self.listing(state).await?;
        // Most files without bytes have no rows.
        let files = listing.files.into_iter();
        let files = files.filter(|file| file.meta.size > 0 || format.reads_empty_files());
        let files = files.map(|file| self.scanned(file, &listing.store));
        let files = in_order(files.collect::<Result<Vec<_>>>()?);
        if files.is_empty() {
            return Ok(Arc::new(EmptyExec::new(project_schema(&self.schema, projection)?)));
        }
        if let Format::Parquet(parquet) = format {
            return self
                .scan_parquet(parquet, state, listing.store, files, projection, limit)
                .await;
        }
        let in_files = Arc::clone(&self.in_files);
        let (format, folders) = (format.clone(), &self.of_folders);
        let scan = Arc::new(Scan::new(listing.store, format, in_files, folders, projection)?);
        let tasks = tasks(&files, state);
        let parts = parts(files, tasks);
        let parts = parts.into_iter().map(|files| -> Arc<dyn PartitionStream> {
            Arc::new(Partition { scan: Arc::clone(&scan), files })
        });
        let schema = Arc::clone(scan.schema());
        let plan =
            StreamingTableExec::try_new(schema, parts.collect(), None, Vec::new(), false, limit)?;
        Ok(Arc::new(plan))
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> DataFusionResult<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn insert_into(
        &self,
        _state: &dyn Session,
        input: Arc<dyn ExecutionPlan>,
        operation: InsertOp,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        let (Some(encoding), Place::Directory(path)) = (&self.write, &self.place) else {
            return Err(Error::unsupported("write.files_as_listed").into());
        };
        let url = listing::location(path)?;
        let target = Target {
            store: url.object_store(),
            directory: url.prefix().clone(),
            schema: input.schema(),
            folders: self.of_folders.len(),
            overwrite: operation != InsertOp::Append,
            dynamic: self.dynamic,
            buckets: self.buckets.clone(),
            known: self.known.clone(),
        };
        let input = match &self.buckets {
            Some(buckets) => sorted(input, &buckets.sort_columns)?,
            None => input,
        };
        let sink = Arc::new(FileSink::new(target, encoding.clone()));
        Ok(Arc::new(DataSinkExec::new(input, sink, None)))
    }
}
