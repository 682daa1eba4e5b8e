//! Building the functions.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// Builds the program that the functions are, and beside it that of `pictures`; the path of the first.
pub(crate) fn build(workspace: &Workspace, release: bool) -> Result<PathBuf> {
    // Without --package: cargo then chooses the features of shared crates for the whole workspace,
    // as it did for us, and need not build the AWS SDK a second time.
    let mut command = workspace.cargo();
    command.args(["build", "--bin", "bootstrap", "--bin", "pictures"]);
    if release {
        command.arg("--release");
    }
    process::run(&mut command).context("the functions do not build")?;
    let profile = if release { "release" } else { "debug" };
    Ok(workspace.built(profile, "bootstrap"))
}
