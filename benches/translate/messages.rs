//! What is translated.

use datafusion_spark_connect::Result;
use datafusion_spark_connect::proto::join::JoinType;
use datafusion_spark_connect::testkit::{
    ExpressionBuilder, RelationBuilder, TestSession, col, lit, relation,
};

/// With `t` and `t0` to `t10` of four columns, `wide10` of 10, `wide1000` of 1,000.
pub(crate) fn session() -> Result<TestSession> {
    let narrow = || ["a", "b", "c", "d"].map(|name| (name, [1, 2, 3].into()));
    let wide = |width| (0..width).map(|at| (format!("c{at}"), [1, 2, 3].into()));
    let mut session = TestSession::new()?
        .table("t", narrow())?
        .table("wide10", wide(10))?
        .table("wide1000", wide(1_000))?;
    for at in 0..=10 {
        session = session.table(&format!("t{at}"), narrow())?;
    }
    Ok(session)
}

/// Filters, computed columns and selections, in turn.
pub(crate) fn chain(operators: usize) -> RelationBuilder {
    let mut relation = relation::read_table("t");
    for at in 0..operators {
        relation = match at % 3 {
            0 => relation.filter(col("a").gt(lit(1))),
            1 => relation.with_columns([("b", col("b") + lit(1))]),
            _ => relation.select([col("b"), col("a"), (col("c") * lit(2)).alias("c"), col("d")]),
        };
    }
    relation
}

/// All columns of a table, computed.
pub(crate) fn columns(count: usize) -> RelationBuilder {
    let value = |at: usize| -> ExpressionBuilder {
        (col(format!("c{at}")) + lit(1)).alias(format!("x{at}"))
    };
    relation::read_table(format!("wide{count}")).select((0..count).map(value))
}

/// So many joins, one on top of the other.
pub(crate) fn joins(count: usize) -> RelationBuilder {
    let side = |at: usize| relation::read_table(format!("t{at}")).alias(format!("x{at}"));
    (1..=count).fold(side(0), |left, at| {
        let condition = col("x0.a").eq(col(format!("x{at}.a")));
        left.join(side(at), condition, JoinType::Inner)
    })
}
