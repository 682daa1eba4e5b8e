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
        while let Some(member) = self.last_busy() {
            if member.is_outdated(current) {
                member.stop();
                continue;
            }
            match member.assign(job) {
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

    /// A process asks for work, which comes out of the receiver; the receiver is closed if the
    /// process has to stop. `None` if no process of this function has that number.
    pub(crate) fn poll(&mut self, id: WorkerId, current: Stamp) -> Option<oneshot::Receiver<Work>> {
        let member = self.members.get_mut(&id)?;
        let (poll, work) = oneshot::channel();
        if matches!(member.stage, Stage::Stopping) {
            return Some(work);
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
        if member.is_outdated(current) {
            member.stop();
            return Some(work);
        }
        member.stage = Stage::Idle { poll, since: Instant::now() };
        if let Some(job) = self.waiting.pop_front()
            && let Err(job) = member.assign(job)
        {
            self.waiting.push_front(job);
        }
        Some(work)
    }

    /// A process answered; returns where the answer goes, if it is still wanted.
    pub(crate) fn answer(
        &mut self,
        id: WorkerId,
        request_id: &str,
    ) -> Option<oneshot::Sender<Outcome>> {
        let member = self.members.get_mut(&id)?;
        let is_its =
            matches!(&member.stage, Stage::Busy { request_id: own, .. } if own == request_id);
        let (_, reply) = is_its.then(|| member.take_job(Stage::Returning))??;
        member.signal(Signal::Finished);
        Some(reply)
    }

    /// Takes back a job that still waits; whether it did.
    pub(crate) fn withdraw(&mut self, request_id: &str) -> bool {
        let at = self.waiting.iter().position(|job| job.work.request_id == request_id);
        at.and_then(|at| self.waiting.remove(at)).is_some()
    }

    /// Takes the invocation a process is busy with, because it is about to be killed for it.
    pub(crate) fn interrupt(&mut self, id: WorkerId) -> Option<(String, oneshot::Sender<Outcome>)> {
        self.members.get_mut(&id)?.take_job(Stage::Stopping)
    }

    /// Lets a process go if it is idle.
    pub(crate) fn reap(&mut self, id: WorkerId) {
        let member = self.members.get_mut(&id);
        if let Some(member) = member.filter(|it| matches!(it.stage, Stage::Idle { .. })) {
            member.stop();
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
                ended.failed = waited.map(|job| (job.work.request_id, job.reply));
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
        self.members.values_mut().for_each(Member::stop);
    }

    fn about_to_poll(&self) -> usize {
        self.count(|it| matches!(it, Stage::Starting | Stage::Returning))
    }

    fn count(&self, which: impl Fn(&Stage) -> bool) -> usize {
        self.members.values().filter(|it| which(&it.stage)).count()
    }

    /// The idle process that was busy last: its memory is still in the caches, and the others can
    /// be reaped.
    fn last_busy(&mut self) -> Option<&mut Member> {
        let idle = self.members.iter_mut().filter_map(|(id, member)| match member.stage {
            Stage::Idle { since, .. } => Some(((since, *id), member)),
            _ => None,
        });
        idle.max_by_key(|(age, _)| *age).map(|(_, member)| member)
    }
}

#[cfg(test)]
mod tests;
