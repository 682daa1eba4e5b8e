//! The HTTP API: what a function is invoked with, and what a client gets of its answer
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::checks::{checks, same, token};
use crate::target::Target;
use crate::wire::http::{self, Answer};

checks! {
    "a path without a route is the gateway's own 404" => not_found,
    "a function receives the request in payload 2.0" => request,
    "cookies come apart from the headers" => cookies,
    "a repeated query parameter and a repeated header are joined by commas" => repeated,
    "a body that is not text comes in base64" => binary,
    "an answer with a status says everything itself" => full_answer,
    "an answer with a status and no content type is plain text" => plain_text,
    "an answer without a status is sent as JSON with 200" => bare_answer,
    "an answer in base64 is sent as the bytes it stands for" => binary_answer,
    "a function's error is the gateway's own 500" => fails,
}

/// A call to the open route with this query.
async fn open(target: &Target, method: &str, query: &str, body: &str) -> Result<Answer> {
    let address = format!("{}/api/open/{}?{query}", target.http_api, token());
    http::send(method, &address, &[("content-type", "text/plain")], body.to_owned()).await
}

/// Asks the function behind the open route for this answer.
async fn answer(target: &Target, with: &Value) -> Result<Answer> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("do", "answer").append_pair("with", &with.to_string());
    open(target, "GET", &query.finish(), "").await
}

async fn not_found(target: &Target) -> Result<()> {
    let answer = http::send("GET", &format!("{}/api/nothing", target.http_api), &[], "").await?;
    same!(answer.status, 404);
    same!(answer.json(), json!({"message": "Not Found"}));
    same!(answer.header("content-type"), "application/json");
    Ok(())
}

async fn request(target: &Target) -> Result<()> {
    let token = token();
    let address = format!("{}/api/open/{token}?a=1%202&b=", target.http_api);
    let headers = [("content-type", "text/plain"), ("X-Mixed", "Case")];
    http::send("PUT", &address, &headers, "hello").await?.ok()?;
    let event = target.one_invocation(&token).await?.event;
    same!(event["version"], "2.0");
    same!(event["routeKey"], "ANY /api/open/{token}");
    same!(event["rawPath"], format!("/api/open/{token}"));
    same!(event["rawQueryString"], "a=1%202&b=");
    same!(event["queryStringParameters"], json!({"a": "1 2", "b": ""}));
    same!(event["pathParameters"], json!({"token": token}));
    same!(event["headers"]["x-mixed"], "Case");
    same!(event["body"], "hello");
    same!(event["isBase64Encoded"], false);
    let context = &event["requestContext"];
    same!(context["apiId"], target.stack.get("HttpApi"));
    same!(context["stage"], "$default");
    same!(context["routeKey"], "ANY /api/open/{token}");
    same!(context["http"]["method"], "PUT");
    same!(context["http"]["path"], format!("/api/open/{token}"));
    same!(context["http"]["protocol"], "HTTP/1.1");
    ensure!(context["http"]["sourceIp"].is_string(), "{context}");
    ensure!(context["requestId"].is_string() && context["timeEpoch"].is_u64(), "{context}");
    Ok(())
}

async fn cookies(target: &Target) -> Result<()> {
    let token = token();
    let address = format!("{}/api/open/{token}", target.http_api);
    http::send("GET", &address, &[("cookie", "one=1; two=2")], "").await?.ok()?;
    let event = target.one_invocation(&token).await?.event;
    same!(event["cookies"], json!(["one=1", "two=2"]));
    ensure!(event["headers"]["cookie"].is_null(), "they are a header, too");
    Ok(())
}

async fn repeated(target: &Target) -> Result<()> {
    let token = token();
    let address = format!("{}/api/open/{token}?a=1&a=2", target.http_api);
    http::send("GET", &address, &[("x-many", "one"), ("x-many", "two")], "").await?.ok()?;
    let event = target.one_invocation(&token).await?.event;
    same!(event["queryStringParameters"], json!({"a": "1,2"}));
    same!(event["headers"]["x-many"], "one,two");
    ensure!(event["body"].is_null(), "an empty body is {}", event["body"]);
    Ok(())
}

async fn binary(target: &Target) -> Result<()> {
    let token = token();
    let address = format!("{}/api/open/{token}", target.http_api);
    let headers = [("content-type", "application/octet-stream")];
    http::send("POST", &address, &headers, vec![0_u8, 255]).await?.ok()?;
    let event = target.one_invocation(&token).await?.event;
    same!(event["body"], "AP8=");
    same!(event["isBase64Encoded"], true);
    Ok(())
}

async fn full_answer(target: &Target) -> Result<()> {
    let with = json!({
        "statusCode": 201,
        "headers": {"Content-Type": "application/problem+json", "X-Own": "yes"},
        "cookies": ["a=1", "b=2"],
        "body": "{}",
    });
    let answer = answer(target, &with).await?;
    same!((answer.status, answer.text().as_str()), (201, "{}"));
    same!(answer.header("content-type"), "application/problem+json");
    same!(answer.header("x-own"), "yes");
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    same!(cookies, ["a=1", "b=2"]);
    Ok(())
}

async fn plain_text(target: &Target) -> Result<()> {
    let answer = answer(target, &json!({"statusCode": 200, "body": "hello"})).await?;
    same!((answer.status, answer.text().as_str()), (200, "hello"));
    same!(answer.header("content-type"), "text/plain;charset=UTF-8");
    Ok(())
}

async fn bare_answer(target: &Target) -> Result<()> {
    let answer = answer(target, &json!({"hello": "world"})).await?;
    same!(answer.ok()?, json!({"hello": "world"}));
    same!(answer.header("content-type"), "application/json");
    Ok(())
}

async fn binary_answer(target: &Target) -> Result<()> {
    let body = json!({"statusCode": 200, "body": "AP8=", "isBase64Encoded": true});
    same!(answer(target, &body).await?.body.as_ref(), [0, 255]);
    Ok(())
}

async fn fails(target: &Target) -> Result<()> {
    let answer = open(target, "GET", "do=fail", "").await?;
    same!(answer.status, 500);
    same!(answer.json(), json!({"message": "Internal Server Error"}));
    Ok(())
}
