//! The command `aws-local`: emulates a template until a signal stops it, for tests that kill it.
//!
//! It prints its addresses as one line of JSON on standard output.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use aws_local::cloud::{Cloud, EdgeSettings, Settings, State};
use aws_local::feed::{Feed, FeedEvent};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::broadcast::error::RecvError;

const USAGE: &str = "aws-local --template FILE --bootstrap FILE [--param NAME=VALUE]…
    [--state FOLDER] [--edge PORT] [--time-scale N] [--processes N] [--quiet]

--edge opens the origin for browsers; without --state all is kept in memory.";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("aws-local: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let settings = settings(std::env::args().skip(1))?;
    // Ready to be stopped before anyone can know that it runs.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let cloud = Cloud::start(settings).await?;
    tokio::spawn(print_codes(cloud.feed().clone()));
    let stack = cloud.stack();
    let ids = stack.resources.keys().filter_map(|id| Some((id, stack.reference(id)?)));
    let ids: BTreeMap<_, _> = ids.collect();
    let addresses = json!({
        "endpoint": cloud.endpoint(),
        "edge": cloud.edge_url(),
        "outputs": stack.outputs,
        "resources": ids,
    });
    println!("{addresses}");
    std::io::stdout().flush()?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    cloud.stop().await;
    Ok(())
}

/// Writes every confirmation code to standard error, for there is no mail.
async fn print_codes(feed: Feed) {
    let mut news = feed.subscribe();
    loop {
        match news.recv().await.map(|entry| entry.event.clone()) {
            Ok(FeedEvent::Code { email, code }) => eprintln!("mail to {email}: {code}"),
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

fn settings(mut arguments: impl Iterator<Item = String>) -> Result<Settings> {
    let mut settings = Settings::new("", "");
    while let Some(flag) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{flag} needs a value"));
        match flag.as_str() {
            "--template" => settings.template = value()?.into(),
            "--bootstrap" => settings.bootstrap = value()?.into(),
            "--param" => {
                let value = value()?;
                let (name, value) = value.split_once('=').context("--param NAME=VALUE")?;
                settings.parameters.insert(name.to_owned(), value.to_owned());
            }
            "--state" => settings.state = State::Folder(value()?.into()),
            "--time-scale" => settings.time_scale = value()?.parse()?,
            "--processes" => settings.processes = value()?.parse()?,
            "--edge" => {
                settings.edge = Some(EdgeSettings {
                    addr: ([127, 0, 0, 1], value()?.parse()?).into(),
                    site: None,
                    documents: None,
                    folders: BTreeMap::new(),
                    config_json: "{}".to_owned(),
                });
            }
            "--quiet" => settings.echo_logs = false,
            _ => bail!("{flag} is unknown\n{USAGE}"),
        }
    }
    if settings.template.as_os_str().is_empty() || settings.bootstrap.as_os_str().is_empty() {
        bail!("--template and --bootstrap are needed\n{USAGE}");
    }
    Ok(settings)
}
