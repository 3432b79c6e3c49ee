//! Which tables the client wants to have in memory. It is only noted: rows are read
//! anew at each use.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::rows::{flag, nothing};
use crate::catalog::{find_database, name_of, table_not_found};
use crate::error::Result;
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::{quote_parts, same_name};
use crate::planner::planned::Planned;
use crate::proto;
use crate::relation::read::table::GLOBAL_TEMP;
use crate::sql;

/// Names of tables.
#[derive(Default)]
struct Cached(Mutex<BTreeSet<String>>);

impl Cached {
    fn with<T>(planner: &SparkConnectPlanner, work: impl FnOnce(&mut BTreeSet<String>) -> T) -> T {
        let cached = planner.session().get_or_init(Self::default);
        work(&mut cached.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The whole name of a table or view that is there.
fn key(text: &str, planner: &SparkConnectPlanner) -> Result<String> {
    let session = planner.session();
    let parts = sql::parse_identifier(text)?;
    match parts.as_slice() {
        [name] if session.views().get(name).is_some() => {
            return Ok(quote_parts([name.to_lowercase().as_str()]));
        }
        [database, name]
            if same_name(database, GLOBAL_TEMP) && session.global_views().get(name).is_some() =>
        {
            return Ok(quote_parts([GLOBAL_TEMP, name.to_lowercase().as_str()]));
        }
        _ => {}
    }
    let name = name_of(session, parts.clone())?;
    let database = find_database(&session.state(), &name.catalog, &name.database);
    let table = database.as_ref().and_then(|database| database.table_name(&name.table));
    match (database, table) {
        (Some(database), Some(table)) => {
            Ok(quote_parts(database.path(&table).iter().map(String::as_str)))
        }
        _ => Err(table_not_found(session, &parts)),
    }
}

pub(super) async fn is_cached(
    question: &proto::IsCached,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::IsCached { table_name } = question;
    let key = key(table_name, planner)?;
    flag(Cached::with(planner, |cached| cached.contains(&key)))
}

pub(super) async fn cache(
    question: &proto::CacheTable,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    // How rows are held does not change them.
    let proto::CacheTable { table_name, storage_level: _ } = question;
    let key = key(table_name, planner)?;
    Cached::with(planner, |cached| cached.insert(key));
    nothing()
}

pub(super) async fn uncache(
    question: &proto::UncacheTable,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::UncacheTable { table_name } = question;
    let key = key(table_name, planner)?;
    Cached::with(planner, |cached| cached.remove(&key));
    nothing()
}

pub(super) fn clear(planner: &SparkConnectPlanner) -> Result<Planned> {
    Cached::with(planner, BTreeSet::clear);
    nothing()
}

/// Tables are listed anew at each use: there is nothing to refresh.
pub(super) async fn refresh(
    question: &proto::RefreshTable,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::RefreshTable { table_name } = question;
    key(table_name, planner)?;
    nothing()
}
