//! The command line: every command with its options, which stand beside the code that uses them.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{aws, bench, catalog, dev, verify};

/// Tiffin: order food in a browser and track the order live
#[derive(Debug, Parser)]
#[command(name = "cargo", bin_name = "cargo", disable_help_subcommand = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run everything on this machine
    #[command(args_conflicts_with_subcommands = true)]
    Dev {
        /// How to run it.
        #[command(flatten)]
        options: dev::Options,
        /// What to do instead.
        #[command(subcommand)]
        command: Option<DevCommand>,
    },
    /// Check and test everything
    Verify(verify::Options),
    /// Run the shop in an AWS account
    #[command(subcommand)]
    Aws(aws::Command),
}

/// The other commands of `cargo dev`.
#[derive(Debug, Subcommand)]
pub enum DevCommand {
    /// Check a catalog, or load it
    #[command(subcommand)]
    Catalog(CatalogCommand),
    /// Measure how fast and how large everything is
    Bench(bench::Options),
    /// Render the catalog's pages for what trunk has built
    #[command(hide = true)]
    Prerender {
        /// The folder with trunk's index.html
        built: PathBuf,
        /// The site's address
        address: String,
    },
}

/// What to do with a catalog.
#[derive(Debug, Subcommand)]
pub enum CatalogCommand {
    /// Name every mistake by file and line
    Check {
        /// The catalog's folder, such as backend/data
        folder: PathBuf,
    },
    /// Load it into the running `cargo dev`
    Load {
        /// The catalog's folder, such as backend/data
        folder: PathBuf,
    },
}

/// Reads a command line, which begins with the program's name. The error is what is wrong with it, or
/// the help that it asks for.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, clap::Error> {
    CommandLine::try_parse_from(arguments).map(|line| line.command)
}

