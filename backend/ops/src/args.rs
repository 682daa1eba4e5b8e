//! What a person typed.

mod aws;

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use lexopt::{Arg, Parser, ValueExt as _};

pub use aws::{
    AdoptOptions, AwsCommand, DeployOptions, DestroyOptions, RedriveOptions, TailOptions,
};

/// The commands.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Run everything on this machine.
    Dev(DevOptions),
    /// Check a catalog.
    CatalogCheck {
        /// Its folder.
        folder: PathBuf,
    },
    /// Load a catalog into a table.
    CatalogLoad(LoadOptions),
    /// Measure.
    Bench(BenchOptions),
    /// Check and test everything.
    Verify(VerifyOptions),
    /// Something in an AWS account.
    Aws(AwsCommand),
    /// Say how to use this.
    Help,
}

/// How to run everything on this machine.
#[derive(Debug, PartialEq, Eq)]
pub struct DevOptions {
    /// Forget all orders and accounts first.
    pub fresh: bool,
    /// Serve the page and run the functions as they are deployed.
    pub release: bool,
    /// Where the page is served; `None` is the usual port.
    pub port: Option<u16>,
    /// Open the page in a browser.
    pub open: bool,
    /// How long a simulated kitchen takes to answer, in seconds: 0 to 29.
    pub accept_seconds: u8,
    /// What one minute lasts, in minutes: a decimal number from 0 to 1.
    pub pace: String,
    /// Play faults with this seed.
    pub faults: Option<u64>,
    /// Where orders and accounts are kept; `None` is under the target folder.
    pub state: Option<PathBuf>,
}

impl Default for DevOptions {
    fn default() -> Self {
        Self {
            fresh: false,
            release: false,
            port: None,
            open: false,
            accept_seconds: 6,
            pace: "0.0166667".to_owned(), // a minute lasts a second
            faults: None,
            state: None,
        }
    }
}

/// Which catalog to load where.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LoadOptions {
    /// The catalog's folder.
    pub folder: PathBuf,
    /// The table; `None` is that of the running `cargo dev`.
    pub table: Option<String>,
    /// Where DynamoDB is; `None` is that of the running `cargo dev`, or AWS if a table is named.
    pub endpoint: Option<String>,
    /// Where to copy the pictures; `None` is where the running `cargo dev` serves them from.
    pub art: Option<PathBuf>,
}

/// What to measure.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct BenchOptions {
    /// The measurements to take by name; empty means all.
    pub only: Vec<String>,
}

/// What to check.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct VerifyOptions {
    /// The steps to take by name; empty means all.
    pub only: Vec<String>,
    /// Ask AWS itself in the step `conformance`, by a stack of this name that is made for it.
    pub aws: Option<String>,
}

