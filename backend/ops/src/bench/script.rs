//! Scripts that measure in Chromium, by the puppeteer-core that comes with Lighthouse.

use std::process::Command;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::process;
use crate::tools::{self, Toolbox, browser};

/// An account that a script signs in with.
#[derive(Debug, Serialize)]
pub(super) struct Account {
    pub(super) email: &'static str,
    pub(super) password: &'static str,
}

/// The browser's program and its arguments.
pub(super) fn chromium() -> Result<Vec<String>> {
    let chromium = browser::ensure()?.chromium.display().to_string();
    Ok(vec![chromium, "--no-sandbox".to_owned(), "--disable-gpu".to_owned()])
}

/// Runs a script, which is given the folder of Lighthouse's package and `input` as JSON; what it prints.
pub(super) fn run(toolbox: &Toolbox, script: &str, input: &impl Serialize) -> Result<String> {
    let lighthouse = fs_err::canonicalize(toolbox.ensure(&tools::lighthouse())?)?;
    let package = lighthouse.ancestors().nth(2).context("Lighthouse is in no package")?;
    let file = tempfile::Builder::new().suffix(".mjs").tempfile()?;
    fs_err::write(file.path(), script)?;
    let mut node = Command::new("node");
    let command = node.arg(file.path()).arg(package).arg(serde_json::to_string(input)?);
    tokio::task::block_in_place(|| process::output(command))
}
