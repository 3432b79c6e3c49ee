//! Not yet.
use std::sync::Arc;

use datafusion::catalog::Session;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::dml::InsertOp;
use datafusion::physical_plan::ExecutionPlan;

use crate::table::Location;

#[derive(Debug, Clone, Default)]
pub(crate) struct Writing;

pub(crate) async fn insert(
    _: &Location,
    _: &Writing,
    _: &dyn Session,
    _: Arc<dyn ExecutionPlan>,
    _: InsertOp,
) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
    crate::error::unsupported("insert", "not yet").map_err(Into::into)
}
