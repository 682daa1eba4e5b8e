//! DynamoDB: how items are written, as the functions do it
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/Welcome.html>).

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::checks::{checks, same, token};
use crate::target::Target;
use crate::wire::aws::DYNAMODB;
use crate::wire::http::Answer;

checks! {
    "a put whose condition fails is refused and shows the item that is there" => conditional_put,
    "a condition that fails on nothing shows nothing" => condition_on_nothing,
    "an update returns the item as it now is" => update,
    "a delete returns the item as it was" => delete,
    "a transaction is all or nothing, and says which of its conditions failed" => transaction,
    "a transaction repeated with its token is done once" => repeated_transaction,
    "a reserved word must be spelled as a name" => reserved_word,
    "a table that is not there is refused" => no_table,
}

/// A call about the stack's table, unless the request names another.
pub(super) async fn call(target: &Target, operation: &str, mut request: Value) -> Result<Answer> {
    if request.get("TableName").is_none() {
        request["TableName"] = json!(target.stack.get("Table"));
    }
    target.aws.call(DYNAMODB, operation, &request).await
}

/// A primary key.
pub(super) fn key(id: &str, item: &str) -> Value {
    json!({"id": {"S": id}, "item": {"S": item}})
}

/// An item with a number in it.
pub(super) fn item(id: &str, item: &str, n: u32) -> Value {
    let mut whole = key(id, item);
    whole["n"] = json!({"N": n.to_string()});
    whole
}

/// Writes an item.
pub(super) async fn put(target: &Target, item: Value) -> Result<()> {
    call(target, "PutItem", json!({"Item": item})).await?.ok().map(drop)
}

/// Reads an item, consistently.
pub(super) async fn get(target: &Target, id: &str, item: &str) -> Result<Value> {
    let request = json!({"Key": key(id, item), "ConsistentRead": true});
    Ok(call(target, "GetItem", request).await?.ok()?["Item"].clone())
}

async fn conditional_put(target: &Target) -> Result<()> {
    let id = token();
    let request = |n| {
        json!({
            "Item": item(&id, "a", n),
            "ConditionExpression": "attribute_not_exists(id)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        })
    };
    same!(call(target, "PutItem", request(1)).await?.ok()?, json!({}));
    let answer = call(target, "PutItem", request(2)).await?;
    answer.refused(400, "ConditionalCheckFailedException")?;
    same!(answer.json()["Item"], item(&id, "a", 1));
    Ok(())
}

async fn condition_on_nothing(target: &Target) -> Result<()> {
    let request = json!({
        "Key": key(&token(), "a"),
        "UpdateExpression": "SET n = :one",
        "ConditionExpression": "n = :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    let answer = call(target, "UpdateItem", request).await?;
    let why = answer.refused(400, "ConditionalCheckFailedException")?;
    same!(why, "The conditional request failed");
    ensure!(answer.json().get("Item").is_none(), "{}", answer.text());
    Ok(())
}

async fn update(target: &Target) -> Result<()> {
    let id = token();
    let request = json!({
        "Key": key(&id, "a"),
        "UpdateExpression":
            "SET history = list_append(if_not_exists(history, :none), :one) ADD n :n",
        "ExpressionAttributeValues": {
            ":none": {"L": []}, ":one": {"L": [{"S": "x"}]}, ":n": {"N": "2"},
        },
        "ReturnValues": "ALL_NEW",
    });
    call(target, "UpdateItem", request.clone()).await?.ok()?;
    let answer = call(target, "UpdateItem", request).await?.ok()?;
    let mut expected = item(&id, "a", 4);
    expected["history"] = json!({"L": [{"S": "x"}, {"S": "x"}]});
    same!(answer["Attributes"], expected);
    Ok(())
}

async fn delete(target: &Target) -> Result<()> {
    let id = token();
    put(target, item(&id, "a", 1)).await?;
    let request = json!({"Key": key(&id, "a"), "ReturnValues": "ALL_OLD"});
    let first = call(target, "DeleteItem", request.clone()).await?.ok()?;
    same!(first["Attributes"], item(&id, "a", 1));
    same!(call(target, "DeleteItem", request).await?.ok()?, json!({}));
    Ok(())
}

async fn transaction(target: &Target) -> Result<()> {
    let id = token();
    put(target, item(&id, "there", 1)).await?;
    let write = |name: &str| {
        json!({"Put": {
            "TableName": target.stack.get("Table"),
            "Item": item(&id, name, 2),
            "ConditionExpression": "attribute_not_exists(id)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }})
    };
    let request = json!({"TransactItems": [write("new"), write("there")]});
    let answer = target.aws.call(DYNAMODB, "TransactWriteItems", &request).await?;
    answer.refused(400, "TransactionCanceledException")?;
    let reasons = &answer.json()["CancellationReasons"];
    same!(reasons[0]["Code"], "None");
    same!(reasons[1]["Code"], "ConditionalCheckFailed");
    same!(reasons[1]["Item"], item(&id, "there", 1));
    same!(get(target, &id, "new").await?, Value::Null);
    Ok(())
}

async fn repeated_transaction(target: &Target) -> Result<()> {
    let id = token();
    let request = json!({
        "ClientRequestToken": token(),
        "TransactItems": [{"Update": {
            "TableName": target.stack.get("Table"),
            "Key": key(&id, "a"),
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }}],
    });
    for _ in 0..2 {
        target.aws.call(DYNAMODB, "TransactWriteItems", &request).await?.ok()?;
    }
    same!(get(target, &id, "a").await?, item(&id, "a", 1));
    Ok(())
}

async fn reserved_word(target: &Target) -> Result<()> {
    let request = json!({
        "Key": key(&token(), "a"),
        "UpdateExpression": "SET status = :it",
        "ExpressionAttributeValues": {":it": {"S": "x"}},
    });
    let why = call(target, "UpdateItem", request).await?.refused(400, "ValidationException")?;
    ensure!(why.contains("reserved keyword: status"), "{why}");
    Ok(())
}

async fn no_table(target: &Target) -> Result<()> {
    let request = json!({"TableName": token(), "Key": key("a", "a")});
    call(target, "GetItem", request).await?.refused(400, "ResourceNotFoundException").map(drop)
}
