//! The commands `cargo dev` and `cargo verify`; see the library for what they do.

use std::process::ExitCode;

fn main() -> ExitCode {
    ops::run(std::env::args_os())
}
