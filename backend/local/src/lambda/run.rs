//! One invocation: its turn, its process, its outcome.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::Lambda;
use super::function::Function;
use super::outcome::{InvokeError, Outcome};
use super::pool::{Job, Offered};
use crate::feed::{FeedEvent, Invocation};

/// How long a synchronous invocation waits for its turn and a process before it is throttled: less
/// than browsers and API Gateway wait, so that an overload is answered as one. On AWS, where every
/// invocation gets a process at once, it would be throttled without a wait.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

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
        let place = before(give_up, self.shared.admission.admit()).await;
        let place = place.ok_or(InvokeError::Throttled)?.ok_or_else(stopping)?;
        let started = Instant::now();
        let answer = self.offer(function, request_id, payload)?;
        let outcome = place.hold(self.outcome(function, request_id, answer, give_up)).await?;
        self.feed().record(FeedEvent::Invoked {
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
            return Err(stopping());
        }
        let (reply, answer) = oneshot::channel();
        let job = Job {
            request_id: request_id.to_owned(),
            payload,
            offered: Instant::now(),
            timeout: function.timeout,
            kill_after: self.dependencies().faults.kill_after(),
            reply,
        };
        let offered = function.pool().offer(job, self.stamp());
        match offered {
            Offered::Taken => {}
            Offered::Start(new_worker) => self.start_process(function, new_worker),
            Offered::Throttled => return Err(InvokeError::Throttled),
        }
        Ok(answer)
    }

    /// Waits for the outcome; only until `give_up` if no process has begun by then.
    async fn outcome(
        &self,
        function: &Function,
        request_id: &str,
        mut answer: oneshot::Receiver<Outcome>,
        give_up: Option<Instant>,
    ) -> Result<Outcome, InvokeError> {
        let answered = match before(give_up, &mut answer).await {
            Some(answered) => answered,
            None if function.pool().withdraw(request_id) => return Err(InvokeError::Throttled),
            None => answer.await,
        };
        answered.map_err(|_| stopping())
    }
}

/// What the work returns, or `None` if that takes longer than until `limit`.
async fn before<T>(limit: Option<Instant>, work: impl Future<Output = T>) -> Option<T> {
    match limit {
        Some(limit) => timeout_at(limit, work).await.ok(),
        None => Some(work.await),
    }
}

fn stopping() -> InvokeError {
    InvokeError::Internal("Lambda is being stopped".to_owned())
}
