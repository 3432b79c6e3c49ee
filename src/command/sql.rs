//! `sql_command`: SQL text; a query is handed back as a relation, anything else
//! is run at once.

use super::statement;
use crate::error::{AtField as _, Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::output::CommandOutput;
use crate::proto::relation::RelType;
use crate::proto::{LocalRelation, Relation, Sql, SqlCommand};
use crate::relation::sql::parameters;
use crate::sql::{self, Statement};

async fn run_text(
    planner: &SparkConnectPlanner,
    input: &Relation,
    text: &Sql,
) -> Result<CommandOutput> {
    match sql::parse_statement(&text.query, &parameters(text)?)? {
        Statement::Query(_) => {
            // Spark reports a query's errors here, not when it is run.
            planner.for_schema().plan_relation(input).await?;
            Ok(CommandOutput::SqlResult(input.clone()))
        }
        Statement::Command(command) => {
            Box::pin(super::run(planner, &command)).await?;
            Ok(CommandOutput::SqlResult(no_rows()))
        }
        Statement::Action(action) => {
            let answer = statement::run(planner, &action).await?;
            if let Some(relation) = &answer {
                // Of `EXECUTE IMMEDIATE` it may be a query, whose errors belong here.
                planner.for_schema().plan_relation(relation).await?;
            }
            Ok(CommandOutput::SqlResult(answer.unwrap_or_else(no_rows)))
        }
    }
}

#[allow(deprecated, reason = "clients up to 3.5 send only the deprecated fields")]
pub(super) async fn run(
    planner: &SparkConnectPlanner,
    message: &SqlCommand,
) -> Result<CommandOutput> {
    let SqlCommand { sql, args, pos_args, named_arguments, pos_arguments, input } = message;
    let input = match input {
        Some(input) => input.clone(),
        None => relation(Sql {
            query: sql.clone(),
            args: args.clone(),
            pos_args: pos_args.clone(),
            named_arguments: named_arguments.clone(),
            pos_arguments: pos_arguments.clone(),
        }),
    };
    match text_of(&input) {
        Some(text) => run_text(planner, &input, text).await,
        None => Err(Error::invalid_plan("a SQL command's input is SQL text")).at("input"),
    }
}

fn relation(text: Sql) -> Relation {
    Relation { common: None, rel_type: Some(RelType::Sql(text)) }
}

/// The SQL text, which may have relations to refer to around it.
fn text_of(relation: &Relation) -> Option<&Sql> {
    match relation.rel_type.as_ref()? {
        RelType::Sql(text) => Some(text),
        RelType::WithRelations(with) => text_of(with.root.as_deref()?),
        _ => None,
    }
}

/// What a command that answers nothing gives a client that expects a relation.
fn no_rows() -> Relation {
    let schema = Some("struct<>".to_owned());
    Relation {
        common: None,
        rel_type: Some(RelType::LocalRelation(LocalRelation { data: None, schema })),
    }
}
