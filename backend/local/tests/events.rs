//! From a bus to functions: rules, retries, dead letters, schedules, and who may do what.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use aws_local::cloud::Cloud;
use aws_local::feed::FeedEvent;
use aws_local::iam::Caller;
use serde_json::{Value, json};
use support::{BUS, call, cloud, eventually, folder, invoke, lines, put, seen};

#[tokio::test]
async fn an_event_reaches_the_function_whole() {
    let cloud = cloud().await;
    let file = folder("whole").join("events");
    let answer = put(&cloud, "work", json!({"note": file, "n": 1}));
    assert_eq!(answer["FailedEntryCount"], 0);
    let line = eventually(async || lines(&file).pop()).await;
    let event: Value = serde_json::from_str(line.split_once(' ').unwrap().1).unwrap();
    assert_eq!(event["id"], answer["Entries"][0]["EventId"]);
    assert_eq!(event["detail-type"], "work");
    assert_eq!(event["source"], "test");
    assert_eq!(event["region"], "eu-west-2");
    assert_eq!(event["account"], "000000000000");
    assert_eq!(event["version"], "0");
    assert_eq!(event["detail"]["n"], 1);
    cloud.stop().await;
}

#[tokio::test]
async fn each_entry_gets_its_own_answer_in_order() {
    let cloud = cloud().await;
    let entry = |detail: &str| json!({"Source": "test", "DetailType": "none", "Detail": detail, "EventBusName": BUS});
    let body = json!({"Entries": [entry("{}"), entry("notjson"), entry("{}")]});
    let (status, answer) = call(&cloud.endpoint(), "AWSEvents.PutEvents", body).await;
    assert_eq!((status, &answer["FailedEntryCount"]), (200, &json!(1)));
    assert!(answer["Entries"][0]["EventId"].is_string());
    assert_eq!(answer["Entries"][1]["ErrorCode"], "MalformedDetail");
    assert!(answer["Entries"][2]["EventId"].is_string());

    let many = json!({"Entries": vec![entry("{}"); 11]});
    let (status, answer) = call(&cloud.endpoint(), "AWSEvents.PutEvents", many).await;
    assert_eq!((status, &answer["__type"]), (400, &json!("ValidationException")));
    cloud.stop().await;
}

#[tokio::test]
async fn a_failing_invocation_is_tried_three_times_and_then_reported() {
    let cloud = cloud().await;
    let file = folder("retries").join("tries");
    put(&cloud, "work", json!({"do": "fail", "why": "poison", "note": file}));
    let queue = cloud.stack().get("Failures").unwrap().physical_id.clone();
    let message = eventually(async || cloud.sqs().messages(&queue).unwrap().pop()).await;
    let tries = lines(&file);
    assert_eq!(tries.len(), 3);
    let id = |line: &String| line.split_once(' ').unwrap().0.to_owned();
    assert!(tries.iter().all(|it| id(it) == id(&tries[0])), "every try has the same request id");

    let record: Value = serde_json::from_str(&message.body).unwrap();
    assert_eq!(record["requestContext"]["condition"], "RetriesExhausted");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 3);
    assert_eq!(record["requestContext"]["requestId"], json!(id(&tries[0])));
    assert_eq!(record["requestPayload"]["detail"]["why"], "poison");
    assert_eq!(record["responseContext"]["functionError"], "Unhandled");
    assert_eq!(record["responsePayload"]["errorMessage"], "poison");
    let retries = seen(&cloud);
    let retries = retries.iter().filter(|it| matches!(it, FeedEvent::RetryScheduled { .. }));
    assert_eq!(retries.count(), 2);

    let payload = record["requestPayload"].to_string();
    cloud.lambda().redrive(&queue, &message.message_id, "Worker", payload.into()).unwrap();
    assert!(cloud.sqs().messages(&queue).unwrap().is_empty());
    let message = eventually(async || cloud.sqs().messages(&queue).unwrap().pop()).await;
    assert_eq!(lines(&file).len(), 6, "three more tries, with the original payload");

    let url = cloud.stack().reference("Failures").unwrap();
    let sqs = async |operation: &str, mut body: Value| {
        body["QueueUrl"] = json!(url);
        call(&cloud.endpoint(), &format!("AmazonSQS.{operation}"), body).await.1
    };
    let count = async || {
        let answer = sqs("GetQueueAttributes", json!({"AttributeNames": ["All"]})).await;
        answer["Attributes"]["ApproximateNumberOfMessages"].clone()
    };
    assert_eq!(count().await, "1");
    let received = sqs("ReceiveMessage", json!({"MaxNumberOfMessages": 10})).await;
    assert_eq!(received["Messages"][0]["Body"], json!(message.body));
    assert_eq!(count().await, "0", "hidden while somebody holds it");
    eventually(async || (count().await == "1").then_some(())).await;
    let again = sqs("ReceiveMessage", json!({})).await;
    let handle = again["Messages"][0]["ReceiptHandle"].clone();
    sqs("DeleteMessage", json!({"ReceiptHandle": handle})).await;
    assert!(cloud.sqs().messages(&queue).unwrap().is_empty());
    cloud.stop().await;
}

