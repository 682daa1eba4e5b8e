//! One process of a pool, the invocation that it runs, and what its supervisor is sent.

use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::lambda::Outcome;

/// A process's number, unique among those of its function.
pub(crate) type WorkerId = u64;

/// When the executable was last written, and its length. `None` while there is none.
pub(crate) type Stamp = Option<(SystemTime, u64)>;

/// One invocation that needs a process.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) work: Work,
    /// Since when it may have to wait for a process.
    pub(crate) offered: Instant,
    /// A fault: kill the process so soon after its start.
    pub(crate) kill_after: Option<Duration>,
    /// Where the outcome goes.
    pub(crate) reply: oneshot::Sender<Outcome>,
}

/// What a process is given.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub(crate) request_id: String,
    pub(crate) payload: Bytes,
    /// How long it may take.
    pub(crate) timeout: Duration,
}

/// What the supervisor of a process is sent.
#[derive(Debug)]
pub(crate) enum Signal {
    /// It got work.
    Started {
        /// When it is killed for taking too long.
        deadline: Instant,
        /// When it is killed by a fault.
        kill_at: Option<Instant>,
    },
    /// It started, or answered: it has no deadline until it gets work.
    Finished,
}

/// A process that must be started now.
#[derive(Debug)]
pub(crate) struct NewWorker {
    pub(crate) id: WorkerId,
    /// What its supervisor is sent; closed when the process has to stop.
    pub(crate) signals: mpsc::UnboundedReceiver<Signal>,
}

/// A process as its pool knows it.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) stage: Stage,
    pub(super) started: Instant,
    pub(super) stamp: Stamp,
    /// Dropped to stop the process.
    pub(super) signals: Option<mpsc::UnboundedSender<Signal>>,
}

/// What a process is doing.
#[derive(Debug)]
pub(super) enum Stage {
    /// Not yet polled since its start: an end now is a failed start.
    Starting,
    /// Answered, about to poll.
    Returning,
    Idle {
        poll: oneshot::Sender<Work>,
        since: Instant,
    },
    Busy {
        request_id: String,
        reply: oneshot::Sender<Outcome>,
    },
    Stopping,
}

impl Member {
    /// Sends a signal to the supervisor.
    pub(super) fn signal(&self, order: Signal) {
        if let Some(signals) = &self.signals {
            // A supervisor that has ended is about to report it.
            let _ = signals.send(order);
        }
    }

    /// The invocation it is busy with, if it is, and what it does from now on.
    pub(super) fn take_job(&mut self, then: Stage) -> Option<(String, oneshot::Sender<Outcome>)> {
        match std::mem::replace(&mut self.stage, then) {
            Stage::Busy { request_id, reply } => Some((request_id, reply)),
            other => {
                self.stage = other;
                None
            }
        }
    }

    /// Gives it a job if it is idle; the job comes back if its poll is gone.
    pub(super) fn assign(&mut self, job: Job) -> Result<(), Job> {
        let Stage::Idle { poll, .. } = std::mem::replace(&mut self.stage, Stage::Stopping) else {
            return Err(job);
        };
        if poll.send(job.work.clone()).is_err() {
            self.signals = None;
            return Err(job);
        }
        let now = Instant::now();
        self.signal(Signal::Started {
            deadline: now + job.work.timeout,
            kill_at: job.kill_after.map(|it| now + it),
        });
        self.stage = Stage::Busy { request_id: job.work.request_id, reply: job.reply };
        Ok(())
    }

    pub(super) fn stop(&mut self) {
        self.stage = Stage::Stopping;
        self.signals = None;
    }

    pub(super) fn is_outdated(&self, current: Stamp) -> bool {
        // While the executable is being rewritten there is none: go on with what runs.
        current.is_some() && self.stamp != current
    }
}
