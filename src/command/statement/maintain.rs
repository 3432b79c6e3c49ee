//! Statements about a table as a whole.

use super::{SESSION, catalog, quoted, required};
use crate::error::{Condition, Error, Result};
use crate::execute;
use crate::execute::kept::Kept;
use crate::planner::SparkConnectPlanner;
use crate::proto;
use crate::proto::catalog::CatType;
use crate::proto::{Relation, StorageLevel};
use crate::sql::build;

pub(super) async fn cache(
    planner: &SparkConnectPlanner,
    name: &[String],
    query: Option<&Relation>,
    level: Option<&str>,
    lazy: bool,
) -> Result<()> {
    let level = level.map(storage_level).transpose()?;
    if let Some(query) = query {
        let planned = planner.plan_relation(query).await?;
        let view = name.last().map(String::as_str).unwrap_or_default();
        planner.session().views().create(view, planned, false)?;
    }
    let question = proto::CacheTable { table_name: quoted(name), storage_level: level };
    catalog(planner, CatType::CacheTable(question)).await?;
    if lazy {
        return Ok(());
    }
    let table = planner.plan_relation(&build::table(name)).await?;
    execute::drain(planner, &table).await
}

/// The storage level of this name.
fn storage_level(name: &str) -> Result<StorageLevel> {
    let level = |use_disk, use_memory, use_off_heap, deserialized, replication| StorageLevel {
        use_disk,
        use_memory,
        use_off_heap,
        deserialized,
        replication,
    };
    Ok(match name.to_uppercase().as_str() {
        "NONE" => level(false, false, false, false, 1),
        "DISK_ONLY" => level(true, false, false, false, 1),
        "DISK_ONLY_2" => level(true, false, false, false, 2),
        "DISK_ONLY_3" => level(true, false, false, false, 3),
        "MEMORY_ONLY" => level(false, true, false, true, 1),
        "MEMORY_ONLY_2" => level(false, true, false, true, 2),
        "MEMORY_ONLY_SER" => level(false, true, false, false, 1),
        "MEMORY_ONLY_SER_2" => level(false, true, false, false, 2),
        "MEMORY_AND_DISK" => level(true, true, false, true, 1),
        "MEMORY_AND_DISK_2" => level(true, true, false, true, 2),
        "MEMORY_AND_DISK_SER" => level(true, true, false, false, 1),
        "MEMORY_AND_DISK_SER_2" => level(true, true, false, false, 2),
        "OFF_HEAP" => level(true, true, true, false, 1),
        _ => return Err(Error::illegal_argument(format!("Invalid StorageLevel: {name}"))),
    })
}

pub(super) async fn uncache(
    planner: &SparkConnectPlanner,
    name: &[String],
    if_exists: bool,
) -> Result<()> {
    let question = proto::UncacheTable { table_name: quoted(name) };
    match catalog(planner, CatType::UncacheTable(question)).await {
        Err(Error::Analysis(_)) if if_exists => Ok(()),
        other => other.map(drop),
    }
}

pub(super) async fn clear(planner: &SparkConnectPlanner) -> Result<()> {
    catalog(planner, CatType::ClearCache(proto::ClearCache {})).await.map(drop)
}

pub(super) async fn refresh(
    planner: &SparkConnectPlanner,
    name: Option<&Vec<String>>,
) -> Result<()> {
    let Some(name) = name else { return Ok(()) };
    let question = proto::RefreshTable { table_name: quoted(name) };
    catalog(planner, CatType::RefreshTable(question)).await.map(drop)
}

pub(super) async fn truncate(planner: &SparkConnectPlanner, name: &[String]) -> Result<()> {
    let known = required(planner, name, SESSION)?;
    refuse_view(&known, "TRUNCATE TABLE")?;
    let question = proto::TruncateTable { table_name: quoted(name) };
    catalog(planner, CatType::TruncateTable(question)).await.map(drop)
}

/// # Errors
/// If it is a view.
pub(super) fn refuse_view(known: &super::Known, operation: &str) -> Result<()> {
    if !known.definition.is_view() {
        return Ok(());
    }
    Err(Error::analysis(
        Condition::EXPECT_TABLE_NOT_VIEW,
        [("viewName", quoted(&known.path())), ("operation", operation.to_owned())],
    ))
}

pub(super) async fn analyze(
    planner: &SparkConnectPlanner,
    name: Option<&Vec<String>>,
) -> Result<()> {
    let Some(name) = name else { return Ok(()) };
    let question = proto::AnalyzeTable { table_name: quoted(name), no_scan: false };
    catalog(planner, CatType::AnalyzeTable(question)).await.map(drop)
}

/// Takes partitions for those of a table that are there, and those that are gone for none
/// of it, as asked for.
pub(super) async fn repair(
    planner: &SparkConnectPlanner,
    name: &[String],
    operation: &str,
    (add, drop): (bool, bool),
) -> Result<()> {
    refuse_temporary_view(planner, name, operation)?;
    let known = required(planner, name, SESSION)?;
    refuse_view(&known, operation)?;
    recover(planner, &known, operation, (add, drop)).await
}

/// The same for a table that is found.
pub(super) async fn recover(
    planner: &SparkConnectPlanner,
    known: &super::Known,
    operation: &str,
    (add, drop): (bool, bool),
) -> Result<()> {
    if known.definition.partition_by.is_empty() {
        return Err(Error::analysis(
            Condition::NOT_A_PARTITIONED_TABLE,
            [("operation", operation.to_owned()), ("tableIdentWithDB", quoted(&known.path()))],
        ));
    }
    crate::catalog::recover(&known.definition, &planner.state(), add, drop).await?;
    Kept::of(planner.session()).forget_rows(None).await;
    Ok(())
}

/// # Errors
/// If it is a view of the session.
pub(super) fn refuse_temporary_view(
    planner: &SparkConnectPlanner,
    name: &[String],
    operation: &str,
) -> Result<()> {
    match name {
        [view] if planner.session().views().get(view).is_some() => Err(Error::analysis(
            Condition::EXPECT_TABLE_NOT_VIEW,
            [("viewName", quoted(name)), ("operation", operation.to_owned())],
        )),
        _ => Ok(()),
    }
}
