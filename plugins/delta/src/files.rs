//! The data files of a version of a table.

use std::collections::HashMap;

use datafusion_spark_connect::Result;
use deltalake::DeltaTable;
use deltalake::kernel::{Action, Add, LogicalFileView};
use percent_encoding::percent_decode_str;
use url::Url;

use crate::error::OrDelta as _;
use crate::table::snapshot;

/// Values of partition columns as the log has them, by column.
pub(crate) type Partition = HashMap<String, Option<String>>;

/// A file that is part of the table.
#[derive(Clone)]
pub(crate) struct DataFile {
    /// Its path in the table, or its URL if it is another table's.
    pub(crate) path: String,
    pub(crate) size: i64,
    /// How many rows of it are the table's; none if nobody counted them.
    pub(crate) rows: Option<i64>,
    pub(crate) partition: Partition,
    view: LogicalFileView,
}

impl DataFile {
    fn new(view: LogicalFileView) -> Self {
        let deleted = view.deletion_vector_descriptor().map_or(0, |vector| vector.cardinality);
        let rows = view.num_records().and_then(|rows| i64::try_from(rows).ok());
        Self {
            path: view.path().into_owned(),
            size: view.size(),
            rows: rows.map(|rows| rows.saturating_sub(deleted)),
            partition: view.partition_values_map(),
            view,
        }
    }

    /// The action that takes the file out of the table.
    pub(crate) fn remove(&self, data_change: bool) -> Action {
        Action::Remove(self.view.remove_action(data_change))
    }

    /// What names the file to a reader.
    pub(crate) fn key(&self) -> Add {
        Add { path: self.path.clone(), ..Add::default() }
    }

    /// The action that puts the file into a table as it is.
    pub(crate) fn add(&self) -> Add {
        Add {
            path: self.path.clone(),
            partition_values: self.partition.clone(),
            size: self.size,
            modification_time: self.view.modification_time(),
            data_change: true,
            stats: self.view.stats(),
            deletion_vector: self.view.deletion_vector_descriptor(),
            ..Add::default()
        }
    }

    /// What tells it from others: one file may be there with more rows deleted.
    pub(crate) fn identity(&self) -> (String, Option<String>) {
        let vector = self.view.deletion_vector_descriptor();
        let vector = vector.map(|v| format!("{}{:?}", v.path_or_inline_dv, v.offset));
        (self.path.clone(), vector)
    }

    /// Whether some of its rows are deleted by a vector beside it.
    pub(crate) fn has_deletion_vector(&self) -> bool {
        self.view.deletion_vector_descriptor().is_some()
    }
}

/// All files of the version that is loaded.
pub(crate) fn of(table: &DeltaTable) -> Result<Vec<DataFile>> {
    Ok(snapshot(table)?.try_log_data().or_delta()?.iter().map(DataFile::new).collect())
}

/// The path of a file by what the reader calls it.
pub(crate) fn path_of(file_id: &str, root: &Url) -> String {
    let root = root.as_str();
    let relative = file_id.strip_prefix(root).map(|rest| rest.trim_start_matches('/'));
    percent_decode_str(relative.unwrap_or(file_id)).decode_utf8_lossy().into_owned()
}
