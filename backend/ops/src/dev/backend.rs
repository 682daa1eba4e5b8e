//! Building the functions.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// Builds the one program that all functions are; its path.
pub(crate) fn build(workspace: &Workspace, release: bool) -> Result<PathBuf> {
    // Without --package: cargo then chooses the features of shared crates for the whole workspace,
    // as it did for us, and need not build the AWS SDK a second time.
    let mut command = workspace.cargo();
    command.args(["build", "--bin", "bootstrap"]);
    if release {
        command.arg("--release");
    }
    process::run(&mut command).context("the functions do not build")?;
    let profile = if release { "release" } else { "debug" };
    Ok(workspace.built(profile, "bootstrap"))
}
