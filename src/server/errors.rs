//! Errors in full, kept until the client fetches them: FetchErrorDetails.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use prost::bytes::Bytes;
use uuid::Uuid;

use super::codec::Received;
use super::request::Request as _;
use super::{Inner, encode};
use crate::error::{ErrorReport, QueryContext, Result};
use crate::proto::fetch_error_details_response as details;
use crate::proto::{FetchErrorDetailsRequest, FetchErrorDetailsResponse};

/// Errors that a session keeps for clients to ask about.
const KEPT: usize = 64;

/// The last errors of a session, by id.
#[derive(Default)]
pub(super) struct Errors(Mutex<VecDeque<(String, ErrorReport)>>);

impl Errors {
    /// Keeps an error; its id.
    pub(super) fn keep(&self, report: ErrorReport) -> String {
        let id = Uuid::new_v4().to_string();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((id.clone(), report));
        while kept.len() > KEPT {
            kept.pop_front();
        }
        id
    }

    fn take(&self, id: &str) -> Option<ErrorReport> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(kept, _)| kept == id)?;
        kept.remove(at).map(|(_, report)| report)
    }
}

/// FetchErrorDetails: an error that is not known (any more) is an empty answer.
pub(super) async fn fetch(
    inner: Arc<Inner>,
    received: Received<FetchErrorDetailsRequest>,
) -> Result<Bytes> {
    let request = received.message;
    let held = inner.sessions.get(&request.key());
    let report = held.as_ref().and_then(|held| held.errors.take(&request.error_id));
    let mut response = FetchErrorDetailsResponse {
        session_id: request.session_id.clone(),
        server_side_session_id: held.map(|held| held.server_side_id.clone()).unwrap_or_default(),
        root_error_idx: None,
        errors: Vec::new(),
    };
    if let Some(report) = report {
        response.root_error_idx = Some(0);
        response.errors = errors(&report);
    }
    Ok(encode(&response))
}

/// The error and what lies beneath it, each pointing at the next.
fn errors(report: &ErrorReport) -> Vec<details::Error> {
    let count = report.causes.len() as i32;
    let cause = |index: i32| (index < count).then_some(index + 1);
    let root = details::Error {
        error_type_hierarchy: report.classes.clone(),
        message: report.message.clone(),
        stack_trace: Vec::new(),
        cause_idx: cause(0),
        spark_throwable: Some(details::SparkThrowable {
            error_class: report.condition.clone(),
            message_parameters: report.parameters.clone().into_iter().collect(),
            query_contexts: report.context.iter().map(context).collect(),
            sql_state: report.sqlstate.clone(),
            breaking_change_info: None,
        }),
    };
    let causes = report.causes.iter().zip(1..).map(|(message, index)| details::Error {
        error_type_hierarchy: vec!["java.lang.Exception".to_owned()],
        message: message.clone(),
        stack_trace: Vec::new(),
        cause_idx: cause(index),
        spark_throwable: None,
    });
    std::iter::once(root).chain(causes).collect()
}

fn context(context: &QueryContext) -> details::QueryContext {
    let index = |index: usize| i32::try_from(index).unwrap_or(i32::MAX);
    details::QueryContext {
        context_type: details::query_context::ContextType::Sql.into(),
        object_type: String::new(),
        object_name: String::new(),
        start_index: index(context.start),
        stop_index: index(context.stop),
        fragment: context.fragment(),
        call_site: String::new(),
        summary: summary(context),
    }
}

/// The line at fault with a marker beneath, as Spark prints it: positions count
/// from 1 here, and what lies more than 32 characters before is left out.
fn summary(context: &QueryContext) -> String {
    const AROUND: usize = 32;
    let line = context.sql.lines().nth(context.line.saturating_sub(1)).unwrap_or_default();
    let length = line.chars().count();
    let width = (context.stop + 1).saturating_sub(context.start).max(1);
    let width = width.min(length.saturating_sub(context.position).max(1));
    let from = context.position.saturating_sub(AROUND);
    let to = (context.position + width + AROUND).min(length);
    let (before, after) = (cut(from > 0), cut(to < length));
    let shown: String = line.chars().skip(from).take(to - from).collect();
    let indent = " ".repeat(before.len() + context.position - from);
    let (number, position) = (context.line, context.position + 1);
    let marker = "^".repeat(width);
    format!(
        "== SQL (line {number}, position {position}) ==\n{before}{shown}{after}\n{indent}{marker}\n"
    )
}

fn cut(is_cut: bool) -> &'static str {
    if is_cut { "..." } else { "" }
}
