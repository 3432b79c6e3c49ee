//! MERGE.

mod clauses;
mod evolve;
mod join;
mod run;

use datafusion::common::DFSchema;
use datafusion::logical_expr::dml::MergeIntoClause;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion_spark_connect::{Error, Planned, Result, SparkConnectPlanner};

use super::target::Target;
use crate::commit::check_writable;
use crate::proto::MergeIntoTable;
use crate::rows;
use run::Merge;

/// How many rows a merge changed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Merged {
    pub(crate) updated: i64,
    pub(crate) deleted: i64,
    pub(crate) inserted: i64,
}

pub(crate) async fn merge(
    message: &MergeIntoTable,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let target = Target::of(message.target.as_ref(), planner).await?;
    let source = message.source.as_ref().ok_or_else(|| Error::missing_field("source"))?;
    let source = planner.plan_relation(source).await?;
    let Merged { updated, deleted, inserted } =
        merge_into(&target, &source, message, planner).await?;
    rows::counts(&[
        ("num_affected_rows", updated + deleted + inserted),
        ("num_updated_rows", updated),
        ("num_deleted_rows", deleted),
        ("num_inserted_rows", inserted),
    ])
}

/// Merges the rows of a source into a table.
pub(crate) async fn merge_into(
    target: &Target,
    source: &Planned,
    message: &MergeIntoTable,
    planner: &SparkConnectPlanner,
) -> Result<Merged> {
    let MergeIntoTable {
        target: _,
        source: _,
        condition: _,
        matched_actions,
        not_matched_actions: _,
        not_matched_by_source_actions,
        with_schema_evolution: _,
    } = message;
    let only_adds = matched_actions.is_empty() && not_matched_by_source_actions.is_empty();
    check_writable(&target.table, only_adds)?;
    Merge::of_message(target, source, message, planner).await?.run().await
}

/// The same as DataFusion asks for it.
pub(crate) async fn merge_clauses(
    target: &Target,
    source: LogicalPlan,
    schema: &DFSchema,
    on: Expr,
    clauses: Vec<MergeIntoClause>,
    planner: &SparkConnectPlanner,
) -> Result<Merged> {
    let only_adds = clauses.iter().all(|clause| clause.kind.is_not_matched_by_target());
    check_writable(&target.table, only_adds)?;
    Merge::of_clauses(target, source, schema, on, clauses, planner)?.run().await
}
