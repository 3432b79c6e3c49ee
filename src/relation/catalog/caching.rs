//! Tables and views whose rows are kept once they were read.

use super::rows::{flag, nothing};
use crate::error::Result;
use crate::execute::kept::{Kept, default_level};
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::proto;
use crate::sql;
use crate::sql::build;

/// The table or view of this name.
async fn named(text: &str, planner: &SparkConnectPlanner) -> Result<Planned> {
    let table = build::table(&sql::parse_identifier(text)?);
    Box::pin(planner.plan_relation(&table)).await
}

pub(super) async fn is_cached(
    question: &proto::IsCached,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::IsCached { table_name } = question;
    let table = named(table_name, planner).await?;
    flag(Kept::of(planner.session()).find(&table)?.is_some())
}

pub(super) async fn cache(
    question: &proto::CacheTable,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::CacheTable { table_name, storage_level } = question;
    let table = named(table_name, planner).await?;
    let level = storage_level.unwrap_or_else(default_level);
    Kept::of(planner.session()).cache(&table, level)?;
    nothing()
}

pub(super) async fn uncache(
    question: &proto::UncacheTable,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::UncacheTable { table_name } = question;
    let table = named(table_name, planner).await?;
    Kept::of(planner.session()).uncache(&table)?;
    nothing()
}

pub(super) fn clear(planner: &SparkConnectPlanner) -> Result<Planned> {
    Kept::of(planner.session()).clear();
    nothing()
}

/// Tables are listed anew at each use; what is kept of them is read again.
pub(super) async fn refresh(
    question: &proto::RefreshTable,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::RefreshTable { table_name } = question;
    named(table_name, planner).await?;
    refresh_all(planner).await
}

/// The same for whatever is read of a path.
pub(super) async fn refresh_all(planner: &SparkConnectPlanner) -> Result<Planned> {
    Kept::of(planner.session()).forget_rows(None).await;
    nothing()
}
