//! From HTTP requests to the functions that answer them. Written by hand and not
//! generated, since messages must be read within bounds and held as [`Deep`] from
//! their first byte on.
//!
//! [`Deep`]: crate::proto::Deep

use std::convert::Infallible;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use prost::bytes::Bytes;
use prost::{Message, Name};
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, StdError, http};
use tonic::server::{
    ClientStreamingService, Grpc, NamedService, ServerStreamingService, UnaryService,
};
use tonic::{Response, Status, Streaming};

use super::codec::{BoundedCodec, Received};
use super::request::{Request, SessionKey};
use super::{Inner, analyze, artifacts, config, errors, execute, interrupt, lifetime, rpc_status};
use crate::error::{Error, Result};
use crate::execute::operation::Reader;
use crate::execute::run::panicked;
use crate::planner::grown::Grown;
use crate::proto::AddArtifactsRequest;

/// The service as tonic mounts it.
#[derive(Clone)]
pub struct SparkConnectServer {
    inner: Arc<Inner>,
}

type Reply = BoxFuture<http::Response<Body>, Infallible>;

impl SparkConnectServer {
    pub(super) fn new(inner: Arc<Inner>) -> Self {
        Self { inner }
    }
}

impl NamedService for SparkConnectServer {
    const NAME: &'static str = "spark.connect.SparkConnectService";
}

impl<B> Service<http::Request<B>> for SparkConnectServer
where
    B: tonic::codegen::Body + Send + 'static,
    B::Error: Into<StdError> + Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Reply;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Reply {
        self.inner.start_sweeper();
        let inner = Arc::clone(&self.inner);
        let path = request.uri().path().to_owned();
        match path.strip_prefix("/spark.connect.SparkConnectService/").unwrap_or_default() {
            "ExecutePlan" => stream(inner, request, execute::execute),
            "ReattachExecute" => stream(inner, request, execute::reattach),
            "ReleaseExecute" => unary(inner, request, execute::release),
            "AnalyzePlan" => unary(inner, request, analyze::analyze),
            "Config" => unary(inner, request, config::config),
            "Interrupt" => unary(inner, request, interrupt::interrupt),
            "GetStatus" => unary(inner, request, interrupt::get_status),
            "AddArtifacts" => upload(inner, request),
            "ArtifactStatus" => unary(inner, request, artifacts::status),
            "ReleaseSession" => unary(inner, request, lifetime::release),
            "CloneSession" => unary(inner, request, lifetime::clone),
            "FetchErrorDetails" => unary(inner, request, errors::fetch),
            _ => Box::pin(async { Ok(Status::unimplemented("no such method").into_http()) }),
        }
    }
}

/// Answers a call with one message.
fn unary<B, M, F, Work>(inner: Arc<Inner>, request: http::Request<B>, answer: F) -> Reply
where
    B: tonic::codegen::Body + Send + 'static,
    B::Error: Into<StdError> + Send + 'static,
    M: Message + Name + Request + Default + 'static,
    F: Fn(Arc<Inner>, Received<M>) -> Work + Send + 'static,
    Work: Future<Output = Result<Bytes>> + Send + 'static,
{
    Box::pin(async move {
        let mut grpc = grpc(&inner);
        Ok(grpc.unary(Answer { inner, answer }, request).await)
    })
}

/// Answers a call with the responses of an operation.
fn stream<B, M, F, Work>(inner: Arc<Inner>, request: http::Request<B>, answer: F) -> Reply
where
    B: tonic::codegen::Body + Send + 'static,
    B::Error: Into<StdError> + Send + 'static,
    M: Message + Name + Request + Default + 'static,
    F: Fn(Arc<Inner>, Received<M>) -> Work + Send + 'static,
    Work: Future<Output = Result<Reader>> + Send + 'static,
{
    Box::pin(async move {
        let mut grpc = grpc(&inner);
        Ok(grpc.server_streaming(Answer { inner, answer }, request).await)
    })
}

/// Answers a call that sends many messages.
fn upload<B>(inner: Arc<Inner>, request: http::Request<B>) -> Reply
where
    B: tonic::codegen::Body + Send + 'static,
    B::Error: Into<StdError> + Send + 'static,
{
    Box::pin(async move {
        let mut grpc = grpc(&inner);
        Ok(grpc.client_streaming(Upload { inner }, request).await)
    })
}

