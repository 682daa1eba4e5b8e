//! What the commands say when they cannot go on: one sentence, and an exit code of 1.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

/// Types a command line, with nothing in the environment but this; what it says at last.
fn fails(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ops"));
    command.args(arguments).env_clear().envs(environment.iter().copied());
    for kept in ["HOME", "CARGO", "CARGO_HOME", "RUSTUP_HOME"] {
        command.envs(std::env::var_os(kept).map(|value| (kept, value)));
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let errors = String::from_utf8(output.stderr).unwrap();
    errors.lines().last().unwrap_or_default().to_owned()
}

fn path() -> String {
    std::env::var("PATH").unwrap()
}

#[test]
fn a_catalog_for_a_cargo_dev_that_does_not_run_here() {
    // Nothing runs with this target folder, whatever listens on the port.
    let target = tempdir().unwrap();
    let environment = [("PATH", &*path()), ("CARGO_TARGET_DIR", target.path().to_str().unwrap())];
    let said = fails(&["dev", "catalog", "load", "../data"], &environment);
    let expected = "error: no `cargo dev` of this checkout is running to load the catalog into";
    assert!(said.starts_with(expected), "{said}");
}

#[test]
fn a_busy_port() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = fails(&["dev", "--port", &port], &[("PATH", &path())]);
    assert!(
        said.starts_with(&format!("error: port {port} is in use; choose another with --port")),
        "{said}"
    );
}

#[test]
fn a_tool_folder_that_cannot_be_written() {
    let said =
        fails(&["verify", "format"], &[("PATH", &path()), ("TIFFIN_TOOLS", "/dev/null/tools")]);
    let sentence =
        "error: the tool folder /dev/null/tools cannot be made; name another in TIFFIN_TOOLS";
    assert!(said.starts_with(sentence), "{said}");
}

/// A `PATH` that leads to the compiler, which cargo itself needs, and to Python, if it is given.
fn only(folder: &Path, python: Option<&Path>) -> String {
    let path = path();
    let mut rustc = std::env::split_paths(&path).map(|folder| folder.join("rustc"));
    let rustc = rustc.find(|rustc| rustc.exists()).unwrap();
    symlink(rustc, folder.join("rustc")).unwrap();
    if let Some(python) = python {
        symlink(python, folder.join("python3")).unwrap();
    }
    folder.to_str().unwrap().to_owned()
}

#[test]
fn a_tool_that_cannot_be_had_for_there_is_no_network() {
    let (tools, programs) = (tempdir().unwrap(), tempdir().unwrap());
    let python = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    let python = String::from_utf8(python.unwrap().stdout).unwrap();
    // A registry where nobody listens is what a machine without a network has.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = fails(
        &["verify", "template"],
        &[
            ("PATH", &only(programs.path(), Some(Path::new(python.trim())))),
            ("TIFFIN_TOOLS", tools.path().to_str().unwrap()),
            ("PIP_INDEX_URL", &format!("http://{nobody}/simple")),
            ("PIP_RETRIES", "1"),
        ],
    );
    let sentence = "is missing and PyPI cannot be reached; a first run needs the network once";
    assert!(said.contains("cfn-lint") && said.ends_with(sentence), "{said}");
}

#[test]
fn a_tool_that_cannot_be_had_for_there_is_no_python() {
    let (tools, programs) = (tempdir().unwrap(), tempdir().unwrap());
    let said = fails(
        &["verify", "template"],
        &[("PATH", &only(programs.path(), None)), ("TIFFIN_TOOLS", tools.path().to_str().unwrap())],
    );
    assert!(said.contains("needs Python, and there is no python3; install it"), "{said}");
}

#[test]
fn a_tool_that_cannot_be_had_for_python_is_old() {
    let (tools, programs) = (tempdir().unwrap(), tempdir().unwrap());
    let python = programs.path().join("old");
    std::fs::write(&python, "#!/bin/sh\necho 3 9\n").unwrap();
    std::fs::set_permissions(&python, std::fs::Permissions::from_mode(0o755)).unwrap();
    let said = fails(
        &["verify", "template"],
        &[
            ("PATH", &only(programs.path(), Some(&python))),
            ("TIFFIN_TOOLS", tools.path().to_str().unwrap()),
        ],
    );
    let sentence = "needs Python 3.10 or newer, and python3 is 3.9; install a newer one";
    assert!(said.contains("cfn-lint") && said.ends_with(sentence), "{said}");
}

#[test]
fn a_step_that_does_not_exist() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ops"));
    let output = command.args(["verify", "everything"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}"); // as every wrong command line
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("error: invalid value 'everything' for '[STEP]...'"), "{error}");
    assert!(error.contains("tools, format, catalog"), "{error}");
}

#[test]
fn a_failed_step_repeats_its_last_lines_after_the_table() {
    let folder = tempdir().unwrap();
    let cargo = folder.path().join("cargo");
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = fmt ]; then seq 1 40; echo 'test y ... FAILED'; exit 101; fi\n\
         exec '{}' \"$@\"\n",
        std::env::var("CARGO").unwrap()
    );
    std::fs::write(&cargo, script).unwrap();
    std::fs::set_permissions(&cargo, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ops"));
    command.args(["verify", "format"]).env("CARGO", cargo).env("TIFFIN_TOOLS", folder.path());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let (_, after) = printed.split_once("  FAILED  ").unwrap();
    let (_, last) = after.split_once("last lines of the failed step:").unwrap();
    assert_eq!(last.trim().lines().count(), 25, "{last}");
    assert!(last.trim().starts_with("17\n") && last.contains("test y ... FAILED"), "{last}");
}
