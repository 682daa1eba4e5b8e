//! Functions as processes: what they are invoked with, what their failures look like, how many there are.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod few_files;
mod support;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use aws_local::lambda::InvokeError;
use serde_json::{Value, json};
use support::{cloud, eventually, folder, invoke, lines, probe, settings};

#[tokio::test]
async fn a_function_has_the_environment_that_lambda_gives_it() {
    let cloud = cloud().await;
    let (env, error) = invoke(&cloud, "Worker", json!({"do": "env"})).await;
    assert_eq!(error, None);
    let name = cloud.stack().get("Worker").unwrap().physical_id.clone();
    assert_eq!(env["_HANDLER"], "worker");
    assert_eq!(env["GREETING"], "hello");
    assert_eq!(env["TABLE"], json!(cloud.stack().reference("Things").unwrap()));
    assert_eq!(env["AWS_LAMBDA_FUNCTION_NAME"], json!(name));
    assert_eq!(env["AWS_REGION"], "eu-west-2");
    assert_eq!(env["AWS_ENDPOINT_URL_DYNAMODB"], json!(cloud.endpoint()));
    assert!(env.get("HOME").is_none(), "this machine's environment stays outside");
    let (other, _) = invoke(&cloud, &name, json!({"do": "env"})).await;
    assert_eq!(other["AWS_LAMBDA_LOG_STREAM_NAME"], env["AWS_LAMBDA_LOG_STREAM_NAME"], "kept warm");
    cloud.stop().await;
}

#[tokio::test]
async fn what_goes_wrong_in_a_function_is_an_answer() {
    let cloud = cloud().await;
    let (body, error) = invoke(&cloud, "Worker", json!({"do": "fail", "why": "no"})).await;
    assert_eq!((error.as_deref(), &body["errorMessage"]), (Some("Unhandled"), &json!("no")));

    let (body, error) = invoke(&cloud, "Worker", json!({"do": "exit"})).await;
    assert_eq!(
        (error.as_deref(), &body["errorType"]),
        (Some("Unhandled"), &json!("Runtime.ExitError"))
    );

    let started = Instant::now();
    let (body, error) = invoke(&cloud, "Worker", json!({"do": "sleep", "ms": 60_000})).await;
    assert_eq!(error.as_deref(), Some("Unhandled"));
    assert!(body["errorMessage"].as_str().unwrap().ends_with("Task timed out after 1.00 seconds"));
    assert!(started.elapsed() < Duration::from_secs(5));

    let (body, error) = invoke(&cloud, "Worker", json!({"do": "echo", "x": 1})).await;
    assert_eq!((error, &body["x"]), (None, &json!(1)), "and it goes on");
    cloud.stop().await;
}

#[tokio::test]
async fn invocations_run_beside_each_other_and_a_reserved_limit_throttles() {
    let mut settings = settings();
    settings.concurrency = 4;
    let cloud = aws_local::cloud::Cloud::start(settings).await.unwrap();
    let sleep = json!({"do": "sleep", "ms": 300});
    let four = (0..4).map(|_| invoke(&cloud, "Worker", sleep.clone()));
    let processes: BTreeSet<String> =
        futures_util::future::join_all(four).await.iter().map(|(id, _)| id.to_string()).collect();
    assert_eq!(processes.len(), 4, "one invocation at a time in each process");

    let payload = || sleep.to_string().into_bytes();
    let (first, second) = tokio::join!(
        cloud.lambda().invoke("Bare", payload()),
        cloud.lambda().invoke("Bare", payload())
    );
    assert!(first.is_ok());
    assert!(matches!(second, Err(InvokeError::Throttled)));
    assert!(matches!(
        cloud.lambda().invoke("Nobody", payload()).await,
        Err(InvokeError::NotFound(_))
    ));
    cloud.stop().await;
}

/// The processes that ran `count` sleeps of so many milliseconds, with one place for all.
async fn processes_of(count: usize, ms: u64) -> BTreeSet<String> {
    let mut settings = settings();
    settings.concurrency = 1;
    let cloud = aws_local::cloud::Cloud::start(settings).await.unwrap();
    let sleep = json!({"do": "sleep", "ms": ms});
    let sleeps = (0..count).map(|_| invoke(&cloud, "Worker", sleep.clone()));
    let processes = futures_util::future::join_all(sleeps).await;
    cloud.stop().await;
    processes.iter().map(|(id, _)| id.to_string()).collect()
}

#[tokio::test]
async fn short_invocations_take_turns_and_one_that_waits_lets_others_run() {
    assert_eq!(processes_of(20, 1).await.len(), 1, "one after the other");
    assert_eq!(processes_of(2, 900).await.len(), 2, "the second does not wait for the first");
}

/// Events lead to work that must not fall behind however many requests follow.
#[tokio::test]
async fn the_oldest_invocation_runs_first_whatever_its_kind() {
    let mut settings = settings();
    settings.concurrency = 1;
    let cloud = aws_local::cloud::Cloud::start(settings).await.unwrap();
    let file = folder("oldest").join("notes");
    let request = async |n: u32| {
        let (_, error) = invoke(&cloud, "Bare", json!({"do": "echo", "note": file, "n": n})).await;
        assert_eq!(error, None);
    };
    let requests = async |from: u32| {
        futures_util::future::join_all((from..from + 20).map(&request)).await;
    };
    let event = async {
        tokio::task::yield_now().await; // after the first requests asked for their turn
        support::put(&cloud, "work", json!({"note": file, "n": 99}));
    };
    let later = async {
        eventually(async || (!lines(&file).is_empty()).then_some(())).await;
        requests(20).await;
    };
    tokio::join!(requests(0), event, later);
    eventually(async || (lines(&file).len() == 41).then_some(())).await;
    let order = lines(&file);
    let place = order.iter().position(|it| it.contains("\"n\":99")).unwrap();
    assert!(place <= 20, "the event ran as number {place} of 41");
    cloud.stop().await;
}

