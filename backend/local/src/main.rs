//! The command `aws-local`: emulates a template until a signal stops it.
//!
//! It prints its addresses as one line of JSON on standard output.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use aws_local::cloud::{Cloud, EdgeSettings, Settings, State};
use aws_local::faults::FaultPlan;
use aws_local::feed::{Feed, FeedEvent};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::broadcast::error::RecvError;

const USAGE: &str = "aws-local --template FILE --bootstrap FILE [--stack NAME] [--region NAME]
    [--param NAME=VALUE]… [--state FOLDER|memory] [--port N] [--time-scale N] [--processes N]
    [--faults SEED]
    [--edge PORT] [--site FOLDER] [--folder /PREFIX=FOLDER]… [--config-json TEXT] [--quiet]

--edge opens the origin for browsers; ${LogicalId} in --config-json is replaced as by Fn::Sub.";

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
    let ids: std::collections::BTreeMap<_, _> = ids.collect();
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
    let mut edge = EdgeSettings {
        addr: ([127, 0, 0, 1], 0).into(),
        site: None,
        folders: std::collections::BTreeMap::new(),
        config_json: "{}".to_owned(),
    };
    let mut edge_wanted = false;
    while let Some(flag) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{flag} needs a value"));
        match flag.as_str() {
            "--template" => settings.template = value()?.into(),
            "--bootstrap" => settings.bootstrap = value()?.into(),
            "--stack" => settings.stack_name = value()?,
            "--region" => settings.region = value()?,
            "--param" => {
                let value = value()?;
                let (name, value) = value.split_once('=').context("--param NAME=VALUE")?;
                settings.parameters.insert(name.to_owned(), value.to_owned());
            }
            "--state" => settings.state = state(value()?),
            "--port" => settings.endpoint.set_port(value()?.parse()?),
            "--time-scale" => settings.time_scale = value()?.parse()?,
            "--processes" => settings.processes = value()?.parse()?,
            "--faults" => settings.faults = Some(FaultPlan::storm(value()?.parse()?)),
            "--edge" => {
                edge.addr.set_port(value()?.parse()?);
                edge_wanted = true;
            }
            "--site" => edge.site = Some(value()?.into()),
            "--config-json" => edge.config_json = value()?,
            "--folder" => {
                let value = value()?;
                let (prefix, folder) = value.split_once('=').context("--folder /PREFIX=FOLDER")?;
                edge.folders.insert(prefix.to_owned(), folder.into());
            }
            "--quiet" => settings.echo_logs = false,
            _ => bail!("{flag} is unknown\n{USAGE}"),
        }
    }
    if settings.template.as_os_str().is_empty() || settings.bootstrap.as_os_str().is_empty() {
        bail!("--template and --bootstrap are needed\n{USAGE}");
    }
    settings.edge = edge_wanted.then_some(edge);
    Ok(settings)
}

fn state(text: String) -> State {
    match text.as_str() {
        "memory" => State::Memory,
        _ => State::Folder(PathBuf::from(text)),
    }
}
