//! What becomes of records that are malformed.

use super::Options;

/// The option `mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Mode {
    /// What can be read of them is kept, and their text if a column asks for it.
    Permissive,
    /// They are left out.
    DropMalformed,
    /// They end the reading.
    FailFast,
}

impl Mode {
    /// The mode that options name; what is no mode is the default.
    pub(crate) fn take(options: &mut Options) -> Self {
        match options.take("mode").unwrap_or_default().to_uppercase().as_str() {
            "DROPMALFORMED" => Self::DropMalformed,
            "FAILFAST" => Self::FailFast,
            _ => Self::Permissive,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Permissive => "PERMISSIVE",
            Self::DropMalformed => "DROPMALFORMED",
            Self::FailFast => "FAILFAST",
        }
    }
}
