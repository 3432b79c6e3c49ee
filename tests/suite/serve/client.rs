//! A served session and a client of it, in one process.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use datafusion_spark_connect::proto::execute_plan_request::{RequestOption, request_option};
use datafusion_spark_connect::proto::execute_plan_response::ResponseType;
use datafusion_spark_connect::proto::spark_connect_service_client::SparkConnectServiceClient;
use datafusion_spark_connect::proto::{self, ExecutePlanRequest, ExecutePlanResponse};
use datafusion_spark_connect::server::{NewSession, ServiceBuilder, SparkConnectService};
use datafusion_spark_connect::{Result, Session, SessionBuilder, spark_context};
use prost::Message as _;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Channel, Server};
use tonic::{Status, Streaming};

/// Starts a service; it ends with the test's runtime.
pub(crate) async fn serve_with(settings: impl FnOnce(ServiceBuilder) -> ServiceBuilder) -> Address {
    let new_session =
        |_: &NewSession| -> Result<SessionBuilder> { Ok(Session::builder(spark_context())) };
    serve(settings(SparkConnectService::builder(new_session)).build()).await
}

/// Where a service listens.
#[derive(Clone, Copy)]
pub(crate) struct Address(SocketAddr);

pub(crate) async fn serve(service: SparkConnectService) -> Address {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let incoming = TcpListenerStream::new(listener);
    tokio::spawn(
        Server::builder().add_service(service.into_server()).serve_with_incoming(incoming),
    );
    Address(address)
}

/// A client with a session of its own.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) stub: SparkConnectServiceClient<Channel>,
    pub(crate) session_id: String,
}

impl Client {
    pub(crate) async fn new(address: Address) -> Self {
        let endpoint = format!("http://{}", address.0);
        let channel = Channel::from_shared(endpoint).unwrap().connect().await.unwrap();
        let stub = SparkConnectServiceClient::new(channel).max_decoding_message_size(1 << 30);
        Self { stub, session_id: uuid() }
    }

    pub(crate) fn request(&self, relation: proto::Relation) -> ExecutePlanRequest {
        let plan = proto::Plan { op_type: Some(proto::plan::OpType::Root(relation)) };
        ExecutePlanRequest {
            session_id: self.session_id.clone(),
            user_context: Some(user()),
            operation_id: Some(uuid()),
            plan: Some(plan),
            ..Default::default()
        }
    }

    pub(crate) async fn execute(
        &mut self,
        request: ExecutePlanRequest,
    ) -> Result<Streaming<ExecutePlanResponse>, Status> {
        self.stub.execute_plan(request).await.map(tonic::Response::into_inner)
    }

    /// All responses to a request.
    pub(crate) async fn responses(
        &mut self,
        request: ExecutePlanRequest,
    ) -> Result<Vec<ExecutePlanResponse>, Status> {
        all(self.execute(request).await?).await
    }

    pub(crate) async fn reattach(
        &mut self,
        operation_id: &str,
        after: Option<&str>,
    ) -> Result<Vec<ExecutePlanResponse>, Status> {
        let request = proto::ReattachExecuteRequest {
            session_id: self.session_id.clone(),
            user_context: Some(user()),
            operation_id: operation_id.to_owned(),
            last_response_id: after.map(str::to_owned),
            ..Default::default()
        };
        all(self.stub.reattach_execute(request).await?.into_inner()).await
    }

    pub(crate) async fn release(
        &mut self,
        operation_id: &str,
        until: Option<&str>,
    ) -> Result<proto::ReleaseExecuteResponse, Status> {
        use proto::release_execute_request::{Release, ReleaseAll, ReleaseUntil};
        let release = match until {
            None => Release::ReleaseAll(ReleaseAll {}),
            Some(id) => Release::ReleaseUntil(ReleaseUntil { response_id: id.to_owned() }),
        };
        let request = proto::ReleaseExecuteRequest {
            session_id: self.session_id.clone(),
            user_context: Some(user()),
            operation_id: operation_id.to_owned(),
            release: Some(release),
            ..Default::default()
        };
        Ok(self.stub.release_execute(request).await?.into_inner())
    }

    pub(crate) async fn config(
        &mut self,
        operation: proto::config_request::operation::OpType,
    ) -> Result<proto::ConfigResponse, Status> {
        let request = proto::ConfigRequest {
            session_id: self.session_id.clone(),
            user_context: Some(user()),
            operation: Some(proto::config_request::Operation { op_type: Some(operation) }),
            ..Default::default()
        };
        Ok(self.stub.config(request).await?.into_inner())
    }

    pub(crate) async fn get(&mut self, key: &str) -> Result<Option<String>, Status> {
        let get = proto::config_request::Get { keys: vec![key.to_owned()] };
        let answer = self.config(proto::config_request::operation::OpType::Get(get)).await?;
        Ok(answer.pairs[0].value.clone())
    }

    pub(crate) async fn set(&mut self, key: &str, value: &str) -> Result<(), Status> {
        let pairs = vec![proto::KeyValue { key: key.to_owned(), value: Some(value.to_owned()) }];
        let set = proto::config_request::Set { pairs, silent: None };
        self.config(proto::config_request::operation::OpType::Set(set)).await.map(drop)
    }

    pub(crate) async fn version(&mut self) -> Result<proto::AnalyzePlanResponse, Status> {
        self.version_as(None).await
    }

