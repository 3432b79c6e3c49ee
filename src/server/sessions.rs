//! The sessions of a server, by user and id.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;
use uuid::Uuid;

use super::errors::Errors;
use super::request::{Request, SessionKey};
use super::{NewSession, SessionFactory};
use crate::error::{Condition, Error, Result};
use crate::execute::operation::Operations;
use crate::session::{Session, Views};

/// Sessions that are remembered after they were closed.
const REMEMBERED: usize = 10_000;

/// A session and what the server keeps with it.
pub(super) struct Held {
    pub(super) session: Arc<Session>,
    /// The server's own id of the session: another one after a restart.
    pub(super) server_side_id: String,
    pub(super) operations: Arc<Operations>,
    pub(super) errors: Errors,
    used: Mutex<Instant>,
}

impl Held {
    fn new(session: Arc<Session>) -> Self {
        Self {
            session,
            server_side_id: Uuid::new_v4().to_string(),
            operations: Arc::default(),
            errors: Errors::default(),
            used: Mutex::new(Instant::now()),
        }
    }

    fn touch(&self) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn unused_for(&self) -> Duration {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

/// See the module.
pub(super) struct Sessions {
    factory: Arc<dyn SessionFactory>,
    global_views: Arc<Views>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: HashMap<SessionKey, Arc<OnceCell<Arc<Held>>>>,
    closed: VecDeque<SessionKey>,
}

fn invalid(condition: Condition, key: &SessionKey) -> Error {
    Error::analysis(condition, [("handle", key.id.clone())])
}

/// Whether a text is a UUID as clients write them.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

impl Sessions {
    pub(super) fn new(factory: Arc<dyn SessionFactory>) -> Self {
        Self { factory, global_views: Arc::default(), state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session of a request, started if it is new.
    ///
    /// # Errors
    /// `INVALID_HANDLE` if the id is no UUID, the session was closed, or it is not
    /// the one that the client knew; what the factory fails with.
    pub(super) async fn open(&self, request: &impl Request) -> Result<Arc<Held>> {
        let key = request.key();
        let cell = self.cell(&key)?;
        let held = cell.get_or_try_init(|| self.start(&key)).await?;
        check_observed(held, request, &key)?;
        held.touch();
        Ok(Arc::clone(held))
    }

    fn cell(&self, key: &SessionKey) -> Result<Arc<OnceCell<Arc<Held>>>> {
        if !is_uuid(&key.id) {
            return Err(invalid(Condition::INVALID_HANDLE_FORMAT, key));
        }
        let mut state = self.lock();
        if state.closed.contains(key) {
            return Err(invalid(Condition::INVALID_HANDLE_SESSION_CLOSED, key));
        }
        Ok(Arc::clone(state.open.entry(key.clone()).or_default()))
    }

    async fn start(&self, key: &SessionKey) -> Result<Arc<Held>> {
        let new = NewSession { session_id: key.id.clone(), user_id: key.user.clone() };
        let builder = self.factory.create(&new).await?;
        let builder = builder.id(&*key.id).user_id(&*key.user);
        let session = builder.global_views(Arc::clone(&self.global_views)).build()?;
        Ok(Arc::new(Held::new(session)))
    }

    /// The session of a request that must be there.
    ///
    /// # Errors
    /// As [`Self::open`], and `INVALID_HANDLE.SESSION_NOT_FOUND`.
    pub(super) fn find(&self, request: &impl Request) -> Result<Arc<Held>> {
        let key = request.key();
        let held = self.get(&key);
        let Some(held) = held else {
            return Err(match self.lock().closed.contains(&key) {
                true => invalid(Condition::INVALID_HANDLE_SESSION_CLOSED, &key),
                false => invalid(Condition::INVALID_HANDLE_SESSION_NOT_FOUND, &key),
            });
        };
        check_observed(&held, request, &key)?;
        held.touch();
        Ok(held)
    }

    /// The session of this key, if there is one.
    pub(super) fn get(&self, key: &SessionKey) -> Option<Arc<Held>> {
        self.lock().open.get(key).and_then(|cell| cell.get()).cloned()
    }

    /// Adds a session under another id.
    ///
    /// # Errors
    /// `INVALID_CLONE_SESSION_REQUEST` if there is one of this id.
    pub(super) fn add(&self, key: SessionKey, session: Arc<Session>) -> Result<Arc<Held>> {
        let mut state = self.lock();
        if state.open.contains_key(&key) || state.closed.contains(&key) {
            return Err(Error::analysis(
                Condition::INVALID_CLONE_SESSION_ID_ALREADY_EXISTS,
                [("targetSessionId", key.id)],
            ));
        }
        let held = Arc::new(Held::new(session));
        state.open.insert(key, Arc::new(OnceCell::new_with(Some(Arc::clone(&held)))));
        Ok(held)
    }

    /// Ends a session and all its operations.
    pub(super) fn close(&self, key: &SessionKey, allow_reconnect: bool) -> Option<Arc<Held>> {
        let mut state = self.lock();
        let held = state.open.remove(key).and_then(|cell| cell.get().cloned());
        if !allow_reconnect && !state.closed.contains(key) {
            state.closed.push_back(key.clone());
            while state.closed.len() > REMEMBERED {
                state.closed.pop_front();
            }
        }
        drop(state);
        if let Some(held) = &held {
            held.operations.close();
        }
        held
    }

    /// Ends sessions that nobody used for `idle`, and operations that nobody read
    /// for `abandoned`.
    pub(super) fn sweep(&self, idle: Duration, abandoned: Duration) {
        let open: Vec<_> = {
            let state = self.lock();
            let open = state.open.iter();
            open.filter_map(|(key, cell)| Some((key.clone(), cell.get()?.clone()))).collect()
        };
        // Those that never came to be: their factory failed.
        self.lock().open.retain(|_, cell| cell.initialized() || Arc::strong_count(cell) > 1);
        for (key, held) in open {
            held.operations.release_abandoned(abandoned);
            if held.unused_for() >= idle && held.operations.is_idle() {
                log::info!("session {} of user {:?} expired", key.id, key.user);
                self.close(&key, false);
            }
        }
    }

    /// Ends all sessions.
    pub(super) fn close_all(&self) {
        let open: Vec<_> = self.lock().open.keys().cloned().collect();
        open.iter().for_each(|key| drop(self.close(key, true)));
    }
}

fn check_observed(held: &Held, request: &impl Request, key: &SessionKey) -> Result<()> {
    match request.observed() {
        Some(observed) if observed != held.server_side_id => {
            Err(invalid(Condition::INVALID_HANDLE_SESSION_CHANGED, key))
        }
        _ => Ok(()),
    }
}
