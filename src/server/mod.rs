//! The Spark Connect service over tonic, to mount in your own server.
//!
//! ```no_run
//! use datafusion_spark_connect::server::{NewSession, SparkConnectService};
//! use datafusion_spark_connect::{Result, Session, SessionBuilder, spark_context};
//!
//! # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
//! let new_session = |_: &NewSession| -> Result<SessionBuilder> {
//!     Ok(Session::builder(spark_context()))
//! };
//! let service = SparkConnectService::new(new_session);
//! tonic::transport::Server::builder()
//!     .add_service(service.into_server())
//!     .serve("127.0.0.1:15002".parse()?)
//!     .await?;
//! # Ok(())
//! # }
//! ```

mod analyze;
mod artifacts;
mod codec;
mod config;
mod errors;
mod execute;
mod interrupt;
mod lifetime;
mod request;
mod router;
mod rpc_status;
mod sessions;

use std::sync::{Arc, Once};
use std::time::Duration;

use async_trait::async_trait;
use prost::Message;
use prost::bytes::Bytes;

use crate::error::Result;
use crate::planner::grown::with_stack;
use crate::session::{Limits, SessionBuilder};
pub use router::SparkConnectServer;
use sessions::Sessions;

/// Who asks for a session.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewSession {
    /// The id that the client made up.
    pub session_id: String,
    /// The user, as the client names itself: authenticate before you trust it.
    pub user_id: String,
}

/// Makes sessions for clients: which catalogs, tables, functions and configuration
/// they start with. Functions from a [`NewSession`] to a [`SessionBuilder`] are
/// factories.
#[async_trait]
pub trait SessionFactory: Send + Sync + 'static {
    /// The session to be; its ids and global views are set by the service.
    ///
    /// # Errors
    /// Whatever keeps the client from having a session; it is told so.
    async fn create(&self, request: &NewSession) -> Result<SessionBuilder>;
}

#[async_trait]
impl<F> SessionFactory for F
where
    F: Fn(&NewSession) -> Result<SessionBuilder> + Send + Sync + 'static,
{
    async fn create(&self, request: &NewSession) -> Result<SessionBuilder> {
        self(request)
    }
}

/// The service: sessions, and the calls upon them. Cheap to clone; clones share
/// their sessions.
#[derive(Clone)]
pub struct SparkConnectService {
    inner: Arc<Inner>,
}

struct Inner {
    sessions: Sessions,
    settings: Settings,
    sweeper: Once,
}

#[derive(Debug, Clone)]
struct Settings {
    limits: Arc<Limits>,
    max_message_bytes: usize,
    idle_timeout: Duration,
    abandoned_timeout: Duration,
}

/// Settings of a [`SparkConnectService`].
pub struct ServiceBuilder {
    factory: Arc<dyn SessionFactory>,
    settings: Settings,
}

impl SparkConnectService {
    /// A service with default settings.
    pub fn new(factory: impl SessionFactory) -> Self {
        Self::builder(factory).build()
    }

    /// A service with settings of your own.
    pub fn builder(factory: impl SessionFactory) -> ServiceBuilder {
        let settings = Settings {
            limits: Arc::default(),
            max_message_bytes: 128 << 20,
            idle_timeout: Duration::from_secs(3600),
            abandoned_timeout: Duration::from_secs(300),
        };
        ServiceBuilder { factory: Arc::new(factory), settings }
    }

    /// The service in the form that tonic mounts.
    pub fn into_server(self) -> SparkConnectServer {
        SparkConnectServer::new(self.inner)
    }

    /// Stops all operations and ends all sessions, as before a server stops.
    pub fn close(&self) {
        self.inner.sessions.close_all();
    }
}

impl ServiceBuilder {
    /// Bounds on the messages that clients send. Those on their plans are the
    /// session's.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = Arc::new(limits);
        self
    }

    /// The largest message that clients may send, bytes; 128 MiB by default.
    #[must_use]
    pub fn max_message_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_message_bytes = bytes;
        self
    }

    /// How long a session may be unused before it ends; an hour by default.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.settings.idle_timeout = timeout;
        self
    }

    /// How long the responses of an operation may be unread before it ends; five
    /// minutes by default.
    #[must_use]
    pub fn abandoned_timeout(mut self, timeout: Duration) -> Self {
        self.settings.abandoned_timeout = timeout;
        self
    }

    /// The service.
    pub fn build(self) -> SparkConnectService {
        let Self { factory, settings } = self;
        let inner = Inner { sessions: Sessions::new(factory), settings, sweeper: Once::new() };
        SparkConnectService { inner: Arc::new(inner) }
    }
}

impl Inner {
    /// Starts the task that ends what nobody uses, at the first call.
    fn start_sweeper(self: &Arc<Self>) {
        self.sweeper.call_once(|| {
            let idle = self.settings.idle_timeout;
            let abandoned = self.settings.abandoned_timeout;
            let inner = Arc::downgrade(self);
            let pause = (idle.min(abandoned) / 4).clamp(Duration::from_millis(50), MAX_PAUSE);
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(pause).await;
                    let Some(inner) = inner.upgrade() else { break };
                    inner.sessions.sweep(idle, abandoned);
                }
            });
        });
    }
}

/// The longest time between two looks for unused sessions.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// Encodes a response that is no deeper than types are.
fn encode<M: Message>(message: &M) -> Bytes {
    Bytes::from(with_stack(|| message.encode_to_vec()))
}