#[tokio::test]
async fn without_a_permission_an_event_goes_straight_to_the_dead_letters() {
    let cloud = cloud().await;
    put(&cloud, "forbidden", json!({"n": 1}));
    let queue = cloud.stack().get("Failures").unwrap().physical_id.clone();
    let message = eventually(async || cloud.sqs().messages(&queue).unwrap().pop()).await;
    let event: Value = serde_json::from_str(&message.body).unwrap();
    assert_eq!(event["detail"]["n"], 1);
    assert_eq!(message.attributes["RULE_ARN"], cloud.stack().arn("ForbiddenRule").unwrap());
    assert_eq!(message.attributes["TARGET_ARN"], cloud.stack().arn("Worker").unwrap());
    assert_eq!(message.attributes["ERROR_CODE"], "NO_PERMISSIONS");
    cloud.stop().await;
}

#[tokio::test]
async fn a_schedule_fires_by_the_scaled_clock() {
    let cloud = cloud().await;
    let fired = eventually(async || {
        let ran = |it: &FeedEvent| matches!(it, FeedEvent::Invoked { function, .. } if function == "Worker");
        (seen(&cloud).iter().filter(|it| ran(it)).count() >= 2).then(|| seen(&cloud))
    })
    .await;
    assert!(
        !fired.iter().any(|it| matches!(it, FeedEvent::EventPut { .. })),
        "a schedule is no event"
    );
    cloud.stop().await;
}

#[tokio::test]
async fn a_function_may_do_what_its_role_says_and_nothing_more() {
    let cloud = cloud().await;
    let table = cloud.stack().reference("Things").unwrap();
    let dynamodb = |operation: &str, body: Value| {
        json!({
            "do": "call", "service": "DYNAMODB",
            "target": format!("DynamoDB_20120810.{operation}"), "body": body,
        })
    };
    let events = |source: &str| {
        let entry =
            json!({"Source": source, "DetailType": "none", "Detail": "{}", "EventBusName": BUS});
        json!({
            "do": "call", "service": "EVENTBRIDGE", "target": "AWSEvents.PutEvents",
            "body": {"Entries": [entry]},
        })
    };
    let item = json!({"TableName": table, "Item": {"id": {"S": "1"}, "owner": {"S": "me"}}});
    let by_owner = json!({
        "TableName": table, "IndexName": "by_owner", "KeyConditionExpression": "#o = :me",
        "ExpressionAttributeNames": {"#o": "owner"},
        "ExpressionAttributeValues": {":me": {"S": "me"}},
    });
    let mut base = by_owner.clone();
    base.as_object_mut().unwrap().remove("IndexName");
    for (function, request, status) in [
        ("Worker", dynamodb("PutItem", item.clone()), 200),
        ("Worker", dynamodb("Query", by_owner), 200),
        ("Worker", dynamodb("Query", base), 400),
        (
            "Worker",
            dynamodb("DeleteItem", json!({"TableName": table, "Key": {"id": {"S": "1"}}})),
            400,
        ),
        ("Worker", events("test"), 200),
        ("Worker", events("somebody.else"), 400),
        ("Bare", dynamodb("PutItem", item), 400),
        ("Bare", events("test"), 400),
    ] {
        let (answer, error) = invoke(&cloud, function, request.clone()).await;
        assert_eq!(error, None);
        assert_eq!(answer["status"], status, "{function}: {request} → {answer}");
        if status == 400 {
            let text = answer["body"].as_str().unwrap();
            assert!(text.contains("AccessDenied") && text.contains("is not authorized to perform"));
        }
    }
    let unused = cloud.unused_permissions();
    let actions: Vec<_> =
        unused.iter().filter(|it| it.function == "Worker").map(|it| it.action.as_str()).collect();
    assert_eq!(actions, ["dynamodb:GetItem", "sqs:SendMessage"]);
    cloud.stop().await;
}

