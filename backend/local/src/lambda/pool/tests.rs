use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use tokio::sync::oneshot::error::TryRecvError;

use super::*;

const STAMP: Stamp = None;

fn job(request_id: &str) -> (Job, oneshot::Receiver<Outcome>) {
    let (reply, answer) = oneshot::channel();
    let timeout = Duration::from_secs(1);
    let work = Work { request_id: request_id.to_owned(), payload: Bytes::new(), timeout };
    (Job { work, offered: Instant::now(), kill_after: None, reply }, answer)
}

fn outcome() -> Outcome {
    Outcome { payload: b"done".to_vec(), function_error: None }
}

/// Offers a job that needs a process, and lets that process poll for it.
fn started(pool: &mut Pool, request_id: &str) -> (NewWorker, oneshot::Receiver<Outcome>) {
    let (job, answer) = job(request_id);
    let Offered::Start(new_worker) = pool.offer(job, STAMP) else { panic!("a process is needed") };
    let work = pool.poll(new_worker.id, STAMP).unwrap().try_recv();
    assert_eq!(work.unwrap().request_id, request_id);
    (new_worker, answer)
}

#[test]
fn the_process_that_was_busy_last_gets_the_next_job() {
    let mut pool = Pool::new(16, false);
    let (first, mut answer) = started(&mut pool, "a");
    let (second, _answer) = started(&mut pool, "b");
    let _ = pool.answer(first.id, "a").unwrap().send(outcome());
    assert_eq!(answer.try_recv().unwrap(), outcome());
    let mut cold = pool.poll(first.id, STAMP).unwrap();
    pool.answer(second.id, "b").unwrap();
    let mut warm = pool.poll(second.id, STAMP).unwrap();
    let (next, _answer) = job("c");
    assert!(matches!(pool.offer(next, STAMP), Offered::Taken));
    assert_eq!(warm.try_recv().unwrap().request_id, "c");
    assert_eq!(cold.try_recv().unwrap_err(), TryRecvError::Empty);
}

/// Its supervisor would otherwise kill it for a start that takes too long, with the job of that moment.
#[test]
fn a_process_that_has_started_and_waits_has_no_deadline() {
    let mut pool = Pool::new(16, false);
    let (waiting, _answer) = job("a");
    let Offered::Start(mut new_worker) = pool.offer(waiting, STAMP) else {
        panic!("none is there")
    };
    assert!(pool.withdraw("a"));
    assert!(new_worker.signals.is_empty(), "it is starting");
    let _waits = pool.poll(new_worker.id, STAMP).unwrap();
    assert!(matches!(new_worker.signals.try_recv(), Ok(Signal::Finished)));
}

#[test]
fn an_answer_to_another_request_is_not_taken() {
    let mut pool = Pool::new(16, false);
    let (process, _answer) = started(&mut pool, "a");
    assert!(pool.answer(process.id, "b").is_none());
    assert!(pool.answer(99, "a").is_none());
    assert!(pool.answer(process.id, "a").is_some());
    assert!(pool.answer(process.id, "a").is_none());
}

#[test]
fn a_process_that_asks_for_work_without_an_answer_fails_its_invocation() {
    let mut pool = Pool::new(16, false);
    let (process, mut answer) = started(&mut pool, "a");
    let mut next = pool.poll(process.id, STAMP).unwrap();
    assert_eq!(next.try_recv().unwrap_err(), TryRecvError::Empty, "nothing to do");
    assert!(
        answer.try_recv().unwrap().error_text().starts_with("Runtime.NoResponse: RequestId: a")
    );
}

#[test]
fn a_process_that_has_to_stop_gets_no_more_work() {
    let mut pool = Pool::new(16, false);
    let (process, _answer) = started(&mut pool, "a");
    pool.interrupt(process.id).unwrap();
    let mut next = pool.poll(process.id, STAMP).unwrap();
    assert_eq!(next.try_recv().unwrap_err(), TryRecvError::Closed);
    assert!(pool.poll(99, STAMP).is_none());
}

