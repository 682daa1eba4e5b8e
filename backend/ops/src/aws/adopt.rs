//! `cargo aws adopt`: a new stack around tables, customers and pictures that exist.
//!
//! What a deleted stack kept, or what DynamoDB restored from a point in time (always into a new
//! table), becomes part of a stack by CloudFormation's import (CloudFormation User Guide, "Create a
//! stack from existing resources"). An import changes nothing else, so the stack first consists of
//! these resources alone; a deployment then adds the rest.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use aws_local::template;
use clap::Args;
use serde_json::{Map, Value, json};

use super::cli::Aws;
use super::stack::{RETAINED, Stack};
use super::target::Target;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// What to create a stack of.
#[derive(Debug, Args)]
pub struct Options {
    /// The stack.
    #[command(flatten)]
    pub(super) stack: Target,
    /// The name of each table and of the bucket of pictures, and the user pool's id, such as OrdersTable=orders-2
    #[arg(required = true, value_name = "NAME=ID", value_parser = kept_resource)]
    resources: Vec<(String, String)>,
}

/// What a shop of before there were pictures of its own has not kept.
const OPTIONAL: &str = "PicturesBucket";

/// A resource that the template keeps, by its name there, and its name or id.
fn kept_resource(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, id)) if RETAINED.contains(&name) && !id.is_empty() => {
            Ok((name.to_owned(), id.to_owned()))
        }
        _ => Err(format!(
            "must be one of {} and its name or id, such as OrdersTable=orders-2",
            RETAINED.join(", ")
        )),
    }
}

/// Creates a stack of resources that exist. A stack that is there already is an error, as is a
/// resource that is not.
pub(super) fn run(aws: &Aws, options: &Options) -> Result<()> {
    let name = &options.stack.stack;
    let resources: BTreeMap<String, String> = options.resources.iter().cloned().collect();
    let needed = RETAINED.into_iter().filter(|name| *name != OPTIONAL);
    let missing: Vec<_> = needed.filter(|name| !resources.contains_key(*name)).collect();
    ensure!(
        missing.is_empty(),
        "name all that a shop keeps, such as OrdersTable=orders-2; there is no {}",
        missing.join(", ")
    );
    let stack = Stack::new(aws, name);
    let mut steps = Steps::new(3);
    steps.take("check the account", || aws.caller())?;
    ensure!(
        stack.describe()?.is_none(),
        "there is a stack {name} already; `cargo aws destroy --stack {name}` keeps its data, and then \
         a new one can be created with others"
    );
    let file = Workspace::find()?.template();
    let whole = template::Stack::load(&file, name, aws.region(), &BTreeMap::new())?;
    let template = template(&whole, &resources)?;
    steps.take("protect the tables", || {
        let mut tables = resources.iter().filter(|(name, _)| name.ends_with("Table"));
        tables.try_for_each(|(name, table)| {
            let expiry =
                whole.get(name).and_then(|it| it.text("/TimeToLiveSpecification/AttributeName"));
            protect(aws, table, expiry)
        })
    })?;
    steps.take("create the stack", || stack.import(&template, &to_import(&resources)))?;
    println!("\nThe stack {name} has its data; `cargo aws deploy --stack {name}` adds the rest");
    Ok(())
}

/// A restored table has none of these (DynamoDB Developer Guide, "Restoring a table to a point in time"):
/// `expiry` is the attribute by which items expire, if any do.
fn protect(aws: &Aws, table: &str, expiry: Option<&str>) -> Result<()> {
    let about = aws.ask("dynamodb describe-table --table-name", &[table])?;
    if about["Table"]["DeletionProtectionEnabled"] != true {
        aws.ask("dynamodb update-table --deletion-protection-enabled --table-name", &[table])?;
    }
    if let Some(attribute) = expiry {
        let about = aws.ask("dynamodb describe-time-to-live --table-name", &[table])?;
        // To enable it a second time is an error.
        if about["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED" {
            let expires = format!("Enabled=true,AttributeName={attribute}");
            let call = "dynamodb update-time-to-live --table-name";
            aws.ask(call, &[table, "--time-to-live-specification", &expires])?;
        }
    }
    let enabled = "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true";
    let call = format!("dynamodb update-continuous-backups {enabled} --table-name");
    aws.ask(&call, &[table]).map(drop)
}

/// What CloudFormation imports, and by what it finds each.
fn to_import(resources: &BTreeMap<String, String>) -> String {
    let entry = |(logical_id, physical_id): (&String, &String)| {
        let (kind, key) = match logical_id.as_str() {
            "PicturesBucket" => ("AWS::S3::Bucket", "BucketName"),
            "UserPool" => ("AWS::Cognito::UserPool", "UserPoolId"),
            _ => ("AWS::DynamoDB::Table", "TableName"),
        };
        json!({"ResourceType": kind, "LogicalResourceId": logical_id,
            "ResourceIdentifier": {key: physical_id}})
    };
    resources.iter().map(entry).collect::<Value>().to_string()
}

/// The template with nothing but these of its resources, each as the whole template makes it with the default
/// parameters.
fn template(whole: &template::Stack, named: &BTreeMap<String, String>) -> Result<String> {
    let resources = named.keys().map(|name| {
        let resource = whole.get(name).with_context(|| format!("the template has no {name}"))?;
        // CloudFormation imports only what has a DeletionPolicy.
        let value = json!({"Type": resource.kind, "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain", "Properties": resource.properties});
        Ok((name.clone(), value))
    });
    let resources = resources.collect::<Result<Map<_, _>>>()?;
    Ok(json!({"Resources": resources}).to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use aws_local::template::Stack;
    use yaml_rust2::{Yaml, YamlLoader};

    #[test]
    fn what_is_kept_is_imported_as_it_will_be_deployed() {
        let text = include_str!("../../../template.yaml");
        let parse = |text: &str| Stack::parse(text, "shop", "eu-west-2", &BTreeMap::new()).unwrap();
        let whole = parse(text);
        let all = RETAINED.map(|name| (name.to_owned(), String::new())).into();
        let template = template(&whole, &all).unwrap();
        for (name, resource) in &parse(&template).resources {
            assert_eq!(resource.properties, whole.get(name).unwrap().properties, "{name}");
        }
        for text in [text, &template] {
            let parsed = YamlLoader::load_from_str(text).unwrap();
            let resources = parsed[0]["Resources"].as_hash().unwrap().iter();
            let policies = ["DeletionPolicy", "UpdateReplacePolicy"];
            let retains =
                |value: &Yaml| policies.iter().all(|it| value[*it].as_str() == Some("Retain"));
            let retained = resources.filter(|(_, value)| retains(value));
            let names: BTreeSet<_> = retained.map(|(name, _)| name.as_str().unwrap()).collect();
            assert_eq!(names, RETAINED.into());
        }
    }

    #[test]
    fn each_is_found_by_what_its_type_is_known_by() {
        let resources = [
            ("OrdersTable", "orders-2"),
            ("PicturesBucket", "pictures-2"),
            ("UserPool", "eu-west-2_x"),
        ];
        let resources = resources.map(|(id, name)| (id.to_owned(), name.to_owned()));
        let imported: Value = serde_json::from_str(&to_import(&resources.into())).unwrap();
        assert_eq!(imported[0]["ResourceIdentifier"], json!({"TableName": "orders-2"}));
        assert_eq!(imported[1]["ResourceIdentifier"], json!({"BucketName": "pictures-2"}));
        assert_eq!(imported[2]["ResourceIdentifier"], json!({"UserPoolId": "eu-west-2_x"}));
    }
}
