//! What somebody is told of, and when.

use std::collections::{BTreeMap, BTreeSet};

use aws_local::template::Resource;
use backend::metrics::{Metric, NAMESPACE};
use serde_json::json;
use shared::Reason;

use crate::{
    choreography::{invoked, rules},
    declaration,
    support::stack,
    text, with,
};

fn alarms() -> impl Iterator<Item = &'static Resource> {
    stack().of_kind("AWS::CloudWatch::Alarm")
}

/// The only alarm that makes something of others.
fn composite() -> &'static Resource {
    stack().get("NobodyAcceptsAlarm").unwrap()
}

/// Whether an alarm tells nobody itself, because the composite one does.
fn is_part(alarm: &Resource) -> bool {
    let name = format!("ALARM(\"{}\")", stack().reference(&alarm.logical_id).unwrap());
    composite().text("/AlarmRule").unwrap().contains(&name)
}

#[test]
fn every_alarm_tells_somebody_when_it_rings_and_when_it_is_over() {
    let told = json!([stack().reference("Alarms").unwrap()]);
    for alarm in alarms().filter(|alarm| !is_part(alarm)).chain([composite()]) {
        assert_eq!(alarm.at("/AlarmActions"), Some(&told), "{}", alarm.logical_id);
        assert_eq!(alarm.at("/OKActions"), Some(&told), "{}", alarm.logical_id);
    }
    let parts: Vec<_> = alarms().filter(|alarm| is_part(alarm)).collect();
    let ringing = ["OrdersPlacedAlarm", "NothingAcceptedAlarm"];
    let ringing = ringing.map(|it| format!("ALARM(\"{}\")", stack().reference(it).unwrap()));
    assert_eq!(composite().text("/AlarmRule").unwrap(), ringing.join(" AND "));
    assert_eq!(parts.len(), 2);
    let mailed = with(&[("AlarmEmail", "owner@example.com")]);
    let expected = json!({
        "TopicArn": told[0], "Protocol": "email", "Endpoint": "owner@example.com",
    });
    assert_eq!(mailed.get("AlarmMails").unwrap().properties, expected);
}

#[test]
fn every_function_has_alarms_of_its_own() {
    let functions: BTreeSet<_> =
        stack().of_kind("AWS::Lambda::Function").map(|it| it.physical_id.as_str()).collect();
    for metric in ["Errors", "Throttles"] {
        let watched: BTreeSet<_> = alarms()
            .filter(|alarm| alarm.text("/MetricName") == Some(metric))
            .map(|alarm| alarm.text("/Dimensions/0/Value").unwrap())
            .collect();
        assert_eq!(watched, functions, "{metric}");
    }
}

/// What AWS documents, with its dimensions: Lambda Developer Guide, "Types of metrics for Lambda
/// functions"; EventBridge User Guide, "EventBridge metrics"; SQS Developer Guide, "Available
/// CloudWatch metrics"; API Gateway Developer Guide, "Monitor CloudWatch metrics for HTTP APIs".
const METRICS_OF_AWS: [(&str, &str, &[&str]); 7] = [
    ("AWS/ApiGateway", "5xx", &["ApiId"]),
    ("AWS/Events", "InvocationsFailedToBeSentToDlq", &["EventBusName", "RuleName"]),
    ("AWS/Lambda", "DestinationDeliveryFailures", &["FunctionName"]),
    ("AWS/Lambda", "Errors", &["FunctionName"]),
    ("AWS/Lambda", "Invocations", &["FunctionName"]),
    ("AWS/Lambda", "Throttles", &["FunctionName"]),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", &["QueueName"]),
];

#[test]
fn every_alarm_watches_a_metric_that_exists() {
    for alarm in alarms() {
        let [namespace, name] = ["/Namespace", "/MetricName"].map(|it| alarm.text(it).unwrap());
        let dimensions: Vec<_> =
            alarm.list("/Dimensions").iter().map(|it| it["Name"].as_str().unwrap()).collect();
        let exists = if namespace == NAMESPACE {
            let metric = Metric::ALL.iter().find(|metric| metric.name() == name);
            metric.is_some_and(|metric| match dimensions.as_slice() {
                ["Stack"] => true,
                ["Stack", "Reason"] => metric.has_reason(),
                _ => false,
            })
        } else {
            METRICS_OF_AWS.contains(&(namespace, name, &dimensions))
        };
        assert!(exists, "{}: {namespace} {name} {dimensions:?}", alarm.logical_id);
        let reason = alarm.list("/Dimensions").iter().find(|it| it["Name"] == "Reason");
        if let Some(reason) = reason {
            let code = json!({"code": reason["Value"], "within_seconds": 60});
            let read: Reason = serde_json::from_value(code).unwrap();
            assert_ne!(read, Reason::Unknown, "{reason}");
        }
    }
}

