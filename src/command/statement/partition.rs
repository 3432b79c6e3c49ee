//! Partitions of a table, one by one.

use std::path::PathBuf;

use super::change::text_of;
use super::{Known, quoted};
use crate::catalog::Kind;
use crate::error::{Condition, Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::same_name;
use crate::source::{KnownPartitions, folder};
use crate::sql::action::Partition;

/// Names and values of a partition's columns.
type Values = Vec<(String, Option<String>)>;

/// Adds partitions, and folders for them.
pub(super) fn add(
    planner: &SparkConnectPlanner,
    table: &Known,
    partitions: &[Partition],
    if_not_exists: bool,
) -> Result<()> {
    let partitions = all(planner, table, partitions)?;
    let known = table.definition.partitions.as_deref().map(KnownPartitions::folders);
    let is_known =
        |values: &Values| known.as_ref().is_some_and(|own| own.contains(&folder(values)));
    if let Some(there) = partitions.iter().find(|values| is_known(values))
        && !if_not_exists
    {
        return Err(fault(Condition::PARTITIONS_ALREADY_EXIST, table, there));
    }
    for values in &partitions {
        let place = place(table)?.join(folder(values));
        std::fs::create_dir_all(place).map_err(|error| Error::internal(error.to_string()))?;
    }
    match &table.definition.partitions {
        Some(known) => known.change(|known| known.extend(partitions.iter().map(|own| folder(own)))),
        None => Ok(()),
    }
}

/// Forgets partitions, and removes their folders if the table owns them.
pub(super) fn drop_all(
    planner: &SparkConnectPlanner,
    table: &Known,
    partitions: &[Partition],
    if_exists: bool,
) -> Result<()> {
    let definition = &table.definition;
    let place = place(table)?;
    for values in all(planner, table, partitions)? {
        let own = folder(&values);
        let is_there = match &definition.partitions {
            Some(known) => known.folders().contains(&own),
            None => place.join(&own).is_dir(),
        };
        if !is_there {
            if if_exists {
                continue;
            }
            return Err(fault(Condition::PARTITIONS_NOT_FOUND, table, &values));
        }
        if let Some(known) = &definition.partitions {
            known.change(|known| known.retain(|folder| folder != &own))?;
        }
        let place = place.join(&own);
        if (definition.partitions.is_none() || definition.kind == Kind::Managed) && place.is_dir() {
            std::fs::remove_dir_all(place).map_err(|error| Error::internal(error.to_string()))?;
        }
    }
    Ok(())
}

fn fault(condition: Condition, table: &Known, values: &Values) -> Error {
    let shown = values
        .iter()
        .map(|(name, value)| format!("`{name}` = {}", value.as_deref().unwrap_or("null")));
    let shown = shown.collect::<Vec<_>>().join(", ");
    Error::analysis(
        condition,
        [
            ("partitionList", format!("PARTITION ({shown})")),
            ("tableName", quoted(&table.path()[1..])),
        ],
    )
}

/// Where folders of partitions are.
fn place(table: &Known) -> Result<PathBuf> {
    let path = table.definition.location.strip_prefix("file:");
    let path = path.ok_or_else(|| Error::unsupported("sql.partition_of_object_store"))?;
    Ok(PathBuf::from(format!("/{}", path.trim_start_matches('/'))))
}

/// The values of each column, in the order of the table's.
fn all(
    planner: &SparkConnectPlanner,
    table: &Known,
    partitions: &[Partition],
) -> Result<Vec<Values>> {
    partitions.iter().map(|partition| values(planner, table, partition)).collect()
}

fn values(planner: &SparkConnectPlanner, table: &Known, partition: &Partition) -> Result<Values> {
    let values = table.definition.partition_by.iter().map(|column| {
        let value = partition.iter().find(|(name, _)| same_name(name, column));
        let Some((_, Some(value))) = value else {
            return Err(Error::unsupported("sql.part_of_partition"));
        };
        Ok((column.clone(), text_of(planner, value)?))
    });
    values.collect()
}
