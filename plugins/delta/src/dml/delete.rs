//! DELETE.

use datafusion::logical_expr::{Expr, when};
use datafusion_spark_connect::proto::Expression;
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner};

use super::rewrite::{Fate, Outcome, Rewrite};
use super::target::Target;
use crate::commit::{Commit, Operation, Reads, check_writable};
use crate::files::{self, DataFile};
use crate::filter::PartitionFilter;
use crate::proto::DeleteFromTable;
use crate::rows;

pub(crate) async fn delete(
    message: &DeleteFromTable,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let DeleteFromTable { target, condition } = message;
    let target = Target::of(target.as_ref(), planner).await?;
    let condition = match condition {
        Some(message) => {
            let condition = planner.plan_condition(message, &target.planned)?;
            let text = described(message, &condition);
            Some((condition, text))
        }
        None => None,
    };
    rows::counts(&[("num_affected_rows", delete_where(&target, condition, planner).await?)])
}

/// Takes rows out of a table, those for which a condition holds if there is one, which
/// comes with its text; how many there were.
pub(crate) async fn delete_where(
    target: &Target,
    condition: Option<(Expr, String)>,
    planner: &SparkConnectPlanner,
) -> Result<i64> {
    check_writable(&target.table, false)?;
    let Some((condition, text)) = condition else { return everything(target, planner).await };
    let Deletion { matches, outcome, filter } = deletion(target, &condition, planner).await?;
    let deleted: i64 = matches.iter().map(|(_, rows)| rows).sum();
    if matches.is_empty() {
        return Ok(0);
    }
    let operation = Operation::new("DELETE").with_predicate(Some(&text)).measured([
        ("numDeletedRows", deleted),
        ("numCopiedRows", outcome.count(Fate::Copied)),
        ("numRemovedFiles", count(&matches)),
        ("numAddedFiles", outcome.written.files()),
        ("numAddedBytes", outcome.written.bytes()),
    ]);
    let removes = matches.iter().map(|(file, _)| file.remove(true));
    let actions = removes.chain(outcome.written.actions()).collect();
    let table = target.table.clone();
    Commit { table, actions, reads: Reads::Rows(filter), operation }.run().await?;
    Ok(deleted)
}

/// Files that go because rows of them do, and those with the rows that stay.
pub(crate) struct Deletion {
    /// The files, each with how many of its rows go.
    pub(crate) matches: Vec<(DataFile, i64)>,
    pub(crate) outcome: Outcome,
    /// Which partitions were looked at.
    pub(crate) filter: Option<PartitionFilter>,
}

/// Writes anew the rows that stay beside some that go.
pub(crate) async fn deletion(
    target: &Target,
    condition: &Expr,
    planner: &SparkConnectPlanner,
) -> Result<Deletion> {
    let filter = target.partitions(condition, planner)?;
    let matches = target.matches(condition, planner).await?;
    // A version tells of changes in files of them, or by the files that it removes.
    let is_whole = |(file, rows): &(DataFile, i64)| file.rows == Some(*rows);
    let rewrites_all = target.layout.records_changes() && !matches.iter().all(is_whole);
    let partial: Vec<_> = matches
        .iter()
        .filter(|found| rewrites_all || !is_whole(found))
        .map(|(file, _)| file.key())
        .collect();
    if partial.is_empty() {
        return Ok(Deletion { matches, outcome: Outcome::default(), filter });
    }
    let old = target.columns();
    let rewrite = Rewrite {
        input: target.scan(Some(partial))?,
        new: old.clone(),
        fate: when(condition.clone().is_true(), Fate::Deleted.expr())
            .otherwise(Fate::Copied.expr())?,
        old,
        layout: &target.layout,
        explicit: (0..target.layout.spark.fields().len()).collect(),
    };
    let outcome = rewrite.run(&target.table, planner).await?;
    Ok(Deletion { matches, outcome, filter })
}

/// Without a condition no row has to be looked at.
async fn everything(target: &Target, planner: &SparkConnectPlanner) -> Result<i64> {
    let files = files::of(&target.table)?;
    let counted: Option<i64> = files.iter().map(|file| file.rows).sum();
    let deleted = match counted {
        Some(rows) => rows,
        None => {
            let all = datafusion::logical_expr::lit(true);
            target.matches(&all, planner).await?.iter().map(|(_, rows)| rows).sum()
        }
    };
    if files.is_empty() {
        return Ok(0);
    }
    let operation = Operation::new("DELETE").with_predicate(Some("true")).measured([
        ("numDeletedRows", deleted),
        ("numRemovedFiles", count(&files)),
        ("numRemovedBytes", files.iter().map(|file| file.size).sum()),
    ]);
    let actions = files.iter().map(|file| file.remove(true)).collect();
    let table = target.table.clone();
    Commit { table, actions, reads: Reads::Rows(None), operation }.run().await?;
    Ok(deleted)
}

pub(crate) fn count<T>(things: &[T]) -> i64 {
    i64::try_from(things.len()).unwrap_or(i64::MAX)
}

/// A condition as the history shows it: the user's words where there are some.
pub(crate) fn described(message: &Expression, planned: &Expr) -> String {
    use datafusion_spark_connect::proto::expression::ExprType;
    match &message.expr_type {
        Some(ExprType::ExpressionString(text)) => text.expression.clone(),
        _ => planned.human_display().to_string(),
    }
}
