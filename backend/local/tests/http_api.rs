//! The HTTP API before functions that are closures.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod gateway;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, mpsc};

use aws_local::settings::SocketLimits;
use aws_local::template::Stack;
use gateway::{Gateway, Stub, friendly};
use serde_json::{Value, json};

async fn body(response: reqwest::Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_function_sees_payload_2_0() {
    let gateway = Gateway::open(friendly()).await;
    let call = reqwest::Client::new()
        .post(gateway.url("/api/open/caf%C3%A9%20x?a=1&b=2&a=3%204"))
        .header("content-type", "application/json")
        .header("cookie", "one=1; two=2")
        .header("x-twice", "first")
        .header("x-twice", "second")
        .header("user-agent", "tester")
        .body("{\"n\":1}");
    assert_eq!(call.send().await.unwrap().status(), 200);
    let (function, mut event) = gateway.invocations().pop().unwrap();
    assert_eq!(function, "Handler");

    // What changes from call to call has its form checked, and is then set aside.
    let context = event["requestContext"].as_object_mut().unwrap();
    assert_eq!(context["requestId"].as_str().unwrap().len(), 16);
    assert!(context["timeEpoch"].as_u64().unwrap() > 1_700_000_000_000);
    assert!(context["time"].as_str().unwrap().ends_with(" +0000"));
    for name in ["requestId", "timeEpoch", "time"] {
        context.remove(name);
    }
    assert!(event["headers"]["x-amzn-trace-id"].as_str().unwrap().starts_with("Root=1-"));
    event["headers"].as_object_mut().unwrap().remove("x-amzn-trace-id");
    let api = &gateway.stack.get("Api").unwrap().physical_id;
    let domain = format!("{api}.execute-api.eu-west-2.amazonaws.com");
    let expected = json!({
        "version": "2.0",
        "routeKey": "ANY /api/open/{name}",
        "rawPath": "/api/open/café x",
        "rawQueryString": "a=1&b=2&a=3%204",
        "cookies": ["one=1", "two=2"],
        "headers": {
            "accept": "*/*",
            "content-length": "7",
            "content-type": "application/json",
            "host": domain,
            "user-agent": "tester",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
            "x-twice": "first,second",
        },
        "queryStringParameters": { "a": "1,3 4", "b": "2" },
        "pathParameters": { "name": "café x" },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": api,
            "domainName": domain,
            "domainPrefix": api,
            "http": {
                "method": "POST",
                "path": "/api/open/café x",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "tester",
            },
            "routeKey": "ANY /api/open/{name}",
            "stage": "$default",
        },
        "body": "{\"n\":1}",
        "isBase64Encoded": false,
    });
    assert_eq!(event, expected);
}

#[tokio::test]
async fn what_is_no_text_comes_in_base64() {
    let gateway = Gateway::open(friendly()).await;
    let send = async |kind: &'static str, body: Vec<u8>| {
        let call =
            reqwest::Client::new().put(gateway.url("/api/open/x")).header("content-type", kind);
        call.body(body).send().await.unwrap();
        let (_, event) = gateway.invocations().pop().unwrap();
        (event["body"].clone(), event["isBase64Encoded"].clone())
    };
    assert_eq!(send("text/plain", b"hi".to_vec()).await, (json!("hi"), json!(false)));
    assert_eq!(
        send("application/x-www-form-urlencoded", b"a=1".to_vec()).await,
        (json!("YT0x"), json!(true))
    );
    assert_eq!(send("application/json", vec![0xff]).await, (json!("/w=="), json!(true)));
    assert_eq!(send("image/png", b"hi".to_vec()).await, (json!("aGk="), json!(true)));
}

