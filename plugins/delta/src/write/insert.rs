//! Rows into a table, and one commit.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::AsArray as _;
use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_expr::PhysicalExpr;
use datafusion_spark_connect::proto::Expression;
use datafusion_spark_connect::proto::expression::{ExprType, ExpressionString};
use datafusion_spark_connect::{Error, Result, SparkConnectPlanner};
use deltalake::DeltaTable;
use deltalake::kernel::{Action, Transaction};
use futures::StreamExt as _;
use serde_json::json;

use super::checks;
use super::columns::{Alignment, mismatch, unknown};
use super::layout::Layout;
use super::options::{Existing, Writing};
use super::schema::{delta_fields, metadata_actions, with_columns};
use super::writer::{TableWriter, Written};
use crate::commit::{Commit, Operation, Reads, check_writable};
use crate::create::{Definition, described, made};
use crate::dml::{Deletion, Target, count, deletion};
use crate::error::{OrDelta as _, analysis, invariant};
use crate::files::{self, Partition};
use crate::table::{At, Location, snapshot};

/// See the module.
pub(crate) struct Insert<'a> {
    pub(crate) location: &'a Location,
    pub(crate) writing: &'a Writing,
    /// Whether rows that are there go.
    pub(crate) overwrites: bool,
    pub(crate) planner: &'a SparkConnectPlanner,
}

/// A condition that new rows must meet.
struct Demand {
    text: String,
    condition: Arc<dyn PhysicalExpr>,
}

/// What goes when new rows come.
#[derive(Default)]
struct Outgoing {
    actions: Vec<Action>,
    /// Whether the rows that come are recorded as changes, since others are.
    records: bool,
    demand: Option<Demand>,
}

