//! How rows are spread over partitions, as a table: DataFusion spreads rows as it
//! sees fit, but what a client asked for stays.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, Int32Array, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Column, ScalarValue, project_schema};
use datafusion::datasource::provider_as_source;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::expr::Sort;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Projection, TableType};
use datafusion::physical_expr::expressions::Column as PhysicalColumn;
use datafusion::physical_expr::{
    EquivalenceProperties, LexOrdering, PhysicalExpr, PhysicalSortExpr, RangePartitioning,
    SplitPoint,
};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties as _, Partitioning,
    PlanProperties,
};
use futures::StreamExt as _;

use super::physical;

/// What becomes of the partitions of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Scheme {
    /// So many; a row goes where the last column says, which is dropped.
    ById(usize),
    /// So many at most; neighbours are joined.
    Merge(usize),
    /// The same, the rows of each in an order.
    Sort(Vec<Sort>),
    /// The same, with a column of the partition's number and one of row ids.
    Number,
}

/// The columns that [`Scheme::Number`] adds.
pub(crate) const PARTITION: &str = "#partition";
pub(crate) const ROW: &str = "#row_id";

/// The plan of `input` with its rows spread by a scheme, its fields named as before.
///
/// # Errors
/// If DataFusion refuses it.
pub(crate) fn spread(
    input: Arc<LogicalPlan>,
    scheme: Scheme,
) -> datafusion::error::Result<LogicalPlan> {
    let table = SpreadTable::new(Arc::clone(&input), scheme);
    let schema = table.schema();
    let scan = LogicalPlanBuilder::scan("spread", provider_as_source(Arc::new(table)), None)?;
    let named = schema.fields().iter().enumerate().map(|(at, field)| {
        let column = Expr::Column(Column::new(Some("spread"), field.name()));
        let relation = match at < input.schema().fields().len() {
            true => input.schema().qualified_field(at).0.cloned(),
            false => None,
        };
        column.alias_qualified(relation, field.name())
    });
    let projection = Projection::try_new(named.collect(), Arc::new(scan.build()?))?;
    Ok(LogicalPlan::Projection(projection))
}

/// See the module.
pub(super) struct SpreadTable {
    pub(super) plan: Arc<LogicalPlan>,
    pub(super) scheme: Scheme,
    schema: SchemaRef,
}

impl fmt::Debug for SpreadTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpreadTable({:?})", self.scheme)
    }
}

impl SpreadTable {
    fn new(plan: Arc<LogicalPlan>, scheme: Scheme) -> Self {
        let own = plan.schema().inner();
        let schema = match &scheme {
            Scheme::ById(_) => {
                let shown = own.fields().iter().take(own.fields().len().saturating_sub(1));
                Arc::new(Schema::new(shown.cloned().collect::<Vec<_>>()))
            }
            Scheme::Merge(_) | Scheme::Sort(_) => Arc::clone(own),
            Scheme::Number => {
                let added = [
                    Arc::new(Field::new(PARTITION, DataType::Int32, false)),
                    Arc::new(Field::new(ROW, DataType::Int64, false)),
                ];
                let fields = own.fields().iter().cloned().chain(added);
                Arc::new(Schema::new(fields.collect::<Vec<_>>()))
            }
        };
        Self { plan, scheme, schema }
    }

    /// What the rows come from, and how many partitions there are.
    async fn input(
        &self,
        plan: &Arc<LogicalPlan>,
        state: &dyn Session,
    ) -> Result<(Arc<dyn ExecutionPlan>, usize)> {
        let input = physical::nested(state, plan).await?;
        let count = input.output_partitioning().partition_count();
        Ok(match &self.scheme {
            Scheme::ById(wanted) => (by_id(input, *wanted)?, *wanted),
            Scheme::Merge(wanted) => (input, count.min(*wanted).max(1)),
            Scheme::Number => (input, count),
            Scheme::Sort(orders) => {
                let keys = orders.iter().map(|order| {
                    let expr =
                        state.create_physical_expr(order.expr.clone(), self.plan.schema())?;
                    Ok(match (order.asc, order.nulls_first) {
                        (true, true) => PhysicalSortExpr::new_default(expr).asc().nulls_first(),
                        (true, false) => PhysicalSortExpr::new_default(expr).asc().nulls_last(),
                        (false, true) => PhysicalSortExpr::new_default(expr).desc().nulls_first(),
                        (false, false) => PhysicalSortExpr::new_default(expr).desc().nulls_last(),
                    })
                });
                let keys = keys.collect::<Result<Vec<_>>>()?;
                match LexOrdering::new(keys) {
                    Some(keys) => {
                        let sort = SortExec::new(keys, input).with_preserve_partitioning(true);
                        (Arc::new(sort) as Arc<dyn ExecutionPlan>, count)
                    }
                    None => (input, count),
                }
            }
        })
    }
}

/// A plan that reads no more than is wanted of it, the schema of the table over it, and
/// the columns of that schema that are wanted.
struct Narrow {
    plan: Arc<LogicalPlan>,
    schema: SchemaRef,
    columns: Vec<usize>,
}

