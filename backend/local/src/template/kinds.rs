//! Which resource types are played, and which of their properties.
//!
//! A property that is not listed is refused: to ignore it would be to promise what AWS does with
//! it. `Path.**` allows everything below; `List[]` goes into a list.

use anyhow::{Result, bail};

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
    if INERT.contains(&kind) {
        return Some(Part::Inert);
    }
    let (_, properties) = PLAYED.iter().find(|(played, _)| *played == kind)?;
    Some(Part::Played(properties))
}

/// Refuses the first property that is not in the list of its type.
pub(super) fn check(kind: &str, properties: &Node) -> Result<()> {
    match part(kind) {
        Some(Part::Played(allowed)) => check_below("", properties, allowed),
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

/// Types that are declared for AWS and have nothing to do on a laptop.
const INERT: &[&str] = &[
    "AWS::ApiGateway::Account",
    "AWS::Budgets::Budget",
    "AWS::CertificateManager::Certificate",
    "AWS::CloudFront::CloudFrontOriginAccessIdentity",
    "AWS::CloudFront::Function",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudFront::OriginRequestPolicy",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::Events::Archive",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::QueryDefinition",
    "AWS::Route53::RecordSet",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
];

/// Types that work here, with the properties that are honoured or that change nothing here
/// (descriptions, tags, encryption at rest, metrics).
const PLAYED: &[(&str, &[&str])] = &[
    (
        "AWS::ApiGatewayV2::Api",
        &["Name", "ProtocolType", "RouteSelectionExpression", "Description", "Tags.**"],
    ),
    (
        "AWS::ApiGatewayV2::Authorizer",
        &[
            "ApiId",
            "Name",
            "AuthorizerType",
            "AuthorizerUri",
            "IdentitySource[]",
            "JwtConfiguration.Audience[]",
            "JwtConfiguration.Issuer",
            "AuthorizerResultTtlInSeconds",
            "AuthorizerPayloadFormatVersion",
        ],
    ),
    ("AWS::ApiGatewayV2::Deployment", &["ApiId", "Description", "StageName"]),
    (
        "AWS::ApiGatewayV2::Integration",
        &[
            "ApiId",
            "IntegrationType",
            "IntegrationUri",
            "IntegrationMethod",
            "PayloadFormatVersion",
            "TimeoutInMillis",
            "Description",
        ],
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
            "OperationName",
        ],
    ),
    (
        "AWS::ApiGatewayV2::Stage",
        &[
            "ApiId",
            "StageName",
            "AutoDeploy",
            "DeploymentId",
            "Description",
            "Tags.**",
            "AccessLogSettings.**",
            "DefaultRouteSettings.**",
            "RouteSettings.**",
        ],
    ),
    (
        "AWS::CloudFront::CachePolicy",
        &[
            "CachePolicyConfig.Name",
            "CachePolicyConfig.Comment",
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
            "DistributionConfig.Enabled",
            "DistributionConfig.Comment",
            "DistributionConfig.HttpVersion",
            "DistributionConfig.IPV6Enabled",
            "DistributionConfig.PriceClass",
            "DistributionConfig.Aliases[]",
            "DistributionConfig.ViewerCertificate.**",
            "DistributionConfig.DefaultRootObject",
            "DistributionConfig.WebACLId",
            "DistributionConfig.Logging.**",
            "DistributionConfig.Origins[].Id",
            "DistributionConfig.Origins[].DomainName",
            "DistributionConfig.Origins[].OriginAccessControlId",
            "DistributionConfig.Origins[].S3OriginConfig.**",
            "DistributionConfig.Origins[].CustomOriginConfig.**",
            "DistributionConfig.Origins[].OriginCustomHeaders[].HeaderName",
            "DistributionConfig.Origins[].OriginCustomHeaders[].HeaderValue",
            "DistributionConfig.CustomErrorResponses[].ErrorCode",
            "DistributionConfig.CustomErrorResponses[].ErrorCachingMinTTL",
            "DistributionConfig.DefaultCacheBehavior.TargetOriginId",
            "DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy",
            "DistributionConfig.DefaultCacheBehavior.AllowedMethods[]",
            "DistributionConfig.DefaultCacheBehavior.Compress",
            "DistributionConfig.DefaultCacheBehavior.CachePolicyId",
            "DistributionConfig.DefaultCacheBehavior.OriginRequestPolicyId",
            "DistributionConfig.DefaultCacheBehavior.ResponseHeadersPolicyId",
            "DistributionConfig.DefaultCacheBehavior.FunctionAssociations.**",
            "DistributionConfig.CacheBehaviors[].PathPattern",
            "DistributionConfig.CacheBehaviors[].TargetOriginId",
            "DistributionConfig.CacheBehaviors[].ViewerProtocolPolicy",
            "DistributionConfig.CacheBehaviors[].AllowedMethods[]",
            "DistributionConfig.CacheBehaviors[].Compress",
            "DistributionConfig.CacheBehaviors[].CachePolicyId",
            "DistributionConfig.CacheBehaviors[].OriginRequestPolicyId",
            "DistributionConfig.CacheBehaviors[].ResponseHeadersPolicyId",
            "DistributionConfig.CacheBehaviors[].FunctionAssociations.**",
            "Tags.**",
        ],
    ),
    (
        "AWS::CloudFront::ResponseHeadersPolicy",
        &[
            "ResponseHeadersPolicyConfig.Name",
            "ResponseHeadersPolicyConfig.Comment",
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
            "UserPoolName",
            "UserPoolTier",
            "UsernameAttributes[]",
            "UsernameConfiguration.**",
            "AutoVerifiedAttributes[]",
            "Policies.PasswordPolicy.**",
            "Policies.SignInPolicy.**",
            "AccountRecoverySetting.**",
            "AdminCreateUserConfig.**",
            "DeletionProtection",
            "EmailConfiguration.**",
            "MfaConfiguration",
            "Schema[].**",
            "UserAttributeUpdateSettings.**",
            "UserPoolTags.**",
            "VerificationMessageTemplate.**",
        ],
    ),
    (
        "AWS::Cognito::UserPoolClient",
        &[
            "UserPoolId",
            "ClientName",
            "GenerateSecret",
            "ExplicitAuthFlows[]",
            "AccessTokenValidity",
            "IdTokenValidity",
            "RefreshTokenValidity",
            "TokenValidityUnits.**",
            "RefreshTokenRotation.**",
            "AuthSessionValidity",
            "EnableTokenRevocation",
            "PreventUserExistenceErrors",
            "ReadAttributes[]",
            "WriteAttributes[]",
            "SupportedIdentityProviders[]",
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
            "BillingMode",
            "TimeToLiveSpecification.AttributeName",
            "TimeToLiveSpecification.Enabled",
            "PointInTimeRecoverySpecification.**",
            "SSESpecification.**",
            "DeletionProtectionEnabled",
            "OnDemandThroughput.**",
            "TableClass",
            "Tags.**",
        ],
    ),
    (
        "AWS::Events::EventBus",
        &["Name", "Description", "Tags.**", "LogConfig.**", "DeadLetterConfig.**"],
    ),
    (
        "AWS::Events::Rule",
        &[
            "Name",
            "Description",
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
            "Tags.**",
        ],
    ),
    (
        "AWS::IAM::Role",
        &[
            "RoleName",
            "Description",
            "Path",
            "AssumeRolePolicyDocument.**",
            "ManagedPolicyArns[]",
            "Policies[].PolicyName",
            "Policies[].PolicyDocument.**",
            "MaxSessionDuration",
            "Tags.**",
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
            "Description",
            "Code.**",
            "Handler",
            "Runtime",
            "PackageType",
            "Role",
            "Architectures[]",
            "MemorySize",
            "Timeout",
            "Environment.Variables.**",
            "ReservedConcurrentExecutions",
            "EphemeralStorage.**",
            "LoggingConfig.LogGroup",
            "LoggingConfig.LogFormat",
            "LoggingConfig.ApplicationLogLevel",
            "LoggingConfig.SystemLogLevel",
            "TracingConfig.**",
            "Tags.**",
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
            "SqsManagedSseEnabled",
            "KmsMasterKeyId",
            "KmsDataKeyReusePeriodSeconds",
            "Tags.**",
        ],
    ),
    ("AWS::SQS::QueuePolicy", &["Queues[]", "PolicyDocument.**"]),
];
