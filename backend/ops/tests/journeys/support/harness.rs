//! Tests in a real browser or against an emulator.
//!
//! libtest-mimic takes the arguments of `cargo test` (a filter, `--list`, `--exact`). An error is
//! printed when it occurs; all errors and the names of the failed tests are printed again at the end.

use std::process::ExitCode;

use anyhow::Result;
use libtest_mimic::{Arguments, Failed, Trial};

/// A test that runs `body`.
pub(crate) fn test(name: &str, body: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    Trial::test(name, move || {
        body().map_err(|error| {
            let error = format!("{error:#}");
            eprintln!("\n{error}");
            Failed::from(error)
        })
    })
}

/// How many tests run at the same time: one for each processor, and two at most, for every test
/// has a browser and functions of its own, and its deadlines are for a machine that is not swamped.
pub(crate) fn at_once() -> usize {
    std::thread::available_parallelism().map_or(1, |processors| processors.get().min(2))
}

/// Runs the tests that the command line chooses, `at_once` at the same time unless it says
/// otherwise (`--test-threads`); a filter that chooses none is a failure.
pub(crate) fn run(tests: Vec<Trial>, at_once: usize) -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(at_once);
    let conclusion = libtest_mimic::run(&arguments, tests);
    let ran = conclusion.num_passed + conclusion.num_failed;
    if ran == 0 && !arguments.list {
        eprintln!("no test is called {}", arguments.filter.unwrap_or_default());
        return ExitCode::FAILURE;
    }
    conclusion.exit_code()
}