#[tokio::test]
async fn a_call_is_checked_with_the_sources_of_all_its_entries() {
    let cloud = cloud().await;
    let entry = |source: &str| json!({"Source": source, "DetailType": "none", "Detail": "{}", "EventBusName": BUS});
    for (sources, status) in [
        (["test", "test"], 200),
        (["test", "somebody.else"], 400),
        (["somebody.else", "test"], 400),
    ] {
        let request = json!({
            "do": "call", "service": "EVENTBRIDGE", "target": "AWSEvents.PutEvents",
            "body": {"Entries": sources.map(entry)},
        });
        let (answer, _) = invoke(&cloud, "Worker", request).await;
        assert_eq!(answer["status"], status, "{sources:?}: {answer}");
    }
    let puts = seen(&cloud);
    let puts = puts.iter().filter(|it| matches!(it, FeedEvent::EventPut { .. })).count();
    assert_eq!(puts, 2, "a call that is refused puts none of its entries");
    cloud.stop().await;
}

#[tokio::test]
async fn an_unsigned_call_is_refused() {
    let cloud = cloud().await;
    let answer = reqwest::Client::new()
        .post(cloud.endpoint())
        .header("x-amz-target", "AWSEvents.PutEvents")
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 403);
    cloud.stop().await;
}

#[tokio::test]
async fn an_event_for_a_bus_that_is_not_there_is_accepted_and_lost() {
    let cloud = cloud().await;
    let entry =
        json!({"Source": "a", "DetailType": "b", "Detail": "{}", "EventBusName": "nowhere"});
    let body = json!({"Entries": [entry]});
    let answer = cloud.eventbridge().put_events(&Caller::Owner, &body).unwrap();
    assert_eq!(answer["FailedEntryCount"], 0);
    assert!(
        seen(&cloud)
            .iter()
            .any(|it| matches!(it, FeedEvent::EventRefused { code, .. } if code == "NoSuchBus"))
    );
    cloud.stop().await;
}

#[tokio::test]
async fn a_queue_takes_no_message_larger_than_its_largest() {
    let folder = support::folder("largest");
    let template = std::fs::read_to_string(support::template()).unwrap();
    let with = |size: u32| {
        let limit = format!("VisibilityTimeout: 1\n      MaximumMessageSize: {size}");
        let file = folder.join(format!("{size}.yaml"));
        std::fs::write(&file, template.replacen("VisibilityTimeout: 1", &limit, 1)).unwrap();
        let mut settings = support::settings();
        settings.template = file;
        settings
    };
    let cloud = Cloud::start(with(1_024)).await.unwrap();
    let url = cloud.stack().reference("Failures").unwrap();
    let send = async |length: usize| {
        let body = json!({ "QueueUrl": url, "MessageBody": "x".repeat(length) });
        support::call(&cloud.endpoint(), "AmazonSQS.SendMessage", body).await
    };
    assert_eq!(send(1_024).await.0, 200);
    let (status, refused) = send(1_025).await;
    assert_eq!((status, &refused["__type"]), (400, &json!("InvalidParameterValue")));
    cloud.stop().await;
    let refused = format!("{:#}", Cloud::start(with(1_023)).await.unwrap_err());
    assert!(refused.contains("MaximumMessageSize must be 1024 to 1048576"), "{refused}");
}
