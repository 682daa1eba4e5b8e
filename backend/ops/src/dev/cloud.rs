//! The local AWS with the demo catalog and the demo account.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use aws_local::cloud::{Cloud, EdgeSettings, Settings, State};
use aws_local::faults::FaultPlan;
use aws_local::settings::SampleEvent;
use aws_local::template::Stack;
use clap::Args;
use serde_json::json;
use shared::api::{Membership, Problem, ProblemType, SiteConfig};
use shared::menu::Restaurant;
use shared::staff::Role;
use shared::{RestaurantId, Status};

use super::{REGION, load};
use crate::catalog::{ART_PATH, Catalog, load as catalog_load};
use crate::members::transact_items;
use crate::site;

/// The stack's name, and its bus's.
pub const STACK: &str = "tiffin";
/// The console's path on the edge.
pub(super) const CONSOLE: &str = "/_local/";
/// The demo account's email address.
pub const DEMO_EMAIL: &str = "demo@tiffin.example";
/// The demo account's password.
pub const DEMO_PASSWORD: &str = "masala dosa";
/// The restaurant of the demo staff, which is always open.
const DEMO_RESTAURANT: &str = "raat-rani-dhaba";
/// The email address of who owns that restaurant.
pub const DEMO_OWNER: &str = "owner@tiffin.example";
/// The email address of who cooks there.
pub const DEMO_COOK: &str = "cook@tiffin.example";
/// The email address of who brings its orders. The password of all three is the demo account's.
pub const DEMO_COURIER: &str = "courier@tiffin.example";
/// The staff of that restaurant: the address, the account's id, the role, and the name in histories.
pub const DEMO_STAFF: [(&str, &str, Role, &str); 3] = [
    (DEMO_OWNER, "2d1f1f0c-1f6a-4b56-9d43-0c6b4a7e5a01", Role::Owner, "Noor"),
    (DEMO_COOK, "2d1f1f0c-1f6a-4b56-9d43-0c6b4a7e5a02", Role::Kitchen, "An"),
    (DEMO_COURIER, "2d1f1f0c-1f6a-4b56-9d43-0c6b4a7e5a03", Role::Courier, "Cory"),
];
/// The restaurants of the demo's chain, which are always open too.
pub const CHAIN_RESTAURANTS: [&str; 2] = ["night-owl-burgers", "slow-fuse-pizza"];
/// The email address of who owns both.
pub const CHAIN_OWNER: &str = "owner-of-two@tiffin.example";
/// The email address of who delivers for both.
pub const CHAIN_COURIER: &str = "courier-of-two@tiffin.example";
/// The staff of both, as [`DEMO_STAFF`].
pub const CHAIN_STAFF: [(&str, &str, Role, &str); 2] = [
    (CHAIN_OWNER, "2d1f1f0c-1f6a-4b56-9d43-0c6b4a7e5a04", Role::Owner, "Mo"),
    (CHAIN_COURIER, "2d1f1f0c-1f6a-4b56-9d43-0c6b4a7e5a05", Role::Courier, "Remy"),
];
/// The user of the seed's test event, so that it arrives in the demo account's open page.
const DEMO_SUB: &str = "68a0f215-8453-45be-a418-5b0b1c94b456";
/// The detail of the seed's test event.
pub const SEEDS_DETAIL: &str = r#"{
  "order_id": "0ff5e0c8-7c95-49be-ac84-771d47e1d92a",
  "order_status": "order_placed",
  "user_id": "68a0f215-8453-45be-a418-5b0b1c94b456"
}"#;
/// How long a restaurant has to answer, in seconds: the template's least.
const ACCEPT_WITHIN_SECONDS: u8 = 30;
/// Schedules and retries wait a sixtieth of the time: a minute takes a second.
const TIME_SCALE: u32 = 60;

/// How kitchens, couriers and faults are simulated.
#[derive(Clone, Debug, Args)]
pub struct Simulation {
    /// How long a kitchen takes to answer, in seconds
    #[arg(long, value_name = "N", default_value_t = 6,
        value_parser = clap::value_parser!(u8).range(0..=29))]
    pub accept_seconds: u8,
    /// The length of a simulated minute, in minutes: 0 to 1; the default is a second
    #[arg(long, value_name = "X", default_value = "0.0166667", value_parser = pace)]
    pub pace: String,
    /// Leave the orders to people at /counter: no kitchen and no courier is simulated
    #[arg(long, conflicts_with_all = ["accept_seconds", "pace"])]
    pub people: bool,
    /// Inject faults by this seed: duplicates, delays, lost answers, killed functions
    #[arg(long, value_name = "SEED")]
    pub faults: Option<u64>,
}

