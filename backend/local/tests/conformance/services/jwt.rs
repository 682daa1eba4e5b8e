//! The JWT authorizer of the HTTP API
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html>).

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::person::Person;
use crate::checks::{checks, same};
use crate::target::Target;
use crate::wire::http::{self, Answer};

checks! {
    "without a token it is a 401" => no_token,
    "a 401 says what kind of token is wanted" => challenge,
    "with a token that was tampered with it is a 401" => tampered,
    "with an ID token, which has no scope, it is a 403" => no_scope,
    "with an access token the function receives its claims and scopes" => passes,
}

async fn call(target: &Target, authorization: Option<&str>) -> Result<Answer> {
    let address = format!("{}/api/guarded", target.http_api);
    let headers: Vec<_> = authorization.iter().map(|it| ("authorization", *it)).collect();
    http::send("GET", &address, &headers, "").await
}

async fn no_token(target: &Target) -> Result<()> {
    unauthorized(&call(target, None).await?)
}

async fn challenge(target: &Target) -> Result<()> {
    let answer = call(target, Some("Bearer none")).await?;
    same!(answer.status, 401);
    ensure!(answer.header("www-authenticate").starts_with("Bearer"), "{:?}", answer.headers);
    Ok(())
}

async fn tampered(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let access = person.token("AccessToken");
    let (signed, signature) = access.rsplit_once('.').unwrap_or_default();
    let first = if signature.starts_with('A') { "B" } else { "A" };
    let signature = signature.get(1..).unwrap_or_default();
    unauthorized(&call(target, Some(&format!("Bearer {signed}.{first}{signature}"))).await?)
}

fn unauthorized(answer: &Answer) -> Result<()> {
    same!(answer.status, 401);
    same!(answer.json(), json!({"message": "Unauthorized"}));
    Ok(())
}

async fn no_scope(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let answer = call(target, Some(&format!("Bearer {}", person.token("IdToken")))).await?;
    same!(answer.status, 403);
    same!(answer.json(), json!({"message": "Forbidden"}));
    Ok(())
}

async fn passes(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let access = format!("Bearer {}", person.token("AccessToken"));
    let event: Value = call(target, Some(&access)).await?.ok()?;
    let jwt = &event["requestContext"]["authorizer"]["jwt"];
    same!(jwt["claims"]["client_id"], target.stack.get("UserPoolClient"));
    same!(jwt["claims"]["token_use"], "access");
    same!(jwt["claims"]["sub"], person.sub.as_str());
    ensure!(jwt["claims"]["exp"].is_string(), "a claim that is a number is not passed as text");
    same!(jwt["scopes"], json!(["aws.cognito.signin.user.admin"]));
    Ok(())
}
