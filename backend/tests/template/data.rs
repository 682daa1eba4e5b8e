//! What keeps orders and customers: the tables and the user pool.

use serde_json::json;

use crate::{declaration, support::stack, text};

#[test]
fn every_table_of_something_kept_can_be_restored_and_costs_what_it_is_used() {
    for table in stack().of_kind("AWS::DynamoDB::Table") {
        let recovery = &table.properties["PointInTimeRecoverySpecification"];
        let is_kept = table.logical_id != "LiveTable";
        assert_eq!(recovery["PointInTimeRecoveryEnabled"], is_kept, "{}", table.logical_id);
        assert_eq!(table.properties["BillingMode"], "PAY_PER_REQUEST", "{}", table.logical_id);
    }
    for expiring in ["LiveTable", "PeopleTable"] {
        let expiry = &stack().get(expiring).unwrap().properties["TimeToLiveSpecification"];
        assert_eq!(*expiry, json!({"AttributeName": "expires_at", "Enabled": true}), "{expiring}");
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

#[test]
fn what_holds_orders_customers_or_menus_survives_its_stack() {
    for logical_id in ["CatalogTable", "OrdersTable", "PeopleTable"] {
        let table = &stack().get(logical_id).unwrap().properties;
        assert_eq!(text(&table["DeletionProtectionEnabled"]), "true", "{logical_id}");
    }
    let pool = stack().get("UserPool").unwrap();
    assert_eq!(pool.text("/DeletionProtection"), Some("ACTIVE"));
    for logical_id in ["CatalogTable", "OrdersTable", "PeopleTable", "PicturesBucket", "UserPool"] {
        let declared = declaration(logical_id);
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            assert!(declared.contains(&format!("    {policy}: Retain\n")), "{declared}");
        }
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

#[test]
fn a_session_is_renewed_by_a_new_token_each_time_and_can_be_revoked() {
    let pool = stack().get("UserPool").unwrap();
    assert_eq!(pool.text("/UserPoolTier"), Some("ESSENTIALS"), "rotation needs it");
    let client = &stack().get("UserPoolClient").unwrap().properties;
    let rotation = json!({"Feature": "ENABLED", "RetryGracePeriodSeconds": 60});
    assert_eq!(client["RefreshTokenRotation"], rotation);
    assert_eq!(text(&client["EnableTokenRevocation"]), "true");
    assert_eq!(client["PreventUserExistenceErrors"], "ENABLED");
}
