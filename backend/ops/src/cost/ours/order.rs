//! One order, call by call.

use super::super::usage::{Meter, Usage};
use super::{BUS, FUNCTIONS, OWN, PUSH, TABLE, TRANSACTION};

/// From placing to *Delivered*, in minutes, with the order's page open all the while: what the demo
/// catalog's restaurants promise, or a little more.
const MINUTES: u128 = 35;
/// Pings on the socket (`PING_EVERY` in the page's `live/machine.rs`): one at once, then every 45 s.
const PINGS: u128 = 1 + MINUTES * 60 / 45 + 1;
/// Looks at the order (`FETCH_EVERY` there): one on the first pong, then every 60 s.
const LOOKS: u128 = 1 + MINUTES;
/// Events: placed, accepted, picked up, delivered; each is pushed to one browser.
const EVENTS: u128 = 4;
/// Steps that the watchdog makes when their time has come; each was tried in vain when the event
/// before it came.
const STEPS: u128 = 3;

/// Quotes: the cart changes twice, and the checkout asks before and while it is filled in.
const QUOTES: u128 = 4;
/// Calls of the HTTP API that read one thing: the restaurants, a menu, quotes, the customer's
/// orders, their addresses, looks.
const READS: u128 = 1 + 1 + QUOTES + 1 + 1 + LOOKS;
/// All calls of the HTTP API: those, the PUT of the order and the ticket.
const CALLS: u128 = READS + 2;
/// Files that are not pictures of food: index.html, boot.js, the styles, two of the program, the
/// mark, config.json.
const FILES: u128 = 7;
/// Pictures of a first screen of restaurants, and of a menu.
const PICTURES: u128 = 6 + 10;
/// Files that the edge has to fetch: index.html and config.json always, one more now and then.
const FETCHED: u128 = 3;
/// A first visit, all replies of the first screen included, in bytes (README, “How fast, how
/// large”).
const FIRST_VISIT_BYTES: u128 = 209_000;
/// The pictures of a menu, in bytes: some 3 kB each.
const MENU_BYTES: u128 = 30_000;
/// An answer of the API with its headers, in bytes: an order has 1,200 (`tests/wire` of `shared`),
/// a menu ten times that.
const ANSWER_BYTES: u128 = 2_000;
/// A push or a pong, in bytes.
const MESSAGE_BYTES: u128 = 400;

/// An order in the table, in units of 1 KB: 1.5 to 2 KB with its basket, its plan and its history.
const ORDER_UNITS: u128 = 2;
/// A change of the order in the index `by_user`, which every transition moves.
const BY_USER: u128 = 1;
/// A change of its time in the index `attention`: the old entry goes, the new one comes.
const ATTENTION: u128 = 2;
/// What a transaction takes for the check that the account is open: twice the smallest write.
const ACCOUNT_CHECK: u128 = 2;
/// The order's writes, in units: in a transaction (which counts double) with its two indexes;
/// noted as published; each step tried in vain, made, and noted. And the customer's count.
const ORDER_WRITES: u128 = COUNTED
    + (2 * ORDER_UNITS + ACCOUNT_CHECK + 1 + 1)
    + NOTED
    + STEPS * (ORDER_UNITS + ORDER_UNITS + BY_USER + ATTENTION + NOTED);
/// Noting that the bus has an event: the order, and when it needs attention next.
const NOTED: u128 = ORDER_UNITS + ATTENTION;
/// Counting what a customer does a minute.
const COUNTED: u128 = 1;
/// The socket's writes, in units: the ticket counted, in a transaction, spent; the connection
/// remembered, and again at every ping, which is counted; forgotten.
const SOCKET_WRITES: u128 = COUNTED + (2 + ACCOUNT_CHECK) + 1 + 1 + PINGS * (1 + COUNTED) + 1;

/// A menu in the table, read eventually consistent, in halves of units of 4 KB: up to 12 KB.
const MENU_HALVES: u128 = 3;
/// A consistent read of up to 4 KB, in halves.
const CONSISTENT: u128 = 2;

/// The order with its two indexes, in bytes, kept for the month.
const ORDER_BYTES: u128 = 2_500;
/// What one of our log lines has, in bytes, a metric's included: the metric's format is wordy.
const LINE_BYTES: u128 = 600;
/// Our own log lines: each invocation by an event says what came of it, and each event is counted
/// where it is made and where it is pushed; two times are measured.
const LINES: u128 = (EVENTS + STEPS) + EVENTS + EVENTS + 2;

