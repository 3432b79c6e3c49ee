//! Whether case counts in names: `spark.sql.caseSensitive` of the session whose
//! request is at work on this thread.

use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll};

thread_local! {
    static SENSITIVE: Cell<bool> = const { Cell::new(false) };
}

/// Whether case counts here.
pub(crate) fn is_sensitive() -> bool {
    SENSITIVE.get()
}

/// Work in which case counts, or does not, wherever it is polled.
pub(crate) struct Cased<F> {
    inner: F,
    sensitive: bool,
}

impl<F> Cased<F> {
    pub(crate) fn new(inner: F, sensitive: bool) -> Self {
        Self { inner, sensitive }
    }
}

impl<F: Future + Unpin> Future for Cased<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let before = SENSITIVE.replace(self.sensitive);
        let polled = Pin::new(&mut self.inner).poll(context);
        SENSITIVE.set(before);
        polled
    }
}
