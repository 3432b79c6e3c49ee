//! The order of groups of rows that a query holds: Spark cuts such rows into slices, one a
//! core, groups each slice, deals the groups out by the hashes of their keys, and reads
//! what came of one slice after the other.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::arrow::row::{OwnedRow, RowConverter, SortField};
use datafusion::common::Result;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::execution::TaskContext;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use futures::TryStreamExt as _;

use super::groups::{MOST, only_child, partitions};
use crate::execute::in_order;

/// The rows that are grouped, and how.
#[derive(Debug, Clone)]
pub(super) struct Slices {
    rows: Arc<dyn ExecutionPlan>,
    keys: Vec<Arc<dyn PhysicalExpr>>,
    count: usize,
    way: Way,
}

/// How Spark computes groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By hashes; nothing is computed but the keys.
    Distinct,
    /// By hashes.
    Hash,
    /// By hashes, with states that are objects.
    Object,
    /// By sorting, for states that have no fixed size.
    Sort,
}

impl Slices {
    /// The slices beneath an aggregate, if the query holds its rows.
    pub(super) fn beneath(aggregate: &AggregateExec, count: usize) -> Option<Self> {
        let own = aggregate.group_expr().input_exprs();
        let mut at = Arc::clone(aggregate.input());
        loop {
            if let Some(partial) = at.downcast_ref::<AggregateExec>() {
                if !partial.group_expr().is_single() {
                    return None;
                }
                let keys = partial.group_expr().input_exprs();
                let rows = without_dealing(Arc::clone(partial.input()))?;
                return Self::of(rows, keys, count, way(aggregate));
            }
            if !at.is::<RepartitionExec>() && !at.is::<CoalescePartitionsExec>() {
                return Self::of(at, own, count, way(aggregate));
            }
            at = only_child(&at)?;
        }
    }

    fn of(
        rows: Arc<dyn ExecutionPlan>,
        keys: Vec<Arc<dyn PhysicalExpr>>,
        count: usize,
        way: Way,
    ) -> Option<Self> {
        is_held(&rows).then_some(Self { rows, keys, count, way })
    }

    /// The keys in the order of their groups; none if there are too many rows.
    pub(super) async fn order(&self, context: Arc<TaskContext>) -> Result<Option<Order>> {
        let mut rows = in_order(Arc::clone(&self.rows), context)?;
        let (mut batches, mut count) = (Vec::new(), 0);
        while let Some(batch) = rows.try_next().await? {
            count += batch.num_rows();
            if count > MOST {
                return Ok(None);
            }
            batches.push(batch);
        }
        let schema = self.rows.schema();
        let all = datafusion::arrow::compute::concat_batches(&schema, &batches)?;
        let keys = Keys::new(&self.columns(&all)?)?;
        Ok(keys.map(|keys| Order { ranks: self.ranks(&keys), converter: keys.converter }))
    }

    fn columns(&self, rows: &RecordBatch) -> Result<Vec<ArrayRef>> {
        let column = |key: &Arc<dyn PhysicalExpr>| key.evaluate(rows)?.into_array(rows.num_rows());
        self.keys.iter().map(column).collect()
    }

    fn ranks(&self, keys: &Keys) -> HashMap<OwnedRow, usize> {
        let rows = keys.rows.len();
        let slices = self.count.clamp(1, rows.max(1));
        let mut order: Vec<usize> = Vec::new();
        let mut seen = HashSet::new();
        for slice in 0..slices {
            let of_slice = slice * rows / slices..(slice + 1) * rows / slices;
            let mut own = HashSet::new();
            let mut first: Vec<usize> = of_slice.filter(|at| own.insert(&keys.rows[*at])).collect();
            if self.has_two_maps(keys) {
                first.sort_by_key(|at| keys.has_null[*at]);
            }
            first.sort_by_key(|at| keys.partitions[*at]);
            order.extend(first.into_iter().filter(|at| seen.insert(&keys.rows[*at])));
        }
        match self.way {
            Way::Distinct if keys.are_plain => order.sort_by_key(|at| keys.has_null[*at]),
            Way::Sort => order.sort_by(|a, b| keys.rows[*a].cmp(&keys.rows[*b])),
            _ => {}
        }
        order.into_iter().enumerate().map(|(rank, at)| (keys.rows[at].clone(), rank)).collect()
    }