#[tokio::test]
async fn the_gateway_answers_for_itself_where_no_function_can() {
    let stub: Stub = Arc::new(|_, event| match event["pathParameters"]["name"].as_str() {
        Some("fails") => Err("no".to_owned()),
        Some("nonsense") => Ok(json!({"statusCode": "x"})),
        _ => Ok(json!({"hello": "world"})),
    });
    let gateway = Gateway::open(stub).await;
    let http = reqwest::Client::new();
    let get = async |path: &str| {
        let response = http.get(gateway.url(path)).send().await.unwrap();
        assert_eq!(response.headers()["apigw-requestid"].len(), 16);
        (response.status().as_u16(), body(response).await)
    };
    assert_eq!(get("/api/open/x").await, (200, json!({"hello": "world"})));
    assert_eq!(get("/api/nothing").await, (404, json!({"message": "Not Found"})));
    let failed = (500, json!({"message": "Internal Server Error"}));
    assert_eq!(get("/api/open/fails").await, failed);
    assert_eq!(get("/api/open/nonsense").await, failed);
    assert_eq!(get("/api/forbidden").await, failed, "no permission names that function");
    assert!(gateway.invocations().iter().all(|(function, _)| function == "Handler"));

    let large = http.put(gateway.url("/api/open/x")).body(vec![b'x'; 10 * 1024 * 1024 + 1]);
    let large = large.send().await.unwrap();
    assert_eq!(large.status(), 413);
    assert_eq!(body(large).await, json!({"message": "Request Entity Too Large"}));
}

#[tokio::test]
async fn only_a_good_access_token_opens_a_guarded_route() {
    let gateway = Gateway::open(friendly()).await;
    let http = reqwest::Client::new();
    let get = async |token: Option<&str>| {
        let call = http.get(gateway.url("/api/guarded"));
        let call = match token {
            Some(token) => call.header("authorization", format!("Bearer {token}")),
            None => call,
        };
        let response = call.send().await.unwrap();
        let challenge = response.headers().get("www-authenticate").cloned();
        let challenge = challenge.map(|it| it.to_str().unwrap().to_owned()).unwrap_or_default();
        let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
        (status, challenge, text)
    };
    let tokens = gateway.sign_in(0);
    let access = tokens["AccessToken"].as_str().unwrap();
    assert_eq!(get(Some(access)).await.0, 200);
    let (_, event) = gateway.invocations().pop().unwrap();
    let jwt = &event["requestContext"]["authorizer"]["jwt"];
    assert_eq!(jwt["claims"]["sub"], "68a0f215-8453-45be-a418-5b0b1c94b456");
    assert_eq!(jwt["scopes"], json!(["aws.cognito.signin.user.admin"]));
    assert!(jwt["claims"]["exp"].is_string(), "every claim is text");

    let unauthorized = "{\"message\":\"Unauthorized\"}";
    assert_eq!(get(None).await, (401, "Bearer".to_owned(), unauthorized.to_owned()));
    let scope = "scope=\"aws.cognito.signin.user.admin\"";
    let invalid = |why: &str| {
        let challenge =
            format!("Bearer {scope} error=\"invalid_token\" error_description=\"{why}\"");
        (401, challenge, unauthorized.to_owned())
    };
    let old = gateway.sign_in(15 * 60);
    let old = old["AccessToken"].as_str().unwrap();
    assert_eq!(get(Some(old)).await, invalid("the token has expired"));

    // Another's signature under these claims.
    let (signed, _) = access.rsplit_once('.').unwrap();
    let (_, signature) = old.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{signature}");
    assert_eq!(get(Some(&forged)).await, invalid("the token has an invalid signature"));
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", signed.split_once('.').unwrap().1);
    assert_eq!(get(Some(&unsigned)).await, invalid("the token has an invalid signing method"));
    assert_eq!(get(Some("nonsense")).await, invalid("the token is malformed"));

    // A pool with other keys, as after a start with a fresh state.
    let other = Gateway::open(friendly()).await.sign_in(0);
    let other = get(other["AccessToken"].as_str()).await;
    assert_eq!(other, invalid("the token has an unknown key ID"));

    let (status, challenge, text) = get(tokens["IdToken"].as_str()).await;
    assert_eq!((status, text.as_str()), (403, "{\"message\":\"Forbidden\"}"));
    assert!(challenge.contains("error=\"insufficient_scope\""));
    assert_eq!(gateway.invocations().len(), 1, "no other call reached the function");
}

