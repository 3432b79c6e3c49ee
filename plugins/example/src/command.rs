//! `ExamplePluginCommand`: makes a temporary view.

use async_trait::async_trait;
use datafusion::logical_expr::{LogicalPlanBuilder, lit};
use datafusion_spark_connect::plugin::TypedCommandPlugin;
use datafusion_spark_connect::proto::ExamplePluginCommand;
use datafusion_spark_connect::{CommandOutput, Planned, Result, SparkConnectPlanner, SparkError};

/// Makes (or replaces) the temporary view of the given name: one row, whose only
/// column `custom_field` holds that name.
///
/// The message has a text and nothing more, so there is no relation to make the
/// view of; a row that tells where it is from shows that the command has run.
#[derive(Debug, Clone, Copy, Default)]
pub struct ExampleCommand;

#[async_trait]
impl TypedCommandPlugin for ExampleCommand {
    type Message = ExamplePluginCommand;

    async fn process(
        &self,
        message: &ExamplePluginCommand,
        planner: &SparkConnectPlanner,
    ) -> Result<CommandOutput> {
        let ExamplePluginCommand { custom_field: name } = message;
        if name.is_empty() {
            // A condition of the plugin's own: clients get it as they get Spark's.
            return Err(SparkError::custom(
                "EXAMPLE_PLUGIN.NO_VIEW_NAME",
                "42602",
                "the command names no view",
            )
            .into());
        }
        let row = LogicalPlanBuilder::empty(true)
            .project([lit(name.as_str()).alias("custom_field")])?
            .build()?;
        planner.session().views().create(name, Planned::from(row), true)?;
        Ok(CommandOutput::None)
    }
}
