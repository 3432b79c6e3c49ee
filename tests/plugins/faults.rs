//! Plugins that go wrong do no harm beyond their request.

use std::time::Duration;

use datafusion_spark_connect::plugin::Plugin;
use datafusion_spark_connect::testkit::{TestSession, extension, relation};
use datafusion_spark_connect::{Error, proto};
use prost_types::Any;
use second_plugin::proto::Fault;
use second_plugin::proto::fault::Kind;
use second_plugin::{FaultyCommand, FaultyExpression, FaultyRelation, FaultyRelationLater};

use super::{condition, with};

fn session() -> TestSession {
    with([
        Plugin::relation("faulty", FaultyRelation),
        Plugin::expression("faulty", FaultyExpression),
        Plugin::command("faulty", FaultyCommand),
    ])
}

fn fault(kind: Kind) -> Fault {
    Fault { kind: kind.into() }
}

/// The error of every kind of plugin for the same fault.
async fn errors(kind: Kind) -> Vec<Error> {
    let session = session();
    let later = with([Plugin::relation("faulty", FaultyRelationLater)]);
    let as_relation = relation::extension(&fault(kind));
    let as_expression = relation::read_table("people").select([extension(&fault(kind))]);
    let extension = proto::command::CommandType::Extension(proto::pack(&fault(kind)));
    let command = proto::Command { command_type: Some(extension) };
    let command = proto::Plan { op_type: Some(proto::plan::OpType::Command(command)) };
    let errors = vec![
        session.plan(&as_relation).await.unwrap_err(),
        later.plan(&as_relation).await.unwrap_err(),
        session.plan(&as_expression).await.unwrap_err(),
        session.planner().plan(&command).await.unwrap_err(),
    ];
    // The session is as usable as before.
    assert!(session.rows(&relation::read_table("people")).await.is_ok());
    errors
}

#[tokio::test]
async fn panics_become_errors_that_name_the_plugin() {
    for error in errors(Kind::Panic).await {
        let text = error.to_string();
        assert!(text.contains("the plugin faulty panicked: out of gears"), "{text}");
        assert!(text.contains("acme.second.Fault"), "{text}");
        assert_eq!(condition(&error), "INTERNAL_ERROR");
    }
}

#[tokio::test]
async fn errors_with_a_name_keep_all_they_say() {
    for error in errors(Kind::SparkError).await {
        let report = error.report();
        assert_eq!(report.condition.as_deref(), Some("ACME.NO_GEARS"));
        assert_eq!(report.sqlstate.as_deref(), Some("42KAC"));
        assert_eq!(report.parameters["gears"], "0");
        assert_eq!(report.classes, ["com.acme.NoGears", "com.acme.Trouble"]);
        assert!(report.message.contains("no gears are left"), "{}", report.message);
    }
}

#[tokio::test]
async fn errors_of_other_types_name_the_message() {
    for error in errors(Kind::OwnError).await {
        let Error::Plugin { message_name, source } = &error else { panic!("{error}") };
        assert_eq!(message_name, "acme.second.Fault");
        assert_eq!(source.to_string(), "the gears are broken");
        let report = error.report();
        assert!(report.message.contains("the gears are broken"), "{}", report.message);
        assert_eq!(report.classes[0], "org.apache.spark.SparkException");
    }
}

#[tokio::test]
async fn a_wrong_payload_is_an_invalid_plan() {
    let session = session();
    for value in [vec![0xff; 9], vec![0x0a, 0x7f], b"text".to_vec()] {
        let any = Any { type_url: "x/acme.second.Fault".to_owned(), value };
        let rel_type = Some(proto::relation::RelType::Extension(any));
        let message = proto::Relation { common: None, rel_type };
        let error = session.plan(&message).await.unwrap_err();
        assert_eq!(condition(&error), "CONNECT_INVALID_PLAN");
        assert!(error.to_string().contains("acme.second.Fault"), "{error}");
    }
}

#[tokio::test]
async fn a_plugin_that_waits_is_cancelled() {
    let session = session();
    let planner = session.planner();
    let message = relation::extension(&fault(Kind::NeverEnds)).into_message();
    let plan = {
        let planner = planner.clone();
        tokio::spawn(async move { planner.plan_relation(&message).await.map(drop) })
    };
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!plan.is_finished());
    planner.cancel();
    let ended = tokio::time::timeout(Duration::from_secs(10), plan).await.unwrap().unwrap();
    assert!(matches!(ended, Err(Error::Cancelled)), "{ended:?}");
}