#[tokio::test]
async fn a_token_that_was_signed_out_opens_a_guarded_route_until_it_expires() {
    let gateway = Gateway::open(friendly()).await;
    let tokens = gateway.sign_in(0);
    let access = tokens["AccessToken"].as_str().unwrap();
    let request = json!({"AccessToken": access});
    let now = aws_local::time::now_ms();
    gateway.cognito("GlobalSignOut", request.clone(), now).unwrap();
    assert!(gateway.cognito("GetUser", request, now).is_err());
    let call = reqwest::Client::new().get(gateway.url("/api/guarded")).bearer_auth(access);
    assert_eq!(call.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_stage_throttles() {
    let limits = "AutoDeploy: true, DefaultRouteSettings: { ThrottlingBurstLimit: 3, ThrottlingRateLimit: 1 } }";
    let template = include_str!("gateway/stack.yaml").replacen("AutoDeploy: true }", limits, 1);
    let stack = Stack::parse(&template, "gateway", "eu-west-2", &BTreeMap::new()).unwrap();
    let gateway = Gateway::of(stack, friendly(), SocketLimits::default()).await;
    let calls = (0..9).map(|_| reqwest::get(gateway.url("/api/open/x")));
    let answers = futures_util::future::join_all(calls).await;
    let statuses: Vec<_> =
        answers.iter().map(|it| it.as_ref().unwrap().status().as_u16()).collect();
    let admitted = statuses.iter().filter(|it| **it == 200).count();
    assert!((3..9).contains(&admitted), "{statuses:?}");
    let refused = answers.into_iter().map(Result::unwrap).find(|it| it.status() == 429).unwrap();
    assert_eq!(body(refused).await, json!({"message": "Too Many Requests"}));
}

/// <https://repost.aws/knowledge-center/api-gateway-504-errors>
#[tokio::test]
async fn an_integration_that_takes_too_long_is_a_504() {
    let (answered, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let stub: Stub = Arc::new(move |_, _| {
        let _ = wait.lock().unwrap().recv();
        Ok(json!({"statusCode": 200}))
    });
    let integration = "      IntegrationUri: !GetAtt Handler.Arn\n";
    let limited = format!("{integration}      TimeoutInMillis: 50\n");
    let template = include_str!("gateway/stack.yaml").replacen(integration, &limited, 1);
    let stack = Stack::parse(&template, "gateway", "eu-west-2", &BTreeMap::new()).unwrap();
    let gateway = Gateway::of(stack, stub, SocketLimits::default()).await;
    let late = reqwest::get(gateway.url("/api/open/slow")).await.unwrap();
    assert_eq!(late.status(), 504);
    assert_eq!(body(late).await, json!({"message": "Gateway Timeout"}));
    drop(answered);
}

/// A route for GET takes no HEAD, as every method needs a route of its own or one for ANY
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html>).
#[tokio::test]
async fn head_is_a_method_of_its_own() {
    let gateway = Gateway::open(Arc::new(|_, _| Ok(json!({"hello": "world"})))).await;
    let http = reqwest::Client::new();
    let head = async |path: &str| {
        let response = http.head(gateway.url(path)).send().await.unwrap();
        let length = response.headers()["content-length"].to_str().unwrap().to_owned();
        (response.status().as_u16(), length, response.text().await.unwrap())
    };
    let body = json!({"hello": "world"}).to_string();
    let of_any = head("/api/open/x").await;
    assert_eq!(of_any, (200, body.len().to_string(), String::new()), "no body, and its length");
    let (_, event) = gateway.invocations().pop().unwrap();
    assert_eq!(event["requestContext"]["http"]["method"], "HEAD");
    assert_eq!(head("/api/guarded").await.0, 404, "which is for GET");
    assert_eq!(gateway.invocations().len(), 1);
}

/// A permission for another account lets nobody in this one call.
#[tokio::test]
async fn a_permission_is_for_its_source_account_only() {
    let template = include_str!("gateway/stack.yaml");
    let permission = "      FunctionName: !Ref Handler\n";
    for (account, status) in [("!Ref AWS::AccountId", 200), ("'111122223333'", 500)] {
        let named = format!("{permission}      SourceAccount: {account}\n");
        let template = template.replacen(permission, &named, 1);
        let stack = Stack::parse(&template, "gateway", "eu-west-2", &BTreeMap::new()).unwrap();
        let gateway = Gateway::of(stack, friendly(), SocketLimits::default()).await;
        let answer = reqwest::get(gateway.url("/api/open/x")).await.unwrap();
        assert_eq!(answer.status(), status, "{account}");
    }
}