    pub(crate) async fn version_as(
        &mut self,
        observed: Option<&str>,
    ) -> Result<proto::AnalyzePlanResponse, Status> {
        use proto::analyze_plan_request::{Analyze, SparkVersion};
        let request = proto::AnalyzePlanRequest {
            session_id: self.session_id.clone(),
            user_context: Some(user()),
            client_observed_server_side_session_id: observed.map(str::to_owned),
            analyze: Some(Analyze::SparkVersion(SparkVersion {})),
            ..Default::default()
        };
        Ok(self.stub.analyze_plan(request).await?.into_inner())
    }

    /// The state of an operation, once it is `wanted` or after some seconds.
    pub(crate) async fn await_state(
        &mut self,
        operation_id: &str,
        wanted: proto::get_status_response::operation_status::OperationState,
    ) -> proto::get_status_response::operation_status::OperationState {
        use proto::get_status_request::OperationStatusRequest;
        let mut state = Default::default();
        for _ in 0..500 {
            let request = proto::GetStatusRequest {
                session_id: self.session_id.clone(),
                user_context: Some(user()),
                operation_status: Some(OperationStatusRequest {
                    operation_ids: vec![operation_id.to_owned()],
                    ..Default::default()
                }),
                ..Default::default()
            };
            let answer = self.stub.get_status(request).await.unwrap().into_inner();
            state = answer.operation_statuses[0].state();
            if state == wanted {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        state
    }

    pub(crate) async fn fetch_error(&mut self, id: &str) -> proto::FetchErrorDetailsResponse {
        let request = proto::FetchErrorDetailsRequest {
            session_id: self.session_id.clone(),
            user_context: Some(user()),
            error_id: id.to_owned(),
            ..Default::default()
        };
        self.stub.fetch_error_details(request).await.unwrap().into_inner()
    }
}

pub(crate) fn user() -> proto::UserContext {
    proto::UserContext { user_id: "tester".to_owned(), ..Default::default() }
}

pub(crate) fn uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}

pub(crate) async fn all(
    mut stream: Streaming<ExecutePlanResponse>,
) -> Result<Vec<ExecutePlanResponse>, Status> {
    let mut responses = Vec::new();
    while let Some(response) = stream.message().await? {
        responses.push(response);
    }
    Ok(responses)
}

pub(crate) fn range(end: i64) -> proto::Relation {
    let range = proto::Range { start: Some(0), end, step: 1, num_partitions: None };
    proto::Relation { common: None, rel_type: Some(proto::relation::RelType::Range(range)) }
}

pub(crate) fn reattachable(request: ExecutePlanRequest) -> ExecutePlanRequest {
    let options = proto::ReattachOptions { reattachable: true };
    with_option(request, request_option::RequestOption::ReattachOptions(options))
}

pub(crate) fn with_option(
    mut request: ExecutePlanRequest,
    option: request_option::RequestOption,
) -> ExecutePlanRequest {
    request.request_options.push(RequestOption { request_option: Some(option) });
    request
}

/// What kind each response is, one word a response.
pub(crate) fn kinds(responses: &[ExecutePlanResponse]) -> Vec<&'static str> {
    let kind = |response: &ExecutePlanResponse| match &response.response_type {
        None if response.schema.is_some() => "schema",
        None if response.metrics.is_some() => "metrics",
        Some(ResponseType::ArrowBatch(_)) => "rows",
        Some(ResponseType::ResultComplete(_)) => "complete",
        Some(ResponseType::ExecutionProgress(_)) => "progress",
        _ => "other",
    };
    responses.iter().map(kind).collect()
}

pub(crate) fn batches(
    responses: &[ExecutePlanResponse],
) -> Vec<&proto::execute_plan_response::ArrowBatch> {
    let batch = |response| match response {
        &ExecutePlanResponse {
            response_type: Some(ResponseType::ArrowBatch(ref batch)), ..
        } => Some(batch),
        _ => None,
    };
    responses.iter().filter_map(batch).collect()
}

/// What clients read of a failed call.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: tonic::Code,
    pub(crate) message: String,
    pub(crate) reason: String,
    pub(crate) metadata: HashMap<String, String>,
}

impl Failure {
    pub(crate) fn of(status: &Status) -> Self {
        let details = RpcStatus::decode(status.details()).unwrap();
        assert_eq!(details.code, status.code() as i32);
        assert_eq!(details.message, status.message());
        assert_eq!(details.details[0].type_url, "type.googleapis.com/google.rpc.ErrorInfo");
        let info = ErrorInfo::decode(&*details.details[0].value).unwrap();
        assert_eq!(info.domain, "org.apache.spark");
        Self {
            code: status.code(),
            message: details.message,
            reason: info.reason,
            metadata: info.metadata,
        }
    }

    pub(crate) fn condition(&self) -> &str {
        self.metadata.get("errorClass").map_or("", String::as_str)
    }
}

/// The condition of a failed call.
pub(crate) fn condition<T: std::fmt::Debug>(result: Result<T, Status>) -> String {
    Failure::of(&result.unwrap_err()).condition().to_owned()
}

#[derive(Clone, PartialEq, prost::Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<prost_types::Any>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ErrorInfo {
    #[prost(string, tag = "1")]
    reason: String,
    #[prost(string, tag = "2")]
    domain: String,
    #[prost(map = "string, string", tag = "3")]
    metadata: HashMap<String, String>,
}
