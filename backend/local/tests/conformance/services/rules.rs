//! Which events a rule hands to its functions
//! (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>).
//!
//! Where an event must not arrive, one that must is sent in the same call, and waited for.

use anyhow::Result;
use serde_json::{Value, json};

use super::put_events::{entry, put};
use crate::checks::{checks, same, token};
use crate::target::Target;

checks! {
    "an exact pattern takes that detail-type, and every target of the rule is invoked" => exact,
    "another source is not delivered" => other_source,
    "another detail-type is not delivered" => other_detail_type,
    "an event on the default bus does not reach the rules of another" => other_bus,
    "prefix takes what begins so and nothing else" => prefix,
    "anything-but takes every other value, and nothing where there is none" => anything_but,
    "exists true takes an event that has the field, also if it is null" => exists,
    "exists false takes an event that has not" => absent,
}

async fn exact(target: &Target) -> Result<()> {
    let token = token();
    put(target, &[entry(target, "exact", &json!({"token": token}))]).await?.ok()?;
    let invocations = target.invocations(&token, 2).await?;
    let mut functions: Vec<_> = invocations.iter().map(|it| it.function.as_str()).collect();
    functions.sort_unstable();
    same!(functions, ["witness", "worker"]);
    same!(invocations[0].event, invocations[1].event);
    Ok(())
}

async fn other_source(target: &Target) -> Result<()> {
    only_the_last_arrives(target, |wrong| wrong["Source"] = json!("conformance.other")).await
}

async fn other_detail_type(target: &Target) -> Result<()> {
    only_the_last_arrives(target, |wrong| wrong["DetailType"] = json!("exactly")).await
}

async fn other_bus(target: &Target) -> Result<()> {
    only_the_last_arrives(target, |wrong| wrong["EventBusName"] = json!("default")).await
}

/// Sends an event that the prefix rule takes, and before it the same with a change.
async fn only_the_last_arrives(target: &Target, change: fn(&mut Value)) -> Result<()> {
    let token = token();
    let detail = |n: u8| json!({"token": token, "n": n});
    let mut wrong = entry(target, "begins.", &detail(1));
    change(&mut wrong);
    put(target, &[wrong, entry(target, "begins.", &detail(2))]).await?.ok()?;
    same!(target.one_invocation(&token).await?.event["detail"]["n"], 2);
    Ok(())
}

async fn prefix(target: &Target) -> Result<()> {
    let of = |detail_type: &'static str| (detail_type, json!({}));
    taken(target, &[of("begun.so"), of("Begins.so"), of("its.begins."), of("begins.so")]).await
}

async fn anything_but(target: &Target) -> Result<()> {
    let of = |detail: Value| ("anything-but", detail);
    let kind = |kind: &str| of(json!({"kind": kind}));
    taken(target, &[kind("dull"), kind("plain"), of(json!({"other": 1})), kind("bright")]).await
}

async fn exists(target: &Target) -> Result<()> {
    let of = |detail: Value| ("exists", detail);
    taken(target, &[of(json!({})), of(json!({"other": {"flag": 1}})), of(json!({"flag": null}))])
        .await
}

async fn absent(target: &Target) -> Result<()> {
    let of = |detail: Value| ("absent", detail);
    taken(target, &[of(json!({"flag": 1})), of(json!({"flag": null})), of(json!({}))]).await
}

/// Sends events of these types and details, of which only the last is for a function.
async fn taken(target: &Target, events: &[(&str, Value)]) -> Result<()> {
    let token = token();
    let entry = |(n, (detail_type, detail)): (usize, &(&str, Value))| {
        let mut detail = detail.clone();
        detail["token"] = json!(token);
        detail["n"] = json!(n);
        entry(target, detail_type, &detail)
    };
    let entries: Vec<_> = events.iter().enumerate().map(entry).collect();
    put(target, &entries).await?.ok()?;
    same!(target.one_invocation(&token).await?.event["detail"]["n"], events.len() - 1);
    Ok(())
}
