//! The processes of one function: who is idle, who is busy, what waits.
//!
//! Only bookkeeping, no I/O. A process is about to poll from its start, or from an answer, until it
//! polls for work; then idle, busy, about to poll again. One that has to end is stopping.

use std::collections::{HashMap, VecDeque};

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

mod worker;

use super::Outcome;
pub(crate) use worker::{Job, NewWorker, Signal, Stamp, Work, WorkerId};
use worker::{Member, Stage};

/// What became of an offered job.
#[derive(Debug)]
pub(crate) enum Offered {
    /// A process has it, or will have it when one is free.
    Taken,
    /// It waits for a process that must be started.
    Start(NewWorker),
    /// The function may not run more at once.
    Throttled,
}

/// What a polling process gets.
#[derive(Debug)]
pub(crate) enum Polled {
    /// Work at once.
    Work(Work),
    /// Work when there is some.
    Wait(oneshot::Receiver<Work>),
    /// None ever again: it has to stop.
    Shutdown,
    /// No process of this function has that number.
    Unknown,
}

/// What is left to do when a process has ended.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    /// The invocation that failed with it.
    pub(crate) failed: Option<(String, oneshot::Sender<Outcome>)>,
    /// The process to start for what waits.
    pub(crate) new_worker: Option<NewWorker>,
}

/// How many processes of a function start at the same time. AWS has machines for all of them;
/// here they would only take the processor from those that are already at work.
const STARTING_AT_ONCE: usize = 2;

/// All processes of a function.
#[derive(Debug)]
pub(crate) struct Pool {
    limit: usize,
    reserved: bool,
    last_id: WorkerId,
    members: HashMap<WorkerId, Member>,
    waiting: VecDeque<Job>,
}

impl Pool {
    /// A pool of at most `limit` processes. If `reserved`, more than that at once are throttled
    /// as on AWS; else they wait.
    pub(crate) fn new(limit: usize, reserved: bool) -> Self {
        Self { limit, reserved, last_id: 0, members: HashMap::new(), waiting: VecDeque::new() }
    }

    /// Hands a job to the idle process that was busy last, or lets it wait for one.
    pub(crate) fn offer(&mut self, mut job: Job, current: Stamp) -> Offered {
        while let Some(id) = self.last_busy() {
            if self.outdated(id, current) {
                self.shut_down(id);
                continue;
            }
            match self.assign(id, job) {
                Ok(()) => return Offered::Taken,
                Err(back) => job = back,
            }
        }
        let full = self.members.len() >= self.limit;
        if self.reserved && full && self.about_to_poll() <= self.waiting.len() {
            return Offered::Throttled;
        }
        self.waiting.push_back(job);
        self.new_worker(current).map_or(Offered::Taken, Offered::Start)
    }

    /// A process asks for work.
    pub(crate) fn poll(&mut self, id: WorkerId, current: Stamp) -> Polled {
        let Some(member) = self.members.get_mut(&id) else { return Polled::Unknown };
        if matches!(member.stage, Stage::Stopping) {
            return Polled::Shutdown;
        }
        match std::mem::replace(&mut member.stage, Stage::Returning) {
            Stage::Busy { request_id, reply } => {
                member.signal(Signal::Finished);
                let sentence =
                    "the process asked for work without an answer that Lambda could take";
                let _ = reply.send(Outcome::failure("Runtime.NoResponse", &request_id, sentence));
            }
            // Its start, which has a deadline too, is over.
            Stage::Starting => member.signal(Signal::Finished),
            _ => {}
        }
        if self.outdated(id, current) {
            self.shut_down(id);
            return Polled::Shutdown;
        }
        let (poll, mut wait) = oneshot::channel();
        self.set(id, Stage::Idle { poll, since: Instant::now() });
        if let Some(job) = self.waiting.pop_front()
            && let Err(job) = self.assign(id, job)
        {
            self.waiting.push_front(job);
        }
        match wait.try_recv() {
            Ok(work) => Polled::Work(work),
            Err(oneshot::error::TryRecvError::Empty) => Polled::Wait(wait),
            Err(oneshot::error::TryRecvError::Closed) => Polled::Shutdown,
        }
    }

    /// A process answered; returns where the answer goes, if it is still wanted.
    pub(crate) fn answer(
        &mut self,
        id: WorkerId,
        request_id: &str,
    ) -> Option<oneshot::Sender<Outcome>> {
        let member = self.members.get_mut(&id)?;
        match std::mem::replace(&mut member.stage, Stage::Returning) {
            Stage::Busy { request_id: busy_with, reply } if busy_with == request_id => {
                member.signal(Signal::Finished);
                Some(reply)
            }
            other => {
                member.stage = other;
                None
            }
        }
    }

