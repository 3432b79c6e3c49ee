//! `CREATE FUNCTION` and `DROP FUNCTION`.

use std::sync::Arc;

use super::quoted;
use crate::catalog::{find_database, name_of, schema_not_found};
use crate::error::{Condition, Error, Result};
use crate::expression::routine::check_class;
use crate::planner::SparkConnectPlanner;
use crate::session::routines::{Routine, Routines};
use crate::sql::action::CreateFunction;

pub(super) fn routines(planner: &SparkConnectPlanner) -> Arc<Routines> {
    planner.session().get_or_init(Routines::default)
}

/// The name that a function is kept and shown under.
fn shown(planner: &SparkConnectPlanner, name: &[String], temporary: bool) -> Result<String> {
    if temporary {
        return Ok(name.last().cloned().unwrap_or_default());
    }
    let full = name_of(planner.session(), name.to_vec())?;
    if find_database(&planner.state(), &full.catalog, &full.database).is_none() {
        return Err(schema_not_found(&full.catalog, &full.database));
    }
    Ok([full.catalog, full.database, full.table].join("."))
}

pub(super) fn create(planner: &SparkConnectPlanner, new: &CreateFunction) -> Result<()> {
    let shown = shown(planner, &new.name, new.temporary)?;
    let routines = routines(planner);
    if routines.get(&shown).is_some() && !new.replace {
        if new.if_not_exists {
            return Ok(());
        }
        return Err(Error::analysis(
            Condition::ROUTINE_ALREADY_EXISTS,
            [
                ("routineName", quoted(&new.name)),
                ("newRoutineType", "routine".to_owned()),
                ("existingRoutineType", "routine".to_owned()),
            ],
        ));
    }
    let routine = Routine { function: new.clone(), shown };
    if new.temporary {
        check_class(&routine)?;
    }
    routines.put(routine);
    Ok(())
}

pub(super) fn drop(
    planner: &SparkConnectPlanner,
    name: &[String],
    temporary: bool,
    if_exists: bool,
) -> Result<()> {
    let shown = shown(planner, name, temporary)?;
    if routines(planner).remove(&shown) || if_exists {
        return Ok(());
    }
    let name = match temporary {
        true => quoted(name),
        false => {
            let parts: Vec<String> = shown.split('.').skip(1).map(str::to_owned).collect();
            quoted(&parts)
        }
    };
    Err(Error::analysis(Condition::ROUTINE_NOT_FOUND, [("routineName", name)]))
}
