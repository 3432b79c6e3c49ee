//! Requests for a status and machine learning: plugins that answer, or none.

use super::guard::Call;
use crate::error::{Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::proto::{MlCommand, MlCommandResult, MlRelation};

#[cfg(feature = "server")]
pub(crate) use status::{operation_status, session_status};

#[cfg(feature = "server")]
mod status {
    use prost_types::Any;

    use super::{Call, Result, SparkConnectPlanner};
    use crate::proto::message_name;

    /// The answers to the extensions of a request for a session's status.
    pub(crate) async fn session_status(
        planner: &SparkConnectPlanner,
        extensions: &[Any],
    ) -> Result<Vec<Any>> {
        answers(planner, None, extensions).await
    }

    /// The answers to the extensions about an operation.
    pub(crate) async fn operation_status(
        planner: &SparkConnectPlanner,
        operation_id: &str,
        extensions: &[Any],
    ) -> Result<Vec<Any>> {
        answers(planner, Some(operation_id), extensions).await
    }

    async fn answers(
        planner: &SparkConnectPlanner,
        operation: Option<&str>,
        extensions: &[Any],
    ) -> Result<Vec<Any>> {
        let mut answers = Vec::new();
        for extension in extensions {
            let message_name = message_name(&extension.type_url);
            for link in planner.session().plugins().status.of(message_name) {
                let call = Call { plugin: &link.name, message_name, planner };
                let work = || match operation {
                    Some(id) => link.plugin.operation(id, extension, planner),
                    None => link.plugin.session(extension, planner),
                };
                if let Some(answer) = call.run_async(work).await? {
                    answers.push(answer);
                    break;
                }
            }
        }
        Ok(answers)
    }
}

/// Has a backend run a command.
///
/// # Errors
/// `Unsupported` if none does.
pub(crate) async fn ml_command(
    planner: &SparkConnectPlanner,
    command: &MlCommand,
) -> Result<MlCommandResult> {
    for link in planner.session().plugins().ml.of("") {
        let call = Call { plugin: &link.name, message_name: "spark.connect.MlCommand", planner };
        if let Some(done) = call.run_async(|| link.plugin.command(command, planner)).await? {
            return Ok(done);
        }
    }
    Err(Error::unsupported_because("command.ml_command", "no plugin for machine learning has it"))
}

/// Has a backend give the rows of a relation.
///
/// # Errors
/// `Unsupported` if none does.
pub(crate) async fn ml_relation(
    planner: &SparkConnectPlanner,
    relation: &MlRelation,
) -> Result<Planned> {
    for link in planner.session().plugins().ml.of("") {
        let call = Call { plugin: &link.name, message_name: "spark.connect.MlRelation", planner };
        if let Some(rows) = call.run_async(|| link.plugin.relation(relation, planner)).await? {
            return Ok(rows);
        }
    }
    Err(Error::unsupported_because("relation.ml_relation", "no plugin for machine learning has it"))
}
