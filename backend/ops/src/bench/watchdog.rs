//! How much the watchdog does in a minute while a million orders are open.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use aws_local::time::now_ms;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use serde_json::Value;
use shared::Status;
use uuid::Uuid;

use super::Bench;
use super::shop::{Customer, Shop, Storage};
use crate::catalog::load::text;
use crate::dev::load::client;

const OPEN: u64 = 1_000_000;
/// Those whose attention is due in one minute, if each order's is due once an hour.
const DUE: u64 = OPEN / 60;
/// How long the due ones may take to be written before they are due, in milliseconds.
const WRITING: u64 = 20_000;
/// As many shards as the index has (`SHARDS` of the functions).
const SHARDS: u64 = 32;
/// In milliseconds.
const DAY: u64 = 86_400_000;
/// The most items of one BatchWriteItem call.
const BATCH: usize = 25;

/// An order as DynamoDB stores it.
type Item = HashMap<String, AttributeValue>;

/// The orders wait for a restaurant that is not simulated, as long as a day; so a visit reads an
/// order and writes when to visit it again.
pub(super) async fn measure(bench: &Bench) -> Result<()> {
    let shop = Shop::open(bench, Storage::Memory, None).await?;
    let client = client(&shop.running.cloud.endpoint()).await;
    let table = shop.output("OrdersTableName")?;
    let model = waiting(delivered_order(&shop, &client, &table).await?)?;
    write(&client, &table, copies(&model, OPEN - DUE, now_ms() + DAY)).await?;
    let (handled, took) = round(&shop).await?;
    println!("  {OPEN} orders open, none due     {handled} visited in {} ms", took.as_millis());
    let due_at = now_ms() + WRITING;
    write(&client, &table, copies(&model, DUE, due_at)).await?;
    let wait = due_at.saturating_sub(now_ms());
    ensure!(wait > 0, "writing {DUE} orders took more than {WRITING} ms");
    tokio::time::sleep(Duration::from_millis(wait)).await;
    let (handled, took) = round(&shop).await?;
    println!("  … {DUE} due within a minute    {handled} visited in {} ms", took.as_millis());
    shop.close().await;
    Ok(())
}

/// Invokes the watchdog: how many orders it visited, and how long that took.
async fn round(shop: &Shop) -> Result<(u64, Duration)> {
    let began = Instant::now();
    let invoked = shop.running.cloud.lambda().invoke("WatchdogFunction", b"{}".to_vec()).await;
    let answer: Value = serde_json::from_slice(&invoked?.payload)?;
    let handled = answer["handled"].as_u64();
    Ok((handled.ok_or_else(|| anyhow!("the watchdog failed: {answer}"))?, began.elapsed()))
}

/// The item of an order that a customer placed and received.
async fn delivered_order(shop: &Shop, client: &Client, table: &str) -> Result<Item> {
    let mut customer = Customer::new(shop, "one").await?;
    let order_id = customer.place().await?.order_id;
    while customer.next_push().await?.status != Status::Delivered {}
    let read = client.get_item().table_name(table).consistent_read(true);
    let read = read.key("order_id", text(order_id.to_string()));
    read.send().await?.item.context("a delivered order is not in the table")
}

/// An order as it was when it was placed, for a restaurant that has a day to answer.
fn waiting(mut order: Item) -> Result<Item> {
    order.insert("status".to_owned(), text("order_placed"));
    order.insert("sequence".to_owned(), number(1));
    order.insert("accept_by".to_owned(), number(now_ms() + DAY));
    for list in ["timeline", "history"] {
        let Some(AttributeValue::L(events)) = order.get_mut(list) else {
            return Err(anyhow!("an order has no {list}"));
        };
        events.truncate(1);
    }
    let Some(AttributeValue::M(plan)) = order.get_mut("plan") else {
        return Err(anyhow!("an order has no plan"));
    };
    plan.remove("answer");
    Ok(order)
}

/// Copies of an order, spread over the shards.
fn copies(model: &Item, count: u64, attention_at: u64) -> impl Iterator<Item = Item> + use<'_> {
    (0..count).map(move |copy| {
        let mut item = model.clone();
        item.insert("order_id".to_owned(), text(Uuid::now_v7().to_string()));
        item.insert("attention_shard".to_owned(), number(copy % SHARDS));
        item.insert("attention_at".to_owned(), number(attention_at));
        item
    })
}

/// Writes items, as they are.
async fn write(client: &Client, table: &str, items: impl Iterator<Item = Item>) -> Result<()> {
    let mut items = items.peekable();
    while items.peek().is_some() {
        let batch = items.by_ref().take(BATCH).map(|item| {
            let put = PutRequest::builder().set_item(Some(item)).build()?;
            Ok(WriteRequest::builder().put_request(put).build())
        });
        let batch = batch.collect::<Result<Vec<_>>>()?;
        let answer = client.batch_write_item().request_items(table, batch).send().await?;
        let left = answer.unprocessed_items().map_or(0, HashMap::len);
        ensure!(left == 0, "the table did not take all of a batch");
    }
    Ok(())
}

fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
