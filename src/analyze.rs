//! Questions about a plan: its schema, its explanation, where its rows come from.

pub(crate) mod explain;
mod operator;
mod plan_tree;

use crate::error::{AtField as _, Required as _, Result};
use crate::execute::kept::{Kept, default_level};
use crate::execute::semantics::Print;
use crate::planner::planned::Planned;
use crate::planner::{SparkConnectPlanner, root};
use crate::proto::analyze_plan_request::{self as request, Analyze};
use crate::proto::analyze_plan_response::{self as response, Result as Answer};
use crate::proto::{Plan, Relation, StorageLevel};
use crate::{sql, types};

/// The version of Spark whose behaviour and protocol this crate follows.
pub(crate) const SPARK_VERSION: &str = "4.3.0";

/// Answers a question.
///
/// # Errors
/// As [`SparkConnectPlanner::plan_relation`].
pub(crate) async fn analyze(planner: &SparkConnectPlanner, question: &Analyze) -> Result<Answer> {
    match question {
        Analyze::Schema(q) => schema(planner, q).await.at("schema"),
        Analyze::Explain(q) => {
            let request::Explain { plan: asked, explain_mode } = q;
            let planned = plan(planner, asked).await.at("explain")?;
            let explain_string = explain::explain(planner, &planned, *explain_mode).await?;
            Ok(Answer::Explain(response::Explain { explain_string }))
        }
        Analyze::TreeString(q) => {
            let request::TreeString { plan: asked, level } = q;
            let planned = plan_for_schema(planner, asked).await.at("tree_string")?;
            let schema = types::from_schema(planned.schema()?.as_ref())?;
            let tree_string = types::tree_string(&schema, *level);
            Ok(Answer::TreeString(response::TreeString { tree_string }))
        }
        Analyze::IsLocal(q) => {
            let request::IsLocal { plan: asked } = q;
            let planned = plan(planner, asked).await.at("is_local")?;
            let is_local = explain::is_local(&planned);
            Ok(Answer::IsLocal(response::IsLocal { is_local }))
        }
        Analyze::IsStreaming(q) => {
            let request::IsStreaming { plan: asked } = q;
            plan_for_schema(planner, asked).await.at("is_streaming")?;
            Ok(Answer::IsStreaming(response::IsStreaming { is_streaming: false }))
        }
        Analyze::InputFiles(q) => {
            let request::InputFiles { plan: asked } = q;
            let planned = plan(planner, asked).await.at("input_files")?;
            let files = explain::input_files(planner, &planned).await?;
            Ok(Answer::InputFiles(response::InputFiles { files }))
        }
        Analyze::SparkVersion(request::SparkVersion {}) => {
            let version = SPARK_VERSION.to_owned();
            Ok(Answer::SparkVersion(response::SparkVersion { version }))
        }
        Analyze::DdlParse(q) => {
            let request::DdlParse { ddl_string } = q;
            let parsed = Some(sql::parse_schema(ddl_string)?);
            Ok(Answer::DdlParse(response::DdlParse { parsed }))
        }
        Analyze::SameSemantics(q) => {
            let request::SameSemantics { target_plan, other_plan } = q;
            let target = plan(planner, target_plan).await.at("target_plan")?;
            let other = plan(planner, other_plan).await.at("other_plan")?;
            let result = Print::of(&target)? == Print::of(&other)?;
            Ok(Answer::SameSemantics(response::SameSemantics { result }))
        }
        Analyze::SemanticHash(q) => {
            let request::SemanticHash { plan: asked } = q;
            let result = Print::of(&plan(planner, asked).await.at("semantic_hash")?)?.short();
            Ok(Answer::SemanticHash(response::SemanticHash { result }))
        }
        Analyze::Persist(q) => {
            let request::Persist { relation, storage_level } = q;
            let planned = relation_of(planner, relation).await.at("persist")?;
            let level = storage_level.unwrap_or_else(default_level);
            Kept::of(planner.session()).cache(&planned, level)?;
            Ok(Answer::Persist(response::Persist {}))
        }
        Analyze::Unpersist(q) => {
            // Memory goes at once, whether the client waits for that or not.
            let request::Unpersist { relation, blocking: _ } = q;
            let planned = relation_of(planner, relation).await.at("unpersist")?;
            Kept::of(planner.session()).uncache(&planned)?;
            Ok(Answer::Unpersist(response::Unpersist {}))
        }
        Analyze::GetStorageLevel(q) => {
            let request::GetStorageLevel { relation } = q;
            let planned = relation_of(planner, relation).await.at("get_storage_level")?;
            let kept = Kept::of(planner.session()).find(&planned)?;
            let level = kept.map_or(NOT_KEPT, |table| *table.level());
            let storage_level = Some(level);
            Ok(Answer::GetStorageLevel(response::GetStorageLevel { storage_level }))
        }
        Analyze::JsonToDdl(q) => {
            let request::JsonToDdl { json_string } = q;
            let ddl_string = types::to_ddl(&types::json::from_json(json_string)?);
            Ok(Answer::JsonToDdl(response::JsonToDdl { ddl_string }))
        }
    }
}

/// The level of what is not kept.
const NOT_KEPT: StorageLevel = StorageLevel {
    use_disk: false,
    use_memory: false,
    use_off_heap: false,
    deserialized: false,
    replication: 1,
};

async fn relation_of(
    planner: &SparkConnectPlanner,
    relation: &Option<Relation>,
) -> Result<Planned> {
    planner.plan_relation(relation.as_ref().required("relation")?).await
}

async fn plan(planner: &SparkConnectPlanner, asked: &Option<Plan>) -> Result<Planned> {
    let plan = asked.as_ref().required("plan")?;
    planner.plan_relation(root(plan)?).await
}

/// The same for questions that a schema answers: plugins that know theirs do no work.
async fn plan_for_schema(planner: &SparkConnectPlanner, asked: &Option<Plan>) -> Result<Planned> {
    plan(&planner.for_schema(), asked).await
}

async fn schema(planner: &SparkConnectPlanner, question: &request::Schema) -> Result<Answer> {
    let request::Schema { plan: asked } = question;
    let schema = plan_for_schema(planner, asked).await?.schema()?;
    let schema = Some(types::from_schema(schema.as_ref())?);
    Ok(Answer::Schema(response::Schema { schema }))
}
