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
        one(database, resource).map_err(|why| resource.refuse(&format!("{why:#}")))?;
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
            "{part} of the table in the state folder is {}, and the template now wants {}: \
             start clean",
            json!(actual),
            json!(declared)
        );
    }
    Ok(())
}

/// The parts of a list that can be compared, in an order that does not matter.
fn shape(list: Option<&Value>) -> Vec<String> {
    const KEYS: [&str; 6] =
        ["AttributeName", "AttributeType", "KeyType", "IndexName", "KeySchema", "Projection"];
    let one = |item: &Value| {
        let kept = item.as_object().into_iter().flatten();
        let kept = kept.filter(|(key, _)| KEYS.contains(&key.as_str()));
        let sorted: std::collections::BTreeMap<_, _> =
            kept.map(|(key, value)| (key.clone(), sorted(value).to_string())).collect();
        json!(sorted).to_string()
    };
    let items = list.and_then(Value::as_array).into_iter().flatten();
    let mut shapes: Vec<String> = items.map(one).collect();
    shapes.sort();
    shapes
}

/// With the elements of lists in one order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<String> = items.iter().map(|it| sorted(it).to_string()).collect();
            items.sort();
            json!(items)
        }
        Value::Object(fields) => {
            fields.iter().map(|(key, value)| (key.clone(), sorted(value))).collect()
        }
        other => other.clone(),
    }
}

fn set_time_to_live(database: &Database, resource: &Resource) -> Result<()> {
    let Some(attribute) = resource.text("/TimeToLiveSpecification/AttributeName") else {
        return Ok(());
    };
    if !resource.is_true("/TimeToLiveSpecification/Enabled") {
        return Ok(());
    }
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
