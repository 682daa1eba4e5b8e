//! Invoke, its retries, and where a failure goes
//! (<https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>).

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::checks::{checks, same, token};
use crate::target::Target;
use crate::wire::http::Answer;

checks! {
    "what a function returns is the answer" => returns,
    "a function's error is a 200 that says so in a header" => fails,
}

async fn invoke(target: &Target, kind: &str, payload: &Value) -> Result<Answer> {
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

async fn fails(target: &Target) -> Result<()> {
    let payload = json!({"do": "fail", "why": "poison", "token": token()});
    let answer = invoke(target, "RequestResponse", &payload).await?;
    let error = answer.ok()?;
    same!(answer.header("x-amz-function-error"), "Unhandled");
    same!(error["errorType"], "Poison");
    same!(error["errorMessage"], "poison");
    ensure!(error.is_object());
    Ok(())
}
