//! `range`: the numbers from start to end.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::datasource::provider_as_source;
use datafusion::functions_table::generate_series::{GenSeriesArgs, GenerateSeriesTable};
use datafusion::logical_expr::LogicalPlanBuilder;

use crate::error::{Error, Result};
use crate::planner::columns::Columns;
use crate::planner::planned::Planned;
use crate::proto;

pub(super) fn plan(message: &proto::Range) -> Result<Planned> {
    // How many partitions hold the rows does not change them.
    let proto::Range { start, end, step, num_partitions: _ } = message;
    numbers(start.unwrap_or(0), *end, *step)
}

/// The numbers from `start`, before `end`, in steps.
pub(super) fn numbers(start: i64, end: i64, step: i64) -> Result<Planned> {
    if step == 0 {
        return Err(Error::invalid_plan("the step of a range must not be 0").at("step"));
    }
    let empty = if step > 0 { start >= end } else { start <= end };
    let args = GenSeriesArgs::Int64Args {
        start,
        end: if empty { start } else { end },
        step,
        include_end: false,
        name: "range",
    };
    let schema = Schema::new(vec![Field::new("id", DataType::Int64, false)]);
    let table = Arc::new(GenerateSeriesTable::new(Arc::new(schema), args));
    let plan = LogicalPlanBuilder::scan("range", provider_as_source(table), None)?.build()?;
    let columns = Columns::from_schema(plan.schema());
    let columns = columns.requalified(&[], |entry| entry.column().clone());
    Ok(Planned::leaf(plan, columns))
}