impl Insert<'_> {
    /// Writes rows; how many there were.
    pub(crate) async fn run(&self, rows: SendableRecordBatchStream) -> Result<u64> {
        match (self.location.find(&At::Latest).await?, self.writing.existing) {
            (None, _) => self.make(rows).await,
            (Some(table), Existing::Keep) => self.put(table, rows).await,
            (Some(table), Existing::Replace) => self.replace(table, rows).await,
            (Some(_), Existing::Refuse) => Err(analysis(
                "DELTA_CREATE_TABLE_WITH_NON_EMPTY_LOCATION",
                "42601",
                format!(
                    "Cannot create a table at {}: there is a Delta table already.",
                    self.location.display()
                ),
                &[("tableLocation", &self.location.display())],
            )),
        }
    }

    fn time_zone(&self) -> String {
        self.planner.session().time_zone().to_string()
    }

    /// The first version of a table.
    async fn make(&self, rows: SendableRecordBatchStream) -> Result<u64> {
        let definition = self.definition(&rows.schema())?;
        let table = self.location.create_handle()?;
        let layout = Layout::of(&definition.metadata()?, &self.time_zone())?;
        let mut actions = definition.actions()?;
        let (count, written) = self.write(&table, &layout, rows, &Outgoing::default()).await?;
        let operation = match (count, self.writing.existing) {
            (0, Existing::Refuse | Existing::Replace) => described("CREATE TABLE", &definition),
            _ => self.operation(&layout, count, &written, "ErrorIfExists", 0),
        };
        actions.extend(written.actions());
        actions.extend(self.transaction());
        Commit { table, actions, reads: Reads::Nothing, operation }.run().await?;
        Ok(count)
    }

    fn definition(&self, rows: &Schema) -> Result<Definition> {
        let Writing { partition_by, properties, comment, columns, .. } = self.writing;
        let columns = match columns {
            Some(declared) => delta_fields(declared)?,
            // What is written may be NULL another time.
            None => {
                let nullable = rows.fields().iter().map(|f| f.as_ref().clone().with_nullable(true));
                delta_fields(&Schema::new(nullable.collect::<Vec<_>>()))?
            }
        };
        Definition::new(columns, partition_by, properties.clone(), comment.clone())
    }

    /// Another table in the place of one.
    async fn replace(&self, table: DeltaTable, rows: SendableRecordBatchStream) -> Result<u64> {
        check_writable(&table, false)?;
        let definition = self.definition(&rows.schema())?;
        let before = snapshot(&table)?;
        let metadata = definition.metadata_after(before.metadata())?;
        let layout = Layout::of(&metadata, &self.time_zone())?;
        let mut actions = made(before, &layout)?;
        let gone = files::of(&table)?;
        actions.extend(gone.iter().map(|file| file.remove(true)));
        let (rows, written) = self.write(&table, &layout, rows, &Outgoing::default()).await?;
        let operation = Operation::new("CREATE OR REPLACE TABLE AS SELECT")
            .with_json("partitionBy", &json!(layout.partition_by()))
            .measured([
                ("numOutputRows", rows.try_into().unwrap_or(i64::MAX)),
                ("numFiles", written.files()),
                ("numOutputBytes", written.bytes()),
                ("numRemovedFiles", count(&gone)),
            ]);
        actions.extend(written.actions());
        Commit { table, actions, reads: Reads::Rows(None), operation }.run().await?;
        Ok(rows)
    }

    /// Rows into a table that stays.
    async fn put(&self, table: DeltaTable, rows: SendableRecordBatchStream) -> Result<u64> {
        check_writable(&table, !self.overwrites)?;
        if self.is_known(&table).await? {
            return Ok(0);
        }
        let before = Layout::of(snapshot(&table)?.metadata(), &self.time_zone())?;
        let layout = self.layout(&before, &rows.schema())?;
        let mut actions = metadata_actions(&table, &layout)?;
        let (outgoing, mut reads) = self.outgoing(&table, &layout).await?;
        let (rows, written) = self.write(&table, &layout, rows, &outgoing).await?;
        let mut gone = outgoing.actions;
        if self.overwrites && self.is_dynamic(&layout)? {
            gone = replaced_partitions(&table, &written)?;
            reads = Reads::Rows(None);
        }
        let mode = if self.overwrites { "Overwrite" } else { "Append" };
        let operation = self.operation(&layout, rows, &written, mode, count(&gone));
        actions.extend(gone);
        actions.extend(written.actions());
        actions.extend(self.transaction());
        Commit { table, actions, reads, operation }.run().await?;
        Ok(rows)
    }

    /// Whether the same application wrote this before.
    async fn is_known(&self, table: &DeltaTable) -> Result<bool> {
        let Some((application, version)) = &self.writing.transaction else { return Ok(false) };
        let store = table.log_store();
        let state = table.snapshot().or_delta()?;
        let last = state.transaction_version(store.as_ref(), application).await.or_delta()?;
        Ok(last.is_some_and(|last| last >= *version))
    }

    fn transaction(&self) -> Option<Action> {
        let (application, version) = self.writing.transaction.as_ref()?;
        let now = chrono::Utc::now().timestamp_millis();
        Some(Action::Txn(Transaction::new_with_last_update(application, *version, Some(now))))
    }

    /// The layout of the table with these rows in it.
    fn layout(&self, before: &Layout, input: &Schema) -> Result<Layout> {
        let Writing { partition_by, overwrite_schema, merge_schema, .. } = self.writing;
        if *overwrite_schema && self.overwrites {
            if self.is_dynamic(before)? {
                return Err(analysis(
                    "DELTA_OVERWRITE_SCHEMA_WITH_DYNAMIC_PARTITION_OVERWRITE",
                    "42613",
                    "'overwriteSchema' cannot be used in dynamic partition overwrite mode.",
                    &[],
                ));
            }
            let mut definition = self.definition(input)?;
            definition.properties = before.metadata.configuration().clone().into_iter().collect();
            let metadata = definition.metadata_after(&before.metadata)?;
            return Layout::of(&metadata, &self.time_zone());
        }
        let same = partition_by.len() == before.partition_by().len()
            && partition_by
                .iter()
                .zip(before.partition_by())
                .all(|(a, b)| a.eq_ignore_ascii_case(b));
        if !partition_by.is_empty() && !same {
            return Err(mismatch(
                before,
                &format!(
                    "Partition columns do not match the partition columns of the table. \
                     Given: [{}]. Table: [{}].",
                    partition_by.join(", "),
                    before.partition_by().join(", ")
                ),
            ));
        }
        let added: Vec<Field> = unknown(input, before)
            .into_iter()
            .map(|field| field.clone().with_nullable(true))
            .collect();
        if added.is_empty() {
            return Ok(before.clone());
        }
        if !merge_schema && !self.merges_always() {
            let names: Vec<_> = added.iter().map(|field| field.name().as_str()).collect();
            return Err(mismatch(
                before,
                &format!(
                    "To enable schema migration using DataFrameWriter or DataStreamWriter, please \
                     set: '.option(\"mergeSchema\", \"true\")'. The table has no columns [{}].",
                    names.join(", ")
                ),
            ));
        }
        with_columns(before, &added, &self.time_zone())
    }

    fn merges_always(&self) -> bool {
        let conf = self.planner.session().conf();
        conf.get_option("spark.databricks.delta.schema.autoMerge.enabled")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Whether only partitions that get rows are replaced.
    fn is_dynamic(&self, layout: &Layout) -> Result<bool> {
        let Writing { partition_overwrite, replace_where, .. } = self.writing;
        if layout.partition_by().is_empty() {
            return Ok(false);
        }
        if replace_where.is_some() {
            return match partition_overwrite.as_deref() {
                Some("dynamic") => Err(analysis(
                    "DELTA_REPLACE_WHERE_WITH_DYNAMIC_PARTITION_OVERWRITE",
                    "42613",
                    "A 'replaceWhere' expression and 'partitionOverwriteMode'='dynamic' cannot \
                     both be set in the DataFrameWriter options.",
                    &[],
                )),
                _ => Ok(false),
            };
        }
        let conf = self.planner.session().conf();
        let session = conf.get_option("spark.sql.sources.partitionOverwriteMode");
        let mode = partition_overwrite.clone().or(session);
        Ok(mode.is_some_and(|mode| mode.eq_ignore_ascii_case("dynamic")))
    }

    /// What goes, where that is known before rows come.
    async fn outgoing(&self, table: &DeltaTable, layout: &Layout) -> Result<(Outgoing, Reads)> {
        if !self.overwrites {
            return Ok((Outgoing::default(), Reads::Nothing));
        }
        let Some(text) = &self.writing.replace_where else {
            let all = files::of(table)?;
            let actions = all.iter().map(|file| file.remove(!self.writing.moves)).collect();
            return Ok((Outgoing { actions, ..Outgoing::default() }, Reads::Rows(None)));
        };
        let target = Target::over(self.location.clone(), table.clone(), self.planner)?;
        let string = ExpressionString { expression: text.clone() };
        let message =
            Expression { common: None, expr_type: Some(ExprType::ExpressionString(string)) };
        let condition = self.planner.plan_condition(&message, &target.planned)?;
        let Deletion { matches, outcome, filter } =
            deletion(&target, &condition, self.planner).await?;
        let removes = matches.iter().map(|(file, _)| file.remove(true));
        let records = outcome.written.has_changes();
        let actions = removes.chain(outcome.written.actions()).collect();
        let columns = checks::columns(&layout.spark)?;
        let condition = self.planner.plan_condition(&message, &columns)?;
        let condition = checks::physical(&condition, &columns, self.planner)?;
        let demand = Some(Demand { text: text.clone(), condition });
        Ok((Outgoing { actions, records, demand }, Reads::Rows(filter)))
    }

    async fn write(
        &self,
        table: &DeltaTable,
        layout: &Layout,
        mut rows: SendableRecordBatchStream,
        outgoing: &Outgoing,
    ) -> Result<(u64, Written)> {
        let alignment = Alignment::new(&rows.schema(), layout, self.planner)?;
        let mut writer = TableWriter::new(table, layout, self.planner)?;
        if self.writing.moves {
            writer = writer.moving();
        }
        let mut count = 0_u64;
        while let Some(batch) = rows.next().await {
            let batch = alignment.apply(&batch?)?;
            count += u64::try_from(batch.num_rows()).unwrap_or_default();
            if let Some(demand) = &outgoing.demand {
                demand.check(&batch)?;
            }
            writer.write(&batch).await?;
            if outgoing.records {
                writer.write_change(&batch, "insert").await?;
            }
        }
        Ok((count, writer.finish().await?))
    }

    fn operation(
        &self,
        layout: &Layout,
        rows: u64,
        written: &Written,
        mode: &str,
        removed: i64,
    ) -> Operation {
        let mut operation = Operation::new("WRITE")
            .with("mode", mode)
            .with_json("partitionBy", &json!(layout.partition_by()));
        if let Some(text) = &self.writing.replace_where {
            operation = operation.with("predicate", text);
        }
        operation.said(self.writing.user_metadata.clone()).measured([
            ("numFiles", written.files()),
            ("numOutputRows", i64::try_from(rows).unwrap_or(i64::MAX)),
            ("numOutputBytes", written.bytes()),
            ("numRemovedFiles", removed),
        ])
    }
}

impl Demand {
    fn check(&self, rows: &RecordBatch) -> Result<()> {
        let held = self.condition.evaluate(rows)?.into_array(rows.num_rows())?;
        if held.as_boolean().iter().all(|held| held == Some(true)) {
            return Ok(());
        }
        Err(self.broken())
    }

    fn broken(&self) -> Error {
        invariant(
            "DELTA_REPLACE_WHERE_MISMATCH",
            "44000",
            format!(
                "Written data does not conform to partial table overwrite condition or \
                 constraint '{}'.",
                self.text
            ),
            &[("replaceWhere", &self.text)],
        )
    }
}

/// Files in partitions that got rows.
fn replaced_partitions(table: &DeltaTable, written: &Written) -> Result<Vec<Action>> {
    let sorted = |partition: &Partition| {
        let mut values: Vec<_> = partition.clone().into_iter().collect();
        values.sort();
        values
    };
    let filled: HashSet<_> = written.adds.iter().map(|add| sorted(&add.partition_values)).collect();
    let files = files::of(table)?;
    let replaced = files.iter().filter(|file| filled.contains(&sorted(&file.partition)));
    Ok(replaced.map(|file| file.remove(true)).collect())
}
