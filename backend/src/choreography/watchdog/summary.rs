//! What one run of the watchdog came to.

use std::fmt;

use tracing::Level;

/// The orders of one run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Summary {
    /// How many needed attention and got it.
    pub(super) handled: usize,
    /// How many failed, and were rescheduled.
    pub(super) failed: usize,
}

impl Summary {
    pub(super) const fn add(&mut self, other: Self) {
        self.handled += other.handled;
        self.failed += other.failed;
    }

    pub(super) const fn level(&self) -> Level {
        match self {
            Self { handled: 0, failed: 0 } => Level::DEBUG,
            Self { failed: 0, .. } => Level::INFO,
            Self { .. } => Level::WARN,
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { handled: 0, failed: 0 } => f.write_str("nothing was due"),
            Self { handled, failed: 0 } => write!(f, "{handled} handled"),
            Self { handled, failed } => write!(f, "{handled} handled, {failed} rescheduled"),
        }
    }
}
