//! Loops whose steps are expressions of the client: relations all the way, each step's
//! result in a table before the next begins.

mod neighbors;
mod vertex_programs;

use std::sync::Arc;

use datafusion::common::DFSchema;
use datafusion::logical_expr::{EmptyRelation, LogicalPlan};
use datafusion_spark_connect::{Planned, Result};

use crate::relation::quoted;

/// A relation with the same columns and no rows, to find out what a step makes of them.
fn without_rows(planned: &Planned) -> Result<Planned> {
    let schema = Arc::new(DFSchema::try_from(planned.schema()?)?);
    let plan = LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, schema });
    Ok(Planned::from(plan))
}

/// A struct, in SQL, of these columns.
fn packed<S: AsRef<str>>(columns: impl IntoIterator<Item = S>) -> String {
    format!("struct({})", listed(columns))
}

fn listed<S: AsRef<str>>(columns: impl IntoIterator<Item = S>) -> String {
    let columns: Vec<_> = columns.into_iter().map(|name| quoted(name.as_ref())).collect();
    columns.join(", ")
}

/// The columns that come with vertices or edges: `always`, and those that are asked for, or
/// all if none are.
fn carried(relation: &Planned, always: &[&str], wanted: &[impl AsRef<str>]) -> Vec<String> {
    let mut columns: Vec<String> = always.iter().map(|name| (*name).to_owned()).collect();
    let all = || relation.columns().names().map(str::to_owned).collect::<Vec<_>>();
    let wanted = match wanted.is_empty() {
        true => all(),
        false => wanted.iter().map(|name| name.as_ref().to_owned()).collect(),
    };
    for name in wanted {
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    columns
}