impl SpreadTable {
    /// DataFusion cannot see into the plan, so columns that nobody wants are left out
    /// here, where the scheme does not look at them.
    fn narrowed(&self, wanted: Vec<usize>) -> Result<Narrow> {
        let own = self.plan.schema().fields().len();
        let whole = || Narrow {
            plan: Arc::clone(&self.plan),
            schema: Arc::clone(&self.schema),
            columns: wanted.clone(),
        };
        if !matches!(self.scheme, Scheme::Number | Scheme::Merge(_)) {
            return Ok(whole());
        }
        let mut kept: Vec<usize> = (0..own).filter(|at| wanted.contains(at)).collect();
        if kept.is_empty() {
            kept.extend((own > 0).then_some(0));
        }
        if kept.len() == own {
            return Ok(whole());
        }
        let exprs = kept.iter().map(|at| Expr::from(self.plan.schema().qualified_field(*at)));
        let projection = Projection::try_new(exprs.collect(), Arc::clone(&self.plan))?;
        let added = own..self.schema.fields().len();
        let all: Vec<usize> = kept.iter().copied().chain(added).collect();
        let place = |at: &usize| all.iter().position(|kept| kept == at);
        Ok(Narrow {
            plan: Arc::new(LogicalPlan::Projection(projection)),
            schema: project_schema(&self.schema, Some(&all))?,
            columns: wanted.iter().filter_map(place).collect(),
        })
    }
}

/// Rows go to the partition that their last column names.
fn by_id(input: Arc<dyn ExecutionPlan>, count: usize) -> Result<Arc<dyn ExecutionPlan>> {
    let schema = input.schema();
    let Some(last) = schema.fields().len().checked_sub(1) else { return Ok(input) };
    let id = Arc::new(PhysicalColumn::new(schema.field(last).name(), last));
    let key = PhysicalSortExpr::new_default(id).asc().nulls_first();
    let Some(ordering) = LexOrdering::new([key]) else { return Ok(input) };
    let splits = (1..count).map(|at| {
        SplitPoint::new(vec![ScalarValue::Int32(Some(i32::try_from(at).unwrap_or(i32::MAX)))])
    });
    let ranges = RangePartitioning::try_new(ordering, splits.collect())?;
    Ok(Arc::new(RepartitionExec::try_new(input, Partitioning::Range(ranges))?))
}

#[async_trait]
impl TableProvider for SpreadTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all = || (0..self.schema.fields().len()).collect();
        let wanted: Vec<usize> = projection.cloned().unwrap_or_else(all);
        let Narrow { plan, schema, columns } = self.narrowed(wanted)?;
        let (input, partitions) = self.input(&plan, state).await?;
        let properties = PlanProperties::new(
            EquivalenceProperties::new(project_schema(&schema, Some(&columns))?),
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        let numbered = (self.scheme == Scheme::Number).then_some(schema);
        Ok(Arc::new(SpreadExec {
            input,
            columns,
            numbered,
            name: title(&self.scheme),
            properties: Arc::new(properties),
        }))
    }
}

fn title(scheme: &Scheme) -> &'static str {
    match scheme {
        Scheme::ById(_) => "Exchange",
        Scheme::Merge(_) => "Coalesce",
        Scheme::Sort(_) => "SortWithinPartitions",
        Scheme::Number => "PartitionNumbers",
    }
}

/// Reads the partitions of a plan, some neighbours as one. The plan is no child, so that
/// nothing changes its partitions any more.
struct SpreadExec {
    input: Arc<dyn ExecutionPlan>,
    columns: Vec<usize>,
    /// The columns before the projection, if the rows are numbered.
    numbered: Option<SchemaRef>,
    name: &'static str,
    properties: Arc<PlanProperties>,
}

impl SpreadExec {
    /// Which partitions of the input are partition `at`.
    fn part(&self, at: usize) -> std::ops::Range<usize> {
        let given = self.input.output_partitioning().partition_count();
        let wanted = self.properties.output_partitioning().partition_count();
        at * given / wanted..(at + 1) * given / wanted
    }
}

impl fmt::Debug for SpreadExec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl DisplayAs for SpreadExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.properties.output_partitioning().partition_count();
        write!(f, "{}: partitions={count}", self.name)
    }
}

impl ExecutionPlan for SpreadExec {
    fn name(&self) -> &str {
        self.name
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        _children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let parts = self.part(partition);
        let parts = parts.map(|part| self.input.execute(part, Arc::clone(&context)));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        let rows = futures::stream::iter(parts).flatten();
        let schema = Arc::clone(self.properties.eq_properties.schema());
        let columns = self.columns.clone();
        let mut numbers = match &self.numbered {
            Some(schema) => Some(Numbers::new(Arc::clone(schema), partition)?),
            None => None,
        };
        let rows = rows.map(move |batch| {
            let batch = match &mut numbers {
                Some(numbers) => numbers.add(&batch?)?,
                None => batch?,
            };
            Ok(batch.project(&columns)?)
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
    }
}

/// What such a plan reads.
pub(super) fn hidden_input(plan: &dyn ExecutionPlan) -> Option<&Arc<dyn ExecutionPlan>> {
    plan.downcast_ref::<SpreadExec>().map(|spread| &spread.input)
}

/// Adds the number of the partition, and the ids that Spark gives its rows.
struct Numbers {
    schema: SchemaRef,
    partition: i32,
    next: i64,
}

impl Numbers {
    fn new(schema: SchemaRef, partition: usize) -> Result<Self> {
        let partition = i32::try_from(partition)
            .map_err(|_| DataFusionError::Execution("there are too many partitions".to_owned()))?;
        Ok(Self { schema, partition, next: i64::from(partition) << 33 })
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<RecordBatch> {
        let rows = batch.num_rows();
        let first = self.next;
        self.next += rows as i64;
        let partitions: ArrayRef = Arc::new(Int32Array::from_value(self.partition, rows));
        let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(first..self.next));
        let columns = batch.columns().iter().cloned().chain([partitions, ids]).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)?)
    }
}
