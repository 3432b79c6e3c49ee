//! Renderings that are the same in every run.

use std::fmt::Write as _;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::common::ExprSchema as _;

use crate::error::{Error, Result};
use crate::planner::grown::with_stack;
use crate::planner::planned::Planned;

/// A planned relation as text: DataFusion's plan, an empty line, and a line for
/// each column with its name in Spark, the field that carries it if that is named
/// otherwise, its Arrow type and whether it may be NULL.
///
/// ```
/// use datafusion_spark_connect::{Planned, testkit::render};
/// use datafusion::logical_expr::{LogicalPlanBuilder, lit};
///
/// let plan = LogicalPlanBuilder::empty(true).project([lit(1).alias("one")])?.build()?;
/// assert_eq!(
///     render(&Planned::from(plan)),
///     "Projection: Int32(1) AS one\n  EmptyRelation: rows=1\n\none: Int32 not null\n",
/// );
/// # Ok::<(), datafusion::error::DataFusionError>(())
/// ```
pub fn render(planned: &Planned) -> String {
    let mut text = with_stack(|| planned.plan().display_indent().to_string());
    text.push_str("\n\n");
    for entry in planned.columns().entries() {
        let column = entry.column();
        text.push_str(entry.name());
        if column.name() != entry.name() {
            let _ = write!(text, " ({})", column.name());
        }
        let _ = match planned.df_schema().field_from_column(column) {
            Ok(field) => {
                let null = if field.is_nullable() { "" } else { " not null" };
                writeln!(text, ": {}{null}", field.data_type())
            }
            Err(_) => writeln!(text, ": not in the plan"),
        };
    }
    text
}

/// Rows as a table of text.
///
/// # Errors
/// If a value has no text.
pub fn render_rows(batches: &[RecordBatch]) -> Result<String> {
    let table = pretty_format_batches(batches).map_err(|error| Error::DataFusion(error.into()))?;
    Ok(table.to_string())
}
