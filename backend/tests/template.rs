//! The template says what the design says.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use aws_local::{
    feed::Feed,
    iam::{Caller, Iam},
    pattern::Pattern,
    template::{Resource, Stack},
};
use backend::{
    metrics::{Metric, NAMESPACE},
    store::orders::REPUBLISH_AFTER,
};
use serde_json::{Value, json};
use shared::{Fact, OrderEvent, Reason, Status, Timestamp, api::CATALOG_VERSION};
use support::{ORDER, USER, envelope, stack};

fn rules() -> impl Iterator<Item = &'static Resource> {
    stack()
        .of_kind("AWS::Events::Rule")
        .filter(|rule| rule.properties.get("EventPattern").is_some())
}

fn event(status: Status) -> Value {
    envelope(&OrderEvent::of(Fact {
        order_id: ORDER.parse().unwrap(),
        order_status: status,
        user_id: USER.parse().unwrap(),
        sequence: 1,
        occurred_at: Timestamp::from_millis(1),
        expected_at: None,
        latest_at: None,
        reason: None,
    }))
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
        (Status::Placed, "OrderPlacedRule"),
        (Status::Accepted, "OrderAcceptedRule"),
        (Status::PickedUp, "OrderPickedUpRule"),
        (Status::Delivered, "OrderDeliveredRule"),
        (Status::Rejected, "OrderEndedRule"),
        (Status::Cancelled, "OrderEndedRule"),
    ];
    for (status, rule) in expected {
        assert_eq!(matching(&event(status)), [rule], "{status:?}");
        let mut foreign = event(status);
        foreign["source"] = "custom.other_app".into();
        assert!(matching(&foreign).is_empty());
    }
    let mut unknown = event(Status::Placed);
    unknown["detail-type"] = "order_eaten".into();
    assert!(matching(&unknown).is_empty());
    assert_eq!(Status::ALL.len(), expected.len(), "a new event needs its rule here");
}

#[test]
fn every_event_goes_to_the_services_of_the_choreography() {
    let expected = [
        ("OrderAcceptedRule", vec!["delivery", "notifications"]),
        ("OrderDeliveredRule", vec!["notifications"]),
        ("OrderEndedRule", vec!["notifications"]),
        ("OrderPickedUpRule", vec!["delivery", "notifications"]),
        ("OrderPlacedRule", vec!["notifications", "restaurants"]),
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
fn invoked(rules: impl Iterator<Item = &'static Resource>) -> BTreeSet<String> {
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
                assert_eq!(config.number("/MaximumRetryAttempts").unwrap(), Some(0), "{function}");
                silent.insert(function)
            }
        };
    }
    assert_eq!(reporting, invoked(rules()));
    let schedules = || {
        let all = stack().of_kind("AWS::Events::Rule");
        all.filter(|rule| rule.at("/ScheduleExpression").is_some())
    };
    assert_eq!(silent, invoked(schedules()));
    for rule in schedules() {
        for target in targets(rule) {
            assert!(target.get("DeadLetterConfig").is_none(), "the next tick does what it did not");
            assert_eq!(retries(target), ["0", "60"], "a late tick is none");
        }
    }
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

/// What X-Ray is told: it knows no resources that could be named.
fn traces(statement: &Value) -> bool {
    let actions = json!(["xray:PutTraceSegments", "xray:PutTelemetryRecords"]);
    statement["Action"] == actions && statement["Resource"] == "*"
}

/// Every statement of every role's policies, with the role.
fn statements() -> impl Iterator<Item = (&'static Resource, &'static Value)> {
    stack().of_kind("AWS::IAM::Role").flat_map(|role| {
        let policies = role.list("/Policies").iter();
        let statements = policies.flat_map(|policy| match &policy["PolicyDocument"]["Statement"] {
            Value::Array(statements) => statements.iter().collect(),
            statement => vec![statement],
        });
        statements.map(move |statement| (role, statement))
    })
}

/// The texts of a field that holds one or several.
fn texts(field: &Value) -> Vec<String> {
    match field {
        Value::Array(values) => values.iter().map(text).collect(),
        value => vec![text(value)],
    }
}

