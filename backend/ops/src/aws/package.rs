//! The functions' package: one zip with one `bootstrap`, compiled for Lambda.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use fs_err as fs;

use crate::tools::{self, Toolbox, targets};
use crate::workspace::Workspace;
use crate::{hash, process};

/// The newest version of the C library that `provided.al2023` has: Amazon Linux 2023's
/// (docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html).
const GLIBC: (u32, u32) = (2, 34);

/// What Lambda runs the functions on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Architecture {
    /// AWS's own processors: a fifth cheaper, and the template's default
    #[default]
    Arm64,
    /// Intel's and AMD's
    #[value(name = "x86_64")]
    X86_64,
}

/// A package, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The zip.
    pub file: PathBuf,
    /// A name that changes with its content.
    pub name: String,
}

impl Architecture {
    /// What a function must be compiled for to run on this machine.
    ///
    /// # Errors
    /// If Lambda has no such processor.
    pub fn of_this_machine() -> Result<Self> {
        match std::env::consts::ARCH {
            "aarch64" => Ok(Self::Arm64),
            "x86_64" => Ok(Self::X86_64),
            other => bail!("Lambda runs no functions on {other}"),
        }
    }

    /// As the template's parameter has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }

    /// As the Rust compiler has it.
    const fn target(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-unknown-linux-gnu",
            Self::X86_64 => "x86_64-unknown-linux-gnu",
        }
    }

    /// As `cargo lambda` has it.
    const fn flag(self) -> &'static str {
        match self {
            Self::Arm64 => "--arm64",
            Self::X86_64 => "--x86-64",
        }
    }
}

/// Builds the functions for Lambda.
///
/// # Errors
/// If a tool cannot be installed, or the functions do not build or would not start there.
pub fn build(
    workspace: &Workspace,
    toolbox: &Toolbox,
    architecture: Architecture,
) -> Result<Package> {
    let program = build_program(workspace, toolbox, architecture, "bootstrap")
        .context("the functions do not build")?;
    let program = fs::read(&program).context("cargo lambda left no program")?;
    starts_on_lambda(&program)?;
    let file = workspace.target.join("lambda/bootstrap/bootstrap.zip");
    Ok(Package { file, name: format!("functions-{}.zip", hash::short(&program)) })
}

/// Builds one program of the workspace for Lambda; where it lies, outside its package.
///
/// # Errors
/// If a tool cannot be installed, or it does not build.
pub fn build_program(
    workspace: &Workspace,
    toolbox: &Toolbox,
    architecture: Architecture,
    program: &str,
) -> Result<PathBuf> {
    targets::ensure(architecture.target())?;
    let cargo_lambda = toolbox.ensure(&tools::cargo_lambda())?;
    let mut command = workspace.cargo();
    command.args(["lambda", "build", "--release", "--bin", program, architecture.flag()]);
    command.args(["--output-format", "zip"]);
    // Zig comes with cargo-lambda, as a module of the Python beside it.
    command.env("PATH", tools::search_path(&[cargo_lambda])?);
    process::run(&mut command)?;
    Ok(workspace.target.join(architecture.target()).join("release").join(program))
}

/// A package that was built before.
///
/// # Errors
/// If it cannot be read.
pub fn built(file: PathBuf) -> Result<Package> {
    let content = fs::read(&file)?;
    if !content.starts_with(b"PK") {
        bail!("the package {} is no zip file", file.display());
    }
    Ok(Package { file, name: format!("functions-{}.zip", hash::short(&content)) })
}

/// Refuses a program that asks for a newer C library than Lambda has: it would not start there.
fn starts_on_lambda(program: &[u8]) -> Result<()> {
    match newest_glibc(program) {
        Some(needed) if needed > GLIBC => bail!(
            "the functions need glibc {}.{} and Lambda's provided.al2023 has {}.{}; build them with cargo lambda",
            needed.0,
            needed.1,
            GLIBC.0,
            GLIBC.1
        ),
        _ => Ok(()),
    }
}

/// The newest version of glibc that a program names among its symbols' versions.
fn newest_glibc(program: &[u8]) -> Option<(u32, u32)> {
    const MARK: &[u8] = b"GLIBC_2.";
    let minors = program.windows(MARK.len()).enumerate().filter(|(_, at)| *at == MARK);
    let minors = minors.filter_map(|(start, _)| {
        let digits: Vec<u8> =
            program[start + MARK.len()..].iter().copied().take_while(u8::is_ascii_digit).collect();
        std::str::from_utf8(&digits).ok()?.parse().ok()
    });
    minors.max().map(|minor| (2, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_needs_a_newer_c_library_is_refused() {
        starts_on_lambda(b"\0GLIBC_2.17\0GLIBC_2.34\0GLIBC_2.3.4\0").unwrap();
        let error = starts_on_lambda(b"\0GLIBC_2.17\0GLIBC_2.38\0").unwrap_err().to_string();
        assert!(error.starts_with("the functions need glibc 2.38 "), "{error}");
        starts_on_lambda(b"static").unwrap();
    }

    #[test]
    fn what_is_no_zip_is_no_package() {
        let temporary = tempfile::tempdir().unwrap();
        let file = temporary.path().join("package");
        fs::write(&file, "PK\u{3}\u{4}").unwrap();
        assert!(built(file.clone()).unwrap().name.starts_with("functions-"));
        fs::write(&file, "#!/bin/sh").unwrap();
        assert!(built(file.clone()).unwrap_err().to_string().ends_with(" is no zip file"));
    }
}
