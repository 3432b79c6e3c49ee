//! Functions.

use super::database;
use super::pattern::Pattern;
use super::rows::{flag, flags, lists, rows, texts};
use crate::error::{Condition, Error, Result};
use crate::function::{builtin_names, is_builtin};
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::quote_parts;
use crate::planner::planned::Planned;
use crate::proto;
use crate::sql;

fn of_functions(names: &[String]) -> Result<Planned> {
    let none = || names.iter().map(|_| None);
    rows(vec![
        texts("name", true, names.iter().cloned().map(Some)),
        texts("catalog", true, none()),
        lists("namespace", names.iter().map(|_| None)),
        texts("description", true, none()),
        texts("className", true, names.iter().map(|_| Some(String::new()))),
        flags("isTemporary", names.iter().map(|_| true)),
    ])
}

pub(super) fn list(
    question: &proto::ListFunctions,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::ListFunctions { db_name, pattern } = question;
    if let Some(name) = db_name {
        database::find(name, planner)?;
    }
    let pattern = Pattern::new(pattern.as_deref());
    let mut names: Vec<String> = builtin_names().map(str::to_owned).collect();
    names.retain(|name| pattern.matches(name));
    of_functions(&names)
}

pub(super) fn get(question: &proto::GetFunction, planner: &SparkConnectPlanner) -> Result<Planned> {
    let proto::GetFunction { function_name, db_name } = question;
    let session = planner.session();
    if db_name.is_none()
        && let [name] = sql::parse_identifier(function_name)?.as_slice()
        && is_builtin(&name.to_lowercase())
    {
        return of_functions(&[name.to_lowercase()]);
    }
    let (catalog, current) = (session.current_catalog(), session.current_database());
    let name = match db_name {
        Some(database) => quote_parts([catalog.as_str(), database, function_name]),
        None => quote_parts(sql::parse_identifier(function_name)?.iter().map(String::as_str)),
    };
    Err(Error::analysis(
        Condition::UNRESOLVED_ROUTINE,
        [
            ("routineName", name),
            (
                "searchPath",
                format!(
                    "[`system`.`builtin`, `system`.`session`, {}]",
                    quote_parts([catalog.as_str(), &current])
                ),
            ),
        ],
    ))
}

pub(super) fn exists(question: &proto::FunctionExists) -> Result<Planned> {
    let proto::FunctionExists { function_name, db_name } = question;
    let parts = sql::parse_identifier(function_name)?;
    flag(match parts.as_slice() {
        [name] => db_name.is_none() && is_builtin(&name.to_lowercase()),
        _ => false,
    })
}
