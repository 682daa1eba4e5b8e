//! The standard library for what the page and the functions are compiled for.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// The target the page is compiled for.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Adds a target to the toolchain if it is missing; an error without rustup, or without a network.
pub(crate) fn ensure(target: &str) -> Result<()> {
    let sysroot = process::output(Command::new("rustc").args(["--print", "sysroot"]))
        .context("there is no Rust compiler; see https://rustup.rs")?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(target).join("lib").is_dir() {
        return Ok(());
    }
    process::run(Command::new("rustup").args(["target", "add", target])).with_context(|| {
        format!(
            "the target {target} is missing; a first run needs the network once, and rustup (see \
             https://rustup.rs)"
        )
    })
}
