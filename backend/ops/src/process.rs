//! Running other programs: their output passed on, an error that names what failed, and none left
//! behind.

mod group;

use std::fmt;
use std::io::{self, IsTerminal as _, Read, Write};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

pub use group::{Group, KillOnExit, end_all};

/// How much of a program's output is kept for the error if it fails, in bytes.
const KEPT: usize = 16 * 1024;
/// How often a program with a time limit is looked at.
const POLL: Duration = Duration::from_millis(20);

/// A program that ended with anything but success.
#[derive(Debug)]
pub struct Failed {
    /// The program and its first argument, such as `cargo test`.
    program: String,
    status: ExitStatus,
    /// The end of what it wrote.
    output: String,
}

impl Failed {
    fn new(command: &Command, status: ExitStatus, output: &[u8]) -> Self {
        let output = String::from_utf8_lossy(output).trim_end().to_owned();
        Self { program: name(command), status, output }
    }

    /// The last `count` lines that it wrote.
    #[must_use]
    pub fn last_lines(&self, count: usize) -> String {
        last_lines(&self.output, count)
    }

    /// Whether it says that a network could not be reached.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        OFFLINE.iter().any(|complaint| self.output.contains(complaint))
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last_line = self.output.lines().next_back().map_or("no output", str::trim);
        write!(f, "{} failed ({}): {last_line}", self.program, self.status)
    }
}

impl std::error::Error for Failed {}

/// Cargo itself, without what `cargo run` told *us* about our own package.
///
/// Those variables would reach build scripts; some of them (ring's) ask to be run again whenever
/// one changes, and every nested build would start from scratch.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    forget_own_package(&mut command);
    command
}

/// Takes from a command what `cargo run` set for our own package; see [`cargo`].
pub fn forget_own_package(command: &mut Command) {
    let ours = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
    for (key, _) in std::env::vars_os() {
        if ours.iter().any(|prefix| key.to_string_lossy().starts_with(prefix)) {
            command.env_remove(key);
        }
    }
}

/// Runs a program and passes on what it writes.
///
/// # Errors
/// If it cannot be started; a [`Failed`] if it ends with anything but success.
pub fn run(command: &mut Command) -> Result<()> {
    if io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always"); // it writes into a pipe of ours
    }
    let mut group = start(command)?;
    let (stdout, stderr) = group.output_streams();
    let kept = Mutex::new(Vec::new());
    thread::scope(|scope| {
        scope.spawn(|| pass_on(stdout, io::stdout(), &kept));
        scope.spawn(|| pass_on(stderr, io::stderr(), &kept));
    });
    let status = group.wait()?;
    let kept = kept.into_inner().unwrap_or_else(PoisonError::into_inner);
    succeeded(command, status, &kept)
}

/// Copies a stream to another until it ends, and appends it to the end that is kept.
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

/// Runs a program and returns what it wrote to its standard output.
///
/// # Errors
/// If it cannot be started; a [`Failed`] with its standard error if it ends with anything but
/// success.
pub fn output(command: &mut Command) -> Result<String> {
    let output = capture(command)?;
    succeeded(command, output.status, &output.stderr)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a program that is ended when we are, and returns all that it wrote.
///
/// # Errors
/// Only if it cannot be started.
pub fn capture(command: &mut Command) -> Result<Output> {
    start(command)?.output()
}

/// Runs a program for at most `limit`, without printing anything.
///
/// # Errors
/// If it cannot be started or takes longer, and is then ended; a [`Failed`] if it ends with anything
/// but success.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let mut group = start(command)?;
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        if group.ended()?.is_some() {
            let output = group.output()?;
            return succeeded(command, output.status, &output.stderr);
        }
        thread::sleep(POLL);
    }
    bail!("{} took longer than {} seconds", name(command), limit.as_secs())
}

fn start(command: &mut Command) -> Result<Group> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let program = command.get_program().to_string_lossy().into_owned();
    Group::start(command).with_context(|| format!("{program} cannot be started"))
}

fn succeeded(command: &Command, status: ExitStatus, output: &[u8]) -> Result<()> {
    match status.success() {
        true => Ok(()),
        false => Err(Failed::new(command, status, output).into()),
    }
}

/// The last `count` lines of a text.
#[must_use]
pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(count)..).unwrap_or_default().join("\n")
}

/// The program's name and its first argument.
fn name(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program()).to_string_lossy();
    match command.get_args().next() {
        Some(first) => format!("{name} {}", first.to_string_lossy()),
        None => name.into_owned(),
    }
}

/// What cargo, curl, rustup, pip, npm and apt print without a network.
const OFFLINE: [&str; 16] = [
    "Could not resolve host",
    "Couldn't connect to server",
    "Could not connect to server",
    "Connection refused",
    "Connection timed out",
    "Network is unreachable",
    "Temporary failure",
    "dns error",
    "failed to lookup address",
    "could not download file",
    "spurious network error",
    "download of config.json failed",
    "NewConnectionError",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn failure(result: Result<()>) -> Failed {
        result.unwrap_err().downcast().unwrap()
    }

    #[test]
    fn a_failing_program_is_named_with_its_last_line() {
        let error = output(&mut sh("echo first >&2; echo last >&2; exit 3")).unwrap_err();
        assert_eq!(error.to_string(), "sh -c failed (exit status: 3): last");
    }

    #[test]
    fn the_end_of_what_a_failing_program_wrote_is_kept() {
        let failed = failure(run(&mut sh("echo one; echo two; echo 'test x failed' >&2; exit 1")));
        assert_eq!(failed.output.len(), "one\ntwo\ntest x failed".len());
        assert_eq!(failed.last_lines(3).lines().count(), 3);
        let (kept, written) =
            (Mutex::new(Vec::new()), [vec![b'a'; 3 * KEPT], vec![b'b'; 9]].concat());
        pass_on(Some(written.as_slice()), io::sink(), &kept);
        assert_eq!(kept.into_inner().unwrap(), written[written.len() - KEPT..]);
        assert_eq!(last_lines("1\n2\n3", 2), "2\n3");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = run(&mut Command::new("no-such-program-here")).unwrap_err();
        assert!(format!("{error:#}").starts_with("no-such-program-here cannot be started: "));
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended() {
        let limit = Duration::from_millis(50);
        let error = run_within(Command::new("sleep").arg("600"), limit).unwrap_err();
        assert_eq!(error.to_string(), "sleep 600 took longer than 0 seconds");
        let minute = Duration::from_secs(60);
        run_within(&mut sh("true"), minute).unwrap();
        let failed = failure(run_within(&mut sh("echo why >&2; echo >&2; exit 3"), minute));
        assert_eq!(failed.to_string(), "sh -c failed (exit status: 3): why");
    }

    #[test]
    fn a_missing_network_is_recognised_in_what_programs_write() {
        let script = "echo '  [6] Could not resolve host: index.crates.io' >&2; exit 101";
        assert!(failure(run(&mut sh(script))).is_offline());
        assert!(!failure(run(&mut sh("exit 101"))).is_offline());
    }
}
