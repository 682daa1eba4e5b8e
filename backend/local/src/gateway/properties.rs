//! The properties of `AWS::ApiGatewayV2` that are supported, and why others change nothing here.

use crate::template::resource_type::ResourceType;

/// See [`ResourceType`].
pub(crate) const TYPES: &[ResourceType] = &[
    ResourceType {
        kind: "AWS::ApiGatewayV2::Api",
        emulated: "ProtocolType RouteSelectionExpression",
        ignored: &[("Name", "a label")],
    },
    ResourceType {
        kind: "AWS::ApiGatewayV2::Authorizer",
        emulated: "
            ApiId AuthorizerType AuthorizerUri IdentitySource[]
            JwtConfiguration { Audience[] Issuer }",
        ignored: &[("Name", "a label")],
    },
    ResourceType {
        kind: "AWS::ApiGatewayV2::Deployment",
        emulated: "",
        ignored: &[("ApiId StageName", "routes are in force from the start")],
    },
    ResourceType {
        kind: "AWS::ApiGatewayV2::Integration",
        emulated: "ApiId IntegrationType IntegrationUri PayloadFormatVersion TimeoutInMillis",
        ignored: &[("IntegrationMethod", "a function is invoked by POST whatever it says")],
    },
    ResourceType {
        kind: "AWS::ApiGatewayV2::Route",
        emulated: "ApiId RouteKey Target AuthorizationType AuthorizerId AuthorizationScopes[]",
        ignored: &[("OperationName", "a label")],
    },
    ResourceType {
        kind: "AWS::ApiGatewayV2::Stage",
        emulated: "ApiId StageName DefaultRouteSettings { ThrottlingBurstLimit ThrottlingRateLimit }",
        ignored: &[
            ("AutoDeploy DeploymentId", "routes are in force from the start"),
            ("AccessLogSettings.**", "the console shows what happens"),
            (
                "DefaultRouteSettings { DetailedMetricsEnabled LoggingLevel DataTraceEnabled }",
                "there is no CloudWatch",
            ),
        ],
    },
];
