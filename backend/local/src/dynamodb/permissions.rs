//! Which IAM actions, on which tables and indexes, a call needs
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html>).

use serde_json::Value;

/// Pairs of an action and what stands after `table/` in the ARN.
pub(super) fn needed(operation: &str, request: &Value) -> Vec<(String, String)> {
    match operation {
        "BatchGetItem" | "BatchWriteItem" => request
            .get("RequestItems")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|tables| tables.keys())
            .map(|table| (operation.to_owned(), table_name(table).to_owned()))
            .collect(),
        "TransactGetItems" | "TransactWriteItems" => transaction(request),
        "ListTables" => vec![(operation.to_owned(), "*".to_owned())],
        _ => {
            let text = |key| request.get(key).and_then(Value::as_str);
            let table = table_name(text("TableName").unwrap_or_default());
            let resource = match text("IndexName") {
                Some(index) => format!("{table}/index/{index}"),
                None => table.to_owned(),
            };
            vec![(operation.to_owned(), resource)]
        }
    }
}

/// Each part of a transaction needs the permission of what it does.
fn transaction(request: &Value) -> Vec<(String, String)> {
    let parts = request.get("TransactItems").and_then(Value::as_array);
    let parts = parts.into_iter().flatten().filter_map(Value::as_object).flatten();
    parts
        .map(|(verb, part)| {
            let table = part.get("TableName").and_then(Value::as_str).unwrap_or_default();
            let action = match verb.as_str() {
                "ConditionCheck" => "ConditionCheckItem".to_owned(),
                verb => format!("{verb}Item"),
            };
            (action, table_name(table).to_owned())
        })
        .collect()
}

/// A table may be named by its ARN.
fn table_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_call_needs_what_aws_says_it_needs() {
        let pair = |action: &str, resource: &str| (action.to_owned(), resource.to_owned());
        for (operation, request, wanted) in [
            ("GetItem", json!({"TableName": "t"}), vec![pair("GetItem", "t")]),
            (
                "Query",
                json!({"TableName": "t", "IndexName": "i"}),
                vec![pair("Query", "t/index/i")],
            ),
            (
                "TransactWriteItems",
                json!({"TransactItems": [
                    {"Put": {"TableName": "a"}}, {"ConditionCheck": {"TableName": "b"}}
                ]}),
                vec![pair("PutItem", "a"), pair("ConditionCheckItem", "b")],
            ),
            ("BatchGetItem", json!({"RequestItems": {"a": {}}}), vec![pair("BatchGetItem", "a")]),
        ] {
            assert_eq!(needed(operation, &request), wanted, "{operation}");
        }
    }
}
