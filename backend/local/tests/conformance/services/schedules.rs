//! Schedules, which exist on the default bus only
//! (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html>).

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::checks::{checks, same};
use crate::target::Target;

checks! {
    "a schedule on the default bus invokes its function with an event of its own" => fires,
    "a schedule on another bus is refused" => refused,
}

async fn fires(target: &Target) -> Result<()> {
    let look = async || Ok(target.records("schedule").await?.into_iter().next());
    let event = target.eventually(target.patience.schedule, look).await?.event;
    same!(event["source"], "aws.events");
    same!(event["detail-type"], "Scheduled Event");
    same!(event["detail"], json!({}));
    let rule = event["resources"][0].as_str().unwrap_or_default();
    ensure!(rule.contains(":rule/") && rule.contains("ScheduleRule"), "it names the rule {rule}");
    Ok(())
}

async fn refused(target: &Target) -> Result<()> {
    let folder = Path::new("tests/conformance");
    let refusal = target.refusal(&folder.join("schedule-on-a-bus.yaml")).await;
    let refusal = refusal.context("the template was taken")?;
    ensure!(refusal.contains("default"), "it is refused for another reason: {refusal}");
    Ok(())
}
