//! `create_dataframe_view`.

use crate::error::{Condition, Error, Required as _, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::output::CommandOutput;
use crate::proto::CreateDataFrameViewCommand;
use crate::sql;

pub(super) async fn create(
    planner: &SparkConnectPlanner,
    message: &CreateDataFrameViewCommand,
) -> Result<CommandOutput> {
    let CreateDataFrameViewCommand { input, name, is_global, replace } = message;
    let input = input.as_ref().required("input")?;
    let name = view_name(name)?;
    let planned = planner.plan_relation(input).await?;
    let session = planner.session();
    let views = if *is_global { session.global_views() } else { session.views() };
    views.create(&name, planned, *replace)?;
    Ok(CommandOutput::None)
}

/// A view's name is one identifier; that of a database before it is not looked at.
fn view_name(name: &str) -> Result<String> {
    let invalid = || {
        Error::analysis(
            Condition::TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS,
            [("actualName", name.to_owned())],
        )
    };
    match sql::parse_identifier(name)?.as_mut_slice() {
        [name] | [_, name] => Ok(std::mem::take(name)),
        _ => Err(invalid()),
    }
}
