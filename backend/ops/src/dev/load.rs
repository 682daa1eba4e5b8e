//! `cargo dev catalog load`: a catalog into the running `cargo dev`, or into any table.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use aws_config::{BehaviorVersion, ConfigLoader};
use aws_sdk_dynamodb::config::{Credentials, Region};
use aws_smithy_http_client::tls;
use clap::Args;
use fs_err as fs;
use serde::{Deserialize, Serialize};

use crate::catalog::load::{Loaded, copy_art, load};
use crate::catalog::{Catalog, read_or_report};
use crate::workspace::Workspace;

/// Which catalog to load where.
#[derive(Debug, Args)]
pub struct Options {
    /// The catalog's folder, such as backend/data
    folder: PathBuf,
    /// The table, by default that of the running `cargo dev`
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
    /// DynamoDB's address, by default AWS's own
    #[arg(long, value_name = "URL", requires = "table")]
    endpoint: Option<String>,
    /// The folder to copy the pictures into
    #[arg(long, value_name = "DIR", requires = "table")]
    art: Option<PathBuf>,
}

/// Where a running `cargo dev` is written down, in its state folder.
const FILE: &str = "running.json";

/// Where a running local AWS keeps its catalog.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Place {
    /// The address of its AWS endpoints.
    pub endpoint: String,
    /// The name of the catalog's table.
    pub table: String,
    /// The folder that pictures are served from.
    pub art: PathBuf,
    /// The CloudFront distribution whose cache is to forget the old catalog; `None` leaves it as it
    /// is, as on AWS.
    #[serde(default)]
    pub distribution: Option<String>,
}

/// Checks a catalog and loads it.
///
/// # Errors
/// If something in it is wrong, nothing runs to load it into, or the table does not answer.
pub async fn run(options: Options) -> Result<()> {
    let catalog = read_or_report(&options.folder)?;
    let loaded = match &options.table {
        Some(table) => {
            if let Some(art) = &options.art {
                copy_art(&catalog, art)?;
            }
            load(&client(options.endpoint.as_deref()).await, table, &catalog).await?
        }
        None => into(&running(&Workspace::find()?.state())?, &catalog).await?,
    };
    println!("{loaded}");
    Ok(())
}

/// Loads a catalog into the running `cargo dev`.
///
/// # Errors
/// If the table does not answer, or the pictures cannot be copied.
pub async fn into(place: &Place, catalog: &Catalog) -> Result<Loaded> {
    copy_art(catalog, &place.art)?;
    let loaded = load(&client(Some(&place.endpoint)).await, &place.table, catalog).await?;
    if let Some(distribution) = &place.distribution {
        invalidate(&place.endpoint, distribution).await?;
    }
    Ok(loaded)
}

/// Has the local edge forget everything, so that an edited catalog is seen at once.
async fn invalidate(endpoint: &str, distribution: &str) -> Result<()> {
    let url = format!("{endpoint}/2020-05-31/distribution/{distribution}/invalidation");
    let owner = "AWS4-HMAC-SHA256 Credential=owner/20260101/us-east-1/cloudfront/aws4_request";
    let body =
        "<InvalidationBatch><Paths><Items><Path>/*</Path></Items></Paths></InvalidationBatch>";
    let call = reqwest::Client::new().post(url).header("authorization", owner).body(body);
    let answer = call.send().await.context("the local edge's cache cannot be emptied")?;
    answer.error_for_status().context("the local edge's cache is not emptied").map(drop)
}

/// Writes down what runs.
///
/// # Errors
/// If the state folder cannot be written.
pub(super) fn remember(state: &Path, place: &Place) -> Result<()> {
    let file = state.join(FILE);
    let text = serde_json::to_string_pretty(place)?;
    Ok(fs::write(&file, text)?)
}

/// Removes what [`remember`] wrote.
pub(super) fn forget(state: &Path) {
    let _ = fs::remove_file(state.join(FILE)); // a later load then fails on the connection instead
}

/// What runs, by the state folder.
///
/// # Errors
/// If nothing does.
pub(super) fn running(state: &Path) -> Result<Place> {
    let text = fs::read_to_string(state.join(FILE))
        .context("no `cargo dev` is running to load it into; start one, or name a --table")?;
    serde_json::from_str(&text)
        .with_context(|| format!("{FILE} is damaged; start `cargo dev` again"))
}

/// A client of DynamoDB: at an address on this machine, where any key will do, or on AWS.
pub(crate) async fn client(endpoint: Option<&str>) -> aws_sdk_dynamodb::Client {
    let loader = loader();
    let loader = match endpoint {
        Some(endpoint) => loader
            .endpoint_url(endpoint)
            .region(Region::new("eu-west-2"))
            .credentials_provider(Credentials::new("owner", "owner", None, None, "local")),
        None => loader,
    };
    aws_sdk_dynamodb::Client::new(&loader.load().await)
}

/// A client of DynamoDB in a region of AWS, with these credentials.
pub(crate) async fn client_in(region: &str, credentials: Credentials) -> aws_sdk_dynamodb::Client {
    let loader = loader().region(Region::new(region.to_owned())).credentials_provider(credentials);
    aws_sdk_dynamodb::Client::new(&loader.load().await)
}

fn loader() -> ConfigLoader {
    let https = aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https();
    aws_config::defaults(BehaviorVersion::latest()).http_client(https)
}
