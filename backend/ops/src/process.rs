//! Running other programs, with one sentence when that fails, and none left behind.

mod group;

use std::io::{BufRead, BufReader, ErrorKind};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

pub use group::{Group, Leashed, end_all};

/// How many of a program's last lines are kept to tell why it failed.
const KEPT_LINES: usize = 40;

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

/// Runs a program with our own terminal.
///
/// # Errors
/// If it cannot be started, or ends with anything but success.
pub fn run(command: &mut Command) -> Result<()> {
    let mut group =
        Group::start(command.stdin(Stdio::null())).with_context(|| not_started(command))?;
    succeeded(command, group.wait()?)
}

/// Runs a program and returns what it wrote to its standard output.
///
/// # Errors
/// If it cannot be started, or fails: then with the last line of its standard error.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| not_started(command))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let last = complaint.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no reason");
        bail!("{} failed: {last}", name(command));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a program that is ended when we are, and returns all that it wrote.
///
/// # Errors
/// Only if it cannot be started.
pub fn capture(command: &mut Command) -> Result<Output> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Group::start(command).with_context(|| not_started(command))?.output()
}

/// How a program that was listened to ended.
#[derive(Debug)]
pub struct Heard {
    /// Whether it succeeded.
    pub status: ExitStatus,
    /// The last lines of its standard error.
    pub last_lines: Vec<String>,
}

impl Heard {
    /// Whether its last lines say that a network could not be reached.
    #[must_use]
    pub fn blames_the_network(&self) -> bool {
        self.last_lines.iter().any(|line| is_network_complaint(line))
    }

    /// The last of its lines that says something.
    #[must_use]
    pub fn last_words(&self) -> &str {
        let said = self.last_lines.iter().rfind(|line| !line.trim().is_empty());
        said.map_or("no reason", |line| line.trim())
    }
}

/// Runs a program, passes its standard error on line by line, and keeps the last ones.
///
/// # Errors
/// Only if it cannot be started.
pub fn listen(command: &mut Command) -> Result<Heard> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut group = Group::start(command).with_context(|| not_started(command))?;
    let mut last_lines = Vec::new();
    if let Some(stderr) = group.stderr() {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            eprintln!("    {line}");
            if last_lines.len() == KEPT_LINES {
                last_lines.remove(0);
            }
            last_lines.push(line);
        }
    }
    Ok(Heard { status: group.wait()?, last_lines })
}

/// Runs a program without a word for at most `limit`; `None` if it took longer, and was ended.
///
/// # Errors
/// Only if it cannot be started.
pub fn within(command: &mut Command, limit: Duration) -> Result<Option<Heard>> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut group = Group::start(command).with_context(|| not_started(command))?;
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        if let Some(status) = group.ended()? {
            let lines = group.stderr().map(|stderr| BufReader::new(stderr).lines());
            let last_lines = lines.into_iter().flatten().map_while(Result::ok).collect();
            return Ok(Some(Heard { status, last_lines }));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(None)
}

/// Whether a program of that name can be started at all.
#[must_use]
pub fn exists(program: &str) -> bool {
    let quiet = |command: &mut Command| {
        command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status()
    };
    !matches!(quiet(&mut Command::new(program)), Err(error) if error.kind() == ErrorKind::NotFound)
}

/// The program's name, for a sentence.
#[must_use]
pub fn name(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program()).to_string_lossy();
    match command.get_args().next() {
        Some(first) => format!("{name} {}", first.to_string_lossy()),
        None => name.into_owned(),
    }
}

fn not_started(command: &Command) -> String {
    format!("{} cannot be started", command.get_program().to_string_lossy())
}

fn succeeded(command: &Command, status: ExitStatus) -> Result<()> {
    match status.success() {
        true => Ok(()),
        false => bail!("{} failed ({status}); its own lines above say why", name(command)),
    }
}

/// As cargo, curl, rustup, pip, npm and apt say it.
fn is_network_complaint(line: &str) -> bool {
    [
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
    ]
    .iter()
    .any(|complaint| line.contains(complaint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_named_with_its_last_words() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo first >&2; echo last >&2; exit 3"]);
        assert_eq!(output(&mut command).unwrap_err().to_string(), "sh -c failed: last");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = run(&mut Command::new("no-such-program-here")).unwrap_err();
        assert!(format!("{error:#}").starts_with("no-such-program-here cannot be started: "));
        assert!(!exists("no-such-program-here"));
        assert!(exists("sh"));
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended() {
        let slow = within(Command::new("sleep").arg("600"), Duration::from_millis(50)).unwrap();
        assert!(slow.is_none());
        let mut command = Command::new("sh");
        command.args(["-c", "echo why >&2; echo >&2; exit 3"]);
        let quick = within(&mut command, Duration::from_secs(60)).unwrap().unwrap();
        assert_eq!(quick.status.code(), Some(3));
        assert_eq!(quick.last_words(), "why");
    }

    #[test]
    fn a_lost_network_is_recognised_in_a_programs_words() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo '  [6] Could not resolve host: index.crates.io' >&2; exit 101"]);
        let heard = listen(&mut command).unwrap();
        assert!(!heard.status.success());
        assert!(heard.blames_the_network());
    }
}
