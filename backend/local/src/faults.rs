//! Faults on purpose, the same for the same seed.

/// Which faults to play and how often: each in permille of the calls it can strike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FaultPlan {
    /// The same seed plays the same faults to the same calls.
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
    #[must_use]
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

/// A handle to the faults being played; clones share the counter of calls.
#[derive(Clone, Debug)]
pub struct Faults {}

impl Faults {
    /// Whether this call to `@connections` is to be answered 410 though nothing is wrong.
    #[must_use]
    pub fn gone(&self) -> bool {
        false
    }
}
