//! Faults strike what functions do and what is delivered to them, and nothing is lost by them.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use aws_local::cloud::Cloud;
use aws_local::faults::FaultPlan;
use serde_json::{Value, json};
use support::{BUS, call, eventually, folder, invoke, lines, put, settings};

async fn with(plan: FaultPlan) -> Cloud {
    let mut settings = settings();
    settings.faults = Some(plan);
    Cloud::start(settings).await.unwrap()
}

#[tokio::test]
async fn every_event_arrives_though_some_twice_late_or_out_of_order() {
    let plan = FaultPlan { seed: 1, duplicate: 500, reorder: 500, ..FaultPlan::default() };
    let cloud = with(plan).await;
    let file = folder("twice").join("events");
    for n in 0..30 {
        put(&cloud, "work", json!({"note": file, "n": n}));
    }
    let arrived = eventually(async || {
        let numbers: Vec<u64> = lines(&file)
            .iter()
            .filter_map(|it| serde_json::from_str::<Value>(it.split_once(' ')?.1).ok())
            .filter_map(|it| it["detail"]["n"].as_u64())
            .collect();
        ((0..30).all(|n| numbers.contains(&n)) && numbers.len() > 35).then_some(numbers)
    })
    .await;
    assert!(!arrived.is_sorted(), "{arrived:?}");
    cloud.stop().await;
}

#[tokio::test]
async fn a_killed_function_is_run_again() {
    let plan = FaultPlan { seed: 2, kill: 500, ..FaultPlan::default() };
    let cloud = with(plan).await;
    let file = folder("killed").join("events");
    let ended = async || {
        let entries = cloud.feed().since(0);
        let ended = |it: &Value| {
            it["kind"] == "dead_lettered" || (it["kind"] == "invoked" && it["error"].is_null())
        };
        entries.iter().filter(|it| ended(&json!(it))).count()
    };
    for _ in 0..10 {
        put(&cloud, "work", json!({"do": "sleep", "ms": 30, "note": file}));
    }
    // One in eight is killed three times, and then reported.
    eventually(async || (ended().await >= 10).then_some(())).await;
    cloud.stop().await;
}

#[tokio::test]
async fn the_effect_of_a_lost_answer_stays() {
    let plan = FaultPlan { seed: 3, lost_answer: 1_000, ..FaultPlan::default() };
    let cloud = with(plan).await;
    let table = cloud.stack().reference("Things").unwrap();
    let item = json!({"TableName": table, "Item": {"id": {"S": "1"}, "owner": {"S": "me"}}});
    let order = json!({
        "do": "call", "service": "DYNAMODB", "target": "DynamoDB_20120810.PutItem", "body": item,
    });
    let (answer, _) = invoke(&cloud, "Worker", order).await;
    assert_eq!(answer["status"], 0, "{answer}");
    let key = json!({"TableName": table, "Key": {"id": {"S": "1"}}});
    let (_, found) = call(&cloud.endpoint(), "DynamoDB_20120810.GetItem", key).await;
    assert_eq!(found["Item"]["id"]["S"], "1");
    cloud.stop().await;
}

#[tokio::test]
async fn calls_of_functions_are_refused_as_aws_refuses_them() {
    let plan = FaultPlan { seed: 4, partial_put_events: 1_000, ..FaultPlan::default() };
    let cloud = with(plan).await;
    let entry =
        json!({"Source": "test", "DetailType": "none", "Detail": "{}", "EventBusName": BUS});
    let order = json!({
        "do": "call", "service": "EVENTBRIDGE", "target": "AWSEvents.PutEvents",
        "body": {"Entries": [entry]},
    });
    let (answer, _) = invoke(&cloud, "Worker", order).await;
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!((&answer["status"], &body["FailedEntryCount"]), (&json!(200), &json!(1)));
    assert_eq!(body["Entries"][0]["ErrorCode"], "InternalFailure");
    let owner = put(&cloud, "none", json!({}));
    assert_eq!(owner["FailedEntryCount"], 0, "the owner's calls stay reliable");
    cloud.stop().await;

    for (plan, error) in [
        (FaultPlan { throttle: 1_000, ..FaultPlan::default() }, "ProvisionedThroughputExceeded"),
        (FaultPlan { transaction_conflict: 1_000, ..FaultPlan::default() }, "TransactionConflict"),
    ] {
        let cloud = with(plan).await;
        let table = cloud.stack().reference("Things").unwrap();
        let item = json!({"TableName": table, "Item": {"id": {"S": "1"}}});
        let order = json!({
            "do": "call", "service": "DYNAMODB", "target": "DynamoDB_20120810.PutItem", "body": item,
        });
        let (answer, _) = invoke(&cloud, "Worker", order).await;
        assert_eq!(answer["status"], 400);
        assert!(answer["body"].as_str().unwrap().contains(error), "{answer}");
        cloud.stop().await;
    }
}

#[tokio::test]
async fn a_transaction_that_meets_another_is_told_so_for_each_of_its_parts() {
    let cloud = with(FaultPlan { transaction_conflict: 1_000, ..FaultPlan::default() }).await;
    let table = cloud.stack().reference("Things").unwrap();
    let put = |id: &str| json!({"Put": {"TableName": table, "Item": {"id": {"S": id}}}});
    let order = json!({
        "do": "call", "service": "DYNAMODB", "target": "DynamoDB_20120810.TransactWriteItems",
        "body": {"TransactItems": [put("1"), put("2")]},
    });
    let (answer, _) = invoke(&cloud, "Worker", order).await;
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(answer["status"], 400);
    assert!(body["__type"].as_str().unwrap().ends_with("#TransactionCanceledException"), "{body}");
    let codes: Vec<_> = body["CancellationReasons"].as_array().unwrap().iter().collect();
    assert_eq!(
        (&codes[0]["Code"], &codes[1]["Code"]),
        (&json!("TransactionConflict"), &json!("None"))
    );
    cloud.stop().await;
}
