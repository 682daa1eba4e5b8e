//! The tables the template declares, created once.

use anyhow::{Context, Result, ensure};
use dynoxide::Database;
use serde_json::{Map, Value, json};

use crate::template::{Resource, Stack};

/// What a table is made of and cannot change by itself.
const SHAPE: [&str; 3] = ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"];

/// Creates the tables that are not there, and checks those that are.
pub(super) fn create(database: &Database, stack: &Stack) -> Result<()> {
    for resource in stack.of_kind("AWS::DynamoDB::Table") {
        resource.locate(one(database, resource))?;
    }
    Ok(())
}

fn one(database: &Database, resource: &Resource) -> Result<()> {
    let name = &resource.physical_id;
    match database.get_table_metadata(name)? {
        Some(_) => check(database, resource)?,
        None => {
            let request = serde_json::from_value(declaration(resource))?;
            database.create_table(request)?;
        }
    }
    set_time_to_live(database, resource)
}

fn declaration(resource: &Resource) -> Value {
    let mut request = Map::new();
    request.insert("TableName".to_owned(), json!(resource.physical_id));
    request.insert("BillingMode".to_owned(), json!("PAY_PER_REQUEST"));
    for part in SHAPE {
        if let Some(value) = resource.properties.get(part) {
            request.insert(part.to_owned(), value.clone());
        }
    }
    Value::Object(request)
}

/// A table keeps its shape over a restart. Changing it would mean to rebuild indexes over what is
/// there; on a laptop it is simpler to start clean.
fn check(database: &Database, resource: &Resource) -> Result<()> {
    let request = serde_json::from_value(json!({"TableName": resource.physical_id}))?;
    let described = serde_json::to_value(database.describe_table(request)?)?;
    for part in SHAPE {
        let declared = shape(resource.properties.get(part));
        let actual = shape(described.pointer(&format!("/Table/{part}")));
        ensure!(
            declared == actual,
            "{part} of the table in the state folder is {actual}, and the template now wants \
             {declared}: start clean"
        );
    }
    Ok(())
}

/// A part as it is compared: without the fields that the engine adds, and with sorted lists.
fn shape(part: Option<&Value>) -> Value {
    const KEYS: [&str; 8] = [
        "AttributeName",
        "AttributeType",
        "KeyType",
        "IndexName",
        "KeySchema",
        "Projection",
        "ProjectionType",
        "NonKeyAttributes",
    ];
    match part {
        None | Some(Value::Null) => json!([]),
        Some(Value::Array(items)) => {
            let mut items: Vec<_> = items.iter().map(|it| shape(Some(it)).to_string()).collect();
            items.sort();
            json!(items)
        }
        Some(Value::Object(fields)) => {
            let kept = fields.iter().filter(|(key, _)| KEYS.contains(&key.as_str()));
            kept.map(|(key, value)| (key.clone(), shape(Some(value)))).collect()
        }
        Some(other) => other.clone(),
    }
}

fn set_time_to_live(database: &Database, resource: &Resource) -> Result<()> {
    let attribute = resource.text("/TimeToLiveSpecification/AttributeName");
    let is_enabled = resource.is_true("/TimeToLiveSpecification/Enabled");
    let Some(attribute) = attribute.filter(|_| is_enabled) else { return Ok(()) };
    let name = &resource.physical_id;
    let describe = serde_json::from_value(json!({"TableName": name}))?;
    let described = serde_json::to_value(database.describe_time_to_live(describe)?)?;
    let status = described.pointer("/TimeToLiveDescription/TimeToLiveStatus");
    if status.and_then(Value::as_str) == Some("ENABLED") {
        return Ok(());
    }
    let specification = json!({"AttributeName": attribute, "Enabled": true});
    let request = json!({"TableName": name, "TimeToLiveSpecification": specification});
    database.update_time_to_live(serde_json::from_value(request)?).context("its TTL")?;
    Ok(())
}
