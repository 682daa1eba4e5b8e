//! `cargo aws adopt`: a new stack around tables and customers that exist.
//!
//! What a deleted stack kept, or what DynamoDB restored from a point in time (always into a new
//! table), becomes part of a stack by CloudFormation's import (CloudFormation User Guide, "Create a
//! stack from existing resources"). An import changes nothing else, so the stack first consists of
//! these resources alone; a deployment then adds the rest.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::{Value, json};

use super::cli::Aws;
use super::stack::{KEPT, Stack};
use super::target::Target;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// The parameters and the condition that those resources refer to.
const PARAMETERS: [&str; 2] = ["MailFrom", "MailIdentityArn"];
const CONDITION: &str = "HasMail";

/// What to create a stack of.
#[derive(Debug, Args)]
pub struct Options {
    /// The stack.
    #[command(flatten)]
    pub stack: Target,
    /// Each table's name and the user pool's id, such as OrdersTable=orders-2
    #[arg(required = true, value_name = "NAME=ID", value_parser = kept_resource)]
    resources: Vec<(String, String)>,
}

/// A resource that the template keeps, by its name there, and its name or id.
fn kept_resource(text: &str) -> Result<(String, String), String> {
    let (name, id) = text.split_once('=').unwrap_or((text, ""));
    match KEPT.contains(&name) && !id.is_empty() {
        true => Ok((name.to_owned(), id.to_owned())),
        false => Err(format!(
            "must be one of {} and its name or id, such as OrdersTable=orders-2",
            KEPT.join(", ")
        )),
    }
}

/// Makes a stack of resources that exist.
///
/// # Errors
/// If the stack is there already, or one of the resources is not, or AWS refuses.
pub fn run(aws: &Aws, options: &Options) -> Result<()> {
    let resources: BTreeMap<String, String> = options.resources.iter().cloned().collect();
    let missing: Vec<_> = KEPT.into_iter().filter(|name| !resources.contains_key(*name)).collect();
    ensure!(
        missing.is_empty(),
        "name all that a shop keeps, such as OrdersTable=orders-2; there is no {}",
        missing.join(", ")
    );
    let stack = Stack::new(aws, &options.stack.stack);
    let mut steps = Steps::new(3);
    steps.take("whose account", || aws.caller().map(drop))?;
    if stack.describe()?.is_some() {
        bail!(
            "there is a stack {0} already; `cargo aws destroy --stack {0}` keeps its data, and then \
             a new one can be created with others",
            options.stack.stack
        );
    }
    let text = fs_err::read_to_string(Workspace::find()?.template())?;
    let template = template(&text)?;
    steps.take("what a restored table lacks", || {
        let tables = KEPT.iter().filter(|id| **id != "UserPool");
        tables.filter_map(|id| resources.get(*id)).try_for_each(|it| protect(aws, it))
    })?;
    steps.take("the stack around them", || {
        stack.import(&template, &to_import(&resources)).map(drop)
    })?;
    println!(
        "\nThe stack {0} has its data; `cargo aws deploy --stack {0}` adds the rest",
        options.stack.stack
    );
    Ok(())
}

/// A restored table has neither (DynamoDB Developer Guide, "Restoring a table to a point in time").
fn protect(aws: &Aws, table: &str) -> Result<()> {
    let about = aws.ask(&["dynamodb", "describe-table", "--table-name", table])?;
    if about["Table"]["DeletionProtectionEnabled"] != true {
        let call = ["dynamodb", "update-table", "--table-name", table];
        aws.ask(&[call.as_slice(), &["--deletion-protection-enabled"]].concat())?;
    }
    let recover = ["dynamodb", "update-continuous-backups", "--table-name", table];
    let enabled = ["--point-in-time-recovery-specification", "PointInTimeRecoveryEnabled=true"];
    aws.ask(&[recover.as_slice(), &enabled].concat()).map(drop)
}

/// What CloudFormation imports, and by what it finds each.
fn to_import(resources: &BTreeMap<String, String>) -> String {
    let one = |(logical_id, physical_id): (&String, &String)| {
        let (kind, key) = match logical_id.as_str() {
            "UserPool" => ("AWS::Cognito::UserPool", "UserPoolId"),
            _ => ("AWS::DynamoDB::Table", "TableName"),
        };
        json!({"ResourceType": kind, "LogicalResourceId": logical_id,
            "ResourceIdentifier": {key: physical_id}})
    };
    Value::Array(resources.iter().map(one).collect()).to_string()
}

/// The template with nothing but what is kept and what that refers to.
fn template(text: &str) -> Result<String> {
    let blocks = |section: &str, names: &[&str]| -> Result<String> {
        let (_, rest) = text
            .split_once(&format!("\n{section}:\n"))
            .with_context(|| format!("the template has no {section}"))?;
        let found = names.iter().map(|name| {
            block(rest, name).with_context(|| format!("the template has no {name} in {section}"))
        });
        Ok(format!("{section}:\n{}", found.collect::<Result<String>>()?))
    };
    let parameters = blocks("Parameters", &PARAMETERS)?;
    let conditions = blocks("Conditions", &[CONDITION])?;
    let resources = blocks("Resources", &KEPT)?;
    Ok(format!("AWSTemplateFormatVersion: \"2010-09-09\"\n{parameters}{conditions}{resources}"))
}

/// The lines of one entry of a section: its name, and all that is indented deeper.
fn block(section: &str, name: &str) -> Option<String> {
    let mut lines = section.lines().skip_while(|line| !line.starts_with(&format!("  {name}:")));
    let first = lines.next()?;
    let rest = lines.take_while(|line| line.starts_with("   "));
    Some(std::iter::once(first).chain(rest).map(|line| format!("{line}\n")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_local::template::Stack;

    #[test]
    fn what_is_imported_is_as_it_will_be_deployed() {
        let text = include_str!("../../../template.yaml");
        let parse = |text: &str| Stack::parse(text, "shop", "eu-west-2", &BTreeMap::new()).unwrap();
        let (whole, kept) = (parse(text), parse(&template(text).unwrap()));
        let names: Vec<_> = kept.resources.keys().map(String::as_str).collect();
        assert_eq!(names, KEPT);
        for (name, resource) in &kept.resources {
            assert_eq!(resource.properties, whole.get(name).unwrap().properties, "{name}");
        }
        let deletion = template(text).unwrap().matches("    DeletionPolicy: Retain\n").count();
        assert_eq!(deletion, KEPT.len(), "CloudFormation imports only what has a DeletionPolicy");
    }

    #[test]
    fn each_is_found_by_what_its_type_is_known_by() {
        let resources = [("OrdersTable", "orders-2"), ("UserPool", "eu-west-2_x")];
        let resources = resources.map(|(id, name)| (id.to_owned(), name.to_owned()));
        let imported: Value = serde_json::from_str(&to_import(&resources.into())).unwrap();
        assert_eq!(imported[0]["ResourceIdentifier"], json!({"TableName": "orders-2"}));
        assert_eq!(imported[1]["ResourceIdentifier"], json!({"UserPoolId": "eu-west-2_x"}));
    }
}