/// What a role names of a resource: all but the connections of an API, which have no names, and the
/// streams of a log.
fn named(resource: &str) -> &str {
    let named = resource.strip_suffix("/@connections/*").or_else(|| resource.strip_suffix(":*"));
    named.unwrap_or(resource)
}

#[test]
fn no_role_has_a_bare_wildcard() {
    assert!(statements().count() > 20);
    for (role, statement) in statements().filter(|(_, statement)| !traces(statement)) {
        let role = &role.logical_id;
        for action in texts(&statement["Action"]) {
            assert!(action.contains(':') && !action.contains(['*', '?']), "{role}: {action}");
        }
        for resource in texts(&statement["Resource"]) {
            let named = named(&resource);
            assert!(named.starts_with("arn:") && !named.contains(['*', '?']), "{role}: {resource}");
        }
        for field in ["NotAction", "NotResource"] {
            assert!(statement.get(field).is_none(), "{role}: {field}");
        }
    }
}

/// `events:source` is an array: without a set operator AWS refuses every call, and with one alone
/// it allows a call that carries no source.
#[test]
fn whoever_publishes_publishes_only_events_of_ours() {
    let mut publishers = BTreeSet::new();
    for (role, statement) in statements() {
        if texts(&statement["Action"]).iter().any(|action| action.starts_with("events:")) {
            let condition = json!({
                "ForAllValues:StringEquals": {"events:source": "custom.food_app"},
                "Null": {"events:source": "false"},
            });
            assert_eq!(statement["Condition"], condition, "{}", role.logical_id);
            publishers.insert(role.logical_id.as_str());
        }
    }
    let expected = ["ApiRole", "DeliveryRole", "RestaurantsRole", "WatchdogRole"];
    assert_eq!(publishers, BTreeSet::from(expected));
}

/// What is open to anyone, and what only to whoever is signed in.
#[test]
fn every_route_of_a_customers_wants_an_access_token() {
    let api = &stack().get("HttpApi").unwrap().physical_id;
    let routes: BTreeMap<_, _> = stack()
        .of_kind("AWS::ApiGatewayV2::Route")
        .filter(|route| route.properties["ApiId"] == **api)
        .map(|route| {
            let properties = &route.properties;
            let guard = properties["AuthorizationType"].as_str().unwrap();
            if guard == "JWT" {
                let scopes = &properties["AuthorizationScopes"];
                assert_eq!(scopes, &json!(["aws.cognito.signin.user.admin"]), "no ID tokens");
            }
            (properties["RouteKey"].as_str().unwrap(), guard)
        })
        .collect();
    let expected = [
        ("ANY /api/{proxy+}", "NONE"),
        ("DELETE /api/account", "JWT"),
        ("DELETE /api/addresses/{address_id}", "JWT"),
        ("DELETE /api/sessions", "JWT"),
        ("GET /api/account", "JWT"),
        ("GET /api/addresses", "JWT"),
        ("GET /api/orders", "JWT"),
        ("GET /api/orders/{order_id}", "JWT"),
        ("GET /api/pages/{name}", "NONE"),
        ("GET /api/restaurants", "NONE"),
        ("GET /api/restaurants/{restaurant_id}", "NONE"),
        ("POST /api/live-tickets", "JWT"),
        ("POST /api/orders/{order_id}/cancel", "JWT"),
        ("POST /api/quotes", "NONE"),
        ("PUT /api/addresses/{address_id}", "JWT"),
        ("PUT /api/orders/{order_id}", "JWT"),
    ];
    assert_eq!(routes, BTreeMap::from(expected));
}

/// The functions that may do something to a resource, whatever pattern of their roles says so.
fn allowed(action: &str, resource: &str) -> BTreeSet<&'static str> {
    let iam = Iam::new(stack(), Feed::default()).unwrap();
    let functions = stack().of_kind("AWS::Lambda::Function");
    let may = |function: &&Resource| {
        let caller = Caller::Function(function.logical_id.clone());
        iam.check(&caller, action, resource, &[]).is_ok()
    };
    functions.filter(may).map(|function| function.logical_id.as_str()).collect()
}

