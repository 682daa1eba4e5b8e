//! What a person typed after `cargo aws`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use lexopt::{Arg, Parser, ValueExt as _};

use crate::aws::package::Architecture;
use crate::aws::stack::KEPT;
use crate::cost::CostOptions;

/// How much of a failure's id names it: its first group of hexadecimal digits.
const SHORTEST_ID: usize = 8;

/// The commands of `cargo aws`.
#[derive(Debug, PartialEq, Eq)]
pub enum AwsCommand {
    /// Make the stack, or change it.
    Deploy(DeployOptions),
    /// Take it away.
    Destroy(DestroyOptions),
    /// Make a stack around data that exists.
    Adopt(AdoptOptions),
    /// Follow an order.
    Tail(TailOptions),
    /// Send again what failed.
    Redrive(RedriveOptions),
    /// Reckon what it costs.
    Cost(CostOptions),
}

/// What to deploy, and how.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct DeployOptions {
    /// The stack's name.
    pub stack: String,
    /// The region; `None` is the environment's or the profile's.
    pub region: Option<String>,
    /// What the functions run on; `None` is what the stack has, else ARM.
    pub architecture: Option<Architecture>,
    /// Parameters of the template, by name; those not named stay as they are.
    pub parameters: BTreeMap<String, String>,
    /// Only say what would change.
    pub plan: bool,
    /// For how many minutes after an update its alarms may still take it back.
    pub watch_minutes: u8,
    /// A package that was built before; `None` builds one.
    pub package: Option<PathBuf>,
    /// The finished page; `None` builds one.
    pub site: Option<PathBuf>,
    /// The catalog's folder; `None` is the demo catalog.
    pub catalog: Option<PathBuf>,
    /// The template; `None` is `backend/template.yaml`.
    pub template: Option<PathBuf>,
}

/// What to take away.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct DestroyOptions {
    /// The stack's name.
    pub stack: String,
    /// The region; `None` is the environment's or the profile's.
    pub region: Option<String>,
    /// Do not ask.
    pub yes: bool,
    /// Delete orders, customers and the catalog, too.
    pub with_data: bool,
}

/// What to make a stack of.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AdoptOptions {
    /// The stack's name.
    pub stack: String,
    /// The region; `None` is the environment's or the profile's.
    pub region: Option<String>,
    /// Names or ids of the tables and the user pool, by their names in the template.
    pub resources: BTreeMap<String, String>,
}

/// Which order to follow.
#[derive(Debug, PartialEq, Eq)]
pub struct TailOptions {
    /// The stack's name.
    pub stack: String,
    /// The region; `None` is the environment's or the profile's.
    pub region: Option<String>,
    /// The order's id.
    pub order: String,
    /// How far back to begin, in hours.
    pub hours: u32,
    /// Print what is there and end.
    pub once: bool,
}

/// Which failures to send again.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RedriveOptions {
    /// The stack's name.
    pub stack: String,
    /// The region; `None` is the environment's or the profile's.
    pub region: Option<String>,
    /// Send all of them again.
    pub all: bool,
    /// Send this one again, by the beginning of the id that a list shows; neither lists them.
    pub one: Option<String>,
    /// Remove instead of sending again.
    pub discard: bool,
}

/// Reads what follows `aws`.
///
/// # Errors
/// One sentence about the argument that is not understood.
pub(super) fn parse(parser: &mut Parser) -> Result<Option<AwsCommand>> {
    let Some(verb) = super::word(parser)? else { return Ok(None) };
    let command = match verb.as_str() {
        "deploy" => AwsCommand::Deploy(deploy(parser)?),
        "destroy" => AwsCommand::Destroy(destroy(parser)?),
        "adopt" => AwsCommand::Adopt(adopt(parser)?),
        "tail" => AwsCommand::Tail(tail(parser)?),
        "redrive" => AwsCommand::Redrive(redrive(parser)?),
        "cost" => AwsCommand::Cost(cost(parser)?),
        "help" => return Ok(None),
        other => bail!("there is no command `cargo aws {other}`; try `cargo aws --help`"),
    };
    Ok(Some(command))
}

