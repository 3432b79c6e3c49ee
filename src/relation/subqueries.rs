//! Plans the subqueries that a relation's expressions refer to, before the
//! expressions themselves: planning a relation may await, expressions may not.

use crate::error::Result;
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::planner::scope::Subqueries;
use crate::planner::walk::Env;
use crate::proto::Relation;

/// The subqueries of `relation`'s own expressions, by plan id.
pub(crate) async fn plan<'r>(
    _planner: &'r SparkConnectPlanner,
    _relation: &'r Relation,
    _env: &Env<'r>,
    _inputs: &[Planned],
) -> Result<Subqueries> {
    Ok(Subqueries::new())
}
