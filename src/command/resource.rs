//! Resources of executors, and commands in the languages of other engines: there are
//! neither here.

use std::collections::HashMap;

use crate::error::{Condition, Error, Required as _, Result, SparkError};
use crate::planner::output::CommandOutput;
use crate::proto::execute_plan_response::ResponseType;
use crate::proto::{
    CreateResourceProfileCommand, ExecuteExternalCommand, GetResourcesCommandResult,
    ResourceProfile,
};

/// No resources are addressed one by one, as on a local Spark.
pub(super) fn list() -> Result<CommandOutput> {
    let result = GetResourcesCommandResult { resources: HashMap::new() };
    Ok(CommandOutput::Response(Box::new(ResponseType::GetResourcesCommandResult(result))))
}

/// The error of a Spark whose executors are not its own to ask for.
pub(super) fn create_profile(message: &CreateResourceProfileCommand) -> Result<CommandOutput> {
    let CreateResourceProfileCommand { profile } = message;
    let ResourceProfile { executor_resources, task_resources: _ } =
        profile.as_ref().required("profile")?;
    let what = match executor_resources.is_empty() {
        true => {
            "TaskResourceProfiles are only supported for Standalone, Yarn and Kubernetes cluster \
             for now when dynamic allocation is disabled."
        }
        false => {
            "ResourceProfiles are only supported on YARN and Kubernetes and Standalone with \
             dynamic allocation enabled."
        }
    };
    let error = SparkError::custom("", "", what)
        .with_class_names(["org.apache.spark.SparkException", "java.lang.Exception"]);
    Err(error.into())
}

/// No data source here runs commands.
pub(super) fn execute_external(message: &ExecuteExternalCommand) -> Result<CommandOutput> {
    let ExecuteExternalCommand { runner, command: _, options: _ } = message;
    let known = ["parquet", "csv", "json", "orc", "text", "avro", "xml", "binaryfile", "jdbc"];
    match known.contains(&runner.to_lowercase().as_str()) {
        true => Err(Error::analysis(
            Condition::COMMAND_EXECUTION_NOT_SUPPORTED,
            [("runner", runner.clone())],
        )),
        false => {
            Err(Error::analysis(Condition::DATA_SOURCE_NOT_FOUND, [("provider", runner.clone())]))
        }
    }
}
