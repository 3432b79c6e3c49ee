//! The same plans, by hand.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::JoinType;
use datafusion::datasource::{MemTable, TableProvider, provider_as_source};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableSource, lit};
use datafusion::prelude::{col, ident};

type Source = Arc<dyn TableSource>;

fn table(names: impl Iterator<Item = String>) -> Source {
    let fields: Vec<_> = names.map(|name| Field::new(name, DataType::Int32, false)).collect();
    let empty = MemTable::try_new(Arc::new(Schema::new(fields)), vec![vec![]]);
    let provider: Arc<dyn TableProvider> = match empty {
        Ok(table) => Arc::new(table),
        Err(error) => unreachable!("an empty table: {error}"),
    };
    provider_as_source(provider)
}

static NARROW: LazyLock<Source> =
    LazyLock::new(|| table(["a", "b", "c", "d"].map(str::to_owned).into_iter()));
static WIDE: LazyLock<Source> = LazyLock::new(|| table((0..1_000).map(|at| format!("c{at}"))));

fn scan(name: &str, source: &Source) -> Result<LogicalPlanBuilder> {
    LogicalPlanBuilder::scan(name, Arc::clone(source), None)
}

/// As [`super::messages::chain`].
pub(crate) fn chain(operators: usize) -> Result<LogicalPlan> {
    let mut builder = scan("t", &NARROW)?;
    for at in 0..operators {
        builder = match at % 3 {
            0 => builder.filter(col("a").gt(lit(1)))?,
            1 => builder.project([col("a"), (col("b") + lit(1)).alias("b"), col("c"), col("d")])?,
            _ => builder.project(["a", "b", "c", "d"].map(col))?,
        };
    }
    builder.build()
}

/// As [`super::messages::columns`].
pub(crate) fn columns(count: usize) -> Result<LogicalPlan> {
    let value = |at: usize| -> Expr { (ident(format!("c{at}")) + lit(1)).alias(format!("x{at}")) };
    scan("wide", &WIDE)?.project((0..count).map(value))?.build()
}

/// As [`super::messages::joins`].
pub(crate) fn joins(count: usize) -> Result<LogicalPlan> {
    let side = |at: usize| scan(&format!("t{at}"), &NARROW)?.alias(format!("x{at}"));
    let mut left = side(0)?;
    for at in 1..=count {
        let condition = col("x0.a").eq(col(format!("x{at}.a")));
        left = left.join_on(side(at)?.build()?, JoinType::Inner, [condition])?;
    }
    left.build()
}
