//! `cargo aws`: Tiffin in an AWS account, with AWS's own command line.
//!
//! `deploy` creates the stack or updates it, with the functions (`package`) in a bucket for them
//! (`artifacts`), the resources through CloudFormation (`stack`, `change_set`, `cleanup`) and the page
//! through the site's bucket (`site`); `tail` follows an order and `redrive` sends failures again;
//! `staff` says who owns a restaurant; `destroy` deletes the stack, and `adopt` creates a new one around what that retained.
//!
//! Every command asks AWS for the present state and changes what differs, so it can be run again after
//! it failed halfway. All of them honour `AWS_ENDPOINT_URL`, as the AWS CLI does, and so run against an
//! emulator.

mod adopt;
mod deploy;
mod destroy;

mod artifacts;
mod change_set;
mod cleanup;
pub mod package;
mod site;
pub mod stack;
mod target;

mod redrive;
mod staff;
mod tail;

pub mod cli;
mod error;

use anyhow::Result;
use clap::Subcommand;

use crate::cost;
use crate::tools::{self, Toolbox};
use cli::Aws;
use target::Target;

/// The commands of `cargo aws`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create the shop in an AWS account, or update it
    Deploy(deploy::Options),
    /// Delete the stack; orders and customers are kept
    Destroy(destroy::Options),
    /// Create a stack around tables and customers that exist
    Adopt(adopt::Options),
    /// Follow an order through the functions' logs
    Tail(tail::Options),
    /// List what failed, send it again, or discard it
    Redrive(redrive::Options),
    /// Say who owns a restaurant
    #[command(subcommand)]
    Staff(staff::Command),
    /// What orders cost on AWS, and an idle shop
    Cost(cost::Options),
}

/// Runs a command; an error says what failed, and what to do.
pub(crate) async fn run(command: Command) -> Result<()> {
    match command {
        Command::Deploy(options) => deploy::run(&open(&options.stack)?, &options).await,
        Command::Destroy(options) => destroy::run(&open(&options.stack)?, &options),
        Command::Adopt(options) => adopt::run(&open(&options.stack)?, &options),
        Command::Tail(options) => tail::run(&open(&options.stack)?, &options).await,
        Command::Redrive(options) => redrive::run(&open(&options.stack)?, &options),
        Command::Staff(command) => staff::run(&open(command.stack())?, &command),
        Command::Cost(options) => cost::run(&options),
    }
}

fn open(target: &Target) -> Result<Aws> {
    let program = match cli::version_2_on_path() {
        Some(program) => program,
        None => Toolbox::open()?.ensure(&tools::aws())?,
    };
    Aws::new(program, target.region.as_deref())
}
