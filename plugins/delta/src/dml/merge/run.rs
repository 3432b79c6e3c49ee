//! A merge, from its message to its commit.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, AsArray as _};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::logical_expr::dml::MergeIntoClause;
use datafusion::logical_expr::{Expr, LogicalPlan, lit, when};
use datafusion_spark_connect::{ColumnEntry, Error, Planned, Result, SparkConnectPlanner};
use futures::StreamExt as _;
use serde_json::json;

use super::Merged;
use super::clauses::{Clause, Clauses, Context};
use super::evolve::evolved;
use super::join::{CLAUSE, Join, Names};
use crate::commit::{Commit, Operation, Reads};
use crate::dml::delete::{count, described};
use crate::dml::rewrite::{Fate, Outcome, Rewrite, column};
use crate::dml::spill::spilled;
use crate::dml::target::{Target, texts};
use crate::error::runtime;
use crate::files::{self, DataFile};
use crate::proto::MergeIntoTable;
use crate::write::{Layout, metadata_actions};

/// See the module.
pub(super) struct Merge<'a> {
    target: &'a Target,
    planner: &'a SparkConnectPlanner,
    names: Names,
    /// The rows of the source.
    source: LogicalPlan,
    /// The layout of the rows as they will be.
    layout: Layout,
    condition: Expr,
    text: String,
    clauses: Clauses,
}

/// Files to write anew.
struct Touched {
    files: Vec<DataFile>,
    /// Whether a row matched more than one of the source.
    repeats: bool,
}

impl<'a> Merge<'a> {
    pub(super) async fn of_message(
        target: &'a Target,
        source: &Planned,
        message: &MergeIntoTable,
        planner: &'a SparkConnectPlanner,
    ) -> Result<Self> {
        let sides = planner.sides(("", &target.planned), ("", source))?;
        let layout = evolved(&target.layout, source, message, planner)?;
        let on = message.condition.as_ref().ok_or_else(|| Error::missing_field("condition"))?;
        let condition = planner.plan_condition(on, sides.together())?;
        let evolves = message.with_schema_evolution.unwrap_or_default();
        let context = Context { target, sides: &sides, layout: &layout, evolves, planner };
        let clauses = Clauses::of(&context, message)?;
        let text = described(on, &condition);
        let name = |entry: &Arc<ColumnEntry>| entry.column().name.clone();
        let named = |side: &Planned| side.columns().entries().iter().map(name).collect();
        let names = Names { left: named(sides.left()), right: named(sides.right()) };
        let source = spilled(planner.stream(sides.right()).await?, planner).await?;
        Ok(Self { target, planner, names, source, layout, condition, text, clauses })
    }

    /// A merge that DataFusion asks for: columns are those of the target, then those of
    /// the source, as in `schema`.
    pub(super) fn of_clauses(
        target: &'a Target,
        source: LogicalPlan,
        schema: &DFSchema,
        on: Expr,
        clauses: Vec<MergeIntoClause>,
        planner: &'a SparkConnectPlanner,
    ) -> Result<Self> {
        let columns = schema.columns();
        let width = target.layout.spark.fields().len();
        let name = |at: usize| format!("#{at}");
        let names = Names {
            left: (0..width).map(name).collect(),
            right: (width..columns.len()).map(name).collect(),
        };
        let bare = |expr: Expr| -> Result<Expr> {
            let renamed = expr.transform(|expr| {
                let Expr::Column(named) = &expr else { return Ok(Transformed::no(expr)) };
                let at = columns.iter().position(|own| own == named);
                Ok(at.map_or(Transformed::no(expr), |at| Transformed::yes(column(&name(at)))))
            });
            Ok(renamed?.data)
        };
        let clauses = Clauses::of_datafusion(clauses, &target.layout, &bare)?;
        let text = on.human_display().to_string();
        let (condition, layout) = (bare(on)?, target.layout.clone());
        Ok(Self { target, planner, names, source, layout, condition, text, clauses })
    }

    pub(super) async fn run(self) -> Result<Merged> {
        let join = Join {
            target: self.target,
            names: &self.names,
            source: self.source.clone(),
            condition: self.condition.clone(),
            clauses: &self.clauses,
        };
        let (touched, input) = match self.clauses.only_insert() {
            true => (Vec::new(), join.unmatched()?),
            false => {
                let Touched { files, repeats } = self.touched(&join).await?;
                let keys = files.iter().map(DataFile::key).collect();
                (files, join.rows(keys, repeats)?)
            }
        };
        let outcome = self.rewrite(input)?.run(&self.target.table, self.planner).await?;
        let merged = Merged {
            updated: outcome.count(Fate::Updated),
            deleted: outcome.count(Fate::Deleted),
            inserted: outcome.count(Fate::Inserted),
        };
        self.commit(&join, touched, outcome).await?;
        Ok(merged)
    }

    async fn touched(&self, join: &Join<'_>) -> Result<Touched> {
        let (_, mut batches) = self.planner.stream(&Planned::from(join.touched()?)).await?;
        let mut names = std::collections::HashSet::new();
        let mut most = 0;
        while let Some(batch) = batches.next().await {
            let batch = batch?;
            let files = texts(batch.column(0))?;
            let pairs = batch.column(1).as_primitive::<Int64Type>();
            let touched = batch.column(2).as_boolean();
            for (at, file) in files.as_string::<i32>().iter().enumerate() {
                most = most.max(pairs.value(at));
                if touched.is_valid(at) && touched.value(at) {
                    let file = file.unwrap_or_default();
                    names.insert(files::path_of(file, &self.target.location.url));
                }
            }
        }
        let repeats = most > 1;
        if repeats && !self.clauses.matches_may_repeat() {
            return Err(matched_twice());
        }
        let known = self.target.files(|path| names.contains(path).then_some(()))?;
        Ok(Touched { files: known.into_iter().map(|(file, ())| file).collect(), repeats })
    }

