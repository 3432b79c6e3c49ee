//! How much memory queries may take, all sessions together.

use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::error::Result;
use datafusion::execution::memory_pool::{FairSpillPool, MemoryPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use sysinfo::System;

/// The share of the machine's memory that queries get by default, percent. The rest
/// is for what is not counted: messages, plans, batches on their way.
const SHARE: u64 = 60;
/// How many of the largest consumers an error names.
const NAMED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4);

/// What all sessions draw on: a query past its share spills to disk, or fails alone.
#[derive(Debug, Clone)]
pub(crate) struct Memory(Arc<dyn MemoryPool>);

impl Memory {
    /// A limit in bytes; by default most of what the machine, or the container that
    /// this runs in, has.
    pub(crate) fn new(limit: Option<u64>) -> Self {
        let limit = limit.unwrap_or_else(|| available() / 100 * SHARE);
        let bytes = usize::try_from(limit).unwrap_or(usize::MAX);
        Self(Arc::new(TrackConsumersPool::new(FairSpillPool::new(bytes), NAMED)))
    }

    /// What a session runs its queries in.
    pub(crate) fn runtime(&self) -> Result<Arc<RuntimeEnv>> {
        RuntimeEnvBuilder::new().with_memory_pool(Arc::clone(&self.0)).build_arc()
    }
}

/// The memory of the machine or, if that is less, of the container, bytes.
fn available() -> u64 {
    let mut system = System::new();
    system.refresh_memory();
    let machine = system.total_memory();
    system.cgroup_limits().map_or(machine, |limits| machine.min(limits.total_memory))
}

/// Bytes, from a number with a unit or without: `8G`, `512M`, `1073741824`.
///
/// # Errors
/// If the text is no such thing.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let mistake = || format!("--memory-limit takes a size such as 8G or 512M, not {text}");
    let unit = text.trim_end_matches(['b', 'B']);
    let (digits, shift) = match unit.chars().last().map(|c| c.to_ascii_lowercase()) {
        Some('k') => (&unit[..unit.len() - 1], 10),
        Some('m') => (&unit[..unit.len() - 1], 20),
        Some('g') => (&unit[..unit.len() - 1], 30),
        Some('t') => (&unit[..unit.len() - 1], 40),
        _ => (unit, 0),
    };
    let number: u64 = digits.trim().parse().map_err(|_| mistake())?;
    number.checked_mul(1 << shift).filter(|bytes| *bytes > 0).ok_or_else(mistake)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(bytes("1073741824"), Ok(1 << 30));
        assert_eq!(bytes("8G"), Ok(8 << 30));
        assert_eq!(bytes("512mb"), Ok(512 << 20));
        for wrong in ["", "G", "-1", "0", "1.5G", "99999999999T", "ä"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_machine_has_memory() {
        assert!(available() > 64 << 20);
    }
}
