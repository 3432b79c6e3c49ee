//! OPTIMIZE: few large files in the place of many small ones, perhaps with rows that
//! are alike side by side.

mod metrics;
mod z_order;

use std::time::{SystemTime, UNIX_EPOCH};

use datafusion::common::Column;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use datafusion_spark_connect::{Error, Planned, Result, SparkConnectPlanner};
use deltalake::kernel::Add;
use futures::StreamExt as _;
use serde_json::json;

use crate::commit::{Commit, Operation, Reads, check_writable};
use crate::dml::{Target, count};
use crate::error::analysis;
use crate::files::{self, DataFile};
use crate::filter::{self, PartitionFilter};
use crate::proto::OptimizeTable;
use crate::source::TABLE;
use crate::table::Location;
use crate::write::TableWriter;
use metrics::Metrics;
pub(crate) use metrics::schema;

pub(crate) async fn optimize(
    message: &OptimizeTable,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let OptimizeTable { table, partition_filters, zorder_columns } = message;
    let location = Location::of(table.as_ref(), planner).await?;
    let target = Target::open(location, planner).await?;
    check_writable(&target.table, true)?;
    let start = now();
    let filter = chosen(partition_filters, &target, planner)?;
    let keys = keys(zorder_columns, &target)?;
    let considered = matching(files::of(&target.table)?, filter.as_ref())?;
    let all = count(&considered);
    let bins = match keys.is_empty() {
        true => small_files(considered, target.layout.target_size().get()),
        false => whole_partitions(considered),
    };
    let mut metrics = Metrics { considered: all, start, ..Metrics::default() };
    metrics.partitions = filter::distinct(bins.iter().flatten().map(|file| &file.partition));
    let mut adds = Vec::new();
    for bin in &bins {
        adds.extend(written(bin, &keys, &target, planner).await?);
    }
    let removed: Vec<&DataFile> = bins.iter().flatten().collect();
    metrics.bins = count(&bins);
    metrics.removed = removed.iter().map(|file| file.size).collect();
    metrics.added = adds.iter().map(|add| add.size).collect();
    metrics.z_order = !keys.is_empty();
    metrics.columns = count(target.layout.spark.fields());
    if !removed.is_empty() {
        let operation = Operation::new("OPTIMIZE")
            .with_json("predicate", &json!(partition_filters))
            .with_json("zOrderBy", &json!(zorder_columns))
            .with("auto", "false")
            .measured(metrics.counts());
        let removes = removed.iter().map(|file| file.remove(false));
        let actions = removes.chain(adds.into_iter().map(Into::into)).collect();
        let table = target.table.clone();
        Commit { table, actions, reads: Reads::Replaced, operation }.run().await?;
    }
    metrics.end = now();
    metrics.row(&target.location.display())
}

fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or_default()
}

/// What the filters say about partitions.
fn chosen(
    filters: &[String],
    target: &Target,
    planner: &SparkConnectPlanner,
) -> Result<Option<PartitionFilter>> {
    let mut all: Option<Expr> = None;
    for text in filters {
        let condition = planner.plan_sql_expression(text, &target.planned)?;
        let partition_by = target.layout.partition_by();
        for column in condition.column_refs() {
            if !partition_by.iter().any(|own| own == column.name()) {
                return Err(not_a_partition(column.name(), partition_by));
            }
        }
        all = Some(match all {
            Some(before) => before.and(condition),
            None => condition,
        });
    }
    all.map_or(Ok(None), |condition| target.partitions(&condition, planner))
}

fn not_a_partition(name: &str, partition_by: &[String]) -> Error {
    let columns = partition_by.join(", ");
    analysis(
        "DELTA_NON_PARTITION_COLUMN_REFERENCE",
        "42P10",
        format!(
            "Predicate references non-partition column '{name}'. Only the partition columns may \
             be referenced: [{columns}]."
        ),
        &[("columnName", name), ("columnList", &columns)],
    )
}

fn matching(files: Vec<DataFile>, filter: Option<&PartitionFilter>) -> Result<Vec<DataFile>> {
    let Some(filter) = filter else { return Ok(files) };
    let holds = filter.holds(files.iter().map(|file| &file.partition))?;
    let kept = files.into_iter().zip(holds).filter(|(_, holds)| *holds);
    Ok(kept.map(|(file, _)| file).collect())
}

/// Small files, in lots that make a file each.
fn small_files(files: Vec<DataFile>, target: u64) -> Vec<Vec<DataFile>> {
    let target = i64::try_from(target).unwrap_or(i64::MAX);
    let small: Vec<_> =
        files.into_iter().filter(|file| file.size < target || file.has_deletion_vector()).collect();
    let mut lots = Vec::new();
    for (_, files) in filter::grouped(small, |file| &file.partition) {
        let mut lot: Vec<DataFile> = Vec::new();
        let mut size = 0_i64;
        for file in files {
            if !lot.is_empty() && size.saturating_add(file.size) > target {
                lots.push(std::mem::take(&mut lot));
                size = 0;
            }
            size = size.saturating_add(file.size);
            lot.push(file);
        }
        lots.push(lot);
    }
    // One file alone is as small as it was, unless rows of it are gone.
    lots.retain(|lot| lot.len() > 1 || lot.iter().any(DataFile::has_deletion_vector));
    lots
}

fn whole_partitions(files: Vec<DataFile>) -> Vec<Vec<DataFile>> {
    filter::grouped(files, |file| &file.partition).into_iter().map(|(_, files)| files).collect()
}

/// The columns to order by.
fn keys(names: &[String], target: &Target) -> Result<Vec<Expr>> {
    let fields = target.layout.spark.fields();
    let key = |name: &String| {
        let field = fields.iter().find(|field| field.name().eq_ignore_ascii_case(name));
        let field = field.ok_or_else(|| {
            analysis(
                "DELTA_ZORDERING_COLUMN_DOES_NOT_EXIST",
                "42703",
                format!("Z-Ordering column {name} does not exist in data schema."),
                &[("columnName", name)],
            )
        })?;
        if target.layout.partition_by().contains(field.name()) {
            return Err(analysis(
                "DELTA_ZORDERING_ON_PARTITION_COLUMN",
                "42P10",
                format!(
                    "{name} is a partition column. Z-Ordering can only be performed on data \
                     columns."
                ),
                &[("colName", name)],
            ));
        }
        Ok(Expr::Column(Column::new(Some(TABLE), field.name())))
    };
    names.iter().map(key).collect()
}

/// The rows of some files in new ones.
async fn written(
    files: &[DataFile],
    keys: &[Expr],
    target: &Target,
    planner: &SparkConnectPlanner,
) -> Result<Vec<Add>> {
    let plan = rows(files, keys, target)?;
    let mut writer = TableWriter::of_known_rows(&target.table, &target.layout).moving();
    let (_, mut batches) = planner.stream(&Planned::from(plan)).await?;
    while let Some(batch) = batches.next().await {
        writer.write(&batch?).await?;
    }
    Ok(writer.finish().await?.adds)
}

fn rows(files: &[DataFile], keys: &[Expr], target: &Target) -> Result<LogicalPlan> {
    let keys_of_files = files.iter().map(DataFile::key).collect();
    let mut plan = LogicalPlanBuilder::from(target.scan(Some(keys_of_files))?);
    if !keys.is_empty() {
        plan = plan.sort([z_order::key(keys.to_vec()).sort(true, true)])?;
    }
    Ok(plan.project(target.columns())?.build()?)
}
