//! Runs one invocation: waits for its turn, hands it to a process, returns the outcome.
//!
//! On AWS no invocation takes another one's processor. Here all functions share this machine's, so
//! at most [`Settings::concurrency`](crate::settings::Settings::concurrency) invocations run at a
//! time, and the one that has waited longest is next, whichever function it is of and whether it is
//! synchronous or not. With turns for each function, requests that keep coming would delay the
//! events that follow from them.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use tokio::sync::{SemaphorePermit, oneshot};
use tokio::time::{Instant, timeout, timeout_at};

use super::Lambda;
use super::function::Function;
use super::outcome::{InvokeError, Outcome};
use super::pool::{Job, Offered, Work};
use crate::feed::{FeedEvent, Invocation};

/// How long a synchronous invocation waits for its turn and a process before it is throttled: less
/// than browsers and API Gateway wait, so that an overload is answered as one. On AWS, where every
/// invocation gets a process at once, it would be throttled without a wait.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// An invocation that takes longer than this waits for something other than a processor, even on a
/// machine that is busy with more than this.
const LONGEST_TURN: Duration = Duration::from_millis(500);

/// Which try of an invocation this is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    pub(super) invocation: Invocation,
    pub(super) number: u32,
}

impl Lambda {
    /// Runs an invocation when it is its turn, and waits for its outcome.
    pub(super) async fn run(
        &self,
        function: &Arc<Function>,
        request_id: &str,
        payload: Bytes,
        attempt: Attempt,
    ) -> Result<Outcome, InvokeError> {
        let is_synchronous = attempt.invocation == Invocation::Synchronous;
        let give_up = is_synchronous.then(|| Instant::now() + LONGEST_WAIT);
        let turn = before(give_up, self.shared.turns.acquire()).await;
        let turn = turn.ok_or(InvokeError::Throttled)?.map_err(|_| InvokeError::Stopping)?;
        let started = Instant::now();
        let answer = self.offer(function, request_id, payload)?;
        let outcome = hold(turn, self.outcome(function, request_id, answer, give_up)).await?;
        self.dependencies().feed.record(FeedEvent::Invoked {
            function: function.logical_id.clone(),
            invocation: attempt.invocation,
            error: outcome.function_error.as_ref().map(|_| outcome.error_text()),
            duration_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            attempt: attempt.number,
            request_id: request_id.to_owned(),
        });
        Ok(outcome)
    }

    /// Offers an invocation to the function's processes; its outcome comes out of the receiver.
    fn offer(
        &self,
        function: &Arc<Function>,
        request_id: &str,
        payload: Bytes,
    ) -> Result<oneshot::Receiver<Outcome>, InvokeError> {
        if self.is_stopping() {
            return Err(InvokeError::Stopping);
        }
        let (reply, answer) = oneshot::channel();
        let work = Work { request_id: request_id.to_owned(), payload, timeout: function.timeout };
        let kill_after = self.dependencies().faults.kill_after();
        let job = Job { work, offered: Instant::now(), kill_after, reply };
        let offered = function.pool.lock().offer(job, self.stamp());
        match offered {
            Offered::Taken => {}
            Offered::Start(new_worker) => self.start_process(function, new_worker),
            Offered::Throttled => return Err(InvokeError::Throttled),
        }
        Ok(answer)
    }

    /// Waits for the outcome; only until `give_up` if no process has begun by then. Throttled if no
    /// process could be started, which is no fault of the function's.
    async fn outcome(
        &self,
        function: &Function,
        request_id: &str,
        mut answer: oneshot::Receiver<Outcome>,
        give_up: Option<Instant>,
    ) -> Result<Outcome, InvokeError> {
        let answered = match before(give_up, &mut answer).await {
            Some(answered) => answered,
            None if function.pool.lock().withdraw(request_id) => {
                return Err(InvokeError::Throttled);
            }
            None => answer.await,
        };
        answered.map_err(|_| match self.is_stopping() {
            true => InvokeError::Stopping,
            false => InvokeError::Throttled,
        })
    }
}

/// Waits for `work` and holds its turn meanwhile, but not longer than [`LONGEST_TURN`]: what sleeps,
/// or waits for another function, delays no other invocation.
async fn hold<T>(turn: SemaphorePermit<'_>, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    match timeout(LONGEST_TURN, &mut work).await {
        Ok(done) => done,
        Err(_) => {
            drop(turn);
            work.await
        }
    }
}

/// What the work returns, or `None` if that takes longer than until `limit`.
async fn before<T>(limit: Option<Instant>, work: impl Future<Output = T>) -> Option<T> {
    match limit {
        Some(limit) => timeout_at(limit, work).await.ok(),
        None => Some(work.await),
    }
}
