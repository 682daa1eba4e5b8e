//! A service that is throttled, or answers something strange, has not said that a condition failed.

use aws_config::retry::RetryConfig;
use serde_json::json;
use shared::Status;

use crate::support::{
    AT_ONCE, Call, DEMO, Fault, World, accepting, clock, invocation, kind, numbered_order,
    order_request, pass, placed_elsewhere, user,
};

/// A world in which a restaurant is listed.
fn open_shop() -> World {
    let world = World::new(DEMO);
    world.list(&accepting());
    world
}

/// Whether it is a write of a table's item by this operation, and mentions `text`.
fn is_write(call: &Call, operation: &str, text: &str) -> bool {
    call.operation == operation && call.body.to_string().contains(text)
}

fn refuse_write(world: &World, operation: &'static str, text: &'static str) {
    world.refuse(move |call| is_write(call, operation, text));
}

#[tokio::test]
async fn an_account_that_could_not_be_closed_is_open_and_not_deleted() {
    let world = open_shop();
    refuse_write(&world, "PutItem", "closed_at");
    let (status, problem) = world.delete_account().await;
    assert_eq!((status, kind(&problem)), (503, "unavailable"));
    world.aws.calm();
    assert_eq!(world.ticket().await.0, 201);
    let (_, account) = world.call("GET /api/account", Some(user()), &[], "").await;
    assert_eq!(account.get("closed_at"), None);
}

#[tokio::test]
async fn a_deletion_that_could_not_be_noted_is_no_success() {
    let world = open_shop();
    refuse_write(&world, "PutItem", "deleted_at");
    assert_eq!(world.delete_account().await.0, 503);
}

#[tokio::test]
async fn an_account_that_could_not_be_opened_again_is_not_said_to_be_open() {
    let world = open_shop();
    world.place(user(), numbered_order(1), &order_request()).await;
    world.settle().await;
    world.aws.lag.lock().unwrap().missing.insert(numbered_order(1));
    let aws = std::sync::Arc::clone(&world.aws);
    world.aws.fate(move |call| {
        if is_write(call, "PutItem", "closed_at") {
            aws.lag.lock().unwrap().missing.clear();
        }
        if is_write(call, "DeleteItem", "closed") { Fault::Refused } else { Fault::None }
    });
    let (status, problem) = world.delete_account().await;
    assert_eq!((status, kind(&problem)), (503, "unavailable"));
    assert_eq!(kind(&world.ticket().await.1), "account-closed");
    world.aws.calm();
    let (status, problem) = world.delete_account().await;
    assert_eq!((status, kind(&problem)), (409, "order-under-way"));
    assert_eq!(world.ticket().await.0, 201, "it is open again");
}

#[tokio::test]
async fn a_ticket_that_could_not_be_spent_is_no_forged_one() {
    let world = open_shop();
    let (_, ticket) = world.ticket().await;
    let query = json!({"ticket": ticket["ticket"]});
    let ask = json!({"methodArn": "arn:x/$connect", "queryStringParameters": query});
    refuse_write(&world, "DeleteItem", "ticket#");
    let error = world.authorizer.handle(ask.clone(), clock()).await.unwrap_err();
    assert_eq!(error.kind(), "Tiffin.Dependency");
    world.aws.calm();
    let policy = world.authorizer.handle(ask, clock()).await.unwrap();
    assert_eq!(policy["policyDocument"]["Statement"][0]["Effect"], "Allow");
}

#[tokio::test]
async fn an_action_that_could_not_be_counted_is_not_beyond_the_limit() {
    let world = World::set(AT_ONCE, &[("ORDERS_PER_MINUTE", "2"), ("TICKETS_PER_MINUTE", "2")]);
    world.list(&accepting());
    refuse_write(&world, "UpdateItem", "limit#");
    assert_eq!(world.place(user(), numbered_order(1), &order_request()).await.0, 201);
    assert_eq!(world.ticket().await.0, 201);
}

