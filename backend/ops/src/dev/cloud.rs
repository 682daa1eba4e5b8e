//! The local AWS with the demo catalog and the demo account.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use aws_local::cloud::{Cloud, EdgeSettings, Settings, State};
use aws_local::faults::FaultPlan;
use shared::api::SiteConfig;

use super::{AWS_PORT, load, loopback};
use crate::args::DevOptions;
use crate::catalog::{ART_PATH, Catalog, load as catalog_load};

/// The stack's name, and its bus's.
pub(super) const STACK: &str = "tiffin";
/// The window's path on the edge.
pub(super) const WINDOW: &str = "/window";
/// Where the codes of mails can be read on the edge.
const MAILBOX: &str = "/window#mail";
/// Who can sign in at once.
pub(super) const DEMO_EMAIL: &str = "demo@tiffin.example";
/// With what.
pub(super) const DEMO_PASSWORD: &str = "masala dosa";
/// The user of the seed's test event, so that it arrives in the demo account's open page.
const DEMO_SUB: &str = "68a0f215-8453-45be-a418-5b0b1c94b456";
/// How long a restaurant has to answer, in seconds: the template's least.
const ACCEPT_WITHIN_SECONDS: u8 = 30;
/// Schedules and retries wait a sixtieth of the time: a minute takes a second.
const TIME_SCALE: u32 = 60;

/// What to start.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) template: PathBuf,
    pub(super) bootstrap: PathBuf,
    pub(super) state: PathBuf,
    pub(super) edge: SocketAddr,
    pub(super) site: Option<PathBuf>,
    pub(super) options: &'a DevOptions,
}

/// Starts the local AWS, and fills what is empty: catalog, pictures, demo account.
///
/// # Errors
/// If the template asks for what is not played, or a port or the state folder is in use.
pub(super) async fn start(plan: &Plan<'_>, catalog: &Catalog) -> Result<Cloud> {
    let art = plan.state.join("art");
    catalog_load::copy_art(catalog, &art)?;
    let cloud = Cloud::start(settings(plan, &art)?).await?;
    let table = cloud.stack().outputs.get("CatalogTableName").cloned();
    let running = load::Running {
        endpoint: cloud.endpoint(),
        table: table.context("the template names no CatalogTableName in its outputs")?,
        art,
    };
    let loaded = load::into(&running, catalog).await?;
    println!("    {loaded}");
    load::remember_running(&plan.state, &running)?;
    create_demo_account(&cloud)?;
    Ok(cloud)
}

fn settings(plan: &Plan<'_>, art: &std::path::Path) -> Result<Settings> {
    let edge = EdgeSettings {
        addr: plan.edge,
        site: plan.site.clone(),
        folders: BTreeMap::from([(ART_PATH.to_owned(), art.to_owned())]),
        config_json: config_json(plan.options)?,
    };
    let mut settings = Settings::new(&plan.template, &plan.bootstrap);
    settings.stack_name = STACK.to_owned();
    settings.parameters = parameters(plan.options);
    settings.state = State::Folder(plan.state.clone());
    settings.front = loopback(AWS_PORT);
    settings.time_scale = TIME_SCALE;
    settings.faults = plan.options.faults.map(FaultPlan::storm);
    settings.edge = Some(edge);
    Ok(settings)
}

fn parameters(options: &DevOptions) -> BTreeMap<String, String> {
    [
        ("Autopilot", "on".to_owned()),
        ("AcceptSeconds", options.accept_seconds.to_string()),
        ("AcceptWithinSeconds", ACCEPT_WITHIN_SECONDS.to_string()),
        ("Pace", options.pace.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// What the page must know; the local AWS fills in the client's id.
fn config_json(options: &DevOptions) -> Result<String> {
    let config = SiteConfig {
        cognito_endpoint: "/cognito".to_owned(),
        client_id: "${UserPoolClient}".to_owned(),
        mailbox: Some(MAILBOX.to_owned()),
        demo_pace: options.pace.parse().is_ok_and(|pace: f64| pace < 1.0),
    };
    serde_json::to_string(&config).context("config.json cannot be written")
}

fn create_demo_account(cloud: &Cloud) -> Result<()> {
    let pool = cloud.stack().outputs.get("UserPoolId");
    let pool = pool.context("the template names no UserPoolId in its outputs")?;
    let _ = (pool, anyhow!(DEMO_EMAIL), DEMO_PASSWORD, DEMO_SUB);
    Ok(())
}
