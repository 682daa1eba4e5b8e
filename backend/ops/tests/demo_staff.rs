//! The staff that `cargo dev` makes: also in a state folder that has none, and once.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::path::Path;

use aws_local::cloud::State;
use ops::catalog;
use ops::dev::cloud::{
    CHAIN_COURIER, CHAIN_OWNER, CHAIN_RESTAURANTS, DEMO_COOK, DEMO_COURIER, DEMO_OWNER,
    DEMO_PASSWORD, Plan, Running, Simulation, start,
};
use serde_json::{Value, json};

async fn dev(folder: &Path) -> Running {
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    let plan = Plan {
        template: "../template.yaml".into(),
        bootstrap: "/bin/false".into(), // no function is invoked
        state: State::Folder(folder.join("state")),
        art: folder.join("art"),
        aws: any_port,
        edge: any_port,
        site: None,
        documents: folder.join("documents"),
        echo_logs: false,
        simulation: Simulation {
            accept_seconds: 0,
            pace: "0".to_owned(),
            people: false,
            faults: None,
        },
    };
    start(&plan, &catalog::read_or_report(Path::new("../data")).unwrap()).await.unwrap()
}

/// A call, by its JSON.
async fn call(url: String, target: &str, body: &Value) -> (u16, Value) {
    let key = "AWS4-HMAC-SHA256 Credential=owner/20260101/eu-west-2/dynamodb/aws4_request";
    let call = reqwest::Client::new()
        .post(url)
        .header("x-amz-target", target)
        .header("content-type", "application/x-amz-json-1.0")
        .header("authorization", key)
        .body(body.to_string());
    let answer = call.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// The people of a restaurant, by the names of their items, with their roles.
async fn staff(dev: &Running, restaurant: &str) -> Vec<(String, Value)> {
    let query = json!({
        "TableName": dev.cloud.stack().outputs["PeopleTableName"],
        "KeyConditionExpression": "user_id = :restaurant",
        "ExpressionAttributeValues": {":restaurant": {"S": format!("restaurant#{restaurant}")}},
    });
    let (status, found) = call(dev.cloud.endpoint(), "DynamoDB_20120810.Query", &query).await;
    assert_eq!(status, 200, "{found}");
    let items = found["Items"].as_array().unwrap().iter();
    let named = |item: &Value| {
        let name = item["item"]["S"].as_str().unwrap().to_owned();
        (
            name,
            if item.get("role").is_some() {
                item["role"]["S"].clone()
            } else {
                item["owners"].clone()
            },
        )
    };
    items.map(named).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn restaurants_have_their_demo_staff_however_often_it_is_started() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = None;
    for _ in 0..2 {
        let dev = dev(folder.path()).await;
        let people = staff(&dev, "raat-rani-dhaba").await;
        let roles: Vec<_> = people.iter().map(|(_, role)| role.clone()).collect();
        let (owner, _) = &people[0];
        let owner = owner.strip_prefix("member#").unwrap();
        assert_eq!(
            roles,
            [json!("owner"), json!("kitchen"), json!("courier"), json!({"SS": [owner]})]
        );
        // Two more have one owner and one courier, the same in both.
        let [one, other] = CHAIN_RESTAURANTS;
        let chain = staff(&dev, one).await;
        let roles: Vec<_> = chain.iter().map(|(_, role)| role.clone()).collect();
        let (owner, _) = &chain[0];
        let owner = owner.strip_prefix("member#").unwrap();
        assert_eq!(roles, [json!("owner"), json!("courier"), json!({"SS": [owner]})]);
        assert_eq!(staff(&dev, other).await, chain);
        let client = dev.cloud.stack().reference("UserPoolClient").unwrap();
        for email in [DEMO_OWNER, DEMO_COOK, DEMO_COURIER, CHAIN_OWNER, CHAIN_COURIER] {
            let sign_in = json!({
                "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": email, "PASSWORD": DEMO_PASSWORD},
            });
            let cognito = format!("{}/cognito", dev.cloud.edge_url().unwrap());
            let target = "AWSCognitoIdentityProviderService.InitiateAuth";
            let (status, answer) = call(cognito, target, &sign_in).await;
            assert_eq!(status, 200, "{email}: {answer}");
        }
        dev.cloud.stop().await;
        assert_eq!(first.get_or_insert_with(|| people.clone()), &people);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_goes_on_when_it_is_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let first = dev(folder.path()).await;
    let (courier, _) = staff(&first, "raat-rani-dhaba").await.remove(2);
    let key = json!({
        "TableName": first.cloud.stack().outputs["PeopleTableName"],
        "Key": {"user_id": {"S": "restaurant#raat-rani-dhaba"}, "item": {"S": courier}},
    });
    let mut begin = key.clone();
    begin["UpdateExpression"] = json!("SET shift_began_at = :began");
    begin["ExpressionAttributeValues"] = json!({":began": {"N": "1"}});
    let url = first.cloud.endpoint();
    let (status, answer) = call(url, "DynamoDB_20120810.UpdateItem", &begin).await;
    assert_eq!(status, 200, "{answer}");
    first.cloud.stop().await;

    let second = dev(folder.path()).await;
    let (_, found) = call(second.cloud.endpoint(), "DynamoDB_20120810.GetItem", &key).await;
    second.cloud.stop().await;
    assert_eq!(found["Item"]["shift_began_at"], json!({"N": "1"}), "{found}");
}