/// A customer's data is the function `api`'s alone.
#[test]
fn only_the_api_may_read_or_write_of_people_and_close_a_socket() {
    let people = arn("PeopleTable");
    let needed = ["Query", "PutItem", "DeleteItem", "ConditionCheckItem"];
    let others = ["GetItem", "BatchGetItem", "Scan", "UpdateItem", "BatchWriteItem", "DeleteTable"];
    for (actions, expected) in
        [(&needed[..], BTreeSet::from(["ApiFunction"])), (&others[..], BTreeSet::new())]
    {
        for action in actions {
            let functions = allowed(&format!("dynamodb:{action}"), &people);
            assert_eq!(functions, expected, "{action}");
        }
    }
    let api = stack().reference("WebSocketApi").unwrap();
    let socket = |method: &str| {
        let connection = format!("{api}/live/{method}/@connections/L0SM9cOFvHcCIhw=");
        let resource = format!("arn:aws:execute-api:eu-west-2:000000000000:{connection}");
        allowed("execute-api:ManageConnections", &resource)
    };
    assert_eq!(socket("DELETE"), BTreeSet::from(["ApiFunction"]));
    let pushing = ["ApiFunction", "ConnectionsFunction", "NotificationsFunction"];
    assert_eq!(socket("POST"), BTreeSet::from(pushing));
}

#[test]
fn every_table_of_something_kept_can_be_restored_and_costs_what_it_is_used() {
    for table in stack().of_kind("AWS::DynamoDB::Table") {
        let recovery = &table.properties["PointInTimeRecoverySpecification"];
        let is_kept = table.logical_id != "LiveTable";
        assert_eq!(recovery["PointInTimeRecoveryEnabled"], is_kept, "{}", table.logical_id);
        assert_eq!(table.properties["BillingMode"], "PAY_PER_REQUEST", "{}", table.logical_id);
    }
}

#[test]
fn only_the_bus_is_named_and_what_cloudfront_wants_named() {
    for resource in stack().resources.values() {
        for name in [
            "TableName",
            "FunctionName",
            "QueueName",
            "RoleName",
            "UserPoolName",
            "LogGroupName",
            "BucketName",
        ] {
            let names_itself = !matches!(
                resource.kind.as_str(),
                "AWS::Lambda::Permission" | "AWS::Lambda::EventInvokeConfig"
            );
            assert!(
                !names_itself || resource.properties.get(name).is_none(),
                "{}: {name}",
                resource.logical_id
            );
        }
    }
    assert_eq!(stack().get("Bus").unwrap().properties["Name"], "test");
}

/// The behaviours of the site by path; `*` is the default one.
fn behaviors() -> Vec<(&'static str, &'static Value)> {
    let site = &stack().get("Site").unwrap().properties["DistributionConfig"];
    let named = site["CacheBehaviors"].as_array().unwrap().iter();
    let named = named.map(|behavior| (behavior["PathPattern"].as_str().unwrap(), behavior));
    named.chain([("*", &site["DefaultCacheBehavior"])]).collect()
}

fn behavior(path: &str) -> &'static Value {
    behaviors().into_iter().find(|(pattern, _)| *pattern == path).unwrap().1
}

/// The origin with this id.
fn origin(id: &Value) -> &'static Value {
    let site = &stack().get("Site").unwrap().properties["DistributionConfig"];
    let origins = site["Origins"].as_array().unwrap();
    origins.iter().find(|origin| origin["Id"] == *id).unwrap()
}

/// AWS's own policies, by the ids in the CloudFront Developer Guide.
const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER_EXCEPT_HOST_HEADER: &str = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

#[test]
fn every_answer_of_the_site_is_secured_and_encrypted() {
    let headers = stack().reference("SiteHeaders").unwrap();
    let paths: Vec<_> = behaviors().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["/api/restaurants*", "/api/pages/*", "/api/*", "/live", "/art/*", "*"]);
    for (path, behavior) in behaviors() {
        assert_eq!(behavior["ResponseHeadersPolicyId"], headers, "{path}");
        assert_eq!(behavior["ViewerProtocolPolicy"], "redirect-to-https", "{path}");
        let origin = origin(&behavior["TargetOriginId"]);
        assert!(origin.get("OriginPath").is_none(), "{path}: the stage is in the path already");
    }
}

