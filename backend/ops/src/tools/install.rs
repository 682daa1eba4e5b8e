//! Installing a tool from its registry.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use fs_err as fs;

use super::python::{Lock, OLDEST_PYTHON};
use super::{NpmLock, Tool};
use crate::process::{self, Failed};

/// Builds a crate's programs into `fresh/bin`.
///
/// # Errors
/// If cargo fails: one sentence, that a network is needed if that is why.
pub(super) fn from_crates_io(tool: &Tool, name: &str, locked: bool, fresh: &Path) -> Result<()> {
    // A target folder of its own, so that ours keeps its artifacts and no other build waits for its lock.
    let target = fresh.join("target");
    let mut command = process::cargo();
    command.current_dir(fresh).args(["install", name, "--profile", "dev", "--version"]);
    command.arg(format!("={}", tool.version)).arg("--root").arg(fresh);
    command.arg("--target-dir").arg(&target);
    if locked {
        command.arg("--locked");
    }
    run(&mut command, tool, "crates.io")?;
    Ok(fs::remove_dir_all(&target)?)
}

/// Installs an npm package into `fresh`, its program linked in `fresh/bin`: the file of
/// the tool's name in a folder of `node_modules`.
///
/// # Errors
/// If there is no npm, or it fails.
pub(super) fn from_npm(tool: &Tool, lock: NpmLock, folder: &str, fresh: &Path) -> Result<()> {
    if which::which("npm").is_err() {
        bail!(
            "{} is missing, and neither GitHub nor npm is here to get it from; install it, or Node.js",
            tool.label()
        );
    }
    fs::write(fresh.join("package.json"), lock.manifest)?;
    fs::write(fresh.join("package-lock.json"), lock.text)?;
    run(&mut npm(fresh), tool, "the npm registry")?;
    fs::create_dir(fresh.join("bin"))?;
    let linked = Path::new("../node_modules").join(folder).join(tool.program);
    Ok(symlink(linked, fresh.join("bin").join(tool.program))?)
}

/// Installs what the lock file in a folder has, and nothing else; scripts of packages are not run.
fn npm(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder);
    command
}

/// Installs a Python tool into a virtual environment at `fresh`: the files whose hashes its lock
/// has, and no other.
///
/// # Errors
/// If there is no Python, or an old one, or pip fails.
pub(super) fn from_pypi(tool: &Tool, lock: Lock, fresh: &Path) -> Result<()> {
    check_python(tool)?;
    let mut command = Command::new("python3");
    run(command.args(["-m", "venv"]).arg(fresh), tool, "PyPI").context(
        "python3 cannot make a virtual environment (on Debian: apt-get install python3-venv)",
    )?;
    let requirements = fresh.join("requirements.txt");
    fs::write(&requirements, lock.text)?;
    let mut command = Command::new(fresh.join("bin/python"));
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    // Building a package would fetch what builds it, which no lock has.
    command.args(["--only-binary", ":all:", "--require-hashes", "--requirement"]).arg(requirements);
    run(&mut command, tool, "PyPI")?;
    make_movable(&fresh.join("bin").join(tool.program))
}

fn check_python(tool: &Tool) -> Result<()> {
    if which::which("python3").is_err() {
        bail!("{} needs Python, and there is no python3; install it", tool.label());
    }
    let ask = "import sys; print(*sys.version_info[:2])";
    let said = process::output(Command::new("python3").args(["-I", "-c", ask]))?;
    let found = said.trim().split_once(' ');
    let found = found.and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    match found {
        Some(found) if found >= OLDEST_PYTHON => Ok(()),
        Some((major, minor)) => bail!(
            "{} needs Python {}.{} or newer, and python3 is {major}.{minor}; install a newer one",
            tool.label(),
            OLDEST_PYTHON.0,
            OLDEST_PYTHON.1
        ),
        None => bail!("python3 does not say its version"),
    }
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

fn run(command: &mut Command, tool: &Tool, registry: &str) -> Result<()> {
    process::run(command).map_err(|error| match error.downcast_ref::<Failed>() {
        Some(failed) if failed.is_offline() => anyhow!(
            "{} is missing and {registry} cannot be reached; a first run needs the network once",
            tool.label()
        ),
        _ => error.context(format!("{} cannot be installed", tool.label())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn npm_runs_no_script_and_keeps_to_the_lock_file() {
        let command = npm(Path::new("/"));
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(arguments[..2], ["ci", "--ignore-scripts"]);
    }
}
