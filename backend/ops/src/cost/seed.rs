//! What an order uses in the design that this one grew out of, a workshop of 2022
//! (<https://github.com/SrushithR/acd2022-serverless-workshop>, its page
//! <https://github.com/rashmisubhash/fooed-delivery-app>), as its code stands:
//!
//! - Python on x86. The five functions of its `serverless.yml` files have 1,024 MB; the four that
//!   list restaurants, menus, dishes and orders are made in the console, which gives 128.
//! - The restaurant and the courier are simulated by sleeping 10 seconds each, in the function.
//! - Every list is a scan of the one table that holds everything. A scan reads at most 1 MB, and no
//!   further page is asked for: with more than some 2,000 orders in the table the lists are wrong,
//!   and cost no more.
//! - A REST API, asked across origins, so that each call is preceded by the browser's OPTIONS.
//! - A WebSocket without pings: API Gateway closes it ten minutes after the last push.
//! - Every function prints its whole event; no log expires. No watchdog, alarms, metrics, traces,
//!   dead letters, backups: an order that fails is lost, and nobody hears of it.
//!
//! What an order needs of a person is the same: a first visit, one menu, one order, followed until
//! it is delivered, which there takes 20 seconds. Tables are on demand, as the console makes them
//! today; sign-in is Cognito's here and there.

use super::usage::{Functions, Meter, Usage};

const SERVICES: Functions = Functions { processor: Meter::LambdaX86, memory: 1_024 };
const LISTS: Functions = Functions { processor: Meter::LambdaX86, memory: 128 };

/// `time.sleep(10)` in `restaurants.py` and in `delivery.py`, in milliseconds.
const SLEEP: u128 = 10_000;
/// One call of an AWS service by boto3, in milliseconds. An assumption.
const CALL: u128 = 30;
/// A scan of 1 MB with 128 MB of memory, in milliseconds. An assumption.
const SCAN: u128 = 1_000;
/// A scan of 1 MB, in halves of units of 4 KB.
const SCAN_HALVES: u128 = 256;
/// Restaurants, menus, dishes, orders.
const SCANS: u128 = 4;
/// Accepted and delivered: nothing is pushed when an order is placed.
const PUSHES: u128 = 2;
/// From opening until ten minutes after the last push.
const SOCKET_MINUTES: u128 = 11;
/// What a function prints, in bytes: its event, and what came of it.
const PRINTED_BYTES: u128 = 1_500;
/// The page's files: index.html, the program, the styles, pictures of restaurants and dishes.
const FILES: u128 = 3 + 8;
/// The page, in bytes: 457 kB of JavaScript, compressed by the edge, and eight photographs.
const PAGE_BYTES: u128 = 400_000;
/// An order in the table, in bytes; one write unit.
const ORDER_BYTES: u128 = 600;
/// How often a customer orders in a month, as here.
const ORDERS_A_CUSTOMER: u128 = 4;

/// What so many orders in a month add to an idle shop.
#[must_use]
pub fn orders(count: u128) -> Usage {
    let mut usage = order().times(count);
    usage.add(Meter::ActiveUser, count.div_ceil(ORDERS_A_CUSTOMER));
    usage
}

/// What a month without an order uses: files and tables that lie there.
#[must_use]
pub fn idle() -> Usage {
    Usage::from_iter([(Meter::S3StoredByte, 8_000_000), (Meter::DynamodbStoredByte, 40_000)])
}

/// What one order uses.
#[must_use]
pub fn order() -> Usage {
    let mut usage = Usage::default();
    page(&mut usage);
    lists(&mut usage);
    services(&mut usage);
    socket(&mut usage);
    let printing = SCANS + 3 + PUSHES + 2;
    usage.log(printing * PRINTED_BYTES);
    usage
}

fn page(usage: &mut Usage) {
    usage.add(Meter::EdgeRequest, FILES);
    usage.add(Meter::EdgeByte, PAGE_BYTES);
    usage.add(Meter::S3Read, 1);
}

/// What is looked at before ordering.
fn lists(usage: &mut Usage) {
    usage.add(Meter::RestRequest, 2 * SCANS);
    usage.invoke(LISTS, SCANS, SCAN);
    usage.add(Meter::DynamodbHalfRead, SCANS * SCAN_HALVES);
}

/// The order, the restaurant, the courier: each writes it and puts an event on the bus.
fn services(usage: &mut Usage) {
    usage.add(Meter::RestRequest, 2);
    usage.invoke(SERVICES, 1, CALL + CALL);
    usage.invoke(SERVICES, 2, SLEEP + CALL + CALL);
    usage.add(Meter::DynamodbWrite, 3);
    usage.add(Meter::DynamodbStoredByte, ORDER_BYTES);
    usage.add(Meter::Event, 3);
}

/// Opening, pushes, closing; the connections' table has an index that copies all of it.
fn socket(usage: &mut Usage) {
    usage.add(Meter::SocketMinute, SOCKET_MINUTES);
    usage.add(Meter::SocketMessage, PUSHES);
    usage.invoke(SERVICES, 2, CALL);
    usage.add(Meter::DynamodbWrite, 2 * 2);
    usage.invoke(SERVICES, PUSHES, CALL + CALL);
    usage.add(Meter::DynamodbHalfRead, PUSHES);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_of_what_an_order_computes_there_is_sleep() {
        let compute = order().of(Meter::LambdaX86);
        assert_eq!(compute, 1_024 * (60 + 2 * 10_060 + 2 * 30 + 2 * 60) + 128 * 4 * 1_000);
        assert!(2 * SLEEP * 1_024 * 100 > compute * 90);
    }
}
