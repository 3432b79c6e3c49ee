//! Calls to plugins: a panic is an error, cancellation is seen between awaits, and
//! errors name the plugin's message.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::future::BoxFuture;

use crate::error::{Error, Result, panic_text};
use crate::planner::SparkConnectPlanner;

/// Which plugin is called, with what.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) plugin: &'a str,
    pub(super) message_name: &'a str,
    pub(super) planner: &'a SparkConnectPlanner,
}

impl<'a> Call<'a> {
    /// Calls a synchronous plugin.
    pub(super) fn run<T>(self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.caught(work).and_then(|result| result).map_err(|error| self.blame(error))
    }

    /// Calls an asynchronous plugin.
    pub(super) async fn run_async<T>(
        self,
        work: impl FnOnce() -> BoxFuture<'a, Result<T>>,
    ) -> Result<T> {
        let work = self.caught(work).map_err(|error| self.blame(error))?;
        Guarded { call: self, work }.await.map_err(|error| self.blame(error))
    }

    fn caught<T>(self, work: impl FnOnce() -> T) -> Result<T> {
        catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
            let text = panic_text(panic.as_ref());
            Error::internal(format!("the plugin {} panicked: {text}", self.plugin))
        })
    }

    /// Names the message, unless a plugin beneath has been named already.
    fn blame(self, error: Error) -> Error {
        let message_name = || self.message_name.to_owned();
        match error {
            Error::Cancelled => Error::Cancelled,
            Error::Plugin { message_name: name, source } if name.is_empty() => {
                Error::Plugin { message_name: message_name(), source }
            }
            named @ Error::Plugin { .. } => named,
            other => Error::Plugin { message_name: message_name(), source: Box::new(other) },
        }
    }
}

/// A plugin's future, polled with care.
struct Guarded<'a, T> {
    call: Call<'a>,
    work: BoxFuture<'a, Result<T>>,
}

impl<T> Future for Guarded<'_, T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        let call = self.call;
        call.planner.check_cancelled()?;
        match call.caught(|| self.work.as_mut().poll(context))? {
            Poll::Ready(result) => Poll::Ready(result),
            Poll::Pending => {
                call.planner.wake_when_cancelled(context.waker());
                call.planner.check_cancelled()?;
                Poll::Pending
            }
        }
    }
}
