//! Many customers at once: how many orders a second, and whether every push arrives.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use shared::{OrderId, Status};
use tokio::task::JoinSet;

use super::Bench;
use super::numbers::Samples;
use super::shop::{Customer, Keeps, Shop};

const CUSTOMERS: usize = 50;
const ORDERS_EACH: usize = 40;
/// Placed, accepted, picked up, delivered.
const PUSHES: [Status; 4] = [Status::Placed, Status::Accepted, Status::PickedUp, Status::Delivered];
/// A socket that says nothing for this long has nothing more to say.
const SILENCE: Duration = Duration::from_secs(5);

/// What one customer saw.
struct FeedEvent {
    delivered: Vec<Duration>,
    pushes: HashMap<(OrderId, Status), usize>,
}

pub(super) async fn measure(bench: &Bench) -> Result<()> {
    let mut wrong = Vec::new();
    for keeps in [Keeps::InMemory, Keeps::InFiles] {
        let shop = Shop::open(bench, keeps, None).await?;
        let mut customers = Vec::new();
        for number in 0..CUSTOMERS {
            customers.push(Customer::of(&shop, &format!("customer-{number}")).await?);
        }
        let begun = Instant::now();
        let mut ordering: JoinSet<Result<(FeedEvent, Instant)>> = JoinSet::new();
        for customer in customers {
            ordering.spawn(order(customer));
        }
        let (mut samples, mut pushes, mut last) = (Samples::default(), HashMap::new(), begun);
        while let Some(ordered) = ordering.join_next().await {
            let (seen, at) = ordered.context("a customer vanished")??;
            seen.delivered.into_iter().for_each(|duration| samples.add(duration));
            pushes.extend(seen.pushes);
            last = last.max(at);
        }
        report(keeps, &samples, last.duration_since(begun));
        wrong.extend(inexact(&pushes).map(|what| format!("{}: {what}", keeps.name())));
        shop.close().await;
    }
    ensure!(wrong.is_empty(), "pushes received are not pushes due; {}", wrong.join("; "));
    Ok(())
}

/// Orders again and again, each when the one before has arrived; then listens until it is silent.
async fn order(mut customer: Customer) -> Result<(FeedEvent, Instant)> {
    let mut seen = FeedEvent { delivered: Vec::new(), pushes: HashMap::new() };
    for _ in 0..ORDERS_EACH {
        let placed = customer.place().await?;
        loop {
            let heard = tokio::time::timeout(Duration::from_secs(60), customer.heard.recv());
            let heard = heard.await.context("an order did not arrive in a minute")?;
            let heard = heard.context("a socket was closed")?;
            *seen.pushes.entry((heard.order_id, heard.status)).or_default() += 1;
            if heard.order_id == placed.order_id && heard.status == Status::Delivered {
                seen.delivered.push(heard.at.duration_since(placed.begun));
                break;
            }
        }
    }
    let last = Instant::now();
    while let Ok(Some(heard)) = tokio::time::timeout(SILENCE, customer.heard.recv()).await {
        *seen.pushes.entry((heard.order_id, heard.status)).or_default() += 1;
    }
    Ok((seen, last))
}

fn report(keeps: Keeps, samples: &Samples, took: Duration) {
    let orders = CUSTOMERS * ORDERS_EACH;
    let millis = took.as_millis().max(1);
    let per_second = orders as u128 * 1_000 / millis;
    println!("  {}: {orders} orders of {CUSTOMERS} customers in {millis} ms", keeps.name());
    println!("    {per_second} orders a second");
    println!("    PUT to Delivered pushed   {samples}");
}

/// What is not exact about the pushes, if anything: each was due once.
fn inexact(pushes: &HashMap<(OrderId, Status), usize>) -> Option<String> {
    let due = CUSTOMERS * ORDERS_EACH * PUSHES.len();
    let received: usize = pushes.values().sum();
    println!("    pushes received {received}, due {due}");
    if pushes.len() == due && received == due {
        return None;
    }
    let again = |status: Status| {
        let counts = pushes.iter().filter(|((_, of), _)| *of == status).map(|(_, count)| count - 1);
        format!("{} {}", status.name(), counts.sum::<usize>())
    };
    let again = PUSHES.map(again).join(", ");
    Some(format!("{} never came, more than once came {again}", due - pushes.len()))
}
