//! The plugin's messages, as a client sends them, against a session.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashMap;

use datafusion_spark_connect::testkit::{TestSession, relation};
use datafusion_spark_connect::{Error, PlanOutput, proto};
use prost::Message as _;
use prost_types::Any;
use proto::expression::{ExprType, ExpressionString};
use proto::relation::RelType;
use spark_connect_delta_plugin::proto as delta;

use delta::delta_command::CommandType;
use delta::delta_relation::RelationType;

struct Table {
    session: TestSession,
    folder: tempfile::TempDir,
}

impl Table {
    /// A table of numbers from 0.
    async fn of(rows: i64) -> Self {
        let session = TestSession::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let table = Self { session, folder };
        let column = delta::create_delta_table::Column {
            name: "id".to_owned(),
            data_type: Some(proto::DataType {
                kind: Some(proto::data_type::Kind::Unparsed(proto::data_type::Unparsed {
                    data_type_string: "bigint".to_owned(),
                })),
            }),
            nullable: true,
            ..delta::create_delta_table::Column::default()
        };
        let create = delta::CreateDeltaTable {
            mode: delta::create_delta_table::Mode::Create.into(),
            location: Some(table.path()),
            columns: vec![column],
            ..delta::CreateDeltaTable::default()
        };
        table.command(CommandType::CreateDeltaTable(create)).await.unwrap();
        if rows > 0 {
            table.append(rows).await.unwrap();
        }
        table
    }

    fn path(&self) -> String {
        self.folder.path().join("table").to_str().unwrap().to_owned()
    }

    async fn plan(&self, op_type: proto::plan::OpType) -> Result<PlanOutput, Error> {
        self.session.planner().plan(&proto::Plan { op_type: Some(op_type) }).await
    }

    async fn command(&self, command: CommandType) -> Result<PlanOutput, Error> {
        let message = delta::DeltaCommand { command_type: Some(command) };
        let value = message.encode_to_vec();
        let any = Any { type_url: url("DeltaCommand"), value };
        self.run(proto::command::CommandType::Extension(any)).await
    }

    async fn run(&self, command: proto::command::CommandType) -> Result<PlanOutput, Error> {
        let command = proto::Command { command_type: Some(command) };
        self.plan(proto::plan::OpType::Command(command)).await
    }

    async fn append(&self, rows: i64) -> Result<PlanOutput, Error> {
        let range = proto::Range { start: Some(0), end: rows, step: 1, num_partitions: None };
        let input = proto::Relation { common: None, rel_type: Some(RelType::Range(range)) };
        self.run(proto::command::CommandType::WriteOperation(proto::WriteOperation {
            input: Some(input),
            source: Some("delta".to_owned()),
            mode: proto::write_operation::SaveMode::Append.into(),
            save_type: Some(proto::write_operation::SaveType::Path(self.path())),
            ..proto::WriteOperation::default()
        }))
        .await
    }

    fn named(&self) -> delta::DeltaTable {
        let path = delta::delta_table::Path { path: self.path(), hadoop_conf: HashMap::new() };
        delta::DeltaTable { access_type: Some(delta::delta_table::AccessType::Path(path)) }
    }

    fn scan(&self) -> proto::Relation {
        extension(1, RelationType::Scan(delta::Scan { table: Some(self.named()) }))
    }

    fn delete(&self, plan_id: i64, condition: &str) -> proto::Relation {
        let message =
            delta::DeleteFromTable { target: Some(self.scan()), condition: Some(sql(condition)) };
        extension(plan_id, RelationType::DeleteFromTable(message))
    }

    fn versions(&self) -> usize {
        let log = std::fs::read_dir(self.folder.path().join("table/_delta_log")).unwrap();
        let names = log.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(".json")).count()
    }

    async fn count(&self) -> usize {
        let batches = self.session.collect(&self.scan()).await.unwrap();
        batches.iter().map(|batch| batch.num_rows()).sum()
    }
}

fn url(name: &str) -> String {
    format!("type.googleapis.com/delta.connect.{name}")
}

fn extension(plan_id: i64, kind: RelationType) -> proto::Relation {
    let message = delta::DeltaRelation { relation_type: Some(kind) };
    let any = Any { type_url: url("DeltaRelation"), value: message.encode_to_vec() };
    let common = proto::RelationCommon { plan_id: Some(plan_id), ..Default::default() };
    proto::Relation { common: Some(common), rel_type: Some(RelType::Extension(any)) }
}

