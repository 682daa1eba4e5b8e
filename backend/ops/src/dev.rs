//! `cargo dev`: everything on this machine, from nothing to an open shop.
//!
//! Read it in the order it happens: [`run`] takes the steps, `backend` builds the functions,
//! [`page`] builds and serves the page, [`cloud`] starts the local AWS with the demo catalog and
//! account, `watch` rebuilds what changes, and [`load`] changes the catalog of a running one.

pub(crate) mod backend;
pub mod cloud;
pub mod load;
pub mod page;
mod watch;

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use aws_local::cloud::{Cloud, LOCK_FILE, State, lock_state};
use aws_local::feed::FeedEvent;
use clap::Args;
use tokio::sync::broadcast::error::RecvError;

use crate::steps::Steps;
use crate::tools::{Toolbox, targets};
use crate::workspace::{Workspace, loopback};
use crate::{catalog, stop};

/// Where the edge listens while trunk serves the page; `Trunk.toml` names the same port.
const EDGE_PORT: u16 = 9180;
/// Where the AWS endpoints listen.
const AWS_PORT: u16 = 9181;
/// The page's default port.
const PAGE_PORT: u16 = 8080;

/// How to run everything on this machine.
#[derive(Debug, Args)]
pub struct Options {
    /// Delete all orders and accounts first
    #[arg(long)]
    pub fresh: bool,
    /// Serve the page and run the functions as they are deployed
    #[arg(long)]
    pub release: bool,
    /// The page's port [default: 8080]
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// Open the page in a browser
    #[arg(long)]
    pub open: bool,
    /// Simulated kitchens and faults.
    #[command(flatten)]
    pub simulation: cloud::Simulation,
    /// Where orders and accounts are stored [default: target/local]
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
}

/// Runs everything until a signal comes.
///
/// # Errors
/// One sentence: what is missing, busy or broken.
pub async fn run(options: Options) -> Result<()> {
    let workspace = Workspace::find()?;
    let ports = Ports::of(&options);
    ports.check()?;
    let state = options.state.clone().unwrap_or_else(|| workspace.state());
    if options.fresh {
        forget(&state).await?;
    }
    let mut steps = Steps::new(if options.release { 8 } else { 7 });
    let toolbox = Toolbox::open()?;
    steps.take("the standard library for wasm", || targets::ensure(targets::WASM))?;
    let page = page::Page::new(&workspace, &toolbox, options.release, &mut steps)?;
    let bootstrap = steps.take("the functions", || backend::build(&workspace, options.release))?;
    let site = match options.release {
        true => Some(steps.take("the page, as it is deployed", || page.build_release())?.folder),
        false => None,
    };
    let folder = workspace.catalog();
    let catalog = steps.take("the catalog", || catalog::read_or_report(&folder))?;
    let plan = cloud::Plan {
        template: workspace.template(),
        bootstrap,
        state: State::Folder(state.clone()),
        art: state.join("art"),
        aws: loopback(AWS_PORT),
        edge: loopback(ports.edge),
        site,
        echo_logs: true,
        simulation: options.simulation.clone(),
    };
    let running = steps.wait("the local AWS", cloud::start(&plan, &catalog)).await?;
    load::remember(&state, &running.catalog)?;
    let trunk = match options.release {
        true => None,
        false => Some(steps.wait("the page", page.serve(ports.page)).await?),
    };
    greet(&running.cloud, &options, ports);
    let watch =
        watch::Watch { workspace: &workspace, release: options.release, catalog: &running.catalog };
    let ended = tokio::select! {
        () = stop::requested() => Ok(()),
        ended = page::until_it_ends(trunk) => ended,
        never = watch.run() => never,
        never = print_codes(&running.cloud) => never,
    };
    load::forget(&state);
    running.cloud.stop().await;
    ended
}

/// Where a browser finds the page, and what stands behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ports {
    page: u16,
    edge: u16,
}

