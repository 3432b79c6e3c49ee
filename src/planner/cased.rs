//! Whether case counts in names: `spark.sql.caseSensitive` of the session whose
//! request is at work on this thread.

use std::cell::Cell;

thread_local! {
    static SENSITIVE: Cell<bool> = const { Cell::new(false) };
}

/// Whether case counts here.
pub(crate) fn is_sensitive() -> bool {
    SENSITIVE.get()
}

/// Runs `work` where case counts, or does not; a future must be polled in it.
pub(crate) fn cased<T>(sensitive: bool, work: impl FnOnce() -> T) -> T {
    let before = Restored(SENSITIVE.replace(sensitive));
    let done = work();
    drop(before);
    done
}

/// What counted before, and does again afterwards, whatever happens.
struct Restored(bool);

impl Drop for Restored {
    fn drop(&mut self) {
        SENSITIVE.set(self.0);
    }
}
