//! Commands: what a client asks to be done rather than computed.

mod checkpoint;
mod merge;
mod resource;
mod sql;
mod statement;
mod view;
mod write;
mod write_v2;

use crate::error::{AtField as _, Error, Required as _, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::output::CommandOutput;
use crate::proto::command::CommandType;
use crate::proto::execute_plan_response::ResponseType;
use crate::proto::{Command, GetResourcesCommand};

/// Runs a command.
///
/// # Errors
/// As [`SparkConnectPlanner::plan_relation`], and those of what it does.
pub(crate) async fn run(planner: &SparkConnectPlanner, command: &Command) -> Result<CommandOutput> {
    let Command { command_type } = command;
    let kind = command_type.as_ref().required("command_type")?;
    let output = match kind {
        CommandType::RegisterFunction(_) => refuse(kind),
        CommandType::WriteOperation(c) => write::run(planner, c).await,
        CommandType::CreateDataframeView(c) => view::create(planner, c).await,
        CommandType::WriteOperationV2(c) => write_v2::run(planner, c).await,
        CommandType::SqlCommand(c) => sql::run(planner, c).await,
        CommandType::WriteStreamOperationStart(_) => refuse(kind),
        CommandType::StreamingQueryCommand(_) => refuse(kind),
        CommandType::GetResourcesCommand(GetResourcesCommand {}) => resource::list(),
        CommandType::StreamingQueryManagerCommand(_) => refuse(kind),
        CommandType::RegisterTableFunction(_) => refuse(kind),
        CommandType::StreamingQueryListenerBusCommand(_) => refuse(kind),
        CommandType::RegisterDataSource(_) => refuse(kind),
        CommandType::CreateResourceProfileCommand(c) => resource::create_profile(c),
        CommandType::CheckpointCommand(c) => checkpoint::run(planner, c).await,
        CommandType::RemoveCachedRemoteRelationCommand(c) => checkpoint::remove(planner, c),
        CommandType::MergeIntoTableCommand(c) => Box::pin(merge::run(planner, c)).await,
        CommandType::MlCommand(c) => {
            let done = crate::plugin::ml_command(planner, c).await;
            done.map(|done| CommandOutput::Response(Box::new(ResponseType::MlCommandResult(done))))
        }
        CommandType::ExecuteExternalCommand(c) => resource::execute_external(c),
        CommandType::PipelineCommand(_) => refuse(kind),
        CommandType::Extension(any) => crate::plugin::command(planner, any).await,
    };
    output.at(name(kind))
}

fn refuse(kind: &CommandType) -> Result<CommandOutput> {
    Err(Error::unsupported(format!("command.{}", name(kind))))
}

/// The command's field name in the protocol.
pub(crate) fn name(kind: &CommandType) -> &'static str {
    match kind {
        CommandType::RegisterFunction(_) => "register_function",
        CommandType::WriteOperation(_) => "write_operation",
        CommandType::CreateDataframeView(_) => "create_dataframe_view",
        CommandType::WriteOperationV2(_) => "write_operation_v2",
        CommandType::SqlCommand(_) => "sql_command",
        CommandType::WriteStreamOperationStart(_) => "write_stream_operation_start",
        CommandType::StreamingQueryCommand(_) => "streaming_query_command",
        CommandType::GetResourcesCommand(_) => "get_resources_command",
        CommandType::StreamingQueryManagerCommand(_) => "streaming_query_manager_command",
        CommandType::RegisterTableFunction(_) => "register_table_function",
        CommandType::StreamingQueryListenerBusCommand(_) => "streaming_query_listener_bus_command",
        CommandType::RegisterDataSource(_) => "register_data_source",
        CommandType::CreateResourceProfileCommand(_) => "create_resource_profile_command",
        CommandType::CheckpointCommand(_) => "checkpoint_command",
        CommandType::RemoveCachedRemoteRelationCommand(_) => {
            "remove_cached_remote_relation_command"
        }
        CommandType::MergeIntoTableCommand(_) => "merge_into_table_command",
        CommandType::MlCommand(_) => "ml_command",
        CommandType::ExecuteExternalCommand(_) => "execute_external_command",
        CommandType::PipelineCommand(_) => "pipeline_command",
        CommandType::Extension(_) => "extension",
    }
}
