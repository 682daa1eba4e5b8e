//! The functions' package: one zip with one `bootstrap`, compiled for Lambda.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use fs_err as fs;

use crate::tools::{self, Toolbox, targets};
use crate::workspace::Workspace;
use crate::{hash, process};

/// The C library of `provided.al2023`, Amazon Linux 2023's
/// (docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html): what needs a newer one would not
/// start, so programs are linked with this one.
const GLIBC: &str = "2.34";

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
pub(crate) struct Package {
    /// The zip.
    pub(crate) file: PathBuf,
    /// A name that changes with its content.
    pub(super) name: String,
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
}

/// Builds the functions for Lambda.
pub(crate) fn build(
    workspace: &Workspace,
    toolbox: &Toolbox,
    architecture: Architecture,
) -> Result<Package> {
    let program = build_program(workspace, toolbox, architecture, "bootstrap")
        .context("the functions do not build")?;
    let program = fs::read(&program).context("cargo lambda left no program")?;
    let file = workspace.target.join("lambda/bootstrap/bootstrap.zip");
    Ok(Package { file, name: name(&program) })
}

/// Builds one program of the workspace for Lambda; the path of the program itself, without its package.
pub(crate) fn build_program(
    workspace: &Workspace,
    toolbox: &Toolbox,
    architecture: Architecture,
    program: &str,
) -> Result<PathBuf> {
    let target = architecture.target();
    targets::ensure(target)?;
    let cargo_lambda = toolbox.ensure(&tools::cargo_lambda())?;
    let mut command = workspace.cargo();
    command.args(["lambda", "build", "--release", "--output-format", "zip", "--bin", program]);
    command.args(["--target", &format!("{target}.{GLIBC}")]);
    // Zig comes with cargo-lambda, as a module of the Python beside it.
    command.env("PATH", tools::search_path(&[cargo_lambda])?);
    process::run(&mut command)?;
    Ok(workspace.target.join(target).join("release").join(program))
}

/// A package that was built before.
pub(super) fn built(file: PathBuf) -> Result<Package> {
    let content = fs::read(&file)?;
    ensure!(content.starts_with(b"PK"), "the package {} is no zip file", file.display());
    Ok(Package { file, name: name(&content) })
}

fn name(content: &[u8]) -> String {
    format!("functions-{}.zip", hash::short(content))
}
