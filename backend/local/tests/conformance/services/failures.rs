//! What happens to an asynchronous invocation that fails, and to an event that cannot be handed
//! over (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>,
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html>).

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::invoke::invoke;
use super::put_events::{entry, put};
use crate::checks::{checks, same, token};
use crate::target::Target;
use crate::wire::aws::SQS;

checks! {
    "a failing invocation is tried three times under one request id" => retried,
    "a failing invocation is reported with its event and why it failed" => reported,
    "a report says which function, which version and how often" => report_context,
    "an event whose function fails is tried three times and reported, too" => event_retried,
    "without retries it is reported after the first" => not_retried,
    "an event that a rule may not deliver goes straight to its dead letters" => forbidden,
}

/// An asynchronous invocation that fails whenever it is tried.
async fn fail(target: &Target) -> Result<(String, Value)> {
    let token = token();
    let payload = json!({"do": "fail", "why": "poison", "token": token});
    same!(invoke(target, "Event", &payload).await?.status, 202);
    Ok((token, payload))
}

async fn retried(target: &Target) -> Result<()> {
    let (token, _) = fail(target).await?;
    report(target, &token, target.patience.retries).await?;
    let tries = target.invocations(&token, 3).await?;
    same!(tries.len(), 3);
    for it in &tries {
        same!(it.request_id, tries[0].request_id);
    }
    Ok(())
}

async fn reported(target: &Target) -> Result<()> {
    let (token, payload) = fail(target).await?;
    let record = report(target, &token, target.patience.retries).await?;
    same!(record["requestContext"]["condition"], "RetriesExhausted");
    same!(record["requestPayload"], payload);
    same!(record["responseContext"]["functionError"], "Unhandled");
    same!(record["responsePayload"]["errorType"], "Poison");
    same!(record["responsePayload"]["errorMessage"], "poison");
    Ok(())
}

async fn report_context(target: &Target) -> Result<()> {
    let (token, _) = fail(target).await?;
    let record = report(target, &token, target.patience.retries).await?;
    same!(record["version"], "1.0");
    ensure!(record["timestamp"].is_string(), "timestamp is {}", record["timestamp"]);
    let context = &record["requestContext"];
    same!(context["functionArn"], format!("{}:$LATEST", target.stack.get("WorkerArn")));
    same!(context["approximateInvokeCount"], 3);
    let invocations = target.invocations(&token, 3).await?.remove(0);
    same!(context["requestId"], invocations.request_id.as_str());
    same!(record["responseContext"]["statusCode"], 200);
    same!(record["responseContext"]["executedVersion"], "$LATEST");
    Ok(())
}

async fn event_retried(target: &Target) -> Result<()> {
    let token = token();
    let detail = json!({"do": "fail", "why": "poison", "token": token});
    put(target, &[entry(target, "begins.badly", &detail)]).await?.ok()?;
    let record = report(target, &token, target.patience.retries).await?;
    same!(record["requestContext"]["approximateInvokeCount"], 3);
    same!(record["requestPayload"]["detail"], detail);
    same!(target.records(&token).await?.len(), 3);
    Ok(())
}

async fn not_retried(target: &Target) -> Result<()> {
    let token = token();
    let payload = json!({"do": "fail", "why": "poison", "token": token}).to_string();
    let answer = target.aws.invoke(target.stack.get("Witness"), "Event", &payload).await?;
    same!(answer.status, 202);
    let record = report(target, &token, target.patience.soon).await?;
    same!(record["requestContext"]["condition"], "RetriesExhausted");
    same!(record["requestContext"]["approximateInvokeCount"], 1);
    target.one_invocation(&token).await.map(drop)
}

async fn forbidden(target: &Target) -> Result<()> {
    let token = token();
    put(target, &[entry(target, "forbidden", &json!({"token": token}))]).await?.ok()?;
    let message = message(target, &token, target.patience.soon).await?;
    let event: Value = serde_json::from_str(message["Body"].as_str().unwrap_or_default())?;
    same!(event["detail"]["token"], token.as_str());
    let attribute = |name: &str| &message["MessageAttributes"][name]["StringValue"];
    same!(*attribute("RULE_ARN"), target.stack.get("ForbiddenRule"));
    same!(*attribute("TARGET_ARN"), target.stack.get("WorkerArn"));
    same!(*attribute("ERROR_CODE"), "NO_PERMISSIONS");
    same!(target.records(&token).await?.len(), 0);
    Ok(())
}

/// The record of a failure in the queue.
async fn report(target: &Target, token: &str, patience: Duration) -> Result<Value> {
    let message = message(target, token, patience).await?;
    Ok(serde_json::from_str(message["Body"].as_str().unwrap_or_default())?)
}

/// The message in the queue that carries a token. It stays there, and hides for no moment from the
/// other checks.
async fn message(target: &Target, token: &str, patience: Duration) -> Result<Value> {
    let receive = json!({
        "QueueUrl": target.stack.get("Failures"),
        "MaxNumberOfMessages": 10,
        "MessageAttributeNames": ["All"],
        "VisibilityTimeout": 0,
    });
    let look = async || {
        let received = target.aws.call(SQS, "ReceiveMessage", &receive).await?.ok()?;
        let messages = received["Messages"].as_array().into_iter().flatten();
        let ours = |it: &&Value| it["Body"].as_str().is_some_and(|body| body.contains(token));
        Ok(messages.into_iter().find(ours).cloned())
    };
    target.eventually(patience, look).await.context("nothing is in the queue")
}
