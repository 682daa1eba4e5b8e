//! `cargo aws` with a command line that answers what a test wants: what AWS would say of stacks that
//! nobody wants to make.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

const ARN: &str = "arn:aws:cloudformation:eu-west-2:000000000000:stack/shop/1";
const TIMEOUT: Duration = Duration::from_secs(30);

/// Version 2 of the command line: the answers to `SERVICE OPERATION` lie in files of that name, those
/// about an ARN in others, and all calls are written down.
const AWS: &str = r#"#!/bin/sh
if [ "$1" = --version ]; then echo "aws-cli/2.31.0 Python/3.13.7"; exit; fi
cd "$(dirname "$0")" || exit
echo "$*" >> calls
answer="$1.$2"
case "$4" in arn:*) answer="$answer.arn" ;; esac
if [ -f "$answer.error" ]; then cat "$answer.error" >&2; exit 254; fi
if [ -f "$answer" ]; then cat "$answer"; fi
"#;

/// A folder with that command line.
struct Aws(TempDir);

impl Aws {
    fn new() -> Self {
        let aws = Self(tempfile::tempdir().unwrap());
        let program = aws.0.path().join("aws");
        fs::write(&program, AWS).unwrap();
        fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
        aws.answers("sts.get-caller-identity", &json!({"Account": "0", "Arn": "arn:aws:iam::0:x"}));
        let absent = "An error occurred (404) when calling the HeadBucket operation: Not Found";
        aws.refuses("s3api.head-bucket", absent);
        aws
    }

    fn answers(&self, call: &str, answer: &Value) {
        fs::write(self.0.path().join(call), answer.to_string()).unwrap();
    }

    fn refuses(&self, call: &str, error: &str) {
        fs::write(self.0.path().join(format!("{call}.error")), error).unwrap();
    }

    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.0.path().join("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = [self.0.path().to_owned()].into_iter().chain(std::env::split_paths(&path));
        let mut command = Command::new(env!("CARGO_BIN_EXE_ops"));
        command.arg("aws").args(arguments);
        command.env("PATH", std::env::join_paths(folders).unwrap()).env("AWS_REGION", "eu-west-2");
        command.stdin(Stdio::null());
        command
    }

