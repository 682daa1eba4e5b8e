//! Killed at any moment and started again, the local AWS goes on.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use aws_local::cloud::{Cloud, State};
use serde_json::{Value, json};
use support::{BUS, call, eventually, folder, lines, probe, settings, template};

struct Process {
    child: Child,
    addresses: Value,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The command itself, on a state folder.
fn start(state: &Path) -> Process {
    let mut child = Command::new(env!("CARGO_BIN_EXE_aws-local"))
        .args(["--template".as_ref(), template().as_os_str()])
        .args(["--bootstrap".as_ref(), probe().as_os_str()])
        .args(["--state".as_ref(), state.as_os_str()])
        .args(["--time-scale", "600", "--quiet"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    Process { addresses: serde_json::from_str(&line).unwrap(), child }
}

impl Process {
    fn endpoint(&self) -> &str {
        self.addresses["endpoint"].as_str().unwrap()
    }
}

#[tokio::test]
async fn an_accepted_event_survives_a_kill() {
    let folder = folder("kill");
    let (state, file) = (folder.join("state"), folder.join("events"));
    let put = async |process: &Process, n: u32| {
        let detail = json!({"do": "sleep", "ms": 100, "note": file, "n": n}).to_string();
        let entry = json!({
            "Source": "test", "DetailType": "work", "Detail": detail, "EventBusName": BUS,
        });
        let (status, answer) =
            call(process.endpoint(), "AWSEvents.PutEvents", json!({"Entries": [entry]})).await;
        assert_eq!((status, &answer["FailedEntryCount"]), (200, &json!(0)));
    };
    for round in 0..3 {
        let process = start(&state);
        for n in 0..20 {
            put(&process, round * 20 + n).await;
        }
        // Dropped here: SIGKILL with most of the twenty still waiting for a process.
    }
    let _process = start(&state);
    eventually(async || {
        let seen = lines(&file);
        let arrived = |n: u32| seen.iter().any(|it| it.contains(&format!("\"n\":{n},")));
        (0..60).all(arrived).then_some(())
    })
    .await;
}

#[tokio::test]
async fn processes_do_not_outlive_a_killed_cloud() {
    let folder = folder("orphans");
    let file = folder.join("pids");
    let process = start(&folder.join("state"));
    let url = format!("{}/2015-03-31/functions/Worker/invocations", process.endpoint());
    let answer = reqwest::Client::new()
        .post(url)
        .header("authorization", "AWS4-HMAC-SHA256 Credential=OWNER/d/r/s/aws4_request")
        .body(json!({"do": "sleep", "ms": 0, "note": file}).to_string())
        .send()
        .await
        .unwrap();
    let pid: u32 = answer.text().await.unwrap().parse().unwrap();
    drop(process);
    let alive = || {
        let shown = Command::new("ps").args(["-o", "stat=", "-p", &pid.to_string()]).output();
        let text = String::from_utf8(shown.unwrap().stdout).unwrap();
        !text.trim().is_empty() && !text.trim().starts_with('Z')
    };
    eventually(async || (!alive()).then_some(())).await;
}

#[tokio::test]
async fn a_restart_finds_the_same_tables_and_messages() {
    let folder = folder("restart");
    let start = async || {
        let mut settings = settings();
        settings.state = State::Folder(folder.clone());
        Cloud::start(settings).await.unwrap()
    };
    let cloud = start().await;
    let table = cloud.stack().reference("Things").unwrap();
    let item = json!({"TableName": table, "Item": {"id": {"S": "1"}, "owner": {"S": "me"}}});
    assert_eq!(call(&cloud.endpoint(), "DynamoDB_20120810.PutItem", item).await.0, 200);
    let url = cloud.stack().reference("Failures").unwrap();
    let message = json!({"QueueUrl": url, "MessageBody": "still here"});
    assert_eq!(call(&cloud.endpoint(), "AmazonSQS.SendMessage", message).await.0, 200);
    cloud.stop().await;

    let cloud = start().await;
    let key = json!({"TableName": table, "Key": {"id": {"S": "1"}}});
    let (_, found) = call(&cloud.endpoint(), "DynamoDB_20120810.GetItem", key).await;
    assert_eq!(found["Item"]["owner"]["S"], "me");
    let queue = cloud.stack().get("Failures").unwrap().physical_id.clone();
    assert_eq!(cloud.sqs().messages(&queue).unwrap()[0].body, "still here");
    cloud.stop().await;
}

/// `Worker` says `MaximumEventAgeInSeconds: 300`.
#[tokio::test]
async fn an_event_older_than_its_functions_longest_age_is_reported_and_not_run() {
    let folder = folder("age");
    let mut settings = settings();
    settings.state = State::Folder(folder.join("state"));
    Cloud::start(settings.clone()).await.unwrap().stop().await;
    let notes = |name: &str| folder.join(name);
    let now = aws_local::time::now_ms();
    let state = rusqlite::Connection::open(folder.join("state/aws.sqlite")).unwrap();
    for (name, age) in [("old", 301), ("young", 240)] {
        let payload = json!({"note": notes(name), "do": "echo"}).to_string();
        let insert = "INSERT INTO async_invocations (function, request_id, payload, accepted, due)
            VALUES ('Worker', ?1, ?2, ?3, ?4)";
        let row = rusqlite::params![name, payload.as_bytes(), now - age * 1_000, now];
        state.execute(insert, row).unwrap();
    }
    drop(state);

    let cloud = Cloud::start(settings).await.unwrap();
    let queue = cloud.stack().get("Failures").unwrap().physical_id.clone();
    let message = eventually(async || cloud.sqs().messages(&queue).unwrap().pop()).await;
    let record: Value = serde_json::from_str(&message.body).unwrap();
    assert_eq!(record["requestContext"]["condition"], "EventAgeExceeded");
    assert_eq!(record["requestContext"]["requestId"], "old");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 0);
    assert!(record.get("responseContext").is_none());
    eventually(async || (lines(&notes("young")).len() == 1).then_some(())).await;
    assert!(lines(&notes("old")).is_empty());
    cloud.stop().await;
}

#[tokio::test]
async fn one_state_folder_has_one_owner() {
    let folder = folder("lock");
    let mut settings = settings();
    settings.state = State::Folder(folder.clone());
    let cloud = Cloud::start(settings.clone()).await.unwrap();
    let error = Cloud::start(settings).await.unwrap_err();
    assert!(format!("{error:#}").contains("in use"), "{error:#}");
    cloud.stop().await;
}

#[tokio::test]
async fn a_table_that_changed_its_keys_says_start_clean() {
    let folder = folder("keys");
    let mut settings = settings();
    settings.state = State::Folder(folder.join("state"));
    Cloud::start(settings.clone()).await.unwrap().stop().await;
    let text = std::fs::read_to_string(template()).unwrap();
    settings.template = folder.join("changed.yaml");
    let changed = text.replace("IndexName: by_owner", "IndexName: by_user");
    std::fs::write(&settings.template, changed).unwrap();
    let error = Cloud::start(settings).await.unwrap_err();
    assert!(format!("{error:#}").contains("start clean"), "{error:#}");
}

#[tokio::test]
async fn a_damaged_state_file_is_named_with_what_to_do() {
    for name in ["aws.sqlite", "dynamodb.sqlite"] {
        for is_partly in [false, true] {
            let state = folder("damaged");
            let mut settings = support::settings();
            settings.state = State::Folder(state.clone());
            let file = state.join(name);
            if is_partly {
                Cloud::start(settings.clone()).await.unwrap().stop().await;
                let mut content = std::fs::read(&file).unwrap();
                content[4_096..].fill(b'x'); // after the first page
                std::fs::write(&file, content).unwrap();
                let _ = std::fs::remove_file(state.join(format!("{name}-wal")));
            } else {
                std::fs::write(&file, vec![b'x'; 8_192]).unwrap();
            }
            let refused = format!("{:#}", Cloud::start(settings).await.unwrap_err());
            assert!(refused.contains(&file.display().to_string()), "{refused}");
            assert!(refused.contains("--fresh"), "{refused}");
        }
    }
}
