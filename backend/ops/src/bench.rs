//! `cargo dev bench`: how fast it is, in numbers that can be compared.
//!
//! Release functions, pace 0, everything on this machine. Each measurement has a name: `bootstrap`
//! (the functions' processes), `load` (orders of one and of fifty customers), `watchdog` (a million
//! open orders), `page` (the bytes of each file as it is sent).

mod bootstrap;
mod load;
mod numbers;
pub(crate) mod shop;
mod watchdog;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::dev::page::Page;
use crate::process;
use crate::steps::Steps;
use crate::tools::Toolbox;
use crate::workspace::Workspace;

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// The measurements to take, by default all
    #[arg(value_name = "NAME")]
    only: Vec<Measurement>,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Measurement {
    /// Size and start of the functions' program
    Bootstrap,
    /// Orders and pushes: one customer, then fifty without pause
    Load,
    /// A round of the watchdog while a million orders are open
    Watchdog,
    /// Bytes of the page as it is deployed
    Page,
}

/// What the measurements share.
pub(crate) struct Bench {
    pub(crate) workspace: Workspace,
    /// The release bootstrap.
    pub(crate) program: PathBuf,
}

impl Bench {
    async fn measure(&self, measurement: Measurement) -> Result<()> {
        match measurement {
            Measurement::Bootstrap => bootstrap::measure(self),
            Measurement::Load => load::measure(self).await,
            Measurement::Watchdog => watchdog::measure(self).await,
            Measurement::Page => {
                let (toolbox, mut quiet) = (Toolbox::open()?, Steps::quiet());
                let page = Page::new(&self.workspace, &toolbox, true, &mut quiet)?;
                page.build_release().map(drop) // prints the bytes
            }
        }
    }
}

/// Takes the measurements, in a program that is itself built for speed.
///
/// # Errors
/// If something does not build, or a measurement fails.
pub async fn run(options: Options) -> Result<()> {
    let workspace = Workspace::find()?;
    if cfg!(debug_assertions) {
        return again_but_fast(&workspace);
    }
    process::run(workspace.cargo().args(["build", "--release", "--bin", "bootstrap"]))?;
    let program = workspace.built("release", "bootstrap");
    let bench = Bench { workspace, program };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("{cores} cores; release functions, pace 0");
    let mut failed = Vec::new();
    for measurement in Measurement::value_variants() {
        if options.only.is_empty() || options.only.contains(measurement) {
            println!("\n{measurement:?}");
            // The others are worth having all the same.
            if let Err(error) = bench.measure(*measurement).await {
                println!("  FAILED: {error:#}");
                failed.push(format!("{measurement:?}"));
            }
        }
    }
    match failed.is_empty() {
        true => Ok(()),
        false => bail!("not as it should be: {}", failed.join(", ")),
    }
}

/// The local AWS in a debug build would be most of what is measured.
fn again_but_fast(workspace: &Workspace) -> Result<()> {
    process::run(workspace.cargo().args(["build", "--profile", "bench-tools", "--bin", "ops"]))?;
    let mut command = std::process::Command::new(workspace.built("bench-tools", "ops"));
    process::run(command.args(std::env::args_os().skip(1)).current_dir(&workspace.root))
}
