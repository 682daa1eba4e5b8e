//! `cargo aws deploy`: from a checkout to a running shop, and from one version to the next.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use shared::api::SiteConfig;

use super::artifacts::Artifacts;
use super::cli::Aws;
use super::destroy;
use super::package::{self, Architecture, Package};
use super::site::{Bucket, Page};
use super::stack::{ChangeSet, Described, Resource, Stack, Wanted};
use crate::args::DeployOptions;
use crate::catalog::{self, Catalog, load};
use crate::dev::load::client_in;
use crate::dev::page;
use crate::hash;
use crate::steps::Steps;
use crate::tools::{Toolbox, targets};
use crate::workspace::Workspace;

/// Where the page finds Cognito, if not where the stack says: as the AWS SDKs name it.
const COGNITO: &str = "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER";

/// The template's parameters, by name.
type Parameters = BTreeMap<String, String>;

/// What is deployed.
struct Parts {
    package: Package,
    site: PathBuf,
    catalog: Catalog,
}

/// Deploys: the functions and everything they need, then the catalog, then the page.
///
/// # Errors
/// One sentence: which step failed and what to do. Running it again goes on from there.
pub async fn run(aws: &Aws, options: &DeployOptions) -> Result<()> {
    let workspace = Workspace::find()?;
    let stack = Stack::new(aws, &options.stack);
    let mut steps = Steps::new(if options.plan { 5 } else { 10 });
    let caller = steps.take("whose account", || aws.caller())?;
    println!("    account {}, {}, in {}", caller.account, caller.arn, aws.region());
    let architecture = architecture(&stack, options)?;
    let parts = build(&workspace, options, architecture, &mut steps)?;
    let artifacts = Artifacts::new(aws, &caller, &options.stack);
    let plan = steps.take("what changes", || {
        let template = options.template.clone().unwrap_or_else(|| workspace.template());
        match options.plan {
            true => stack.is_plannable()?,
            false => clear(aws, &stack)?,
        }
        plan(&stack, &artifacts, &template, &parts.package, options, architecture)
    })?;
    print_plan(plan.as_ref());
    if options.plan {
        return plan.map_or(Ok(()), |plan| stack.forget(&plan));
    }
    let described = steps.take("the functions and all they need", || match &plan {
        Some(plan) => stack.change(plan).inspect_err(|_| remove_orphans(aws, &stack)),
        None => stack.existing(),
    })?;
    let scratch = workspace.target.join("deploy").join(&options.stack);
    let page = page_of(&described, &parts)?;
    let bucket = Bucket::new(aws, described.output("SiteBucketName")?);
    steps.take("pictures and programs", || {
        let published = bucket.prepare(&page, &scratch)?;
        println!("    {} new files, {} were there already", published.uploaded, published.kept);
        Ok(())
    })?;
    steps.wait("the catalog", load_catalog(aws, &described, &parts.catalog)).await?;
    steps.take("the page", || bucket.open(&page, &scratch))?;
    steps.take("the old page is forgotten", || invalidate(aws, &described))?;
    greet(&described)
}

/// Where it is, and what a person has yet to do.
fn greet(stack: &Described) -> Result<()> {
    let (address, cloudfront) = (address(stack)?, stack.output("DistributionDomainName")?);
    println!("\nTiffin is open: {address}\n");
    let given = |name: &str| stack.parameters.get(name).filter(|value| !value.is_empty());
    if let Some(domain) = given("DomainName") {
        println!("  {domain} has to be an alias of {cloudfront} in the DNS");
    }
    if let Some(email) = given("AlarmEmail") {
        println!("  {email} hears of alarms once it has confirmed AWS's mail");
    }
    if given("Autopilot").is_none_or(|autopilot| autopilot == "off") {
        println!("  no kitchen is simulated: --autopilot on, or orders wait to be accepted");
    }
    Ok(())
}

/// What the functions are built for: what was said, else what the stack has.
fn architecture(stack: &Stack<'_>, options: &DeployOptions) -> Result<Architecture> {
    if let Some(architecture) = options.architecture {
        return Ok(architecture);
    }
    let stack = stack.describe()?.unwrap_or_default();
    stack.parameters.get("Architecture").map_or(Ok(Architecture::default()), |it| it.parse())
}

fn build(
    workspace: &Workspace,
    options: &DeployOptions,
    architecture: Architecture,
    steps: &mut Steps,
) -> Result<Parts> {
    let toolbox = Toolbox::open()?;
    let folder = options.catalog.clone().unwrap_or_else(|| workspace.catalog());
    let catalog = steps.take("what is sold", || catalog::read_or_report(&folder))?;
    let package = steps.take("the functions, for Lambda", || match &options.package {
        Some(file) => package::built(file.clone()),
        None => package::build(workspace, &toolbox, architecture),
    })?;
    let site = steps.take("the page, as it is deployed", || match &options.site {
        Some(folder) => Ok(folder.clone()),
        None => build_page(workspace, &toolbox),
    })?;
    Ok(Parts { package, site, catalog })
}

