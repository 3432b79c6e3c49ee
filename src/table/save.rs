//! Rows into files at a path.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{FieldRef, Schema};
use datafusion::logical_expr::dml::InsertOp;

use super::create::WhenThere;
use super::insert::{insert, overwrites_dynamically};
use crate::catalog::{Existing, Foreign};
use crate::error::{Condition, Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::{FieldNames, same_name};
use crate::planner::planned::Planned;
use crate::record::Options;
use crate::relation::select::Select;
use crate::source::{self, Choice, Encoding, FileTable};
use crate::types;

/// What to write, and where.
pub(crate) struct Save<'a> {
    pub(crate) format: &'a str,
    pub(crate) path: Option<&'a str>,
    pub(crate) options: &'a HashMap<String, String>,
    pub(crate) partition_by: &'a [String],
    /// Whether rows are added to those that are there.
    pub(crate) append: bool,
    pub(crate) when_there: WhenThere,
}

/// Writes the rows of a relation into files.
///
/// # Errors
/// `PATH_ALREADY_EXISTS`, those of the format, and those of running the relation.
pub(crate) async fn save(
    planner: &SparkConnectPlanner,
    save: Save<'_>,
    input: &Planned,
) -> Result<()> {
    let mut options = Options::writing(save.options);
    let option = options.take("path");
    let path = save.path.map(str::to_owned).or(option);
    let mode = options.take("partitionoverwritemode");
    let Some(encoding) = Encoding::new(save.format, &mut options, &planner.session().time_zone())?
    else {
        return save_foreign(planner, save, path, input).await;
    };
    let path = path.ok_or_else(|| Error::analysis(Condition::PATH_NOT_SPECIFIED, []))?;
    let rows = arranged(input, save.partition_by)?;
    let schema = rows.schema()?;
    let width = schema.fields().len() - save.partition_by.len();
    let (in_files, folders) = schema.fields().split_at(width);
    let in_files = Arc::new(Schema::new(in_files.to_vec()));
    encoding.check(&in_files)?;
    if !save.append && !save.when_there.is_replaced() && is_there(planner, &path).await? {
        return match save.when_there {
            WhenThere::Keep => Ok(()),
            _ => Err(Error::analysis(
                Condition::PATH_ALREADY_EXISTS,
                [("outputPath", source::shown(&path))],
            )),
        };
    }
    let folders: Vec<FieldRef> = folders.to_vec();
    let dynamic = overwrites_dynamically(planner.session(), mode.as_deref());
    let table =
        FileTable::to_write(in_files, folders, path, encoding).with_dynamic_overwrite(dynamic);
    let operation = if save.append { InsertOp::Append } else { InsertOp::Overwrite };
    insert(planner, &table, &rows, operation).await?;
    Ok(())
}

async fn is_there(planner: &SparkConnectPlanner, path: &str) -> Result<bool> {
    let paths = [path.to_owned()];
    match source::list(&paths, &Choice::default(), planner.state().runtime_env()).await {
        Ok(_) => Ok(true),
        Err(error) if error.condition() == Some("PATH_NOT_FOUND") => Ok(false),
        Err(error) => Err(error),
    }
}

async fn save_foreign(
    planner: &SparkConnectPlanner,
    save: Save<'_>,
    path: Option<String>,
    input: &Planned,
) -> Result<()> {
    let rows = arranged_in_place(input)?;
    let state = planner.state();
    let foreign = Foreign {
        format: save.format,
        schema: None,
        locations: path.into_iter().collect(),
        partition_by: save.partition_by.to_vec(),
        options: save.options.clone(),
    };
    let existing = match (save.append, save.when_there) {
        (true, _) => Existing::Keep,
        (false, WhenThere::Overwrite | WhenThere::Replace) => Existing::Overwrite,
        (false, when_there @ (WhenThere::Fail | WhenThere::Keep)) => {
            // A format that nobody knows is no table that is not there.
            foreign.check_known(&state)?;
            if foreign.clone().read(&state).await.is_ok() {
                if when_there == WhenThere::Keep {
                    return Ok(());
                }
                let path = foreign.locations.first().map(|path| source::shown(path));
                return Err(Error::analysis(
                    Condition::PATH_ALREADY_EXISTS,
                    [("outputPath", path.unwrap_or_default())],
                ));
            }
            Existing::Refuse
        }
    };
    // What is written may be NULL another time.
    let schema = Some(Schema::new(source::nullable(rows.schema()?.as_ref()).fields().clone()));
    let provider = Foreign { schema, ..foreign }.create(&state, existing).await?;
    let operation = match existing {
        Existing::Overwrite | Existing::Replace => InsertOp::Overwrite,
        Existing::Keep | Existing::Refuse => InsertOp::Append,
    };
    insert(planner, provider.as_ref(), &rows, operation).await?;
    Ok(())
}

/// How a built-in format is written.
///
/// # Errors
/// If it or an option is not served.
pub(super) fn encoding(
    format: &str,
    options: &HashMap<String, String>,
    time_zone: &str,
) -> Result<Encoding> {
    let encoding = Encoding::new(format, &mut Options::writing(options), time_zone)?;
    encoding.ok_or_else(|| Error::unsupported(format!("write.format.{format}")))
}

fn arranged_in_place(input: &Planned) -> Result<Planned> {
    arranged(input, &[])
}

/// The rows with the columns of partitions last, and no name twice.
///
/// # Errors
/// If a name repeats, a column of a partition is not there, or none is left.
pub(super) fn arranged(input: &Planned, partition_by: &[String]) -> Result<Planned> {
    let entries = input.columns().entries();
    for (at, entry) in entries.iter().enumerate() {
        if entries[..at].iter().any(|before| same_name(before.name(), entry.name())) {
            return Err(Error::analysis(
                Condition::COLUMN_ALREADY_EXISTS,
                [("columnName", format!("`{}`", entry.name().to_lowercase()))],
            ));
        }
    }
    if partition_by.is_empty() {
        return Ok(input.clone());
    }
    let mut last = Vec::new();
    for name in partition_by {
        let found = entries.iter().find(|entry| same_name(entry.name(), name));
        last.push(match found {
            Some(entry) => entry,
            None => return Err(no_partition_column(input, name)?),
        });
    }
    let is_last = |id| last.iter().any(|entry| entry.id() == id);
    let first: Vec<_> = entries.iter().filter(|entry| !is_last(entry.id())).collect();
    if first.is_empty() {
        return Err(Error::analysis(Condition::ALL_PARTITION_COLUMNS_NOT_ALLOWED, []));
    }
    let mut select = Select::new(input, FieldNames::default());
    first.into_iter().chain(last).for_each(|entry| select.pass(entry));
    select.finish()
}

fn no_partition_column(input: &Planned, name: &str) -> Result<Error> {
    let schema = types::simple_string(&types::from_schema(input.schema()?.as_ref())?);
    Ok(Error::analysis(
        Condition::PARTITION_COLUMN_NOT_FOUND,
        [("col", name.to_owned()), ("schemaCatalog", schema)],
    ))
}
