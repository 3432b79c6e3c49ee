//! Rows into files of a table, none of which is part of it before a commit.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringArray};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion_spark_connect::{Error, Result, SparkConnectPlanner};
use deltalake::DeltaTable;
use deltalake::datafile::writer::{DeltaWriter, WriterConfig};
use deltalake::kernel::{Action, Add, AddCDCFile};
use deltalake::logstore::ObjectStoreRef;
use deltalake::logstore::object_store::prefix::PrefixStore;

use super::checks::Checks;
use super::layout::Layout;
use crate::error::OrDelta as _;

const CHANGES_FOLDER: &str = "_change_data";

/// Writes rows that come in Spark's types, in the order of the table's columns.
pub(crate) struct TableWriter {
    layout: Layout,
    checks: Checks,
    store: ObjectStoreRef,
    rows: Guarded,
    changes: Option<Guarded>,
    /// Whether the rows are new to the table, rather than only elsewhere in it.
    data_change: bool,
}

/// What was written.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) adds: Vec<Add>,
    changes: Vec<AddCDCFile>,
}

impl Written {
    pub(crate) fn bytes(&self) -> i64 {
        self.adds.iter().map(|add| add.size).sum()
    }

    pub(crate) fn files(&self) -> i64 {
        i64::try_from(self.adds.len()).unwrap_or(i64::MAX)
    }

    /// Whether changes were recorded.
    pub(crate) fn has_changes(&self) -> bool {
        !self.changes.is_empty()
    }

    pub(crate) fn actions(self) -> impl Iterator<Item = Action> {
        let adds = self.adds.into_iter().map(Action::Add);
        adds.chain(self.changes.into_iter().map(Action::Cdc))
    }
}

impl TableWriter {
    /// A writer of rows that the table's constraints are asked about.
    pub(crate) fn new(
        table: &DeltaTable,
        layout: &Layout,
        planner: &SparkConnectPlanner,
    ) -> Result<Self> {
        let checks = Checks::of(layout, planner)?;
        Ok(Self { checks, ..Self::of_known_rows(table, layout) })
    }

    /// A writer of rows that are the table's already.
    pub(crate) fn of_known_rows(table: &DeltaTable, layout: &Layout) -> Self {
        let store = table.log_store().object_store(None);
        Self {
            layout: layout.clone(),
            checks: Checks::default(),
            rows: Guarded::new(Arc::clone(&store), layout.config()),
            store,
            changes: None,
            data_change: true,
        }
    }

    /// The same, where the rows are only put elsewhere.
    #[must_use]
    pub(crate) fn moving(mut self) -> Self {
        self.data_change = false;
        self
    }

    pub(crate) async fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        if rows.num_rows() == 0 {
            return Ok(());
        }
        self.checks.run(rows)?;
        self.rows.write(&self.layout.stored(rows)?).await
    }

    /// Records what happened to rows.
    pub(crate) async fn write_change(&mut self, rows: &RecordBatch, change: &str) -> Result<()> {
        if rows.num_rows() == 0 {
            return Ok(());
        }
        let kinds: ArrayRef =
            Arc::new(StringArray::from_iter_values(std::iter::repeat_n(change, rows.num_rows())));
        let batch = self.layout.changed(rows, kinds)?;
        let writer = self.changes.get_or_insert_with(|| {
            let store = PrefixStore::new(Arc::clone(&self.store), CHANGES_FOLDER);
            Guarded::new(Arc::new(store), self.layout.changes_config())
        });
        writer.write(&batch).await
    }

    /// Ends the files.
    pub(crate) async fn finish(self) -> Result<Written> {
        let mut adds = self.rows.close().await?;
        adds.iter_mut().for_each(|add| add.data_change = self.data_change);
        let changes = match self.changes {
            Some(changes) => changes.close().await?,
            None => Vec::new(),
        };
        let changes = changes.into_iter().map(|add| AddCDCFile {
            path: format!("{CHANGES_FOLDER}/{}", add.path),
            size: add.size,
            partition_values: add.partition_values,
            data_change: false,
            tags: add.tags,
        });
        Ok(Written { adds, changes: changes.collect() })
    }
}

/// A writer whose unfinished files go away when it is dropped: on errors, and when
/// the client interrupts.
struct Guarded(Option<DeltaWriter>);

impl Guarded {
    fn new(store: ObjectStoreRef, config: WriterConfig) -> Self {
        Self(Some(DeltaWriter::new(store, config)))
    }

    async fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        self.0.as_mut().ok_or_else(closed)?.write(rows).await.or_delta()
    }

    async fn close(mut self) -> Result<Vec<Add>> {
        self.0.take().ok_or_else(closed)?.close().await.or_delta()
    }
}

fn closed() -> Error {
    Error::internal("a closed file is written to")
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let (Some(writer), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        runtime.spawn(async move {
            if let Err(error) = writer.abort().await {
                log::warn!("unfinished files are left behind: {error}");
            }
        });
    }
}
