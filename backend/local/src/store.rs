//! The one SQLite file (or memory) in which the local AWS keeps what it accepted.
//!
//! The async queue, SQS and Cognito each create their own tables in it. What one commit wrote
//! survives a SIGKILL of this process: write-ahead log with `synchronous = NORMAL`, which only a
//! crash of the whole machine can shorten (<https://sqlite.org/pragma.html#pragma_synchronous>).

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use parking_lot::Mutex;
use rusqlite::{Connection, Transaction};

/// A handle to the store; clones share one connection.
#[derive(Clone, Debug)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
}

/// Checks that a state file, if it is there, is whole: damage in the middle is found only by what reads
/// there (<https://sqlite.org/pragma.html#pragma_quick_check>).
///
/// # Errors
/// If it is not; the message names the file.
pub(crate) fn check(file: &Path) -> Result<()> {
    if !file.exists() {
        return Ok(());
    }
    let found = Connection::open(file)
        .and_then(|it| it.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)));
    match found {
        Ok(found) if found == "ok" => Ok(()),
        Ok(found) => Err(anyhow!(found)),
        Err(error) => Err(error.into()),
    }
    .with_context(|| unreadable(file))
}

/// What to do about a state file that cannot be opened.
pub(crate) fn unreadable(file: &Path) -> String {
    let folder = file.parent().unwrap_or(file);
    format!(
        "the state file {} cannot be opened: it is damaged or no database; restore it, or start \
         without the state (`cargo dev --fresh`, or delete {})",
        file.display(),
        folder.display()
    )
}

impl Store {
    /// A store that is gone with the process.
    ///
    /// # Errors
    /// SQLite's own, if it cannot be opened.
    pub fn memory() -> rusqlite::Result<Self> {
        Self::prepare(Connection::open_in_memory()?)
    }

    /// The store in this file, created if absent.
    ///
    /// # Errors
    /// If the file cannot be opened or is not a database; the message names it.
    pub fn open(file: &Path) -> Result<Self> {
        check(file)?;
        let opened = Connection::open(file).and_then(Self::prepare);
        opened.with_context(|| unreadable(file))
    }

    /// Runs `work` with the connection to itself.
    ///
    /// # Errors
    /// If `work` does.
    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        // A panic of another holder rolled its transaction back, so the connection is still good.
        work(&mut self.connection.lock())
    }

    /// Runs `work` in a transaction: what it wrote is kept if it succeeds, else all of it is lost.
    ///
    /// # Errors
    /// If `work` does.
    pub(crate) fn transaction<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
    }

    fn prepare(connection: Connection) -> rusqlite::Result<Self> {
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;",
        )?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }
}