fn deploy(parser: &mut Parser) -> Result<DeployOptions> {
    let mut options = DeployOptions::default();
    let (mut domain, mut certificate) = (None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("stack") => options.stack = parser.value()?.string()?,
            Arg::Long("region") => options.region = Some(parser.value()?.string()?),
            Arg::Long("architecture") => {
                options.architecture = Some(parser.value()?.string()?.parse()?)
            }
            Arg::Long("domain") => domain = Some(parser.value()?.string()?),
            Arg::Long("certificate") => certificate = Some(parser.value()?.string()?),
            Arg::Long("email") => set(&mut options, "AlarmEmail", parser.value()?.string()?),
            Arg::Long("autopilot") => set(&mut options, "Autopilot", parser.value()?.string()?),
            Arg::Long("set") => {
                let (name, value) = name_and_value(&parser.value()?.string()?)?;
                set(&mut options, &name, value);
            }
            Arg::Long("plan") => options.plan = true,
            Arg::Long("watch") => options.watch_minutes = watch(super::number(parser, "--watch")?)?,
            Arg::Long("package") => options.package = Some(parser.value()?.into()),
            Arg::Long("site") => options.site = Some(parser.value()?.into()),
            Arg::Long("catalog") => options.catalog = Some(parser.value()?.into()),
            Arg::Long("template") => options.template = Some(parser.value()?.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    match (domain, certificate) {
        (Some(domain), Some(certificate)) => {
            set(&mut options, "DomainName", domain);
            set(&mut options, "CertificateArn", in_us_east_1(certificate)?);
        }
        (None, None) => {}
        _ => bail!("--domain and --certificate belong together: a domain needs its certificate"),
    }
    Ok(DeployOptions { stack: stack(options.stack)?, ..options })
}

fn destroy(parser: &mut Parser) -> Result<DestroyOptions> {
    let mut options = DestroyOptions::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("stack") => options.stack = parser.value()?.string()?,
            Arg::Long("region") => options.region = Some(parser.value()?.string()?),
            Arg::Long("yes") => options.yes = true,
            Arg::Long("with-data") => options.with_data = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(DestroyOptions { stack: stack(options.stack)?, ..options })
}

fn adopt(parser: &mut Parser) -> Result<AdoptOptions> {
    let mut options = AdoptOptions::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("stack") => options.stack = parser.value()?.string()?,
            Arg::Long("region") => options.region = Some(parser.value()?.string()?),
            Arg::Value(word) => {
                let word = word.string()?;
                let (name, id) = word.split_once('=').unwrap_or((&word, ""));
                ensure!(
                    KEPT.contains(&name) && !id.is_empty(),
                    "`{word}` must be one of {} and its name or id, such as OrdersTable=orders-2",
                    KEPT.join(", ")
                );
                options.resources.insert(name.to_owned(), id.to_owned());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let missing: Vec<_> =
        KEPT.into_iter().filter(|name| !options.resources.contains_key(*name)).collect();
    ensure!(
        missing.is_empty(),
        "name all that a shop keeps, such as OrdersTable=orders-2; there is no {}",
        missing.join(", ")
    );
    Ok(AdoptOptions { stack: stack(options.stack)?, ..options })
}

fn tail(parser: &mut Parser) -> Result<TailOptions> {
    let (mut name, mut region, mut order, mut hours, mut once) =
        (String::new(), None, None, 24, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("stack") => name = parser.value()?.string()?,
            Arg::Long("region") => region = Some(parser.value()?.string()?),
            Arg::Long("hours") => hours = super::number(parser, "--hours")?,
            Arg::Long("once") => once = true,
            Arg::Value(word) if order.is_none() => order = Some(word.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let order = order.context("name the order: `cargo aws tail --stack NAME ORDER_ID`")?;
    let order: shared::OrderId =
        order.parse().map_err(|error| anyhow::anyhow!("the order `{order}`: {error}"))?;
    Ok(TailOptions { stack: stack(name)?, region, order: order.to_string(), hours, once })
}

fn redrive(parser: &mut Parser) -> Result<RedriveOptions> {
    let mut options = RedriveOptions::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("stack") => options.stack = parser.value()?.string()?,
            Arg::Long("region") => options.region = Some(parser.value()?.string()?),
            Arg::Long("all") => options.all = true,
            Arg::Long("discard") => options.discard = true,
            Arg::Value(word) if options.one.is_none() => options.one = Some(word.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    ensure!(
        !(options.all && options.one.is_some()),
        "name one failure, or --all of them, and not both"
    );
    ensure!(
        !options.discard || options.all || options.one.is_some(),
        "--discard needs the id of a failure, or --all; see the list without it"
    );
    if let Some(id) = &options.one {
        ensure!(
            id.trim().len() >= SHORTEST_ID,
            "the id `{id}` of a failure needs at least its first {SHORTEST_ID} characters; see the \
             list without it"
        );
    }
    Ok(RedriveOptions { stack: stack(options.stack)?, ..options })
}

fn cost(parser: &mut Parser) -> Result<CostOptions> {
    let mut options = CostOptions::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("orders") => options.orders = super::number(parser, "--orders")?,
            Arg::Long("write") => options.write = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

fn set(options: &mut DeployOptions, name: &str, value: String) {
    options.parameters.insert(name.to_owned(), value);
}

/// CloudFormation watches for three hours at most (API Reference, "RollbackConfiguration").
fn watch(minutes: u8) -> Result<u8> {
    ensure!(minutes <= 180, "--watch `{minutes}` must be 0 to 180 minutes");
    Ok(minutes)
}

fn name_and_value(text: &str) -> Result<(String, String)> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => bail!("--set `{text}` must be a parameter and its value, such as Autopilot=on"),
    }
}

/// A stack's name, whose lower case also begins the names of buckets.
fn stack(name: String) -> Result<String> {
    ensure!(!name.is_empty(), "name the stack: --stack tiffin");
    let begins = name.starts_with(|first: char| first.is_ascii_alphabetic());
    let fits = name.chars().all(|it| it.is_ascii_alphanumeric() || it == '-') && name.len() <= 30;
    ensure!(
        begins && fits,
        "--stack `{name}` must be a letter and then at most 29 letters, digits and hyphens"
    );
    ensure!(name != "default", "--stack `default` is the name of a bus that every account has");
    Ok(name)
}

/// CloudFront takes certificates of one region only
/// (docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html).
fn in_us_east_1(certificate: String) -> Result<String> {
    let parts: Vec<&str> = certificate.split(':').collect();
    ensure!(
        matches!(parts.as_slice(), ["arn", _, "acm", "us-east-1", ..]),
        "--certificate `{certificate}` must be the ARN of a certificate in us-east-1, where CloudFront looks for them"
    );
    Ok(certificate)
}

#[cfg(test)]
mod tests {
    use super::super::{Command, parse};
    use super::*;
    use std::ffi::OsString;

    fn parsed(line: &str) -> Result<AwsCommand> {
        match parse(format!("aws {line}").split_whitespace().map(OsString::from))? {
            Command::Aws(command) => Ok(command),
            other => bail!("{other:?}"),
        }
    }

    #[test]
    fn a_deployment_names_its_stack_and_what_it_changes() {
        let line = "deploy --stack shop --region eu-west-2 --domain tiffin.example \
                    --certificate arn:aws:acm:us-east-1:1:certificate/x --email a@b.example \
                    --set Pace=0.5 --plan";
        let AwsCommand::Deploy(options) = parsed(line).unwrap() else { panic!("no deployment") };
        let parameters = [
            ("AlarmEmail", "a@b.example"),
            ("CertificateArn", "arn:aws:acm:us-east-1:1:certificate/x"),
            ("DomainName", "tiffin.example"),
            ("Pace", "0.5"),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(options.parameters, BTreeMap::from(parameters));
        assert_eq!((options.stack.as_str(), options.plan), ("shop", true));
        assert_eq!(options.architecture, None);
    }

    #[test]
    fn costs_are_reckoned_for_as_many_orders_as_are_named() {
        let cost = |orders, write| AwsCommand::Cost(CostOptions { orders, write });
        assert_eq!(parsed("cost").unwrap(), cost(10_000, false));
        assert_eq!(parsed("cost --orders 500").unwrap(), cost(500, false));
        assert_eq!(parsed("cost --write").unwrap(), cost(10_000, true));
    }

    #[test]
    fn what_is_not_understood_is_one_sentence() {
        for (line, sentence) in [
            ("deploy", "name the stack: --stack tiffin"),
            (
                "deploy --stack 1st",
                "--stack `1st` must be a letter and then at most 29 letters, digits and hyphens",
            ),
            (
                "deploy --stack a --domain b.example",
                "--domain and --certificate belong together: a domain needs its certificate",
            ),
            (
                "deploy --stack a --domain b.example --certificate arn:aws:acm:eu-west-2:1:certificate/x",
                "--certificate `arn:aws:acm:eu-west-2:1:certificate/x` must be the ARN of a certificate in us-east-1, where CloudFront looks for them",
            ),
            (
                "deploy --stack a --set Pace",
                "--set `Pace` must be a parameter and its value, such as Autopilot=on",
            ),
            ("deploy --stack a --architecture arm", "--architecture `arm` must be arm64 or x86_64"),
            ("tail --stack a", "name the order: `cargo aws tail --stack NAME ORDER_ID`"),
            ("redrive --stack a --all 1", "name one failure, or --all of them, and not both"),
            (
                "redrive --stack a 1234567",
                "the id `1234567` of a failure needs at least its first 8 characters; see the list without it",
            ),
            (
                "redrive --stack a --discard",
                "--discard needs the id of a failure, or --all; see the list without it",
            ),
            (
                "adopt --stack a Orders=x",
                "`Orders=x` must be one of CatalogTable, OrdersTable, PeopleTable, UserPool and its name or id, such as OrdersTable=orders-2",
            ),
            (
                "adopt --stack a OrdersTable=x UserPool=y",
                "name all that a shop keeps, such as OrdersTable=orders-2; there is no CatalogTable, PeopleTable",
            ),
            ("deploy --stack a --watch 181", "--watch `181` must be 0 to 180 minutes"),
            ("undo", "there is no command `cargo aws undo`; try `cargo aws --help`"),
        ] {
            assert_eq!(parsed(line).unwrap_err().to_string(), sentence);
        }
        let empty = ["aws", "redrive", "--stack", "a", ""].map(OsString::from);
        let error = parse(empty.into_iter()).unwrap_err().to_string();
        assert!(error.starts_with("the id `` of a failure needs at least"), "{error}");
        assert!(
            parsed("tail --stack a not-an-id").unwrap_err().to_string().starts_with("the order")
        );
    }
}
