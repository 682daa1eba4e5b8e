//! Invoke (<https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>).

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::checks::{checks, same, token};
use crate::target::Target;
use crate::wire::http::Answer;

checks! {
    "what a function returns is the answer" => returns,
    "a call without a payload tells the function an empty object" => empty,
    "a payload that is not JSON is refused" => no_json,
    "a function's error is a 200 that says so in a header" => fails,
    "a process that ends is a function's error" => exits,
    "a function that runs out of time is stopped, which is its error" => too_slow,
    "a function that is not there is a 404" => not_found,
    "an asynchronous call is accepted without an answer, and made" => asynchronous,
    "a dry run is accepted and not made" => dry,
}

/// Calls the worker.
pub(super) async fn invoke(target: &Target, kind: &str, payload: &Value) -> Result<Answer> {
    target.aws.invoke(target.stack.get("Worker"), kind, &payload.to_string()).await
}

async fn returns(target: &Target) -> Result<()> {
    let payload = json!({"do": "echo", "token": token(), "list": [1, "two", null]});
    let answer = invoke(target, "RequestResponse", &payload).await?;
    same!(answer.ok()?, payload);
    same!(answer.header("x-amz-executed-version"), "$LATEST");
    same!(answer.header("x-amz-function-error"), "");
    Ok(())
}

async fn empty(target: &Target) -> Result<()> {
    let answer = target.aws.invoke(target.stack.get("Worker"), "RequestResponse", "").await?;
    same!(answer.ok()?, json!({}));
    Ok(())
}

async fn no_json(target: &Target) -> Result<()> {
    let answer =
        target.aws.invoke(target.stack.get("Worker"), "RequestResponse", "no json").await?;
    answer.refused(400, "InvalidRequestContentException").map(drop)
}

async fn fails(target: &Target) -> Result<()> {
    let payload = json!({"do": "fail", "why": "poison", "token": token()});
    let answer = invoke(target, "RequestResponse", &payload).await?;
    let error = answer.ok()?;
    same!(answer.header("x-amz-function-error"), "Unhandled");
    same!(error["errorType"], "Poison");
    same!(error["errorMessage"], "poison");
    Ok(())
}

async fn exits(target: &Target) -> Result<()> {
    let payload = json!({"do": "exit", "token": token()});
    let answer = invoke(target, "RequestResponse", &payload).await?;
    let error = answer.ok()?;
    same!(answer.header("x-amz-function-error"), "Unhandled");
    same!(error["errorType"], "Runtime.ExitError");
    Ok(())
}

async fn too_slow(target: &Target) -> Result<()> {
    let payload = json!({"do": "sleep", "ms": 8_000, "token": token()}).to_string();
    let witness = target.stack.get("Witness");
    let answer = target.aws.invoke(witness, "RequestResponse", &payload).await?;
    let error = answer.ok()?;
    same!(answer.header("x-amz-function-error"), "Unhandled");
    let why = error["errorMessage"].as_str().unwrap_or_default();
    ensure!(why.contains("Task timed out after 2.00 seconds"), "{error}");
    Ok(())
}

async fn not_found(target: &Target) -> Result<()> {
    let answer = target.aws.invoke(&token(), "RequestResponse", "{}").await?;
    let why = answer.refused(404, "ResourceNotFoundException")?;
    ensure!(why.starts_with("Function not found"), "{why}");
    Ok(())
}

async fn asynchronous(target: &Target) -> Result<()> {
    let token = token();
    let payload = json!({"token": token});
    let answer = invoke(target, "Event", &payload).await?;
    same!(answer.status, 202);
    same!(answer.text(), "");
    same!(target.one_invocation(&token).await?.event, payload);
    Ok(())
}

async fn dry(target: &Target) -> Result<()> {
    let token = token();
    let answer = invoke(target, "DryRun", &json!({"token": token})).await?;
    same!(answer.status, 204);
    let answer = invoke(target, "RequestResponse", &json!({"token": token, "n": 2})).await?;
    answer.ok()?;
    same!(target.one_invocation(&token).await?.event["n"], 2);
    Ok(())
}
