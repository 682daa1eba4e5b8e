//! The commands `cargo dev`, `cargo verify` and `cargo aws`: what a developer and an owner of Tiffin
//! type, and nothing that is deployed.
//!
//! This crate knows both the application and the local AWS, and combines them. Read on in the
//! order of a first day: the command line ([`commands`]), the shop on one machine ([`dev`]) with the
//! tools it needs ([`tools`]) and the catalog it sells from ([`catalog`]), every check and test
//! ([`verify`]; [`mutants`] changes the code to test the tests) with the page as it is deployed
//! ([`site`]), the shop in an AWS account ([`aws`]) with what it costs ([`cost`]) and where it is
//! tried ([`emulator`]), who is staff of its restaurants at first ([`members`]), and how fast it all is
//! ([`mod@bench`]).

pub mod aws;
pub mod bench;
pub mod catalog;
pub mod commands;
pub mod cost;
pub mod dev;
pub mod emulator;
pub mod hash;
pub mod members;
pub mod mutants;
pub mod process;
pub mod site;
pub mod steps;
pub mod stop;
pub mod tools;
pub mod verify;
pub mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the command of a command line, which begins with the program's name.
pub async fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let command = match commands::parse(arguments) {
        Ok(command) => command,
        Err(error) => error.exit(), // prints it, or the help
    };
    let result = match stop::listen() {
        Ok(()) => commands::run(command).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Its programs were ended, so it failed.
        Err(_) if stop::was_requested() => ExitCode::from(stop::INTERRUPTED),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
