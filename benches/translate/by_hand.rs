//! The same plans, by hand: tables looked up in the same session, and every node
//! and name as the translation has them.

use datafusion::common::JoinType;
use datafusion::datasource::provider_as_source;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, lit};
use datafusion::prelude::{col, ident};
use datafusion_spark_connect::testkit::TestSession;
use futures::executor::block_on;

fn scan(session: &TestSession, name: &str) -> Result<LogicalPlanBuilder> {
    let provider = block_on(session.context().table_provider(name))?;
    LogicalPlanBuilder::scan(name, provider_as_source(provider), None)
}

/// As [`super::messages::chain`].
pub(crate) fn chain(session: &TestSession, operators: usize) -> Result<LogicalPlan> {
    let mut builder = scan(session, "t")?;
    for at in 0..operators {
        builder = match at % 3 {
            0 => builder.filter(col("a").gt(lit(1)))?,
            1 => {
                let b = (col("b") + lit(1)).alias("b");
                builder.project([col("a"), b, col("c"), col("d")])?
            }
            _ => {
                let c = (col("c") * lit(2)).alias("c");
                builder.project([col("b"), col("a"), c, col("d")])?
            }
        };
    }
    builder.build()
}

/// As [`super::messages::columns`].
pub(crate) fn columns(session: &TestSession, count: usize) -> Result<LogicalPlan> {
    let value = |at: usize| -> Expr { (ident(format!("c{at}")) + lit(1)).alias(format!("x{at}")) };
    scan(session, &format!("wide{count}"))?.project((0..count).map(value))?.build()
}

/// As [`super::messages::joins`]: columns of one name are told apart by projections.
pub(crate) fn joins(session: &TestSession, count: usize) -> Result<LogicalPlan> {
    let mut left = scan(session, "t0")?;
    for at in 1..=count {
        let renamed = |name: &str| col(format!("t{at}.{name}")).alias(format!("{name}#{at}"));
        let names = ["a", "b", "c", "d"];
        let right = scan(session, &format!("t{at}"))?.project(names.map(renamed))?.build()?;
        let condition = col("t0.a").eq(ident(format!("a#{at}")));
        left = left.join_on(right, JoinType::Inner, [condition])?;
    }
    left.build()
}
