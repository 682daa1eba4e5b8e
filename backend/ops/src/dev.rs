//! `cargo dev`: everything on this machine, from nothing to an open shop.
//!
//! Read it in the order it happens: `run` takes the steps, `backend` builds the functions,
//! `page` builds and serves the page, [`cloud`] starts the local AWS with the demo catalog and
//! account, `watch` rebuilds what changes, and [`load`] changes the catalog of a running one.

pub(crate) mod backend;
pub mod cloud;
pub mod load;
pub(crate) mod page;
mod watch;

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use aws_local::cloud::{Cloud, LOCK_FILE, State, lock_state};
use aws_local::feed::FeedEvent;
use clap::Args;
use tokio::sync::broadcast::error::RecvError;

use crate::catalog::Catalog;
use crate::steps::Steps;
use crate::tools::Toolbox;
use crate::workspace::{Workspace, loopback};
use crate::{catalog, site, stop};
use page::Page;

/// The region that the local AWS pretends to be in.
pub(crate) const REGION: &str = "eu-west-2";
/// Where the edge listens while trunk serves the page; `Trunk.toml` names the same port.
const EDGE_PORT: u16 = 9180;
/// Where the AWS endpoints listen.
const AWS_PORT: u16 = 9181;

/// How to run everything on this machine.
#[derive(Debug, Args)]
pub struct Options {
    /// Delete all orders and accounts first
    #[arg(long)]
    pub fresh: bool,
    /// Serve the page and run the functions as they are deployed
    #[arg(long)]
    pub release: bool,
    /// The page's port
    #[arg(long, value_name = "N", default_value_t = 8080)]
    pub port: u16,
    /// Simulated kitchens and faults.
    #[command(flatten)]
    pub simulation: cloud::Simulation,
}

/// Runs everything until a signal comes.
pub(crate) async fn run(options: Options) -> Result<()> {
    let workspace = Workspace::find()?;
    // A release is served by the edge itself.
    let edge = if options.release { options.port } else { EDGE_PORT };
    check_ports(options.port, options.release)?;
    let state = workspace.state();
    if options.fresh {
        forget(&state).await?;
    }
    let mut steps = Steps::new(5);
    let toolbox = Toolbox::open()?;
    let page = steps.take("install what builds the page", || Page::new(&workspace, &toolbox))?;
    let bootstrap =
        steps.take("build the functions", || backend::build(&workspace, options.release))?;
    let built = match options.release {
        true => Some(steps.take("build the page as it is deployed", || page.build_release())?),
        false => None,
    };
    let folder = workspace.catalog();
    let catalog = steps.take("read the catalog", || catalog::read_or_report(&folder))?;
    let _ = fs_err::remove_dir_all(documents(&state)); // of another page
    let plan = cloud::Plan {
        template: workspace.template(),
        bootstrap,
        state: State::Folder(state.clone()),
        art: art(&state),
        aws: loopback(AWS_PORT),
        edge: loopback(edge),
        site: built.as_ref().map(|built| built.folder.clone()),
        documents: documents(&state),
        echo_logs: true,
        simulation: options.simulation.clone(),
    };
    let running = steps.wait("start the local AWS", cloud::start(&plan, &catalog)).await?;
    let trunk = match options.release {
        true => None,
        false => Some(steps.wait("build and serve the page", page.serve(options.port)).await?),
    };
    greet(&running.cloud, &catalog, options.port, edge);
    let ended = tokio::select! {
        () = stop::requested() => Ok(()),
        ended = page::until_it_ends(trunk) => ended,
        never = watch::run(&workspace, options.release, &running.catalog) => never,
        never = print_codes(&running.cloud) => never,
    };
    running.cloud.stop().await;
    ended
}

/// Loads the catalog in a folder into the running `cargo dev` of this checkout; none is an error.
pub(crate) async fn load_catalog(folder: &Path) -> Result<()> {
    let workspace = Workspace::find()?;
    let catalog = catalog::read_or_report(folder)?;
    let state = workspace.state();
    // Whatever else listens on the port is not to be written to.
    ensure!(
        is_in_use(&state)?,
        "no `cargo dev` of this checkout is running to load the catalog into; start one"
    );
    let stack = cloud::stack(&workspace.template())?;
    let endpoint = format!("http://{}", loopback(AWS_PORT));
    let place = load::Place::of(&stack, endpoint, art(&state), documents(&state))?;
    println!("{}", load::into(&place, &catalog).await?);
    Ok(())
}

