//! Functions.

use std::sync::Arc;

use super::database;
use super::pattern::Pattern;
use super::rows::{flag, flags, lists, rows, texts};
use crate::error::{Condition, Error, Result};
use crate::function::{builtin_names, is_builtin};
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::quote_parts;
use crate::planner::planned::Planned;
use crate::proto;
use crate::session::routines::{Routine, Routines};
use crate::sql;

/// A function as the catalog tells of it.
struct Row {
    name: String,
    /// Catalog and database, if it is in one.
    place: Option<(String, String)>,
    description: Option<String>,
    class: String,
}

impl Row {
    fn built_in(name: &str) -> Self {
        Self { name: name.to_owned(), place: None, description: None, class: String::new() }
    }

    fn made(routine: &Routine) -> Self {
        let mut parts = routine.shown.rsplitn(3, '.').map(str::to_owned);
        let name = parts.next().unwrap_or_default();
        let place = parts.next().and_then(|database| Some((parts.next()?, database)));
        let function = &routine.function;
        let (description, class) = match &function.class {
            Some(class) => ("N/A.".to_owned(), class.clone()),
            None => (function.comment.clone().unwrap_or_default(), "sqlFunction.".to_owned()),
        };
        Self { name, place, description: Some(description), class }
    }
}

fn of_functions(found: &[Row]) -> Result<Planned> {
    let place = |row: &Row| row.place.clone();
    rows(vec![
        texts("name", true, found.iter().map(|row| Some(row.name.clone()))),
        texts("catalog", true, found.iter().map(|row| Some(place(row)?.0))),
        lists("namespace", found.iter().map(|row| Some(vec![place(row)?.1]))),
        texts("description", true, found.iter().map(|row| row.description.clone())),
        texts("className", true, found.iter().map(|row| Some(row.class.clone()))),
        flags("isTemporary", found.iter().map(|row| row.place.is_none())),
    ])
}

fn routines(planner: &SparkConnectPlanner) -> Arc<Routines> {
    planner.session().get_or_init(Routines::default)
}

pub(super) fn list(
    question: &proto::ListFunctions,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::ListFunctions { db_name, pattern } = question;
    let session = planner.session();
    let database = match db_name {
        Some(name) => {
            let found = database::find(name, planner)?;
            (found.catalog, found.name)
        }
        None => (session.current_catalog(), session.current_database()),
    };
    let pattern = Pattern::new(pattern.as_deref());
    let mut found: Vec<Row> = builtin_names().map(Row::built_in).collect();
    let routines = routines(planner);
    let made = routines.names().into_iter().filter_map(|name| routines.get(&name));
    let mut made: Vec<Row> = made.map(|routine| Row::made(&routine)).collect();
    // Temporary ones come first.
    made.sort_by_key(|row| row.place.is_some());
    found.extend(
        made.into_iter().filter(|row| row.place.as_ref().is_none_or(|own| *own == database)),
    );
    found.retain(|row| pattern.matches(&row.name));
    of_functions(&found)
}

/// The function of a name, with a database beside it or in it.
fn find(name: &str, database: Option<&str>, planner: &SparkConnectPlanner) -> Result<Option<Row>> {
    let session = planner.session();
    let routines = routines(planner);
    let in_database = |catalog: &str, database: &str, name: &str| {
        routines.get(&[catalog, database, name].join(".")).map(|routine| Row::made(&routine))
    };
    let (catalog, current) = (session.current_catalog(), session.current_database());
    if let Some(database) = database {
        return Ok(in_database(&catalog, database, name));
    }
    Ok(match sql::parse_identifier(name)?.as_slice() {
        [name] if is_builtin(&name.to_lowercase()) => Some(Row::built_in(&name.to_lowercase())),
        [name] => match routines.get(name) {
            Some(routine) => Some(Row::made(&routine)),
            None => in_database(&catalog, &current, name),
        },
        [database, name] => in_database(&catalog, database, name),
        [catalog, database, name] => in_database(catalog, database, name),
        _ => None,
    })
}

pub(super) fn get(question: &proto::GetFunction, planner: &SparkConnectPlanner) -> Result<Planned> {
    let proto::GetFunction { function_name, db_name } = question;
    if let Some(row) = find(function_name, db_name.as_deref(), planner)? {
        return of_functions(&[row]);
    }
    let session = planner.session();
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

pub(super) fn exists(
    question: &proto::FunctionExists,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::FunctionExists { function_name, db_name } = question;
    flag(find(function_name, db_name.as_deref(), planner)?.is_some())
}
