//! `repartition`, `repartition_by_expression`, and what hints and sorts ask for: they
//! change how rows are spread, not which rows there are.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use datafusion::arrow::array::Int32Array;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::expr::Sort as SortExpr;
use datafusion::logical_expr::{
    ColumnarValue, Expr, LogicalPlan, LogicalPlanBuilder, Projection, ScalarFunctionArgs,
    ScalarUDF, ScalarUDFImpl, Signature, Volatility, cast, lit,
};

use super::filter::through;
use crate::error::{AtField as _, Condition, Error, Required as _, Result};
use crate::execute::spread::{Scheme, spread};
use crate::expression;
use crate::function::Typed;
use crate::planner::columns::FieldNames;
use crate::planner::planned::Planned;
use crate::planner::scope::Scope;
use crate::planner::walk::RelationContext;
use crate::proto::expression::ExprType;
use crate::proto::{self, Expression};
use crate::sql::build::{call, integer};
use crate::types::arrow_sql_name;
use crate::types::variant::holds_variant;

pub(super) fn plan(
    message: &proto::Repartition,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::Repartition { input: _, num_partitions, shuffle } = message;
    let partitions = positive(*num_partitions)?;
    let input = context.input()?;
    match *shuffle == Some(true) {
        true => dealt(input, partitions),
        false => merged(input, partitions),
    }
}

pub(super) fn plan_by_expression(
    message: &proto::RepartitionByExpression,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::RepartitionByExpression { input: _, partition_exprs, num_partitions } = message;
    let partitions = num_partitions.map(positive).transpose()?;
    by_keys(partition_exprs, partitions, context).at("partition_exprs")
}

/// Variants are no keys.
fn refuse_variants(keys: &[Expression], scope: &Scope<'_>) -> Result<()> {
    for key in keys {
        let value = Typed::from(expression::plan(key, scope)?);
        let own = value.data_type(scope)?;
        if holds_variant(own) {
            return Err(Error::analysis(
                Condition::PARTITION_BY_VARIANT,
                [
                    ("expr", format!("\"{}\"", value.expr().human_display())),
                    ("dataType", format!("\"{}\"", arrow_sql_name(own))),
                ],
            ));
        }
    }
    Ok(())
}

/// The rows spread by keys: by ranges if they are sort orders, by the partition that
/// they name if they say so, else by their hash.
pub(super) fn by_keys(
    keys: &[Expression],
    partitions: Option<usize>,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let input = context.input()?;
    let default = || context.planner.state().config_options().execution.target_partitions;
    let partitions = partitions.unwrap_or_else(default);
    let (mut orders, mut hashed) = (Vec::new(), Vec::new());
    for key in keys {
        match key.expr_type.as_ref().required("expr_type")? {
            ExprType::SortOrder(order) => orders.push(order.as_ref().clone()),
            ExprType::DirectShufflePartitionId(id) => {
                let child = id.child.as_deref().required("child")?;
                let named = named_partition(child, partitions, context)?;
                return placed(input, named, partitions);
            }
            _ => hashed.push(key.clone()),
        }
    }
    if !orders.is_empty() {
        let orders = expression::plan_sort_orders(&orders, &context.scope(input))?;
        return by_range(input, orders, partitions);
    }
    if hashed.is_empty() {
        return dealt(input, partitions);
    }
    refuse_variants(&hashed, &context.scope(input))?;
    let count = integer(i32::try_from(partitions).unwrap_or(i32::MAX));
    let id = call("pmod", vec![call("hash", hashed), count]);
    placed(input, expression::plan(&id, &context.scope(input))?, partitions)
}

/// The partition that a whole number names: counted on from the last to the first.
fn named_partition(
    child: &Expression,
    partitions: usize,
    context: &RelationContext<'_, '_>,
) -> Result<Expr> {
    let input = context.input()?;
    let scope = context.scope(input);
    expression::check_partition_id(child, &scope)?;
    let count = integer(i32::try_from(partitions).unwrap_or(i32::MAX));
    let id = call("coalesce", vec![call("pmod", vec![child.clone(), count]), integer(0)]);
    expression::plan(&id, &scope)
}

