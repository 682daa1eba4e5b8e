//! Programs in process groups of their own, so that one signal ends all that they started.
//!
//! The crate `process-wrap` starts and signals groups, too, which std and rustix do in a line each. It
//! leaves to its user what is here: SIGTERM before SIGKILL, ending a group that is dropped, and the
//! list of running groups for the signal handler.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

/// How long a program may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(5);

/// The groups that run.
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

fn running() -> MutexGuard<'static, BTreeSet<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program and all that it started. Dropping it ends them.
#[derive(Debug)]
pub(super) struct Group {
    child: Child,
}

impl Group {
    /// Starts a program in a group of its own.
    pub(super) fn start(command: &mut Command) -> std::io::Result<Self> {
        let child = command.process_group(0).spawn()?;
        running().insert(child.id());
        Ok(Self { child })
    }

    /// Its standard output and standard error, as far as they are piped; once.
    pub(super) fn output_streams(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
        (self.child.stdout.take(), self.child.stderr.take())
    }

    /// All that it writes, and how it ends.
    pub(super) fn output(&mut self) -> Result<Output> {
        let (out, err) = self.output_streams();
        let (stdout, stderr) = thread::scope(|scope| {
            let errors = scope.spawn(|| read_all(err));
            (read_all(out), errors.join().map_err(|_| anyhow!("a reader has died")))
        });
        Ok(Output { stdout: stdout?, stderr: stderr??, status: self.wait()? })
    }

    /// Waits for its end.
    pub(super) fn wait(&mut self) -> Result<ExitStatus> {
        let status = self.child.wait().context("a program was started and cannot be waited for")?;
        running().remove(&self.child.id());
        Ok(status)
    }

    /// How it ended, if it has.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        match self.child.try_wait().context("a program was started and cannot be waited for")? {
            Some(_) => self.wait().map(Some), // at once
            None => Ok(None),
        }
    }
}

fn read_all(from: Option<impl Read>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut from) = from {
        from.read_to_end(&mut bytes).context("a program's output cannot be read")?;
    }
    Ok(bytes)
}

impl Drop for Group {
    fn drop(&mut self) {
        // A group that has ended may not be signalled: its number may be someone else's by now.
        if running().remove(&self.child.id()) {
            end(self.child.id(), || drop(self.child.try_wait()));
            let _ = self.child.wait();
        }
    }
}

/// A program that ends when we do, even if we are killed: a shell beside it holds the other end
/// of a pipe from us, and ends the group when that closes.
#[derive(Debug)]
pub struct KillOnExit {
    group: Group,
}

const SCRIPT: &str = r#"exec 3<&0
"$@" </dev/null 3<&- &
child=$!
{ read -r _ <&3; kill -TERM 0; } &
exec 3<&-
wait "$child""#;

impl KillOnExit {
    /// Starts a program with the environment and folder of `like`.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(like: &Command) -> std::io::Result<Self> {
        let mut shell = Command::new("/bin/sh");
        shell.args([OsStr::new("-c"), OsStr::new(SCRIPT), OsStr::new("kill-on-exit")]);
        shell.arg(like.get_program()).args(like.get_args()).stdin(Stdio::piped());
        shell.current_dir(like.get_current_dir().unwrap_or(".".as_ref()));
        for (key, value) in like.get_envs() {
            match value {
                Some(value) => shell.env(key, value),
                None => shell.env_remove(key),
            };
        }
        Ok(Self { group: Group::start(&mut shell)? })
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.group.ended()
    }
}

/// Ends every program that runs. Whoever waits for one learns of its end.
pub(crate) fn end_all() {
    let groups: Vec<u32> = running().iter().copied().collect();
    groups.into_iter().for_each(|group| end(group, || ()));
}

/// Asks a group to end, and after a while makes it. `reap` collects its ended leader, which would
/// otherwise still count as a member.
fn end(group: u32, mut reap: impl FnMut()) {
    let Some(pid) = i32::try_from(group).ok().and_then(Pid::from_raw) else { return };
    let _ = kill_process_group(pid, Signal::TERM);
    let deadline = Instant::now() + GRACE;
    while Instant::now() < deadline {
        reap();
        if test_kill_process_group(pid).is_err() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    let _ = kill_process_group(pid, Signal::KILL);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(mut condition: impl FnMut() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(5);
        while !condition() {
            assert!(Instant::now() < deadline, "it did not happen within five seconds");
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn gone(group: u32) -> bool {
        let pid = Pid::from_raw(i32::try_from(group).unwrap()).unwrap();
        test_kill_process_group(pid).is_err()
    }

    #[test]
    fn a_dropped_group_leaves_nothing_behind() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & sleep 600 & wait"]);
        let group = Group::start(&mut command).unwrap();
        let id = group.child.id();
        drop(group);
        until(|| gone(id));
    }

    #[test]
    fn a_bound_program_ends_when_we_do_and_its_own_end_is_noticed() {
        let mut program = KillOnExit::start(Command::new("sleep").arg("600")).unwrap();
        assert!(program.ended().unwrap().is_none());
        let id = program.group.child.id();
        // What the kernel does to our pipes when we are killed.
        drop(program.group.child.stdin.take());
        until(|| program.ended().unwrap().is_some() && gone(id));
        let mut program = KillOnExit::start(Command::new("sh").args(["-c", "exit 3"])).unwrap();
        until(|| program.ended().unwrap().is_some_and(|status| status.code() == Some(3)));
    }
}
