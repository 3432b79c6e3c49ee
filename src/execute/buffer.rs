//! The responses of an operation between the task that makes them and the stream
//! that sends them: bounded, and kept for a while so that a client that lost its
//! connection can read on.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prost::bytes::Bytes;
use tokio::sync::Notify;

use crate::error::{Condition, Error, Result};

/// Bytes that may wait to be sent before the maker has to wait.
const WINDOW: usize = 8 << 20;
/// Bytes of sent responses that are kept, newest first, until the client releases
/// them.
const KEPT: usize = 32 << 20;

/// See the module.
#[derive(Debug)]
pub(crate) struct Buffer {
    state: Mutex<State>,
    /// Something was added, or the operation ended, or another reader came.
    news: Notify,
    /// Something was sent.
    room: Notify,
    /// Whether sent responses are kept.
    keep: bool,
}

#[derive(Debug, Default)]
struct State {
    responses: VecDeque<Bytes>,
    /// Number of the first response held; responses count from 1.
    first: u64,
    /// Number of the last response sent.
    sent: u64,
    unsent_bytes: usize,
    kept_bytes: usize,
    /// How the operation ended.
    end: Option<Result<(), Arc<Error>>>,
    /// The reader in charge: one that comes later displaces it.
    reader: u64,
}

impl State {
    fn last(&self) -> u64 {
        self.first + self.responses.len() as u64 - 1
    }

    /// Drops the first response.
    fn drop_first(&mut self) {
        if let Some(bytes) = self.responses.pop_front() {
            match self.first <= self.sent {
                true => self.kept_bytes -= bytes.len(),
                false => self.unsent_bytes -= bytes.len(),
            }
            self.first += 1;
        }
    }
}

/// What a reader gets next.
enum Next {
    Response(Bytes),
    End(Result<(), Arc<Error>>),
    Wait,
}

impl Buffer {
    pub(crate) fn new(keep: bool) -> Self {
        let state = State { first: 1, ..State::default() };
        Self { state: Mutex::new(state), news: Notify::new(), room: Notify::new(), keep }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the next response, as soon as there is room for it.
    pub(crate) async fn next_number(&self) -> u64 {
        loop {
            let room = self.room.notified();
            {
                let state = self.lock();
                if state.unsent_bytes < WINDOW {
                    return state.last() + 1;
                }
            }
            room.await;
        }
    }

    /// Whether all there is was sent: then a sign of life is welcome.
    pub(crate) fn is_drained(&self) -> bool {
        self.lock().unsent_bytes == 0
    }

    /// Adds a response.
    pub(crate) fn push(&self, bytes: Bytes) {
        let mut state = self.lock();
        state.unsent_bytes += bytes.len();
        state.responses.push_back(bytes);
        drop(state);
        self.news.notify_waiters();
    }

    /// Adds the end; a second one is ignored.
    pub(crate) fn end(&self, end: Result<(), Arc<Error>>) {
        self.lock().end.get_or_insert(end);
        self.news.notify_waiters();
    }

    /// A reader of what comes after response `after` (0: of everything), in charge
    /// from now on.
    ///
    /// # Errors
    /// `INVALID_CURSOR` if there is no such response, or its followers are gone.
    pub(crate) fn attach(&self, after: u64, id: &str) -> Result<Cursor> {
        let mut state = self.lock();
        let cursor = |condition| {
            let parameters = [("responseId", id.to_owned()), ("index", (after + 1).to_string())];
            Error::analysis(condition, parameters)
        };
        if after > state.last() {
            return Err(cursor(Condition::INVALID_CURSOR_POSITION_NOT_FOUND));
        }
        if after + 1 < state.first {
            return Err(cursor(Condition::INVALID_CURSOR_POSITION_NOT_AVAILABLE));
        }
        state.reader += 1;
        let reader = state.reader;
        drop(state);
        self.news.notify_waiters();
        Ok(Cursor { reader, at: after + 1 })
    }

    /// Whether `cursor` is still the reader in charge.
    pub(crate) fn is_attached(&self, cursor: &Cursor) -> bool {
        self.lock().reader == cursor.reader
    }

    /// The response at the cursor, or the end.
    ///
    /// # Errors
    /// What the operation failed with, or `INVALID_CURSOR.DISCONNECTED` once
    /// another reader attached.
    pub(crate) async fn read(&self, cursor: &mut Cursor) -> Result<Option<Bytes>, Arc<Error>> {
        loop {
            let news = self.news.notified();
            match self.try_read(cursor)? {
                Next::Response(bytes) => return Ok(Some(bytes)),
                Next::End(end) => return end.map(|()| None),
                Next::Wait => news.await,
            }
        }
    }

    fn try_read(&self, cursor: &mut Cursor) -> Result<Next, Arc<Error>> {
        let mut state = self.lock();
        if state.reader != cursor.reader {
            return Err(Arc::new(Error::analysis(Condition::INVALID_CURSOR_DISCONNECTED, [])));
        }
        let at = usize::try_from(cursor.at.saturating_sub(state.first)).unwrap_or(usize::MAX);
        let Some(bytes) = state.responses.get(at).cloned() else {
            return Ok(state.end.clone().map_or(Next::Wait, Next::End));
        };
        if cursor.at > state.sent {
            state.sent = cursor.at;
            state.unsent_bytes -= bytes.len();
            state.kept_bytes += bytes.len();
        }
        cursor.at += 1;
        while state.first <= state.sent && (!self.keep || state.kept_bytes > KEPT) {
            state.drop_first();
        }
        drop(state);
        self.room.notify_waiters();
        Ok(Next::Response(bytes))
    }

    /// Drops all responses up to `number`, which the client has.
    ///
    /// # Errors
    /// `INVALID_CURSOR.POSITION_NOT_FOUND` if there is none of that number yet.
    pub(crate) fn release_until(&self, number: u64, id: &str) -> Result<()> {
        let mut state = self.lock();
        if number > state.last() {
            return Err(Error::analysis(
                Condition::INVALID_CURSOR_POSITION_NOT_FOUND,
                [("responseId", id.to_owned())],
            ));
        }
        while state.first <= number && !state.responses.is_empty() {
            state.drop_first();
        }
        drop(state);
        self.room.notify_waiters();
        Ok(())
    }
}

/// The place of a reader.
#[derive(Debug)]
pub(crate) struct Cursor {
    reader: u64,
    at: u64,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::time::Duration;