fn sql(text: &str) -> proto::Expression {
    let string = ExpressionString { expression: text.to_owned() };
    proto::Expression { common: None, expr_type: Some(ExprType::ExpressionString(string)) }
}

fn condition(error: &Error) -> String {
    error.report().condition.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_made_once_and_a_schema_makes_none() {
    let table = Table::of(10).await;
    assert_eq!(table.versions(), 2);
    let delete = table.delete(7, "id < 4");
    let schema = table.session.planner().for_schema().plan_relation(&delete).await.unwrap();
    assert_eq!(schema.columns().names().collect::<Vec<_>>(), ["num_affected_rows"]);
    assert_eq!((table.versions(), table.count().await), (2, 10));
    for _ in 0..3 {
        let rows = table.session.rows(&delete).await.unwrap();
        assert!(rows.contains("| 4 "), "{rows}");
    }
    assert_eq!((table.versions(), table.count().await), (3, 6));
    // Another DataFrame is another change, though it says the same.
    let rows = table.session.rows(&table.delete(8, "id < 4")).await.unwrap();
    assert!(rows.contains("| 0 "), "{rows}");
    assert_eq!(table.versions(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_a_clear_error_and_the_session_goes_on() {
    let table = Table::of(3).await;
    let any = Any { type_url: url("DeltaRelation"), value: vec![0xff; 40] };
    let garbage = proto::Relation { common: None, rel_type: Some(RelType::Extension(any)) };
    let error = table.session.rows(&garbage).await.unwrap_err();
    assert!(error.to_string().contains("delta.connect.DeltaRelation"), "{error}");
    let empty = delta::DeleteFromTable { target: None, condition: None };
    let error = table.session.rows(&extension(1, RelationType::DeleteFromTable(empty))).await;
    assert!(error.unwrap_err().to_string().contains("target"));
    // A target that is no table, and a target in which nothing is.
    for target in [relation::range(3).into_message(), proto::Relation::default()] {
        let message = delta::DeleteFromTable { target: Some(target), condition: None };
        let change = extension(2, RelationType::DeleteFromTable(message));
        assert!(table.session.rows(&change).await.is_err());
    }
    assert_eq!((table.versions(), table.count().await), (2, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_has_a_name() {
    let table = Table::of(1).await;
    let clone = delta::CloneTable {
        table: Some(table.named()),
        target: "other".to_owned(),
        is_shallow: true,
        ..delta::CloneTable::default()
    };
    let error = table.command(CommandType::CloneTable(clone)).await.unwrap_err();
    assert!(
        matches!(&error, Error::Unsupported { feature, .. } if feature == "delta.clone.shallow")
    );
    assert_eq!(condition(&error), "UNSUPPORTED_CONNECT_FEATURE");
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_that_meet() {
    let table = Table::of(10).await;
    let (one, two) = (table.delete(1, "id % 2 = 0"), table.delete(2, "id % 2 = 1"));
    let planner = || table.session.planner();
    let (first, second) = (planner(), planner());
    let both = tokio::join!(first.plan_relation(&one), second.plan_relation(&two));
    match both {
        // They did not meet after all.
        (Ok(_), Ok(_)) => assert_eq!((table.versions(), table.count().await), (4, 0)),
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => {
            let classes = error.report().classes;
            assert!(classes[0].starts_with("io.delta.exceptions.Concurrent"), "{classes:?}");
            let base = "io.delta.exceptions.DeltaConcurrentModificationException";
            assert!(classes.iter().any(|class| class == base));
            assert_eq!((table.versions(), table.count().await), (3, 5));
        }
        (Err(one), Err(two)) => panic!("both lost: {one}; {two}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_is_dropped_commits_nothing() {
    let table = Table::of(100_000).await;
    let delete = table.delete(3, "id % 7 = 0");
    let planner = table.session.planner();
    {
        let work = planner.plan_relation(&delete);
        let early = tokio::time::timeout(std::time::Duration::from_millis(5), work).await;
        if early.is_ok() {
            return;
        }
    }
    assert_eq!((table.versions(), table.count().await), (2, 100_000));
    // Asked again it is carried out.
    table.session.rows(&delete).await.unwrap();
    assert_eq!(table.versions(), 3);
}
