//! The CloudFront distribution, its bucket, and what is there only if asked for.

use serde_json::{Value, json};
use shared::api::CATALOG_VERSION;

use crate::{arn, declaration, load, support::stack, text, with};

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
    // As long as `max-age` in the API's own answer, and not at all without one.
    let lifetimes = ["MinTTL", "DefaultTTL", "MaxTTL"];
    let lifetimes = lifetimes.map(|it| policy.number(&format!("/CachePolicyConfig/{it}")).unwrap());
    assert_eq!(lifetimes, [Some(0), Some(0), Some(10)]);
}

/// A page that has learned of other prices must get past CloudFront's cache.
#[test]
fn a_version_of_the_page_is_part_of_the_catalogs_key() {
    let policy = stack().get("CatalogCache").unwrap();
    let key = &policy.properties["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"];
    let expected = json!({
        "EnableAcceptEncodingBrotli": true,
        "EnableAcceptEncodingGzip": true,
        "HeadersConfig": {"HeaderBehavior": "none"},
        "CookiesConfig": {"CookieBehavior": "none"},
        "QueryStringsConfig": {
            "QueryStringBehavior": "whitelist", "QueryStrings": [CATALOG_VERSION],
        },
    });
    assert_eq!(*key, expected);
}

#[test]
fn no_failure_is_cached() {
    let site = &stack().get("Site").unwrap().properties["DistributionConfig"];
    let errors = site["CustomErrorResponses"].as_array().unwrap();
    let uncached: Vec<_> =
        errors.iter().filter(|it| text(&it["ErrorCachingMinTTL"]) == "0").collect();
    let statuses: Vec<_> = uncached.iter().map(|it| text(&it["ErrorCode"])).collect();
    // Those that CloudFront caches and whose time can be set (410 cannot; nothing here answers it).
    assert_eq!(statuses, ["404", "414", "500", "501", "502", "503", "504"]);
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

#[test]
fn only_cloudfront_knows_what_the_apis_want_to_hear() {
    let secret = "0123456789abcdef0123456789abcdef";
    for short in ["secret", "0123456789abcdef0123456789abcde"] {
        load(&[("OriginSecret", short)]).expect_err(short);
    }
    assert!(declaration("OriginSecret").contains("    NoEcho: true\n"), "nobody can read it back");
    // An update makes CloudFront send the secret before a function requires it.
    for function in ["ApiFunction", "AuthorizerFunction"] {
        assert!(declaration(function).contains("    DependsOn: Site\n"), "{function}");
    }
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
    let regional = "arn:aws:wafv2:eu-west-2:000000000000:regional/webacl/shop/1";
    load(&[("WebAclArn", regional)]).expect_err("CloudFront takes none");
    let budget = asked.get("Budget").unwrap();
    let expected = json!({
        "BudgetName": "test-eu-west-2", "BudgetType": "COST", "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "50", "Unit": "USD"},
    });
    assert_eq!(budget.at("/Budget"), Some(&expected));
    let notify = |kind: &str, threshold: u32| {
        json!({
            "Notification": {
                "NotificationType": kind, "ComparisonOperator": "GREATER_THAN",
                "Threshold": threshold,
            },
            "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "owner@example.com"}],
        })
    };
    let notifications = [notify("ACTUAL", 80), notify("FORECASTED", 100)];
    assert_eq!(budget.list("/NotificationsWithSubscribers"), notifications);
    load(&[("MonthlyBudget", "50")]).expect_err("nobody would be notified");
}
