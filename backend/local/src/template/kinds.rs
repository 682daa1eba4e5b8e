//! Which resource types are emulated, and which of their properties.
//!
//! A property that is neither listed here nor in [`super::ignored`] is refused: to ignore it would
//! be to promise what AWS does with it. `Path.**` allows everything below; `List[]` goes into a
//! list.

use anyhow::{Result, bail};

use super::ignored;
use super::yaml::{Data, Node};

/// What happens to a resource type here.
pub(super) enum Part {
    /// It works, with these properties.
    Played(&'static [&'static str]),
    /// It is read and does nothing: the laptop has no use for it.
    Inert,
}

/// What happens to this type; `None` if it is refused.
pub(super) fn part(kind: &str) -> Option<Part> {
    if ignored::TYPES.iter().any(|(inert, _)| *inert == kind) {
        return Some(Part::Inert);
    }
    let (_, properties) = PLAYED.iter().find(|(played, _)| *played == kind)?;
    Some(Part::Played(properties))
}

/// Refuses the first property that is not in the list of its type.
pub(super) fn check(kind: &str, properties: &Node) -> Result<()> {
    match part(kind) {
        Some(Part::Played(honoured)) => {
            let ignored = ignored::PROPERTIES.iter().filter(|(of, ..)| *of == kind || *of == "*");
            let allowed = honoured.iter().copied().chain(ignored.map(|(_, property, _)| *property));
            check_below("", properties, &allowed.collect::<Vec<_>>())
        }
        _ => Ok(()),
    }
}

fn check_below(path: &str, node: &Node, allowed: &[&str]) -> Result<()> {
    match &node.data {
        Data::Map(entries) => entries.iter().try_for_each(|(key, value)| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            check_one(&path, value, allowed)
        }),
        Data::List(items) => {
            let path = format!("{path}[]");
            items.iter().try_for_each(|item| check_below(&path, item, allowed))
        }
        _ => Ok(()),
    }
}

