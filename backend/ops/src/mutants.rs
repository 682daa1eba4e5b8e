//! `cargo verify mutants`: runs `cargo-mutants`, which makes small changes to the code one at a time
//! and reports those that no test notices.
//!
//! Each change costs a build and the tests of its package: all of them take hours, those of a few
//! commits minutes. `.cargo/mutants.toml` excludes changes that no test can notice, with reasons.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::tools::{self, Toolbox};
use crate::workspace::Workspace;

/// How long the build or the tests of one change may take, in seconds: some end in an endless loop.
const TIMEOUT: &str = "300";

/// Each package that is changed, and with it the files, if not all, and the tests that have to
/// notice: as arguments of `cargo mutants`.
const PARTS: [(&str, &[&str]); 3] = [
    ("shared", &["--cargo-arg=--lib", "--cargo-arg=--tests"]),
    (
        "frontend",
        &[
            "--file=frontend/src/live/machine.rs",
            "--file=frontend/src/model/*.rs",
            "--file=frontend/src/session/tokens.rs",
            "--cargo-arg=--lib",
        ],
    ),
    (
        "backend",
        &[
            "--file=backend/src/**/*.rs",
            "--cargo-arg=--lib",
            "--cargo-arg=--test=handlers",
            // Arguments of `cargo test`, then those of the tests. This one takes a minute: an account
            // is deleted under every fault of every call.
            "--",
            "--",
            "--skip=deleting_goes_on",
        ],
    ),
];

/// Installs `cargo-mutants` and runs it, on what has changed since the commit `since` or on
/// everything; its reports are in `target/mutants`. A change that survives is an error.
pub(crate) fn run(workspace: &Workspace, toolbox: &Toolbox, since: Option<&str>) -> Result<()> {
    if since.is_none() {
        println!("    changing all of the code takes hours; --since COMMIT changes less");
    }
    let program = toolbox.ensure(&tools::cargo_mutants())?;
    let folder = workspace.root.join("target/mutants");
    fs_err::create_dir_all(&folder)?;
    let diff = since.map(|since| diff(workspace, since, &folder)).transpose()?;
    let mut result = Ok(());
    for (package, arguments) in PARTS {
        let mut command = workspace.cargo();
        command.env("PATH", tools::search_path(std::slice::from_ref(&program))?);
        // Kept from run to run, so that only a first one builds the dependencies.
        command.env("CARGO_TARGET_DIR", folder.join("build"));
        add_arguments(&mut command, package, &folder, diff.as_deref());
        // A failure does not keep the other parts from being tried.
        result = result.and(process::run(command.args(arguments)).context(package));
    }
    result
}

/// The arguments that all parts have; `diff` limits the changes to the lines it adds.
fn add_arguments(command: &mut Command, package: &str, folder: &Path, diff: Option<&Path>) {
    command.args(["mutants", "--no-shuffle", "--timeout", TIMEOUT, "--package", package]);
    command.arg("--output").arg(folder.join(package));
    if let Some(diff) = diff {
        command.arg("--in-diff").arg(diff);
    }
}

/// Writes what has changed since a commit into a file, for `--in-diff`; that commit's files are
/// compared with those of the working tree.
fn diff(workspace: &Workspace, since: &str, folder: &Path) -> Result<PathBuf> {
    let mut git = Command::new("git");
    git.current_dir(&workspace.root).args(["diff", since, "--", "*.rs"]);
    let file = folder.join("changes.diff");
    fs_err::write(&file, process::output(&mut git)?)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_changed_is_mutated_if_a_commit_is_named() {
        let arguments = |diff| {
            let mut command = Command::new("cargo");
            add_arguments(&mut command, "shared", Path::new("/t"), diff);
            command.get_args().map(|it| it.display().to_string()).collect::<Vec<_>>().join(" ")
        };
        let all = "mutants --no-shuffle --timeout 300 --package shared --output /t/shared";
        assert_eq!(arguments(None), all);
        let changed = arguments(Some(Path::new("/t/changes.diff")));
        assert_eq!(changed, format!("{all} --in-diff /t/changes.diff"));
    }

    /// A glob that matches nothing would leave its file out in silence.
    #[test]
    fn every_part_and_file_is_there() {
        let arguments = PARTS.iter().flat_map(|(_, arguments)| *arguments);
        let globs = arguments.filter_map(|argument| argument.strip_prefix("--file="));
        for glob in globs {
            let fixed = glob.split('*').next().unwrap();
            assert!(Path::new("../..").join(fixed).exists(), "{glob}");
        }
    }
}
