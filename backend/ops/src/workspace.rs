//! Where the workspace is, and where cargo builds it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process;

/// The folders every command works in.
#[derive(Clone, Debug, Deserialize)]
pub struct Workspace {
    /// The folder of the workspace's `Cargo.toml`.
    #[serde(rename = "workspace_root")]
    pub root: PathBuf,
    /// Cargo's target folder: `target`, unless the environment says otherwise.
    #[serde(rename = "target_directory")]
    pub target: PathBuf,
}

impl Workspace {
    /// The workspace that the current folder belongs to; an error if cargo does not find one here.
    pub(crate) fn find() -> Result<Self> {
        let mut command = process::cargo();
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        let json =
            process::output(&mut command).context("run this inside the Tiffin repository")?;
        serde_json::from_str(&json).context("cargo metadata names no workspace here")
    }

    /// A cargo command that runs at the workspace's root.
    pub fn cargo(&self) -> Command {
        let mut command = process::cargo();
        command.current_dir(&self.root);
        command
    }

    /// The program that cargo builds as `name` in the profile with this folder (`debug`, `release`).
    pub fn built(&self, profile: &str, name: &str) -> PathBuf {
        self.target.join(profile).join(name)
    }

    /// The demo catalog.
    pub fn catalog(&self) -> PathBuf {
        self.root.join("backend/data")
    }

    /// The CloudFormation template.
    pub fn template(&self) -> PathBuf {
        self.root.join("backend/template.yaml")
    }

    /// Where `cargo dev` stores orders and accounts by default.
    pub fn state(&self) -> PathBuf {
        self.target.join("local")
    }

    /// The version of a crate that `Cargo.lock` holds; an error if it has no such crate.
    pub(crate) fn locked_version(&self, package: &str) -> Result<String> {
        let text = fs_err::read_to_string(self.root.join("Cargo.lock"))?;
        locked_version(&text, package).with_context(|| format!("Cargo.lock has no {package}"))
    }
}

/// A port of this machine that no other machine reaches.
pub fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let after = lock.lines().skip_while(|line| *line != name).nth(1)?;
    Some(after.strip_prefix("version = \"")?.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_the_very_crate() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }
}