    fn bytes(text: &'static str) -> Bytes {
        Bytes::from_static(text.as_bytes())
    }

    async fn all(buffer: &Buffer, after: u64) -> Vec<Bytes> {
        let mut cursor = buffer.attach(after, "").unwrap();
        let mut all = Vec::new();
        while let Some(bytes) = buffer.read(&mut cursor).await.unwrap() {
            all.push(bytes);
        }
        all
    }

    fn condition<T>(result: Result<T>) -> Option<String> {
        result.err().and_then(|error| error.condition().map(str::to_owned))
    }

    #[tokio::test]
    async fn what_was_read_can_be_read_again_until_released() {
        let buffer = Buffer::new(true);
        ["a", "b", "c"].into_iter().for_each(|text| buffer.push(bytes(text)));
        buffer.end(Ok(()));
        assert_eq!(all(&buffer, 0).await, ["a", "b", "c"]);
        assert_eq!(all(&buffer, 1).await, ["b", "c"]);
        buffer.release_until(2, "2").unwrap();
        assert_eq!(all(&buffer, 2).await, ["c"]);
        let gone = condition(buffer.attach(0, ""));
        assert_eq!(gone.as_deref(), Some("INVALID_CURSOR.POSITION_NOT_AVAILABLE"));
        let unknown = condition(buffer.attach(9, "nope"));
        assert_eq!(unknown.as_deref(), Some("INVALID_CURSOR.POSITION_NOT_FOUND"));
        assert!(buffer.release_until(9, "nope").is_err());
    }

    #[tokio::test]
    async fn nothing_is_kept_for_clients_that_cannot_come_back() {
        let buffer = Buffer::new(false);
        buffer.push(bytes("a"));
        buffer.push(bytes("b"));
        buffer.end(Ok(()));
        assert_eq!(all(&buffer, 0).await, ["a", "b"]);
        assert!(buffer.attach(0, "").is_err());
    }

    #[tokio::test]
    async fn a_later_reader_displaces_an_earlier_one() {
        let buffer = Buffer::new(true);
        let mut first = buffer.attach(0, "").unwrap();
        let second = buffer.attach(0, "").unwrap();
        let error = buffer.read(&mut first).await.unwrap_err();
        assert_eq!(error.condition(), Some("INVALID_CURSOR.DISCONNECTED"));
        assert!(buffer.is_attached(&second) && !buffer.is_attached(&first));
    }

    #[tokio::test]
    async fn the_maker_waits_for_a_slow_reader() {
        let buffer = Buffer::new(true);
        let large = Bytes::from(vec![0; WINDOW]);
        assert_eq!(buffer.next_number().await, 1);
        buffer.push(large.clone());
        let waits = tokio::time::timeout(Duration::from_millis(20), buffer.next_number()).await;
        assert!(waits.is_err());
        let mut cursor = buffer.attach(0, "").unwrap();
        assert_eq!(buffer.read(&mut cursor).await.unwrap(), Some(large));
        assert_eq!(buffer.next_number().await, 2);
    }

    #[tokio::test]
    async fn sent_responses_are_kept_within_bounds() {
        let buffer = Buffer::new(true);
        let mut cursor = buffer.attach(0, "").unwrap();
        for _ in 0..8 {
            buffer.push(Bytes::from(vec![0; WINDOW]));
            buffer.read(&mut cursor).await.unwrap();
        }
        assert!(buffer.lock().kept_bytes <= KEPT);
        assert!(buffer.attach(0, "").is_err());
        assert!(buffer.attach(7, "").is_ok());
    }
}
