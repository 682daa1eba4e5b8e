//! `cargo aws destroy`: deletes everything but the data, and names what AWS keeps.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};

use anyhow::{Result, bail, ensure};
use clap::Args;

use super::artifacts::Artifacts;
use super::cli::Aws;
use super::site::Bucket;
use super::stack::{RETAINED, Resource, Stack};
use super::target::Target;
use crate::steps::Steps;
use crate::stop;

/// What to delete.
#[derive(Debug, Args)]
pub struct Options {
    /// The stack.
    #[command(flatten)]
    pub(super) stack: Target,
    /// Delete orders, customers, the catalog and its pictures, too
    #[arg(long)]
    with_data: bool,
    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,
}

/// Deletes the stack; orders, customers, the catalog and its pictures only with `--with-data`. Running it again
/// after an error continues from there, also when the stack itself is already gone.
pub(super) fn run(aws: &Aws, options: &Options) -> Result<()> {
    let name = &options.stack.stack;
    let stack = Stack::new(aws, name);
    let mut steps = Steps::new(5);
    let caller = steps.take("check the account", || aws.caller())?;
    let artifacts = Artifacts::new(aws, &caller, name);
    let described = stack.describe()?;
    let resources = match &described {
        Some(_) => stack.resources()?,
        None => stack.retained_by_deleted()?,
    };
    if described.is_none() && resources.is_empty() {
        artifacts.remove()?; // a plan may have left some
        return stack.existing().map(drop);
    }
    ensure!(
        described.as_ref().is_none_or(|stack| !stack.is_protected),
        "the stack {name} is protected; first run `aws cloudformation update-termination-protection \
         --no-enable-termination-protection --stack-name {name} --region {}`",
        aws.region()
    );
    let kept: BTreeMap<&str, &Resource> =
        RETAINED.iter().filter_map(|id| Some((*id, resources.get(*id)?))).collect();
    println!("    {} resources will be removed", resources.len().saturating_sub(kept.len()));
    for (id, Resource { physical_id, .. }) in &kept {
        let fate = if options.with_data { "DELETED WITH ALL IT HOLDS" } else { "kept" };
        println!("    {id} ({physical_id}) will be {fate}");
    }
    if !options.yes {
        confirm(name)?;
    }
    // CloudFormation deletes no bucket that has something in it.
    steps.take("delete the site's files", || {
        let emptied = ["SiteBucket", "UploadsBucket"];
        let mut buckets = emptied.into_iter().filter_map(|name| resources.get(name));
        buckets.try_for_each(|bucket| Bucket::new(aws, &bucket.physical_id).empty())
    })?;
    steps.take("delete the stack", || {
        described.map_or(Ok(()), |described| stack.delete(&described))
    })?;
    steps.take("delete what was kept", || match options.with_data {
        true => kept.values().try_for_each(|resource| delete(aws, resource)),
        false => Ok(()),
    })?;
    steps.take("delete packages and templates", || artifacts.remove())?;
    print_rest(&kept, options);
    Ok(())
}

fn confirm(stack: &str) -> Result<()> {
    let stdin = std::io::stdin();
    ensure!(stdin.is_terminal(), "this needs confirmation on a terminal; add --yes");
    print!("\nType the stack's name to go on: ");
    std::io::stdout().flush()?;
    let typed = stop::read_line(std::io::BufReader::new(stdin))?;
    ensure!(typed.trim() == stack, "that is not `{stack}`; nothing was removed");
    Ok(())
}

/// Whether a table, a pool or a bucket holds nothing; `None` if it is neither, or is gone.
pub(super) fn is_empty(aws: &Aws, resource: &Resource) -> Result<Option<bool>> {
    let (call, items) = match resource.kind.as_str() {
        "AWS::DynamoDB::Table" => {
            ("dynamodb scan --max-items 1 --page-size 1 --table-name", "Items")
        }
        "AWS::Cognito::UserPool" => {
            ("cognito-idp list-users --max-items 1 --user-pool-id", "Users")
        }
        "AWS::S3::Bucket" => ("s3api list-objects-v2 --max-keys 1 --bucket", "Contents"),
        _ => return Ok(None),
    };
    let answer = aws.find(call, &[&resource.physical_id])?;
    Ok(answer.map(|answer| answer[items].as_array().is_none_or(Vec::is_empty)))
}

/// Deletes a table, a pool or a bucket, if it is not gone: first its protection or what is in it, then itself.
pub(super) fn delete(aws: &Aws, resource: &Resource) -> Result<()> {
    let id = &resource.physical_id;
    let calls: &[&str] = match resource.kind.as_str() {
        "AWS::DynamoDB::Table" => &[
            "dynamodb update-table --no-deletion-protection-enabled --table-name",
            // A table that is being changed cannot be deleted yet.
            "dynamodb wait table-exists --table-name",
            "dynamodb delete-table --table-name",
        ],
        "AWS::Cognito::UserPool" => &[
            "cognito-idp update-user-pool --deletion-protection INACTIVE --user-pool-id",
            "cognito-idp delete-user-pool --user-pool-id",
        ],
        "AWS::S3::Bucket" => {
            Bucket::new(aws, id).empty()?;
            &["s3api delete-bucket --bucket"]
        }
        other => bail!("deleting a {other} is not supported"),
    };
    for call in calls {
        if aws.find(call, &[id])?.is_none() {
            return Ok(());
        }
    }
    println!("    {id} is deleted");
    Ok(())
}

/// Prints what still exists, and how to delete it.
fn print_rest(kept: &BTreeMap<&str, &Resource>, options: &Options) {
    println!("\nThe stack {} is gone. AWS keeps:\n", options.stack.stack);
    if options.with_data {
        println!("  a backup of each deleted table with all it held, for 35 days, at no cost");
    } else {
        for (id, Resource { kind, physical_id }) in kept {
            println!("  {id}: {physical_id} ({kind}), which costs what it stores");
        }
        println!(
            "    `cargo aws adopt` makes a new stack around them. To delete them, too, run this\n    \
             again with --with-data."
        );
    }
    println!("  metrics, for 15 months, at no cost\n");
}
