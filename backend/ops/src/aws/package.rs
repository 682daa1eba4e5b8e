//! The functions' packages: a zip with a `bootstrap` for all but one, compiled for Lambda, and one for `pictures`.

use std::path::{Path, PathBuf};

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

/// What the names of the packages begin with.
const FUNCTIONS: &str = "functions";
const PICTURES: &str = "pictures";

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

/// What the functions are.
pub(crate) struct Packages {
    /// All functions but one.
    pub(crate) functions: Package,
    /// The function `pictures`.
    pub(crate) pictures: Package,
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
) -> Result<Packages> {
    let package = |program: &str, stem: &str| {
        let built = build_program(workspace, toolbox, architecture, program)
            .with_context(|| format!("the program {program} does not build"))?;
        let built = fs::read(&built).context("cargo lambda left no program")?;
        // In its package every program is called `bootstrap`, which is what Lambda starts.
        let file = workspace.target.join("lambda").join(program).join("bootstrap.zip");
        Ok::<_, anyhow::Error>(Package { file, name: name(stem, &built) })
    };
    let functions = package("bootstrap", FUNCTIONS)?;
    Ok(Packages { functions, pictures: package("pictures", PICTURES)? })
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

/// Packages that were built before.
pub(super) fn built(functions: &Path, pictures: &Path) -> Result<Packages> {
    let package = |file: &Path, stem: &str| {
        let content = fs::read(file)?;
        ensure!(content.starts_with(b"PK"), "the package {} is no zip file", file.display());
        Ok(Package { file: file.to_owned(), name: name(stem, &content) })
    };
    Ok(Packages {
        functions: package(functions, FUNCTIONS)?,
        pictures: package(pictures, PICTURES)?,
    })
}

fn name(stem: &str, content: &[u8]) -> String {
    format!("{stem}-{}.zip", hash::short(content))
}