/// Makes the documents for the page that trunk has built in a folder; trunk's hook calls this, in
/// Trunk.toml. The first page takes the place of `index.html` there, the edge serves the others.
pub(crate) fn prerender(built: &Path, address: &str) -> Result<()> {
    let workspace = Workspace::find()?;
    let folder = documents(&workspace.state());
    let index = built.join(site::INDEX);
    // The edge allows no inline script, such as the one by which trunk reloads a page.
    let text = fs_err::read_to_string(&index)?;
    if let Some((before, rest)) = text.split_once("<script>")
        && let Some((script, after)) = rest.split_once("</script>")
    {
        // What trunk fills in as it serves index.html.
        let script = script
            .replace("'{{__TRUNK_ADDRESS__}}'", "location.host")
            .replace("'{{__TRUNK_WS_BASE__}}'", "'/'");
        fs_err::write(built.join("reload.js"), script)?;
        let text = format!("{before}<script src=\"/reload.js\"></script>{after}");
        fs_err::write(&index, text)?;
    }
    site::prepare_documents(&folder, &index, address)?;
    fs_err::copy(built.join(site::COUNTER), folder.join(site::COUNTER))?;
    site::write_documents(&folder, &catalog::read_or_report(&workspace.catalog())?)?;
    fs_err::rename(folder.join(site::INDEX), index)?;
    Ok(())
}

/// Whether a local AWS is running with this state folder: it holds the folder's lock.
fn is_in_use(state: &Path) -> Result<bool> {
    match File::open(state.join(LOCK_FILE)) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        file => Ok(matches!(file?.try_lock(), Err(TryLockError::WouldBlock))),
    }
}

/// Where the documents that show the catalog are served from.
fn documents(state: &Path) -> PathBuf {
    state.join("documents")
}

/// Where the catalog's pictures are served from.
fn art(state: &Path) -> PathBuf {
    state.join("art")
}

/// Checks that the ports are free: first of all, since installing and building take minutes.
fn check_ports(page: u16, is_release: bool) -> Result<()> {
    let own = if is_release { &[AWS_PORT][..] } else { &[EDGE_PORT, AWS_PORT] };
    ensure!(
        page != 0 && !own.contains(&page),
        "--port {page}: choose a port other than 0, {EDGE_PORT} and {AWS_PORT}"
    );
    // The one that was chosen before those that cannot be.
    let why = format!("port {page} is in use; choose another with --port");
    TcpListener::bind(loopback(page)).context(why)?;
    for port in own {
        let why =
            format!("port {port} is in use; stop the other `cargo dev`, or what else uses it");
        TcpListener::bind(loopback(*port)).context(why)?;
    }
    Ok(())
}

/// Empties the state folder, unless it is in use: its lock is taken first.
async fn forget(state: &Path) -> Result<()> {
    let _lock = lock_state(state).await?;
    for entry in fs_err::read_dir(state)?.flatten() {
        if entry.file_name() == LOCK_FILE {
            continue; // held here, and locked again by the next start
        }
        match entry.file_type()?.is_dir() {
            true => fs_err::remove_dir_all(entry.path())?,
            false => fs_err::remove_file(entry.path())?,
        }
    }
    Ok(())
}

fn greet(cloud: &Cloud, catalog: &Catalog, page: u16, edge: u16) {
    println!("\nTiffin is open.\n");
    println!("  shop        http://127.0.0.1:{page}/");
    println!("  sign in     {} with the password {}", cloud::DEMO_EMAIL, cloud::DEMO_PASSWORD);
    if let Some(restaurant) = cloud::staffed(catalog) {
        let name = &restaurant.card.name;
        println!("  counter     http://127.0.0.1:{page}/counter, where {name} is staffed by");
        println!("  owner       {} with the password {}", cloud::DEMO_OWNER, cloud::DEMO_PASSWORD);
        println!("  cook        {} with the password {}", cloud::DEMO_COOK, cloud::DEMO_PASSWORD);
        println!(
            "  courier     {} with the password {}",
            cloud::DEMO_COURIER,
            cloud::DEMO_PASSWORD
        );
    }
    let chain = cloud::chain(catalog);
    if !chain.is_empty() {
        let names: Vec<&str> = chain.iter().map(|it| it.card.name.as_str()).collect();
        println!("  also for    {}, with the same password:", names.join(" and "));
        println!("  owner       {}", cloud::CHAIN_OWNER);
        println!("  courier     {}", cloud::CHAIN_COURIER);
    }
    println!("  console     http://127.0.0.1:{edge}{}", cloud::CONSOLE);
    println!("  AWS         {} (the bus is {})", cloud.endpoint(), cloud::STACK);
    println!("\nConfirmation codes appear here. Ctrl-C stops everything.\n");
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

    #[tokio::test]
    async fn a_state_folder_is_in_use_while_a_local_aws_holds_its_lock() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_in_use(folder.path()).unwrap(), "nothing ever ran here");
        let held = lock_state(folder.path()).await.unwrap();
        assert!(is_in_use(folder.path()).unwrap());
        drop(held);
        assert!(!is_in_use(folder.path()).unwrap());
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
}
