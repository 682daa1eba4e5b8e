//! Faults on purpose, the same for the same seed.
//!
//! They affect what the functions do and what is delivered to them, never calls of the owner: a
//! test's own calls stay reliable.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::stream;
use parking_lot::Mutex;

use crate::feed::{Feed, FeedEvent};
use crate::iam::Caller;

/// Which faults to inject and how often: each in permille of the calls it can affect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FaultPlan {
    /// The same seed injects the same faults into the same sequence of calls.
    pub seed: u64,
    /// An asynchronous invocation is delivered twice.
    pub duplicate: u16,
    /// It is delivered up to two seconds late.
    pub delay: u16,
    /// It is delivered up to 200 ms late, so that a later one overtakes it.
    pub reorder: u16,
    /// A call is answered with the service's throttling error.
    pub throttle: u16,
    /// An entry of PutEvents fails with `InternalFailure` and is not written.
    pub partial_put_events: u16,
    /// A DynamoDB write is answered with a transaction conflict.
    pub transaction_conflict: u16,
    /// A call takes effect, and its connection is closed before the answer.
    pub lost_answer: u16,
    /// `@connections` answers 410 though the connection is open.
    pub gone: u16,
    /// The process of a function is killed in the middle of an invocation.
    pub kill: u16,
}

impl FaultPlan {
    /// A mix in which every fault happens and work still gets done.
    pub fn storm(seed: u64) -> Self {
        Self {
            seed,
            duplicate: 100,
            delay: 50,
            reorder: 200,
            throttle: 20,
            partial_put_events: 50,
            transaction_conflict: 20,
            lost_answer: 20,
            gone: 50,
            kill: 20,
        }
    }
}

/// A handle to the faults to inject; clones share the random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    plan: FaultPlan,
    random: Arc<Mutex<fastrand::Rng>>,
    feed: Feed,
}

impl Faults {
    /// Injects the faults of `plan`, or none, and records each in `feed`.
    pub(crate) fn new(plan: Option<FaultPlan>, feed: Feed) -> Self {
        let plan = plan.unwrap_or_default();
        let random = Arc::new(Mutex::new(fastrand::Rng::with_seed(plan.seed)));
        Self { plan, random, feed }
    }

    /// Whether to inject a fault, which the feed calls `what`, into a call. Those of the owner are
    /// spared.
    pub(crate) fn hits(
        &self,
        caller: &Caller,
        permille: impl Fn(&FaultPlan) -> u16,
        what: &str,
    ) -> bool {
        *caller != Caller::Owner && self.should_inject(permille(&self.plan), what)
    }

    /// The answer to a call that has taken effect; or, as a fault, a connection that breaks before it.
    pub(crate) fn maybe_lost(&self, caller: &Caller, response: Response) -> Response {
        if !self.hits(caller, |it| it.lost_answer, "lost the answer of a call") {
            return response;
        }
        let broken = stream::once(async { Err::<Bytes, _>(io::Error::other("lost on purpose")) });
        response.map(|_| Body::from_stream(broken))
    }

    /// How many times to deliver an asynchronous invocation: once or twice.
    pub(crate) fn copies(&self) -> usize {
        1 + usize::from(self.should_inject(self.plan.duplicate, "delivered twice"))
    }

    /// How late to deliver it.
    pub(crate) fn lateness(&self) -> Duration {
        if self.should_inject(self.plan.delay, "delivered late") {
            Duration::from_millis(self.below(2_000))
        } else if self.should_inject(self.plan.reorder, "delivered out of order") {
            Duration::from_millis(self.below(200))
        } else {
            Duration::ZERO
        }
    }

    /// How long after its start the process of this invocation is to be killed, if at all: a few
    /// milliseconds, which is what a warm invocation takes.
    pub(crate) fn kill_after(&self) -> Option<Duration> {
        let inject = self.should_inject(self.plan.kill, "killed a function");
        inject.then(|| Duration::from_micros(self.below(5_000)))
    }

    fn should_inject(&self, permille: u16, what: &str) -> bool {
        // A fault that is off draws nothing, so turning one on does not change the others' moments.
        let inject = permille > 0 && self.below(1_000) < u64::from(permille);
        if inject {
            self.feed.record(FeedEvent::Fault { what: what.to_owned() });
        }
        inject
    }

    fn below(&self, limit: u64) -> u64 {
        self.random.lock().u64(..limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(plan: FaultPlan) -> Vec<usize> {
        let faults = Faults::new(Some(plan), Feed::default());
        (0..200).map(|_| faults.copies()).collect()
    }

    #[test]
    fn the_same_seed_injects_the_same_faults() {
        assert_eq!(draws(FaultPlan::storm(7)), draws(FaultPlan::storm(7)));
        assert_ne!(draws(FaultPlan::storm(7)), draws(FaultPlan::storm(8)));
    }

    #[test]
    fn a_late_delivery_is_up_to_two_seconds_late_and_a_reordered_one_up_to_200_ms() {
        let delay = FaultPlan { delay: 1_000, ..FaultPlan::default() };
        let reorder = FaultPlan { reorder: 1_000, ..FaultPlan::default() };
        for (plan, most) in [(delay, 2_000), (reorder, 200)] {
            let faults = Faults::new(Some(plan), Feed::default());
            let late = (0..200).map(|_| faults.lateness().as_millis()).max().unwrap_or_default();
            assert!((most * 9 / 10..most).contains(&late), "{late} ms of {most}");
        }
    }

    #[test]
    fn a_plan_of_zeros_injects_nothing() {
        let faults = Faults::new(None, Feed::default());
        let quiet = |_| faults.copies() == 1 && faults.lateness().is_zero();
        assert!((0..100).all(quiet));
    }
}
