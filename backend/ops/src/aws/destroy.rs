//! `cargo aws destroy`: deletes everything but the data, and names what AWS keeps.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};

use anyhow::{Result, bail};
use clap::Args;

use super::artifacts::Artifacts;
use super::cli::Aws;
use super::site::Bucket;
use super::stack::{KEPT, Resource, Resources, Stack};
use super::target::Target;
use crate::steps::Steps;
use crate::stop;

/// What to delete.
#[derive(Debug, Args)]
pub struct Options {
    /// The stack.
    #[command(flatten)]
    pub stack: Target,
    /// Delete orders, customers and the catalog, too
    #[arg(long)]
    with_data: bool,
    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,
}

/// Deletes the stack; orders, customers and the catalog only with `--with-data`.
///
/// # Errors
/// What could not be deleted. Running it again continues from there, also when the stack itself is
/// already gone.
pub fn run(aws: &Aws, options: &Options) -> Result<()> {
    let stack = Stack::new(aws, &options.stack.stack);
    let mut steps = Steps::new(5);
    let caller = steps.take("check the account", || aws.caller())?;
    let artifacts = Artifacts::new(aws, &caller, &options.stack.stack);
    let described = stack.describe()?;
    let resources = match &described {
        Some(_) => stack.resources()?,
        None => stack.retained_by_deleted()?,
    };
    if described.is_none() && resources.is_empty() {
        artifacts.remove()?; // a plan may have left some
        return stack.existing().map(drop);
    }
    if described.as_ref().is_some_and(|stack| stack.is_protected) {
        bail!(
            "the stack {0} is protected; first run `aws cloudformation update-termination-protection \
             --no-enable-termination-protection --stack-name {0} --region {1}`",
            options.stack.stack,
            aws.region()
        );
    }
    let kept: BTreeMap<&str, &Resource> =
        KEPT.iter().filter_map(|id| Some((*id, resources.get(*id)?))).collect();
    announce(&resources, &kept, options.with_data);
    if !options.yes {
        confirm(&options.stack.stack)?;
    }
    steps.take("delete the site's files", || match resources.get("SiteBucket") {
        Some(bucket) => Bucket::new(aws, &bucket.physical_id).empty(),
        None => Ok(()),
    })?;
    steps.take("delete the stack", || {
        described.map_or(Ok(()), |described| stack.delete(&described))
    })?;
    steps.take("delete orders and customers", || match options.with_data {
        true => kept.values().try_for_each(|resource| delete(aws, resource)),
        false => Ok(()),
    })?;
    steps.take("delete packages and templates", || artifacts.remove())?;
    print_rest(&kept, options);
    Ok(())
}

fn announce(resources: &Resources, kept: &BTreeMap<&str, &Resource>, with_data: bool) {
    println!("    {} resources will be removed", resources.len().saturating_sub(kept.len()));
    for (id, Resource { physical_id, .. }) in kept {
        let fate = if with_data { "DELETED WITH ALL IT HOLDS" } else { "kept" };
        println!("    {id} ({physical_id}) will be {fate}");
    }
}

fn confirm(stack: &str) -> Result<()> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        bail!("this needs confirmation on a terminal; add --yes");
    }
    print!("\nType the stack's name to go on: ");
    std::io::stdout().flush()?;
    let typed = stop::read_line(std::io::BufReader::new(stdin))?;
    match typed.trim() == stack {
        true => Ok(()),
        false => bail!("that is not `{stack}`; nothing was removed"),
    }
}

/// Whether a table or a pool holds nothing; `None` if it is neither, or is gone.
///
/// # Errors
/// If AWS cannot be asked.
pub fn is_empty(aws: &Aws, resource: &Resource) -> Result<Option<bool>> {
    let id = resource.physical_id.as_str();
    let (call, items): (&[&str], &str) = match resource.kind.as_str() {
        "AWS::DynamoDB::Table" => (
            &["dynamodb", "scan", "--table-name", id, "--max-items", "1", "--page-size", "1"],
            "Items",
        ),
        "AWS::Cognito::UserPool" => {
            (&["cognito-idp", "list-users", "--user-pool-id", id, "--max-items", "1"], "Users")
        }
        _ => return Ok(None),
    };
    match aws.try_ask(call)? {
        Ok(answer) => Ok(Some(answer[items].as_array().is_none_or(Vec::is_empty))),
        Err(error) if error.is_not_found() || error.is_being_deleted() => Ok(None),
        Err(error) => Err(error.of_call(call)),
    }
}

/// Deletes a table or a pool: first its protection, then itself.
///
/// # Errors
/// If AWS refuses, or it is neither.
pub fn delete(aws: &Aws, resource: &Resource) -> Result<()> {
    let id = resource.physical_id.as_str();
    let calls: &[&[&str]] = match resource.kind.as_str() {
        "AWS::DynamoDB::Table" => &[
            &["dynamodb", "update-table", "--table-name", id, "--no-deletion-protection-enabled"],
            // A table that is being changed cannot be deleted yet.
            &["dynamodb", "wait", "table-exists", "--table-name", id],
            &["dynamodb", "delete-table", "--table-name", id],
        ],
        "AWS::Cognito::UserPool" => &[
            &[
                "cognito-idp",
                "update-user-pool",
                "--user-pool-id",
                id,
                "--deletion-protection",
                "INACTIVE",
            ],
            &["cognito-idp", "delete-user-pool", "--user-pool-id", id],
        ],
        other => bail!("deleting a {other} is not supported"),
    };
    for call in calls {
        match aws.try_ask(call)? {
            Ok(_) => {}
            Err(error) if error.is_not_found() || error.is_being_deleted() => return Ok(()),
            Err(error) => return Err(error.of_call(call)),
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
            "    `cargo aws adopt` makes a new stack around them. To delete them, too, run this"
        );
        println!("    again with --with-data.");
    }
    println!("  metrics, for 15 months, at no cost\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    #[test]
    fn what_is_kept_is_what_the_template_retains() {
        let text = fs_err::read_to_string(Workspace::find().unwrap().template()).unwrap();
        let mut kept = Vec::new();
        let mut resource = "";
        for line in text.lines() {
            let name = line.trim_end_matches(':');
            if line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':') {
                resource = name.trim();
            }
            if line.trim().starts_with("DeletionPolicy: Retain") {
                kept.push(resource);
            }
        }
        assert_eq!(kept, KEPT);
    }
}
