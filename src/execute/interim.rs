//! Stands in for the planner's commands, analysis and types until they land.

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;

use crate::error::{Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::proto;
use crate::types::from_schema;

#[expect(dead_code)]
pub(crate) enum CommandOutput {
    None,
    SqlResult(proto::Relation),
    Rows(Vec<RecordBatch>, SchemaRef),
    Relation(Planned),
    Extension(prost_types::Any),
}

#[expect(dead_code)]
pub(crate) enum PlanOutput {
    Relation(Planned),
    Command(CommandOutput),
}

pub(crate) async fn plan(planner: &SparkConnectPlanner, plan: &proto::Plan) -> Result<PlanOutput> {
    let relation = crate::planner::root(plan)?;
    Ok(PlanOutput::Relation(planner.plan_relation(relation).await?))
}

pub(crate) async fn analyze(
    planner: &SparkConnectPlanner,
    request: &proto::analyze_plan_request::Analyze,
) -> Result<proto::analyze_plan_response::Result> {
    use proto::analyze_plan_request::Analyze;
    use proto::analyze_plan_response as response;
    match request {
        Analyze::SparkVersion(_) => Ok(response::Result::SparkVersion(response::SparkVersion {
            version: "4.3.0".to_owned(),
        })),
        Analyze::Schema(proto::analyze_plan_request::Schema { plan: Some(plan) }) => {
            let planned = planner.plan_relation(crate::planner::root(plan)?).await?;
            let schema = from_schema(planned.schema()?.as_ref())?;
            Ok(response::Result::Schema(response::Schema { schema: Some(schema) }))
        }
        _ => Err(Error::unsupported("analyze")),
    }
}
