//! Which event goes to which service, and what becomes of what fails.

use std::collections::BTreeSet;

use aws_local::{pattern::Pattern, template::Resource};
use serde_json::Value;
use shared::{EventName, Fact, OrderEvent, Status, Timestamp};

use crate::{
    arn,
    support::{envelope, order, stack, user},
    text,
};

pub(crate) fn rules() -> impl Iterator<Item = &'static Resource> {
    stack()
        .of_kind("AWS::Events::Rule")
        .filter(|rule| rule.properties.get("EventPattern").is_some())
}

fn event(name: EventName) -> Value {
    let fact = Fact {
        order_id: order(),
        order_status: name.status().unwrap_or(Status::Accepted),
        user_id: user(),
        restaurant_id: None,
        sequence: 1,
        occurred_at: Timestamp::from_millis(1),
        ready_at: None,
        expected_at: None,
        latest_at: None,
        reason: None,
    };
    envelope(&OrderEvent { name, fact })
}

fn matching(event: &Value) -> Vec<&'static str> {
    let matches =
        |rule: &&Resource| Pattern::read(&rule.properties["EventPattern"]).unwrap().matches(event);
    rules().filter(matches).map(|rule| rule.logical_id.as_str()).collect()
}

fn targets(rule: &Resource) -> &Vec<Value> {
    rule.properties["Targets"].as_array().unwrap()
}

#[test]
fn every_event_has_its_rule_and_every_rule_matches_exactly_its_events() {
    let expected = [
        (EventName::Placed, "OrderPlacedRule"),
        (EventName::Accepted, "OrderAcceptedRule"),
        (EventName::Ready, "OrderUpdatedRule"),
        (EventName::PickedUp, "OrderPickedUpRule"),
        (EventName::Delivered, "OrderDeliveredRule"),
        (EventName::Rejected, "OrderEndedRule"),
        (EventName::Cancelled, "OrderEndedRule"),
        (EventName::Failed, "OrderEndedRule"),
        (EventName::Delayed, "OrderUpdatedRule"),
        (EventName::Claimed, "OrderUpdatedRule"),
        (EventName::Released, "OrderUpdatedRule"),
        (EventName::Seen, "OrderUpdatedRule"),
        (EventName::Nearby, "OrderUpdatedRule"),
        (EventName::AtDoor, "OrderUpdatedRule"),
    ];
    for (name, rule) in expected {
        assert_eq!(matching(&event(name)), [rule], "{name:?}");
        let mut foreign = event(name);
        foreign["source"] = "custom.other_app".into();
        assert!(matching(&foreign).is_empty());
    }
    let mut unknown = event(EventName::Placed);
    unknown["detail-type"] = "order_eaten".into();
    assert!(matching(&unknown).is_empty());
    assert_eq!(EventName::ALL, expected.map(|(name, _)| name), "a new event needs its rule here");
}

#[test]
fn every_event_goes_to_the_services_of_the_choreography() {
    let expected = [
        ("OrderAcceptedRule", vec!["delivery", "notifications"]),
        ("OrderDeliveredRule", vec!["notifications"]),
        ("OrderEndedRule", vec!["notifications"]),
        ("OrderPickedUpRule", vec!["delivery", "notifications"]),
        ("OrderPlacedRule", vec!["notifications", "restaurants"]),
        ("OrderUpdatedRule", vec!["notifications"]),
    ];
    let found = rules().map(|rule| {
        let mut ids: Vec<_> =
            targets(rule).iter().map(|target| target["Id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        (rule.logical_id.as_str(), ids)
    });
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

/// How often a rule's target is tried again, and for how many seconds.
fn retries(target: &Value) -> [String; 2] {
    ["MaximumRetryAttempts", "MaximumEventAgeInSeconds"]
        .map(|name| text(&target["RetryPolicy"][name]))
}

#[test]
fn nothing_that_a_rule_cannot_hand_over_is_dropped() {
    let queue = arn("Failures");
    for rule in rules() {
        for target in targets(rule) {
            assert_eq!(target["DeadLetterConfig"]["Arn"], queue, "{}", rule.logical_id);
            // As often and as long as EventBridge tries at most.
            assert_eq!(retries(target), ["185", "86400"], "{}", rule.logical_id);
        }
    }
    // SQS keeps no message longer.
    let kept = stack().get("Failures").unwrap().number("/MessageRetentionPeriod").unwrap();
    assert_eq!(kept, Some(14 * 24 * 3_600));
    let policy =
        &stack().get("FailuresPolicy").unwrap().properties["PolicyDocument"]["Statement"][0];
    let allowed: BTreeSet<_> = policy["Condition"]["ArnEquals"]["aws:SourceArn"]
        .as_array()
        .unwrap()
        .iter()
        .map(|arn| arn.as_str().unwrap().to_owned())
        .collect();
    let rules: BTreeSet<_> = rules().map(|rule| arn(&rule.logical_id)).collect();
    assert_eq!(allowed, rules, "each rule may report, and nobody else");
}

/// The functions that rules of these invoke, by name.
pub(crate) fn invoked(rules: impl Iterator<Item = &'static Resource>) -> BTreeSet<String> {
    let name = |target: &Value| target["Arn"].as_str().unwrap().rsplit(':').next().unwrap().into();
    rules.flat_map(targets).map(name).collect()
}

#[test]
fn every_function_that_an_event_invokes_reports_its_failures_and_a_tick_does_not() {
    let (mut reporting, mut silent) = (BTreeSet::new(), BTreeSet::new());
    for config in stack().of_kind("AWS::Lambda::EventInvokeConfig") {
        let function = config.text("/FunctionName").unwrap().to_owned();
        match config.text("/DestinationConfig/OnFailure/Destination") {
            Some(queue) => {
                assert_eq!(queue, arn("Failures"));
                assert_eq!(config.number("/MaximumRetryAttempts").unwrap(), Some(2), "{function}");
                reporting.insert(function)
            }
            None => {
                let limits = ["/MaximumRetryAttempts", "/MaximumEventAgeInSeconds"];
                let limits = limits.map(|limit| config.number(limit).unwrap());
                assert_eq!(limits, [Some(0), Some(60)], "{function}: a late tick is none");
                silent.insert(function)
            }
        };
    }
    assert_eq!(reporting, invoked(rules()));
    let schedules = || {
        let all = stack().of_kind("AWS::Events::Rule");
        all.filter(|rule| rule.at("/ScheduleExpression").is_some())
    };
    let timeout = stack().get("WatchdogFunction").unwrap().number("/Timeout").unwrap();
    assert!(timeout.unwrap() < 60, "a run ends before the next one begins");
    assert_eq!(silent, invoked(schedules()));
    for rule in schedules() {
        assert_eq!(rule.text("/ScheduleExpression"), Some("rate(1 minute)"));
        for target in targets(rule) {
            assert!(target.get("DeadLetterConfig").is_none(), "the next tick does what it did not");
            assert_eq!(retries(target), ["0", "60"], "a late tick is none");
        }
    }
}
