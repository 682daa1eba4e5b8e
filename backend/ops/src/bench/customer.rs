//! One customer, warm: how long an order takes when nobody else orders.

use anyhow::Result;

use super::Bench;
use super::numbers::Samples;
use super::shop::{Customer, Keeps, Shop};

/// Orders that warm everything up, and are not counted.
const WARMING: usize = 20;
/// Orders that count.
const ORDERS: usize = 300;

/// How long the steps of an order took.
#[derive(Debug, Default)]
pub(super) struct Steps {
    pub(super) reply: Samples,
    pub(super) accepted: Samples,
    pub(super) delivered: Samples,
}

pub(super) async fn measure(bench: &Bench) -> Result<()> {
    for keeps in [Keeps::InMemory, Keeps::InFiles] {
        let shop = Shop::open(bench, keeps, None).await?;
        let mut customer = Customer::of(&shop, "one").await?;
        orders(&mut customer, WARMING).await?;
        let steps = orders(&mut customer, ORDERS).await?;
        println!("  {}", keeps.name());
        println!("    PUT to reply              {}", steps.reply);
        println!("    PUT to Accepted pushed    {}", steps.accepted);
        println!("    PUT to Delivered pushed   {}", steps.delivered);
        drop(customer);
        shop.close().await;
    }
    Ok(())
}

/// Places orders one after the other, each when the one before has arrived.
pub(super) async fn orders(customer: &mut Customer, count: usize) -> Result<Steps> {
    let mut steps = Steps::default();
    for _ in 0..count {
        let placed = customer.place().await?;
        steps.reply.add(placed.reply);
        let (accepted, delivered) = customer.hears(&placed).await?;
        steps.accepted.add(accepted);
        steps.delivered.add(delivered);
    }
    Ok(steps)
}