impl Ports {
    /// A release is served by the edge itself.
    fn of(options: &Options) -> Self {
        let page = options.port.unwrap_or(PAGE_PORT);
        Self { page, edge: if options.release { page } else { EDGE_PORT } }
    }

    /// Fails while it costs nothing: before anything is installed or built.
    fn check(self) -> Result<()> {
        let free = |port: u16| TcpListener::bind(loopback(port));
        let page = format!("port {} is in use; choose another with --port", self.page);
        free(self.page).context(page)?;
        for port in [self.edge, AWS_PORT] {
            let other = format!("port {port} is in use; is another `cargo dev` running?");
            free(port).context(other)?;
        }
        Ok(())
    }
}

/// Empties the state folder, and nothing that is not one or is in use: its lock is taken first.
async fn forget(state: &Path) -> Result<()> {
    if !state.exists() {
        return Ok(());
    }
    let entries = fs_err::read_dir(state)?;
    let names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    if !names.is_empty() && !names.iter().any(|name| name == "aws.sqlite" || name == LOCK_FILE) {
        bail!("{} holds no state of ours, so --fresh leaves it alone", state.display());
    }
    let _lock = lock_state(state).await?;
    for entry in fs_err::read_dir(state)?.flatten() {
        if entry.file_name() == LOCK_FILE {
            continue; // we hold it, and who starts next takes it again
        }
        match entry.file_type()?.is_dir() {
            true => fs_err::remove_dir_all(entry.path())?,
            false => fs_err::remove_file(entry.path())?,
        }
    }
    Ok(())
}

fn greet(cloud: &Cloud, options: &Options, ports: Ports) {
    let shop = format!("http://127.0.0.1:{}/", ports.page);
    println!("\nTiffin is open.\n");
    println!("  shop        {shop}");
    println!("  sign in     {} with the password {}", cloud::DEMO_EMAIL, cloud::DEMO_PASSWORD);
    println!("  console     http://127.0.0.1:{}{}", ports.edge, cloud::CONSOLE);
    println!("  AWS         {} (the bus is {})", cloud.endpoint(), cloud::STACK);
    println!("\nConfirmation codes appear here. Ctrl-C stops everything.\n");
    if options.open {
        page::open(&shop);
    }
}

/// Prints each confirmation code that a mail would have carried.
async fn print_codes(cloud: &Cloud) -> Result<()> {
    let mut news = cloud.feed().subscribe();
    loop {
        match news.recv().await.as_deref() {
            Ok(entry) => {
                if let FeedEvent::Code { email, code } = &entry.event {
                    println!("confirmation code for {email}: {code}");
                }
            }
            Err(RecvError::Lagged(_)) => {} // the console has them all
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_port_is_one_sentence() {
        let taken = TcpListener::bind(loopback(0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = Ports { page: port, edge: 0 }.check().unwrap_err();
        assert_eq!(error.to_string(), format!("port {port} is in use; choose another with --port"));
    }

    #[tokio::test]
    async fn fresh_removes_nothing_that_another_run_uses() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path();
        fs_err::write(folder.join("aws.sqlite"), "").unwrap();
        let held = lock_state(folder).await.unwrap();
        let refused = forget(folder).await.unwrap_err().to_string();
        assert!(refused.ends_with("is in use by another local AWS"), "{refused}");
        assert!(folder.join("aws.sqlite").exists());
        drop(held);
        forget(folder).await.unwrap();
        assert!(!folder.join("aws.sqlite").exists());
    }

    #[tokio::test]
    async fn fresh_leaves_a_strangers_folder_alone() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path();
        fs_err::write(folder.join("thesis.txt"), "").unwrap();
        assert!(forget(folder).await.unwrap_err().to_string().ends_with("leaves it alone"));
        fs_err::write(folder.join("aws.sqlite"), "").unwrap();
        forget(folder).await.unwrap();
        assert_eq!(fs_err::read_dir(folder).unwrap().count(), 1, "only the lock is left");
    }
}
