//! Items of a table, one by one: a single one that this version cannot read never hides the others.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::{
    log::{self, Level},
    metrics::{self, Metric},
};

/// An item's attributes by name.
type Attributes = HashMap<String, AttributeValue>;

/// The items that this version can read. The others are left out, logged as errors with the
/// attribute `id`, and counted.
pub fn readable<T: DeserializeOwned>(items: Vec<Attributes>, id: &str) -> Vec<T> {
    let read = |item: Attributes| {
        let name = item.get(id).and_then(|id| id.as_s().ok().cloned());
        serde_dynamo::from_item(item)
            .inspect_err(|error| left_out(id, &name.unwrap_or_default(), &error))
            .ok()
    };
    items.into_iter().filter_map(read).collect()
}

/// Logs and counts an item that is left out because it cannot be read.
pub fn left_out(id: &str, name: &str, error: &dyn std::fmt::Display) {
    metrics::count(Metric::OrdersUnreadable, 1);
    let fields = json!({(id): name, "error": error.to_string(), "error_type": "Tiffin.Unreadable"});
    log::line(Level::Error, "an unreadable item is left out", fields);
}
