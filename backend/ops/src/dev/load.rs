//! `cargo dev catalog load`: a catalog into the running `cargo dev`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use aws_config::{BehaviorVersion, ConfigLoader};
use aws_local::template::Stack;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{Credentials, Region};
use aws_smithy_http_client::tls;

use super::REGION;
use crate::catalog::Catalog;
use crate::catalog::load::{Loaded, copy_art, load};
use crate::site;

/// The `authorization` header of a call that no SDK signs: the local AWS reads whose key it is, and no more.
pub fn authorization(service: &str) -> String {
    format!("AWS4-HMAC-SHA256 Credential=owner/20260101/us-east-1/{service}/aws4_request")
}

/// Where a running local AWS keeps its catalog.
#[derive(Clone, Debug)]
pub struct Place {
    /// The address of its AWS endpoints.
    pub endpoint: String,
    /// The name of the catalog's table.
    pub table: String,
    /// The folder that pictures are served from.
    pub art: PathBuf,
    /// The folder of the documents that show the catalog; those of a page that is prepared there.
    pub documents: PathBuf,
    /// The CloudFront distribution whose cache is to forget the old catalog; `None` leaves it as it
    /// is, as on AWS.
    pub distribution: Option<String>,
}

impl Place {
    /// The place of a stack whose endpoints are at an address.
    ///
    /// # Errors
    /// If the template has no output with the table's name.
    pub fn of(stack: &Stack, endpoint: String, art: PathBuf, documents: PathBuf) -> Result<Self> {
        let table = stack.outputs.get("CatalogTableName").cloned();
        let table = table.context("the template names no CatalogTableName in its outputs")?;
        let distribution = stack.outputs.get("DistributionId").cloned();
        Ok(Self { endpoint, table, art, documents, distribution })
    }
}

/// Loads a catalog into the running `cargo dev`.
///
/// # Errors
/// If the table does not answer, or the pictures cannot be copied.
pub async fn into(place: &Place, catalog: &Catalog) -> Result<Loaded> {
    copy_art(catalog, &place.art)?;
    let loaded = load(&client(&place.endpoint).await, &place.table, catalog).await?;
    site::write_documents(&place.documents, &catalog.clone().with_office(&loaded.office))?;
    if let Some(distribution) = &place.distribution {
        invalidate(&place.endpoint, distribution).await?;
    }
    Ok(loaded)
}

/// Has the local edge forget everything, so that an edited catalog is seen at once.
async fn invalidate(endpoint: &str, distribution: &str) -> Result<()> {
    let url = format!("{endpoint}/2020-05-31/distribution/{distribution}/invalidation");
    let body =
        "<InvalidationBatch><Paths><Items><Path>/*</Path></Items></Paths></InvalidationBatch>";
    let call = reqwest::Client::new()
        .post(url)
        .header("authorization", authorization("cloudfront"))
        .body(body);
    let answer = call.send().await.context("the local edge's cache cannot be emptied")?;
    answer.error_for_status().context("the local edge's cache is not emptied").map(drop)
}

/// A client of DynamoDB at an address on this machine, where any key will do.
pub(crate) async fn client(endpoint: &str) -> Client {
    let owner = Credentials::new("owner", "owner", None, None, "local");
    Client::new(&loader(REGION, owner).endpoint_url(endpoint).load().await)
}

/// A client of DynamoDB in a region of AWS, with these credentials.
pub(crate) async fn client_in(region: &str, credentials: Credentials) -> Client {
    Client::new(&loader(region, credentials).load().await)
}

fn loader(region: &str, credentials: Credentials) -> ConfigLoader {
    let https = aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https();
    let defaults = aws_config::defaults(BehaviorVersion::latest()).http_client(https);
    defaults.region(Region::new(region.to_owned())).credentials_provider(credentials)
}