impl Simulation {
    /// Everything happens at once, and nothing goes wrong.
    pub(crate) fn at_once() -> Self {
        Self { accept_seconds: 0, pace: "0".to_owned(), people: false, faults: None }
    }
}

fn pace(text: &str) -> Result<String, String> {
    match text.parse() {
        Ok(pace) if (0.0..=1.0).contains(&pace) => Ok(text.to_owned()),
        _ => Err("must be a number from 0 to 1, such as 0.5".to_owned()),
    }
}

/// What to start, and where.
#[derive(Debug)]
pub struct Plan {
    /// The template to emulate.
    pub template: PathBuf,
    /// The program that all functions are.
    pub bootstrap: PathBuf,
    /// Where orders and accounts are kept.
    pub state: State,
    /// The folder for the catalog's pictures.
    pub art: PathBuf,
    /// Where the AWS endpoints listen.
    pub aws: SocketAddr,
    /// Where browsers connect.
    pub edge: SocketAddr,
    /// The page as it is deployed; `None` if trunk serves it.
    pub site: Option<PathBuf>,
    /// The folder for the documents that show the catalog.
    pub documents: PathBuf,
    /// Whether what the functions log is shown.
    pub echo_logs: bool,
    /// How kitchens and faults are simulated.
    pub simulation: Simulation,
}

/// A running local AWS, filled.
#[derive(Debug)]
pub struct Running {
    /// The local AWS.
    pub cloud: Cloud,
    /// How its catalog is changed.
    pub catalog: load::Place,
}

/// Starts the local AWS, and fills what is empty: catalog, pictures, demo accounts. The demo staff are made
/// what they were at first each time, also in a state folder that had none.
///
/// # Errors
/// If the template uses what is not supported, or a port or the state folder is in use.
pub async fn start(plan: &Plan, catalog: &Catalog) -> Result<Running> {
    catalog_load::copy_art(catalog, &plan.art)?;
    let cloud = Cloud::start(settings(plan)?).await?;
    if let Some((site, address)) = plan.site.as_ref().zip(cloud.edge_url()) {
        site::prepare_documents(&plan.documents, &site.join("index.html"), &address)?;
    }
    let (art, documents) = (plan.art.clone(), plan.documents.clone());
    let place = load::Place::of(cloud.stack(), cloud.endpoint(), art, documents)?;
    load::into(&place, catalog).await?;
    create_account(&cloud, DEMO_EMAIL, DEMO_SUB)?;
    employ_demo_staff(&cloud, catalog).await?;
    Ok(Running { cloud, catalog: place })
}

/// The stack that the local AWS makes of a template.
pub(crate) fn stack(template: &Path) -> Result<Stack> {
    Stack::load(template, STACK, REGION, &parameters(&Simulation::at_once()))
}

fn settings(plan: &Plan) -> Result<Settings> {
    let mut settings = Settings::new(&plan.template, &plan.bootstrap);
    settings.stack_name = STACK.to_owned();
    settings.region = REGION.to_owned();
    settings.parameters = parameters(&plan.simulation);
    settings.state = plan.state.clone();
    settings.endpoint = plan.aws;
    settings.time_scale = TIME_SCALE;
    settings.faults = plan.simulation.faults.map(FaultPlan::storm);
    settings.sample_event = Some(SampleEvent {
        source: "custom.food_app".to_owned(),
        detail_type: Status::Placed.name().to_owned(),
        detail: SEEDS_DETAIL.to_owned(),
        id_field: Some("order_id".to_owned()),
    });
    let overloaded = "This machine cannot keep up; send the same again in a moment.";
    let overloaded = Problem::new(ProblemType::Unavailable, overloaded);
    settings.problem_when_overloaded = Some(serde_json::to_string(&overloaded)?);
    settings.echo_logs = plan.echo_logs;
    settings.edge = Some(EdgeSettings {
        addr: plan.edge,
        documents: Some(plan.documents.clone()),
        site: plan.site.clone(),
        folders: BTreeMap::from([(ART_PATH.to_owned(), plan.art.clone())]),
        config_json: config_json(plan)?,
    });
    Ok(settings)
}