    fn types(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The stack was deleted, with this tag, and left tables.
    fn has_deleted(&self, tag: &str) {
        let absent = "An error occurred (ValidationError) when calling the DescribeStacks operation: \
                      Stack with id shop does not exist";
        self.refuses("cloudformation.describe-stacks", absent);
        let summary = |id: &str, deleted: &str| json!({"StackName": "shop", "StackId": id, "DeletionTime": deleted});
        let (old, last) = (summary("arn:old", "2026-01-01"), summary(ARN, "2026-02-01"));
        self.answers("cloudformation.list-stacks", &json!({"StackSummaries": [old, last]}));
        let described = json!({"Stacks": [{
            "StackId": ARN, "StackName": "shop", "StackStatus": "DELETE_COMPLETE",
            "Tags": [{"Key": "application", "Value": tag}],
        }]});
        self.answers("cloudformation.describe-stacks.arn", &described);
        let resource = |name: &str, kind: &str, status: &str| {
            json!({"LogicalResourceId": name, "PhysicalResourceId": format!("shop-{name}"),
                "ResourceType": kind, "ResourceStatus": status})
        };
        let gone = (0..150)
            .map(|it| resource(&format!("Gone{it}"), "AWS::DynamoDB::Table", "DELETE_COMPLETE"));
        let kept = ["CatalogTable", "OrdersTable", "PeopleTable"];
        let kept = kept.map(|it| resource(it, "AWS::DynamoDB::Table", "DELETE_SKIPPED"));
        let bucket = resource("PicturesBucket", "AWS::S3::Bucket", "DELETE_SKIPPED");
        let all: Vec<Value> = kept.into_iter().chain([bucket]).chain(gone).collect();
        let all = json!({"StackResourceSummaries": all});
        self.answers("cloudformation.list-stack-resources.arn", &all);
        self.answers("cloudformation.describe-stack-events.arn", &json!({"StackEvents": []}));
    }
}

fn last_line(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned()
}

const DESTROY: [&str; 5] = ["destroy", "--stack", "shop", "--yes", "--with-data"];

#[test]
fn what_somebody_elses_deleted_stack_left_is_left_alone() {
    let aws = Aws::new();
    aws.has_deleted("theirs");
    let output = aws.types(&DESTROY);
    assert!(!output.status.success());
    let sentence = last_line(&output);
    assert!(sentence.contains("was not one of Tiffin's"), "{sentence}");
    assert!(!aws.calls().iter().any(|call| call.contains("delete-table")), "{:?}", aws.calls());
}

#[test]
fn all_that_a_deleted_stack_of_ours_left_is_found_among_many_resources() {
    let aws = Aws::new();
    aws.has_deleted("tiffin");
    let output = aws.types(&DESTROY);
    assert!(output.status.success(), "{}", last_line(&output));
    let calls = aws.calls();
    let deleted: Vec<&str> = calls
        .iter()
        .filter_map(|call| call.strip_prefix("dynamodb delete-table --table-name "))
        .filter_map(|rest| rest.split(' ').next())
        .collect();
    assert_eq!(deleted, ["shop-CatalogTable", "shop-OrdersTable", "shop-PeopleTable"]);
    let of_s3 = calls.iter().filter(|call| call.starts_with("s3"));
    let of_s3: Vec<_> = of_s3.filter(|call| call.contains("shop-PicturesBucket")).collect();
    assert!(of_s3[0].starts_with("s3 rm --recursive"), "{of_s3:?}");
    assert!(of_s3[1].starts_with("s3api delete-bucket"), "{of_s3:?}");
}

/// A bucket with something in it keeps its stack from being deleted; what staff sent is kept like a menu.
#[test]
fn destroying_a_stack_empties_its_buckets_but_that_of_pictures() {
    let aws = Aws::new();
    let stack = json!({"Stacks": [{"StackId": ARN, "StackName": "shop",
        "StackStatus": "UPDATE_COMPLETE", "Tags": [{"Key": "application", "Value": "tiffin"}]}]});
    aws.answers("cloudformation.describe-stacks", &stack);
    // When it is looked at again, it is gone.
    let gone = "An error occurred (ValidationError) when calling the DescribeStacks operation: \
                Stack with id shop does not exist";
    aws.refuses("cloudformation.describe-stacks.arn", gone);
    let bucket = |name: &str| {
        json!({"LogicalResourceId": name, "PhysicalResourceId": format!("shop-{name}"),
            "ResourceType": "AWS::S3::Bucket", "ResourceStatus": "CREATE_COMPLETE"})
    };
    let buckets = ["SiteBucket", "UploadsBucket", "PicturesBucket"].map(bucket);
    aws.answers("cloudformation.list-stack-resources", &json!({"StackResourceSummaries": buckets}));
    aws.answers("cloudformation.describe-stack-events", &json!({"StackEvents": []}));
    aws.answers("cloudformation.describe-stack-events.arn", &json!({"StackEvents": []}));
    let output = aws.types(&["destroy", "--stack", "shop", "--yes"]);
    assert!(output.status.success(), "{}", last_line(&output));
    let calls = aws.calls();
    let at = |part: &str| calls.iter().position(|call| call.contains(part));
    let deleted = at("cloudformation delete-stack").unwrap();
    for bucket in ["s3://shop-SiteBucket/", "s3://shop-UploadsBucket/"] {
        assert!(at(bucket).is_some_and(|emptied| emptied < deleted), "{bucket}: {calls:?}");
    }
    assert_eq!(at("s3://shop-PicturesBucket/"), None, "{calls:?}");
}

#[test]
fn a_wait_for_aws_ends_when_it_is_interrupted() {
    let aws = Aws::new();
    let stack = |status: &str| {
        json!({"Stacks": [{"StackId": ARN, "StackName": "shop", "StackStatus": status,
            "Tags": [{"Key": "application", "Value": "tiffin"}]}]})
    };
    aws.answers("cloudformation.describe-stacks", &stack("UPDATE_COMPLETE"));
    aws.answers("cloudformation.describe-stacks.arn", &stack("DELETE_IN_PROGRESS"));
    let mut command = aws.command(&["destroy", "--stack", "shop", "--yes"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut child = Ended(child);
    let waits = || {
        let looks = aws.calls().iter().filter(|call| call.contains("describe-stacks")).count();
        (looks > 4).then_some(())
    };
    until("the stack to be looked at again", waits);
    kill_process(Pid::from_child(&child.0), Signal::INT).unwrap();
    let status = until("the command to end", || child.0.try_wait().unwrap());
    assert_eq!(status.code(), Some(130));
}

/// A program that ends with its test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn until<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        if let Some(value) = attempt() {
            return value;
        }
        assert!(Instant::now() < deadline, "timed out waiting for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A stack whose failures queue has messages of these ids, each with these attributes.
fn with_failures(ids: &[&str], attributes: &Value) -> Aws {
    let aws = Aws::new();
    let output = json!({"OutputKey": "FailuresQueueUrl", "OutputValue": "queue"});
    let stack = json!({"Stacks": [{"StackId": ARN, "StackName": "shop", "StackStatus": "UPDATE_COMPLETE",
        "Tags": [{"Key": "application", "Value": "tiffin"}], "Outputs": [output]}]});
    aws.answers("cloudformation.describe-stacks", &stack);
    let message = |id: &&str| {
        json!({"MessageId": id, "ReceiptHandle": format!("receipt-{id}"), "Body": "{}",
            "MessageAttributes": attributes})
    };
    let messages: Vec<Value> = ids.iter().map(message).collect();
    aws.answers("sqs.receive-message", &json!({"Messages": messages}));
    aws.answers("lambda.invoke", &json!({"StatusCode": 202}));
    aws
}

#[test]
fn a_failure_that_names_no_function_is_counted_as_left() {
    let aws = with_failures(&["11111111"], &Value::Null);
    let output = aws.types(&["redrive", "--stack", "shop", "--all"]);
    let said = String::from_utf8(output.stdout).unwrap();
    let expected = "11111111 names no function, and stays\n0 sent again, 1 left\n";
    assert!(output.status.success() && said == expected, "{said}");
}

#[test]
fn what_is_discarded_leaves_the_queue_and_reaches_no_function() {
    let arn = "arn:aws:lambda:eu-west-2:0:function:shop-delivery";
    let target = json!({"TARGET_ARN": {"StringValue": arn}});
    let aws = with_failures(&["11111111", "22222222"], &target);
    let redrive = |more: &[&str]| {
        let output = aws.types(&[&["redrive", "--stack", "shop"], more].concat());
        assert!(output.status.success(), "{}", last_line(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let made = |call: &str| {
        let calls = aws.calls();
        calls.iter().filter(|it| it.starts_with(call)).cloned().collect::<Vec<_>>()
    };
    let said = redrive(&["11111111", "--discard"]);
    assert!(said.contains("1 discarded, 1 left"), "{said}");
    let deleted = made("sqs delete-message");
    assert!(deleted.len() == 1 && deleted[0].contains("receipt-11111111"), "{deleted:?}");
    assert_eq!(made("lambda invoke"), [""; 0]);
    // The same without the option is sent to the function that failed.
    redrive(&["22222222"]);
    let invoked = made("lambda invoke");
    assert!(invoked.len() == 1 && invoked[0].contains(" shop-delivery "), "{invoked:?}");
}

/// A shop with one restaurant whose accounts are these.
fn with_accounts(users: &Value) -> Aws {
    let aws = Aws::new();
    let outputs = ["CatalogTableName", "PeopleTableName", "UserPoolId"]
        .map(|key| json!({"OutputKey": key, "OutputValue": key}));
    let stack = json!({"Stacks": [{"StackId": ARN, "StackName": "shop", "StackStatus": "UPDATE_COMPLETE",
        "Tags": [{"Key": "application", "Value": "tiffin"}], "Outputs": outputs}]});
    aws.answers("cloudformation.describe-stacks", &stack);
    aws.answers("dynamodb.get-item", &json!({"Item": {"item": {"S": "about"}}}));
    aws.answers("cognito-idp.list-users", &json!({"Users": users}));
    aws
}

const OWNER: [&str; 7] =
    ["staff", "owner", "Asha@Example.com", "--stack", "shop", "--restaurant", "golden-dosa"];

fn user(status: &str, verified: &str) -> Value {
    json!({"UserStatus": status, "Enabled": true, "Attributes": [
        {"Name": "email_verified", "Value": verified},
        {"Name": "sub", "Value": "68a0f215-8453-45be-a418-5b0b1c94b456"},
    ]})
}

#[test]
fn an_owner_is_somebody_with_a_confirmed_account() {
    let aws = with_accounts(&json!([user("CONFIRMED", "true")]));
    let output = aws.types(&OWNER);
    assert!(output.status.success(), "{}", last_line(&output));
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "asha@example.com is an owner of golden-dosa\n");
    let calls = aws.calls();
    let looked = calls.iter().find(|call| call.starts_with("cognito-idp list-users")).unwrap();
    assert!(looked.contains(r#"--filter email = "asha@example.com""#), "{looked}");
    let call = "dynamodb transact-write-items --transact-items ";
    let written = calls.iter().find_map(|call_made| call_made.strip_prefix(call)).unwrap();
    let mut items: Value =
        serde_json::from_str(written.split_once(" --region").unwrap().0).unwrap();
    for update in 0..2 {
        let values = &mut items[update]["Update"]["ExpressionAttributeValues"];
        let now = values.as_object_mut().unwrap().remove(":now").unwrap();
        assert!(now["N"].as_str().unwrap().parse::<u64>().unwrap() > 1_700_000_000_000);
    }
    let user = "68a0f215-8453-45be-a418-5b0b1c94b456";
    // No `Put`, which would end a shift of theirs.
    let update = |partition: &str, item: &str| {
        json!({"Update": {
            "TableName": "PeopleTableName",
            "Key": {"user_id": {"S": partition}, "item": {"S": item}},
            "UpdateExpression":
                "SET #role = :role, #name = :name, since = if_not_exists(since, :now)",
            "ExpressionAttributeNames": {"#role": "role", "#name": "name"},
            "ExpressionAttributeValues": {":role": {"S": "owner"}, ":name": {"S": "Owner"}},
        }})
    };
    let owners = json!({"Update": {
        "TableName": "PeopleTableName",
        "Key": {"user_id": {"S": "restaurant#golden-dosa"}, "item": {"S": "owners"}},
        "UpdateExpression": "ADD owners :them",
        "ExpressionAttributeValues": {":them": {"SS": [user]}},
    }});
    let member = format!("member#{user}");
    let [person, mirror] =
        [update(user, "staff#golden-dosa"), update("restaurant#golden-dosa", &member)];
    let expected = json!([person, mirror, owners]);
    assert_eq!(items, expected);
}

#[test]
fn nobody_else_becomes_an_owner() {
    for (users, sentence) in [
        (json!([]), "nobody has an account with asha@example.com; they sign up in the shop first"),
        (json!([user("UNCONFIRMED", "false")]), "asha@example.com is not confirmed"),
        (json!([user("CONFIRMED", "false")]), "asha@example.com is not confirmed"),
    ] {
        let aws = with_accounts(&users);
        let said = last_line(&aws.types(&OWNER));
        assert!(said.contains(sentence), "{said}");
        assert!(!aws.calls().iter().any(|call| call.contains("transact-write-items")), "{users}");
    }
    let aws = with_accounts(&json!([user("CONFIRMED", "true")]));
    aws.answers("dynamodb.get-item", &json!({}));
    let said = last_line(&aws.types(&OWNER));
    assert!(said.contains("the catalog has no restaurant golden-dosa"), "{said}");
}

#[test]
fn version_2_on_path_is_used_and_told_of() {
    let aws = Aws::new();
    aws.refuses("sts.get-caller-identity", "\naws: [ERROR]: Unable to locate credentials\n");
    let sentence = last_line(&aws.types(&["destroy", "--stack", "shop", "--yes"]));
    assert!(sentence.contains("run `aws configure` or `aws configure sso`"), "{sentence}");
}
