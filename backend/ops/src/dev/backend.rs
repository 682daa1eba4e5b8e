//! Building the functions.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// Builds the one program that all functions are; its path.
///
/// # Errors
/// If it does not compile; cargo has shown why.
pub(crate) fn build(workspace: &Workspace, release: bool) -> Result<PathBuf> {
    let mut command = workspace.cargo();
    command.args(["build", "--package", "backend", "--bin", "bootstrap"]);
    if release {
        command.arg("--release");
    }
    process::run(&mut command).context("the functions do not build")?;
    let profile = if release { "release" } else { "debug" };
    Ok(workspace.built(profile, "bootstrap"))
}