fn parameters(simulation: &Simulation) -> BTreeMap<String, String> {
    // People take the time that the template gives them.
    let pace = if simulation.people {
        vec![("Autopilot", "off".to_owned())]
    } else {
        vec![
            ("Autopilot", "on".to_owned()),
            ("AcceptSeconds", simulation.accept_seconds.to_string()),
            ("AcceptWithinSeconds", ACCEPT_WITHIN_SECONDS.to_string()),
            ("Pace", simulation.pace.clone()),
        ]
    };
    let limits = [
        // The customers of a benchmark or a journey order faster than any person.
        ("OrdersPerMinute", "1000000".to_owned()),
        ("TicketsPerMinute", "1000000".to_owned()),
        // Here one machine is every customer at once, and it answers 503 when it cannot keep up.
        ("RequestsPerSecond", "10000".to_owned()),
        ("RequestsAtOnce", "5000".to_owned()),
    ];
    let all = pace.into_iter().chain(limits);
    all.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What the page must know; the local AWS fills in the clients' ids.
fn config_json(plan: &Plan) -> Result<String> {
    let config = SiteConfig {
        cognito_endpoint: "/cognito".to_owned(),
        client_id: "${UserPoolClient}".to_owned(),
        email_client_id: "${UserPoolEmailClient}".to_owned(),
        // In full, for trunk may serve the page from another port.
        mailbox: Some(format!("http://{}{CONSOLE}", plan.edge)),
        demo_pace: !plan.simulation.people
            && plan.simulation.pace.parse().is_ok_and(|pace: f64| pace < 1.0),
    };
    serde_json::to_string(&config).context("config.json cannot be written")
}

fn create_account(cloud: &Cloud, email: &str, sub: &str) -> Result<()> {
    let pool = output(cloud, "UserPoolId")?;
    cloud
        .user_pools()
        .admin_create(pool, email, DEMO_PASSWORD, sub)
        .map_err(|refusal| anyhow!("the account {email} cannot be made: {refusal:?}"))
}

/// The restaurant of the demo staff: in another catalog than the demo's, the first.
pub(super) fn staffed(catalog: &Catalog) -> Option<&Restaurant> {
    let mut restaurants = catalog.restaurants.iter().map(|entry| &entry.restaurant);
    let demo = restaurants.clone().find(|it| it.card.restaurant_id.as_ref() == DEMO_RESTAURANT);
    demo.or_else(|| restaurants.next())
}

/// The restaurants of the demo's chain: none in another catalog than the demo's.
pub(super) fn chain(catalog: &Catalog) -> Vec<&Restaurant> {
    let restaurants = catalog.restaurants.iter().map(|entry| &entry.restaurant);
    restaurants.filter(|it| CHAIN_RESTAURANTS.contains(&it.card.restaurant_id.as_ref())).collect()
}

/// Makes an owner, a cook and a courier of one restaurant, and an owner and a courier of the chain's, if there are any.
async fn employ_demo_staff(cloud: &Cloud, catalog: &Catalog) -> Result<()> {
    if let Some(restaurant) = staffed(catalog) {
        employ(cloud, &restaurant.card.restaurant_id, &DEMO_STAFF).await?;
    }
    for restaurant in chain(catalog) {
        employ(cloud, &restaurant.card.restaurant_id, &CHAIN_STAFF).await?;
    }
    Ok(())
}

async fn employ(
    cloud: &Cloud,
    restaurant_id: &RestaurantId,
    staff: &[(&str, &str, Role, &str)],
) -> Result<()> {
    let table = output(cloud, "PeopleTableName")?;
    for &(email, sub, role, name) in staff {
        create_account(cloud, email, sub)?;
        let membership =
            Membership { restaurant_id: restaurant_id.clone(), role, name: name.parse()? };
        let items = transact_items(table, sub.parse()?, &membership);
        let call = reqwest::Client::new()
            .post(cloud.endpoint())
            .header("authorization", load::authorization("dynamodb"))
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", "DynamoDB_20120810.TransactWriteItems")
            .body(json!({"TransactItems": items}).to_string());
        let answer = call.send().await.with_context(|| format!("{email} cannot be employed"))?;
        answer.error_for_status().with_context(|| format!("{email} is not employed"))?;
    }
    Ok(())
}

fn output<'a>(cloud: &'a Cloud, name: &str) -> Result<&'a String> {
    let value = cloud.stack().outputs.get(name);
    value.with_context(|| format!("the template names no {name} in its outputs"))
}
