//! Stopping on a signal: Ctrl-C (SIGINT), SIGTERM, or SIGHUP of a terminal that closes.

use std::io::BufRead;
use std::sync::LazyLock;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::process;

/// The exit code of a program that was interrupted (128 + SIGINT, as shells count).
pub const INTERRUPTED: u8 = 130;

/// How often a waiting thread checks for a signal.
const POLL: Duration = Duration::from_millis(50);

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

/// Goes on, unless we were asked to end.
///
/// # Errors
/// If we were.
pub fn check() -> Result<()> {
    ensure!(!was_requested(), "interrupted");
    Ok(())
}

/// Blocks the thread for so long, or until we are asked to end.
///
/// # Errors
/// If we are.
pub fn pause(duration: Duration) -> Result<()> {
    let end = Instant::now() + duration;
    loop {
        check()?;
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        thread::sleep(left.min(POLL));
    }
}

/// Reads one line; does not wait for it any longer once we are asked to end.
///
/// # Errors
/// If we are, or it cannot be read.
pub fn read_line(from: impl BufRead + Send + 'static) -> Result<String> {
    read_line_unless(from, was_requested)
}

/// A thread of its own reads, for a signal does not interrupt the read: the standard library
/// begins it again.
fn read_line_unless(
    mut from: impl BufRead + Send + 'static,
    is_over: impl Fn() -> bool,
) -> Result<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        let read = from.read_line(&mut line).map(|_| line);
        let _ = sender.send(read); // the caller may have stopped waiting
    });
    loop {
        match receiver.recv_timeout(POLL) {
            Ok(line) => return line.context("the answer cannot be read"),
            Err(RecvTimeoutError::Timeout) if is_over() => bail!("interrupted"),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => bail!("the answer cannot be read"),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Cursor};

    #[test]
    fn a_line_is_read_and_an_interrupted_question_ends() {
        assert_eq!(read_line_unless(Cursor::new("shop\nx"), || false).unwrap(), "shop\n");
        let (reader, _writer) = std::io::pipe().unwrap(); // which nothing is written to
        let error = read_line_unless(BufReader::new(reader), || true).unwrap_err();
        assert_eq!(error.to_string(), "interrupted");
    }
}
