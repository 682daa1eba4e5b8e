//! What is open depends on the minute.

use leptos::prelude::*;

use crate::{browser, server_clock};

/// The minute of the server's clock: what is open depends on it.
#[derive(Clone, Copy)]
pub struct Clock {
    minute: RwSignal<i64>,
}

impl Clock {
    /// Starts following the server's clock.
    #[must_use]
    pub fn start() -> Self {
        let clock = Self { minute: RwSignal::new(minute()) };
        let look = move || {
            if clock.minute.get_untracked() != minute() {
                clock.minute.set(minute());
            }
        };
        if !browser::PRERENDERING {
            set_interval(look, std::time::Duration::from_secs(5));
        }
        clock
    }

    /// Runs the caller again when the minute changes.
    pub fn track(self) {
        self.minute.track();
    }
}

/// Minutes since 1970.
fn minute() -> i64 {
    server_clock::now_or_device().millis() / 60_000
}
