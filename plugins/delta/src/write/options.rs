//! Options of a write.

use std::collections::{BTreeMap, HashMap};

use datafusion::arrow::datatypes::SchemaRef;
use datafusion_spark_connect::plugin::{SessionHandle, TABLE_COMMENT, TABLE_PROPERTY};
use datafusion_spark_connect::{Error, Result};

use crate::error::illegal_argument;

/// What becomes of rows that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Existing {
    /// There must be no table.
    Refuse,
    /// They stay, or go where an overwrite says so.
    #[default]
    Keep,
    /// The table is replaced.
    Replace,
}

/// How rows are written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Writing {
    pub(crate) session: SessionHandle,
    pub(crate) existing: Existing,
    pub(crate) partition_by: Vec<String>,
    pub(crate) merge_schema: bool,
    pub(crate) overwrite_schema: bool,
    pub(crate) replace_where: Option<String>,
    /// `dynamic` or `static`; the session's if there is none.
    pub(crate) partition_overwrite: Option<String>,
    pub(crate) user_metadata: Option<String>,
    /// An application and how far it is.
    pub(crate) transaction: Option<(String, i64)>,
    /// False where rows are only put elsewhere.
    pub(crate) moves: bool,
    /// The columns of a table that is made, if they were declared.
    pub(crate) columns: Option<SchemaRef>,
    /// Properties for a table that is made.
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) comment: Option<String>,
}

impl Writing {
    /// Reads options; those that Delta does not know it ignores, and so does this.
    pub(crate) fn of(session: SessionHandle, options: &HashMap<String, String>) -> Result<Self> {
        let mut writing = Self { session, ..Self::default() };
        let mut application = None;
        let mut version = None;
        for (key, value) in options {
            match key.to_lowercase().as_str() {
                "mergeschema" => writing.merge_schema = boolean(key, value)?,
                "overwriteschema" => writing.overwrite_schema = boolean(key, value)?,
                "replacewhere" => writing.replace_where = Some(value.clone()),
                "partitionoverwritemode" => writing.partition_overwrite = Some(mode(value)?),
                "usermetadata" => writing.user_metadata = Some(value.clone()),
                "datachange" => writing.moves = !boolean(key, value)?,
                "txnappid" => application = Some(value.clone()),
                "txnversion" => version = Some(number(key, value)?),
                lower if lower.starts_with("delta.") => {
                    writing.properties.insert(key.clone(), value.clone());
                }
                "replaceon" | "replaceusing" | "clusterby" => {
                    return Err(Error::unsupported(format!("delta.write.{}", key.to_lowercase())));
                }
                _ => {}
            }
        }
        writing.transaction = application.zip(version);
        Ok(writing)
    }

    /// Takes what a statement said of the table beside its columns.
    pub(crate) fn describe(&mut self, metadata: &HashMap<String, String>) {
        self.comment = metadata.get(TABLE_COMMENT).cloned();
        for (key, value) in metadata {
            if let Some(key) = key.strip_prefix(TABLE_PROPERTY) {
                self.properties.insert(key.to_owned(), value.clone());
            }
        }
    }
}

fn boolean(key: &str, value: &str) -> Result<bool> {
    match value.to_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(illegal(key, value, "must be 'true' or 'false'")),
    }
}

fn number(key: &str, value: &str) -> Result<i64> {
    value.parse().map_err(|_| illegal(key, value, "must be a number"))
}

fn mode(value: &str) -> Result<String> {
    match value.to_lowercase().as_str() {
        known @ ("static" | "dynamic") => Ok(known.to_owned()),
        _ => Err(illegal("partitionOverwriteMode", value, "must be 'STATIC' or 'DYNAMIC'")),
    }
}

fn illegal(key: &str, value: &str, why: &str) -> Error {
    illegal_argument(
        "DELTA_ILLEGAL_OPTION",
        "42616",
        format!("Invalid value '{value}' for option '{key}', {why}."),
        &[("name", key), ("input", value), ("explain", why)],
    )
}