/// What one order uses, all services together.
#[must_use]
pub fn order() -> Usage {
    let mut usage = Usage::default();
    page(&mut usage);
    calls(&mut usage);
    socket(&mut usage);
    choreography(&mut usage);
    usage.add(Meter::DynamodbWrite, ORDER_WRITES + SOCKET_WRITES);
    usage.add(Meter::DynamodbStoredByte, ORDER_BYTES);
    usage.add(Meter::DynamodbRecoverableByte, ORDER_BYTES);
    usage.log(LINES * LINE_BYTES);
    usage
}

/// The page from the edge.
fn page(usage: &mut Usage) {
    usage.add(Meter::EdgeRequest, FILES + PICTURES);
    usage.add(Meter::EdgeFunction, FILES);
    usage.add(Meter::EdgeByte, FIRST_VISIT_BYTES + MENU_BYTES);
    usage.add(Meter::S3Read, FETCHED);
}

/// The HTTP API, through the edge.
fn calls(usage: &mut Usage) {
    usage.add(Meter::EdgeRequest, CALLS);
    usage.add(Meter::EdgeByte, CALLS * ANSWER_BYTES);
    usage.add(Meter::HttpRequest, CALLS);
    usage.invoke(FUNCTIONS, READS, OWN + TABLE);
    // The order: looked for, counted, its restaurant read, written, told, noted.
    usage.invoke(FUNCTIONS, 1, OWN + 3 * TABLE + TRANSACTION + BUS + TABLE);
    // The ticket: the session and the other sockets looked for, counted, written.
    usage.invoke(FUNCTIONS, 1, OWN + 3 * TABLE + TRANSACTION);
    // The restaurants; a menu, as often as a cart is priced; the list; consistent: the addresses,
    // whether the order is there already, the looks; whether the session has ended, before the order
    // and the ticket; the other sockets.
    let menus = 1 + QUOTES + 1;
    usage.add(Meter::DynamodbHalfRead, MENU_HALVES + menus * MENU_HALVES + 1);
    usage.add(Meter::DynamodbHalfRead, (1 + 1 + LOOKS + 2 + 1) * CONSISTENT);
}

/// The socket, through the edge.
fn socket(usage: &mut Usage) {
    usage.add(Meter::EdgeRequest, 1);
    usage.add(Meter::EdgeByte, (PINGS + EVENTS) * MESSAGE_BYTES);
    usage.add(Meter::SocketMinute, MINUTES);
    usage.add(Meter::SocketMessage, PINGS + PINGS + EVENTS); // a ping, its pong; the pushes
    usage.invoke(FUNCTIONS, 1 + 1, OWN + TABLE); // the authorizer, the connection's end
    usage.invoke(FUNCTIONS, 1, OWN + 2 * TABLE); // the connection, and whether its session has ended
    usage.add(Meter::DynamodbHalfRead, CONSISTENT);
    usage.invoke(FUNCTIONS, PINGS, OWN + 2 * TABLE + PUSH);
}

/// The events and what they invoke.
fn choreography(usage: &mut Usage) {
    usage.add(Meter::Event, EVENTS);
    usage.invoke(FUNCTIONS, EVENTS, OWN + TABLE + PUSH); // notifications
    usage.add(Meter::DynamodbHalfRead, EVENTS * CONSISTENT);
    usage.invoke(FUNCTIONS, STEPS, OWN + TABLE); // restaurants, and delivery twice: in vain
    // The watchdog's round is an idle shop's; in it, an order is found and read, moved, told, noted.
    usage.run(FUNCTIONS, STEPS, TABLE + TABLE + BUS + TABLE);
    usage.add(Meter::DynamodbHalfRead, STEPS * (1 + CONSISTENT));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_these_calls() {
        let order = order();
        assert_eq!(order.of(Meter::HttpRequest), 46);
        assert_eq!(order.of(Meter::SocketMessage), 2 * 48 + 4);
        assert_eq!(order.of(Meter::Event), 4);
        let sockets = 3 + 48;
        assert_eq!(order.of(Meter::LambdaRequest), 46 + sockets + 4 + 3);
    }

    #[test]
    fn the_page_s_pace_is_the_one_counted_here() {
        let machine = include_str!("../../../../../frontend/src/live/machine.rs");
        assert!(machine.contains("PING_EVERY: i64 = 45_000;"));
        assert!(machine.contains("FETCH_EVERY: i64 = 60_000;"));
    }
}