#[tokio::test]
async fn an_order_that_could_not_be_cancelled_has_not_changed() {
    let world = open_shop();
    world.place(user(), numbered_order(1), &order_request()).await;
    refuse_write(&world, "UpdateItem", "order_cancelled");
    let (status, problem) = world.cancel(user(), numbered_order(1)).await;
    assert_eq!((status, kind(&problem)), (503, "unavailable"));
    assert_eq!(world.item(numbered_order(1)).await.order.status, Status::Placed);
}

#[tokio::test]
async fn a_transition_that_could_not_be_written_is_tried_by_lambda_again() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    for (operation, text) in [("PutItem", "timeline"), ("UpdateItem", "order_accepted")] {
        refuse_write(&world, operation, text);
        let error = world
            .restaurants
            .handle(invocation("order_placed", placed_elsewhere()), clock())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), "Tiffin.Dependency", "{operation}");
    }
    world.aws.calm();
    let answer = world
        .restaurants
        .handle(invocation("order_placed", placed_elsewhere()), clock())
        .await
        .unwrap();
    assert_eq!(answer["outcome"], "became order_accepted");
    let accepted = world.aws.take_published().remove(0);
    refuse_write(&world, "UpdateItem", "order_picked_up");
    assert_eq!(world.deliver(&accepted).await.unwrap_err().kind(), "Tiffin.Dependency");
    world.aws.calm();
    assert_eq!(world.deliver(&accepted).await.unwrap()["outcome"], "became order_picked_up");
}

#[tokio::test]
async fn an_event_without_an_id_in_the_answer_of_the_bus_is_not_published() {
    for answer in [
        r#"{"FailedEntryCount": 0, "Entries": []}"#,
        r#"{"FailedEntryCount": 0, "Entries": [{}]}"#,
        r#"{"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}"#,
        r#"{"FailedEntryCount": 0}"#,
    ] {
        let world = open_shop();
        world.aws.fate(move |call| match call.operation.as_str() {
            "PutEvents" => Fault::Answer(200, answer),
            _ => Fault::None,
        });
        assert_eq!(world.place(user(), numbered_order(1), &order_request()).await.0, 201);
        assert_eq!(world.item(numbered_order(1)).await.unpublished(), [1], "{answer}");
        world.aws.calm();
        pass(30);
        world.watch().await.unwrap();
        assert_eq!(world.item(numbered_order(1)).await.unpublished(), [0; 0]);
    }
}

/// The reasons of a cancelled transaction, one for the account and one for the order
/// (docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
const CANCELLED: [(&str, usize); 5] = [
    ("TransactionConflict", 3),
    ("ThrottlingError", 3),
    ("ProvisionedThroughputExceeded", 3),
    ("ValidationError", 1),
    ("ItemCollectionSizeLimitExceeded", 1),
];

fn cancelled(code: &str) -> &'static str {
    let reasons = json!([{"Code": "None"}, {"Code": code}]);
    let refusal = json!({"__type": "TransactionCanceledException", "CancellationReasons": reasons});
    refusal.to_string().leak()
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_a_passing_reason_cancelled_is_tried_again_and_no_other() {
    for (code, tries) in CANCELLED {
        let world = World::with(DEMO, RetryConfig::standard());
        world.list(&accepting());
        let answer = cancelled(code);
        world.aws.fate(move |call| match call.operation.as_str() {
            "TransactWriteItems" => Fault::Answer(400, answer),
            _ => Fault::None,
        });
        let (status, problem) = world.place(user(), numbered_order(1), &order_request()).await;
        assert_eq!((status, kind(&problem)), (503, "unavailable"), "{code}");
        let calls = world.aws.calls.lock().unwrap().clone();
        let tried = calls.iter().filter(|call| *call == "TransactWriteItems").count();
        assert_eq!(tried, tries, "{code}");
        assert!(world.orders.get(numbered_order(1)).await.unwrap().is_none());
        world.aws.calm();
        assert_eq!(world.place(user(), numbered_order(1), &order_request()).await.0, 201, "{code}");
    }
}
