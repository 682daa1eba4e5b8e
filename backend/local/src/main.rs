//! The command `aws-local`: plays a template until it is told to stop.
//!
//! It prints its addresses as one line of JSON on standard output.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use aws_local::cloud::{Cloud, Settings, State};
use aws_local::faults::FaultPlan;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "aws-local --template FILE --bootstrap FILE [--stack NAME] [--region NAME]
    [--param NAME=VALUE]… [--state FOLDER|memory] [--port N] [--time-scale N] [--faults SEED]
    [--quiet]";

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
    let stack = cloud.stack();
    let ids = stack.resources.keys().filter_map(|id| Some((id, stack.reference(id)?)));
    let ids: std::collections::BTreeMap<_, _> = ids.collect();
    let addresses =
        json!({"endpoint": cloud.endpoint(), "outputs": stack.outputs, "resources": ids});
    println!("{addresses}");
    std::io::stdout().flush()?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    cloud.stop().await;
    Ok(())
}

fn settings(mut arguments: impl Iterator<Item = String>) -> Result<Settings> {
    let mut settings = Settings::new("", "");
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
            "--port" => settings.front.set_port(value()?.parse()?),
            "--time-scale" => settings.time_scale = value()?.parse()?,
            "--faults" => settings.faults = Some(FaultPlan::storm(value()?.parse()?)),
            "--quiet" => settings.echo_logs = false,
            _ => bail!("{flag} is unknown\n{USAGE}"),
        }
    }
    if settings.template.as_os_str().is_empty() || settings.bootstrap.as_os_str().is_empty() {
        bail!("--template and --bootstrap are needed\n{USAGE}");
    }
    Ok(settings)
}

fn state(text: String) -> State {
    match text.as_str() {
        "memory" => State::Memory,
        _ => State::Folder(PathBuf::from(text)),
    }
}
