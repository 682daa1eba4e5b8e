//! `cargo dev bench`: how fast it is, in numbers that can be compared.
//!
//! Release functions, pace 0, everything on this machine. Each measurement has a name: `bootstrap`
//! (the functions' processes), `customer` and `load` (orders of one and of fifty customers),
//! `growth` (the same in a full table), `watchdog` (a million open orders), `page` (the bytes of a first visit).

mod bootstrap;
mod growth;
mod load;
mod numbers;
mod orders_table;
mod page;
pub(crate) mod shop;
mod watchdog;

use std::path::PathBuf;
use std::pin::Pin;

use anyhow::{Result, bail};
use clap::Args;

use crate::process;
use crate::workspace::Workspace;

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// The measurements to take, by default all
    #[arg(value_name = "NAME", value_parser = MEASUREMENTS.map(|measurement| measurement.name))]
    only: Vec<String>,
}

/// What the measurements share.
pub(crate) struct Bench {
    pub(crate) workspace: Workspace,
    /// The release bootstrap.
    pub(crate) program: PathBuf,
}

type Measuring<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

struct Measurement {
    name: &'static str,
    measure: fn(&Bench) -> Measuring<'_>,
}

const MEASUREMENTS: [Measurement; 6] = [
    Measurement { name: "bootstrap", measure: |bench| Box::pin(bootstrap::measure(bench)) },
    Measurement { name: "customer", measure: |bench| Box::pin(load::customer(bench)) },
    Measurement { name: "load", measure: |bench| Box::pin(load::measure(bench)) },
    Measurement { name: "growth", measure: |bench| Box::pin(growth::measure(bench)) },
    Measurement { name: "watchdog", measure: |bench| Box::pin(watchdog::measure(bench)) },
    Measurement { name: "page", measure: |bench| Box::pin(page::measure(bench)) },
];

/// Takes the measurements, in a program that is itself built for speed.
///
/// # Errors
/// If something does not build, or a measurement fails.
pub async fn run(options: Options) -> Result<()> {
    let workspace = Workspace::find()?;
    if cfg!(debug_assertions) {
        return again_but_fast(&workspace, &options);
    }
    process::run(workspace.cargo().args(["build", "--release", "--bin", "bootstrap"]))?;
    let program = workspace.built("release", "bootstrap");
    let bench = Bench { workspace, program };
    println!("{}; release functions, pace 0", numbers::machine());
    let mut failed = Vec::new();
    for measurement in &MEASUREMENTS {
        if options.only.is_empty() || options.only.iter().any(|name| name == measurement.name) {
            println!("\n{}", measurement.name);
            // The others are worth having all the same.
            if let Err(error) = (measurement.measure)(&bench).await {
                println!("  FAILED: {error:#}");
                failed.push(measurement.name);
            }
        }
    }
    match failed.is_empty() {
        true => Ok(()),
        false => bail!("not as it should be: {}", failed.join(", ")),
    }
}

/// The local AWS in a debug build would be most of what is measured.
fn again_but_fast(workspace: &Workspace, options: &Options) -> Result<()> {
    process::run(workspace.cargo().args(["build", "--profile", "bench-tools", "--bin", "ops"]))?;
    let mut command = std::process::Command::new(workspace.built("bench-tools", "ops"));
    process::run(command.args(["dev", "bench"]).args(&options.only).current_dir(&workspace.root))
}
