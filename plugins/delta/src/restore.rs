//! RESTORE: an older version becomes the newest.

use std::collections::HashSet;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion_spark_connect::{Error, Planned, Result, SparkConnectPlanner};
use deltalake::kernel::Action;
use deltalake::logstore::object_store::ObjectStoreExt as _;
use deltalake::{DeltaTable, ObjectStoreError, Path};

use crate::commit::{Commit, Operation, Reads, check_writable};
use crate::dml;
use crate::error::{analysis, illegal_argument};
use crate::files::{self, DataFile};
use crate::proto::RestoreTable;
use crate::proto::restore_table::VersionOrTimestamp;
use crate::rows;
use crate::table::{At, Location, parse_time, snapshot};

const COUNTS: [&str; 6] = [
    "table_size_after_restore",
    "num_of_files_after_restore",
    "num_removed_files",
    "num_restored_files",
    "removed_files_size",
    "restored_files_size",
];

pub(crate) fn schema() -> SchemaRef {
    dml::counts(&COUNTS)
}

pub(crate) async fn restore(
    message: &RestoreTable,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let RestoreTable { table, version_or_timestamp } = message;
    let location = Location::of(table.as_ref(), planner).await?;
    let now = location.open().await?;
    check_writable(&now, true)?;
    let asked = version_or_timestamp.as_ref();
    let asked = asked.ok_or_else(|| Error::missing_field("version_or_timestamp"))?;
    let (at, operation) = match asked {
        VersionOrTimestamp::Version(version) => {
            let latest = now.version().unwrap_or_default();
            let found = u64::try_from(*version).ok().filter(|version| *version <= latest);
            let found = found.ok_or_else(|| out_of_range(*version, latest))?;
            (At::Version(found), Operation::new("RESTORE").with("version", version.to_string()))
        }
        VersionOrTimestamp::Timestamp(text) => {
            let at = At::Timestamp(parse_time(text, planner)?);
            (at, Operation::new("RESTORE").with("timestamp", text))
        }
    };
    let then = location.open_at(&at).await?;
    let change = Change::between(&now, &then)?;
    change.check_files(&now).await?;
    let counts = change.counts();
    let operation = operation.measured([
        ("tableSizeAfterRestore", counts[0]),
        ("numOfFilesAfterRestore", counts[1]),
        ("numRemovedFiles", counts[2]),
        ("numRestoredFiles", counts[3]),
        ("removedFilesSize", counts[4]),
        ("restoredFilesSize", counts[5]),
    ]);
    let actions = change.actions(&now, &then)?;
    Commit { table: now, actions, reads: Reads::Rows(None), operation }.run().await?;
    let counts: Vec<_> = COUNTS.into_iter().zip(counts).collect();
    rows::counts(&counts)
}

/// What makes one version of another.
struct Change {
    after: Vec<DataFile>,
    removed: Vec<DataFile>,
    restored: Vec<DataFile>,
}

impl Change {
    fn between(now: &DeltaTable, then: &DeltaTable) -> Result<Self> {
        let (current, after) = (files::of(now)?, files::of(then)?);
        let (here, there): (HashSet<_>, HashSet<_>) = (
            current.iter().map(DataFile::identity).collect(),
            after.iter().map(DataFile::identity).collect(),
        );
        let removed = current.iter().filter(|file| !there.contains(&file.identity())).cloned();
        let restored = after.iter().filter(|file| !here.contains(&file.identity())).cloned();
        Ok(Self { removed: removed.collect(), restored: restored.collect(), after })
    }

    fn counts(&self) -> [i64; 6] {
        let size = |files: &[DataFile]| files.iter().map(|file| file.size).sum();
        [
            size(&self.after),
            dml::count(&self.after),
            dml::count(&self.removed),
            dml::count(&self.restored),
            size(&self.removed),
            size(&self.restored),
        ]
    }

    /// # Errors
    /// If a vacuum took files that are needed.
    async fn check_files(&self, table: &DeltaTable) -> Result<()> {
        let store = table.log_store().object_store(None);
        for file in &self.restored {
            match store.head(&Path::from(file.path.as_str())).await {
                Ok(_) => {}
                Err(ObjectStoreError::NotFound { .. }) => return Err(missing_file(&file.path)),
                Err(other) => return Err(crate::error::from_delta(other.into())),
            }
        }
        Ok(())
    }

    fn actions(&self, now: &DeltaTable, then: &DeltaTable) -> Result<Vec<Action>> {
        let mut actions: Vec<_> = self.removed.iter().map(|file| file.remove(true)).collect();
        actions.extend(self.restored.iter().map(|file| Action::Add(file.add())));
        let metadata = snapshot(then)?.metadata();
        if snapshot(now)?.metadata() != metadata {
            actions.push(Action::Metadata(metadata.clone()));
        }
        Ok(actions)
    }
}

fn out_of_range(version: i64, latest: u64) -> Error {
    analysis(
        "DELTA_CANNOT_RESTORE_TABLE_VERSION",
        "22003",
        format!("Cannot restore table to version {version}. Available versions: [0, {latest}]."),
        &[
            ("version", &version.to_string()),
            ("startVersion", "0"),
            ("endVersion", &latest.to_string()),
        ],
    )
}

fn missing_file(path: &str) -> Error {
    illegal_argument(
        "DELTA_RESTORE_MISSING_FILES",
        "42K03",
        format!(
            "Not all files of the version are there any more: {path} is missing. It may have \
             been deleted by VACUUM or by hand."
        ),
        &[("path", path)],
    )
}