#[test]
fn what_the_apis_answer_is_never_kept_and_files_are() {
    for (path, api) in [("/api/*", "HttpApi"), ("/live", "WebSocketApi")] {
        let behavior = behavior(path);
        assert_eq!(behavior["CachePolicyId"], CACHING_DISABLED, "{path}");
        assert_eq!(behavior["OriginRequestPolicyId"], ALL_VIEWER_EXCEPT_HOST_HEADER, "{path}");
        let host = stack().substitute(&format!("${{{api}}}.execute-api.")).unwrap();
        let origin = origin(&behavior["TargetOriginId"]);
        assert!(origin["DomainName"].as_str().unwrap().starts_with(&host), "{path}");
        assert_eq!(origin["CustomOriginConfig"]["OriginProtocolPolicy"], "https-only");
    }
    for path in ["/art/*", "*"] {
        assert_eq!(behavior(path)["CachePolicyId"], CACHING_OPTIMIZED, "{path}");
        assert_eq!(text(&behavior(path)["Compress"]), "true", "{path}");
    }
}

/// CloudFront compresses only what it may keep.
#[test]
fn the_catalog_is_compressed_and_kept_as_long_as_it_says() {
    for path in ["/api/restaurants*", "/api/pages/*"] {
        let catalog = behavior(path);
        assert_eq!(text(&catalog["Compress"]), "true", "{path}");
        assert_eq!(catalog["AllowedMethods"], json!(["GET", "HEAD"]), "{path}");
        assert_eq!(catalog["CachePolicyId"], *stack().reference("CatalogCache").unwrap(), "{path}");
    }
    let policy = stack().get("CatalogCache").unwrap();
    assert_eq!(policy.number("/CachePolicyConfig/MinTTL").unwrap(), Some(0));
    // As long as `max-age` in the API's own answer.
    assert_eq!(policy.number("/CachePolicyConfig/MaxTTL").unwrap(), Some(60));
}

/// A page that has learned of other prices must get past CloudFront's cache.
#[test]
fn a_version_of_the_page_is_part_of_the_catalogs_key() {
    let policy = stack().get("CatalogCache").unwrap();
    let key = &policy.properties["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"];
    assert_eq!(
        key["QueryStringsConfig"],
        json!({ "QueryStringBehavior": "whitelist", "QueryStrings": [CATALOG_VERSION] })
    );
    assert_eq!(key["HeadersConfig"]["HeaderBehavior"], "none");
}

#[test]
fn no_failure_is_cached() {
    let site = &stack().get("Site").unwrap().properties["DistributionConfig"];
    let errors = site["CustomErrorResponses"].as_array().unwrap();
    let uncached: Vec<_> =
        errors.iter().filter(|it| text(&it["ErrorCachingMinTTL"]) == "0").collect();
    let statuses: Vec<_> = uncached.iter().map(|it| text(&it["ErrorCode"])).collect();
    assert_eq!(statuses, ["500", "502", "503", "504"]);
    // An error page of the distribution would replace the APIs' own errors too.
    assert!(errors.iter().all(|it| it.get("ResponsePagePath").is_none()));
}

#[test]
fn every_route_of_the_apis_is_reached_through_the_site() {
    let stage = stack().get("WebSocketStage").unwrap();
    assert_eq!(format!("/{}", stage.physical_id), "/live");
    let api = stack().reference("HttpApi");
    for route in stack().of_kind("AWS::ApiGatewayV2::Route") {
        if route.text("/ApiId") == api.as_deref() {
            let key = route.text("/RouteKey").unwrap();
            assert!(key.contains(" /api/"), "{key}");
        }
    }
}

#[test]
fn only_a_path_of_the_page_becomes_the_page() {
    for (path, behavior) in behaviors() {
        assert_eq!(behavior.get("FunctionAssociations").is_some(), path == "*", "{path}");
    }
    let association = &behavior("*")["FunctionAssociations"][0];
    assert_eq!(association["EventType"], "viewer-request");
    let function = stack().attribute("SiteRoutes", "FunctionARN").unwrap();
    assert_eq!(association["FunctionARN"], function);
}

