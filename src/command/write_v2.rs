//! `write_operation_v2`: rows into a table, or a table of them.

use datafusion::logical_expr::dml::InsertOp;

use crate::catalog::table_name;
use crate::error::{AtField as _, Condition, Error, Required as _, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::output::CommandOutput;
use crate::planner::planned::Planned;
use crate::proto::expression::ExprType;
use crate::proto::write_operation_v2::Mode;
use crate::proto::{Expression, WriteOperationV2};
use crate::sql;
use crate::table::{self, NewTable, WhenThere};

pub(super) async fn run(
    planner: &SparkConnectPlanner,
    message: &WriteOperationV2,
) -> Result<CommandOutput> {
    let WriteOperationV2 {
        input,
        table_name: text,
        provider,
        partitioning_columns,
        options,
        table_properties,
        mode,
        overwrite_condition,
        clustering_columns,
        with_schema_evolution,
    } = message;
    if !clustering_columns.is_empty() {
        return Err(Error::unsupported("write.cluster_by"));
    }
    if *with_schema_evolution {
        return Err(Error::unsupported("write.with_schema_evolution"));
    }
    let input = planner.plan_relation(input.as_ref().required("input")?).await.at("input")?;
    let mode = Mode::try_from(*mode).unwrap_or_default();
    let name = table_name(planner.session(), text)?;
    let when_there = match mode {
        Mode::Create => WhenThere::Fail,
        Mode::CreateOrReplace | Mode::Replace => WhenThere::Replace,
        Mode::Append => {
            return write(planner, message, &input, InsertOp::Append, None).await;
        }
        Mode::Overwrite if is_true(overwrite_condition.as_ref()) => {
            return write(planner, message, &input, InsertOp::Overwrite, Some("static")).await;
        }
        Mode::Overwrite => return Err(Error::unsupported("write.overwrite_by_condition")),
        Mode::OverwritePartitions => {
            return write(planner, message, &input, InsertOp::Overwrite, Some("dynamic")).await;
        }
        Mode::Unspecified => return Err(Error::missing_field("mode")),
    };
    let format = provider.clone().filter(|name| !name.is_empty());
    let built_in = format.as_deref().unwrap_or("parquet");
    let is_file = crate::source::is_built_in(built_in);
    if when_there == WhenThere::Replace && is_file {
        return Err(Error::analysis(
            Condition::UNSUPPORTED_TABLE_OPERATION,
            [("tableName", name.quoted()), ("operation", "REPLACE TABLE AS SELECT".to_owned())],
        ));
    }
    if mode == Mode::Replace && table::find(planner, &name).await?.is_none() {
        return Err(crate::catalog::table_not_found(
            planner.session(),
            &sql::parse_identifier(text)?,
        ));
    }
    let mut options = options.clone();
    let location = options.remove("path");
    let new = NewTable {
        provider: format,
        location,
        partition_by: columns(partitioning_columns).at("partitioning_columns")?,
        options: options.into_iter().collect(),
        properties: table_properties.clone().into_iter().collect(),
        ..NewTable::new(name, when_there)
    };
    table::create_as(planner, new, &input).await?;
    Ok(CommandOutput::None)
}

/// Partitions by columns; transforms of them are not served.
fn columns(expressions: &[Expression]) -> Result<Vec<String>> {
    let names = expressions.iter().map(|expression| match &expression.expr_type {
        Some(ExprType::UnresolvedAttribute(attribute)) => {
            match sql::parse_identifier(&attribute.unparsed_identifier)?.as_slice() {
                [name] => Ok(name.clone()),
                _ => Err(Error::unsupported("write.partitioned_by_field")),
            }
        }
        _ => Err(Error::unsupported("write.partition_transform")),
    });
    names.collect()
}

fn is_true(condition: Option<&Expression>) -> bool {
    use crate::proto::expression::literal::LiteralType;
    let Some(Expression { expr_type: Some(ExprType::Literal(literal)), .. }) = condition else {
        return false;
    };
    literal.literal_type == Some(LiteralType::Boolean(true))
}

/// Tables of files are written by the first interface only, as in Spark.
async fn refuse_files(planner: &SparkConnectPlanner, text: &str) -> Result<table::Target> {
    let name = table_name(planner.session(), text)?;
    let target = table::target(planner, &name, &sql::parse_identifier(text)?).await?;
    let built_in = |format: &str| crate::source::is_built_in(format);
    if target.definition.as_ref().is_some_and(|known| built_in(&known.provider)) {
        return Err(Error::analysis(
            Condition::WRITE_INTO_V1_TABLE,
            [("identifier", target.name.quoted())],
        ));
    }
    Ok(target)
}

/// Rows into a table, by the names of its columns; whether partitions that get none
/// stay is for `overwrite` to say.
async fn write(
    planner: &SparkConnectPlanner,
    message: &WriteOperationV2,
    input: &Planned,
    operation: InsertOp,
    overwrite: Option<&str>,
) -> Result<CommandOutput> {
    let target = refuse_files(planner, &message.table_name).await?;
    let schema = target.schema(planner.session());
    let name = target.name.quoted();
    if !target.is_foreign() {
        if overwrite == Some("dynamic") {
            return Err(Error::unsupported("write.overwrite_partitions"));
        }
        let rows = table::by_name(planner, input, &name, &schema)?;
        table::insert(planner, target.provider.as_ref(), &rows, operation).await?;
        return Ok(CommandOutput::None);
    }
    let mut options = message.options.clone();
    if let Some(mode) = overwrite {
        options.insert("partitionOverwriteMode".to_owned(), mode.to_owned());
    }
    let rows = table::by_known_names(planner, input, &name, &schema)?;
    let provider = table::provider(planner, &target, &options).await?;
    table::insert(planner, provider.as_ref(), &rows, operation).await?;
    Ok(CommandOutput::None)
}