/// Runs a command.
pub(crate) async fn run(command: Command) -> Result<()> {
    match command {
        Command::Dev { options, command: None } => dev::run(options).await,
        Command::Dev { command: Some(DevCommand::Catalog(command)), .. } => match command {
            CatalogCommand::Check { folder } => catalog::check(&folder),
            CatalogCommand::Load { folder } => dev::load_catalog(&folder).await,
        },
        Command::Dev { command: Some(DevCommand::Prerender { built, address }), .. } => {
            dev::prerender(&built, &address)
        }
        Command::Dev { command: Some(DevCommand::Bench(options)), .. } => bench::run(options).await,
        Command::Verify(options) => verify::run(options),
        Command::Aws(command) => aws::run(command).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn parsed(line: &str) -> Result<Command, String> {
        let words = ["cargo"].into_iter().chain(line.split_whitespace());
        parse(words.map(OsString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_definition_of_the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn a_command_line_is_read_with_its_defaults() {
        let line = "dev --fresh --port=3000 --accept-seconds 0 --pace 0 --faults 7";
        let Ok(Command::Dev { options, command: None }) = parsed(line) else { panic!() };
        let dev::Options { fresh, port, simulation, release, .. } = options;
        assert_eq!((fresh, release, port), (true, false, 3000));
        assert_eq!((simulation.accept_seconds, simulation.pace.as_str()), (0, "0"));
        assert_eq!(simulation.faults, Some(7));
        let Ok(Command::Dev { options, .. }) = parsed("dev") else { panic!() };
        assert_eq!((options.simulation.accept_seconds, options.port), (6, 8080));
        let Ok(Command::Aws(aws::Command::Cost(options))) = parsed("aws cost") else { panic!() };
        assert_eq!((options.orders, options.write), (10_000, false));
    }

    #[test]
    fn a_deployment_names_its_stack_and_what_it_changes() {
        let line = "aws deploy --stack shop --region eu-west-2 --domain tiffin.example \
                    --certificate arn:aws:acm:us-east-1:1:certificate/x --email a@b.example \
                    --set Pace=0.5 --plan";
        let Ok(Command::Aws(aws::Command::Deploy(options))) = parsed(line) else { panic!() };
        let parameters = [
            ("AlarmEmail", "a@b.example"),
            ("CertificateArn", "arn:aws:acm:us-east-1:1:certificate/x"),
            ("DomainName", "tiffin.example"),
            ("Pace", "0.5"),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(options.parameters(), parameters.into());
        assert_eq!((options.stack.stack.as_str(), options.plan), ("shop", true));
        assert_eq!(options.architecture, None);
    }

    #[test]
    fn an_error_names_the_argument_and_what_it_must_be() {
        for (line, message) in [
            ("dev --frsh", "unexpected argument '--frsh'"),
            ("dev --pace 2", "--pace <X>': must be a number from 0 to 1, such as 0.5"),
            ("dev --pace NaN", "--pace <X>': must be a number from 0 to 1, such as 0.5"),
            ("dev --accept-seconds 30", "30 is not in 0..=29"),
            ("dev --port 99999", "99999 is not in 0..=65535"),
            ("deploy", "unrecognized subcommand 'deploy'"),
            ("dev catalog check", "<FOLDER>"),
            ("verify everything", "invalid value 'everything' for '[STEP]...'"),
            ("dev bench everything", "invalid value 'everything' for '[NAME]...'"),
            ("aws deploy", "--stack <NAME>"),
            ("aws deploy --stack 1st", "must be a letter and then at most 29 letters, digits"),
            ("aws deploy --stack default", "is the name of a bus that every account has"),
            ("aws deploy --stack a --region London", "must be a region such as eu-west-2"),
            ("aws deploy --stack a --domain b.example", "--certificate <ARN>"),
            (
                "aws deploy --stack a --domain b --certificate arn:aws:acm:eu-west-2:1:certificate/x",
                "must be the ARN of a certificate in us-east-1",
            ),
            ("aws deploy --stack a --set Pace", "must be NAME=VALUE, such as Autopilot=on"),
            ("aws deploy --stack a --architecture arm", "[possible values: arm64, x86_64]"),
            ("aws deploy --stack a --autopilot yes", "[possible values: on, off]"),
            ("aws deploy --stack a --watch 181", "181 is not in 0..=180"),
            ("aws tail --stack a", "<ORDER>"),
            ("aws tail --stack a not-an-id", "invalid value 'not-an-id' for '<ORDER>'"),
            ("aws redrive --stack a --all 12345678", "cannot be used with '[ID]'"),
            ("aws redrive --stack a 1234567", "must have at least the first 8 characters"),
            ("aws redrive --stack a --discard", "<ID|--all>"),
            ("aws adopt --stack a Orders=x", "must be one of CatalogTable, OrdersTable"),
            ("aws adopt --stack a", "<NAME=ID>"),
            ("aws cost --orders 2000000000", "is not in 0..=1000000000"),
            ("aws staff owner a@b.example --stack a", "--restaurant <ID>"),
            ("aws staff owner nobody --stack a --restaurant b", "must be an email address such as"),
            ("aws staff owner a@b.example --stack a --restaurant A", "must be 1 to 64 lower-case"),
            ("aws undo", "unrecognized subcommand 'undo'"),
        ] {
            let error = parsed(line).unwrap_err();
            assert!(error.contains(message), "{line}: {error}");
        }
        // An empty word, which no line above has.
        for (words, message) in [
            (["redrive", "--stack", "a", ""].as_slice(), "at least the first 8 characters"),
            (&["destroy", "--stack", ""], "must be a letter and then at most 29 letters"),
            (&["destroy", "--stack", &"a".repeat(31)], "must be a letter and then at most 29"),
        ] {
            let line = [["cargo", "aws"].as_slice(), words].concat();
            let error = parse(line.into_iter().map(OsString::from)).unwrap_err().to_string();
            assert!(error.contains(message), "{words:?}: {error}");
        }
    }
}
