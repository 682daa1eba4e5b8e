//! Faults strike what functions do and what is delivered to them, and nothing is lost by them.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use aws_local::cloud::Cloud;
use aws_local::faults::FaultPlan;
use aws_local::feed::FeedEvent;
use serde_json::{Value, json};
use support::{BUS, call, eventually, folder, invoke, lines, put, seen, settings};

async fn with(plan: FaultPlan) -> Cloud {
    let mut settings = settings();
    settings.faults = Some(plan);
    Cloud::start(settings).await.unwrap()
}

/// Puts thirty numbered events and waits until each has arrived, and as many more as there were
/// faults of the kind `twice`; the numbers in the order of their arrival. One process takes one
/// event after the other, so only a fault can change their order.
async fn arrivals(plan: FaultPlan) -> (Vec<u64>, Cloud) {
    let mut settings = settings();
    settings.faults = Some(plan);
    settings.processes = 1;
    let cloud = Cloud::start(settings).await.unwrap();
    let file = folder("arrivals").join("events");
    for n in 0..30 {
        put(&cloud, "work", json!({"note": file, "n": n}));
    }
    let expected = 30 + injected(&cloud, "delivered twice");
    let arrived = eventually(async || {
        let numbers: Vec<u64> = lines(&file)
            .iter()
            .filter_map(|it| serde_json::from_str::<Value>(it.split_once(' ')?.1).ok())
            .filter_map(|it| it["detail"]["n"].as_u64())
            .collect();
        (numbers.len() >= expected).then_some(numbers)
    })
    .await;
    assert!((0..30).all(|n| arrived.contains(&n)), "{arrived:?}");
    (arrived, cloud)
}

/// How often a fault was injected so far.
fn injected(cloud: &Cloud, fault: &str) -> usize {
    let is_it = |it: &FeedEvent| matches!(it, FeedEvent::Fault { what } if what == fault);
    seen(cloud).iter().filter(|it| is_it(it)).count()
}

#[tokio::test]
async fn without_faults_every_event_arrives_once_and_in_order() {
    let (arrived, cloud) = arrivals(FaultPlan::default()).await;
    assert_eq!(arrived, (0..30).collect::<Vec<_>>());
    cloud.stop().await;
}

#[tokio::test]
async fn some_events_arrive_twice() {
    let plan = FaultPlan { seed: 1, duplicate: 500, ..FaultPlan::default() };
    let (arrived, cloud) = arrivals(plan).await;
    assert!(arrived.len() > 35, "{arrived:?}");
    cloud.stop().await;
}

#[tokio::test]
async fn some_events_arrive_out_of_order_and_some_late() {
    let reorder = FaultPlan { seed: 1, reorder: 500, ..FaultPlan::default() };
    let delay = FaultPlan { seed: 1, delay: 500, ..FaultPlan::default() };
    for (plan, fault) in [(reorder, "delivered out of order"), (delay, "delivered late")] {
        let (arrived, cloud) = arrivals(plan).await;
        assert!(injected(&cloud, fault) > 5, "{fault}");
        assert!(!arrived.is_sorted(), "{fault}: {arrived:?}");
        cloud.stop().await;
    }
}

#[tokio::test]
async fn a_killed_function_is_run_again() {
    let plan = FaultPlan { seed: 2, kill: 500, ..FaultPlan::default() };
    // Without the schedule, whose invocations end before they can be killed.
    let template = std::fs::read_to_string(support::template()).unwrap();
    let mut settings = settings();
    settings.template = folder("killed").join("template.yaml");
    std::fs::write(&settings.template, template.replace("rate(1 minute)", "rate(9 days)")).unwrap();
    settings.faults = Some(plan);
    let cloud = Cloud::start(settings).await.unwrap();
    for _ in 0..10 {
        put(&cloud, "work", json!({"do": "sleep", "ms": 300}));
    }
    // One in eight is killed three times, and then reported.
    let ended = |it: &FeedEvent| match it {
        FeedEvent::DeadLettered { .. } => true,
        FeedEvent::Invoked { error, .. } => error.is_none(),
        _ => false,
    };
    let killed = |it: &FeedEvent| match it {
        FeedEvent::Invoked { error: Some(error), .. } => error.contains("Runtime.ExitError"),
        _ => false,
    };
    let again = |it: &FeedEvent| matches!(it, FeedEvent::RetryScheduled { .. });
    let given_up = |it: &FeedEvent| matches!(it, FeedEvent::DeadLettered { .. });
    let killed = eventually(async || {
        let seen = seen(&cloud);
        let count = |which: &dyn Fn(&FeedEvent) -> bool| seen.iter().filter(|it| which(it)).count();
        let killed = count(&killed);
        // Each kill ends an invocation, and each of those is run again or was the last try.
        let settled = killed == injected(&cloud, "killed a function")
            && killed == count(&again) + count(&given_up)
            && count(&ended) >= 10;
        settled.then_some(killed)
    })
    .await;
    assert!(killed > 2, "{killed} of ten were killed");
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
async fn a_transaction_that_conflicts_has_a_reason_for_each_of_its_items() {
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