#[test]
fn the_page_runs_nothing_that_is_not_a_file_of_its_own() {
    let policy = stack().get("SiteHeaders").unwrap();
    let policy = policy.text(
        "/ResponseHeadersPolicyConfig/SecurityHeadersConfig/ContentSecurityPolicy/ContentSecurityPolicy",
    );
    let directives: Vec<_> = policy.unwrap().split("; ").collect();
    let expected = [
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "connect-src 'self' https://cognito-idp.eu-west-2.amazonaws.com",
        "img-src 'self' data:",
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ];
    assert_eq!(directives, expected);
}

#[test]
fn the_bucket_is_closed_to_all_but_the_site() {
    let bucket = stack().get("SiteBucket").unwrap();
    let block = bucket.properties["PublicAccessBlockConfiguration"].as_object().unwrap();
    assert_eq!(block.len(), 4);
    assert!(block.values().all(|blocked| text(blocked) == "true"));
    let owner = bucket.text("/OwnershipControls/Rules/0/ObjectOwnership");
    assert_eq!(owner, Some("BucketOwnerEnforced"));
    assert!(bucket.at("/BucketEncryption/ServerSideEncryptionConfiguration/0").is_some());

    let site = stack().substitute("distribution/${Site}").unwrap();
    let policy = stack().get("SiteBucketPolicy").unwrap();
    let allowed: Vec<_> = policy
        .list("/PolicyDocument/Statement")
        .iter()
        .filter(|statement| statement["Effect"] == "Allow")
        .inspect(|statement| {
            assert_eq!(statement["Principal"]["Service"], "cloudfront.amazonaws.com");
            let source = text(&statement["Condition"]["StringEquals"]["aws:SourceArn"]);
            assert!(source.ends_with(&site), "{source}");
        })
        .map(|statement| (text(&statement["Action"]), text(&statement["Resource"])))
        .collect();
    let bucket = arn("SiteBucket");
    let read = ("s3:GetObject".to_owned(), format!("{bucket}/*"));
    assert_eq!(allowed, [read, ("s3:ListBucket".to_owned(), bucket)]);
    let page = origin(&behavior("*")["TargetOriginId"]);
    assert_eq!(page["OriginAccessControlId"], stack().reference("SiteAccess").unwrap());
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn arn(logical_id: &str) -> String {
    stack().arn(logical_id).unwrap()
}

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
    assert_eq!(alarms().filter(|alarm| is_part(alarm)).count(), 2);
}

