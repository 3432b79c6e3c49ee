//! UPDATE.

use datafusion::logical_expr::{Expr, lit, when};
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner};

use super::assign::Assigned;
use super::delete::{count, described};
use super::rewrite::{Fate, Rewrite};
use super::target::Target;
use crate::commit::{Commit, Operation, Reads, check_writable};
use crate::proto::UpdateTable;
use crate::rows;

pub(crate) async fn update(
    message: &UpdateTable,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let UpdateTable { target, condition, assignments } = message;
    let target = Target::of(target.as_ref(), planner).await?;
    let condition = match condition {
        Some(message) => {
            let condition = planner.plan_condition(message, &target.planned)?;
            let text = described(message, &condition);
            Some((condition, text))
        }
        None => None,
    };
    let assigned = Assigned::of(assignments, &target, &target.planned, planner)?;
    let updated = update_where(&target, condition, &assigned, planner).await?;
    rows::counts(&[("num_affected_rows", updated)])
}

/// Gives rows of a table new values, those for which a condition holds if there is one,
/// which comes with its text; how many there were.
pub(crate) async fn update_where(
    target: &Target,
    condition: Option<(Expr, String)>,
    assigned: &Assigned,
    planner: &SparkConnectPlanner,
) -> Result<i64> {
    check_writable(&target.table, false)?;
    let (planned, text) = condition.unzip();
    let columns = target.columns();
    let matched = planned.clone().unwrap_or_else(|| lit(true));
    let filter = planned.as_ref().map(|c| target.partitions(c, planner)).transpose()?.flatten();
    let matches = target.matches(&matched, planner).await?;
    let updated: i64 = matches.iter().map(|(_, rows)| rows).sum();
    if matches.is_empty() {
        return Ok(0);
    }
    let matched = matched.is_true();
    let new = assigned
        .over(&columns)
        .into_iter()
        .zip(&columns)
        .map(|(value, old)| match value == *old {
            true => Ok(value),
            false => when(matched.clone(), value).otherwise(old.clone()),
        })
        .collect::<std::result::Result<_, _>>()?;
    let keys = matches.iter().map(|(file, _)| file.key()).collect();
    let rewrite = Rewrite {
        input: target.scan(Some(keys))?,
        new,
        fate: when(matched, Fate::Updated.expr()).otherwise(Fate::Copied.expr())?,
        old: columns,
        layout: &target.layout,
        explicit: assigned.columns().collect(),
    };
    let outcome = rewrite.run(&target.table, planner).await?;
    let operation = Operation::new("UPDATE").with_predicate(text.as_deref()).measured([
        ("numUpdatedRows", updated),
        ("numCopiedRows", outcome.count(Fate::Copied)),
        ("numRemovedFiles", count(&matches)),
        ("numAddedFiles", outcome.written.files()),
        ("numAddedBytes", outcome.written.bytes()),
    ]);
    let removes = matches.iter().map(|(file, _)| file.remove(true));
    let actions = removes.chain(outcome.written.actions()).collect();
    let table = target.table.clone();
    Commit { table, actions, reads: Reads::Rows(filter), operation }.run().await?;
    Ok(updated)
}