fn grpc<M: Message + Name + Default + 'static>(inner: &Inner) -> Grpc<BoundedCodec<M>> {
    Grpc::new(BoundedCodec::new(Arc::clone(&inner.settings.limits)))
        .max_decoding_message_size(inner.settings.max_message_bytes)
}

/// A function that answers a call.
struct Answer<F> {
    inner: Arc<Inner>,
    answer: F,
}

impl<M, F, Work> UnaryService<Received<M>> for Answer<F>
where
    M: Request + Default,
    F: Fn(Arc<Inner>, Received<M>) -> Work,
    Work: Future<Output = Result<Bytes>> + Send + 'static,
{
    type Response = Bytes;
    type Future = BoxFuture<Response<Bytes>, Status>;

    fn call(&mut self, request: tonic::Request<Received<M>>) -> Self::Future {
        let received = request.into_inner();
        let key = received.message.key();
        let inner = Arc::clone(&self.inner);
        let work = (self.answer)(Arc::clone(&inner), received);
        Box::pin(async move { guarded(&inner, &key, work).await.map(Response::new) })
    }
}

impl<M, F, Work> ServerStreamingService<Received<M>> for Answer<F>
where
    M: Request + Default,
    F: Fn(Arc<Inner>, Received<M>) -> Work,
    Work: Future<Output = Result<Reader>> + Send + 'static,
{
    type Response = Bytes;
    type ResponseStream = BoxStream<'static, Result<Bytes, Status>>;
    type Future = BoxFuture<Response<Self::ResponseStream>, Status>;

    fn call(&mut self, request: tonic::Request<Received<M>>) -> Self::Future {
        let received = request.into_inner();
        let key = received.message.key();
        let inner = Arc::clone(&self.inner);
        let work = (self.answer)(Arc::clone(&inner), received);
        Box::pin(async move {
            let reader = guarded(&inner, &key, work).await?;
            Ok(Response::new(responses(inner, key, reader)))
        })
    }
}

/// Receives artifacts.
struct Upload {
    inner: Arc<Inner>,
}

impl ClientStreamingService<Received<AddArtifactsRequest>> for Upload {
    type Response = Bytes;
    type Future = BoxFuture<Response<Bytes>, Status>;

    fn call(
        &mut self,
        request: tonic::Request<Streaming<Received<AddArtifactsRequest>>>,
    ) -> Self::Future {
        let inner = Arc::clone(&self.inner);
        Box::pin(async move {
            let mut requests = request.into_inner();
            let mut upload = artifacts::Upload::default();
            let mut key = None;
            while let Some(received) = requests.message().await? {
                let key = key.get_or_insert_with(|| received.message.key()).clone();
                guarded(&inner, &key, upload.receive(&inner, received.message)).await?;
            }
            let key = key.ok_or_else(|| Status::invalid_argument("there are no requests"))?;
            guarded(&inner, &key, upload.finish()).await.map(Response::new)
        })
    }
}

/// Runs the work for a call: on a stack that grows, its panics caught, its error
/// told as Spark tells errors.
async fn guarded<T>(
    inner: &Inner,
    key: &SessionKey,
    work: impl Future<Output = Result<T>> + Send,
) -> Result<T, Status> {
    let ended = AssertUnwindSafe(Grown::new(work)).catch_unwind().await;
    let ended = ended.unwrap_or_else(|panic| Err(panicked(panic.as_ref())));
    ended.map_err(|error| failed(inner, key, &error))
}

/// The status for an error, which is kept for the client to fetch.
fn failed(inner: &Inner, key: &SessionKey, error: &Error) -> Status {
    let report = error.report();
    let held = inner.sessions.get(key);
    let id = held.map(|held| held.errors.keep(report.clone()));
    rpc_status::status(&report, id)
}

/// What a reader reads, until its end or an error.
fn responses(
    inner: Arc<Inner>,
    key: SessionKey,
    reader: Reader,
) -> BoxStream<'static, Result<Bytes, Status>> {
    let start = Some((inner, key, reader));
    let responses = futures::stream::unfold(start, async |state| {
        let (inner, key, mut reader) = state?;
        match reader.next().await {
            Ok(Some(bytes)) => Some((Ok(bytes), Some((inner, key, reader)))),
            Ok(None) => None,
            Err(error) => Some((Err(failed(&inner, &key, &error)), None)),
        }
    });
    responses.boxed()
}
