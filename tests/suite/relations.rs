//! Relations, with answers recorded from Spark 4.3.

use datafusion_spark_connect::testkit::{TestSession, call, col, lit, relation};

#[tokio::test]
async fn the_same_projection_again_computes_again() {
    let session = TestSession::new().unwrap();
    let mut plan = relation::range(2);
    for _ in 0..3 {
        plan = plan.select([call("+", [col("id"), lit(1_i64)]).alias("id")]);
    }
    let rows = session.rows(&plan).await.unwrap();
    assert_eq!(rows, "+----+\n| id |\n+----+\n| 3  |\n| 4  |\n+----+");
}

#[tokio::test]
async fn the_same_subquery_again_computes_again() {
    let session = TestSession::new().unwrap();
    let text =
        "select id + 1 as id from (select id + 1 as id from (select id + 1 as id from range(2)))";
    let rows = session.rows(&relation::sql(text)).await.unwrap();
    assert_eq!(rows, "+----+\n| id |\n+----+\n| 3  |\n| 4  |\n+----+");
}

#[tokio::test]
async fn copies_count_in_intersect_all_and_except_all() {
    let session = TestSession::new().unwrap();
    let of = |operator: &str| {
        format!(
            "select * from (select a from values 1, 1, 1, 2, null, null t(a) {operator} \
             select a from values 1, 1, null, 3 t(a)) order by a"
        )
    };
    let rows = session.rows(&relation::sql(of("intersect all"))).await.unwrap();
    assert_eq!(rows, "+---+\n| a |\n+---+\n|   |\n| 1 |\n| 1 |\n+---+");
    let rows = session.rows(&relation::sql(of("except all"))).await.unwrap();
    assert_eq!(rows, "+---+\n| a |\n+---+\n|   |\n| 1 |\n| 2 |\n+---+");
}