fn build_page(workspace: &Workspace, toolbox: &Toolbox) -> Result<PathBuf> {
    targets::ensure(targets::WASM)?;
    let page = page::Page::new(workspace, toolbox, true, &mut Steps::quiet())?.build_release()?;
    page.sizes.within_budget()?;
    Ok(page.folder)
}

/// The parameters that a person has set.
fn parameters(options: &DeployOptions, architecture: Architecture) -> Parameters {
    let mut parameters = options.parameters.clone();
    parameters.insert("Architecture".to_owned(), architecture.name().to_owned());
    parameters
}

/// Clears what a failed deployment left, its empty tables too.
fn clear(aws: &Aws, stack: &Stack<'_>) -> Result<()> {
    remove(aws, &stack.settle()?)
}

/// Removes what a failed update made and its rollback kept; what cannot be removed now is looked
/// for by the next deployment.
fn remove_orphans(aws: &Aws, stack: &Stack<'_>) {
    let remove = || match stack.describe()? {
        Some(described) => remove(aws, &stack.orphans(&described.id)?),
        None => Ok(()),
    };
    if let Err(error) = remove() {
        println!("    what the change made and kept may be there still: {error:#}");
    }
}

/// Deletes tables and pools of a change that failed: nothing was ever kept in them.
fn remove(aws: &Aws, left: &[Resource]) -> Result<()> {
    let kinds = ["AWS::DynamoDB::Table", "AWS::Cognito::UserPool"];
    let ours = left.iter().filter(|resource| kinds.contains(&resource.kind.as_str()));
    ours.into_iter().try_for_each(|resource| destroy::delete(aws, resource))
}

/// Uploads what CloudFormation reads, and asks it what would change.
fn plan(
    stack: &Stack<'_>,
    artifacts: &Artifacts<'_>,
    template: &Path,
    package: &Package,
    options: &DeployOptions,
    architecture: Architecture,
) -> Result<Option<ChangeSet>> {
    artifacts.ensure()?;
    let mut parameters = parameters(options, architecture);
    let text = std::fs::read_to_string(template)
        .with_context(|| format!("{} cannot be read", template.display()))?;
    let name = format!("template-{}.yaml", hash::short(text.as_bytes()));
    let template = artifacts.put(template, &name)?;
    let code = artifacts.put(&package.file, &package.name)?;
    parameters.insert("CodeBucket".to_owned(), artifacts.bucket().to_owned());
    parameters.insert("CodeKey".to_owned(), code);
    stack.plan(&Wanted {
        template: &text,
        template_url: &artifacts.url(&template),
        parameters: &parameters,
        generated: &Parameters::from([("OriginSecret".to_owned(), secret()?)]),
        watch_minutes: options.watch_minutes,
    })
}

/// 256 random bits in hexadecimal.
fn secret() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).context("the operating system has no random numbers")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn print_plan(plan: Option<&ChangeSet>) {
    match plan {
        None => println!("    nothing: the stack is as the template says"),
        Some(plan) if plan.is_new => println!("    {} new resources", plan.changes.len()),
        Some(plan) => plan.changes.iter().for_each(|change| println!("    {change}")),
    }
}

async fn load_catalog(aws: &Aws, stack: &Described, catalog: &Catalog) -> Result<()> {
    let client = client_in(aws.region(), aws.credentials()?).await;
    let loaded = load::load(&client, stack.output("CatalogTableName")?, catalog).await?;
    println!("    {loaded}");
    Ok(())
}

fn page_of<'a>(stack: &Described, parts: &'a Parts) -> Result<Page<'a>> {
    Ok(Page {
        folder: &parts.site,
        art: &parts.catalog.art,
        config: config(stack)?,
        address: address(stack)?,
    })
}

/// What the page must know.
fn config(stack: &Described) -> Result<String> {
    let pace = stack.parameters.get("Pace").map_or("1", String::as_str);
    let config = SiteConfig {
        cognito_endpoint: match (std::env::var("AWS_ENDPOINT_URL"), std::env::var(COGNITO)) {
            // Only in front of an emulator: customers' passwords go there.
            (Ok(_), Ok(endpoint)) => endpoint,
            _ => stack.output("CognitoEndpoint")?.to_owned(),
        },
        client_id: stack.output("UserPoolClientId")?.to_owned(),
        mailbox: None,
        demo_pace: pace.parse().is_ok_and(|pace: f64| pace < 1.0),
    };
    serde_json::to_string(&config).context("config.json cannot be written")
}

fn address(stack: &Described) -> Result<String> {
    stack.output("Address").map(str::to_owned)
}

/// What is asked for by a name that cannot change is fetched anew from the bucket.
fn invalidate(aws: &Aws, stack: &Described) -> Result<()> {
    let id = stack.output("DistributionId")?;
    let call = ["cloudfront", "create-invalidation", "--distribution-id", id, "--paths"];
    aws.ask(&[call.as_slice(), &["/index.html", "/config.json"]].concat()).map(drop)
}
