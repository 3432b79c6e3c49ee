//! Files as a DataFusion table.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{FieldRef, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::project_schema;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder};
use datafusion::datasource::sink::DataSinkExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result as DataFusionResult;
use datafusion::logical_expr::dml::InsertOp;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;

use super::listing::{self, DataFile, Listing};
use super::sink::{FileSink, Target};
use super::{Encoding, Format, partition};
use crate::error::{Error, Result};

/// Where a table's files are.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// These files, found before.
    Listed(Listing),
    /// What is below a directory when the table is read.
    Directory(String),
}

/// Files of one format, with columns in them and columns of their folders.
#[derive(Debug)]
pub(crate) struct FileTable {
    /// None if the table is only written.
    format: Option<Format>,
    in_files: SchemaRef,
    of_folders: Vec<FieldRef>,
    schema: SchemaRef,
    place: Place,
    write: Option<Encoding>,
    dynamic: bool,
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
        let table = Self::new(Format::Parquet, in_files, of_folders, place).writable(encoding);
        Self { format: None, ..table }
    }

    /// The same table, which can also be written to.
    pub(crate) fn writable(mut self, write: Encoding) -> Self {
        self.write = Some(write);
        self
    }

    /// Whether overwriting replaces no other partitions than those written to.
    pub(crate) fn with_dynamic_overwrite(mut self, dynamic: bool) -> Self {
        self.dynamic = dynamic;
        self
    }

    /// The files as they are now.
    pub(crate) async fn listing(&self, state: &dyn Session) -> Result<Listing> {
        match &self.place {
            Place::Listed(listing) => Ok(listing.clone()),
            Place::Directory(path) => {
                let url = listing::location(path)?;
                let environment = state.runtime_env();
                match listing::list(std::slice::from_ref(path), None, environment).await {
                    Err(Error::Analysis(_)) => {
                        Ok(Listing { store: url.object_store(), files: Vec::new() })
                    }
                    listing => listing,
                }
            }
        }
    }

    /// A file with the values of the columns of its folders.
    fn partitioned(&self, file: DataFile) -> Result<PartitionedFile> {
        let values = self.of_folders.iter().map(|field| {
            let named = |(name, _): &&(String, Option<String>)| {
                crate::planner::columns::same_name(name, field.name())
            };
            let text = file.partitions.iter().find(named).and_then(|(_, text)| text.as_deref());
            partition::value(text, field)
        });
        let values = values.collect::<Result<Vec<_>>>()?;
        Ok(PartitionedFile::new_from_meta(file.meta).with_partition_values(values))
    }
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
        if listing.files.is_empty() {
            return Ok(Arc::new(EmptyExec::new(project_schema(&self.schema, projection)?)));
        }
        let files = listing.files.into_iter().map(|file| self.partitioned(file));
        let files = files.collect::<Result<Vec<_>>>()?;
        let groups = FileGroup::new(files).split_files(state.config().target_partitions());
        let schema = TableSchema::builder(Arc::clone(&self.in_files))
            .with_table_partition_cols(self.of_folders.clone())
            .build();
        let format = format.file_format(state);
        let config = FileScanConfigBuilder::new(listing.store, format.file_source(schema))
            .with_file_groups(groups)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        format.create_physical_plan(state, config).await
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
        };
        let sink = Arc::new(FileSink::new(target, encoding.clone()));
        Ok(Arc::new(DataSinkExec::new(input, sink, None)))
    }
}
