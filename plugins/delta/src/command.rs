//! The commands: which kind does what.

use async_trait::async_trait;
use datafusion_spark_connect::plugin::TypedCommandPlugin;
use datafusion_spark_connect::{CommandOutput, Error, Result, SparkConnectPlanner};

use crate::proto::DeltaCommand;
use crate::proto::delta_command::CommandType;
use crate::{clone, create, features, maintenance};

/// What `delta.connect` sends as commands.
#[derive(Debug, Clone, Copy)]
pub struct DeltaCommands;

#[async_trait]
impl TypedCommandPlugin for DeltaCommands {
    type Message = DeltaCommand;

    async fn process(
        &self,
        message: &DeltaCommand,
        planner: &SparkConnectPlanner,
    ) -> Result<CommandOutput> {
        let DeltaCommand { command_type } = message;
        match command_type.as_ref().ok_or_else(|| Error::missing_field("command_type"))? {
            CommandType::CloneTable(message) => clone::clone(message, planner).await?,
            CommandType::VacuumTable(message) => maintenance::vacuum(message, planner).await?,
            CommandType::UpgradeTableProtocol(message) => {
                features::upgrade(message, planner).await?;
            }
            CommandType::Generate(message) => maintenance::generate(message, planner).await?,
            CommandType::CreateDeltaTable(message) => create::create(message, planner).await?,
            CommandType::AddFeatureSupport(message) => features::add(message, planner).await?,
            CommandType::DropFeatureSupport(message) => features::drop(message, planner).await?,
        }
        Ok(CommandOutput::None)
    }
}
