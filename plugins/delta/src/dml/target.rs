//! The table that a message changes.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray as _};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::Column;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast as cast_to, lit};
use datafusion_spark_connect::proto::relation::RelType;
use datafusion_spark_connect::proto::{Relation, SubqueryAlias, decode};
use datafusion_spark_connect::{
    ColumnEntry, Columns, Error, Limits, Planned, Result, SparkConnectPlanner,
};
use deltalake::DeltaTable;
use deltalake::kernel::Add;
use futures::StreamExt as _;

use super::scan::{self, FILE};
use crate::error::{OrArrow as _, analysis};
use crate::files::{self, DataFile};
use crate::filter::PartitionFilter;
use crate::proto::delta_relation::RelationType;
use crate::proto::{DeltaRelation, Scan};
use crate::source::TABLE;
use crate::table::{Location, snapshot};
use crate::write::Layout;

/// See the module.
pub(crate) struct Target {
    pub(crate) location: Location,
    /// The version that is read.
    pub(crate) table: DeltaTable,
    pub(crate) layout: Layout,
    /// Its rows, to plan expressions over.
    pub(crate) planned: Planned,
}

impl Target {
    /// The table of a scan, perhaps under an alias.
    pub(crate) async fn of(
        relation: Option<&Relation>,
        planner: &SparkConnectPlanner,
    ) -> Result<Self> {
        let relation = relation.ok_or_else(|| Error::missing_field("target"))?;
        let (alias, scanned) = unaliased(relation, planner.session().limits())?;
        let Scan { table } = &scanned.scan;
        let location = Location::of(table.as_ref(), planner).await?;
        let mut target = Self::open(location, planner).await?;
        target.planned = target.planned.with_plan_id(scanned.plan_id);
        if let Some((name, plan_id)) = alias {
            let columns = target.planned.columns().requalified(&[name], |e| e.column().clone());
            let plan = Arc::clone(target.planned.plan());
            target.planned = Planned::over(&target.planned, plan, columns).with_plan_id(plan_id);
        }
        Ok(target)
    }

    /// The table at a location, in its newest version.
    pub(crate) async fn open(location: Location, planner: &SparkConnectPlanner) -> Result<Self> {
        let table = location.open().await?;
        Self::over(location, table, planner)
    }

    /// A version of a table.
    pub(crate) fn over(
        location: Location,
        table: DeltaTable,
        planner: &SparkConnectPlanner,
    ) -> Result<Self> {
        let layout = Layout::of(snapshot(&table)?.metadata(), &planner.session().time_zone())?;
        let plan = scan::plan(&table, &layout.spark, None)?;
        let qualifier: Arc<[String]> = location.name.as_deref().unwrap_or_default().into();
        let entries = layout.spark.fields().iter().map(|field| {
            let column = Column::new(Some(TABLE), field.name());
            ColumnEntry::new(field.name().as_str(), column).with_qualifier(Arc::clone(&qualifier))
        });
        let columns = Columns::new(entries.collect());
        Ok(Self { planned: Planned::leaf(plan, columns), location, table, layout })
    }

    /// The table's columns, as expressions over its rows.
    pub(crate) fn columns(&self) -> Vec<Expr> {
        let entries = self.planned.columns().entries().iter();
        entries.map(|entry| Expr::Column(entry.column().clone())).collect()
    }

    /// The rows, of all files or some.
    pub(crate) fn scan(&self, files: Option<Vec<Add>>) -> Result<LogicalPlan> {
        scan::plan(&self.table, &self.layout.spark, files)
    }

    /// What a condition says about partitions.
    pub(crate) fn partitions(
        &self,
        condition: &Expr,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<PartitionFilter>> {
        let table = TABLE.into();
        PartitionFilter::of(
            condition,
            &self.layout.spark,
            self.layout.partition_by(),
            Some(&table),
            planner.state().as_ref(),
        )
    }

    /// The files with rows for which a condition holds, with the number of those.
    pub(crate) async fn matches(
        &self,
        condition: &Expr,
        planner: &SparkConnectPlanner,
    ) -> Result<Vec<(DataFile, i64)>> {
        let file = cast_to(Expr::Column(Column::new(Some(TABLE), FILE)), DataType::Utf8);
        let plan = LogicalPlanBuilder::from(self.scan(None)?)
            .filter(condition.clone())?
            .aggregate([file.alias("file")], [count(lit(1)).alias("rows")])?
            .build()?;
        let mut found = HashMap::new();
        let (_, mut batches) = planner.stream(&Planned::from(plan)).await?;
        while let Some(batch) = batches.next().await {
            let batch = batch?;
            let names = texts(batch.column(0))?;
            let counts = batch.column(1).as_primitive::<Int64Type>();
            for (name, count) in names.as_string::<i32>().iter().zip(counts.values()) {
                let path = files::path_of(name.unwrap_or_default(), &self.location.url);
                found.insert(path, *count);
            }
        }
        self.files(|path| found.get(path).copied())
    }

    /// The files that `about` knows something of.
    pub(crate) fn files<T>(&self, about: impl Fn(&str) -> Option<T>) -> Result<Vec<(DataFile, T)>> {
        let known = |file: DataFile| about(&file.path).map(|known| (file, known));
        Ok(files::of(&self.table)?.into_iter().filter_map(known).collect())
    }
}

/// Names of files as text.
pub(crate) fn texts(column: &ArrayRef) -> Result<ArrayRef> {
    match column.data_type() {
        DataType::Utf8 => Ok(Arc::clone(column)),
        _ => cast(column, &DataType::Utf8).or_arrow(),
    }
}

struct Scanned {
    scan: Scan,
    plan_id: Option<i64>,
}

type Alias = (String, Option<i64>);

fn unaliased(relation: &Relation, limits: &Limits) -> Result<(Option<Alias>, Scanned)> {
    let mut name = None;
    let mut at = relation;
    loop {
        let Relation { common, rel_type } = at;
        let plan_id = common.as_ref().and_then(|common| common.plan_id);
        match rel_type.as_ref().ok_or_else(|| Error::missing_field("target.rel_type"))? {
            RelType::SubqueryAlias(message) => {
                let SubqueryAlias { input, alias, qualifier: _ } = message.as_ref();
                // The outermost is the name.
                name.get_or_insert_with(|| (alias.clone(), plan_id));
                at = input.as_deref().ok_or_else(|| Error::missing_field("target.input"))?;
            }
            RelType::Extension(any) => {
                let message = decode::any::<DeltaRelation>(any, limits)?.into_inner();
                return match message.relation_type {
                    Some(RelationType::Scan(scan)) => Ok((name, Scanned { scan, plan_id })),
                    _ => Err(not_a_table()),
                };
            }
            _ => return Err(not_a_table()),
        }
    }
}

fn not_a_table() -> Error {
    analysis(
        "DELTA_NOT_A_DELTA_TABLE",
        "0AKDD",
        "The target is not a Delta table: only tables can be changed.",
        &[],
    )
}
