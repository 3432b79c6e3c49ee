//! One commit: what changes, and what was read to know it. It goes into the log, or
//! another writer was first and it is refused.

use std::collections::HashMap;

use chrono::Utc;
use datafusion_spark_connect::Result;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties, TransactionError};
use deltalake::kernel::{Action, CommitInfo, IsolationLevel};
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaTable, DeltaTableError};
use serde_json::{Value, json};

use crate::conflict;
use crate::error::{Conflict, OrDelta as _};
use crate::filter::PartitionFilter;
use crate::table::snapshot;

/// How often a commit is tried while others commit what does not conflict.
const ATTEMPTS: usize = 100;
/// What wrote the commit.
const ENGINE: &str = concat!("datafusion-spark-connect/", env!("CARGO_PKG_VERSION"));

/// What a change was worked out from.
#[derive(Debug, Clone)]
pub(crate) enum Reads {
    /// Nothing of the table: rows are added to whatever is there.
    Nothing,
    /// The files that it replaces.
    Replaced,
    /// All rows, or those of some partitions.
    Rows(Option<PartitionFilter>),
}

/// What the history says of a commit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Operation {
    name: &'static str,
    parameters: Vec<(&'static str, String)>,
    metrics: Vec<(&'static str, i64)>,
    user_metadata: Option<String>,
}

impl Operation {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    /// With a parameter, as text.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parameters.push((name, value.into()));
        self
    }

    /// With a parameter in JSON.
    #[must_use]
    pub(crate) fn with_json(self, name: &'static str, value: &Value) -> Self {
        self.with(name, value.to_string())
    }

    /// With a condition, as Delta writes conditions.
    #[must_use]
    pub(crate) fn with_predicate(self, condition: Option<&str>) -> Self {
        self.with_json("predicate", &condition.map_or_else(|| json!([]), |text| json!([text])))
    }

    /// With counts.
    #[must_use]
    pub(crate) fn measured(
        mut self,
        metrics: impl IntoIterator<Item = (&'static str, i64)>,
    ) -> Self {
        self.metrics.extend(metrics);
        self
    }

    /// With words of the user's.
    #[must_use]
    pub(crate) fn said(mut self, user_metadata: Option<String>) -> Self {
        self.user_metadata = user_metadata;
        self
    }
}

/// See the module.
pub(crate) struct Commit {
    /// The table as it was read; without a state if it is being made.
    pub(crate) table: DeltaTable,
    pub(crate) actions: Vec<Action>,
    pub(crate) reads: Reads,
    pub(crate) operation: Operation,
}

impl Commit {
    /// Puts it into the log; gives its version.
    ///
    /// # Errors
    /// One of the exceptions of `delta.exceptions` if another writer was first.
    pub(crate) async fn run(self) -> Result<u64> {
        let mut actions = self.actions.clone();
        actions.insert(0, Action::CommitInfo(self.info()));
        if self.table.version().is_none() {
            return self.first(actions).await;
        }
        let mut base = self.table.clone();
        for _ in 0..ATTEMPTS {
            self.catch_up(&mut base).await?;
            match attempt(&base, actions.clone(), self.checked_as()).await {
                Ok(version) => return Ok(version),
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(crate::error::from_delta(error)),
            }
        }
        Err(Conflict::Write.error(base.version()))
    }

    /// The commit that makes the table.
    async fn first(&self, actions: Vec<Action>) -> Result<u64> {
        let operation = self.checked_as();
        let commit = builder(actions).build(None, self.table.log_store(), operation).await;
        match commit {
            Ok(done) => Ok(done.version),
            Err(error) if is_lost_race(&error) => Err(Conflict::Protocol.error(Some(0))),
            Err(error) => Err(crate::error::from_delta(error)),
        }
    }

    /// Looks at what others committed since the table was read.
    async fn catch_up(&self, base: &mut DeltaTable) -> Result<()> {
        let store = base.log_store();
        let known = base.version().unwrap_or_default();
        let latest = store.get_latest_version(known).await.or_delta()?;
        for version in known + 1..=latest {
            let bytes = store.read_commit_entry(version).await.or_delta()?;
            let bytes = bytes.ok_or_else(|| Conflict::Write.error(Some(version)))?;
            let theirs = deltalake::logstore::get_actions(version, &bytes).or_delta()?;
            if let Some(conflict) = conflict::between(self, &theirs)? {
                return Err(conflict.error(Some(version)));
            }
        }
        if latest > known {
            base.update_incremental(Some(latest)).await.or_delta()?;
        }
        Ok(())
    }

    /// Whether rows of the table change, rather than only where they are.
    pub(crate) fn changes_data(&self) -> bool {
        self.actions.iter().any(|action| match action {
            Action::Add(add) => add.data_change,
            Action::Remove(remove) => remove.data_change,
            _ => false,
        })
    }

    /// Name and parameters are in the actions; this only says which checks apply.
    fn checked_as(&self) -> DeltaOperation {
        match self.operation.name {
            // It may take back what was only ever added.
            "RESTORE" => DeltaOperation::Restore { version: None, datetime: None },
            _ => DeltaOperation::Write {
                mode: SaveMode::Append,
                partition_by: None,
                predicate: None,
            },
        }
    }

    fn info(&self) -> CommitInfo {
        let text = |(name, value): &(&str, String)| ((*name).to_owned(), json!(value));
        let count = |(name, value): &(&str, i64)| ((*name).to_owned(), json!(value.to_string()));
        let metrics: serde_json::Map<_, _> = self.operation.metrics.iter().map(count).collect();
        let only_adds =
            self.actions.iter().all(|action| matches!(action, Action::Add(_) | Action::Txn(_)));
        let blind = matches!(self.reads, Reads::Nothing) && only_adds && !self.actions.is_empty();
        let isolation = match self.changes_data() {
            true => IsolationLevel::Serializable,
            false => IsolationLevel::SnapshotIsolation,
        };
        CommitInfo {
            timestamp: Some(Utc::now().timestamp_millis()),
            operation: Some(self.operation.name.to_owned()),
            operation_parameters: Some(self.operation.parameters.iter().map(text).collect()),
            read_version: self.table.version(),
            isolation_level: Some(isolation),
            is_blind_append: Some(blind),
            engine_info: Some(ENGINE.to_owned()),
            user_metadata: self.operation.user_metadata.clone(),
            info: HashMap::from([
                ("operationMetrics".to_owned(), Value::Object(metrics)),
                ("txnId".to_owned(), json!(uuid::Uuid::new_v4().to_string())),
            ]),
            ..CommitInfo::default()
        }
    }
}

/// Conflicts are told here and not there, so that nothing is tried again blindly.
fn builder(actions: Vec<Action>) -> CommitBuilder {
    CommitBuilder::from(CommitProperties::default().with_max_retries(0)).with_actions(actions)
}

async fn attempt(
    base: &DeltaTable,
    actions: Vec<Action>,
    operation: DeltaOperation,
) -> Result<u64, DeltaTableError> {
    let snapshot = base.snapshot()?.snapshot();
    let commit = builder(actions).build(Some(snapshot), base.log_store(), operation);
    Ok(commit.await?.version)
}

fn is_lost_race(error: &DeltaTableError) -> bool {
    matches!(
        error,
        DeltaTableError::VersionAlreadyExists(_)
            | DeltaTableError::Transaction {
                source: TransactionError::MaxCommitAttempts(_)
                    | TransactionError::VersionAlreadyExists(_)
                    | TransactionError::CommitConflict(_)
            }
    )
}

/// # Errors
/// If the table asks for what this cannot write, or allows no more than adding rows.
pub(crate) fn check_writable(table: &DeltaTable, only_adds: bool) -> Result<()> {
    use deltalake::kernel::transaction::PROTOCOL;
    let snapshot = snapshot(table)?;
    let transaction = |source| crate::error::from_delta(DeltaTableError::Transaction { source });
    PROTOCOL.can_write_to(snapshot).map_err(transaction)?;
    crate::protocol::check_written(snapshot)?;
    match only_adds {
        true => Ok(()),
        false => PROTOCOL.check_append_only(snapshot).map_err(transaction),
    }
}
