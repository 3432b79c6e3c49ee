//! `google.rpc.Status` and `ErrorInfo`: what gRPC clients find in the trailer
//! `grpc-status-details-bin`.

use std::collections::HashMap;

use prost::Message as _;
use prost_types::Any;
use tonic::{Code, Status};

use crate::error::ErrorReport;

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct RpcStatus {
    #[prost(int32, tag = "1")]
    pub(super) code: i32,
    #[prost(string, tag = "2")]
    pub(super) message: String,
    #[prost(message, repeated, tag = "3")]
    pub(super) details: Vec<Any>,
}

/// `google.rpc.ErrorInfo`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ErrorInfo {
    #[prost(string, tag = "1")]
    pub(super) reason: String,
    #[prost(string, tag = "2")]
    pub(super) domain: String,
    #[prost(map = "string, string", tag = "3")]
    pub(super) metadata: HashMap<String, String>,
}

const ERROR_INFO: &str = "type.googleapis.com/google.rpc.ErrorInfo";
const DOMAIN: &str = "org.apache.spark";
/// Trailers have little room (8 KiB with common clients), and the message is in
/// them twice, once with its bytes escaped: the whole of it is fetched afterwards.
const MESSAGE_BYTES: usize = 1_024;
const PARAMETERS_BYTES: usize = 1_024;

/// The status of a failed call. With an `error_id` clients fetch the rest.
pub(super) fn status(report: &ErrorReport, error_id: Option<String>) -> Status {
    let message = shortened(&report.message);
    let mut metadata = HashMap::from([("classes".to_owned(), json(report.classes.clone().into()))]);
    if let Some(condition) = &report.condition {
        metadata.insert("errorClass".to_owned(), condition.clone());
        let parameters = report.parameters.iter();
        let parameters = json(parameters.map(|(k, v)| (k.clone(), v.clone())).collect());
        if parameters.len() <= PARAMETERS_BYTES {
            metadata.insert("messageParameters".to_owned(), parameters);
        }
    }
    if let Some(sqlstate) = &report.sqlstate {
        metadata.insert("sqlState".to_owned(), sqlstate.clone());
    }
    if let Some(id) = error_id {
        metadata.insert("errorId".to_owned(), id);
    }
    let info = ErrorInfo {
        reason: report.classes.first().cloned().unwrap_or_default(),
        domain: DOMAIN.to_owned(),
        metadata,
    };
    let detail = Any { type_url: ERROR_INFO.to_owned(), value: info.encode_to_vec() };
    let code = Code::Internal;
    let status = RpcStatus { code: code as i32, message: message.clone(), details: vec![detail] };
    Status::with_details(code, message, status.encode_to_vec().into())
}

fn json(value: serde_json::Value) -> String {
    value.to_string()
}

/// At most so much of a message, cut between characters.
fn shortened(message: &str) -> String {
    if message.len() <= MESSAGE_BYTES {
        return message.to_owned();
    }
    let mut end = MESSAGE_BYTES;
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}...", &message[..end])
}