/// When an alarm rings, such as `Errors: Sum > 0 in 2 of 3 × 300 s`.
fn condition(alarm: &Resource) -> String {
    let value = |name: &str| alarm.at(name).map(text);
    let dimensions = alarm.list("/Dimensions").iter();
    let reason = dimensions.filter(|it| it["Name"] == "Reason").map(|it| text(&it["Value"]));
    let metric = [value("/MetricName").unwrap()].into_iter().chain(reason).collect::<Vec<_>>();
    let statistic = value("/Statistic").or_else(|| value("/ExtendedStatistic")).unwrap();
    let compared = match alarm.text("/ComparisonOperator").unwrap() {
        "GreaterThanThreshold" => ">",
        "LessThanThreshold" => "<",
        other => other,
    };
    let [threshold, period, periods] =
        ["/Threshold", "/Period", "/EvaluationPeriods"].map(|name| value(name).unwrap());
    let needed = value("/DatapointsToAlarm").unwrap_or_else(|| periods.clone());
    let missing = match alarm.text("/TreatMissingData").unwrap() {
        "notBreaching" => "",
        "breaching" => ", or no data",
        other => other,
    };
    format!(
        "{}: {statistic} {compared} {threshold} in {needed} of {periods} × {period} s{missing}",
        metric.join(" ")
    )
}

/// One failure of a function is tried again, and rings nothing; what is lost or waits for a person
/// rings at once.
#[test]
fn each_alarm_rings_for_what_it_is_there_for() {
    let mut found = BTreeMap::new();
    for alarm in alarms() {
        *found.entry(condition(alarm)).or_insert(0) += 1;
    }
    let expected = [
        ("5xx: Sum > 0 in 2 of 3 × 300 s", 1),
        ("ApproximateNumberOfMessagesVisible: Maximum > 0 in 1 of 1 × 60 s", 1),
        ("DestinationDeliveryFailures: Sum > 0 in 1 of 1 × 300 s", 3),
        ("Errors: Sum > 0 in 2 of 3 × 300 s", 8),
        ("EventsNotPushed: Sum > 0 in 2 of 3 × 300 s", 1),
        ("Invocations: Sum < 1 in 5 of 5 × 60 s, or no data", 1),
        ("InvocationsFailedToBeSentToDlq: Sum > 0 in 1 of 1 × 300 s", 6),
        ("OrdersAccepted: Sum < 1 in 2 of 2 × 900 s, or no data", 1),
        ("OrdersCancelled not_answered: Sum > 0 in 1 of 1 × 900 s", 1),
        ("OrdersPlaced: Sum > 0 in 2 of 2 × 900 s", 1),
        ("PublishesFailed: Sum > 0 in 2 of 3 × 300 s", 1),
        ("Throttles: Sum > 0 in 2 of 3 × 300 s", 8),
        ("TimeToAccepted: p90 > 300000 in 2 of 3 × 300 s", 1),
        ("UnpublishedFound: Sum > 0 in 2 of 3 × 900 s", 1),
    ];
    let expected = expected.map(|(condition, count)| (condition.to_owned(), count));
    assert_eq!(found, BTreeMap::from(expected));
}

#[test]
fn nothing_that_loses_an_event_is_silent() {
    let watched = |metric: &str, dimension: usize| -> BTreeSet<String> {
        let of = alarms().filter(|alarm| alarm.text("/MetricName") == Some(metric));
        let value = format!("/Dimensions/{dimension}/Value");
        of.map(|alarm| alarm.text(&value).unwrap().to_owned()).collect()
    };
    let names: BTreeSet<_> = rules().map(|rule| rule.physical_id.clone()).collect();
    assert_eq!(watched("InvocationsFailedToBeSentToDlq", 1), names);
    assert_eq!(watched("DestinationDeliveryFailures", 0), invoked(rules()));
}

/// A new stack has no data yet, and this alarm rings for missing data.
#[test]
fn the_silent_watchdog_is_not_looked_for_before_it_can_have_run() {
    let alarm = declaration("WatchdogSilentAlarm");
    assert!(alarm.contains("    DependsOn: [Site, WatchdogRule, ScheduleToWatchdog]\n"), "{alarm}");
}
