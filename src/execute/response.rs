//! Makes the responses of an operation: numbered, encoded, put in its buffer.

use std::sync::Arc;

use prost::Message as _;
use prost::bytes::Bytes;

use super::observe::Observed;
use super::operation::Operation;
use crate::error::Result;
use crate::planner::grown::with_stack;
use crate::proto::execute_plan_response::{
    ArrowBatch, ExecutionProgress, Metrics, ObservedMetrics, ResponseType, ResultComplete,
};
use crate::proto::{DataType, Deep, ExecutePlanResponse, fetch_error_details_response};

/// See the module.
pub(crate) struct Responses {
    pub(crate) operation: Arc<Operation>,
    pub(crate) session_id: String,
    pub(crate) server_side_session_id: String,
    /// Size of chunks, if the client takes batches in chunks.
    pub(crate) chunk_size: Option<usize>,
}

impl Responses {
    async fn send(&self, response: ExecutePlanResponse) {
        let number = self.operation.buffer.next_number().await;
        let response = ExecutePlanResponse {
            session_id: self.session_id.clone(),
            server_side_session_id: self.server_side_session_id.clone(),
            operation_id: self.operation.id().to_owned(),
            response_id: self.operation.response_id(number),
            ..response
        };
        self.operation.buffer.push(encode(response));
    }

    /// Sends a result of any kind.
    pub(crate) async fn result(&self, result: ResponseType) {
        let response =
            ExecutePlanResponse { response_type: Some(result), ..ExecutePlanResponse::default() };
        self.send(response).await;
    }

    /// Sends the schema of the rows that follow.
    pub(crate) async fn schema(&self, schema: DataType) {
        let response =
            ExecutePlanResponse { schema: Some(schema), ..ExecutePlanResponse::default() };
        self.send(response).await;
    }

    /// Sends an encoded batch, in chunks if the client takes them.
    ///
    /// # Errors
    /// If a count does not fit the protocol.
    pub(crate) async fn batch(&self, data: Vec<u8>, rows: usize, offset: i64) -> Result<()> {
        let row_count = rows as i64;
        let batch = ArrowBatch {
            row_count,
            data: Vec::new(),
            start_offset: Some(offset),
            chunk_index: None,
            num_chunks_in_batch: None,
        };
        let Some(size) = self.chunk_size else {
            self.result(ResponseType::ArrowBatch(ArrowBatch { data, ..batch })).await;
            return Ok(());
        };
        let chunks = super::ipc::chunks(&data, size);
        let count = chunks.len() as i64;
        for (index, chunk) in chunks.enumerate() {
            let chunk = ArrowBatch {
                data: chunk.to_vec(),
                chunk_index: Some(index as i64),
                num_chunks_in_batch: Some(count),
                ..batch.clone()
            };
            self.result(ResponseType::ArrowBatch(chunk)).await;
        }
        Ok(())
    }

    /// Sends how far the work is, unless the client has not read yet what it got.
    pub(crate) async fn progress(&self, progress: ExecutionProgress) {
        if self.operation.buffer.is_drained() {
            self.result(ResponseType::ExecutionProgress(progress)).await;
        }
    }

    /// Sends what the work took.
    pub(crate) async fn metrics(&self, metrics: Metrics) {
        let response =
            ExecutePlanResponse { metrics: Some(metrics), ..ExecutePlanResponse::default() };
        self.send(response).await;
    }

    /// Sends what was observed of the rows.
    pub(crate) async fn observed(&self, observed: Vec<Observed>) {
        let observed_metrics = observed.into_iter().map(message).collect();
        let response = ExecutePlanResponse { observed_metrics, ..ExecutePlanResponse::default() };
        self.send(response).await;
    }

    /// Tells a client that could come back that there is nothing to come back for.
    pub(crate) async fn complete(&self) {
        if self.operation.is_reattachable() {
            self.result(ResponseType::ResultComplete(ResultComplete {})).await;
        }
    }
}

/// Observed values, or the error that kept them from being computed.
fn message(observed: Observed) -> ObservedMetrics {
    let Observed { name, plan_id, keys, values } = observed;
    let (values, errors) = match values {
        Ok(values) => (values, Vec::new()),
        Err(error) => {
            let report = error.report();
            let error = fetch_error_details_response::Error {
                error_type_hierarchy: report.classes,
                message: report.message,
                ..Default::default()
            };
            (Vec::new(), vec![error])
        }
    };
    let root_error_idx = (!errors.is_empty()).then_some(0);
    ObservedMetrics { name, values, keys, plan_id, root_error_idx, errors }
}

/// Encodes a response. One that holds a relation may be as deep as what the client
/// sent.
fn encode(response: ExecutePlanResponse) -> Bytes {
    match &response.response_type {
        Some(ResponseType::SqlCommandResult(_)) => {
            let response = Deep::new(response);
            Bytes::from(response.with(|response| response.encode_to_vec()))
        }
        _ => Bytes::from(with_stack(|| {
            let bytes = response.encode_to_vec();
            drop(response);
            bytes
        })),
    }
}
