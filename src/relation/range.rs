//! `range`: the numbers from start to end.

use std::sync::Arc;

use datafusion::common::TableReference;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::LogicalPlanBuilder;

use super::partition::positive;
use crate::error::{AtField as _, Error, Result};
use crate::planner::columns::Columns;
use crate::planner::planned::Planned;
use crate::proto;
use crate::source::RangeTable;

pub(super) fn plan(message: &proto::Range) -> Result<Planned> {
    let proto::Range { start, end, step, num_partitions } = message;
    let partitions = num_partitions.map(positive).transpose().at("num_partitions")?;
    spread(start.unwrap_or(0), *end, *step, partitions)
}

/// The numbers from `start`, before `end`, in steps and in so many partitions.
pub(super) fn spread(
    start: i64,
    end: i64,
    step: i64,
    partitions: Option<usize>,
) -> Result<Planned> {
    if step == 0 {
        return Err(Error::requirement("step (0) cannot be 0"));
    }
    let table = Arc::new(RangeTable::new(start, end, step, partitions));
    let plan =
        LogicalPlanBuilder::scan(TableReference::bare("range"), provider_as_source(table), None)?
            .build()?;
    let columns = Columns::of_table(Arc::clone(plan.schema()), Arc::from([]));
    Ok(Planned::leaf(plan, columns))
}
