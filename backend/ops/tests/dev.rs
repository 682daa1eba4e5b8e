//! `cargo dev` as it is typed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

#[test]
fn a_catalog_is_not_loaded_into_what_another_checkout_runs() {
    // Nothing runs with this target folder, whatever listens on the port.
    let target = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ops"));
    command.args(["dev", "catalog", "load", "../data"]).env("CARGO_TARGET_DIR", target.path());
    let output = command.output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    let expected = "error: no `cargo dev` of this checkout is running to load the catalog into";
    assert!(error.starts_with(expected) && !output.status.success(), "{error}");
}
