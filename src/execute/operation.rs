//! Executions of a session: their life cycle, and how clients find, interrupt and
//! release them.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use prost::bytes::Bytes;
use tokio::sync::Notify;

use super::buffer::{Buffer, Cursor};
use crate::error::{Condition, Error, Result};
use crate::planner::SparkConnectPlanner;

/// Operations that are remembered after they are gone.
const REMEMBERED: usize = 1_000;

/// How far an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Accepted, its task not started yet.
    Pending,
    /// Being planned or run.
    Running,
    /// Ended well.
    Finished,
    /// Ended with an error.
    Failed,
    /// Ended because a client asked for it, or left.
    Cancelled,
}

impl Phase {
    pub(crate) fn is_over(self) -> bool {
        match self {
            Self::Pending | Self::Running => false,
            Self::Finished | Self::Failed | Self::Cancelled => true,
        }
    }
}

/// What a client asks for with an execution.
#[derive(Debug, Clone)]
pub(crate) struct OperationSpec {
    pub(crate) id: String,
    pub(crate) tags: Vec<String>,
    /// Whether the client may lose its connection and read on later.
    pub(crate) reattachable: bool,
    /// Fingerprint of the request: the same one sent twice is one operation.
    pub(crate) digest: u64,
}

/// One execution.
pub(crate) struct Operation {
    spec: OperationSpec,
    phase: Mutex<Phase>,
    pub(crate) buffer: Buffer,
    cancelled: AtomicBool,
    cancel: Notify,
    planner: SparkConnectPlanner,
    /// When its last reader left.
    left: Mutex<Option<Instant>>,
}

impl Operation {
    fn new(spec: OperationSpec, planner: SparkConnectPlanner) -> Self {
        Self {
            buffer: Buffer::new(spec.reattachable),
            spec,
            phase: Mutex::new(Phase::Pending),
            cancelled: AtomicBool::new(false),
            cancel: Notify::new(),
            planner,
            left: Mutex::new(Some(Instant::now())),
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.spec.id
    }

    pub(crate) fn is_reattachable(&self) -> bool {
        self.spec.reattachable
    }

    /// Whether a request is the one that started this operation.
    pub(crate) fn is_of(&self, digest: u64) -> bool {
        self.spec.digest == digest
    }

    pub(crate) fn planner(&self) -> &SparkConnectPlanner {
        &self.planner
    }

    pub(crate) fn phase(&self) -> Phase {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_running(&self) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = Phase::Running;
    }

    /// All work is done, only responses are left to be sent.
    pub(crate) fn set_finished(&self) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = Phase::Finished;
    }

    /// Ends the operation: its readers get the end after all responses.
    pub(crate) fn finish(&self, end: Result<()>) {
        let phase = match &end {
            Ok(()) => Phase::Finished,
            Err(error) if matches!(error.root(), Error::Cancelled) => Phase::Cancelled,
            Err(_) => Phase::Failed,
        };
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
        self.buffer.end(end.map_err(Arc::new));
    }

    /// Asks the operation to stop; whether it was still going.
    pub(crate) fn cancel(&self) -> bool {
        if self.phase().is_over() {
            return false;
        }
        self.cancelled.store(true, Ordering::SeqCst);
        self.planner.cancel();
        self.cancel.notify_waiters();
        true
    }

    /// Returns once somebody asked the operation to stop.
    pub(crate) async fn wait_for_cancel(&self) {
        loop {
            let cancel = self.cancel.notified();
            if self.cancelled.load(Ordering::SeqCst) {
                return;
            }
            cancel.await;
        }
    }

    /// The id of a response.
    pub(crate) fn response_id(&self, number: u64) -> String {
        format!("{}-{number:08x}", self.spec.id)
    }

    /// The number of the response with this id.
    ///
    /// # Errors
    /// `INVALID_CURSOR.POSITION_NOT_FOUND` if it is none of this operation's.
    pub(crate) fn response_number(&self, id: &str) -> Result<u64> {
        let number = id.strip_prefix(self.id()).and_then(|rest| rest.strip_prefix('-'));
        number.and_then(|number| u64::from_str_radix(number, 16).ok()).ok_or_else(|| {
            Error::analysis(
                Condition::INVALID_CURSOR_POSITION_NOT_FOUND,
                [("responseId", id.to_owned())],
            )
        })
    }

    /// How long nobody has been reading; `None` while somebody is.
    fn unattended(&self) -> Option<Duration> {
        let left = *self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.map(|since| since.elapsed())
    }
}

/// Reads the responses of an operation. Dropping the reader of an operation that
/// cannot be read again stops and removes it.
pub(crate) struct Reader {
    operation: Arc<Operation>,
    operations: Arc<Operations>,
    cursor: Cursor,
}

impl Reader {
    /// The next response, `None` at the end.
    ///
    /// # Errors
    /// What the operation failed with.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Arc<Error>> {
        self.operation.buffer.read(&mut self.cursor).await
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if !self.operation.buffer.is_attached(&self.cursor) {
            return;
        }
        *self.operation.left.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        if !self.operation.is_reattachable() {
            self.operations.release(self.operation.id());
        }
    }
}

