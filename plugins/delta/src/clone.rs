//! CLONE.

use datafusion_spark_connect::{Result, SparkConnectPlanner};

use crate::error::unsupported;
use crate::proto::CloneTable;

/// Both kinds are refused: a shallow clone names files of another table, which
/// `deltalake` does not read, and Delta has no deep ones outside Databricks.
pub(crate) async fn clone(message: &CloneTable, _planner: &SparkConnectPlanner) -> Result<()> {
    match message.is_shallow {
        true => unsupported("clone.shallow", "files of another table cannot be part of a table"),
        false => unsupported("clone.deep", "Delta Lake has none; write the rows to a new table"),
    }
}
