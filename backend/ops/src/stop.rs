//! Stopping on a signal: Ctrl-C (SIGINT), SIGTERM, or SIGHUP of a terminal that closes.

use std::io::BufRead;
use std::sync::LazyLock;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::process;

/// The exit code of a program that was interrupted (128 + SIGINT, as shells count).
pub(crate) const INTERRUPTED: u8 = 130;

/// How often a waiting thread checks for a signal.
const POLL: Duration = Duration::from_millis(50);

static REQUESTED: LazyLock<watch::Sender<bool>> = LazyLock::new(|| watch::Sender::new(false));

/// Installs the signal handlers. The first signal ends every running program, and with it whatever
/// waits for one; the second exits at once.
pub(crate) fn listen() -> Result<()> {
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
        let mut signal = signal(kind).context("the signal handlers cannot be installed")?;
        tokio::spawn(async move {
            while signal.recv().await.is_some() {
                if REQUESTED.send_replace(true) {
                    std::process::exit(i32::from(INTERRUPTED));
                }
                // Waiting for programs to end would keep this task from the second signal.
                tokio::task::spawn_blocking(process::end_all);
            }
        });
    }
    Ok(())
}

/// Whether a signal was received.
pub(crate) fn was_requested() -> bool {
    *REQUESTED.borrow()
}

/// An error if a signal was received.
pub(crate) fn check() -> Result<()> {
    ensure!(!was_requested(), "interrupted");
    Ok(())
}

/// Blocks the thread for so long; an error if a signal is received.
pub(crate) fn pause(duration: Duration) -> Result<()> {
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

/// Reads one line; an error if a signal is received instead.
pub(crate) fn read_line(from: impl BufRead + Send + 'static) -> Result<String> {
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
            Err(RecvTimeoutError::Timeout) if is_over() => bail!("interrupted"),
            Err(RecvTimeoutError::Timeout) => {}
            line => return line?.context("the answer cannot be read"),
        }
    }
}

/// Waits until a signal is received.
pub(crate) async fn requested() {
    // The sender is never dropped, so this ends only with the value.
    let _ = REQUESTED.subscribe().wait_for(|requested| *requested).await;
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