/// Rows in order go to the first partitions, equal ones to one.
fn by_range(input: &Planned, orders: Vec<SortExpr>, partitions: usize) -> Result<Planned> {
    use datafusion::functions_aggregate::expr_fn::count;
    use datafusion::functions_window::expr_fn::rank;
    use datafusion::logical_expr::ExprFunctionExt as _;
    use datafusion::logical_expr::expr::{WindowFunction, WindowFunctionDefinition};
    let mut names = FieldNames::default();
    names.take_fields(input.df_schema());
    let (place, all) = (names.take("#place"), names.take("#all"));
    let place_of = rank().order_by(orders).build()?.alias(&place);
    let Expr::AggregateFunction(number) = count(lit(1_i64)) else {
        return Err(Error::internal("count is an aggregate"));
    };
    let number = WindowFunctionDefinition::AggregateUDF(number.func);
    let number = Expr::from(WindowFunction::new(number, vec![lit(1_i64)])).alias(&all);
    let builder = LogicalPlanBuilder::new_from_arc(Arc::clone(input.plan()));
    let plan = builder.window([number])?.window([place_of])?.build()?;
    let column = |name: &str| {
        cast(Expr::Column(datafusion::common::Column::from_name(name)), DataType::Int64)
    };
    let count = i64::try_from(partitions).unwrap_or(i64::MAX);
    let id = (column(&place) - lit(1_i64)) * lit(count) / column(&all);
    let ranked = through(input, plan);
    placed(&ranked, id, partitions)
}

/// Rows in the partitions that an expression names.
fn placed(input: &Planned, id: Expr, partitions: usize) -> Result<Planned> {
    let columns: Vec<_> =
        input.columns().entries().iter().chain(input.columns().hidden()).collect();
    let mut exprs = Vec::new();
    for entry in columns {
        let column = Expr::Column(entry.column().clone());
        if !exprs.contains(&column) {
            exprs.push(column);
        }
    }
    let mut names = FieldNames::default();
    names.take_fields(input.df_schema());
    exprs.push(cast(id, DataType::Int32).alias(names.take("#partition")));
    let plan = Projection::try_new(exprs, Arc::clone(input.plan()))?;
    let plan = Arc::new(LogicalPlan::Projection(plan));
    let plan = spread(plan, Scheme::ById(partitions))?;
    Ok(Planned::passing(input, plan))
}

/// Rows one by one in turn.
pub(super) fn dealt(input: &Planned, partitions: usize) -> Result<Planned> {
    let deal = ScalarUDF::new_from_impl(Deal::new(partitions));
    placed(input, deal.call(Vec::new()), partitions)
}

/// Fewer partitions, or as many as there are.
pub(super) fn merged(input: &Planned, partitions: usize) -> Result<Planned> {
    Ok(Planned::passing(input, spread(Arc::clone(input.plan()), Scheme::Merge(partitions))?))
}

/// The rows of each partition in order.
pub(super) fn sorted_within(input: &Planned, orders: Vec<SortExpr>) -> Result<LogicalPlan> {
    Ok(spread(Arc::clone(input.plan()), Scheme::Sort(orders))?)
}

/// # Errors
/// Spark's, for a number of partitions that is none.
pub(super) fn positive(partitions: i32) -> Result<usize> {
    usize::try_from(partitions).ok().filter(|partitions| *partitions > 0).ok_or_else(|| {
        Error::requirement(format!("Number of partitions ({partitions}) must be positive."))
    })
}

/// Numbers from 0 to a count in turn, row by row.
#[derive(Debug)]
struct Deal {
    count: usize,
    next: AtomicUsize,
    signature: Signature,
}

impl Deal {
    fn new(count: usize) -> Self {
        let signature = Signature::nullary(Volatility::Volatile);
        Self { count, next: AtomicUsize::new(0), signature }
    }
}

impl PartialEq for Deal {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count
    }
}

impl Eq for Deal {}

impl Hash for Deal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.count.hash(state);
    }
}

impl ScalarUDFImpl for Deal {
    fn name(&self) -> &str {
        "spark_deal"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> datafusion::common::Result<DataType> {
        Ok(DataType::Int32)
    }

    fn invoke_with_args(
        &self,
        args: ScalarFunctionArgs,
    ) -> datafusion::common::Result<ColumnarValue> {
        let rows = args.number_rows;
        let first = self.next.fetch_add(rows, Ordering::Relaxed);
        let id = |row: usize| i32::try_from(first.wrapping_add(row) % self.count).ok();
        let ids: Int32Array = (0..rows).map(id).collect();
        Ok(match rows {
            0 => ColumnarValue::Scalar(ScalarValue::Int32(Some(0))),
            _ => ColumnarValue::Array(Arc::new(ids)),
        })
    }
}