    /// Takes back a job that still waits; whether it did.
    pub(crate) fn withdraw(&mut self, request_id: &str) -> bool {
        let at = self.waiting.iter().position(|job| job.request_id == request_id);
        at.and_then(|at| self.waiting.remove(at)).is_some()
    }

    /// Takes the invocation a process is busy with, because it is about to be killed for it.
    pub(crate) fn interrupt(&mut self, id: WorkerId) -> Option<(String, oneshot::Sender<Outcome>)> {
        let member = self.members.get_mut(&id)?;
        match std::mem::replace(&mut member.stage, Stage::Stopping) {
            Stage::Busy { request_id, reply } => Some((request_id, reply)),
            other => {
                member.stage = other;
                None
            }
        }
    }

    /// Lets a process go if it is idle.
    pub(crate) fn reap(&mut self, id: WorkerId) {
        if matches!(self.members.get(&id), Some(Member { stage: Stage::Idle { .. }, .. })) {
            self.shut_down(id);
        }
    }

    /// A process has ended, for whatever reason. A failed start breaks one invocation that waited
    /// for it, so that a bootstrap that cannot start is an answer and not an endless loop.
    pub(crate) fn ended(&mut self, id: WorkerId, current: Stamp) -> Ended {
        let mut ended = Ended::default();
        match self.members.remove(&id) {
            Some(Member { stage: Stage::Busy { request_id, reply }, .. }) => {
                ended.failed = Some((request_id, reply));
            }
            Some(Member { stage: Stage::Starting, started, .. }) => {
                let waited = self.waiting.pop_front_if(|job| job.offered <= started);
                ended.failed = waited.map(|job| (job.request_id, job.reply));
            }
            _ => {}
        }
        ended.new_worker = self.new_worker(current);
        ended
    }

    /// The process to start for what waits, if there is a need and room for one more.
    pub(crate) fn new_worker(&mut self, current: Stamp) -> Option<NewWorker> {
        let needed = self.waiting.len() > self.about_to_poll();
        let starting = self.count(|it| matches!(it, Stage::Starting));
        if !needed || self.members.len() >= self.limit || starting >= STARTING_AT_ONCE {
            return None;
        }
        self.last_id += 1;
        let (sender, signals) = mpsc::unbounded_channel();
        let (stage, started) = (Stage::Starting, Instant::now());
        let member = Member { stage, started, stamp: current, signals: Some(sender) };
        self.members.insert(self.last_id, member);
        Some(NewWorker { id: self.last_id, signals })
    }

    /// Whether no process is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Stops every process and forgets what waits.
    pub(crate) fn stop(&mut self) {
        self.waiting.clear();
        for member in self.members.values_mut() {
            member.stage = Stage::Stopping;
            member.signals = None;
        }
    }

    fn about_to_poll(&self) -> usize {
        self.count(|it| matches!(it, Stage::Starting | Stage::Returning))
    }

    fn count(&self, which: impl Fn(&Stage) -> bool) -> usize {
        self.members.values().filter(|it| which(&it.stage)).count()
    }

    /// The idle process that was busy last: its memory is still in the caches, and the others can
    /// be reaped.
    fn last_busy(&self) -> Option<WorkerId> {
        let idle = |(id, member): (&WorkerId, &Member)| match member.stage {
            Stage::Idle { since, .. } => Some((since, *id)),
            _ => None,
        };
        self.members.iter().filter_map(idle).max().map(|(_, id)| id)
    }

    fn outdated(&self, id: WorkerId, current: Stamp) -> bool {
        // While the executable is being rewritten there is none: go on with what runs.
        current.is_some() && self.members.get(&id).is_some_and(|it| it.stamp != current)
    }

    fn shut_down(&mut self, id: WorkerId) {
        if let Some(member) = self.members.get_mut(&id) {
            member.stage = Stage::Stopping;
            member.signals = None;
        }
    }

    fn set(&mut self, id: WorkerId, stage: Stage) {
        if let Some(member) = self.members.get_mut(&id) {
            member.stage = stage;
        }
    }

    /// Gives a job to an idle process; the job comes back if its poll is gone.
    fn assign(&mut self, id: WorkerId, job: Job) -> Result<(), Job> {
        let Some(member) = self.members.get_mut(&id) else { return Err(job) };
        let Stage::Idle { poll, .. } = std::mem::replace(&mut member.stage, Stage::Stopping) else {
            return Err(job);
        };
        let work = Work {
            request_id: job.request_id.clone(),
            payload: job.payload.clone(),
            timeout: job.timeout,
        };
        if poll.send(work).is_err() {
            member.signals = None;
            return Err(job);
        }
        let now = Instant::now();
        member.signal(Signal::Started {
            deadline: now + job.timeout,
            kill_at: job.kill_after.map(|it| now + it),
        });
        member.stage = Stage::Busy { request_id: job.request_id, reply: job.reply };
        Ok(())
    }
}

#[cfg(test)]
mod tests;
