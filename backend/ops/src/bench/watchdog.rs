//! How much the watchdog does in a minute while a million orders are open.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, ensure};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;
use uuid::Uuid;

use super::Bench;
use super::orders_table::{Item, OrdersTable, number, text};
use super::shop::{Customer, Shop, Storage};

const OPEN: u64 = 1_000_000;
/// Those whose attention is due in one minute, if each order's is due once an hour.
const DUE: u64 = OPEN / 60;
/// How long the due ones may take to be written, before they are due.
const WRITING: Duration = Duration::from_secs(20);
/// As many shards as the index has (`SHARDS` of the functions).
const SHARDS: u64 = 32;
const DAY: Duration = Duration::from_secs(86_400);

/// The orders wait for a restaurant that is not simulated, as long as a day; so a visit reads an
/// order and writes when to visit it again.
pub(super) async fn measure(bench: &Bench) -> Result<()> {
    let shop = Shop::open(bench, Storage::Memory, None).await?;
    let table = OrdersTable::of(&shop).await?;
    let mut customer = Customer::new(&shop, "one").await?;
    let model = waiting(table.delivered_order(&mut customer).await?)?;
    drop(customer);
    let copies = |count: u64, attention_at: Duration| {
        let model = &model;
        (0..count).map(move |shard| copy(model, shard % SHARDS, attention_at))
    };
    table.write(copies(OPEN - DUE, now()? + DAY)).await?;
    let (handled, took) = round(&shop).await?;
    println!("  {OPEN} orders open, none due     {handled} visited in {} ms", took.as_millis());
    let due_at = now()? + WRITING;
    table.write(copies(DUE, due_at)).await?;
    let wait = due_at.saturating_sub(now()?);
    ensure!(!wait.is_zero(), "writing {DUE} orders took more than {WRITING:?}");
    tokio::time::sleep(wait).await;
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

/// An order as it was when it was placed, for a restaurant that has a day to answer.
fn waiting(mut order: Item) -> Result<Item> {
    order.insert("status".to_owned(), text("order_placed"));
    order.insert("sequence".to_owned(), number(1));
    order.insert("accept_by".to_owned(), number((now()? + DAY).as_millis()));
    let Some(AttributeValue::L(timeline)) = order.get_mut("timeline") else {
        return Err(anyhow!("an order has no timeline"));
    };
    timeline.truncate(1);
    let Some(AttributeValue::M(plan)) = order.get_mut("plan") else {
        return Err(anyhow!("an order has no plan"));
    };
    plan.remove("answer");
    Ok(order)
}

fn copy(model: &Item, shard: u64, attention_at: Duration) -> Item {
    let mut item = model.clone();
    item.insert("order_id".to_owned(), text(Uuid::now_v7()));
    item.insert("attention_shard".to_owned(), number(shard));
    item.insert("attention_at".to_owned(), number(attention_at.as_millis()));
    item
}

fn now() -> Result<Duration> {
    SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")
}
