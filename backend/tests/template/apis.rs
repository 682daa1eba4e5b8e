//! The routes and stages of both APIs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{support::stack, text, with};

/// What is open to anyone, and what only to whoever is signed in. An ID token opens one route, which needs
/// the email address in it.
#[test]
fn every_route_of_a_customers_wants_an_access_token_but_that_of_invitations() {
    let api = &stack().get("HttpApi").unwrap().physical_id;
    let routes: BTreeMap<_, _> = stack()
        .of_kind("AWS::ApiGatewayV2::Route")
        .filter(|route| route.properties["ApiId"] == **api)
        .map(|route| {
            let properties = &route.properties;
            let guard = properties["AuthorizationType"].as_str().unwrap();
            if guard == "JWT" {
                let scopes = properties.get("AuthorizationScopes");
                let takes_id_tokens = properties["RouteKey"] == "POST /api/memberships";
                let expected = json!(["aws.cognito.signin.user.admin"]);
                assert_eq!(scopes, (!takes_id_tokens).then_some(&expected), "{properties}");
            }
            (properties["RouteKey"].as_str().unwrap(), guard)
        })
        .collect();
    let expected = [
        ("ANY /api/{proxy+}", "NONE"),
        ("DELETE /api/account", "JWT"),
        ("DELETE /api/addresses/{address_id}", "JWT"),
        ("DELETE /api/sessions", "JWT"),
        ("DELETE /api/staff/{restaurant_id}/invitations/{invitation_id}", "JWT"),
        ("DELETE /api/staff/{restaurant_id}/people/{user_id}", "JWT"),
        ("GET /api/account", "JWT"),
        ("GET /api/addresses", "JWT"),
        ("GET /api/orders", "JWT"),
        ("GET /api/orders/{order_id}", "JWT"),
        ("GET /api/pages/{name}", "NONE"),
        ("GET /api/restaurants", "NONE"),
        ("GET /api/restaurants/{restaurant_id}", "NONE"),
        ("GET /api/staff", "JWT"),
        ("GET /api/staff/{restaurant_id}/availability", "JWT"),
        ("GET /api/staff/{restaurant_id}/hours", "JWT"),
        ("GET /api/staff/{restaurant_id}/days/{date}", "JWT"),
        ("GET /api/staff/{restaurant_id}/deliveries", "JWT"),
        ("GET /api/staff/{restaurant_id}/delivery", "JWT"),
        ("GET /api/staff/{restaurant_id}/history", "JWT"),
        ("GET /api/staff/{restaurant_id}/menu", "JWT"),
        ("GET /api/staff/{restaurant_id}/menu/file", "JWT"),
        ("GET /api/staff/{restaurant_id}/menu/versions", "JWT"),
        ("GET /api/staff/{restaurant_id}/menu/versions/{version}", "JWT"),
        ("GET /api/staff/{restaurant_id}/orders", "JWT"),
        ("GET /api/staff/{restaurant_id}/orders/{order_id}", "JWT"),
        ("GET /api/staff/{restaurant_id}/orders/{order_id}/history", "JWT"),
        ("GET /api/staff/{restaurant_id}/people", "JWT"),
        ("GET /api/staff/{restaurant_id}/reports", "JWT"),
        ("GET /api/staff/{restaurant_id}/reports/dishes.csv", "JWT"),
        ("GET /api/staff/{restaurant_id}/reports/orders.csv", "JWT"),
        ("GET /api/staff/{restaurant_id}/shift", "JWT"),
        ("POST /api/live-tickets", "JWT"),
        ("POST /api/memberships", "JWT"),
        ("POST /api/orders/{order_id}/cancel", "JWT"),
        ("POST /api/quotes", "NONE"),
        ("POST /api/staff/{restaurant_id}/availability", "JWT"),
        ("POST /api/staff/{restaurant_id}/deliveries/{order_id}/commands", "JWT"),
        ("POST /api/staff/{restaurant_id}/invitations", "JWT"),
        ("POST /api/staff/{restaurant_id}/menu/file", "JWT"),
        ("POST /api/staff/{restaurant_id}/orders/{order_id}/commands", "JWT"),
        ("POST /api/staff/{restaurant_id}/orders/{order_id}/phone", "JWT"),
        ("POST /api/staff/{restaurant_id}/shift", "JWT"),
        ("POST /api/staff/{restaurant_id}/pictures", "JWT"),
        ("POST /api/staff/{restaurant_id}/pictures/{upload_id}", "JWT"),
        ("PUT /api/addresses/{address_id}", "JWT"),
        ("PUT /api/orders/{order_id}", "JWT"),
        ("PUT /api/staff/{restaurant_id}/hours", "JWT"),
        ("PUT /api/staff/{restaurant_id}/delivery", "JWT"),
        ("PUT /api/staff/{restaurant_id}/menu", "JWT"),
    ];
    assert_eq!(routes, BTreeMap::from(expected));
}

#[test]
fn both_apis_are_throttled() {
    let given = with(&[("RequestsPerSecond", "1000"), ("RequestsAtOnce", "2000")]);
    for (stack, limits) in [(stack(), ["100", "200"]), (&given, ["1000", "2000"])] {
        for stage in stack.of_kind("AWS::ApiGatewayV2::Stage") {
            let settings = &stage.properties["DefaultRouteSettings"];
            let found = ["ThrottlingRateLimit", "ThrottlingBurstLimit"];
            assert_eq!(found.map(|it| text(&settings[it])), limits, "{}", stage.logical_id);
        }
    }
}

/// A log of requests keeps no address, and nothing else that tells of a customer.
#[test]
fn access_logs_tell_of_requests_and_of_nobody() {
    let logging = with(&[("AccessLogs", "on")]);
    let settings = &logging.get("HttpStage").unwrap().properties["AccessLogSettings"];
    assert_eq!(settings["DestinationArn"], logging.arn("HttpAccessLogs").unwrap());
    let group = logging.get("HttpAccessLogs").unwrap();
    assert_eq!(group.number("/RetentionInDays").unwrap(), Some(30));
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
