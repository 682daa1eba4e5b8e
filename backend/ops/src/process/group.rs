//! Programs in process groups of their own, so that one signal ends all that they started.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

/// How long a program may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(5);

/// The groups that run.
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// A program and all that it started. Dropping it ends them.
#[derive(Debug)]
pub struct Group {
    child: Child,
}

impl Group {
    /// Starts a program in a group of its own.
    ///
    /// # Errors
    /// As [`Command::spawn`].
    pub fn start(command: &mut Command) -> std::io::Result<Self> {
        let child = command.process_group(0).spawn()?;
        running().insert(child.id());
        Ok(Self { child })
    }

    /// Its standard output and standard error, as far as they are piped; once.
    pub fn output_streams(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
        (self.child.stdout.take(), self.child.stderr.take())
    }

    /// All that it writes, as far as that was asked for, and how it ends.
    ///
    /// # Errors
    /// If that cannot be read.
    pub fn output(&mut self) -> Result<Output> {
        let (out, err) = self.output_streams();
        let (stdout, stderr) = std::thread::scope(|scope| {
            let errors = scope.spawn(|| read_all(err));
            (read_all(out), errors.join())
        });
        let unreadable = "a program's output cannot be read";
        let stderr = stderr.map_err(|_| anyhow::anyhow!(unreadable))?.context(unreadable)?;
        Ok(Output { stdout: stdout.context(unreadable)?, stderr, status: self.wait()? })
    }

    /// Its process id, which is also its group's.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// If the operating system cannot say.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        let status = self.child.wait().context("a program was started and cannot be waited for")?;
        running().remove(&self.child.id());
        Ok(status)
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    /// If the operating system cannot say.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let status =
            self.child.try_wait().context("a program was started and cannot be waited for")?;
        if status.is_some() {
            running().remove(&self.child.id());
        }
        Ok(status)
    }
}

fn read_all(from: Option<impl Read>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut from) = from {
        from.read_to_end(&mut bytes)?;
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
    /// As [`Command::spawn`].
    pub fn start(like: &Command) -> std::io::Result<Self> {
        let mut shell = Command::new("/bin/sh");
        shell.args([OsStr::new("-c"), OsStr::new(SCRIPT), OsStr::new("kill-on-exit")]);
        shell.arg(like.get_program()).args(like.get_args()).stdin(Stdio::piped());
        if let Some(folder) = like.get_current_dir() {
            shell.current_dir(folder);
        }
        for (key, value) in like.get_envs() {
            match value {
                Some(value) => shell.env(key, value),
                None => shell.env_remove(key),
            };
        }
        Ok(Self { group: Group::start(&mut shell)? })
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    /// If the operating system cannot say.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.group.ended()
    }

    /// The process group it runs in.
    #[must_use]
    pub fn group_id(&self) -> u32 {
        self.group.id()
    }
}

/// Ends every program that runs. Whoever waits for one learns of its end.
pub fn end_all() {
    let groups: Vec<u32> = running().iter().copied().collect();
    for group in groups {
        end(group, || ());
    }
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
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = kill_process_group(pid, Signal::KILL);
}

fn running() -> std::sync::MutexGuard<'static, BTreeSet<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(condition: impl FnMut() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(5);
        let mut condition = condition;
        while !condition() {
            assert!(Instant::now() < deadline, "it did not happen within five seconds");
            std::thread::sleep(Duration::from_millis(10));
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
        let id = group.id();
        drop(group);
        until(|| gone(id));
    }

    #[test]
    fn a_bound_program_ends_when_we_do() {
        let mut program = KillOnExit::start(Command::new("sleep").arg("600")).unwrap();
        assert!(program.ended().unwrap().is_none());
        let id = program.group_id();
        // What the kernel does to our pipes when we are killed.
        drop(program.group.child.stdin.take());
        until(|| program.ended().unwrap().is_some() && gone(id));
    }

    #[test]
    fn a_bound_program_that_ends_is_noticed() {
        let mut program = KillOnExit::start(Command::new("sh").args(["-c", "exit 3"])).unwrap();
        let mut code = None;
        until(|| {
            code = program.ended().unwrap().and_then(|status| status.code());
            code.is_some()
        });
        assert_eq!(code, Some(3));
    }
}
