//! Whether a shop with many orders is slower than one with few.

use anyhow::Result;
use uuid::Uuid;

use super::Bench;
use super::load::{Next, ORDERS_OF_ONE, place};
use super::numbers::ratio;
use super::orders_table::{Item, OrdersTable, text};
use super::shop::{Customer, Shop, Storage};

const FEW: usize = 100;
const MANY: usize = 100_000;
/// Orders of each customer in the filled table.
const ORDERS_EACH: usize = 100;

pub(super) async fn measure(bench: &Bench) -> Result<()> {
    let shop = Shop::open(bench, Storage::Files, None).await?;
    let mut customer = Customer::new(&shop, "one").await?;
    place(&mut customer, FEW, Next::Delivered).await?;
    println!("  {FEW} orders in the table (file)");
    let few = place(&mut customer, ORDERS_OF_ONE, Next::Delivered).await?;
    few.print();
    let table = OrdersTable::of(&shop).await?;
    let model = table.delivered_order(&mut customer).await?;
    table.write(copies(&model)).await?;
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

/// Delivered orders of other customers: copies of a real one.
fn copies(model: &Item) -> impl Iterator<Item = Item> {
    (0..MANY / ORDERS_EACH).flat_map(move |_| {
        let owner = Uuid::new_v4();
        (0..ORDERS_EACH).map(move |_| {
            let mut item = model.clone();
            item.insert("order_id".to_owned(), text(Uuid::now_v7()));
            item.insert("user_id".to_owned(), text(owner));
            item
        })
    })
}