fn check_one(path: &str, node: &Node, allowed: &[&str]) -> Result<()> {
    let whole = format!("{path}.**");
    if allowed.contains(&whole.as_str()) {
        return Ok(());
    }
    let begins = |it: &&str| {
        it.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    if !allowed.iter().any(begins) {
        bail!("line {}: the property {path} is not played here", node.line);
    }
    check_below(path, node, allowed)
}

/// Types that are emulated, with the properties that are honoured; a value that is not emulated is
/// refused by the module that reads it. A function is told its `MemorySize`, and not held to it.
const PLAYED: &[(&str, &[&str])] = &[
    ("AWS::ApiGatewayV2::Api", &["ProtocolType", "RouteSelectionExpression"]),
    (
        "AWS::ApiGatewayV2::Authorizer",
        &[
            "ApiId",
            "AuthorizerType",
            "AuthorizerUri",
            "IdentitySource[]",
            "JwtConfiguration.Audience[]",
            "JwtConfiguration.Issuer",
        ],
    ),
    ("AWS::ApiGatewayV2::Deployment", &[]),
    (
        "AWS::ApiGatewayV2::Integration",
        &["ApiId", "IntegrationType", "IntegrationUri", "PayloadFormatVersion", "TimeoutInMillis"],
    ),
    (
        "AWS::ApiGatewayV2::Route",
        &[
            "ApiId",
            "RouteKey",
            "Target",
            "AuthorizationType",
            "AuthorizerId",
            "AuthorizationScopes[]",
        ],
    ),
    (
        "AWS::ApiGatewayV2::Stage",
        &[
            "ApiId",
            "StageName",
            "DefaultRouteSettings.ThrottlingBurstLimit",
            "DefaultRouteSettings.ThrottlingRateLimit",
        ],
    ),
    (
        "AWS::CloudFront::CachePolicy",
        &[
            "CachePolicyConfig.MinTTL",
            "CachePolicyConfig.DefaultTTL",
            "CachePolicyConfig.MaxTTL",
            "CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.EnableAcceptEncodingBrotli",
            "CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.EnableAcceptEncodingGzip",
            "CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.HeadersConfig.HeaderBehavior",
            "CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.CookiesConfig.CookieBehavior",
            "CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.QueryStringsConfig.QueryStringBehavior",
            "CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.QueryStringsConfig.QueryStrings[]",
        ],
    ),
    (
        "AWS::CloudFront::Distribution",
        &[
            "DistributionConfig.Origins[].Id",
            "DistributionConfig.Origins[].DomainName",
            "DistributionConfig.Origins[].OriginCustomHeaders[].HeaderName",
            "DistributionConfig.Origins[].OriginCustomHeaders[].HeaderValue",
            "DistributionConfig.CustomErrorResponses[].ErrorCode",
            "DistributionConfig.CustomErrorResponses[].ErrorCachingMinTTL",
            "DistributionConfig.DefaultCacheBehavior.TargetOriginId",
            "DistributionConfig.DefaultCacheBehavior.AllowedMethods[]",
            "DistributionConfig.DefaultCacheBehavior.Compress",
            "DistributionConfig.DefaultCacheBehavior.CachePolicyId",
            "DistributionConfig.DefaultCacheBehavior.OriginRequestPolicyId",
            "DistributionConfig.DefaultCacheBehavior.ResponseHeadersPolicyId",
            "DistributionConfig.CacheBehaviors[].PathPattern",
            "DistributionConfig.CacheBehaviors[].TargetOriginId",
            "DistributionConfig.CacheBehaviors[].AllowedMethods[]",
            "DistributionConfig.CacheBehaviors[].Compress",
            "DistributionConfig.CacheBehaviors[].CachePolicyId",
            "DistributionConfig.CacheBehaviors[].OriginRequestPolicyId",
            "DistributionConfig.CacheBehaviors[].ResponseHeadersPolicyId",
        ],
    ),
    (
        "AWS::CloudFront::ResponseHeadersPolicy",
        &[
            "ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy",
            "ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy.Override",
            "ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentTypeOptions.Override",
            "ResponseHeadersPolicyConfig.SecurityHeadersConfig.ReferrerPolicy.ReferrerPolicy",
            "ResponseHeadersPolicyConfig.SecurityHeadersConfig.ReferrerPolicy.Override",
            "ResponseHeadersPolicyConfig.SecurityHeadersConfig.StrictTransportSecurity.AccessControlMaxAgeSec",
            "ResponseHeadersPolicyConfig.SecurityHeadersConfig.StrictTransportSecurity.IncludeSubdomains",
            "ResponseHeadersPolicyConfig.SecurityHeadersConfig.StrictTransportSecurity.Preload",
            "ResponseHeadersPolicyConfig.SecurityHeadersConfig.StrictTransportSecurity.Override",
            "ResponseHeadersPolicyConfig.CustomHeadersConfig.Items[].Header",
            "ResponseHeadersPolicyConfig.CustomHeadersConfig.Items[].Value",
            "ResponseHeadersPolicyConfig.CustomHeadersConfig.Items[].Override",
        ],
    ),
    (
        "AWS::Cognito::UserPool",
        &[
            "UsernameAttributes[]",
            "AutoVerifiedAttributes[]",
            "MfaConfiguration",
            "AdminCreateUserConfig.AllowAdminCreateUserOnly",
            "UsernameConfiguration.CaseSensitive",
            "Policies.PasswordPolicy.MinimumLength",
            "Policies.PasswordPolicy.PasswordHistorySize",
            "Policies.PasswordPolicy.RequireLowercase",
            "Policies.PasswordPolicy.RequireNumbers",
            "Policies.PasswordPolicy.RequireSymbols",
            "Policies.PasswordPolicy.RequireUppercase",
            "UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate[]",
            "AccountRecoverySetting.RecoveryMechanisms[].Name",
            "AccountRecoverySetting.RecoveryMechanisms[].Priority",
        ],
    ),
    (
        "AWS::Cognito::UserPoolClient",
        &[
            "UserPoolId",
            "GenerateSecret",
            "ExplicitAuthFlows[]",
            "AccessTokenValidity",
            "IdTokenValidity",
            "RefreshTokenValidity",
            "EnableTokenRevocation",
            "PreventUserExistenceErrors",
            "WriteAttributes[]",
            "TokenValidityUnits.AccessToken",
            "TokenValidityUnits.IdToken",
            "TokenValidityUnits.RefreshToken",
            "RefreshTokenRotation.Feature",
            "RefreshTokenRotation.RetryGracePeriodSeconds",
        ],
    ),
    (
        "AWS::DynamoDB::Table",
        &[
            "TableName",
            "AttributeDefinitions[].AttributeName",
            "AttributeDefinitions[].AttributeType",
            "KeySchema[].AttributeName",
            "KeySchema[].KeyType",
            "GlobalSecondaryIndexes[].IndexName",
            "GlobalSecondaryIndexes[].KeySchema[].AttributeName",
            "GlobalSecondaryIndexes[].KeySchema[].KeyType",
            "GlobalSecondaryIndexes[].Projection.ProjectionType",
            "GlobalSecondaryIndexes[].Projection.NonKeyAttributes[]",
            "TimeToLiveSpecification.AttributeName",
            "TimeToLiveSpecification.Enabled",
        ],
    ),
    ("AWS::Events::EventBus", &["Name"]),
    (
        "AWS::Events::Rule",
        &[
            "Name",
            "EventBusName",
            "EventPattern.**",
            "ScheduleExpression",
            "State",
            "Targets[].Arn",
            "Targets[].Id",
            "Targets[].Input",
            "Targets[].DeadLetterConfig.Arn",
            "Targets[].RetryPolicy.MaximumEventAgeInSeconds",
            "Targets[].RetryPolicy.MaximumRetryAttempts",
        ],
    ),
    (
        "AWS::IAM::Role",
        &[
            "RoleName",
            "AssumeRolePolicyDocument.**",
            "ManagedPolicyArns[]",
            "Policies[].PolicyDocument.**",
        ],
    ),
    (
        "AWS::Lambda::EventInvokeConfig",
        &[
            "FunctionName",
            "Qualifier",
            "MaximumEventAgeInSeconds",
            "MaximumRetryAttempts",
            "DestinationConfig.OnFailure.Destination",
        ],
    ),
    (
        "AWS::Lambda::Function",
        &[
            "FunctionName",
            "Handler",
            "Runtime",
            "PackageType",
            "Role",
            "MemorySize",
            "Timeout",
            "Environment.Variables.**",
            "ReservedConcurrentExecutions",
            "LoggingConfig.LogGroup",
            "LoggingConfig.LogFormat",
            "LoggingConfig.ApplicationLogLevel",
            "TracingConfig.Mode",
        ],
    ),
    (
        "AWS::Lambda::Permission",
        &["Action", "FunctionName", "Principal", "SourceArn", "SourceAccount"],
    ),
    (
        "AWS::SQS::Queue",
        &[
            "QueueName",
            "MessageRetentionPeriod",
            "VisibilityTimeout",
            "DelaySeconds",
            "ReceiveMessageWaitTimeSeconds",
            "MaximumMessageSize",
        ],
    ),
    ("AWS::SQS::QueuePolicy", &["Queues[]", "PolicyDocument.**"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ignored_property_is_of_an_emulated_type_has_a_reason_and_is_not_honoured() {
        for (kind, property, reason) in ignored::PROPERTIES {
            assert!(!reason.is_empty(), "{kind} {property}");
            let emulated = PLAYED.iter().filter(|(played, _)| *kind == "*" || played == kind);
            let emulated: Vec<_> = emulated.map(|(_, properties)| properties).collect();
            assert!(!emulated.is_empty(), "{kind} is not emulated");
            let is_honoured = emulated.iter().any(|it| it.contains(property));
            assert!(!is_honoured, "{kind} {property} is honoured");
        }
        for (kind, reason) in ignored::TYPES {
            assert!(!reason.is_empty() && !PLAYED.iter().any(|(it, _)| it == kind), "{kind}");
        }
    }
}
