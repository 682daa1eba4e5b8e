//! Running other programs: their output passed on, an error that names what failed, and none left
//! behind.

mod group;

use std::fmt;
use std::io::{self, IsTerminal as _, Read, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use group::Group;
pub use group::KillOnExit;
pub(crate) use group::end_all;

/// How much of the end of a program's output is kept, in bytes.
const KEPT: usize = 16 * 1024;
/// How often a program with a time limit is polled.
const POLL: Duration = Duration::from_millis(20);

/// A program that ended with anything but success.
#[derive(Debug)]
pub(crate) struct Failed {
    /// The program and its first argument, such as `cargo test`.
    program: String,
    status: ExitStatus,
    /// What it wrote, at most the last 16 kB.
    pub(crate) output: String,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last_line = self.output.lines().next_back().map_or("no output", str::trim);
        write!(f, "{} failed ({}): {last_line}", self.program, self.status)
    }
}

impl std::error::Error for Failed {}

/// Cargo itself, without the variables that `cargo run` sets for this package.
///
/// Those variables would reach build scripts; some of them (ring's) ask to be run again whenever
/// one changes, and every nested build would start from scratch.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    forget_own_package(&mut command);
    command
}

/// Takes from a command what `cargo run` set for our own package; see [`cargo`].
pub(crate) fn forget_own_package(command: &mut Command) {
    let own = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
    for (key, _) in std::env::vars_os() {
        if own.iter().any(|prefix| key.to_string_lossy().starts_with(prefix)) {
            command.env_remove(key);
        }
    }
}

/// Runs a program and passes on what it writes; a [`Failed`] if it ends with anything but success.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    if io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always"); // it writes into a pipe
    }
    let mut group = start(command)?;
    let (stdout, stderr) = group.output_streams();
    let written = Mutex::new(Vec::new());
    thread::scope(|scope| {
        scope.spawn(|| pass_on(stdout, io::stdout(), &written));
        scope.spawn(|| pass_on(stderr, io::stderr(), &written));
    });
    let written = written.into_inner().unwrap_or_else(PoisonError::into_inner);
    succeeded(command, group.wait()?, &written)
}

/// Copies a stream to another until it ends, and keeps the end of it.
fn pass_on(from: Option<impl Read>, mut to: impl Write, kept: &Mutex<Vec<u8>>) {
    let Some(mut from) = from else { return };
    let mut buffer = vec![0; KEPT];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let read = buffer.get(..count).unwrap_or_default();
        let _ = to.write_all(read).and_then(|()| to.flush()); // the program goes on without a reader
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(read);
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
    }
}

/// Runs a program; what it wrote to its standard output.
///
/// # Errors
/// If it cannot be started, or ends with anything but success: the last line of its standard error.
pub fn output(command: &mut Command) -> Result<String> {
    let output = capture(command)?;
    succeeded(command, output.status, &output.stderr)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a program that is ended when we are, however it ends; all that it wrote.
pub(crate) fn capture(command: &mut Command) -> Result<Output> {
    start(command)?.output()
}

/// Runs a program without printing anything, and ends it when it takes longer than `limit`.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let mut group = start(command)?;
    let deadline = Instant::now() + limit;
    while group.ended()?.is_none() {
        if Instant::now() >= deadline {
            bail!("{} took longer than {} seconds", name(command), limit.as_secs());
        }
        thread::sleep(POLL);
    }
    let output = group.output()?;
    succeeded(command, output.status, &output.stderr)
}

fn start(command: &mut Command) -> Result<Group> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let program = command.get_program().to_string_lossy().into_owned();
    Group::start(command).with_context(|| format!("{program} cannot be started"))
}

fn succeeded(command: &Command, status: ExitStatus, output: &[u8]) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    let output = String::from_utf8_lossy(output).trim_end().to_owned();
    Err(Failed { program: name(command), status, output }.into())
}

/// The last `count` lines of a text.
pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(count)..).unwrap_or_default().join("\n")
}

/// The program's name and its first argument.
fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    let words = [name].into_iter().chain(command.get_args().take(1));
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_failing_program_is_named_with_its_last_line() {
        let minute = Duration::from_secs(60);
        let script = "echo first >&2; echo last >&2; exit 3";
        for failed in [
            run(&mut sh(script)),
            output(&mut sh(script)).map(drop),
            run_within(&mut sh(script), minute),
        ] {
            let failed: Failed = failed.unwrap_err().downcast().unwrap();
            assert_eq!(failed.to_string(), "sh -c failed (exit status: 3): last");
            assert_eq!(failed.output, "first\nlast");
            assert_eq!(
                [1, 9].map(|count| last_lines(&failed.output, count)),
                ["last", "first\nlast"]
            );
        }
        let error = run(&mut Command::new("no-such-program-here")).unwrap_err();
        assert!(format!("{error:#}").starts_with("no-such-program-here cannot be started: "));
    }

    #[test]
    fn both_streams_of_a_failing_program_are_kept() {
        let error = run(&mut sh("echo one; echo 'test x failed' >&2; exit 1")).unwrap_err();
        let failed: Failed = error.downcast().unwrap();
        assert!(["one", "test x failed"].iter().all(|line| failed.output.contains(line)));
    }

    #[test]
    fn the_end_of_a_long_output_is_kept() {
        let written = [vec![b'a'; 3 * KEPT], b"last".to_vec()].concat();
        let kept = Mutex::new(Vec::new());
        pass_on(Some(written.as_slice()), io::sink(), &kept);
        assert_eq!(kept.into_inner().unwrap(), written[written.len() - KEPT..]);
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended() {
        let limit = Duration::from_millis(50);
        let error = run_within(Command::new("sleep").arg("600"), limit).unwrap_err();
        assert_eq!(error.to_string(), "sleep 600 took longer than 0 seconds");
        run_within(&mut sh("true"), Duration::from_secs(60)).unwrap();
    }
}
