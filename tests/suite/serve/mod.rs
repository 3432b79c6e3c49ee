//! The service as its clients see it.

mod client;
mod status;

use std::io::Cursor;
use std::time::Duration;

use datafusion::arrow::array::AsArray as _;
use datafusion::arrow::datatypes::Int64Type;
use datafusion::arrow::ipc::reader::StreamReader;
use datafusion_spark_connect::proto;
use datafusion_spark_connect::proto::execute_plan_request::request_option::RequestOption;
use datafusion_spark_connect::proto::get_status_response::operation_status::OperationState;
use datafusion_spark_connect::proto::interrupt_request::{Interrupt, InterruptType};
use datafusion_spark_connect::server::{NewSession, ServiceBuilder, SparkConnectService};
use datafusion_spark_connect::{Limits, Result, SessionBuilder};
use tonic::Code;

use client::{
    Client, Failure, all, batches, condition, kinds, range, reattachable, serve, serve_with, user,
    uuid, with_option,
};

/// More rows than anybody waits for.
const ENDLESS: i64 = 1_000_000_000_000;

async fn client() -> Client {
    Client::new(serve_with(|settings| settings).await).await
}

fn numbers(responses: &[proto::ExecutePlanResponse]) -> Vec<i64> {
    let batches = batches(responses).into_iter().flat_map(|batch| {
        let read = StreamReader::try_new(Cursor::new(&batch.data), None).unwrap();
        let read: Vec<_> = read.map(Result::unwrap).collect();
        assert_eq!(read.iter().map(|b| b.num_rows() as i64).sum::<i64>(), batch.row_count);
        read
    });
    let columns =
        batches.map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec());
    columns.flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn schema_rows_and_metrics_are_sent() {
    let mut client = client().await;
    let request = client.request(range(3));
    let responses = client.responses(request.clone()).await.unwrap();
    assert_eq!(numbers(&responses), [0, 1, 2]);
    assert_eq!(kinds(&responses)[0], "schema");
    assert_eq!(kinds(&responses).last(), Some(&"metrics"));
    let server_side = &responses[0].server_side_session_id;
    for response in &responses {
        assert_eq!(response.session_id, client.session_id);
        assert_eq!(Some(&response.operation_id), request.operation_id.as_ref());
        assert_eq!(&response.server_side_session_id, server_side);
    }
    let mut ids: Vec<_> = responses.iter().map(|response| &response.response_id).collect();
    ids.dedup();
    assert_eq!(ids.len(), responses.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_without_rows_is_one_empty_batch() {
    let mut client = client().await;
    let responses = client.responses(client.request(range(0))).await.unwrap();
    let [batch] = batches(&responses)[..] else { panic!("{responses:?}") };
    assert_eq!((batch.row_count, batch.start_offset), (0, Some(0)));
    assert!(numbers(&responses).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn large_results_come_in_order_and_in_parts() {
    let mut client = client().await;
    let responses = client.responses(client.request(range(1_000_000))).await.unwrap();
    assert!(numbers(&responses).into_iter().eq(0..1_000_000));
    let mut offset = 0;
    for batch in batches(&responses) {
        assert_eq!(batch.start_offset, Some(offset));
        assert!(batch.row_count <= 10_000);
        offset += batch.row_count;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_are_cut_into_chunks_for_clients_that_take_them() {
    let mut client = client().await;
    let options = proto::ResultChunkingOptions {
        allow_arrow_batch_chunking: true,
        preferred_arrow_chunk_size: Some(1_024),
    };
    let request =
        with_option(client.request(range(1_000)), RequestOption::ResultChunkingOptions(options));
    let responses = client.responses(request).await.unwrap();
    let chunks = batches(&responses);
    assert!(chunks.len() > 5);
    assert!(chunks.iter().all(|chunk| chunk.data.len() <= 1_024));
    let first = chunks[0];
    let count = usize::try_from(first.num_chunks_in_batch.unwrap()).unwrap();
    let whole: Vec<u8> = chunks[..count].iter().flat_map(|chunk| chunk.data.clone()).collect();
    let rows: usize = StreamReader::try_new(Cursor::new(whole), None)
        .unwrap()
        .map(|batch| batch.unwrap().num_rows())
        .sum();
    assert_eq!(rows as i64, first.row_count);
    assert!((0..).zip(&chunks[..count]).all(|(at, chunk)| chunk.chunk_index == Some(at)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_reads_on_where_it_was() {
    let mut client = client().await;
    let request = reattachable(client.request(range(50_000)));
    let id = request.operation_id.clone().unwrap();
    let first = client.responses(request.clone()).await.unwrap();
    assert_eq!(kinds(&first).last(), Some(&"complete"));
    assert_eq!(client.reattach(&id, None).await.unwrap(), first);
    // The same request once more is the same operation.
    assert_eq!(client.responses(request).await.unwrap(), first);
    let second = &first[1].response_id;
    assert_eq!(client.reattach(&id, Some(second)).await.unwrap(), first[2..]);
    let released = client.release(&id, Some(second)).await.unwrap();
    assert_eq!(released.operation_id, Some(id.clone()));
    let gone = condition(client.reattach(&id, None).await);
    assert_eq!(gone, "INVALID_CURSOR.POSITION_NOT_AVAILABLE");
    assert_eq!(client.reattach(&id, Some(second)).await.unwrap(), first[2..]);
    let unknown = condition(client.reattach(&id, Some("nope")).await);
    assert_eq!(unknown, "INVALID_CURSOR.POSITION_NOT_FOUND");
    client.release(&id, None).await.unwrap();
    assert_eq!(client.release(&id, None).await.unwrap().operation_id, None);
    let missing = client.reattach(&id, None).await.unwrap_err();
    assert!(missing.message().contains("INVALID_HANDLE.OPERATION_NOT_FOUND"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_stream_is_taken_up_again() {
    let mut client = client().await;
    let request = reattachable(client.request(range(2_000_000)));
    let id = request.operation_id.clone().unwrap();
    let mut stream = client.execute(request).await.unwrap();
    let mut read = Vec::new();
    for _ in 0..5 {
        read.push(stream.message().await.unwrap().unwrap());
    }
    drop(stream);
    let last = read[4].response_id.clone();
    read.extend(client.reattach(&id, Some(&last)).await.unwrap());
    assert!(numbers(&read).into_iter().eq(0..2_000_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn operation_ids_are_checked() {
    let mut client = client().await;
    let mut request = client.request(range(1));
    request.operation_id = Some("abc".to_owned());
    assert_eq!(condition(client.responses(request).await), "INVALID_HANDLE.FORMAT");
    let request = reattachable(client.request(range(1)));
    client.responses(request.clone()).await.unwrap();
    let mut other = reattachable(client.request(range(2)));
    other.operation_id = request.operation_id.clone();
    let taken = condition(client.responses(other).await);
    assert_eq!(taken, "INVALID_HANDLE.OPERATION_ALREADY_EXISTS");
    client.release(request.operation_id.as_ref().unwrap(), None).await.unwrap();
    let gone = condition(client.responses(request).await);
    assert_eq!(gone, "INVALID_HANDLE.OPERATION_ABANDONED");
}

async fn interrupt(
    client: &mut Client,
    kind: InterruptType,
    which: Option<Interrupt>,
) -> Result<Vec<String>, tonic::Status> {
    let request = proto::InterruptRequest {
        session_id: client.session_id.clone(),
        user_context: Some(user()),
        interrupt_type: kind.into(),
        interrupt: which,
        ..Default::default()
    };
    Ok(client.stub.interrupt(request).await?.into_inner().interrupted_ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_are_interrupted_by_tag_id_and_all() {
    let mut client = client().await;
    type Which = fn(&str) -> Option<Interrupt>;
    let kinds: [(InterruptType, Which); 3] = [
        (InterruptType::Tag, |_| Some(Interrupt::OperationTag("mine".to_owned()))),
        (InterruptType::OperationId, |id| Some(Interrupt::OperationId(id.to_owned()))),
        (InterruptType::All, |_| None),
    ];
    for (kind, which) in kinds {
        let mut request = reattachable(client.request(range(ENDLESS)));
        request.tags = vec!["mine".to_owned()];
        let id = request.operation_id.clone().unwrap();
        let mut stream = client.execute(request).await.unwrap();
        stream.message().await.unwrap();
        let tag = Some(Interrupt::OperationTag("other".to_owned()));
        assert!(interrupt(&mut client, InterruptType::Tag, tag).await.unwrap().is_empty());
        let interrupted = interrupt(&mut client, kind, which(&id)).await.unwrap();
        assert_eq!(interrupted, std::slice::from_ref(&id));
        assert_eq!(condition(all(stream).await), "OPERATION_CANCELED");
        let state = client.await_state(&id, OperationState::Cancelled).await;
        assert_eq!(state, OperationState::Cancelled);
    }
    let unset = interrupt(&mut client, InterruptType::Unspecified, None).await;
    assert_eq!(condition(unset), "UNSUPPORTED_FEATURE.INTERRUPT_TYPE");
    let no_tag = interrupt(&mut client, InterruptType::Tag, None).await;
    let required = "INVALID_PARAMETER_VALUE.INTERRUPT_TYPE_TAG_REQUIRES_TAG";
    assert_eq!(condition(no_tag), required);
}

#[tokio::test(flavor = "multi_thread")]
async fn work_stops_when_a_client_that_cannot_come_back_leaves() {
    let mut client = client().await;
    let request = client.request(range(ENDLESS));
    let id = request.operation_id.clone().unwrap();
    let mut stream = client.execute(request).await.unwrap();
    stream.message().await.unwrap();
    drop(stream);
    let state = client.await_state(&id, OperationState::Cancelled).await;
    assert_eq!(state, OperationState::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn abandoned_operations_and_idle_sessions_end() {
    let soon = Duration::from_millis(300);
    let settings = |s: ServiceBuilder| s.idle_timeout(soon).abandoned_timeout(soon);
    let mut client = Client::new(serve_with(settings).await).await;
    let request = reattachable(client.request(range(ENDLESS)));
    let id = request.operation_id.clone().unwrap();
    drop(client.execute(request).await.unwrap());
    let state = client.await_state(&id, OperationState::Cancelled).await;
    assert_eq!(state, OperationState::Cancelled);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(condition(client.version().await), "INVALID_HANDLE.SESSION_CLOSED");
}

#[tokio::test(flavor = "multi_thread")]
async fn configuration_belongs_to_the_session() {
    let address = serve_with(|settings| settings).await;
    let (mut one, mut other) = (Client::new(address).await, Client::new(address).await);
    let ansi = "spark.sql.ansi.enabled";
    assert_eq!(one.get(ansi).await.unwrap().as_deref(), Some("true"));
    one.set(ansi, "false").await.unwrap();
    assert_eq!(one.get(ansi).await.unwrap().as_deref(), Some("false"));
    assert_eq!(other.get(ansi).await.unwrap().as_deref(), Some("true"));
    assert_eq!(one.get("spark.sql.extensions").await.unwrap(), None);
    assert_eq!(condition(one.get("no.such.key").await), "SQL_CONF_NOT_FOUND");
    let zone = one.set("spark.sql.session.timeZone", "Nowhere/City").await;
    assert_eq!(condition(zone), "INVALID_CONF_VALUE.TIME_ZONE");
    let fixed = one.set("spark.sql.warehouse.dir", "/tmp").await;
    assert_eq!(condition(fixed), "CANNOT_MODIFY_STATIC_CONFIG");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_told_as_spark_tells_them() {
    let mut client = client().await;
    let failure = Failure::of(&client.get("no.such.key").await.unwrap_err());
    assert_eq!(failure.code, Code::Internal);
    assert_eq!(failure.reason, "org.apache.spark.SparkNoSuchElementException");
    assert_eq!(failure.metadata["sqlState"], "42K0I");
    assert_eq!(failure.metadata["messageParameters"], r#"{"sqlConf":"\"no.such.key\""}"#);
    let classes: Vec<String> = serde_json::from_str(&failure.metadata["classes"]).unwrap();
    assert_eq!(classes[0], failure.reason);
    let details = client.fetch_error(&failure.metadata["errorId"]).await;
    assert_eq!(details.root_error_idx, Some(0));
    let root = &details.errors[0];
    assert_eq!((&root.error_type_hierarchy, &root.message), (&classes, &failure.message));
    let thrown = root.spark_throwable.as_ref().unwrap();
    assert_eq!(thrown.error_class.as_deref(), Some("SQL_CONF_NOT_FOUND"));
    assert_eq!(thrown.message_parameters["sqlConf"], "\"no.such.key\"");
    // An error is told once.
    let again = client.fetch_error(&failure.metadata["errorId"]).await;
    assert_eq!((again.root_error_idx, again.errors.len()), (None, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn long_messages_fit_in_a_trailer_and_are_fetched_whole() {
    let mut client = client().await;
    let key = "ключ.".repeat(5_000);
    let failure = Failure::of(&client.get(&key).await.unwrap_err());
    assert!(failure.message.len() < 2_000);
    let details = client.fetch_error(&failure.metadata["errorId"]).await;
    assert!(details.errors[0].message.contains(&key));
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_and_are_not_mistaken_for_others() {
    let mut client = client().await;
    let first = client.version().await.unwrap();
    let server_side = first.server_side_session_id.clone();
    assert_eq!(client.version().await.unwrap().server_side_session_id, server_side);
    client.version_as(Some(&server_side)).await.unwrap();
    let changed = condition(client.version_as(Some("another")).await);
    assert_eq!(changed, "INVALID_HANDLE.SESSION_CHANGED");
    let request = proto::ReleaseSessionRequest {
        session_id: client.session_id.clone(),
        user_context: Some(user()),
        ..Default::default()
    };
    let released = client.stub.release_session(request.clone()).await.unwrap().into_inner();
    assert_eq!(released.server_side_session_id, server_side);
    client.stub.release_session(request).await.unwrap();
    assert_eq!(condition(client.version().await), "INVALID_HANDLE.SESSION_CLOSED");
    client.session_id = "abc".to_owned();
    assert_eq!(condition(client.version().await), "INVALID_HANDLE.FORMAT");
    client.session_id = uuid();
    let unknown = condition(client.reattach(&uuid(), None).await);
    assert_eq!(unknown, "INVALID_HANDLE.SESSION_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clone_has_the_configuration_of_its_session() {
    let mut client = client().await;
    client.set("my.key", "1").await.unwrap();
    let request = proto::CloneSessionRequest {
        session_id: client.session_id.clone(),
        user_context: Some(user()),
        ..Default::default()
    };
    let cloned = client.stub.clone_session(request.clone()).await.unwrap().into_inner();
    let mut clone = Client { session_id: cloned.new_session_id, ..client.clone() };
    assert_eq!(clone.get("my.key").await.unwrap().as_deref(), Some("1"));
    clone.set("my.key", "2").await.unwrap();
    assert_eq!(client.get("my.key").await.unwrap().as_deref(), Some("1"));
    let itself =
        proto::CloneSessionRequest { new_session_id: Some(client.session_id.clone()), ..request };
    let error = client.stub.clone_session(itself).await.unwrap_err();
    let expected = "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_EXISTS";
    assert_eq!(Failure::of(&error).condition(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn artifacts_are_kept_if_they_come_intact() {
    use proto::add_artifacts_request::{ArtifactChunk, Batch, Payload, SingleChunkArtifact};
    let mut client = client().await;
    let artifact = |name: &str, crc| SingleChunkArtifact {
        name: name.to_owned(),
        data: Some(ArtifactChunk { data: b"123456789".to_vec(), crc }),
    };
    let request = |artifacts| proto::AddArtifactsRequest {
        session_id: client.session_id.clone(),
        user_context: Some(user()),
        payload: Some(Payload::Batch(Batch { artifacts })),
        ..Default::default()
    };
    let good = request(vec![artifact("cache/a", 0xcbf4_3926), artifact("cache/b", 1)]);
    let code = request(vec![artifact("jars/a.jar", 0xcbf4_3926)]);
    let mut stub = client.stub.clone();
    let added = stub.add_artifacts(tokio_stream::iter([good])).await.unwrap().into_inner();
    let intact: Vec<_> = added.artifacts.iter().map(|a| a.is_crc_successful).collect();
    assert_eq!(intact, [true, false]);
    let refused = stub.add_artifacts(tokio_stream::iter([code])).await.unwrap_err();
    assert_eq!(Failure::of(&refused).condition(), "UNSUPPORTED_CONNECT_FEATURE");
    let request = proto::ArtifactStatusesRequest {
        session_id: client.session_id.clone(),
        user_context: Some(user()),
        names: vec!["cache/a".to_owned(), "cache/b".to_owned()],
        ..Default::default()
    };
    let statuses = client.stub.artifact_status(request).await.unwrap().into_inner().statuses;
    assert_eq!((statuses["cache/a"].exists, statuses["cache/b"].exists), (true, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn panics_are_errors_and_the_server_lives_on() {
    let factory = |new: &NewSession| -> Result<SessionBuilder> {
        assert_ne!(new.user_id, "tester", "nobody of that name");
        Ok(datafusion_spark_connect::Session::builder(datafusion_spark_connect::spark_context()))
    };
    let mut client = Client::new(serve(SparkConnectService::new(factory)).await).await;
    for _ in 0..3 {
        let failure = Failure::of(&client.version().await.unwrap_err());
        assert_eq!(failure.condition(), "INTERNAL_ERROR");
        assert!(failure.message.contains("nobody of that name"));
    }
}

/// `depth` nested relations around a range.
fn nested(depth: usize) -> proto::Relation {
    (0..depth).fold(range(1), |input, _| {
        let alias = proto::SubqueryAlias {
            input: Some(Box::new(input)),
            alias: "t".to_owned(),
            qualifier: Vec::new(),
        };
        let alias = proto::relation::RelType::SubqueryAlias(Box::new(alias));
        proto::Relation { common: None, rel_type: Some(alias) }
    })
}

/// Messages nested deep are encoded and dropped by recursion here.
fn on_large_stacks(test: impl Future<Output = ()> + Send + 'static) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(256 << 20)
        .build()
        .unwrap();
    runtime.block_on(async { tokio::spawn(test).await.unwrap() });
}

#[test]
fn plans_nested_beyond_the_limit_are_refused() {
    on_large_stacks(async {
        let limits = |settings: ServiceBuilder| {
            let mut limits = Limits::default();
            limits.message_depth = 1_000;
            settings.limits(limits)
        };
        let mut client = Client::new(serve_with(limits).await).await;
        let refused = client.responses(client.request(nested(600))).await.unwrap_err();
        assert!(Failure::of(&refused).condition().starts_with("CONNECT_INVALID_PLAN"));
        let request = client.request(range(2));
        assert_eq!(numbers(&client.responses(request).await.unwrap()), [0, 1]);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn many_clients_are_served_at_once() {
    let address = serve_with(|settings| settings).await;
    let clients = (0..32).map(|number| async move {
        let mut client = Client::new(address).await;
        let request = client.request(range(number * 1_000));
        let rows = numbers(&client.responses(request).await.unwrap()).len() as i64;
        (rows, number * 1_000)
    });
    for (rows, expected) in futures::future::join_all(clients).await {
        assert_eq!(rows, expected);
    }
}
