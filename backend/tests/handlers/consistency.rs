//! The indexes are eventually consistent: what they show late or too long does no harm. Every other
//! read that something depends on is strongly consistent.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use serde_json::json;
use shared::Status;

use crate::support::{
    AT_ONCE, DEMO, Fault, Lag, World, accepting, clock, numbered_order, order_request, pass, stack,
    user,
};

/// A customer with two delivered orders.
async fn with_two_orders() -> World {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    for number in [1, 2] {
        assert_eq!(world.place(user(), numbered_order(number), &order_request()).await.0, 201);
    }
    world.settle().await;
    world
}

#[tokio::test]
async fn whatever_a_decision_depends_on_is_read_consistently() {
    let world = World::new(DEMO);
    world.list(&accepting());
    let catalog = world.table("CatalogTable");
    let reads = Arc::new(Mutex::new(BTreeSet::new()));
    let seen = Arc::clone(&reads);
    world.aws.fate(move |call| {
        let (table, body) = (call.body["TableName"].as_str().unwrap_or_default(), &call.body);
        let reads = ["GetItem", "Query"].contains(&call.operation.as_str());
        if reads && table != catalog && body["IndexName"].is_null() {
            assert_eq!(body["ConsistentRead"], true, "{} of {table}", call.operation);
            seen.lock().unwrap().insert((call.operation.clone(), table.to_owned()));
        }
        Fault::None
    });
    world.connect(user(), "open=", clock()).await;
    assert_eq!(world.place(user(), numbered_order(1), &order_request()).await.0, 201);
    assert_eq!(world.ticket().await.0, 201);
    world.settle().await;
    for seconds in [6, 18, 12] {
        pass(seconds);
        world.watch().await.unwrap();
        let events = world.settle().await;
        let told = world.notifications.handle(crate::support::envelope(&events[0]), clock()).await;
        assert_eq!(told.unwrap()["outcome"], "pushed to 1 of 1 connections");
    }
    assert_eq!(world.item(numbered_order(1)).await.order.status, Status::Delivered);
    assert_eq!(world.call("GET /api/account", Some(user()), &[], "").await.0, 200);
    assert_eq!(world.delete_account().await.0, 204);
    let expected = [
        ("GetItem", "LiveTable"),
        ("GetItem", "OrdersTable"),
        ("Query", "LiveTable"),
        ("Query", "PeopleTable"),
    ];
    let expected = expected.map(|(operation, table)| (operation.to_owned(), world.table(table)));
    assert_eq!(*reads.lock().unwrap(), BTreeSet::from(expected));
}

#[tokio::test]
async fn an_account_is_deleted_though_the_index_still_lists_its_orders() {
    let world = with_two_orders().await;
    let outdated = [1, 2].map(|number| ("by_user", world.raw_item(numbered_order(number))));
    *world.aws.lag.lock().unwrap() = Lag { outdated: outdated.into(), ..Lag::default() };
    assert_eq!(world.delete_account().await.0, 204);
    for number in [1, 2] {
        assert_eq!(world.item(numbered_order(number)).await.user_id, None);
    }
    let (_, account) = world.call("GET /api/account", Some(user()), &[], "").await;
    assert_eq!(account["orders"], json!([]), "what is listed is no longer the customer's");
}

#[tokio::test]
async fn an_order_that_the_index_lists_late_is_anonymised_too() {
    let world = with_two_orders().await;
    world.aws.lag.lock().unwrap().missing.insert(numbered_order(2));
    let aws = Arc::clone(&world.aws);
    world.aws.fate(move |call| {
        if call.operation == "UpdateItem" {
            aws.lag.lock().unwrap().missing.clear();
        }
        Fault::None
    });
    assert_eq!(world.delete_account().await.0, 204);
    for number in [1, 2] {
        assert_eq!(world.item(numbered_order(number)).await.user_id, None, "{number}");
    }
}

#[tokio::test]
async fn an_order_that_the_attention_index_still_lists_is_read_and_left_alone() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    for number in [1, 2] {
        assert_eq!(world.place(user(), numbered_order(number), &order_request()).await.0, 201);
    }
    let outdated = [1, 2].map(|number| ("attention", world.raw_item(numbered_order(number))));
    world.settle().await;
    world.aws.take_item(&world.table("OrdersTable"), numbered_order(2));
    *world.aws.lag.lock().unwrap() = Lag { outdated: outdated.into(), ..Lag::default() };
    let before = world.aws.everything(stack());
    pass(60);
    assert_eq!(world.watch().await.unwrap(), json!({"handled": 2, "failed": 0}));
    assert!(world.aws.take_published().is_empty());
    assert_eq!(world.aws.everything(stack()), before);
}