/// What there is to type.
pub const HELP: &str = "\
Tiffin: order food in a browser and watch the order happen.

  cargo dev                     run everything on this machine
      --fresh                   forget all orders and accounts first
      --release                 the page and the functions as they are deployed
      --port N                  where the page is served (8080)
      --open                    open it in a browser
      --accept-seconds N        how long a kitchen takes to answer, 0 to 29 (6)
      --pace X                  what a minute lasts, in minutes, 0 to 1 (0.0166667: a second)
      --faults SEED             play faults: duplicates, delays, lost answers, killed functions
      --state DIR               where orders and accounts are kept (target/local)
  cargo dev catalog check DIR   check a catalog, by file and line
  cargo dev catalog load DIR    load a catalog into the running `cargo dev`
      --table NAME              into this table
      --endpoint URL            at this address (AWS, if only a table is named)
      --art DIR                 copying its pictures into this folder
  cargo dev bench [NAME…]       measure
  cargo verify [NAME…]          every check and test
  cargo verify conformance --aws STACK
                                whether AWS is as we think, by a stack made for it

  cargo aws deploy --stack NAME make Tiffin in an AWS account, or change it
      --region R                where (AWS_REGION, or the profile's)
      --domain D                the shop's own address, with …
      --certificate ARN         … its certificate, in us-east-1
      --email ADDRESS           who hears of alarms
      --autopilot on|off        whether kitchens and couriers are simulated (off)
      --set NAME=VALUE          any parameter of backend/template.yaml
      --architecture A          arm64 or x86_64 (arm64)
      --catalog DIR             what is sold (backend/data)
      --template FILE           what is deployed (backend/template.yaml)
      --package FILE            a package that was built before
      --site DIR                a page that was built before
      --plan                    only say what would change
      --watch MINUTES           an update is also taken back if its alarms ring so long after it
  cargo aws destroy --stack NAME
                                take it away
      --with-data               with orders, customers and catalog
      --yes                     without asking
  cargo aws adopt --stack NAME CatalogTable=T OrdersTable=T PeopleTable=T UserPool=ID
                                make a stack around tables and customers that exist
  cargo aws tail --stack NAME ORDER
                                follow an order through the functions' logs
      --hours N                 from how far back (24)
      --once                    print what is there, and end
  cargo aws redrive --stack NAME [ID | --all] [--discard]
                                list what failed, send it again, or discard it
  cargo aws cost                what orders cost on AWS, and an idle shop
      --orders N                so many orders a month (10000)
      --write                   into the README
";

/// Reads a command line, without the program's name.
///
/// # Errors
/// One sentence about the argument that is not understood.
pub fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Command> {
    let arguments: Vec<OsString> = arguments.collect();
    if arguments.iter().any(|it| it == "--help" || it == "-h") {
        return Ok(Command::Help);
    }
    let mut parser = Parser::from_args(arguments);
    match word(&mut parser)?.as_deref() {
        Some("dev") => dev(&mut parser),
        Some("verify") => Ok(Command::Verify(verify(&mut parser)?)),
        Some("aws") => Ok(aws::parse(&mut parser)?.map_or(Command::Help, Command::Aws)),
        Some("help") | None => Ok(Command::Help),
        Some(other) => bail!("there is no command `{other}`; try `cargo dev --help`"),
    }
}

fn dev(parser: &mut Parser) -> Result<Command> {
    let mut options = DevOptions::default();
    let mut first = true;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Value(word) if first => match word.to_str() {
                Some("catalog") => return catalog(parser),
                Some("bench") => return Ok(Command::Bench(BenchOptions { only: words(parser)? })),
                _ => return Err(Arg::Value(word).unexpected().into()),
            },
            Arg::Long("fresh") => options.fresh = true,
            Arg::Long("release") => options.release = true,
            Arg::Long("open") => options.open = true,
            Arg::Long("port") => options.port = Some(number(parser, "--port")?),
            Arg::Long("accept-seconds") => {
                options.accept_seconds = accept_seconds(number(parser, "--accept-seconds")?)?;
            }
            Arg::Long("pace") => options.pace = pace(&parser.value()?.string()?)?,
            Arg::Long("faults") => options.faults = Some(number(parser, "--faults")?),
            Arg::Long("state") => options.state = Some(parser.value()?.into()),
            other => return Err(other.unexpected().into()),
        }
        first = false;
    }
    Ok(Command::Dev(options))
}