    /// Whether Spark keeps keys without NULLs in a map of their own, which it reads first.
    fn has_two_maps(&self, keys: &Keys) -> bool {
        keys.are_plain && matches!(self.way, Way::Distinct | Way::Hash)
    }
}

/// The keys of all rows.
struct Keys {
    converter: RowConverter,
    rows: Vec<OwnedRow>,
    has_null: Vec<bool>,
    partitions: Vec<usize>,
    are_plain: bool,
}

impl Keys {
    /// None for keys of a type that has no hash.
    fn new(columns: &[ArrayRef]) -> Result<Option<Self>> {
        let count = columns.first().map_or(0, |column| column.len());
        let Some(partitions) = partitions(columns, count) else { return Ok(None) };
        let fields = columns.iter().map(|column| SortField::new(column.data_type().clone()));
        let converter = RowConverter::new(fields.collect())?;
        let rows = converter.convert_columns(columns)?;
        let has_null = (0..count).map(|row| columns.iter().any(|column| column.is_null(row)));
        Ok(Some(Self {
            rows: rows.iter().map(|row| row.owned()).collect(),
            converter,
            has_null: has_null.collect(),
            partitions,
            are_plain: columns.iter().all(|column| is_plain(column.data_type())),
        }))
    }
}

/// Types whose values Spark's faster map holds.
fn is_plain(data_type: &DataType) -> bool {
    data_type.is_numeric()
        || data_type.is_temporal()
        || matches!(data_type, DataType::Boolean | DataType::Utf8 | DataType::Utf8View)
}

/// The order of groups by their keys.
pub(super) struct Order {
    converter: RowConverter,
    ranks: HashMap<OwnedRow, usize>,
}

impl Order {
    /// The ranks of groups with these keys.
    pub(super) fn of(&self, keys: &[ArrayRef]) -> Result<Vec<usize>> {
        let rows = self.converter.convert_columns(keys)?;
        let rank = |row: OwnedRow| self.ranks.get(&row).copied().unwrap_or(usize::MAX);
        Ok(rows.iter().map(|row| rank(row.owned())).collect())
    }
}

fn without_dealing(mut at: Arc<dyn ExecutionPlan>) -> Option<Arc<dyn ExecutionPlan>> {
    while at.is::<RepartitionExec>() {
        at = only_child(&at)?;
    }
    Some(at)
}

/// Whether the rows of a node are held in memory, or made of such rows one by one.
fn is_held(node: &Arc<dyn ExecutionPlan>) -> bool {
    let mut at = Arc::clone(node);
    loop {
        if let Some(source) = at.downcast_ref::<DataSourceExec>() {
            return source.data_source().downcast_ref::<MemorySourceConfig>().is_some()
                && at.properties().output_partitioning().partition_count() == 1;
        }
        if !at.is::<ProjectionExec>() && !at.is::<FilterExec>() && !at.is::<CooperativeExec>() {
            return false;
        }
        match only_child(&at) {
            Some(child) => at = child,
            None => return false,
        }
    }
}

fn way(aggregate: &AggregateExec) -> Way {
    let computed = aggregate.aggr_expr();
    if computed.is_empty() {
        return Way::Distinct;
    }
    let mut way = Way::Hash;
    for one in computed {
        let result = one.field();
        match one.fun().name() {
            "count" | "sum" | "avg" | "stddev" | "var" => {}
            "min" | "max" | "first_value" | "last_value" if has_size(result.data_type()) => {}
            "min" | "max" | "first_value" | "last_value" => return Way::Sort,
            _ if has_size(result.data_type()) => {}
            _ => way = Way::Object,
        }
    }
    way
}

/// Whether a value of this type can be changed where it is.
fn has_size(data_type: &DataType) -> bool {
    data_type.is_numeric() || data_type.is_temporal() || matches!(data_type, DataType::Boolean)
}