#[tokio::test]
async fn a_new_executable_replaces_the_running_processes() {
    let folder = folder("replace");
    let bootstrap = folder.join("bootstrap");
    std::fs::copy(probe(), &bootstrap).unwrap();
    let mut settings = settings();
    settings.bootstrap = bootstrap.clone();
    let cloud = aws_local::cloud::Cloud::start(settings).await.unwrap();
    let sleep = json!({"do": "sleep", "ms": 0});
    let (before, _) = invoke(&cloud, "Worker", sleep.clone()).await;
    // As a build does: the old file is unlinked, a new one takes its name.
    std::fs::remove_file(&bootstrap).unwrap();
    std::fs::copy(probe(), &bootstrap).unwrap();
    let (after, _) = invoke(&cloud, "Worker", sleep.clone()).await;
    assert_ne!(before, after);
    let (again, _) = invoke(&cloud, "Worker", sleep).await;
    assert_eq!(after, again);
    cloud.stop().await;
}

#[tokio::test]
async fn invoke_is_served_as_lambda_serves_it() {
    let cloud = cloud().await;
    let call = async |function: &str, kind: &str, body: Value| {
        let url = format!("{}/2015-03-31/functions/{function}/invocations", cloud.endpoint());
        let answer = reqwest::Client::new()
            .post(url)
            .header("authorization", "AWS4-HMAC-SHA256 Credential=OWNER/d/r/s/aws4_request")
            .header("x-amz-invocation-type", kind)
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        let error = answer.headers().get("x-amz-function-error").cloned();
        (answer.status().as_u16(), error, answer.text().await.unwrap())
    };
    let arn = cloud.stack().arn("Worker").unwrap();
    let (status, error, body) = call(&arn, "RequestResponse", json!({"a": 1})).await;
    assert_eq!((status, error, body.as_str()), (200, None, r#"{"a":1}"#));
    let (status, error, _) = call("Worker", "RequestResponse", json!({"do": "fail"})).await;
    assert_eq!((status, error.unwrap().to_str().unwrap()), (200, "Unhandled"));
    assert_eq!(call("Worker", "DryRun", json!({})).await.0, 204);
    assert_eq!(call("Nobody", "RequestResponse", json!({})).await.0, 404);
    let file = folder("event").join("calls");
    let note = json!({"do": "echo", "note": file});
    assert_eq!(call("Worker", "Event", note).await.0, 202);
    eventually(async || (lines(&file).len() == 1).then_some(())).await;
    cloud.stop().await;
}

#[tokio::test]
async fn what_a_function_writes_is_in_the_feed_unless_lambda_would_drop_it() {
    use aws_local::feed::FeedEvent;
    let cloud = cloud().await;
    let debug = r#"{"timestamp":"2026-11-23T16:48:10.791Z","level":"DEBUG","message":"idle"}"#;
    for line in [debug, "a line"] {
        invoke(&cloud, "Worker", json!({"do": "log", "line": line})).await;
    }
    eventually(async || {
        support::seen(&cloud).into_iter().find(
            |it| matches!(it, FeedEvent::Log { function, line } if function == "Worker" && line == "a line"),
        )
    })
    .await;
    let dropped = |it: &FeedEvent| matches!(it, FeedEvent::Log { line, .. } if line == debug);
    assert!(!support::seen(&cloud).iter().any(dropped), "with LogFormat JSON, it keeps INFO");
    cloud.stop().await;
}

#[tokio::test]
async fn an_invocation_waits_for_room_on_the_machine_and_is_throttled_if_there_is_none() {
    use aws_local::feed::FeedEvent;
    let name = "an_invocation_waits_for_room_on_the_machine_and_is_throttled_if_there_is_none";
    if !few_files::is_limited(256, name) {
        return;
    }
    let cloud = cloud().await;
    let fill = || std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect::<Vec<_>>();
    let said = |of: &str| {
        let says = |it: &FeedEvent| {
            matches!(it, FeedEvent::Log { function, line }
                if function == of && line.starts_with("no process can be started"))
        };
        support::seen(&cloud).iter().filter(|it| says(it)).count()
    };
    let files = fill();
    let room = async {
        eventually(async || (said("Worker") > 0).then_some(())).await;
        drop(files);
    };
    let ((body, error), ()) = tokio::join!(invoke(&cloud, "Worker", json!({"x": 1})), room);
    assert_eq!((error, &body["x"]), (None, &json!(1)));

    let files = fill();
    let refused = cloud.lambda().invoke("Bare", b"{}".to_vec()).await;
    assert!(matches!(refused, Err(InvokeError::Throttled)), "{refused:?}");
    drop(files);
    assert_eq!(invoke(&cloud, "Bare", json!({})).await.1, None);
    assert_eq!(said("Bare"), 1, "however often it was tried");
    cloud.stop().await;
}
