//! The tables as a function's SDK sees them.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use serde_json::{Value, json};
use support::{call, cloud};

#[tokio::test]
async fn a_failed_condition_shows_what_is_there() {
    let cloud = cloud().await;
    let table = cloud.stack().reference("Things").unwrap();
    let put = json!({
        "TableName": table,
        "Item": {"id": {"S": "1"}, "owner": {"S": "me"}},
        "ConditionExpression": "attribute_not_exists(id)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    let target = "DynamoDB_20120810.PutItem";
    assert_eq!(call(&cloud.endpoint(), target, put.clone()).await, (200, json!({})));
    let (status, refusal) = call(&cloud.endpoint(), target, put).await;
    assert_eq!(status, 400);
    assert!(refusal["__type"].as_str().unwrap().ends_with("#ConditionalCheckFailedException"));
    assert_eq!(refusal["Item"]["owner"]["S"], "me");
    cloud.stop().await;
}

#[tokio::test]
async fn what_has_expired_is_swept() {
    let cloud = cloud().await;
    let table = cloud.stack().reference("Things").unwrap();
    for (id, expires_at) in [("old", "1"), ("new", "9999999999")] {
        let item = json!({"id": {"S": id}, "owner": {"S": "me"}, "expires_at": {"N": expires_at}});
        let put = json!({"TableName": table, "Item": item});
        assert_eq!(call(&cloud.endpoint(), "DynamoDB_20120810.PutItem", put).await.0, 200);
    }
    cloud.dynamodb().sweep().unwrap();
    let scan = json!({"TableName": table});
    let (_, found) = call(&cloud.endpoint(), "DynamoDB_20120810.Scan", scan).await;
    assert_eq!((&found["Count"], &found["Items"][0]["id"]["S"]), (&json!(1), &json!("new")));
    cloud.stop().await;
}

#[tokio::test]
async fn tables_come_from_the_template_alone() {
    let cloud = cloud().await;
    for (operation, body) in [
        ("DeleteTable", json!({"TableName": cloud.stack().reference("Things").unwrap()})),
        ("CreateTable", json!({"TableName": "other"})),
        ("PutItem", json!({"TableName": "other", "Item": {"id": {"S": "1"}}})),
        ("PutItem", json!("no object")),
        ("PutItem", Value::Null),
    ] {
        let target = format!("DynamoDB_20120810.{operation}");
        let (status, refusal) = call(&cloud.endpoint(), &target, body).await;
        assert_eq!(status, 400, "{operation}");
        assert!(refusal["__type"].is_string(), "{operation}: {refusal}");
    }
    cloud.stop().await;
}
