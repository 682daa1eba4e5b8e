//! Whether a shop with many orders is slower than one with few.

use std::collections::HashMap;

use anyhow::{Context, Result};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};

use super::Bench;
use super::customer::{Steps, orders};
use super::numbers::ratio;
use super::shop::{Customer, Keeps, Shop, fresh_uuid};
use crate::dev::load::client;

const FEW: usize = 100;
const MANY: usize = 100_000;
/// Orders that are measured at each size.
const MEASURED: usize = 300;
/// The most items of one BatchWriteItem call.
const BATCH: usize = 25;
/// Orders of one stranger.
const ORDERS_EACH: usize = 100;

type Item = HashMap<String, AttributeValue>;

pub(super) async fn measure(bench: &Bench) -> Result<()> {
    let shop = Shop::open(bench, Keeps::InFiles, None).await?;
    let mut customer = Customer::of(&shop, "one").await?;
    orders(&mut customer, FEW).await?;
    let few = orders(&mut customer, MEASURED).await?;
    report(FEW, &few);
    fill(&shop, &mut customer).await?;
    let many = orders(&mut customer, MEASURED).await?;
    report(MANY, &many);
    println!(
        "  ratio of the medians        reply {}, accepted {}, delivered {}",
        ratio(many.reply.median(), few.reply.median()),
        ratio(many.accepted.median(), few.accepted.median()),
        ratio(many.delivered.median(), few.delivered.median()),
    );
    drop(customer);
    shop.close().await;
    Ok(())
}

fn report(orders: usize, steps: &Steps) {
    println!("  {orders} orders in the table (file)");
    println!("    PUT to reply              {}", steps.reply);
    println!("    PUT to Accepted pushed    {}", steps.accepted);
    println!("    PUT to Delivered pushed   {}", steps.delivered);
}

/// Fills the table with delivered orders of other people: copies of a real one.
async fn fill(shop: &Shop, customer: &mut Customer) -> Result<()> {
    let table = shop.running.cloud.stack().outputs.get("OrdersTableName");
    let table = table.context("the template has no output OrdersTableName")?;
    let client = client(Some(&shop.running.cloud.endpoint())).await;
    let model = model(&client, table, customer).await?;
    let mut owner = String::new();
    for batch in 0..MANY / BATCH {
        if (batch * BATCH).is_multiple_of(ORDERS_EACH) {
            owner = fresh_uuid()?.to_string();
        }
        let puts = (0..BATCH).map(|_| put(&model, &owner)).collect::<Result<Vec<_>>>()?;
        let written = client.batch_write_item().request_items(table, puts).send().await?;
        let left = written.unprocessed_items().map_or(0, HashMap::len);
        anyhow::ensure!(left == 0, "the table did not take all of a batch");
    }
    Ok(())
}

async fn model(client: &Client, table: &str, customer: &mut Customer) -> Result<Item> {
    let placed = customer.place().await?;
    customer.hears(&placed).await?;
    let read = client.get_item().table_name(table).consistent_read(true);
    let read = read.key("order_id", AttributeValue::S(placed.order_id.to_string()));
    read.send().await?.item.context("an order that was delivered is not in the table")
}

fn put(model: &Item, owner: &str) -> Result<WriteRequest> {
    let mut item = model.clone();
    item.insert("order_id".to_owned(), AttributeValue::S(fresh_uuid()?.to_string()));
    item.insert("user_id".to_owned(), AttributeValue::S(owner.to_owned()));
    let put = PutRequest::builder().set_item(Some(item)).build()?;
    Ok(WriteRequest::builder().put_request(put).build())
}
