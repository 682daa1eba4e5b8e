//! `cargo aws deploy`: from a checkout to a running shop, and from one version to the next.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use clap::{Args, ValueEnum as _};
use shared::api::SiteConfig;
use uuid::Uuid;

use super::artifacts::Artifacts;
use super::change_set::{ChangeSet, DesiredStack};
use super::cli::Aws;
use super::package::{self, Architecture, Packages};
use super::site::{Bucket, Page};
use super::stack::{Described, Stack};
use super::target::Target;
use crate::catalog::load::{self, Loaded};
use crate::catalog::{self, Catalog};
use crate::dev::load::client_in;
use crate::steps::Steps;
use crate::tools::Toolbox;
use crate::workspace::Workspace;
use crate::{dev, hash};

/// The variable of the AWS SDKs for Cognito's address, which the page then uses.
const COGNITO: &str = "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER";

/// The template's parameters, by name.
type Parameters = BTreeMap<String, String>;

/// What to deploy, and how.
#[derive(Debug, Args)]
pub struct Options {
    /// The stack.
    #[command(flatten)]
    pub(crate) stack: Target,
    /// The shop's own address
    #[arg(long, requires = "certificate")]
    domain: Option<String>,
    /// The address's certificate, in us-east-1
    #[arg(long, value_name = "ARN", requires = "domain", value_parser = certificate_in_us_east_1)]
    certificate: Option<String>,
    /// Where alarms are sent
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Whether kitchens and couriers are simulated (off in a new stack)
    #[arg(long, value_name = "on|off", value_parser = ["on", "off"])]
    autopilot: Option<String>,
    /// A parameter of backend/template.yaml; those that are not named keep their values
    #[arg(long, value_name = "NAME=VALUE", value_parser = name_and_value)]
    set: Vec<(String, String)>,
    /// The processors of the functions, by default those that the stack has, else arm64
    #[arg(long)]
    pub(crate) architecture: Option<Architecture>,
    /// The catalog's folder [default: backend/data]
    #[arg(long, value_name = "DIR")]
    catalog: Option<PathBuf>,
    /// The template [default: backend/template.yaml]
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// A package that was built before
    #[arg(long, value_name = "FILE", requires = "pictures_package")]
    package: Option<PathBuf>,
    /// The same of the function `pictures`
    #[arg(long, value_name = "FILE", requires = "package")]
    pictures_package: Option<PathBuf>,
    /// A page that was built before
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    /// Only print what would change
    #[arg(long)]
    pub(crate) plan: bool,
    // CloudFormation watches for three hours at most (API Reference, "RollbackConfiguration").
    /// Roll an update back if its alarms ring within so many minutes after it
    #[arg(long, value_name = "MINUTES", default_value_t = 0,
        value_parser = clap::value_parser!(u8).range(0..=180))]
    watch: u8,
}

impl Options {
    /// The template's parameters that were given, by `--set` or by an option of their own.
    pub(crate) fn parameters(&self) -> Parameters {
        let options = [
            ("AlarmEmail", &self.email),
            ("Autopilot", &self.autopilot),
            ("CertificateArn", &self.certificate),
            ("DomainName", &self.domain),
        ];
        let given =
            options.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
        self.set.iter().cloned().chain(given).collect()
    }
}

/// CloudFront takes certificates of one region only
/// (docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html).
fn certificate_in_us_east_1(arn: &str) -> Result<String, String> {
    match arn.starts_with("arn:") && arn.contains(":acm:us-east-1:") {
        true => Ok(arn.to_owned()),
        false => {
            Err("must be the ARN of a certificate in us-east-1, where CloudFront looks for it"
                .to_owned())
        }
    }
}

/// A parameter and its value, from `NAME=VALUE`.
fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("must be NAME=VALUE, such as Autopilot=on".to_owned()),
    }
}

