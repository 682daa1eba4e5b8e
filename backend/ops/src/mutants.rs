//! `cargo verify mutants`: changes the code a little, time and again, and says which change no test
//! notices.
//!
//! `cargo-mutants` does it (mutants.rs). Each change costs a build and the tests of what was changed,
//! so that all of them take hours, and those of a few commits minutes. `.cargo/mutants.toml` names
//! the changes that no test has to notice, each with its reason.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::tools::{Source, Tool, Toolbox, search_path};
use crate::workspace::Workspace;

/// The version that the survivors in `.cargo/mutants.toml` are those of.
const CARGO_MUTANTS: &str = "27.1.0";
/// How long the build or the tests of one change may take, in seconds: some end in an endless loop.
const TIMEOUT: &str = "300";

/// What is changed, and the tests that have to notice.
struct Part {
    package: &'static str,
    /// The changed files as globs; none for all.
    files: &'static [&'static str],
    /// The tests that cargo builds and runs.
    targets: &'static [&'static str],
    /// The tests that are left out.
    skipped: &'static [&'static str],
}

const PARTS: [Part; 3] = [
    Part { package: "shared", files: &[], targets: &["--lib", "--tests"], skipped: &[] },
    Part {
        package: "frontend",
        files: &[
            "frontend/src/live/machine.rs",
            "frontend/src/model/*.rs",
            "frontend/src/session/tokens.rs",
        ],
        targets: &["--lib"],
        skipped: &[],
    },
    Part {
        package: "backend",
        files: &["backend/src/**/*.rs"],
        targets: &["--lib", "--test=handlers"],
        // It takes a minute: an account is deleted under every fault of every call.
        skipped: &["deleting_goes_on"],
    },
];

/// Installs `cargo-mutants` and runs it, on what has changed since the commit `since` or on
/// everything; its reports are in `target/mutants`.
///
/// # Errors
/// If a change survives, or the tests fail without one.
pub fn run(workspace: &Workspace, toolbox: &Toolbox, since: Option<&str>) -> Result<()> {
    let program = toolbox.ensure(&cargo_mutants())?;
    let folder = workspace.root.join("target/mutants");
    fs_err::create_dir_all(&folder)?;
    let diff = since.map(|since| diff(workspace, since, &folder)).transpose()?;
    let mut failed = Vec::new();
    for part in &PARTS {
        let mut command = workspace.cargo();
        command.env("PATH", search_path(std::slice::from_ref(&program))?);
        // Kept from run to run, so that only a first one builds other people's crates.
        command.env("CARGO_TARGET_DIR", folder.join("build"));
        // The other parts are worth trying all the same.
        if let Err(error) = process::run(command.args(arguments(part, &folder, diff.as_deref()))) {
            failed.push(error.context(part.package));
        }
    }
    failed.into_iter().next().map_or(Ok(()), Err)
}

fn cargo_mutants() -> Tool {
    let source = Source::Crate { name: "cargo-mutants", locked: true };
    Tool { program: "cargo-mutants", version: CARGO_MUTANTS.to_owned(), source }
}

/// Writes what has changed since a commit into a file, for `--in-diff`; that commit's files are
/// compared with those of the working tree.
fn diff(workspace: &Workspace, since: &str, folder: &Path) -> Result<std::path::PathBuf> {
    let mut git = Command::new("git");
    git.current_dir(&workspace.root).args(["diff", since, "--", "*.rs"]);
    let file = folder.join("changes.diff");
    fs_err::write(&file, process::output(&mut git)?)?;
    Ok(file)
}

fn arguments(part: &Part, folder: &Path, diff: Option<&Path>) -> Vec<String> {
    let output = folder.join(part.package).display().to_string();
    let mut all: Vec<String> = ["mutants", "--package", part.package, "--output", &output]
        .into_iter()
        .chain(["--timeout", TIMEOUT, "--no-shuffle"])
        .map(str::to_owned)
        .collect();
    all.extend(part.files.iter().flat_map(|glob| ["--file".to_owned(), (*glob).to_owned()]));
    all.extend(diff.into_iter().flat_map(|it| ["--in-diff".to_owned(), it.display().to_string()]));
    all.extend(part.targets.iter().map(|target| format!("--cargo-arg={target}")));
    if !part.skipped.is_empty() {
        // The first ends the arguments of `cargo mutants`, the second those of `cargo test`.
        all.extend(["--", "--"].map(str::to_owned));
        all.extend(part.skipped.iter().map(|name| format!("--skip={name}")));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_changed_is_mutated_if_a_commit_is_named() {
        let page = &PARTS[1];
        let all = arguments(page, Path::new("/t"), None);
        let files = all.iter().filter(|argument| *argument == "--file").count();
        assert_eq!(files, page.files.len());
        assert!(!all.contains(&"--in-diff".to_owned()));
        assert_eq!(all.last().unwrap(), "--cargo-arg=--lib");
        let functions = arguments(&PARTS[2], Path::new("/t"), None);
        let last = ["--", "--", "--skip=deleting_goes_on"];
        assert_eq!(functions[functions.len() - 3..], last, "what libtest reads comes last");
        let some = arguments(page, Path::new("/t"), Some(Path::new("/t/changes.diff")));
        let place = some.iter().position(|argument| argument == "--in-diff").unwrap();
        assert_eq!(some[place + 1], "/t/changes.diff");
    }

    /// A glob that matches nothing would leave its file out in silence.
    #[test]
    fn every_part_and_file_is_there() {
        let root = Path::new("../..");
        for part in &PARTS {
            for glob in part.files {
                let fixed = glob.split('*').next().unwrap();
                assert!(root.join(fixed).exists(), "{glob}");
            }
        }
    }
}
