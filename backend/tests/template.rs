//! The template says what the design says.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use aws_local::{pattern::Pattern, template::Resource};
use backend::plan::REPUBLISH_AFTER;
use serde_json::{Value, json};
use shared::{Fact, OrderEvent, Status, Timestamp, api::CATALOG_VERSION};
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

#[test]
fn nothing_that_a_rule_cannot_hand_over_is_dropped() {
    let queue = arn("Failures");
    for rule in stack().of_kind("AWS::Events::Rule") {
        for target in targets(rule) {
            assert_eq!(target["DeadLetterConfig"]["Arn"], queue, "{}", rule.logical_id);
            assert!(
                target["RetryPolicy"]["MaximumRetryAttempts"].is_number()
                    || target["RetryPolicy"]["MaximumRetryAttempts"].is_string()
            );
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
    let rules: BTreeSet<_> =
        stack().of_kind("AWS::Events::Rule").map(|rule| arn(&rule.logical_id)).collect();
    assert_eq!(allowed, rules, "each rule may report, and nobody else");
}

#[test]
fn every_asynchronous_function_reports_its_failures() {
    let configured: BTreeSet<_> = stack()
        .of_kind("AWS::Lambda::EventInvokeConfig")
        .inspect(|config| {
            assert_eq!(
                config.properties["DestinationConfig"]["OnFailure"]["Destination"],
                arn("Failures")
            )
        })
        .map(|config| config.properties["FunctionName"].as_str().unwrap().to_owned())
        .collect();
    let targeted: BTreeSet<_> = stack()
        .of_kind("AWS::Events::Rule")
        .flat_map(targets)
        .map(|target| target["Arn"].as_str().unwrap().rsplit(':').next().unwrap().to_owned())
        .collect();
    assert_eq!(configured, targeted);
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

#[test]
fn no_role_has_a_bare_wildcard() {
    for role in stack().of_kind("AWS::IAM::Role") {
        for statement in
            role.properties["Policies"][0]["PolicyDocument"]["Statement"].as_array().unwrap()
        {
            if traces(statement) {
                continue;
            }
            for (field, forbidden) in [("Action", ":*"), ("Resource", "\u{0}")] {
                let values = statement[field]
                    .as_array()
                    .cloned()
                    .unwrap_or_else(|| vec![statement[field].clone()]);
                for value in values {
                    let value = value.as_str().unwrap();
                    assert!(
                        value != "*" && !value.ends_with(forbidden),
                        "{}: {value}",
                        role.logical_id
                    );
                }
            }
        }
    }
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

/// A customer's data is the function `api`'s alone.
#[test]
fn only_the_api_may_read_or_write_of_people_and_close_a_socket() {
    let people = arn("PeopleTable");
    let mut found = BTreeSet::new();
    for role in stack().of_kind("AWS::IAM::Role") {
        let statements = &role.properties["Policies"][0]["PolicyDocument"]["Statement"];
        for statement in statements.as_array().unwrap() {
            let resource = statement["Resource"].as_str().unwrap();
            if resource == people || resource.ends_with("/live/DELETE/@connections/*") {
                found.insert((role.logical_id.as_str(), statement["Action"].to_string()));
            }
        }
    }
    let people = r#"["dynamodb:Query","dynamodb:PutItem","dynamodb:DeleteItem","dynamodb:ConditionCheckItem"]"#;
    let expected = [
        ("ApiRole", r#""execute-api:ManageConnections""#.to_owned()),
        ("ApiRole", people.to_owned()),
    ];
    assert_eq!(found, BTreeSet::from(expected));
}

#[test]
fn every_table_can_be_restored_and_costs_what_it_is_used() {
    for table in stack().of_kind("AWS::DynamoDB::Table") {
        let recovery = &table.properties["PointInTimeRecoverySpecification"];
        assert_eq!(recovery["PointInTimeRecoveryEnabled"], true, "{}", table.logical_id);
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

#[test]
fn every_alarm_tells_somebody_and_every_function_has_one() {
    let told = stack().reference("Alarms").unwrap();
    let mut watched = BTreeSet::new();
    for alarm in stack().of_kind("AWS::CloudWatch::Alarm") {
        assert_eq!(alarm.text("/AlarmActions/0"), Some(told.as_str()), "{}", alarm.logical_id);
        if alarm.text("/MetricName") == Some("Errors") {
            watched.insert(alarm.text("/Dimensions/0/Value").unwrap());
        }
    }
    let functions: BTreeSet<_> =
        stack().of_kind("AWS::Lambda::Function").map(|it| it.physical_id.as_str()).collect();
    assert_eq!(watched, functions);
}

#[test]
fn every_function_logs_in_json_for_so_long_and_is_traced() {
    for function in stack().of_kind("AWS::Lambda::Function") {
        assert_eq!(function.text("/LoggingConfig/LogFormat"), Some("JSON"));
        assert_eq!(function.text("/TracingConfig/Mode"), Some("Active"));
        let group = function.text("/LoggingConfig/LogGroup").unwrap();
        let group = stack().of_kind("AWS::Logs::LogGroup").find(|it| it.physical_id == group);
        assert_eq!(group.unwrap().number("/RetentionInDays").unwrap(), Some(30));
    }
}

#[test]
fn what_holds_orders_or_customers_survives_its_stack() {
    for logical_id in ["CatalogTable", "OrdersTable", "PeopleTable"] {
        let table = &stack().get(logical_id).unwrap().properties;
        assert_eq!(text(&table["DeletionProtectionEnabled"]), "true", "{logical_id}");
    }
    let pool = stack().get("UserPool").unwrap();
    assert_eq!(pool.text("/DeletionProtection"), Some("ACTIVE"));
}

#[test]
fn both_apis_are_throttled() {
    for stage in stack().of_kind("AWS::ApiGatewayV2::Stage") {
        let settings = &stage.properties["DefaultRouteSettings"];
        assert_eq!(text(&settings["ThrottlingRateLimit"]), "100", "{}", stage.logical_id);
        assert_eq!(text(&settings["ThrottlingBurstLimit"]), "200", "{}", stage.logical_id);
    }
}

/// Whoever finds a page open must not take the account over with an address of their own.
#[test]
fn a_new_address_is_proved_before_it_signs_anybody_in_and_nothing_else_is_written() {
    let settings = &stack().get("UserPool").unwrap().properties["UserAttributeUpdateSettings"];
    assert_eq!(*settings, json!({"AttributesRequireVerificationBeforeUpdate": ["email"]}));
    let client = &stack().get("UserPoolClient").unwrap().properties;
    assert_eq!(client["WriteAttributes"], json!(["email"]));
}