#[test]
fn every_function_has_alarms_of_its_own_that_one_failure_does_not_ring() {
    let functions: BTreeSet<_> =
        stack().of_kind("AWS::Lambda::Function").map(|it| it.physical_id.as_str()).collect();
    for metric in ["Errors", "Throttles"] {
        let watched: BTreeSet<_> = alarms()
            .filter(|alarm| alarm.text("/MetricName") == Some(metric))
            .inspect(|alarm| {
                let periods = ["/DatapointsToAlarm", "/EvaluationPeriods"];
                let periods = periods.map(|it| alarm.number(it).unwrap());
                assert_eq!(periods, [Some(2), Some(3)], "{}", alarm.logical_id);
            })
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
    let template = std::fs::read_to_string(support::template()).unwrap();
    let (_, alarm) = template.split_once("\n  WatchdogSilentAlarm:\n").unwrap();
    let (alarm, _) = alarm.split_once("\n\n").unwrap();
    assert!(alarm.contains("    DependsOn: [Site, WatchdogRule, ScheduleToWatchdog]\n"), "{alarm}");
    let alarm = stack().get("WatchdogSilentAlarm").unwrap();
    assert_eq!(alarm.text("/TreatMissingData"), Some("breaching"));
    assert_eq!(alarm.number("/EvaluationPeriods").unwrap(), Some(5));
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

/// The template with parameters.
fn with(parameters: &[(&str, &str)]) -> Stack {
    let given = parameters.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    Stack::load(&support::template(), "test", "eu-west-2", &given.collect()).unwrap()
}

#[test]
fn only_cloudfront_knows_what_the_apis_want_to_hear() {
    let secret = "0123456789abcdef0123456789abcdef";
    let guarded = with(&[("OriginSecret", secret)]);
    for (stack, secret) in [(stack(), ""), (&guarded, secret)] {
        for function in stack.of_kind("AWS::Lambda::Function") {
            let serves = ["ApiFunction", "AuthorizerFunction"].contains(&&*function.logical_id);
            let told = function.text("/Environment/Variables/ORIGIN_SECRET");
            assert_eq!(told, serves.then_some(secret), "{}", function.logical_id);
        }
        let site = &stack.get("Site").unwrap().properties["DistributionConfig"];
        for origin in site["Origins"].as_array().unwrap() {
            let header = json!([{"HeaderName": "x-origin-secret", "HeaderValue": secret}]);
            let sent = origin.get("OriginCustomHeaders");
            let is_api = origin["Id"] != "page";
            assert_eq!(sent, (is_api && !secret.is_empty()).then_some(&header), "{origin}");
        }
    }
}

#[test]
fn what_is_not_asked_for_is_not_there() {
    let site = &stack().get("Site").unwrap().properties["DistributionConfig"];
    assert_eq!((&site["PriceClass"], site.get("WebACLId")), (&json!("PriceClass_100"), None));
    assert!(stack().get("Budget").is_none() && stack().get("HttpAccessLogs").is_none());
    assert!(stack().get("HttpStage").unwrap().at("/AccessLogSettings").is_none());
    let acl = "arn:aws:wafv2:us-east-1:000000000000:global/webacl/shop/1";
    let asked = with(&[
        ("PriceClass", "PriceClass_All"),
        ("WebAclArn", acl),
        ("MonthlyBudget", "50"),
        ("AlarmEmail", "owner@example.com"),
        ("AccessLogs", "on"),
    ]);
    let site = &asked.get("Site").unwrap().properties["DistributionConfig"];
    assert_eq!((&site["PriceClass"], &site["WebACLId"]), (&json!("PriceClass_All"), &json!(acl)));
    let budget = asked.get("Budget").unwrap();
    assert_eq!(text(budget.at("/Budget/BudgetLimit/Amount").unwrap()), "50");
    for notification in budget.list("/NotificationsWithSubscribers") {
        assert_eq!(notification["Subscribers"][0]["Address"], "owner@example.com");
    }
}

/// A log of requests keeps no address, and nothing else that tells of a customer.
#[test]
fn access_logs_tell_of_requests_and_of_nobody() {
    let logging = with(&[("AccessLogs", "on")]);
    let settings = &logging.get("HttpStage").unwrap().properties["AccessLogSettings"];
    assert_eq!(settings["DestinationArn"], logging.arn("HttpAccessLogs").unwrap());
    let format: Value = serde_json::from_str(settings["Format"].as_str().unwrap()).unwrap();
    let fields: BTreeSet<_> = format.as_object().unwrap().values().map(text).collect();
    let harmless = [
        "$context.authorizer.error",
        "$context.integrationErrorMessage",
        "$context.integrationLatency",
        "$context.requestId",
        "$context.requestTimeEpoch",
        "$context.responseLatency",
        "$context.responseLength",
        "$context.routeKey",
        "$context.status",
    ];
    assert_eq!(fields, harmless.map(str::to_owned).into());
}

#[test]
fn what_holds_orders_or_customers_survives_its_stack() {
    for logical_id in ["CatalogTable", "OrdersTable", "PeopleTable"] {
        let table = &stack().get(logical_id).unwrap().properties;
        assert_eq!(text(&table["DeletionProtectionEnabled"]), "true", "{logical_id}");
    }
    let pool = stack().get("UserPool").unwrap();
    assert_eq!(pool.text("/DeletionProtection"), Some("ACTIVE"));
    assert_eq!(pool.text("/UserPoolTier"), Some("ESSENTIALS"), "refresh token rotation needs it");
}

#[test]
fn both_apis_are_throttled() {
    for stage in stack().of_kind("AWS::ApiGatewayV2::Stage") {
        let settings = &stage.properties["DefaultRouteSettings"];
        assert_eq!(text(&settings["ThrottlingRateLimit"]), "100", "{}", stage.logical_id);
        assert_eq!(text(&settings["ThrottlingBurstLimit"]), "200", "{}", stage.logical_id);
    }
}

/// Whoever finds a page open or has a session's access token must not take the account over with an
/// address of their own.
#[test]
fn no_session_writes_an_address_and_a_new_one_is_proved_before_it_signs_anybody_in() {
    let settings = &stack().get("UserPool").unwrap().properties["UserAttributeUpdateSettings"];
    assert_eq!(*settings, json!({"AttributesRequireVerificationBeforeUpdate": ["email"]}));
    let client = |name: &str| &stack().get(name).unwrap().properties;
    // "Required attributes in a user pool are always writable" (Cognito Developer Guide, "Attribute
    // permissions and scopes"); a schema could make the address one.
    assert!(stack().get("UserPool").unwrap().at("/Schema").is_none());
    // None at all would be every standard attribute.
    assert_eq!(client("UserPoolClient")["WriteAttributes"], json!(["locale"]));
    assert_eq!(client("UserPoolEmailClient")["WriteAttributes"], json!(["email"]));
    for authorizer in stack().of_kind("AWS::ApiGatewayV2::Authorizer") {
        let accepted = &authorizer.properties["JwtConfiguration"]["Audience"];
        let session = &stack().get("UserPoolClient").unwrap().physical_id;
        assert!(accepted.is_null() || *accepted == json!([session]), "{accepted}");
    }
    let minutes = &client("UserPoolEmailClient")["TokenValidityUnits"];
    assert_eq!(
        (&minutes["AccessToken"], &minutes["RefreshToken"]),
        (&json!("minutes"), &json!("minutes"))
    );
    assert_eq!(client("UserPoolEmailClient")["AccessTokenValidity"], 30);
    assert_eq!(client("UserPoolEmailClient")["RefreshTokenValidity"], 60);
}

/// Cognito creates no client without `ALLOW_REFRESH_TOKEN_AUTH` ("REFRESH_TOKEN_AUTH should always
/// be allowed", github.com/aws/aws-cdk/issues/7625) but one whose refresh tokens rotate, and that
/// one must not have it (Cognito Developer Guide, "Refresh tokens").
#[test]
fn the_refresh_tokens_of_every_client_rotate() {
    for client in stack().of_kind("AWS::Cognito::UserPoolClient") {
        let rotates = client.text("/RefreshTokenRotation/Feature") == Some("ENABLED");
        assert!(rotates, "{}", client.logical_id);
        assert_eq!(client.properties["ExplicitAuthFlows"], json!(["ALLOW_USER_PASSWORD_AUTH"]));
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
        let timeout = std::time::Duration::from_secs(seconds);
        assert!(
            operation + std::time::Duration::from_secs(2) <= timeout,
            "{}",
            function.logical_id
        );
    }
}

/// A limit that a function is not told of is none.
#[test]
fn every_limit_of_a_customers_reaches_its_function() {
    for (function, name) in [
        ("ApiFunction", "ORDERS_PER_MINUTE"),
        ("ApiFunction", "TICKETS_PER_MINUTE"),
        ("ConnectionsFunction", "MESSAGES_PER_MINUTE"),
    ] {
        let variables = stack().get(function).unwrap().at("/Environment/Variables").unwrap();
        let limit: u32 = text(&variables[name]).parse().unwrap();
        assert!(limit >= 30, "no person reaches it: {name} {limit}");
    }
    let totals =
        stack().get("ApiFunction").unwrap().text("/Environment/Variables/MAX_ORDER_TOTALS");
    let totals: backend::api::MaxTotals = totals.unwrap().parse().unwrap();
    for currency in ["GBP", "INR", "USD", "JPY"] {
        assert!(totals.of(currency.parse().unwrap()).is_some(), "{currency}");
    }
}