/// The operations of a session.
#[derive(Default)]
pub(crate) struct Operations {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    live: HashMap<String, Arc<Operation>>,
    /// Those that are gone, oldest first.
    gone: VecDeque<(String, Phase)>,
    closed: bool,
}

/// Which operations to interrupt.
pub(crate) enum Interrupted<'a> {
    All,
    Tagged(&'a str),
    Id(&'a str),
}

impl Operations {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers an operation, or finds it if this very request started it before;
    /// whether it is new.
    ///
    /// # Errors
    /// `INVALID_HANDLE` if the id belongs, or belonged, to another.
    pub(crate) fn start(
        &self,
        spec: OperationSpec,
        planner: SparkConnectPlanner,
    ) -> Result<(Arc<Operation>, bool)> {
        let mut held = self.lock();
        if held.closed {
            return Err(Error::Cancelled);
        }
        let invalid = |condition| Error::analysis(condition, [("handle", spec.id.clone())]);
        if let Some(operation) = held.live.get(&spec.id) {
            return match operation.is_of(spec.digest) && operation.is_reattachable() {
                true => Ok((Arc::clone(operation), false)),
                false => Err(invalid(Condition::INVALID_HANDLE_OPERATION_ALREADY_EXISTS)),
            };
        }
        if held.gone.iter().any(|(id, _)| *id == spec.id) {
            return Err(invalid(Condition::INVALID_HANDLE_OPERATION_ABANDONED));
        }
        let operation = Arc::new(Operation::new(spec, planner));
        held.live.insert(operation.id().to_owned(), Arc::clone(&operation));
        Ok((operation, true))
    }

    /// The operation of this id.
    ///
    /// # Errors
    /// `INVALID_HANDLE.OPERATION_NOT_FOUND`.
    pub(crate) fn get(&self, id: &str) -> Result<Arc<Operation>> {
        self.find(id).ok_or_else(|| {
            let parameters = [("handle", id.to_owned())];
            Error::analysis(Condition::INVALID_HANDLE_OPERATION_NOT_FOUND, parameters)
        })
    }

    /// The operation of this id, if there is one.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Operation>> {
        self.lock().live.get(id).cloned()
    }

    /// Attaches a reader of what comes after the response `after`.
    ///
    /// # Errors
    /// `INVALID_CURSOR` if that response is unknown or gone.
    pub(crate) fn attach(
        self: &Arc<Self>,
        operation: Arc<Operation>,
        after: Option<&str>,
    ) -> Result<Reader> {
        let id = after.unwrap_or_default();
        let number = after.map_or(Ok(0), |id| operation.response_number(id))?;
        let cursor = operation.buffer.attach(number, id)?;
        *operation.left.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(Reader { operation, operations: Arc::clone(self), cursor })
    }

    /// Stops and forgets an operation; whether it was there.
    pub(crate) fn release(&self, id: &str) -> bool {
        let mut held = self.lock();
        let Some(operation) = held.live.remove(id) else { return false };
        let stopped = operation.cancel();
        let phase = if stopped { Phase::Cancelled } else { operation.phase() };
        held.gone.push_back((id.to_owned(), phase));
        while held.gone.len() > REMEMBERED {
            held.gone.pop_front();
        }
        true
    }

    /// Stops operations; the ids of those that were still going.
    pub(crate) fn interrupt(&self, which: &Interrupted<'_>) -> Vec<String> {
        let held = self.lock();
        let matching = held.live.values().filter(|operation| match which {
            Interrupted::All => true,
            Interrupted::Tagged(tag) => operation.spec.tags.iter().any(|own| own == tag),
            Interrupted::Id(id) => operation.id() == *id,
        });
        let stopped = matching.filter(|operation| operation.cancel());
        stopped.map(|operation| operation.id().to_owned()).collect()
    }

    /// The phases of all operations, those that are gone too.
    pub(crate) fn phases(&self) -> Vec<(String, Phase)> {
        let held = self.lock();
        let live = held.live.values().map(|op| (op.id().to_owned(), op.phase()));
        live.chain(held.gone.iter().cloned()).collect()
    }

    /// Whether no operation is going on.
    pub(crate) fn is_idle(&self) -> bool {
        self.lock().live.values().all(|operation| operation.phase().is_over())
    }

    /// Releases operations that nobody has read for `patience`.
    pub(crate) fn release_abandoned(&self, patience: Duration) {
        let abandoned: Vec<_> = {
            let held = self.lock();
            let live = held.live.values();
            let abandoned = live.filter(|op| op.unattended().is_some_and(|t| t >= patience));
            abandoned.map(|operation| operation.id().to_owned()).collect()
        };
        for id in &abandoned {
            self.release(id);
        }
    }

    /// Stops everything and lets nothing start any more.
    pub(crate) fn close(&self) {
        let mut held = self.lock();
        held.closed = true;
        for (_, operation) in held.live.drain() {
            operation.cancel();
        }
    }
}
