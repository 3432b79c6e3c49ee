//! What a table was made with, as text.

use std::fmt::Write as _;

use super::rows::{rows, text, texts};
use super::table::defined;
use crate::catalog::{TableDefinition, list_partitions};
use crate::error::{Condition, Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::quote_parts;
use crate::planner::planned::Planned;
use crate::proto;
use crate::types;

pub(super) async fn partitions(
    question: &proto::ListPartitions,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::ListPartitions { table_name } = question;
    let (database, definition) = defined(table_name, planner)?;
    if definition.partition_by.is_empty() {
        let path = database.path(&definition.name);
        return Err(Error::analysis(
            Condition::PARTITION_SCHEMA_IS_EMPTY,
            [("name", quote_parts(path.iter().map(String::as_str)))],
        ));
    }
    let found = list_partitions(&definition, &planner.state()).await?;
    rows(vec![texts("partition", true, found.into_iter().map(Some))])
}

pub(super) fn properties(
    question: &proto::GetTableProperties,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::GetTableProperties { table_name } = question;
    let (_, definition) = defined(table_name, planner)?;
    rows(vec![
        texts("key", false, definition.properties.keys().cloned().map(Some)),
        texts("value", true, definition.properties.values().cloned().map(Some)),
    ])
}

pub(super) fn create_string(
    question: &proto::GetCreateTableString,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::GetCreateTableString { table_name, as_serde } = question;
    let (database, definition) = defined(table_name, planner)?;
    let path = database.path(&definition.name);
    if *as_serde {
        return Err(Error::analysis(
            Condition::SHOW_CREATE_TABLE_AS_SERDE,
            [("tableName", quote_parts(path.iter().map(String::as_str)))],
        ));
    }
    text(&statement(&path.join("."), &definition))
}

/// The statement that makes the table.
pub(crate) fn statement(name: &str, definition: &TableDefinition) -> String {
    let columns = types::ddl_columns(&definition.schema).join(",\n  ");
    let mut text = match &definition.text {
        Some(query) => {
            let names = types::field_names(&definition.schema).join(",\n  ");
            return format!(
                "CREATE VIEW {name} (\n  {names})\nWITH SCHEMA COMPENSATION\nAS {query}\n"
            );
        }
        None => format!("CREATE TABLE {name} (\n  {columns})\nUSING {}\n", definition.provider),
    };
    let pairs = |pairs: &std::collections::BTreeMap<String, String>| {
        let quote = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
        let lines = pairs.iter().map(|(key, value)| format!("{} = {}", quote(key), quote(value)));
        lines.collect::<Vec<_>>().join(",\n  ")
    };
    if !definition.options.is_empty() {
        let _ = write!(text, "OPTIONS (\n  {})\n", pairs(&definition.options));
    }
    if !definition.partition_by.is_empty() {
        let _ = writeln!(text, "PARTITIONED BY ({})", definition.partition_by.join(", "));
    }
    if let Some(buckets) = &definition.buckets {
        let _ = writeln!(text, "CLUSTERED BY ({})", buckets.columns.join(", "));
        if !buckets.sort_columns.is_empty() {
            let _ = writeln!(text, "SORTED BY ({})", buckets.sort_columns.join(", "));
        }
        let _ = writeln!(text, "INTO {} BUCKETS", buckets.count);
    }
    if let Some(comment) = &definition.comment {
        let _ = writeln!(text, "COMMENT '{}'", comment.replace('\'', "\\'"));
    }
    if definition.kind == crate::catalog::Kind::External {
        let _ = writeln!(text, "LOCATION '{}'", definition.location);
    }
    if !definition.properties.is_empty() {
        let _ = write!(text, "TBLPROPERTIES (\n  {})\n", pairs(&definition.properties));
    }
    text
}
