//! PutEvents and its validation
//! (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>).

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::checks::{checks, same, token};
use crate::target::Target;
use crate::wire::aws::EVENTS;
use crate::wire::http::Answer;

checks! {
    "an event reaches its function whole" => whole,
    "an entry's own time is the event's" => own_time,
    "each entry gets its own answer, in order, and one that fails is still a 200" => in_order,
    "a detail that is not JSON is refused" => not_json,
    "a detail that is a JSON array is refused" => an_array,
    "an empty source is refused" => no_source,
    "an empty detail-type is refused" => no_detail_type,
    "a source that begins with aws. is refused" => not_ours,
    "more than ten entries are refused together" => eleven,
    "no entries at all are refused" => none,
    "an event for a bus that is not there is accepted and lost" => no_such_bus,
}

/// An entry for the stack's bus.
pub(crate) fn entry(target: &Target, detail_type: &str, detail: &Value) -> Value {
    json!({
        "EventBusName": target.stack.get("Bus"),
        "Source": "conformance",
        "DetailType": detail_type,
        "Detail": detail.to_string(),
    })
}

/// One call with these entries.
pub(crate) async fn put(target: &Target, entries: &[Value]) -> Result<Answer> {
    target.aws.call(EVENTS, "PutEvents", &json!({"Entries": entries})).await
}

async fn whole(target: &Target) -> Result<()> {
    let token = token();
    let mut entry = entry(target, "exact", &json!({"token": token, "list": [1, "two", null]}));
    entry["Resources"] = json!(["arn:aws:a:b:c:d"]);
    let put = put(target, &[entry]).await?.ok()?;
    let event = target.invocations(&token, 1).await?.remove(0).event;
    same!(event["version"], "0");
    same!(event["id"], put["Entries"][0]["EventId"]);
    same!(event["detail-type"], "exact");
    same!(event["source"], "conformance");
    same!(event["region"], target.aws.region.as_str());
    same!(event["resources"], json!(["arn:aws:a:b:c:d"]));
    same!(event["detail"], json!({"token": token, "list": [1, "two", null]}));
    let account = event["account"].as_str().unwrap_or_default();
    ensure!(account.len() == 12 && account.bytes().all(|it| it.is_ascii_digit()), "{account}");
    Ok(())
}

async fn own_time(target: &Target) -> Result<()> {
    let token = token();
    let mut entry = entry(target, "exact", &json!({"token": token}));
    entry["Time"] = json!(1_795_450_090);
    put(target, &[entry]).await?.ok()?;
    let event = target.invocations(&token, 1).await?.remove(0).event;
    same!(event["time"], "2026-11-23T16:08:10Z");
    Ok(())
}

async fn in_order(target: &Target) -> Result<()> {
    let good = entry(target, "nothing", &json!({}));
    let mut bad = good.clone();
    bad["Detail"] = json!("no json");
    let answer = put(target, &[good.clone(), bad, good]).await?.ok()?;
    same!(answer["FailedEntryCount"], 1);
    ensure!(answer["Entries"][0]["EventId"].is_string(), "{answer}");
    same!(answer["Entries"][1]["ErrorCode"], "MalformedDetail");
    ensure!(answer["Entries"][1]["EventId"].is_null(), "{answer}");
    ensure!(answer["Entries"][2]["EventId"].is_string(), "{answer}");
    Ok(())
}

async fn not_json(target: &Target) -> Result<()> {
    refused(target, "Detail", "no json", "MalformedDetail").await
}

async fn an_array(target: &Target) -> Result<()> {
    refused(target, "Detail", "[1]", "MalformedDetail").await
}

async fn no_source(target: &Target) -> Result<()> {
    refused(target, "Source", "", "InvalidArgument").await
}

async fn no_detail_type(target: &Target) -> Result<()> {
    refused(target, "DetailType", "", "InvalidArgument").await
}

async fn not_ours(target: &Target) -> Result<()> {
    refused(target, "Source", "aws.ec2", "NotAuthorizedForSourceException").await
}

async fn refused(target: &Target, field: &str, value: &str, code: &str) -> Result<()> {
    let mut entry = entry(target, "nothing", &json!({}));
    entry[field] = json!(value);
    let answer = put(target, &[entry]).await?.ok()?;
    same!(answer["FailedEntryCount"], 1);
    same!(answer["Entries"][0]["ErrorCode"], code);
    ensure!(answer["Entries"][0]["ErrorMessage"].is_string(), "{answer}");
    Ok(())
}

async fn eleven(target: &Target) -> Result<()> {
    let entries = vec![entry(target, "nothing", &json!({})); 11];
    put(target, &entries).await?.refused(400, "ValidationException").map(drop)
}

async fn none(target: &Target) -> Result<()> {
    put(target, &[]).await?.refused(400, "ValidationException").map(drop)
}

async fn no_such_bus(target: &Target) -> Result<()> {
    let mut entry = entry(target, "exact", &json!({}));
    entry["EventBusName"] = json!(token());
    let answer = put(target, &[entry]).await?.ok()?;
    same!(answer["FailedEntryCount"], 0);
    ensure!(answer["Entries"][0]["EventId"].is_string(), "{answer}");
    Ok(())
}