fn verify(parser: &mut Parser) -> Result<VerifyOptions> {
    let mut options = VerifyOptions::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Value(word) => options.only.push(word.string()?),
            Arg::Long("aws") => options.aws = Some(parser.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

fn catalog(parser: &mut Parser) -> Result<Command> {
    let verb = word(parser)?;
    let folder = parser.value().ok().map(PathBuf::from);
    let folder =
        folder.context("name the catalog's folder: `cargo dev catalog check backend/data`")?;
    match verb.as_deref() {
        Some("check") => match parser.next()? {
            Some(other) => Err(other.unexpected().into()),
            None => Ok(Command::CatalogCheck { folder }),
        },
        Some("load") => load(parser, folder),
        _ => bail!("a catalog can be checked or loaded: `cargo dev catalog check backend/data`"),
    }
}

fn load(parser: &mut Parser, folder: PathBuf) -> Result<Command> {
    let mut options = LoadOptions { folder, ..LoadOptions::default() };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("table") => options.table = Some(parser.value()?.string()?),
            Arg::Long("endpoint") => options.endpoint = Some(parser.value()?.string()?),
            Arg::Long("art") => options.art = Some(parser.value()?.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Command::CatalogLoad(options))
}

/// The next word, if it is one.
fn word(parser: &mut Parser) -> Result<Option<String>> {
    match parser.next()? {
        Some(Arg::Value(word)) => Ok(Some(word.string()?)),
        Some(other) => Err(other.unexpected().into()),
        None => Ok(None),
    }
}

fn words(parser: &mut Parser) -> Result<Vec<String>> {
    let mut words = Vec::new();
    while let Some(word) = word(parser)? {
        words.push(word);
    }
    Ok(words)
}

fn number<T>(parser: &mut Parser, flag: &str) -> Result<T>
where
    T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    let text = parser.value()?.string()?;
    text.parse().with_context(|| format!("{flag} `{text}` is no number that it can be"))
}

fn accept_seconds(seconds: u8) -> Result<u8> {
    match seconds {
        0..=29 => Ok(seconds),
        _ => bail!("--accept-seconds must be 0 to 29: after 30 seconds the order is cancelled"),
    }
}

fn pace(text: &str) -> Result<String> {
    let number: Option<f64> = text.parse().ok();
    match number.is_some_and(|pace| (0.0..=1.0).contains(&pace)) {
        true => Ok(text.to_owned()),
        false => bail!("--pace `{text}` must be a decimal number from 0 to 1, such as 0.5"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn the_flags_of_dev_are_read() {
        let options = DevOptions {
            fresh: true,
            port: Some(3000),
            accept_seconds: 0,
            pace: "0".to_owned(),
            faults: Some(7),
            ..DevOptions::default()
        };
        assert_eq!(
            parsed("dev --fresh --port=3000 --accept-seconds 0 --pace 0 --faults 7").unwrap(),
            Command::Dev(options)
        );
        assert_eq!(parsed("dev").unwrap(), Command::Dev(DevOptions::default()));
    }

    #[test]
    fn a_catalog_is_checked_or_loaded() {
        let folder = PathBuf::from("backend/data");
        let check = Command::CatalogCheck { folder: folder.clone() };
        assert_eq!(parsed("dev catalog check backend/data").unwrap(), check);
        let load = LoadOptions { folder, table: Some("t".into()), ..LoadOptions::default() };
        assert_eq!(
            parsed("dev catalog load backend/data --table t").unwrap(),
            Command::CatalogLoad(load)
        );
    }

    #[test]
    fn help_is_given_wherever_it_is_asked_for() {
        for line in ["", "--help", "help", "dev --port 1 --help", "aws deploy -h", "aws help"] {
            assert_eq!(parsed(line).unwrap(), Command::Help, "{line}");
        }
    }

    #[test]
    fn what_is_not_understood_is_one_sentence() {
        for (line, sentence) in [
            ("dev --frsh", "invalid option '--frsh'"),
            ("dev --pace 2", "--pace `2` must be a decimal number from 0 to 1, such as 0.5"),
            ("dev --pace NaN", "--pace `NaN` must be a decimal number from 0 to 1, such as 0.5"),
            (
                "dev --accept-seconds 30",
                "--accept-seconds must be 0 to 29: after 30 seconds the order is cancelled",
            ),
            ("deploy", "there is no command `deploy`; try `cargo dev --help`"),
            (
                "dev catalog check",
                "name the catalog's folder: `cargo dev catalog check backend/data`",
            ),
        ] {
            assert_eq!(parsed(line).unwrap_err().to_string(), sentence);
        }
        assert!(parsed("dev --port 99999").is_err());
    }
}
