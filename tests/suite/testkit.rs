//! The test kit tests itself: what it builds survives bytes and JSON, and what it
//! renders is the same in every run.

use datafusion_spark_connect::proto::join::JoinType;
use datafusion_spark_connect::testkit::{
    RelationBuilder, TestSession, call, call_distinct, col, col_of, expr, extension, lit, relation,
    render, star, star_of, when,
};
use datafusion_spark_connect::{Limits, json, proto};
use prost::Message as _;

/// A relation of every kind that the builders know.
fn everything() -> RelationBuilder {
    let computed = relation::range_of(1, 10, 2)
        .with_plan_id(1)
        .select([star(), (col_of(1, "id") * lit(2_i64)).alias("twice"), star_of("t")])
        .with_columns([("text", col("id").cast("string")), ("day", expr("date '2024-01-01'"))])
        .filter(col("id").gt(lit(1)).and(!col("text").is_null()))
        .aggregate(["text"], [call("max", ["id"]), call_distinct("count", ["id"])])
        .with_columns_renamed([("max(id)", "top")])
        .sort([col("top").desc(), col("text")])
        .limit(5)
        .offset(1)
        .alias("t");
    let other = relation::read_table("u")
        .drop_columns(["x"])
        .to_df(["text", "n"])
        .drop_duplicates(["n"])
        .union(relation::sql("select 1, 2"))
        .union_by_name(relation::read_path("csv", "/data"))
        .intersect(relation::range(1))
        .except(relation::range(1))
        .distinct()
        .tail(2);
    let window = call("row_number", [""; 0]).over(["text"], [col("n").asc()]);
    computed
        .join_using(other.clone(), ["text"], JoinType::LeftOuter)
        .join(other.clone(), col("a").get("field").eq(lit([1, 2])), JoinType::Inner)
        .cross_join(other)
        .select([window, when(lit(true), lit(()), -col("n")), extension(&plugin_message())])
        .with_relations([relation::extension(&plugin_message())])
        .show_string(20, 0, false)
}

fn plugin_message() -> proto::ExamplePluginExpression {
    let child = Some(col("a").into_message());
    proto::ExamplePluginExpression { child, custom_field: "b".into() }
}

#[test]
fn builders_survive_bytes_and_json() {
    let built = everything();
    let bytes = built.encode_to_vec();
    assert_eq!(*proto::decode::relation(&bytes, &Limits::default()).unwrap(), *built);
    let text = json::to_json(&*built).unwrap();
    assert_eq!(json::from_json::<proto::Relation>(&text).unwrap(), *built);
}

#[test]
fn builders_build_deep_messages() {
    let mut relation = relation::range(1);
    let mut value = col("id");
    for _ in 0..5_000 {
        relation = relation.filter(col("id").gt(lit(1)));
        value = value + lit(1);
    }
    let both = relation.select([value]);
    assert!(both == both.clone());
}

#[tokio::test]
async fn tables_are_made_in_a_line() {
    let session = TestSession::new()
        .unwrap()
        .table("t", [("id", vec![Some(1_i64), None].into()), ("name", ["x", "y"].into())])
        .unwrap();
    let planned = session.plan(&relation::read_table("t").select(["name", "id"])).await.unwrap();
    let text = render(&planned);
    assert!(text.ends_with("\n\nname: Utf8 not null\nid: Int64\n"), "{text}");
    assert_eq!(
        text,
        render(&session.plan(&relation::read_table("t").select(["name", "id"])).await.unwrap())
    );
}

#[tokio::test]
async fn tables_are_made_of_queries() {
    let query = "select * from values (1, 'a'), (2, 'b') as v(id, name)";
    let session = TestSession::new().unwrap().query("q", query).await.unwrap();
    let rows = session.rows(&relation::read_table("q").sort([col("id").desc()])).await.unwrap();
    insta::assert_snapshot!(rows, @r"
    +----+------+
    | id | name |
    +----+------+
    | 2  | b    |
    | 1  | a    |
    +----+------+
    ");
}
