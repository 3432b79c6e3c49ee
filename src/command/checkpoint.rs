//! `checkpoint_command` and what forgets a checkpoint: rows kept in the session,
//! under an id that stands for a relation.

use crate::error::{AtField as _, Condition, Error, Required as _, Result};
use crate::execute;
use crate::execute::kept::{Kept, default_level};
use crate::planner::SparkConnectPlanner;
use crate::planner::output::CommandOutput;
use crate::proto::execute_plan_response::ResponseType;
use crate::proto::{
    CachedRemoteRelation, CheckpointCommand, CheckpointCommandResult,
    RemoveCachedRemoteRelationCommand,
};

/// Where Spark writes checkpoints that outlive the application.
const DIRECTORY: &str = "spark.checkpoint.dir";

pub(super) async fn run(
    planner: &SparkConnectPlanner,
    message: &CheckpointCommand,
) -> Result<CommandOutput> {
    let CheckpointCommand { relation, local, eager, storage_level } = message;
    let relation = relation.as_ref().required("relation")?;
    let planned = planner.plan_relation(relation).await.at("relation")?;
    let session = planner.session();
    if !local && session.conf().get_option(DIRECTORY).is_none() {
        return Err(Error::analysis(Condition::CHECKPOINT_DIRECTORY_NOT_SET, []));
    }
    let relation_id = fresh_id();
    // What is reliable in Spark is in files; here both go with the session.
    let level = match local {
        true => storage_level.unwrap_or_else(default_level),
        false => crate::proto::StorageLevel { use_memory: false, ..default_level() },
    };
    let cut = Kept::of(session).checkpoint(relation_id.clone(), &planned, level)?;
    if *eager {
        execute::drain(planner, &cut).await?;
    }
    let relation = Some(CachedRemoteRelation { relation_id });
    let result = ResponseType::CheckpointCommandResult(CheckpointCommandResult { relation });
    Ok(CommandOutput::Response(Box::new(result)))
}

/// An id that no other checkpoint of this process has.
fn fresh_id() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("checkpoint-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A relation that is not there is forgotten already.
pub(super) fn remove(
    planner: &SparkConnectPlanner,
    message: &RemoveCachedRemoteRelationCommand,
) -> Result<CommandOutput> {
    let RemoveCachedRemoteRelationCommand { relation } = message;
    let CachedRemoteRelation { relation_id } = relation.as_ref().required("relation")?;
    Kept::of(planner.session()).remove_checkpoint(relation_id);
    Ok(CommandOutput::None)
}
