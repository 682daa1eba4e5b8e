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
    assert_eq!(
        paths,
        ["/api/restaurants*", "/api/pages/*", "/api/*", "/live", "/art/*", "/pictures/*", "*"]
    );
    for (path, behavior) in behaviors() {
        assert_eq!(behavior["ResponseHeadersPolicyId"], headers, "{path}");
        assert_eq!(behavior["ViewerProtocolPolicy"], "redirect-to-https", "{path}");
        let origin = origin(&behavior["TargetOriginId"]);
        assert!(origin.get("OriginPath").is_none(), "{path}: the stage is in the path already");
    }
}

#[test]
fn trunk_passes_on_every_path_that_the_distribution_does() {
    let trunk = include_str!("../../../Trunk.toml");
    let addresses = trunk.lines().filter_map(|line| line.strip_prefix("backend = \""));
    let passed_on: Vec<_> = addresses
        .filter_map(|address| address.trim_end_matches('"').split_once(":9180"))
        .map(|(_, path)| path)
        .collect();
    for (path, _) in behaviors().into_iter().filter(|(path, _)| *path != "*") {
        let is_passed_on =
            passed_on.iter().any(|it| path == *it || path.starts_with(&format!("{it}/")));
        assert!(is_passed_on, "{path} is not among the proxies of Trunk.toml: {passed_on:?}");
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
    // A JPEG is as small as it gets.
    assert_eq!(behavior("/pictures/*")["CachePolicyId"], CACHING_OPTIMIZED);
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
    let uploads = &stack().get("UploadsBucket").unwrap().physical_id;
    let connects = &*format!(
        "connect-src 'self' https://cognito-idp.eu-west-2.amazonaws.com \
         https://{uploads}.s3.eu-west-2.amazonaws.com"
    );
    let expected = [
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        connects,
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
fn every_bucket_is_closed() {
    for bucket in stack().of_kind("AWS::S3::Bucket") {
        let name = &bucket.logical_id;
        let block = bucket.properties["PublicAccessBlockConfiguration"].as_object().unwrap();
        assert_eq!(block.len(), 4, "{name}");
        assert!(block.values().all(|blocked| text(blocked) == "true"), "{name}");
        let owner = bucket.text("/OwnershipControls/Rules/0/ObjectOwnership");
        assert_eq!(owner, Some("BucketOwnerEnforced"), "{name}");
        let encryption = "/BucketEncryption/ServerSideEncryptionConfiguration/0";
        assert!(bucket.at(encryption).is_some(), "{name}");
        let policy = stack().get(&format!("{name}Policy")).unwrap();
        assert_eq!(policy.text("/Bucket"), Some(&*bucket.physical_id));
        let statements = policy.list("/PolicyDocument/Statement");
        let denied = statements.iter().find(|statement| statement["Effect"] == "Deny").unwrap();
        assert_eq!(text(&denied["Condition"]["Bool"]["aws:SecureTransport"]), "false", "{name}");
    }
}

/// What is sent is nobody's to read; only what was made of it is served.
#[test]
fn the_site_reads_two_buckets_and_no_uploads() {
    assert_eq!(read_by_the_site("UploadsBucket"), []);
    for (bucket, path) in [("SiteBucket", "*"), ("PicturesBucket", "/pictures/*")] {
        let name = arn(bucket);
        let read = ("s3:GetObject".to_owned(), format!("{name}/*"));
        assert_eq!(read_by_the_site(bucket), [read, ("s3:ListBucket".to_owned(), name)]);
        let origin = origin(&behavior(path)["TargetOriginId"]);
        assert_eq!(origin["OriginAccessControlId"], stack().reference("SiteAccess").unwrap());
        let domain = stack().attribute(bucket, "RegionalDomainName").unwrap();
        assert_eq!(origin["DomainName"], domain);
    }
}

/// A picture is sent from a page of another origin than the bucket's, and forgotten after a day.
#[test]
fn pages_may_send_to_the_uploads_alone() {
    let uploads = stack().get("UploadsBucket").unwrap();
    let rule = json!({"AllowedOrigins": ["*"], "AllowedMethods": ["PUT"],
        "AllowedHeaders": ["content-type"], "MaxAge": 3600});
    assert_eq!(uploads.at("/CorsConfiguration/CorsRules"), Some(&json!([rule])));
    let expiry = uploads.number("/LifecycleConfiguration/Rules/0/ExpirationInDays").unwrap();
    assert_eq!(expiry, Some(1));
    for bucket in ["SiteBucket", "PicturesBucket"] {
        assert!(stack().get(bucket).unwrap().at("/CorsConfiguration").is_none(), "{bucket}");
    }
}

/// What a bucket's policy allows, which is CloudFront's alone.
fn read_by_the_site(bucket: &str) -> Vec<(String, String)> {
    let site = stack().substitute("distribution/${Site}").unwrap();
    let policy = stack().get(&format!("{bucket}Policy")).unwrap();
    policy
        .list("/PolicyDocument/Statement")
        .iter()
        .filter(|statement| statement["Effect"] == "Allow")
        .inspect(|statement| {
            assert_eq!(statement["Principal"]["Service"], "cloudfront.amazonaws.com");
            let source = text(&statement["Condition"]["StringEquals"]["aws:SourceArn"]);
            assert!(source.ends_with(&site), "{source}");
        })
        .map(|statement| (text(&statement["Action"]), text(&statement["Resource"])))
        .collect()
}

#[test]
fn only_cloudfront_knows_what_the_apis_want_to_hear() {
    let secret = "0123456789abcdef0123456789abcdef";
    for short in ["secret", "0123456789abcdef0123456789abcde"] {
        load(&[("OriginSecret", short)]).expect_err(short);
    }
    assert!(declaration("OriginSecret").contains("    NoEcho: true\n"), "nobody can read it back");
    // An update makes CloudFront send the secret before a function requires it.
    for function in ["ApiFunction", "AuthorizerFunction", "PicturesFunction"] {
        assert!(declaration(function).contains("    DependsOn: Site\n"), "{function}");
    }
    let guarded = with(&[("OriginSecret", secret)]);
    for (stack, secret) in [(stack(), ""), (&guarded, secret)] {
        for function in stack.of_kind("AWS::Lambda::Function") {
            let serving = ["ApiFunction", "AuthorizerFunction", "PicturesFunction"];
            let serves = serving.contains(&&*function.logical_id);
            let told = function.text("/Environment/Variables/ORIGIN_SECRET");
            assert_eq!(told, serves.then_some(secret), "{}", function.logical_id);
        }
        let site = &stack.get("Site").unwrap().properties["DistributionConfig"];
        for origin in site["Origins"].as_array().unwrap() {
            let header = json!([{"HeaderName": "x-origin-secret", "HeaderValue": secret}]);
            let sent = origin.get("OriginCustomHeaders");
            let is_api = origin.get("CustomOriginConfig").is_some();
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
