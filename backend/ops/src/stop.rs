//! Ending when a person says so: Ctrl-C, SIGTERM, or a terminal that closes.

use std::sync::LazyLock;

use anyhow::{Context, Result};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::process;

/// The exit code of a program that was interrupted (128 + SIGINT, as shells count).
pub const INTERRUPTED: u8 = 130;

static REQUESTED: LazyLock<watch::Sender<bool>> = LazyLock::new(|| watch::Sender::new(false));

/// Begins to listen. The first signal ends every program that runs, and with it whatever waits
/// for one; the second ends us at once.
///
/// # Errors
/// If the operating system does not let us.
pub fn listen() -> Result<()> {
    let on = |kind| signal(kind).context("signals cannot be listened to");
    let mut signals = Signals {
        interrupt: on(SignalKind::interrupt())?,
        terminate: on(SignalKind::terminate())?,
        hangup: on(SignalKind::hangup())?,
    };
    tokio::spawn(async move {
        signals.next().await;
        REQUESTED.send_replace(true);
        // Waiting for programs to end would keep this task from hearing the second signal.
        tokio::task::spawn_blocking(process::end_all);
        signals.next().await;
        std::process::exit(i32::from(INTERRUPTED));
    });
    Ok(())
}

/// Whether we were asked to end.
#[must_use]
pub fn was_requested() -> bool {
    *REQUESTED.borrow()
}

/// Waits until we are asked to end.
pub async fn requested() {
    // The sender is never dropped, so this ends only with the value.
    let _ = REQUESTED.subscribe().wait_for(|requested| *requested).await;
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}
