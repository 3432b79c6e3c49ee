//! Extensions in requests for a status, answered by plugins.

use async_trait::async_trait;
use datafusion_spark_connect::plugin::{GetStatusPlugin, Plugin, PluginRegistry};
use datafusion_spark_connect::proto::get_status_request::OperationStatusRequest;
use datafusion_spark_connect::server::{NewSession, SparkConnectService};
use datafusion_spark_connect::{
    Error, Result, Session, SessionBuilder, SparkConnectPlanner, proto, spark_context,
};
use prost_types::Any;

use super::client::{Client, serve, user};

/// Says what it was asked, and about what.
struct Echo;

fn said(about: &str, extension: &Any) -> Result<Option<Any>> {
    match extension.value.as_slice() {
        b"fail" => Err(Error::plugin("no answer today")),
        value => {
            let text = format!("{about}: {}", String::from_utf8_lossy(value));
            Ok(Some(Any { type_url: extension.type_url.clone(), value: text.into_bytes() }))
        }
    }
}

#[async_trait]
impl GetStatusPlugin for Echo {
    async fn session(&self, extension: &Any, planner: &SparkConnectPlanner) -> Result<Option<Any>> {
        said(planner.session().user_id(), extension)
    }

    async fn operation(
        &self,
        operation_id: &str,
        extension: &Any,
        _planner: &SparkConnectPlanner,
    ) -> Result<Option<Any>> {
        said(operation_id, extension)
    }

    fn messages(&self) -> Vec<String> {
        vec!["acme.Question".to_owned()]
    }
}

fn question(text: &str) -> Any {
    Any { type_url: "type.googleapis.com/acme.Question".to_owned(), value: text.into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_plugin_takes_is_answered_and_the_rest_is_left() {
    let new_session = |_: &NewSession| -> Result<SessionBuilder> {
        let registry = PluginRegistry::empty().with(Plugin::status("echo", Echo));
        Ok(Session::builder(spark_context()).plugins(registry))
    };
    let mut client = Client::new(serve(SparkConnectService::new(new_session)).await).await;
    let other = Any { type_url: "type.googleapis.com/acme.Other".to_owned(), value: Vec::new() };
    let request = proto::GetStatusRequest {
        session_id: client.session_id.clone(),
        user_context: Some(user()),
        operation_status: Some(OperationStatusRequest {
            operation_ids: vec!["nobody's".to_owned()],
            extensions: vec![question("how far?")],
        }),
        extensions: vec![other, question("who?")],
        ..Default::default()
    };
    let answer = client.stub.get_status(request.clone()).await.unwrap().into_inner();
    let texts = |all: &[Any]| -> Vec<String> {
        all.iter().map(|any| String::from_utf8(any.value.clone()).unwrap()).collect()
    };
    assert_eq!(texts(&answer.extensions), ["tester: who?"]);
    let operation = &answer.operation_statuses[0];
    assert_eq!(texts(&operation.extensions), ["nobody's: how far?"]);
    let failing = proto::GetStatusRequest { extensions: vec![question("fail")], ..request };
    let refused = client.stub.get_status(failing).await.unwrap_err();
    assert!(refused.message().contains("no answer today"), "{refused}");
}
