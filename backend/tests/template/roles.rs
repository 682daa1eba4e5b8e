//! What the roles of the functions allow.

use std::collections::BTreeSet;

use aws_local::{
    feed::Feed,
    iam::{Caller, Iam},
    template::Resource,
};
use serde_json::{Value, json};

use crate::{arn, support::stack, text};

/// What X-Ray is told: it knows no resources that could be named.
fn traces(statement: &Value) -> bool {
    let actions = json!(["xray:PutTraceSegments", "xray:PutTelemetryRecords"]);
    statement["Action"] == actions && statement["Resource"] == "*"
}

/// Every statement of every role's policies, with the role.
fn statements() -> impl Iterator<Item = (&'static Resource, &'static Value)> {
    stack().of_kind("AWS::IAM::Role").flat_map(|role| {
        let policies = role.list("/Policies").iter();
        let statements = policies.flat_map(|policy| match &policy["PolicyDocument"]["Statement"] {
            Value::Array(statements) => statements.iter().collect(),
            statement => vec![statement],
        });
        statements.map(move |statement| (role, statement))
    })
}

/// The texts of a field that holds one or several.
fn texts(field: &Value) -> Vec<String> {
    match field {
        Value::Array(values) => values.iter().map(text).collect(),
        value => vec![text(value)],
    }
}

/// What a role names of a resource: all but the connections of an API, which have no names, the
/// streams of a log, and the objects of a bucket.
fn named(resource: &str) -> &str {
    let is_bucket = resource.starts_with("arn:aws:s3:::");
    let named = resource
        .strip_suffix("/@connections/*")
        .or_else(|| resource.strip_suffix(":*"))
        .or_else(|| resource.strip_suffix("/*").filter(|_| is_bucket));
    named.unwrap_or(resource)
}

#[test]
fn no_role_has_a_bare_wildcard() {
    assert!(statements().count() > 20);
    for (role, statement) in statements().filter(|(_, statement)| !traces(statement)) {
        let role = &role.logical_id;
        for action in texts(&statement["Action"]) {
            assert!(action.contains(':') && !action.contains(['*', '?']), "{role}: {action}");
        }
        for resource in texts(&statement["Resource"]) {
            let named = named(&resource);
            assert!(named.starts_with("arn:") && !named.contains(['*', '?']), "{role}: {resource}");
        }
        for field in ["NotAction", "NotResource"] {
            assert!(statement.get(field).is_none(), "{role}: {field}");
        }
    }
}

/// `events:source` is an array: without a set operator AWS refuses every call, and with one alone
/// it allows a call that carries no source.
#[test]
fn whoever_publishes_publishes_only_events_of_ours() {
    let mut publishers = BTreeSet::new();
    for (role, statement) in statements() {
        if texts(&statement["Action"]).iter().any(|action| action.starts_with("events:")) {
            let condition = json!({
                "ForAllValues:StringEquals": {"events:source": "custom.food_app"},
                "Null": {"events:source": "false"},
            });
            assert_eq!(statement["Condition"], condition, "{}", role.logical_id);
            publishers.insert(role.logical_id.as_str());
        }
    }
    let expected = ["ApiRole", "DeliveryRole", "RestaurantsRole", "WatchdogRole"];
    assert_eq!(publishers, BTreeSet::from(expected));
}

/// The functions that may do something to a resource, whatever pattern of their roles says so.
fn allowed(action: &str, resource: &str) -> BTreeSet<&'static str> {
    let iam = Iam::new(stack(), Feed::default()).unwrap();
    let functions = stack().of_kind("AWS::Lambda::Function");
    let may = |function: &&Resource| {
        let caller = Caller::Function(function.logical_id.clone());
        iam.check(&caller, action, resource, &[]).is_ok()
    };
    functions.filter(may).map(|function| function.logical_id.as_str()).collect()
}

/// A customer's data is the function `api`'s alone; `connections` and `pictures` read single items, to see
/// whether somebody is staff.
#[test]
fn only_the_api_may_write_of_people_and_two_functions_close_sockets() {
    let people = arn("PeopleTable");
    let needed = ["Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"];
    let others = ["BatchGetItem", "Scan", "BatchWriteItem", "DeleteTable"];
    for (actions, expected) in [
        (
            &["GetItem"][..],
            BTreeSet::from(["ApiFunction", "ConnectionsFunction", "PicturesFunction"]),
        ),
        (&needed[..], BTreeSet::from(["ApiFunction"])),
        (&others[..], BTreeSet::new()),
    ] {
        for action in actions {
            let functions = allowed(&format!("dynamodb:{action}"), &people);
            assert_eq!(functions, expected, "{action}");
        }
    }
    let api = stack().reference("WebSocketApi").unwrap();
    let socket = |method: &str| {
        let connection = format!("{api}/live/{method}/@connections/L0SM9cOFvHcCIhw=");
        let resource = format!("arn:aws:execute-api:eu-west-2:000000000000:{connection}");
        allowed("execute-api:ManageConnections", &resource)
    };
    assert_eq!(socket("DELETE"), BTreeSet::from(["ApiFunction", "ConnectionsFunction"]));
    let pushing = ["ConnectionsFunction", "NotificationsFunction"];
    assert_eq!(socket("POST"), BTreeSet::from(pushing));
}

/// What is served is what this function has made; what was sent is read by it alone, and nobody deletes.
#[test]
fn only_one_function_reads_and_writes_pictures() {
    let pictures = BTreeSet::from(["PicturesFunction"]);
    let uploaded = format!("{}/golden-dosa/1", arn("UploadsBucket"));
    let served = |path: &str| format!("{}/{path}", arn("PicturesBucket"));
    for (action, resource, expected) in [
        ("s3:PutObject", uploaded.clone(), &pictures),
        ("s3:GetObject", uploaded.clone(), &pictures),
        ("s3:DeleteObject", uploaded, &BTreeSet::new()),
        ("s3:PutObject", served("pictures/1.jpg"), &pictures),
        ("s3:PutObject", served("index.html"), &BTreeSet::new()),
        ("s3:GetObject", served("pictures/1.jpg"), &BTreeSet::new()),
        ("s3:DeleteObject", served("pictures/1.jpg"), &BTreeSet::new()),
        ("s3:PutObject", format!("{}/pictures/1.jpg", arn("SiteBucket")), &BTreeSet::new()),
    ] {
        assert_eq!(allowed(action, &resource), *expected, "{action} {resource}");
    }
}

#[test]
fn every_function_may_be_traced() {
    let traced = statements().filter(|(_, statement)| traces(statement));
    let traced: BTreeSet<_> = traced.map(|(role, _)| arn(&role.logical_id)).collect();
    let functions = stack().of_kind("AWS::Lambda::Function");
    let roles: BTreeSet<_> =
        functions.map(|function| function.text("/Role").unwrap().to_owned()).collect();
    assert_eq!(traced, roles);
}
