//! Whether a shop with many orders is slower than one with few.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use shared::Status;
use uuid::Uuid;

use super::Bench;
use super::load::{Next, ORDERS_OF_ONE, place};
use super::numbers::ratio;
use super::shop::{Customer, Shop, Storage};
use crate::dev::load::client;

const FEW: usize = 100;
const MANY: usize = 100_000;
/// The most items of one BatchWriteItem call.
const BATCH: usize = 25;
/// Orders of each customer in the filled table.
const ORDERS_EACH: usize = 100;

type Item = HashMap<String, AttributeValue>;

pub(super) async fn measure(bench: &Bench) -> Result<()> {
    let shop = Shop::open(bench, Storage::Files, None).await?;
    let mut customer = Customer::new(&shop, "one").await?;
    place(&mut customer, FEW, Next::Delivered).await?;
    println!("  {FEW} orders in the table (file)");
    let few = place(&mut customer, ORDERS_OF_ONE, Next::Delivered).await?;
    few.print();
    fill(&shop, &mut customer).await?;
    println!("  {MANY} orders in the table (file)");
    let many = place(&mut customer, ORDERS_OF_ONE, Next::Delivered).await?;
    many.print();
    println!(
        "  ratio of the medians        PUT {}, Accepted {}, Delivered {}",
        ratio(many.put.median(), few.put.median()),
        ratio(many.accepted.median(), few.accepted.median()),
        ratio(many.delivered.median(), few.delivered.median()),
    );
    drop(customer);
    shop.close().await;
    Ok(())
}

/// Fills the table with delivered orders of other customers: copies of a real one.
async fn fill(shop: &Shop, customer: &mut Customer) -> Result<()> {
    let table = shop.running.cloud.stack().outputs.get("OrdersTableName");
    let table = table.context("the template has no output OrdersTableName")?;
    let client = client(Some(&shop.running.cloud.endpoint())).await;
    let model = delivered_order(&client, table, customer).await?;
    let mut owner = String::new();
    for batch in 0..MANY / BATCH {
        if (batch * BATCH).is_multiple_of(ORDERS_EACH) {
            owner = Uuid::new_v4().to_string();
        }
        let puts = (0..BATCH).map(|_| put(&model, &owner)).collect::<Result<Vec<_>>>()?;
        let written = client.batch_write_item().request_items(table, puts).send().await?;
        let left = written.unprocessed_items().map_or(0, HashMap::len);
        ensure!(left == 0, "the table did not take all of a batch");
    }
    Ok(())
}

async fn delivered_order(client: &Client, table: &str, customer: &mut Customer) -> Result<Item> {
    let order_id = customer.place().await?.order_id;
    while customer.next_push().await?.status != Status::Delivered {}
    let read = client.get_item().table_name(table).consistent_read(true);
    let read = read.key("order_id", AttributeValue::S(order_id.to_string()));
    read.send().await?.item.context("a delivered order is not in the table")
}

/// A copy of an item with another id and owner.
fn put(model: &Item, owner: &str) -> Result<WriteRequest> {
    let mut item = model.clone();
    item.insert("order_id".to_owned(), AttributeValue::S(Uuid::now_v7().to_string()));
    item.insert("user_id".to_owned(), AttributeValue::S(owner.to_owned()));
    let put = PutRequest::builder().set_item(Some(item)).build()?;
    Ok(WriteRequest::builder().put_request(put).build())
}