    fn rewrite(&self, input: LogicalPlan) -> Result<Rewrite<'_>> {
        let clauses: Vec<&Clause> = self.all().collect();
        let old = self.old()?;
        // Rows that are added were nothing before.
        let before = match self.clauses.only_insert() {
            true => self.nothing()?,
            false => old.clone(),
        };
        let nothing = self.nothing()?;
        let mut new = Vec::with_capacity(before.len());
        for (at, (before, nothing)) in before.iter().zip(&nothing).enumerate() {
            let mut value = before.clone();
            for (number, clause) in clauses.iter().enumerate().rev() {
                let then = match (clause.assigned.get(at), clause.fate) {
                    (Some(assigned), _) => assigned,
                    (None, Fate::Inserted) => nothing,
                    (None, _) => continue,
                };
                value = when(is_for(number), then.clone()).otherwise(value)?;
            }
            new.push(value);
        }
        let mut fate = Fate::Copied.expr();
        for (number, clause) in clauses.iter().enumerate().rev() {
            fate = when(is_for(number), clause.fate.expr()).otherwise(fate)?;
        }
        let explicit = clauses.iter().flat_map(|clause| clause.assigned.columns()).collect();
        Ok(Rewrite { input, new, fate, old: before, layout: &self.layout, explicit })
    }

    fn all(&self) -> impl Iterator<Item = &Clause> {
        let Clauses { matched, not_matched, not_matched_by_source } = &self.clauses;
        matched.iter().chain(not_matched).chain(not_matched_by_source)
    }

    /// The columns as they were; NULL for those that are new.
    fn old(&self) -> Result<Vec<Expr>> {
        let mut columns = self.nothing()?;
        for (value, name) in columns.iter_mut().zip(&self.names.left) {
            *value = column(name);
        }
        Ok(columns)
    }

    fn nothing(&self) -> Result<Vec<Expr>> {
        let null = |data_type| ScalarValue::try_new_null(data_type).map(lit);
        let fields = self.layout.spark.fields().iter();
        let nulls = fields.map(|field| null(field.data_type()));
        Ok(nulls.collect::<std::result::Result<_, _>>()?)
    }

    async fn commit(
        &self,
        join: &Join<'_>,
        touched: Vec<DataFile>,
        outcome: Outcome,
    ) -> Result<()> {
        let metadata = metadata_actions(&self.target.table, &self.layout)?;
        let operation = self.operation(&touched, &outcome);
        let removes = touched.iter().map(|file| file.remove(true));
        let actions: Vec<_> =
            metadata.into_iter().chain(removes).chain(outcome.written.actions()).collect();
        if actions.is_empty() {
            return Ok(());
        }
        // What matches nothing may be anywhere.
        let filter = match self.clauses.not_matched_by_source.as_slice() {
            [] => self.target.partitions(&join.about_target()?, self.planner)?,
            _ => None,
        };
        let table = self.target.table.clone();
        Commit { table, actions, reads: Reads::Rows(filter), operation }.run().await?;
        Ok(())
    }

    fn operation(&self, touched: &[DataFile], outcome: &Outcome) -> Operation {
        let [updated, deleted, inserted, copied] =
            [Fate::Updated, Fate::Deleted, Fate::Inserted, Fate::Copied].map(|f| outcome.count(f));
        let Clauses { matched, not_matched, not_matched_by_source } = &self.clauses;
        Operation::new("MERGE")
            .with_json("predicate", &json!([self.text]))
            .with_json("matchedPredicates", &listed(matched))
            .with_json("notMatchedPredicates", &listed(not_matched))
            .with_json("notMatchedBySourcePredicates", &listed(not_matched_by_source))
            .measured([
                ("numTargetRowsInserted", inserted),
                ("numTargetRowsUpdated", updated),
                ("numTargetRowsDeleted", deleted),
                ("numTargetRowsCopied", copied),
                ("numOutputRows", inserted + updated + copied),
                ("numTargetFilesAdded", outcome.written.files()),
                ("numTargetFilesRemoved", count(touched)),
                ("numTargetBytesAdded", outcome.written.bytes()),
            ])
    }
}

/// Whether a row is for the clause at a place.
fn is_for(place: usize) -> Expr {
    column(CLAUSE).eq(lit(i32::try_from(place + 1).unwrap_or(i32::MAX)))
}

/// Clauses as the history shows them.
fn listed(clauses: &[Clause]) -> serde_json::Value {
    let clause = |clause: &Clause| {
        let action = match clause.fate {
            Fate::Copied => "copy",
            Fate::Updated => "update",
            Fate::Deleted => "delete",
            Fate::Inserted => "insert",
        };
        match &clause.condition {
            Some(condition) => {
                json!({ "predicate": condition.human_display().to_string(), "actionType": action })
            }
            None => json!({ "actionType": action }),
        }
    };
    clauses.iter().map(clause).collect()
}

fn matched_twice() -> Error {
    runtime(
        "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE",
        "21506",
        "Cannot perform Merge as multiple source rows matched and attempted to modify the same \
         target row in the Delta table in possibly conflicting ways. By SQL semantics of Merge, \
         when multiple source rows match on the same target row, the result may be ambiguous as \
         it is unclear which source row should be used to update or delete the matching target \
         row. You can preprocess the source table to eliminate the possibility of multiple \
         matches.",
        &[],
    )
}