/// Deploys: the functions and everything they need, then the catalog, then the page. Running it
/// again after an error continues from there.
pub(super) async fn run(aws: &Aws, options: &Options) -> Result<()> {
    let (workspace, toolbox) = (Workspace::find()?, Toolbox::open()?);
    let stack = Stack::new(aws, &options.stack.stack);
    let mut steps = Steps::new(if options.plan { 5 } else { 10 });
    let caller = steps.take("check the account", || aws.caller())?;
    println!("    account {}, {}, in {}", caller.account, caller.arn, aws.region());
    let architecture = architecture(&stack, options)?;
    let catalog = options.catalog.clone().unwrap_or_else(|| workspace.catalog());
    let catalog = steps.take("read the catalog", || catalog::read_or_report(&catalog))?;
    let packages = steps.take("build the functions for Lambda", || {
        match (&options.package, &options.pictures_package) {
            (Some(functions), Some(pictures)) => package::built(functions, pictures),
            _ => package::build(&workspace, &toolbox, architecture),
        }
    })?;
    // Kept until the end, for its folder goes with it.
    let (site, _built) = steps.take("build the page", || match &options.site {
        Some(folder) => Ok((folder.clone(), None)),
        None => {
            let built = dev::page::Page::new(&workspace, &toolbox)?.build_release()?;
            built.sizes.within_budget()?;
            Ok((built.folder.clone(), Some(built)))
        }
    })?;
    let plan = steps.take("plan the changes", || {
        match options.plan {
            true => stack.is_plannable()?,
            false => stack.clean_up()?,
        }
        let artifacts = Artifacts::new(aws, &caller, &options.stack.stack);
        let template = options.template.clone().unwrap_or_else(|| workspace.template());
        let mut parameters = options.parameters();
        parameters.insert("Architecture".to_owned(), architecture.name().to_owned());
        // Another template may have no such parameter.
        if fs_err::read_to_string(&template)?.contains("\n  PrerenderedMenus:\n") {
            let menus = crate::site::prerendered_menus(&catalog).join(",");
            parameters.insert("PrerenderedMenus".to_owned(), menus);
        }
        plan(&stack, &artifacts, &template, &packages, parameters, options.watch)
    })?;
    match &plan {
        None => println!("    no changes"),
        Some(plan) if plan.is_new => println!("    {} new resources", plan.changes.len()),
        Some(plan) => plan.changes.iter().for_each(|change| println!("    {change}")),
    }
    if options.plan {
        return plan.map_or(Ok(()), |plan| stack.forget(&plan));
    }
    let described = steps.take("change the stack", || match &plan {
        Some(plan) => stack.change(plan).inspect_err(|_| remove_orphans(&stack)),
        None => stack.existing(),
    })?;
    let (config, address) = (config(&described)?, described.output("Address")?);
    let page = Page { folder: &site, catalog: &catalog, config, address };
    let bucket = Bucket::new(aws, described.output("SiteBucketName")?);
    steps.take("upload pictures and programs", || bucket.prepare(&page))?;
    let loading = load_catalog(aws, &described, &catalog);
    let loaded = steps.wait("load the catalog", loading).await?;
    let shown = catalog.clone().with_office(&loaded.office);
    steps.take("publish the page", || bucket.open(&Page { catalog: &shown, ..page }))?;
    steps.take("invalidate the old page", || {
        let paths = "/index.html /shell.html /r/* /sitemap.xml /robots.txt /config.json /sw.js";
        let call = format!("cloudfront create-invalidation --paths {paths}");
        aws.ask(&format!("{call} --distribution-id"), &[described.output("DistributionId")?])
    })?;
    greet(&described)
}

/// Prints the address, and what is left to do by hand.
fn greet(stack: &Described) -> Result<()> {
    let (address, cloudfront) = (stack.output("Address")?, stack.output("DistributionDomainName")?);
    println!("\nTiffin is open: {address}\n");
    let given = |name: &str| stack.parameters.get(name).filter(|value| !value.is_empty());
    if let Some(domain) = given("DomainName") {
        println!("  add {domain} as an alias of {cloudfront} to the DNS");
    }
    if let Some(email) = given("AlarmEmail") {
        println!("  {email} receives alarms after confirming the mail from AWS");
    }
    if given("Autopilot").is_none_or(|autopilot| autopilot == "off") {
        println!(
            "  kitchens are not simulated, so orders wait to be accepted; --autopilot on changes that"
        );
    }
    Ok(())
}

/// The functions' processors: those that were given, else the stack's.
fn architecture(stack: &Stack<'_>, options: &Options) -> Result<Architecture> {
    if let Some(architecture) = options.architecture {
        return Ok(architecture);
    }
    let stack = stack.describe()?.unwrap_or_default();
    stack.parameters.get("Architecture").map_or(Ok(Architecture::default()), |name| {
        Architecture::from_str(name, false)
            .map_err(|error| anyhow!("the stack's Architecture: {error}"))
    })
}

/// Removes what a failed update created and its rollback retained. What cannot be removed now, the
/// next deployment looks for.
fn remove_orphans(stack: &Stack<'_>) {
    let remove = || match stack.describe()? {
        Some(described) => stack.remove_orphans(&described.id),
        None => Ok(()),
    };
    if let Err(error) = remove() {
        println!("    resources that the update created may still exist: {error:#}");
    }
}

/// Uploads what CloudFormation reads, and asks it what would change.
fn plan(
    stack: &Stack<'_>,
    artifacts: &Artifacts<'_>,
    template: &Path,
    packages: &Packages,
    mut parameters: Parameters,
    watch_minutes: u8,
) -> Result<Option<ChangeSet>> {
    artifacts.ensure()?;
    let text = fs_err::read_to_string(template)?;
    let name = format!("template-{}.yaml", hash::short(text.as_bytes()));
    let template = artifacts.put(template, &name)?;
    parameters.insert("CodeBucket".to_owned(), artifacts.bucket.clone());
    let Packages { functions, pictures } = packages;
    for (parameter, package) in [("CodeKey", functions), ("PicturesCodeKey", pictures)] {
        // Another template may have no such parameter.
        if text.contains(&format!("\n  {parameter}:\n")) {
            let key = artifacts.put(&package.file, &package.name)?;
            parameters.insert(parameter.to_owned(), key);
        }
    }
    stack.plan(&DesiredStack {
        template: &text,
        template_url: &artifacts.url(&template),
        parameters: &parameters,
        generated: &Parameters::from([("OriginSecret".to_owned(), secret())]),
        watch_minutes,
    })
}

/// 64 hexadecimal digits, 244 bits of them random.
fn secret() -> String {
    [Uuid::new_v4(), Uuid::new_v4()].map(|uuid| uuid.simple().to_string()).concat()
}

async fn load_catalog(aws: &Aws, stack: &Described, catalog: &Catalog) -> Result<Loaded> {
    let client = client_in(aws.region(), aws.credentials()?).await;
    let loaded = load::load(&client, stack.output("CatalogTableName")?, catalog).await?;
    println!("    {loaded}");
    Ok(loaded)
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
        email_client_id: stack.output("UserPoolEmailClientId")?.to_owned(),
        mailbox: None,
        demo_pace: pace.parse().is_ok_and(|pace: f64| pace < 1.0),
    };
    serde_json::to_string(&config).context("config.json cannot be written")
}