#[test]
fn few_start_at_once_and_never_more_than_the_limit() {
    let mut pool = Pool::new(3, false);
    let mut new_workers = Vec::new();
    for n in 0..10 {
        if let Offered::Start(new_worker) = pool.offer(job(&n.to_string()).0, STAMP) {
            new_workers.push(new_worker);
        }
    }
    assert_eq!(new_workers.len(), STARTING_AT_ONCE);
    pool.poll(new_workers[0].id, STAMP);
    assert!(pool.new_worker(STAMP).is_some(), "one has started, so another may");
    pool.poll(new_workers[1].id, STAMP);
    assert!(pool.new_worker(STAMP).is_none(), "three is the limit");
}

#[test]
fn a_reserved_limit_throttles_what_no_process_is_coming_for() {
    let mut pool = Pool::new(1, true);
    let (process, _answer) = started(&mut pool, "a");
    assert!(matches!(pool.offer(job("b").0, STAMP), Offered::Throttled));
    pool.answer(process.id, "a").unwrap();
    assert!(matches!(pool.offer(job("c").0, STAMP), Offered::Taken), "it is about to poll");
}

#[test]
fn a_failed_start_breaks_one_invocation_and_a_crash_its_own() {
    let mut pool = Pool::new(16, false);
    let (waiting, _answer) = job("a");
    let Offered::Start(new_worker) = pool.offer(waiting, STAMP) else {
        panic!("a process is needed")
    };
    let ended = pool.ended(new_worker.id, STAMP);
    assert_eq!(ended.failed.unwrap().0, "a");
    assert!(ended.new_worker.is_none());

    let (process, _answer) = started(&mut pool, "b");
    assert_eq!(pool.ended(process.id, STAMP).failed.unwrap().0, "b");
    assert!(pool.is_empty());
}

/// On a machine that is too busy to start it in time, it is the start that fails.
#[test]
fn a_failed_start_breaks_no_invocation_that_came_after_it() {
    let mut pool = Pool::new(1, false);
    let (first, _) = job("a");
    let Offered::Start(new_worker) = pool.offer(first, STAMP) else { panic!("none is there") };
    assert!(pool.withdraw("a"));
    let (mut second, _answer) = job("b");
    second.offered += Duration::from_secs(1);
    assert!(matches!(pool.offer(second, STAMP), Offered::Taken));
    let ended = pool.ended(new_worker.id, STAMP);
    assert!(ended.failed.is_none());
    assert!(ended.new_worker.is_some(), "another one is started for it");
}

#[test]
fn a_process_of_an_older_executable_is_let_go() {
    let newer = Some((SystemTime::UNIX_EPOCH, 1));
    let mut pool = Pool::new(16, false);
    let (mut process, _answer) = started(&mut pool, "a");
    pool.members.get_mut(&process.id).unwrap().stamp = Some((SystemTime::UNIX_EPOCH, 0));
    pool.answer(process.id, "a").unwrap();
    let mut wait = pool.poll(process.id, None).unwrap();
    assert_eq!(wait.try_recv().unwrap_err(), TryRecvError::Empty, "no file, no change");
    let (next, _answer) = job("b");
    let Offered::Start(new_worker) = pool.offer(next, newer) else { panic!("a new one is needed") };
    assert_ne!(new_worker.id, process.id);
    while let Ok(order) = process.signals.try_recv() {
        assert!(matches!(order, Signal::Started { .. } | Signal::Finished));
    }
    assert!(process.signals.is_closed(), "which tells its supervisor to stop it");
}

#[test]
fn a_job_that_waits_can_be_taken_back_and_one_that_runs_cannot() {
    let mut pool = Pool::new(1, false);
    let (_process, _answer) = started(&mut pool, "a");
    let (waiting, mut answer) = job("b");
    assert!(matches!(pool.offer(waiting, STAMP), Offered::Taken));
    assert!(!pool.withdraw("a"), "it runs");
    assert!(pool.withdraw("b"));
    assert!(!pool.withdraw("b"));
    assert!(answer.try_recv().is_err());
}
