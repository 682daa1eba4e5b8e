//! DynamoDB: how items are found, and how they expire
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html>).

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::items::{call, get, item, key, put};
use crate::checks::{checks, same, token};
use crate::target::Target;

checks! {
    "a consistent read sees what was just written" => consistent_read,
    "an index holds only the items that have its keys, in their order" => sparse_index,
    "an index has no consistent reads" => no_consistent_index,
    "a query comes in pages" => pages,
    "items expire by the attribute that the template names" => time_to_live,
    "an item that has expired is still read until it is swept" => expired,
}

async fn consistent_read(target: &Target) -> Result<()> {
    let id = token();
    for n in 0..5 {
        put(target, item(&id, "a", n)).await?;
        same!(get(target, &id, "a").await?, item(&id, "a", n));
    }
    Ok(())
}

fn by_attention(desk: &str) -> Value {
    json!({
        "IndexName": "attention",
        "KeyConditionExpression": "desk = :desk AND due < :late",
        "ExpressionAttributeValues": {":desk": {"S": desk}, ":late": {"N": "100"}},
    })
}

async fn sparse_index(target: &Target) -> Result<()> {
    let (id, desk) = (token(), token());
    for (name, due) in [("b", Some(20)), ("a", Some(3)), ("none", None), ("late", Some(100))] {
        let mut it = item(&id, name, 1);
        if let Some(due) = due {
            it["desk"] = json!({"S": desk});
            it["due"] = json!({"N": due.to_string()});
        }
        put(target, it).await?;
    }
    let look = async || {
        let found = call(target, "Query", by_attention(&desk)).await?.ok()?;
        let items = found["Items"].as_array().context("no Items")?.clone();
        Ok(Some(items).filter(|it| it.len() == 2))
    };
    let items = target.eventually(target.patience.soon, look).await?;
    for (found, (name, due)) in items.iter().zip([("a", "3"), ("b", "20")]) {
        let mut keys = key(&id, name);
        keys["desk"] = json!({"S": desk});
        keys["due"] = json!({"N": due});
        same!(*found, keys);
    }
    Ok(())
}

async fn no_consistent_index(target: &Target) -> Result<()> {
    let mut request = by_attention(&token());
    request["ConsistentRead"] = json!(true);
    call(target, "Query", request).await?.refused(400, "ValidationException").map(drop)
}

async fn pages(target: &Target) -> Result<()> {
    let id = token();
    for name in ["a", "b", "c"] {
        put(target, item(&id, name, 1)).await?;
    }
    let mut request = json!({
        "KeyConditionExpression": "id = :id",
        "ExpressionAttributeValues": {":id": {"S": id}},
        "ScanIndexForward": false,
        "Limit": 2,
        "ConsistentRead": true,
    });
    let first = call(target, "Query", request.clone()).await?.ok()?;
    same!(first["Items"], json!([item(&id, "c", 1), item(&id, "b", 1)]));
    same!(first["LastEvaluatedKey"], key(&id, "b"));
    request["ExclusiveStartKey"] = first["LastEvaluatedKey"].clone();
    let second = call(target, "Query", request).await?.ok()?;
    same!(second["Items"], json!([item(&id, "a", 1)]));
    ensure!(second.get("LastEvaluatedKey").is_none(), "{second}");
    Ok(())
}

async fn time_to_live(target: &Target) -> Result<()> {
    let look = async || {
        let answer = call(target, "DescribeTimeToLive", json!({})).await?.ok()?;
        let about = answer["TimeToLiveDescription"].clone();
        let is_on = about["TimeToLiveStatus"].as_str().is_some_and(|it| it.starts_with("ENABL"));
        Ok(is_on.then_some(about))
    };
    let about = target.eventually(target.patience.soon, look).await?;
    same!(about["AttributeName"], "expires_at");
    Ok(())
}

async fn expired(target: &Target) -> Result<()> {
    let id = token();
    let mut it = item(&id, "a", 1);
    it["expires_at"] = json!({"N": "1000000000"});
    put(target, it.clone()).await?;
    same!(get(target, &id, "a").await?, it);
    Ok(())
}
