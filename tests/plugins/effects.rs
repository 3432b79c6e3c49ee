//! A relation that changes something is asked for once.

use std::sync::atomic::Ordering;

use datafusion_spark_connect::proto::{self, Relation};
use datafusion_spark_connect::testkit::{TestSession, col, relation};
use second_plugin::Counter;
use second_plugin::proto::Count;

use super::{column, with};
use datafusion_spark_connect::plugin::Plugin;

const CACHE: &str = "spark.connect.session.planCache.enabled";

fn session() -> TestSession {
    with([Plugin::relation("count", Counter)])
}

fn count(plan_id: i64, tell_schema: bool) -> relation::RelationBuilder {
    relation::extension(&Count { tell_schema }).with_plan_id(plan_id)
}

/// How often the plugin did its work.
fn counted(session: &TestSession) -> i64 {
    session.get_or_init(second_plugin::Counted::default).0.load(Ordering::SeqCst)
}

async fn schema(session: &TestSession, plan: &Relation) {
    let planned = session.planner().for_schema().plan_relation(plan).await.unwrap();
    assert_eq!(planned.columns().names().collect::<Vec<_>>(), ["number"]);
}

#[tokio::test]
async fn once_for_schema_rows_and_what_is_derived() {
    let session = session();
    let plan = count(1, false);
    schema(&session, &plan).await;
    for _ in 0..2 {
        assert_eq!(column(&session.rows(&plan).await.unwrap()), ["1"]);
    }
    let derived =
        plan.clone().alias("a").cross_join(plan.clone().alias("b")).select([col("a.number")]);
    assert_eq!(column(&session.rows(&derived).await.unwrap()), ["1"]);
    assert_eq!(counted(&session), 1);
    // Another wish, though it looks alike.
    assert_eq!(column(&session.rows(&count(2, false)).await.unwrap()), ["2"]);
    // And without an id there is no telling.
    let anonymous = relation::extension(&Count::default());
    session.rows(&anonymous).await.unwrap();
    session.rows(&anonymous).await.unwrap();
    assert_eq!(counted(&session), 4);
}

#[tokio::test]
async fn a_schema_that_the_plugin_tells_costs_no_work() {
    let session = session();
    let plan = count(1, true);
    schema(&session, &plan).await;
    schema(&session, &plan.clone().limit(1).alias("t")).await;
    assert_eq!(counted(&session), 0);
    assert_eq!(column(&session.rows(&plan).await.unwrap()), ["1"]);
    schema(&session, &plan).await;
    assert_eq!(counted(&session), 1);
}

#[tokio::test]
async fn once_even_where_plans_are_not_to_be_remembered() {
    let session = session();
    session.conf().set(CACHE, "false").unwrap();
    session.rows(&count(1, false)).await.unwrap();
    session.rows(&count(1, false)).await.unwrap();
    assert_eq!(counted(&session), 1);
}

#[tokio::test]
async fn once_for_requests_at_the_same_time() {
    let session = session();
    let plan = count(1, false);
    let (a, b) = futures::join!(session.rows(&plan), session.rows(&plan));
    assert_eq!(
        (column(&a.unwrap()), column(&b.unwrap())),
        (vec!["1".to_owned()], vec!["1".to_owned()])
    );
    assert_eq!(counted(&session), 1);
}

#[tokio::test]
async fn sessions_remember_each_for_itself() {
    let (one, other) = (session(), session());
    one.rows(&count(1, false)).await.unwrap();
    other.rows(&count(1, false)).await.unwrap();
    assert_eq!((counted(&one), counted(&other)), (1, 1));
    let fork = TestSession::from(one.fork("fork"));
    fork.rows(&count(1, false)).await.unwrap();
    assert_eq!(counted(&fork), 1);
}

#[tokio::test]
async fn a_view_of_it_is_made_of_what_was_done() {
    let session = session();
    let command = proto::CreateDataFrameViewCommand {
        input: Some(count(1, false).into_message()),
        name: "counted".to_owned(),
        is_global: false,
        replace: true,
    };
    let kind = proto::command::CommandType::CreateDataframeView(command);
    let op_type = proto::plan::OpType::Command(proto::Command { command_type: Some(kind) });
    session.planner().plan(&proto::Plan { op_type: Some(op_type) }).await.unwrap();
    for _ in 0..2 {
        let rows = session.rows(&relation::sql("select number from counted")).await.unwrap();
        assert_eq!(column(&rows), ["1"]);
    }
    assert_eq!(counted(&session), 1);
}
