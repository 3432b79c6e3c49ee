//! Rows in the columns of the table that they are written into.

use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::logical_expr::Expr;

use crate::error::{Condition, Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::{ColumnEntry, FieldNames, quote_parts, same_name};
use crate::planner::planned::Planned;
use crate::relation::select::Select;

/// The columns of `input` as those of the table, one by one.
///
/// # Errors
/// `INSERT_COLUMN_ARITY_MISMATCH` if there are more or fewer;
/// `INCOMPATIBLE_DATA_FOR_TABLE` if a value cannot be stored.
pub(crate) fn by_position(
    planner: &SparkConnectPlanner,
    input: &Planned,
    table: &str,
    schema: &Schema,
) -> Result<Planned> {
    let entries = input.columns().entries();
    if entries.len() != schema.fields().len() {
        let condition = match entries.len() < schema.fields().len() {
            true => Condition::INSERT_NOT_ENOUGH_DATA_COLUMNS,
            false => Condition::INSERT_TOO_MANY_DATA_COLUMNS,
        };
        let list = |names: Vec<&str>| {
            names.iter().map(|name| quote_parts([*name])).collect::<Vec<_>>().join(", ")
        };
        let columns = schema.fields().iter().map(|field| field.name().as_str()).collect();
        return Err(Error::analysis(
            condition,
            [
                ("tableName", table.to_owned()),
                ("tableColumns", list(columns)),
                ("dataColumns", list(input.columns().names().collect())),
            ],
        ));
    }
    let pairs = entries.iter().zip(schema.fields());
    fitted(planner, input, table, pairs.map(|(entry, field)| (entry.as_ref(), field.as_ref())))
}

/// The columns of `input` as those of the table of the same names.
///
/// # Errors
/// As [`by_position`], and if a name of the table is not there.
pub(crate) fn by_name(
    planner: &SparkConnectPlanner,
    input: &Planned,
    table: &str,
    schema: &Schema,
) -> Result<Planned> {
    let entries = input.columns().entries();
    let mut pairs = Vec::new();
    for field in schema.fields() {
        let named = entries.iter().find(|entry| same_name(entry.name(), field.name()));
        let entry = named.ok_or_else(|| {
            let names: Vec<_> = input.columns().names().collect();
            Error::analysis(
                Condition::CANNOT_RESOLVE_GIVEN_INPUT_COLUMNS,
                [("col", field.name().clone()), ("inputColumns", names.join(", "))],
            )
        })?;
        pairs.push((entry.as_ref(), field.as_ref()));
    }
    fitted(planner, input, table, pairs.into_iter())
}

/// The columns of `input` in the types of the table's of the same names, where there are
/// such; what the table lacks, and what it has besides, is for its format to judge.
///
/// # Errors
/// `INCOMPATIBLE_DATA_FOR_TABLE` if a value cannot be stored.
pub(crate) fn by_known_names(
    planner: &SparkConnectPlanner,
    input: &Planned,
    table: &str,
    schema: &Schema,
) -> Result<Planned> {
    let mut select = Select::new(input, FieldNames::default());
    for entry in input.columns().entries() {
        let value = Expr::Column(entry.column().clone());
        match schema.fields().iter().find(|field| same_name(entry.name(), field.name())) {
            Some(field) => {
                let value = planner.store_value(value, input, table, field)?;
                select.compute(field.name(), value, None);
            }
            None => select.pass(entry),
        }
    }
    select.finish()
}

fn fitted<'p>(
    planner: &SparkConnectPlanner,
    input: &Planned,
    table: &str,
    pairs: impl Iterator<Item = (&'p ColumnEntry, &'p Field)>,
) -> Result<Planned> {
    let mut select = Select::new(input, FieldNames::default());
    for (entry, field) in pairs {
        let value = Expr::Column(entry.column().clone());
        let value = planner.store_value(value, input, table, field)?;
        select.compute(field.name(), value, None);
    }
    select.finish()
}
