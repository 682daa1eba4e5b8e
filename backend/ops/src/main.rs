//! The commands `cargo dev`, `cargo verify` and `cargo aws`; see the library for what they do.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    ops::run(std::env::args_os()).await
}
