//! `cargo dev bench`: how fast it is, in numbers that can be compared.
//!
//! Release functions, pace 0, everything on this machine. Each measurement has a name: `bootstrap`
//! (the functions' processes), `load` (orders of one and of fifty customers), `watchdog` (a million
//! open orders), `page` (Lighthouse's figures and first visits on a throttled phone), `counter` (a rush of
//! orders, and a full board). `cargo verify page` prints the bytes of the page.

mod bootstrap;
mod counter;
mod load;
mod numbers;
mod page;
mod script;
pub(crate) mod shop;
mod watchdog;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::dev::backend;
use crate::process;
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
    /// The pages on a phone: Lighthouse, and the time to the first content
    Page,
    /// The counter: a rush of orders, and one more on a full board
    Counter,
}

/// What the measurements share.
pub(crate) struct Bench {
    pub(crate) workspace: Workspace,
    /// The release bootstrap.
    pub(crate) program: PathBuf,
}

/// Takes the measurements, in an optimized build of this program, and stops at the first that fails.
pub(crate) async fn run(options: Options) -> Result<()> {
    let workspace = Workspace::find()?;
    if cfg!(debug_assertions) {
        return run_optimized(&workspace);
    }
    let program = backend::build(&workspace, true)?;
    let bench = Bench { workspace, program };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("{cores} cores; release functions, pace 0");
    for measurement in Measurement::value_variants() {
        if options.only.is_empty() || options.only.contains(measurement) {
            println!("\n{measurement:?}");
            match measurement {
                Measurement::Bootstrap => bootstrap::measure(&bench)?,
                Measurement::Load => load::measure(&bench).await?,
                Measurement::Watchdog => watchdog::measure(&bench).await?,
                Measurement::Page => page::measure(&bench).await?,
                Measurement::Counter => counter::measure(&bench).await?,
            }
        }
    }
    Ok(())
}

/// Runs the same in an optimized build: in a debug build, the local AWS takes most of the time.
fn run_optimized(workspace: &Workspace) -> Result<()> {
    process::run(workspace.cargo().args(["build", "--profile", "bench-tools", "--bin", "ops"]))?;
    let mut command = std::process::Command::new(workspace.built("bench-tools", "ops"));
    process::run(command.args(std::env::args_os().skip(1)).current_dir(&workspace.root))
}
