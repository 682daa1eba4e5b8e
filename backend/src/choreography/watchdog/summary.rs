//! What one run of the watchdog came to.

use std::fmt;

use tracing::Level;

/// The orders of one run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    /// How many needed attention and got it.
    pub(super) seen_to: usize,
    /// How many failed, and were rescheduled.
    pub(super) failed: usize,
}

impl Summary {
    pub(super) const fn level(&self) -> Level {
        match self {
            Self { seen_to: 0, failed: 0 } => Level::DEBUG,
            Self { failed: 0, .. } => Level::INFO,
            Self { .. } => Level::WARN,
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { seen_to: 0, failed: 0 } => f.write_str("nothing was due"),
            Self { seen_to, failed: 0 } => write!(f, "{seen_to} seen to"),
            Self { seen_to, failed } => write!(f, "{seen_to} seen to, {failed} put off"),
        }
    }
}
