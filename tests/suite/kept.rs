//! Rows kept between requests: computed once, within the memory that there is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use datafusion::arrow::array::{ArrayRef, AsArray as _};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::{ColumnarValue, Volatility, create_udf};
use datafusion::prelude::SessionContext;
use datafusion_spark_connect::proto::analyze_plan_request::{
    Analyze, GetStorageLevel, Persist, Unpersist,
};
use datafusion_spark_connect::proto::{self, analyze_plan_response};
use datafusion_spark_connect::testkit::{TestSession, relation};
use datafusion_spark_connect::{Session, spark_config};

/// How often a row was computed.
type Calls = Arc<AtomicUsize>;

/// A session with the function `counted(x)`, which is `x` and counts rows; its memory is
/// small.
fn session(memory: usize) -> (TestSession, Calls) {
    let environment = RuntimeEnvBuilder::new().with_memory_limit(memory, 1.0).build_arc().unwrap();
    let config = spark_config().with_target_partitions(2);
    let context = SessionContext::new_with_config_rt(config, environment);
    let calls = Calls::default();
    let counting = Arc::clone(&calls);
    let function = create_udf(
        "counted",
        vec![DataType::Int64],
        DataType::Int64,
        Volatility::Volatile,
        Arc::new(move |arguments: &[ColumnarValue]| {
            let rows: ArrayRef = arguments[0].to_array(1)?;
            counting.fetch_add(rows.len(), Ordering::SeqCst);
            Ok(ColumnarValue::Array(rows))
        }),
    );
    context.register_udf(function);
    let session = Session::builder(context).build().unwrap();
    (TestSession::from(session), calls)
}

fn numbers(rows: i64) -> proto::Relation {
    relation::sql(format!("select counted(id) as n from range(0, {rows}, 1, 3)")).into_message()
}

fn sum(rows: i64) -> proto::Relation {
    let text = format!("select sum(n) from (select counted(id) as n from range(0, {rows}, 1, 3))");
    relation::sql(text).into_message()
}

async fn persist(session: &TestSession, relation: proto::Relation, use_memory: bool) {
    let level =
        proto::StorageLevel { use_memory, use_disk: true, replication: 1, ..Default::default() };
    let persist = Persist { relation: Some(relation), storage_level: Some(level) };
    session.planner().analyze(&Analyze::Persist(persist)).await.unwrap();
}

async fn is_kept(session: &TestSession, relation: proto::Relation) -> bool {
    let question = GetStorageLevel { relation: Some(relation) };
    let answer = session.planner().analyze(&Analyze::GetStorageLevel(question)).await.unwrap();
    let analyze_plan_response::Result::GetStorageLevel(answer) = answer else {
        panic!("{answer:?}")
    };
    answer.storage_level.unwrap().use_disk
}

async fn total(session: &TestSession, rows: i64) -> i64 {
    let batches = session.collect(&sum(rows)).await.unwrap();
    batches[0].column(0).as_primitive::<Int64Type>().value(0)
}

#[tokio::test]
async fn rows_are_computed_once_and_forgotten_when_asked() {
    let (session, calls) = session(64 << 20);
    assert_eq!(total(&session, 100).await, 4950);
    assert_eq!(calls.swap(0, Ordering::SeqCst), 100);
    persist(&session, numbers(100), true).await;
    // Nothing runs until the rows are wanted.
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    assert!(is_kept(&session, numbers(100)).await);
    for _ in 0..3 {
        assert_eq!(total(&session, 100).await, 4950);
    }
    assert_eq!(calls.swap(0, Ordering::SeqCst), 100);
    assert!(!is_kept(&session, numbers(101)).await);
    let unpersist = Unpersist { relation: Some(numbers(100)), blocking: None };
    session.planner().analyze(&Analyze::Unpersist(unpersist)).await.unwrap();
    assert!(!is_kept(&session, numbers(100)).await);
    assert_eq!(total(&session, 100).await, 4950);
    assert_eq!(calls.load(Ordering::SeqCst), 100);
}

#[tokio::test]
async fn rows_that_do_not_fit_go_to_the_disk_in_order() {
    const ROWS: i64 = 1_000_000;
    for use_memory in [true, false] {
        let (session, calls) = session(4 << 20);
        persist(&session, numbers(ROWS), use_memory).await;
        for _ in 0..2 {
            assert_eq!(total(&session, ROWS).await, ROWS * (ROWS - 1) / 2);
        }
        assert_eq!(calls.load(Ordering::SeqCst), ROWS as usize);
        let batches = session.collect(&numbers(ROWS)).await.unwrap();
        let mut next = 0;
        for batch in &batches {
            for value in batch.column(0).as_primitive::<Int64Type>().values() {
                assert_eq!(*value, next);
                next += 1;
            }
        }
        assert_eq!(next, ROWS);
        assert_eq!(calls.load(Ordering::SeqCst), ROWS as usize);
        let pool = &session.context().runtime_env().memory_pool;
        assert!(pool.reserved() <= 4 << 20);
    }
}

#[tokio::test]
async fn a_checkpoint_is_a_relation_until_it_is_removed() {
    use proto::command::CommandType;
    use proto::execute_plan_response::ResponseType;
    let (session, calls) = session(64 << 20);
    let command = proto::CheckpointCommand {
        relation: Some(numbers(10)),
        local: true,
        eager: true,
        storage_level: None,
    };
    let run = |command: CommandType| {
        let session = session.clone();
        async move {
            let command = proto::Command { command_type: Some(command) };
            let plan = proto::Plan { op_type: Some(proto::plan::OpType::Command(command)) };
            session.planner().plan(&plan).await.unwrap()
        }
    };
    let output = run(CommandType::CheckpointCommand(command)).await;
    let datafusion_spark_connect::PlanOutput::Command(
        datafusion_spark_connect::CommandOutput::Response(answer),
    ) = output
    else {
        panic!("{output:?}")
    };
    let ResponseType::CheckpointCommandResult(answer) = *answer else { panic!("{answer:?}") };
    let remote = answer.relation.unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 10);
    let relation = proto::Relation {
        common: None,
        rel_type: Some(proto::relation::RelType::CachedRemoteRelation(remote.clone())),
    };
    assert_eq!(session.collect(&relation).await.unwrap()[0].num_columns(), 1);
    assert_eq!(calls.load(Ordering::SeqCst), 10);
    let remove = proto::RemoveCachedRemoteRelationCommand { relation: Some(remote) };
    run(CommandType::RemoveCachedRemoteRelationCommand(remove)).await;
    let gone = session.plan(&relation).await.unwrap_err();
    assert_eq!(gone.condition(), Some("CONNECT_INVALID_PLAN.DATAFRAME_NOT_FOUND"));
}
