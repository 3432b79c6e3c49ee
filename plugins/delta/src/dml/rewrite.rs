//! Rows with what becomes of them, into new files.

use datafusion::arrow::array::{AsArray as _, BooleanArray, Int32Array};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::Int32Type;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::Column;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, lit};
use datafusion_spark_connect::{Error, Planned, Result, SparkConnectPlanner};
use deltalake::DeltaTable;
use futures::StreamExt as _;

use crate::error::OrArrow as _;
use crate::write::{Layout, TableWriter, Written, with_generated};

/// The column that says what becomes of a row.
const FATE: &str = "#fate";

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum Fate {
    Copied = 0,
    Updated = 1,
    Deleted = 2,
    Inserted = 3,
}

impl Fate {
    const ALL: [Self; 4] = [Self::Copied, Self::Updated, Self::Deleted, Self::Inserted];

    pub(crate) fn expr(self) -> Expr {
        lit(self as i32)
    }
}

/// How many rows met which fate, and the files that came of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) written: Written,
    counts: [i64; 4],
}

impl Outcome {
    pub(crate) fn count(&self, fate: Fate) -> i64 {
        self.counts[fate as usize]
    }
}

/// Rows as they will be, what becomes of them, and as they were.
pub(crate) struct Rewrite<'a> {
    pub(crate) input: LogicalPlan,
    /// The values of the table's columns.
    pub(crate) new: Vec<Expr>,
    pub(crate) fate: Expr,
    /// What the columns held before, for files of changes.
    pub(crate) old: Vec<Expr>,
    pub(crate) layout: &'a Layout,
    /// Columns whose values the user gave, by place; others may be generated.
    pub(crate) explicit: Vec<usize>,
}

impl Rewrite<'_> {
    /// Writes the rows.
    pub(crate) async fn run(
        self,
        table: &DeltaTable,
        planner: &SparkConnectPlanner,
    ) -> Result<Outcome> {
        let layout = self.layout;
        let plan = self.plan(planner)?;
        let mut writer = TableWriter::new(table, layout, planner)?;
        let mut outcome = Outcome::default();
        let (_, mut batches) = planner.stream(&Planned::from(plan)).await?;
        while let Some(batch) = batches.next().await {
            sort(&batch?, layout, &mut writer, &mut outcome).await?;
        }
        outcome.written = writer.finish().await?;
        Ok(outcome)
    }

    fn plan(self, planner: &SparkConnectPlanner) -> Result<LogicalPlan> {
        let Self { input, new, fate, old, layout, explicit } = self;
        let fields = layout.spark.fields();
        let mut exprs: Vec<_> =
            new.into_iter().zip(fields).map(|(value, field)| value.alias(field.name())).collect();
        exprs.push(fate.alias(FATE));
        if layout.records_changes() {
            let old = old.into_iter().zip(fields);
            exprs.extend(old.map(|(value, field)| value.alias(format!("#old {}", field.name()))));
        }
        let plan = LogicalPlanBuilder::from(input).project(exprs)?.build()?;
        with_generated(plan, layout, &explicit, planner)
    }
}

/// Puts the rows of a batch where they belong.
async fn sort(
    batch: &RecordBatch,
    layout: &Layout,
    writer: &mut TableWriter,
    outcome: &mut Outcome,
) -> Result<()> {
    let width = layout.spark.fields().len();
    let new: Vec<_> = (0..width).collect();
    let new = batch.project(&new).or_arrow()?;
    let fates =
        batch.columns().get(width).and_then(|column| column.as_primitive_opt::<Int32Type>());
    let fates = fates.ok_or_else(|| Error::internal("rows do not say what becomes of them"))?;
    for fate in Fate::ALL {
        let count = fates.values().iter().filter(|value| **value == fate as i32).count();
        outcome.counts[fate as usize] += i64::try_from(count).unwrap_or(i64::MAX);
    }
    let kept = with(fates, |fate| fate != Fate::Deleted as i32);
    writer.write(&filter_record_batch(&new, &kept).or_arrow()?).await?;
    if layout.records_changes() {
        let old: Vec<_> = (width + 1..=2 * width).collect();
        let old = batch.project(&old).or_arrow()?;
        let changes = [
            (&old, Fate::Updated, "update_preimage"),
            (&new, Fate::Updated, "update_postimage"),
            (&old, Fate::Deleted, "delete"),
            (&new, Fate::Inserted, "insert"),
        ];
        for (rows, fate, name) in changes {
            let chosen = with(fates, |value| value == fate as i32);
            writer.write_change(&filter_record_batch(rows, &chosen).or_arrow()?, name).await?;
        }
    }
    Ok(())
}

fn with(fates: &Int32Array, is: impl Fn(i32) -> bool) -> BooleanArray {
    fates.iter().map(|fate| fate.map(&is)).collect()
}

/// A column of a plan.
pub(crate) fn column(name: &str) -> Expr {
    Expr::Column(Column::from_name(name))
}
