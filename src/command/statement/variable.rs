//! Session variables, and `EXECUTE IMMEDIATE`.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::ScalarValue;

use super::{quoted, run_statement};
use crate::error::{Condition, Error, Result};
use crate::execute;
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::proto::{DataType, Relation};
use crate::session::variables::{Variable, Variables};
use crate::sql::action::{Declare, Execute, Values};
use crate::sql::{Parameters, Statement, parse_statement};
use crate::types;

pub(super) fn variables(planner: &SparkConnectPlanner) -> Arc<Variables> {
    planner.session().get_or_init(Variables::default)
}

pub(super) async fn declare(planner: &SparkConnectPlanner, declare: &Declare) -> Result<()> {
    let zone = planner.session().time_zone();
    let declared = declare.data_type.as_ref().map(|own| types::to_arrow(own, &zone)).transpose()?;
    let default = match &declare.default {
        Some(row) => first(planner, &cast(row, declare.data_type.as_ref())).await?,
        None => ScalarValue::Null,
    };
    let data_type = declared.unwrap_or_else(|| default.data_type());
    let default = typed(default, &data_type)?;
    for name in &declare.names {
        let shown = name.last().cloned().unwrap_or_default();
        let variable = Variable {
            name: shown.clone(),
            data_type: data_type.clone(),
            value: default.clone(),
            default: default.clone(),
        };
        if variables(planner).declare(variable, declare.replace) {
            return Err(Error::analysis(
                Condition::VARIABLE_ALREADY_EXISTS,
                [("variableName", format!("`system`.`session`.`{}`", shown.to_lowercase()))],
            ));
        }
    }
    Ok(())
}

fn typed(value: ScalarValue, to: &datafusion::arrow::datatypes::DataType) -> Result<ScalarValue> {
    match value.is_null() {
        true => Ok(ScalarValue::try_from(to)?),
        false => Ok(value),
    }
}

/// A row of one value, cast.
fn cast(row: &Relation, to: Option<&DataType>) -> Relation {
    match to {
        Some(to) => crate::sql::cast_columns(row, std::slice::from_ref(to)),
        None => row.clone(),
    }
}

/// The value of a query of one row and column.
pub(super) async fn first(planner: &SparkConnectPlanner, row: &Relation) -> Result<ScalarValue> {
    let (_, batches) = rows(planner, row).await?;
    let mut found = batches.iter().filter(|batch| batch.num_rows() > 0);
    match found.next() {
        Some(batch) => Ok(ScalarValue::try_from_array(batch.column(0), 0)?),
        None => Ok(ScalarValue::Null),
    }
}

pub(super) async fn rows(
    planner: &SparkConnectPlanner,
    query: &Relation,
) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    let planned: Planned = planner.plan_relation(query).await?;
    execute::collect(planner, &planned).await
}

/// The variable of a name.
fn find(planner: &SparkConnectPlanner, name: &[String]) -> Result<Variable> {
    let found = variables(planner).find(name).filter(|(_, parts)| *parts == name.len());
    found.map(|(variable, _)| variable).ok_or_else(|| {
        let session = planner.session();
        let (catalog, database) = (session.current_catalog(), session.current_database());
        let path = "`system`.`builtin`, `system`.`session`";
        Error::analysis(
            Condition::UNRESOLVED_VARIABLE,
            [
                ("variableName", quoted(name)),
                ("searchPath", format!("[{path}, {}]", quoted(&[catalog, database]))),
            ],
        )
    })
}

pub(super) async fn set(
    planner: &SparkConnectPlanner,
    names: &[Vec<String>],
    values: &Values,
) -> Result<()> {
    let found = names.iter().map(|name| find(planner, name)).collect::<Result<Vec<_>>>()?;
    let types = found.iter().map(|variable| types::from_arrow(&variable.data_type));
    let types = types.collect::<Result<Vec<_>>>()?;
    let values = match values {
        Values::List(list) => {
            let mut values = Vec::new();
            for ((value, to), variable) in list.iter().zip(&types).zip(&found) {
                values.push(match value {
                    Some(row) => first(planner, &cast(row, Some(to))).await?,
                    None => variable.default.clone(),
                });
            }
            values
        }
        Values::Query(query) => row(planner, query, &types).await?,
    };
    for ((name, value), variable) in names.iter().zip(values).zip(&found) {
        variables(planner).set(name, typed(value, &variable.data_type)?);
    }
    Ok(())
}

/// The values of the one row of a query; NULLs if there is none.
async fn row(
    planner: &SparkConnectPlanner,
    query: &Relation,
    types: &[DataType],
) -> Result<Vec<ScalarValue>> {
    let width = planner.for_schema().plan_relation(query).await?.columns().len();
    if width != types.len() {
        return Err(Error::analysis(
            Condition::ASSIGNMENT_ARITY_MISMATCH,
            [("numExpr", width.to_string()), ("numTarget", types.len().to_string())],
        ));
    }
    let (_, batches) = rows(planner, &crate::sql::cast_columns(query, types)).await?;
    if batches.iter().map(RecordBatch::num_rows).sum::<usize>() > 1 {
        return Err(Error::analysis(Condition::ROW_SUBQUERY_TOO_MANY_ROWS, []));
    }
    match batches.iter().find(|batch| batch.num_rows() > 0) {
        Some(batch) => {
            let value = |column: &ArrayRef| ScalarValue::try_from_array(column, 0);
            Ok(batch.columns().iter().map(value).collect::<std::result::Result<_, _>>()?)
        }
        None => Ok(vec![ScalarValue::Null; types.len()]),
    }
}

pub(super) fn drop(planner: &SparkConnectPlanner, name: &[String], if_exists: bool) -> Result<()> {
    if variables(planner).remove(name) || if_exists {
        return Ok(());
    }
    let shown = name.last().map(|name| name.to_lowercase()).unwrap_or_default();
    Err(Error::analysis(
        Condition::VARIABLE_NOT_FOUND,
        [("variableName", format!("`system`.`session`.`{shown}`"))],
    ))
}

pub(super) async fn execute(
    planner: &SparkConnectPlanner,
    message: &Execute,
) -> Result<Option<Relation>> {
    let text = match first(planner, &message.text).await? {
        ScalarValue::Utf8(Some(text))
        | ScalarValue::LargeUtf8(Some(text))
        | ScalarValue::Utf8View(Some(text)) => text,
        _ => return Err(Error::analysis(Condition::NULL_QUERY_STRING, [])),
    };
    let mut parameters = Parameters::default();
    for (value, name) in &message.arguments {
        match name {
            Some(name) => drop_old(parameters.named.insert(name.clone(), value.clone())),
            None => parameters.positional.push(value.clone()),
        }
    }
    let statement = parse_statement(&text, &parameters)?;
    if message.into.is_empty() {
        return run_statement(planner, &statement).await;
    }
    let Statement::Query(query) = &statement else {
        return Err(Error::analysis(Condition::INVALID_STATEMENT_FOR_EXECUTE_INTO, []));
    };
    let values = Values::Query(query.clone());
    set(planner, &message.into, &values).await?;
    Ok(None)
}

fn drop_old<T>(_: T) {}
