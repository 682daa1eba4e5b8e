//! Orders under load: how long PUT takes, how long pushes take, and whether every push arrives.
//!
//! First one customer, who places an order when the one before is delivered; then fifty, who each
//! place the next order as soon as the one before is answered.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use shared::{OrderId, Status};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Bench;
use super::numbers::Samples;
use super::shop::{Customer, Push, Shop, Storage};

const CUSTOMERS: usize = 50;
const ORDERS_EACH: usize = 40;
/// Orders that warm everything up, and are not counted.
const WARM_UP: usize = 20;
/// Orders of the customer who is alone.
const ORDERS_OF_ONE: usize = 300;
/// What is pushed of every order.
const PUSHES: [Status; 4] = [Status::Placed, Status::Accepted, Status::PickedUp, Status::Delivered];
/// The longest wait for a push before it counts as lost.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a socket is read for duplicates after the last push that is due.
const DUPLICATES: Duration = Duration::from_secs(5);

/// When a customer places the next order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// When the one before was pushed as Delivered.
    Delivered,
    /// As soon as the one before is answered.
    Answered,
}

/// What was measured of some orders.
#[derive(Debug, Default)]
struct Figures {
    /// From sending PUT to its response.
    put: Samples,
    /// From each change of an order to its push; the clock of changes counts in milliseconds.
    push: Samples,
    /// From sending PUT to the push of Accepted.
    accepted: Samples,
    /// From sending PUT to the push of Delivered.
    delivered: Samples,
    /// How often each push was received.
    received: HashMap<(OrderId, Status), usize>,
    /// How many requests were answered with 503 and sent again.
    refused: usize,
}

pub(super) async fn measure(bench: &Bench) -> Result<()> {
    let shop = Shop::open(bench, Storage::Files, None).await?;
    let mut customer = Customer::new(&shop, "one").await?;
    place(&mut customer, WARM_UP, Next::Delivered).await?;
    let alone = place(&mut customer, ORDERS_OF_ONE, Next::Delivered).await?;
    drop(customer);
    println!("  {ORDERS_OF_ONE} orders of one customer");
    alone.print();
    let (crowd, took) = crowd(&shop).await?;
    shop.close().await;
    let orders = CUSTOMERS * ORDERS_EACH;
    let millis = took.as_millis().max(1);
    println!(
        "  {orders} orders of {CUSTOMERS} customers without pause in {millis} ms, {} a second",
        orders as u128 * 1_000 / millis
    );
    crowd.print();
    let ratio = crowd.push.percentile(99).div_duration_f64(crowd.put.percentile(99));
    println!("    push p99 / PUT p99        {ratio:.2} (aim: 2.00)");
    alone.each_pushed_once(ORDERS_OF_ONE)?;
    crowd.each_pushed_once(orders)
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
            while let Ok(Ok(push)) = timeout(DUPLICATES, customer.next_push()).await {
                figures.count(&push);
            }
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
async fn place(customer: &mut Customer, count: usize, next: Next) -> Result<Figures> {
    let (mut figures, mut begun) = (Figures::default(), HashMap::new());
    for number in 1..=count {
        let placed = customer.place().await?;
        figures.put.add(placed.response);
        figures.refused += placed.refused;
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
            let Some(begun) = begun.get(&push.order_id) else { continue };
            self.count(&push);
            self.push.add(push.since_change);
            match push.status {
                Status::Accepted => self.accepted.add(push.received.duration_since(*begun)),
                Status::Delivered => self.delivered.add(push.received.duration_since(*begun)),
                _ => {}
            }
        }
        Ok(())
    }

    fn count(&mut self, push: &Push) {
        *self.received.entry((push.order_id, push.status)).or_default() += 1;
    }

    fn extend(&mut self, other: Self) {
        self.put.extend(other.put);
        self.refused += other.refused;
        self.push.extend(other.push);
        self.accepted.extend(other.accepted);
        self.delivered.extend(other.delivered);
        self.received.extend(other.received); // each customer has orders of their own
    }

    fn print(&self) {
        println!("    PUT to its response       {}", self.put);
        println!("    a change to its push      {}", self.push);
        println!("    PUT to Accepted pushed    {}", self.accepted);
        println!("    PUT to Delivered pushed   {}", self.delivered);
        println!("    answered with 503         {} times, and sent again", self.refused);
    }

    /// Checks that each push of so many orders was received exactly once.
    fn each_pushed_once(&self, orders: usize) -> Result<()> {
        let lost = (orders * PUSHES.len()).saturating_sub(self.received.len());
        let duplicates = self.received.values().sum::<usize>() - self.received.len();
        ensure!(lost == 0 && duplicates == 0, "{lost} pushes were lost, {duplicates} duplicated");
        Ok(())
    }
}
