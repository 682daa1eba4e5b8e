//! Installing a tool from its registry.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use fs_err as fs;

use super::{Source, Tool};
use crate::process::{self, Failed};

/// The oldest Python that the lock files are for.
const OLDEST_PYTHON: (u8, u8) = (3, 10);

/// What cargo, curl, rustup, pip and npm print without a network.
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

/// Installs a tool into the folder `fresh`, its program in `fresh/bin`. The error is one sentence:
/// that a network is needed, if that is why.
pub(super) fn install(tool: &Tool, fresh: &Path) -> Result<()> {
    let (registry, result) = match tool.source {
        Source::Crate { package, locked } => {
            ("crates.io", from_crates_io(tool, package, locked, fresh))
        }
        Source::Npm { manifest, lock, file } => {
            ("the npm registry", from_npm(tool, [manifest, lock], file, fresh))
        }
        Source::Python(lock) => ("PyPI", from_pypi(tool, lock, fresh)),
    };
    result.map_err(|error| match error.downcast_ref::<Failed>() {
        Some(failed) if is_offline(&failed.output) => anyhow!(
            "{} is missing and {registry} cannot be reached; a first run needs the network once",
            tool.label()
        ),
        _ => error.context(format!("{} cannot be installed", tool.label())),
    })
}

/// Whether a program that wrote this had no network.
fn is_offline(written: &str) -> bool {
    OFFLINE.iter().any(|message| written.contains(message))
}

/// Builds a crate's programs.
fn from_crates_io(tool: &Tool, package: &str, locked: bool, fresh: &Path) -> Result<()> {
    // A target folder of its own, so that ours keeps its artifacts and no other build waits for its lock.
    let target = fresh.join("target");
    let mut command = process::cargo();
    command.current_dir(fresh).args(["install", package, "--profile", "dev", "--version"]);
    command.arg(format!("={}", tool.version)).arg("--root").arg(fresh);
    command.arg("--target-dir").arg(&target).args(locked.then_some("--locked"));
    process::run(&mut command)?;
    Ok(fs::remove_dir_all(&target)?)
}

/// Installs what `package.json` and `package-lock.json` have, and nothing else, and links `file`
/// of `node_modules`; scripts of packages are not run.
fn from_npm(tool: &Tool, [manifest, lock]: [&str; 2], file: &str, fresh: &Path) -> Result<()> {
    ensure!(which::which("npm").is_ok(), "there is no npm to get it with; install Node.js");
    fs::write(fresh.join("package.json"), manifest)?;
    fs::write(fresh.join("package-lock.json"), lock)?;
    process::run(&mut npm(fresh))?;
    fs::create_dir_all(fresh.join("bin"))?;
    let linked = Path::new("../node_modules").join(file);
    Ok(symlink(linked, fresh.join("bin").join(tool.program))?)
}

fn npm(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder);
    command
}

/// Makes a virtual environment of the files whose hashes the lock has, and no other.
fn from_pypi(tool: &Tool, lock: &str, fresh: &Path) -> Result<()> {
    check_python()?;
    process::run(Command::new("python3").args(["-m", "venv"]).arg(fresh)).context(
        "python3 cannot make a virtual environment (on Debian: apt-get install python3-venv)",
    )?;
    let requirements = fresh.join("requirements.txt");
    fs::write(&requirements, lock)?;
    let mut pip = Command::new(fresh.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    // Building a package would fetch what builds it, which no lock has.
    pip.args(["--only-binary", ":all:", "--require-hashes", "--requirement"]).arg(requirements);
    process::run(&mut pip)?;
    make_movable(&fresh.join("bin").join(tool.program))
}

fn check_python() -> Result<()> {
    ensure!(
        which::which("python3").is_ok(),
        "it needs Python, and there is no python3; install it"
    );
    let ask = "import sys; print(*sys.version_info[:2])";
    let said = process::output(Command::new("python3").args(["-I", "-c", ask]))?;
    let (major, minor) = said.trim().split_once(' ').context("python3 does not say its version")?;
    let (least_major, least_minor) = OLDEST_PYTHON;
    ensure!(
        (major.parse::<u8>()?, minor.parse::<u8>()?) >= OLDEST_PYTHON,
        "it needs Python {least_major}.{least_minor} or newer, and python3 is {major}.{minor}; \
         install a newer one"
    );
    Ok(())
}

/// A script of pip names its interpreter by the folder's present, temporary name; a program that
/// is no script stays as it is.
fn make_movable(program: &Path) -> Result<()> {
    if !fs::read(program)?.starts_with(b"#!") {
        return Ok(());
    }
    fs::rename(program, program.with_file_name("script.py"))?;
    let text =
        "#!/bin/sh\nhere=$(dirname \"$0\")\nexec \"$here/python\" \"$here/script.py\" \"$@\"\n";
    fs::write(program, text)?;
    Ok(fs::set_permissions(program, std::fs::Permissions::from_mode(0o755))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_network_is_recognised_in_what_each_program_writes() {
        for (written, expected) in [
            ("spurious network error (3 tries remaining): [6] Could not resolve hostname", true),
            ("[6] Couldn't resolve host name (Could not resolve host: index.crates.io)", true),
            ("download of config.json failed", true),
            (
                "curl: (7) Failed to connect to github.com port 443: Couldn't connect to server",
                true,
            ),
            ("curl: (7) Failed to connect to github.com: Could not connect to server", true),
            ("error: could not download file from 'https://static.rust-lang.org/x'", true),
            ("client error (Connect): dns error: no record found", true),
            ("failed to lookup address information: Name or service not known", true),
            ("NewConnectionError('<HTTPSConnection>: Failed to establish a connection')", true),
            ("[Errno -3] Temporary failure in name resolution", true),
            ("[Errno 101] Network is unreachable", true),
            ("[Errno 111] Connection refused", true),
            ("[Errno 110] Connection timed out", true),
            ("npm error code ENOTFOUND", true),
            ("npm error code EAI_AGAIN", true),
            ("npm error code ECONNREFUSED", true),
            ("error: could not compile `trunk` (bin \"trunk\") due to 1 previous error", false),
            ("npm error code EACCES", false),
            ("", false),
        ] {
            assert_eq!(is_offline(written), expected, "{written}");
        }
    }

    #[test]
    fn npm_runs_no_script_and_keeps_to_the_lock_file() {
        let command = npm(Path::new("/"));
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(arguments[..2], ["ci", "--ignore-scripts"]);
    }
}
