//! The queue of asynchronous invocations: accepted means written.
//!
//! A row lives from the commit that accepted the invocation until it succeeded or was reported.
//! A row that is still there after a restart is run again: at least once, as on AWS. Between two
//! restarts nothing polls: each row has a task of its own, woken by the clock alone.

use std::time::Duration;

use anyhow::Result;
use axum::body::Bytes;
use parking_lot::Mutex;
use rusqlite::{Connection, Row, params};
use tokio::sync::Notify;
use tokio::time::sleep;
use uuid::Uuid;

use super::function::Function;
use super::record::{Condition, record};
use super::{Attempt, Dependencies, Lambda, Outcome};
use crate::feed::{FeedEvent, Invocation};
use crate::iam::Caller;
use crate::sqs::Attributes;
use crate::store::Store;
use crate::time::now_ms;

/// The wait after the first error of a function; it doubles
/// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>).
const RETRY_WAIT: Duration = Duration::from_secs(60);
/// The waits when Lambda itself could not run it go from the first to the second.
const BACK_OFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

/// An accepted invocation.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    row: i64,
    function: String,
    request_id: String,
    payload: Bytes,
    /// When it was accepted, in milliseconds since 1970.
    accepted: u64,
    /// When it is to run.
    due: u64,
    /// How often the function was run for it.
    attempts: u32,
    /// How often Lambda could not even run it, in a row.
    refusals: u32,
}

/// Rows that are done and not yet deleted. They are deleted in batches: a crash before that only
/// runs them again.
#[derive(Debug, Default)]
pub(crate) struct Done {
    rows: Mutex<Vec<i64>>,
    added: Notify,
}

/// Creates the table.
pub(super) fn prepare(store: &Store) -> rusqlite::Result<()> {
    store.with(|connection| {
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS async_invocations (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                function TEXT NOT NULL,
                request_id TEXT NOT NULL,
                payload BLOB NOT NULL,
                accepted INTEGER NOT NULL,
                due INTEGER NOT NULL,
                attempts INTEGER NOT NULL DEFAULT 0
            ) STRICT;",
        )
    })
}

impl Lambda {
    /// Writes an invocation within the caller's transaction; call [`Lambda::dispatch`] with what
    /// this returns after its commit.
    pub(crate) fn accept(
        &self,
        connection: &Connection,
        function: &Function,
        payload: &Bytes,
    ) -> rusqlite::Result<Vec<Accepted>> {
        let faults = &self.dependencies().faults;
        let request_id = Uuid::now_v7().to_string();
        let now = now_ms();
        let insert = "INSERT INTO async_invocations (function, request_id, payload, accepted, due)
            VALUES (?1, ?2, ?3, ?4, ?5)";
        let one = |_| {
            let due = now + u64::try_from(faults.lateness().as_millis()).unwrap_or_default();
            let values = params![function.logical_id, request_id, payload.as_ref(), now, due];
            connection.prepare_cached(insert)?.execute(values)?;
            Ok(Accepted {
                row: connection.last_insert_rowid(),
                function: function.logical_id.clone(),
                request_id: request_id.clone(),
                payload: payload.clone(),
                accepted: now,
                due,
                attempts: 0,
                refusals: 0,
            })
        };
        (0..faults.copies()).map(one).collect()
    }

    /// Runs what was accepted.
    pub(crate) fn dispatch(&self, accepted: Vec<Accepted>) {
        for one in accepted {
            self.spawn(self.clone().deliver(one));
        }
    }

    /// Resumes what an earlier process accepted and did not finish.
    ///
    /// # Errors
    /// If the store does.
    pub(crate) fn resume(&self) -> Result<()> {
        let select = "SELECT id, function, request_id, payload, accepted, due, attempts
            FROM async_invocations ORDER BY id";
        let rows: Vec<Accepted> = self
            .dependencies()
            .store
            .with(|connection| connection.prepare(select)?.query_map([], from_row)?.collect())?;
        self.dispatch(rows);
        Ok(())
    }

