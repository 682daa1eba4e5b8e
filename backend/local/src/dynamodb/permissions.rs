//! Which IAM actions, on which tables and indexes, a call needs
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html>).

use serde_json::Value;

/// Pairs of an action and what stands after `table/` in the ARN.
pub(super) fn needed(operation: &str, request: &Value) -> Vec<(String, String)> {
    match operation {
        "BatchGetItem" | "BatchWriteItem" => {
            let tables = request["RequestItems"].as_object().into_iter().flatten();
            tables.map(|(table, _)| (operation.to_owned(), table_name(table).to_owned())).collect()
        }
        "TransactGetItems" | "TransactWriteItems" => transaction(request),
        "ListTables" => vec![(operation.to_owned(), "*".to_owned())],
        _ => {
            let table = table_name(request["TableName"].as_str().unwrap_or_default());
            let resource = match request["IndexName"].as_str() {
                Some(index) => format!("{table}/index/{index}"),
                None => table.to_owned(),
            };
            vec![(operation.to_owned(), resource)]
        }
    }
}

/// Each part of a transaction needs the permission of what it does.
fn transaction(request: &Value) -> Vec<(String, String)> {
    let parts = request["TransactItems"].as_array().into_iter().flatten();
    let parts = parts.filter_map(Value::as_object).flatten();
    let needed = |(verb, part): (&String, &Value)| {
        let table = part["TableName"].as_str().unwrap_or_default();
        (format!("{verb}Item"), table_name(table).to_owned())
    };
    parts.map(needed).collect()
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
