//! `cargo aws`: Tiffin in an AWS account, with AWS's own command line.
//!
//! Read it in the order of an owner's year: [`deploy`] makes the stack or changes it, with the
//! functions ([`package`]) in a bucket of ours ([`artifacts`]), the resources through
//! CloudFormation ([`stack`]) and the page through the site's bucket ([`site`]); [`tail`] follows
//! an order and [`redrive`] sends again what failed; [`destroy`] takes it all away, and [`adopt`]
//! makes a new stack around what that kept.
//!
//! Every command only asks AWS for what is, and changes what differs, so running one again after
//! it failed half-way is safe. All of them honour `AWS_ENDPOINT_URL`, as the command line itself
//! does, and so run against an emulator.

pub mod adopt;
pub mod deploy;
pub mod destroy;

pub mod artifacts;
pub mod package;
pub mod site;
pub mod stack;

pub mod redrive;
pub mod tail;

pub mod cli;

use anyhow::Result;

use crate::args::AwsCommand;
use crate::cost;
use crate::tools::{self, Toolbox};
use cli::Aws;

/// Does what was typed.
///
/// # Errors
/// One sentence: what failed, and what to do.
pub async fn run(command: AwsCommand) -> Result<()> {
    let open = |region: Option<&str>| -> Result<Aws> {
        let program = match cli::version_2_on_path() {
            Some(program) => program,
            None => Toolbox::open()?.ensure(&tools::aws())?,
        };
        Aws::new(program, region)
    };
    match command {
        AwsCommand::Deploy(options) => {
            deploy::run(&open(options.region.as_deref())?, &options).await
        }
        AwsCommand::Destroy(options) => destroy::run(&open(options.region.as_deref())?, &options),
        AwsCommand::Adopt(options) => adopt::run(&open(options.region.as_deref())?, &options),
        AwsCommand::Tail(options) => tail::run(&open(options.region.as_deref())?, &options).await,
        AwsCommand::Cost(options) => cost::run(&options),
        AwsCommand::Redrive(options) => redrive::run(&open(options.region.as_deref())?, &options),
    }
}