    async fn deliver(self, mut it: Accepted) {
        // The template no longer has the function, so there is no destination to report to either.
        let Ok(function) = self.find(&it.function).cloned() else { return self.finish(&it) };
        loop {
            let wait = it.due.saturating_sub(now_ms());
            if wait > 0 {
                sleep(Duration::from_millis(wait)).await;
            }
            let age = Duration::from_millis(now_ms().saturating_sub(it.accepted));
            if age > function.when_asynchronous.max_age {
                return self.give_up(&function, &it, Condition::EventAgeExceeded, None);
            }
            let attempt = Attempt { invocation: Invocation::Asynchronous, number: it.attempts + 1 };
            match self.run(&function, &it.request_id, it.payload.clone(), attempt).await {
                Ok(outcome) if outcome.function_error.is_none() => return self.finish(&it),
                Ok(outcome) if it.attempts >= function.when_asynchronous.retries => {
                    it.attempts += 1;
                    let why = Condition::RetriesExhausted;
                    return self.give_up(&function, &it, why, Some(&outcome));
                }
                Ok(outcome) => {
                    let wait = RETRY_WAIT * 2u32.pow(it.attempts);
                    it.attempts += 1;
                    it.refusals = 0;
                    self.postpone(&mut it, wait, &outcome.error_text());
                }
                // It stays in the store for the next process.
                Err(_) if self.is_stopping() => return,
                Err(refusal) => {
                    let wait = BACK_OFF.0 * 2u32.pow(it.refusals.min(9));
                    it.refusals += 1;
                    self.postpone(&mut it, wait.min(BACK_OFF.1), &refusal.to_string());
                }
            }
        }
    }

    fn postpone(&self, it: &mut Accepted, wait: Duration, reason: &str) {
        let wait = wait / self.shared.settings.time_scale.max(1);
        it.due = now_ms() + u64::try_from(wait.as_millis()).unwrap_or_default();
        let update = "UPDATE async_invocations SET due = ?2, attempts = ?3 WHERE id = ?1";
        let written = self.dependencies().store.with(|connection| {
            connection.prepare_cached(update)?.execute(params![it.row, it.due, it.attempts])
        });
        // A row that keeps its older state runs earlier than it should after a restart.
        report(written);
        self.dependencies().feed.record(FeedEvent::RetryScheduled {
            function: it.function.clone(),
            request_id: it.request_id.clone(),
            attempt: it.attempts,
            due: it.due,
            reason: reason.to_owned(),
        });
    }

    /// Reports to the on-failure destination and deletes the row, both or neither.
    fn give_up(
        &self,
        function: &Function,
        it: &Accepted,
        condition: Condition,
        outcome: Option<&Outcome>,
    ) {
        let reason = outcome.map_or_else(|| format!("{condition:?}"), Outcome::error_text);
        let queue = self.destination(function);
        let body = record(function, &it.request_id, &it.payload, it.attempts, condition, outcome);
        let Dependencies { store, sqs, feed, .. } = self.dependencies();
        let moved = store.transaction(|transaction| {
            if let Some(queue) = &queue {
                sqs.put(transaction, queue, &body.to_string(), &Attributes::new(), None)?;
            }
            transaction.execute("DELETE FROM async_invocations WHERE id = ?1", [it.row])
        });
        // If this fails, it stays in the queue and is tried again after a restart.
        if report(moved) {
            queue.iter().for_each(|queue| sqs.arrived(queue));
            let function = function.logical_id.clone();
            feed.record(FeedEvent::DeadLettered { queue, function, reason });
        }
    }

    /// The queue that failures of this function go to, if its role may send there.
    fn destination(&self, function: &Function) -> Option<String> {
        let (queue, arn) = function.when_asynchronous.on_failure.as_ref()?;
        let caller = Caller::Function(function.logical_id.clone());
        let allowed = self.dependencies().iam.check(&caller, "sqs:SendMessage", arn, &[]);
        allowed.is_ok().then(|| queue.clone())
    }

    fn finish(&self, it: &Accepted) {
        let done = &self.shared.done;
        done.rows.lock().push(it.row);
        done.added.notify_one();
    }

    /// Deletes what is done, as it comes, many at a time.
    pub(super) async fn keep_forgetting(self) {
        loop {
            self.shared.done.added.notified().await;
            // What ends in the next moment goes into the same commit.
            sleep(Duration::from_millis(20)).await;
            self.forget_done();
        }
    }

    pub(super) fn forget_done(&self) {
        let rows = std::mem::take(&mut *self.shared.done.rows.lock());
        if rows.is_empty() {
            return;
        }
        report(self.dependencies().store.transaction(|transaction| {
            let mut delete =
                transaction.prepare_cached("DELETE FROM async_invocations WHERE id = ?1")?;
            rows.iter().try_for_each(|row| delete.execute([row]).map(drop))
        }));
    }
}

/// Writes what the store could not do to standard error; whether it was done.
fn report<T>(done: rusqlite::Result<T>) -> bool {
    done.inspect_err(|why| eprintln!("the queue of asynchronous invocations: {why}")).is_ok()
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Accepted> {
    let payload: Vec<u8> = row.get(3)?;
    Ok(Accepted {
        row: row.get(0)?,
        function: row.get(1)?,
        request_id: row.get(2)?,
        payload: payload.into(),
        accepted: row.get(4)?,
        due: row.get(5)?,
        attempts: row.get(6)?,
        refusals: 0,
    })
}
