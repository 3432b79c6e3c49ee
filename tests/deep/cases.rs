//! What runs on the small stack.

use datafusion_spark_connect::proto::{self, plan::OpType, set_operation::SetOpType};
use datafusion_spark_connect::testkit::{TestSession, call, col, lit, relation};
use datafusion_spark_connect::{Error, Limits, Planned, Result, proto::decode};
use prost::Message as _;

use super::wire;

/// Operators that a chain must have room for.
const RELATIONS: usize = 3_200;
/// Levels that an expression must have room for.
const EXPRESSIONS: usize = 1_000;

/// The case of this name.
pub(crate) fn find(name: &str) -> fn() {
    match name {
        "filters" => filters,
        "unions" => unions,
        "with_columns" => with_columns,
        "selects" => selects,
        "arithmetic" => arithmetic,
        "casts" => casts,
        "sql_parentheses" => sql_parentheses,
        "sql_operators" => sql_operators,
        "sql_functions" => sql_functions,
        "sql_subqueries" => sql_subqueries,
        "beyond_the_relation_limit" => beyond_the_relation_limit,
        "beyond_the_expression_limit" => beyond_the_expression_limit,
        "beyond_the_message_limit" => beyond_the_message_limit,
        "executed" => executed,
        other => panic!("no case {other}"),
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn session() -> TestSession {
    TestSession::new().unwrap().table("t", [("a", [1, 2, 3].into())]).unwrap()
}

/// Decodes and plans, as a server does.
fn plan_bytes(relation: &[u8]) -> Result<Planned> {
    let plan = decode::plan(&wire::plan(relation), &Limits::default())?;
    let Some(OpType::Root(root)) = &plan.op_type else { panic!("no relation") };
    block_on(session().plan(root))
}

fn plan_sql(query: String) -> Result<Planned> {
    block_on(session().plan(&relation::sql(query)))
}

/// Planned, or refused for its depth: nothing else will do.
fn planned_or_refused(result: Result<Planned>) {
    match result {
        Ok(planned) => drop(planned),
        Err(error) => assert!(error.to_string().contains("nested"), "{error}"),
    }
}

fn refused(result: Result<Planned>) {
    match result {
        Err(Error::InvalidPlan(invalid)) => {
            assert!(invalid.message().contains("deep"), "{invalid}")
        }
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("planned"),
    }
}

fn filter_rest() -> Vec<u8> {
    let condition = Some(col("a").gt(lit(0)).into_message());
    proto::Filter { input: None, condition }.encode_to_vec()
}

fn filters() {
    let planned = plan_bytes(&wire::relations(RELATIONS, 4, &filter_rest())).unwrap();
    assert_eq!(planned.columns().names().collect::<Vec<_>>(), ["a"]);
}

fn unions() {
    let other = proto::Relation::decode(&wire::table()[..]).unwrap();
    let rest = proto::SetOperation {
        right_input: Some(Box::new(other)),
        set_op_type: SetOpType::Union.into(),
        is_all: Some(true),
        ..Default::default()
    };
    plan_bytes(&wire::relations(RELATIONS, 6, &rest.encode_to_vec())).unwrap();
}

fn with_columns() {
    let value = Some(Box::new((col("a") + lit(1)).into_message()));
    let alias = proto::expression::Alias { expr: value, name: vec!["a".into()], metadata: None };
    let rest = proto::WithColumns { input: None, aliases: vec![alias] };
    plan_bytes(&wire::relations(RELATIONS, 23, &rest.encode_to_vec())).unwrap();
}

fn selects() {
    let rest = proto::Project {
        input: None,
        expressions: vec![(col("a") * lit(2)).alias("a").into_message()],
    };
    plan_bytes(&wire::relations(RELATIONS, 3, &rest.encode_to_vec())).unwrap();
}

fn arithmetic() {
    let rest = proto::expression::UnresolvedFunction {
        function_name: "negative".into(),
        ..Default::default()
    };
    let expression = wire::expressions(EXPRESSIONS, 3, 2, &rest.encode_to_vec());
    plan_bytes(&wire::project(&expression)).unwrap();
}

fn casts() {
    let to = proto::expression::cast::CastToType::TypeStr("bigint".into());
    let rest = proto::expression::Cast { expr: None, eval_mode: 0, cast_to_type: Some(to) };
    let expression = wire::expressions(EXPRESSIONS, 7, 1, &rest.encode_to_vec());
    plan_bytes(&wire::project(&expression)).unwrap();
}

fn sql_parentheses() {
    let (open, close) = ("(".repeat(EXPRESSIONS), ")".repeat(EXPRESSIONS));
    planned_or_refused(plan_sql(format!("select {open}a{close} from t")));
    assert!(plan_sql(format!("select {} from t", "(".repeat(100_000))).is_err());
}

fn sql_operators() {
    planned_or_refused(plan_sql(format!("select a{} from t", " + 1".repeat(EXPRESSIONS))));
    planned_or_refused(plan_sql(format!("select {} a from t", "- ".repeat(EXPRESSIONS))));
    planned_or_refused(plan_sql(format!(
        "select a from t where {} a > 1",
        "not ".repeat(EXPRESSIONS)
    )));
}

fn sql_functions() {
    let (open, close) = ("coalesce(".repeat(EXPRESSIONS), ")".repeat(EXPRESSIONS));
    planned_or_refused(plan_sql(format!("select {open}a{close} from t")));
}

fn sql_subqueries() {
    let (open, close) = ("(select * from ".repeat(EXPRESSIONS), ")".repeat(EXPRESSIONS));
    planned_or_refused(plan_sql(format!("select * from {open}t{close}")));
}

fn beyond_the_relation_limit() {
    refused(plan_bytes(&wire::relations(10_001, 4, &filter_rest())));
}

fn beyond_the_expression_limit() {
    let rest = proto::expression::UnresolvedFunction {
        function_name: "negative".into(),
        ..Default::default()
    };
    let expression = wire::expressions(5_000, 3, 2, &rest.encode_to_vec());
    refused(plan_bytes(&wire::project(&expression)));
}

fn beyond_the_message_limit() {
    refused(plan_bytes(&wire::relations(30_000, 4, &[])));
}

fn executed() {
    let mut relation = relation::read_table("t");
    for _ in 0..100 {
        relation = relation.filter(col("a").gt(lit(1)));
    }
    let counts = relation.aggregate([""; 0], [call("count", [lit(1)]).alias("n")]);
    let rows = block_on(session().rows(&counts)).unwrap();
    assert!(rows.contains("| 2 "), "{rows}");
}
