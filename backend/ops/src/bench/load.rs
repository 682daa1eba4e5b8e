//! Orders under load: how long PUT takes, how long pushes take, and whether every push arrives.
//!
//! [`customer`] is one customer who places an order when the one before is delivered; [`measure`]
//! is fifty who each place the next order as soon as the one before is answered.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use shared::{OrderId, Status};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Bench;
use super::numbers::{Samples, ratio};
use super::shop::{Customer, Push, Shop, Storage};

const CUSTOMERS: usize = 50;
const ORDERS_EACH: usize = 40;
/// Orders of one customer that warm everything up, and are not counted.
const WARM_UP: usize = 20;
/// Orders of one customer that count.
pub(super) const ORDERS_OF_ONE: usize = 300;
/// What is pushed of every order.
const PUSHES: [Status; 4] = [Status::Placed, Status::Accepted, Status::PickedUp, Status::Delivered];
/// The longest wait for a push before it counts as lost.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a socket is read for duplicates after the last push that is due.
const DUPLICATES: Duration = Duration::from_secs(5);

/// When a customer places the next order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// When the one before was pushed as Delivered.
    Delivered,
    /// As soon as the one before is answered.
    Answered,
}

/// What was measured of some orders.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// From sending PUT to its response.
    pub(super) put: Samples,
    /// From each change of an order to its push; the clock of changes counts in milliseconds.
    push: Samples,
    /// From sending PUT to the push of Accepted.
    pub(super) accepted: Samples,
    /// From sending PUT to the push of Delivered.
    pub(super) delivered: Samples,
    received: HashMap<(OrderId, Status), usize>,
}

/// One customer, with nobody else ordering.
pub(super) async fn customer(bench: &Bench) -> Result<()> {
    for storage in [Storage::Memory, Storage::Files] {
        let shop = Shop::open(bench, storage, None).await?;
        let mut customer = Customer::new(&shop, "one").await?;
        place(&mut customer, WARM_UP, Next::Delivered).await?;
        let figures = place(&mut customer, ORDERS_OF_ONE, Next::Delivered).await?;
        println!("  {}", storage.name());
        figures.print();
        drop(customer);
        shop.close().await;
        figures.each_pushed_once(ORDERS_OF_ONE)?;
    }
    Ok(())
}

/// Fifty customers without pause.
pub(super) async fn measure(bench: &Bench) -> Result<()> {
    for storage in [Storage::Memory, Storage::Files] {
        let shop = Shop::open(bench, storage, None).await?;
        let (figures, took) = crowd(&shop).await?;
        shop.close().await;
        let orders = CUSTOMERS * ORDERS_EACH;
        let millis = took.as_millis().max(1);
        println!(
            "  {}: {orders} orders of {CUSTOMERS} customers without pause in {millis} ms, {} a second",
            storage.name(),
            orders as u128 * 1_000 / millis
        );
        figures.print();
        let (push, put) = (figures.push.percentile(99), figures.put.percentile(99));
        println!("    push p99 / PUT p99        {} (aim: 2.00)", ratio(push, put));
        figures.each_pushed_once(orders)?;
    }
    Ok(())
}

/// Everything that the crowd measured, and how long it took until the last push that was due.
async fn crowd(shop: &Shop) -> Result<(Figures, Duration)> {
    let mut customers = Vec::new();
    for number in 0..CUSTOMERS {
        customers.push(Customer::new(shop, &format!("customer-{number}")).await?);
    }
    let begun = Instant::now();
    let mut ordering: JoinSet<Result<(Figures, Duration)>> = JoinSet::new();
    for mut customer in customers {
        ordering.spawn(async move {
            let mut figures = place(&mut customer, ORDERS_EACH, Next::Answered).await?;
            let took = begun.elapsed();
            figures.receive_duplicates(&mut customer).await;
            Ok((figures, took))
        });
    }
    let (mut all, mut longest) = (Figures::default(), Duration::ZERO);
    while let Some(ended) = ordering.join_next().await {
        let (figures, took) = ended.context("a customer's task failed")??;
        all.extend(figures);
        longest = longest.max(took);
    }
    Ok((all, longest))
}

/// Places orders one after the other, and waits for the pushes of all.
///
/// # Errors
/// If an order is not answered with 201, or the socket closes.
pub(super) async fn place(customer: &mut Customer, count: usize, next: Next) -> Result<Figures> {
    let (mut figures, mut begun) = (Figures::default(), HashMap::new());
    for number in 1..=count {
        let placed = customer.place().await?;
        figures.put.add(placed.response);
        begun.insert(placed.order_id, placed.begun);
        if next == Next::Delivered || number == count {
            figures.receive(customer, &begun).await?;
        }
    }
    Ok(figures)
}

impl Figures {
    /// Reads pushes until every order in `begun` has all of its own, or none comes for a minute.
    async fn receive(
        &mut self,
        customer: &mut Customer,
        begun: &HashMap<OrderId, Instant>,
    ) -> Result<()> {
        while self.received.len() < begun.len() * PUSHES.len() {
            let Ok(push) = timeout(TIMEOUT, customer.next_push()).await else { break };
            let push = push?;
            if let Some(begun) = begun.get(&push.order_id) {
                self.add(&push, push.received.duration_since(*begun));
            }
        }
        Ok(())
    }

    async fn receive_duplicates(&mut self, customer: &mut Customer) {
        while let Ok(Some(push)) = timeout(DUPLICATES, customer.pushes.recv()).await {
            *self.received.entry((push.order_id, push.status)).or_default() += 1;
        }
    }

    fn add(&mut self, push: &Push, since_put: Duration) {
        *self.received.entry((push.order_id, push.status)).or_default() += 1;
        self.push.add(push.since_change);
        match push.status {
            Status::Accepted => self.accepted.add(since_put),
            Status::Delivered => self.delivered.add(since_put),
            _ => {}
        }
    }

    fn extend(&mut self, other: Self) {
        self.put.extend(other.put);
        self.push.extend(other.push);
        self.accepted.extend(other.accepted);
        self.delivered.extend(other.delivered);
        self.received.extend(other.received); // each customer has orders of their own
    }

    /// Prints all durations, PUT and pushes one below the other.
    pub(super) fn print(&self) {
        println!("    PUT to its response       {}", self.put);
        println!("    a change to its push      {}", self.push);
        println!("    PUT to Accepted pushed    {}", self.accepted);
        println!("    PUT to Delivered pushed   {}", self.delivered);
    }

    /// Checks that each push of so many orders was received exactly once.
    fn each_pushed_once(&self, orders: usize) -> Result<()> {
        let due = orders * PUSHES.len();
        let received: usize = self.received.values().sum();
        println!("    pushes received {received}, due {due}");
        let lost = due.saturating_sub(self.received.len());
        let duplicates = received.saturating_sub(self.received.len());
        ensure!(lost == 0 && duplicates == 0, "{lost} pushes were lost, {duplicates} duplicated");
        Ok(())
    }
}
