//! What the journeys share.

pub(crate) mod backend;
mod downloads;
pub(crate) mod driver;
mod form;
pub(crate) mod harness;
mod keyboard;
pub(crate) mod relay;
pub(crate) mod scripts;
pub(crate) mod shopper;
pub(crate) mod stage;

pub(crate) use shopper::Shopper;
pub(crate) use stage::Stage;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// How long a person waits for anything before they complain.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);
/// How often one looks.
const POLL: Duration = Duration::from_millis(50);

/// A path in an environment variable that `cargo verify` sets.
pub(crate) fn path_from_env(variable: &str) -> Result<PathBuf> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .with_context(|| format!("{variable} is not set; run `cargo verify journeys`"))
}

/// Looks until there is something, and complains with `what` if there is not in time.
pub(crate) async fn until<T>(
    what: &str,
    look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    until_within(TIMEOUT, what, look).await
}

/// Looks until there is something, and complains with `what` if there is not within `limit`.
pub(crate) async fn until_within<T>(
    limit: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = tokio::time::Instant::now() + limit;
    let mut last = String::new();
    while tokio::time::Instant::now() < deadline {
        match look().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => {}
            // A page that is being redrawn answers so; if it goes on, it is told at the end.
            Err(error) => last = format!(" ({error:#})"),
        }
        tokio::time::sleep(POLL).await;
    }
    bail!("timed out after {} s: {what}{last}", limit.as_secs())
}
