//! Installing a tool from its registry.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use fs_err as fs;

use super::{Source, Tool};
use crate::process;

/// Ends with an error before the oldest Python that the lock files are for.
const CHECK_PYTHON: &str =
    "import sys; v = sys.version_info; v >= (3, 10) or sys.exit(f'python3 is {v[0]}.{v[1]}')";

/// Installs a tool into the folder `fresh`, its program in `fresh/bin`. The error is one sentence.
pub(super) fn install(tool: &Tool, fresh: &Path) -> Result<()> {
    let (result, registry) = match tool.source {
        Source::Crate { package, locked } => {
            (from_crates_io(tool, package, locked, fresh), "crates.io")
        }
        Source::Npm { manifest, lock, file } => {
            (from_npm(tool, [manifest, lock], file, fresh), "npm, for which Node.js is needed")
        }
        Source::Python(lock) => {
            (from_pypi(tool, lock, fresh), "PyPI, for which Python 3.10 or newer is needed")
        }
    };
    result.with_context(|| {
        format!(
            "{} cannot be installed from {registry}; a first run needs the network once",
            tool.label()
        )
    })
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
    fs::write(fresh.join("package.json"), manifest)?;
    fs::write(fresh.join("package-lock.json"), lock)?;
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(fresh);
    process::run(&mut npm)?;
    fs::create_dir_all(fresh.join("bin"))?;
    let linked = Path::new("../node_modules").join(file);
    Ok(symlink(linked, fresh.join("bin").join(tool.program))?)
}

/// Makes a virtual environment of the files whose hashes the lock has, and no other.
fn from_pypi(tool: &Tool, lock: &str, fresh: &Path) -> Result<()> {
    process::output(Command::new("python3").args(["-I", "-c", CHECK_PYTHON]))?;
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
