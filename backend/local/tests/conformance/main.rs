//! One suite for the local emulator of this crate, for MiniStack, a third-party emulator, and for
//! AWS itself.
//!
//! ```text
//! cargo test -p aws-local --test conformance                            # this crate's AWS
//! cargo test -p aws-local --test conformance -- --emulator              # a running MiniStack
//! cargo test -p aws-local --test conformance -- --aws STACK [--region R] # AWS: costs cents
//! ```
//!
//! A word after `--` runs the checks whose line contains it. `--emulator` finds its way by
//! `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `TIFFIN_AWS`
//! (the `aws` command). `--aws` takes whoever is signed in, makes a stack of that name and deletes
//! it when it has run; `TIFFIN_PROBE` and `TIFFIN_PROBE_ARCHITECTURE` name a probe that was built
//! for Amazon Linux, if this machine's own would not run there.

mod arguments;
mod report;

mod checks;
mod differences;
mod services;

mod target;
mod wire;

use std::process::ExitCode;

use anyhow::Result;

use arguments::{Arguments, Where};
use differences::Differences;
use report::Report;
use target::{Target, deployed, local};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("conformance: {why:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything was as it should be.
async fn run() -> Result<bool> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    if arguments.list || report::chosen(&arguments).is_empty() {
        report::list(&arguments);
        return Ok(true);
    }
    match &arguments.target {
        Where::Local => {
            let (local, target) = local::start().await?;
            let passed = ask(&target, &arguments, Differences::default()).await;
            local.stop().await;
            passed
        }
        Where::Emulator => {
            let differences = Differences::of_the_emulator()?;
            let (stack, target) = deployed::emulator().await?;
            let passed = ask(&target, &arguments, differences).await;
            stack.delete().await?;
            passed
        }
        Where::Aws { stack, region } => {
            let (stack, target) = deployed::aws(stack, region.clone()).await?;
            let passed = ask(&target, &arguments, Differences::default()).await;
            stack.delete().await?;
            passed
        }
    }
}

/// Asks everything, until it is interrupted: what was made must be deleted in any case.
async fn ask(target: &Target, arguments: &Arguments, differences: Differences) -> Result<bool> {
    let report = Report::new(arguments, differences)?;
    let run = async {
        target.ready().await?;
        Ok(report.run(target).await)
    };
    tokio::select! {
        passed = run => passed,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            eprintln!("conformance: interrupted");
            Ok(false)
        }
    }
}
