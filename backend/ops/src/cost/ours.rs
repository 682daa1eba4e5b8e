//! What an order uses here, and what the shop uses when nobody orders.
//!
//! An order is a customer with an empty cache who looks at one menu, orders, and keeps the order's
//! page open until the food is there: every cost that an order can have in its usual course, none
//! left to a cache or to a phone that went to sleep. Kitchens and couriers are simulated
//! (`Autopilot` on), which costs more than people would, for every step is tried at once and then
//! made by the watchdog when its time has come.

mod order;

pub use order::order;

use super::usage::{Functions, HOURS_A_MONTH, MINUTES_A_MONTH, Meter, Usage};

/// All functions alike, as in `template.yaml`.
const FUNCTIONS: Functions = Functions { processor: Meter::LambdaArm, memory: 256 };

/// A function's own work, in milliseconds: `cargo dev bench` sees an order delivered, five functions
/// one after another, in less than 10; one invocation in a hundred also starts a process, for some
/// 30 on AWS, which is charged.
const OWN: u128 = 3;
/// Waiting for DynamoDB once, in milliseconds. An assumption, like the next three: the bench has no
/// network in it.
const TABLE: u128 = 5;
/// Waiting for a transaction of DynamoDB, in milliseconds.
const TRANSACTION: u128 = 10;
/// Waiting for the bus to take an event, in milliseconds.
const BUS: u128 = 20;
/// Waiting for API Gateway to take a push, in milliseconds.
const PUSH: u128 = 20;

/// How often a customer orders in a month, so that customers can be counted.
const ORDERS_A_CUSTOMER: u128 = 4;
/// One order in so many ends up with a failure in the queue, which a person looks at.
const ORDERS_A_FAILURE: u128 = 1_000;

/// The metrics that the functions log, each with each value of its dimensions: four steps of an
/// order, rejections (alone, and by each of three reasons), cancellations (alone, and by each of
/// two), two times, three fates of a push, events not pushed at all, publishes that failed, events
/// found unpublished and their age, orders overdue, what cannot be read, requests over a limit.
const METRICS: u128 = 4 + (1 + 3) + (1 + 2) + 2 + 3 + 1 + 1 + 2 + 1 + 1 + 1;
/// The metrics that alarms watch: the queue of failures, errors and throttles of each of seven
/// functions, the HTTP API's answers in the 500s, publishes that failed, events found unpublished,
/// events not pushed, orders not answered, orders placed and accepted, the time to accept, failures
/// of five rules and three functions that did not reach the queue, a watchdog that is silent.
const ALARM_METRICS: u128 = 1 + 2 * 7 + 1 + 1 + 1 + 1 + 1 + 2 + 1 + 5 + 3 + 1;
/// The alarms made of others: that nobody accepts.
const COMPOSITE_ALARMS: u128 = 1;

/// The partitions of the `attention` index, each asked in every round of the watchdog.
const SHARDS: u128 = 8;
/// The page, its pictures and the functions' package, in bytes.
const SITE_BYTES: u128 = 8_000_000;
/// The demo catalog's restaurants and dishes, in bytes.
const CATALOG_BYTES: u128 = 100_000;

/// What so many orders in a month add to an idle shop.
#[must_use]
pub fn orders(count: u128) -> Usage {
    let mut usage = order().times(count);
    usage.add(Meter::ActiveUser, count.div_ceil(ORDERS_A_CUSTOMER));
    // The rule's or the function's message; then it is received, and deleted once it is redriven.
    usage.add(Meter::QueueRequest, count.div_ceil(ORDERS_A_FAILURE) * 3);
    // A metric counts in each hour in which it has a value: some order's, until every hour has one.
    usage.add(Meter::MetricHour, METRICS * count.min(HOURS_A_MONTH));
    usage
}

/// What a month without an order uses.
#[must_use]
pub fn idle() -> Usage {
    let mut usage = Usage::default();
    // The watchdog looks every minute. Its queries wait side by side; each finds nothing, which is
    // charged as the smallest read.
    usage.invoke(FUNCTIONS, MINUTES_A_MONTH, OWN + 2 * TABLE);
    usage.add(Meter::DynamodbHalfRead, MINUTES_A_MONTH * SHARDS);
    usage.add(Meter::AlarmMetric, ALARM_METRICS);
    usage.add(Meter::CompositeAlarm, COMPOSITE_ALARMS);
    usage.add(Meter::Dashboard, 1);
    usage.add(Meter::S3StoredByte, SITE_BYTES);
    usage.add(Meter::DynamodbStoredByte, CATALOG_BYTES);
    usage.add(Meter::DynamodbRecoverableByte, CATALOG_BYTES);
    usage
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_are_those_of_the_template() {
        let template = include_str!("../../../template.yaml");
        let functions = template.matches("Type: AWS::Lambda::Function").count();
        assert_eq!(functions, 7);
        let memory = format!("MemorySize: {}\n", FUNCTIONS.memory);
        assert_eq!(template.matches(&memory).count(), functions);
        assert_eq!(template.matches("Default: arm64\n").count(), 1);
        let count = |kind| u128::try_from(template.matches(kind).count());
        assert_eq!(count("Type: AWS::CloudWatch::Alarm\n"), Ok(ALARM_METRICS));
        assert_eq!(count("Type: AWS::CloudWatch::CompositeAlarm\n"), Ok(COMPOSITE_ALARMS));
        // Traces are not reckoned with, for they are not made.
        assert!(template.contains("    Default: PassThrough\n"));
        assert!(template.contains("ScheduleExpression: rate(1 minute)"));
    }

    #[test]
    fn a_metric_costs_no_more_than_all_hours_of_a_month() {
        assert_eq!(orders(1).of(Meter::MetricHour), METRICS);
        assert_eq!(orders(1_000_000).of(Meter::MetricHour), METRICS * HOURS_A_MONTH);
    }
}
