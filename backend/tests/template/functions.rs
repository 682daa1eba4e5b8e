//! What the functions are told, and how long they may run.

use std::time::Duration;

use aws_local::template::Stack;
use backend::store::orders::REPUBLISH_AFTER;

use crate::{support::stack, text, with};

/// A variable of a function's environment.
fn variable(stack: &Stack, function: &str, name: &str) -> String {
    text(&stack.get(function).unwrap().at("/Environment/Variables").unwrap()[name])
}

#[test]
fn an_event_is_published_again_only_when_its_writer_must_be_gone() {
    for function in stack()
        .of_kind("AWS::Lambda::Function")
        .filter(|function| function.logical_id != "WatchdogFunction")
    {
        let seconds: i64 = text(&function.properties["Timeout"]).parse().unwrap();
        assert!(seconds * 1_000 < REPUBLISH_AFTER, "{}", function.logical_id);
    }
}

#[test]
fn every_function_logs_in_json_for_so_long_and_is_traced_only_if_asked() {
    let traced = with(&[("Tracing", "Active")]);
    for function in stack().of_kind("AWS::Lambda::Function") {
        assert_eq!(function.text("/LoggingConfig/LogFormat"), Some("JSON"));
        assert_eq!(function.text("/TracingConfig/Mode"), Some("PassThrough"));
        let asked = traced.get(&function.logical_id).unwrap();
        assert_eq!(asked.text("/TracingConfig/Mode"), Some("Active"));
        let group = function.text("/LoggingConfig/LogGroup").unwrap();
        let group = stack().of_kind("AWS::Logs::LogGroup").find(|it| it.physical_id == group);
        assert_eq!(group.unwrap().number("/RetentionInDays").unwrap(), Some(30));
    }
}

/// A call that is given up only after its function has been killed is never seen.
#[test]
fn every_function_outlives_the_calls_it_makes() {
    let timeouts = backend::runtime::sdk::timeouts();
    let operation = timeouts.operation_timeout().expect("all attempts together have a limit");
    assert!(timeouts.operation_attempt_timeout().unwrap() * 2 < operation, "a second attempt fits");
    for function in stack().of_kind("AWS::Lambda::Function") {
        let seconds = function.number("/Timeout").unwrap().unwrap();
        let timeout = Duration::from_secs(seconds);
        let margin = Duration::from_secs(2);
        assert!(operation + margin <= timeout, "{}", function.logical_id);
    }
}

/// A limit that a function is not told of is none.
#[test]
fn every_limit_of_a_customers_reaches_its_function() {
    for (function, name, parameter) in [
        ("ApiFunction", "ORDERS_PER_MINUTE", "OrdersPerMinute"),
        ("ApiFunction", "TICKETS_PER_MINUTE", "TicketsPerMinute"),
        ("ConnectionsFunction", "MESSAGES_PER_MINUTE", "MessagesPerMinute"),
        ("PicturesFunction", "PICTURES_PER_MINUTE", "PicturesPerMinute"),
    ] {
        let limit: u32 = variable(stack(), function, name).parse().unwrap();
        assert!(limit >= 30, "no person reaches it: {name} {limit}");
        assert_eq!(variable(&with(&[(parameter, "7")]), function, name), "7");
    }
    let name = "MAX_ORDER_TOTALS";
    let given = with(&[("MaxOrderTotals", "EUR:1")]);
    assert_eq!(variable(&given, "ApiFunction", name), "EUR:1");
    let totals: backend::api::MaxTotals = variable(stack(), "ApiFunction", name).parse().unwrap();
    for currency in ["GBP", "INR", "USD", "JPY"] {
        assert!(totals.of(currency.parse().unwrap()).is_some(), "{currency}");
    }
}

#[test]
fn functions_share_the_accounts_concurrency_unless_asked_and_nothing_is_simulated() {
    let reserved = with(&[("ReservedConcurrency", "5")]);
    for function in stack().of_kind("AWS::Lambda::Function") {
        let concurrency = |stack: &Stack| {
            let function = stack.get(&function.logical_id).unwrap();
            function.number("/ReservedConcurrentExecutions").unwrap()
        };
        assert_eq!(concurrency(stack()), None, "{}", function.logical_id);
        assert_eq!(concurrency(&reserved), Some(5), "{}", function.logical_id);
    }
    for function in ["ApiFunction", "RestaurantsFunction", "DeliveryFunction", "WatchdogFunction"] {
        assert_eq!(variable(stack(), function, "AUTOPILOT"), "off", "{function}");
    }
}
