//! Physical names, ids and ARNs in the form AWS gives them.
//!
//! They are made from the stack's name and the logical id alone, so that the same stack finds its
//! tables and accounts again after a restart.

use sha2::{Digest, Sha256};

use super::kinds::{self, Kind};

/// The account everything is in. It is no real account's number.
pub(super) const ACCOUNT_ID: &str = "000000000000";
/// AWS's partition in all regions but China's and the government's.
pub(super) const PARTITION: &str = "aws";
/// The domain under which that partition's services live.
pub(super) const URL_SUFFIX: &str = "amazonaws.com";

pub(super) const UPPER: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const MIXED: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What is known of a resource when it is named.
pub(super) struct Named<'a> {
    pub(super) kind: &'a str,
    pub(super) physical_id: &'a str,
    /// For a rule, the bus it listens to; `None` is the default bus.
    pub(super) bus: Option<&'a str>,
    pub(super) region: &'a str,
}

impl<'a> Named<'a> {
    /// `bus` is a rule's `EventBusName`: a name or an ARN.
    pub(super) fn new(
        kind: &'a str,
        physical_id: &'a str,
        bus: Option<&'a str>,
        region: &'a str,
    ) -> Self {
        let bus = bus.and_then(|it| it.rsplit('/').next()).filter(|it| *it != "default");
        Self { kind, physical_id, bus, region }
    }
}

/// The property in which a template may choose the name itself.
pub(super) fn name_property(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "AWS::Lambda::Function" => "FunctionName",
        "AWS::DynamoDB::Table" => "TableName",
        "AWS::SQS::Queue" => "QueueName",
        "AWS::IAM::Role" => "RoleName",
        "AWS::Events::EventBus" | "AWS::Events::Rule" => "Name",
        "AWS::ApiGatewayV2::Stage" => "StageName",
        "AWS::Logs::LogGroup" => "LogGroupName",
        "AWS::S3::Bucket" => "BucketName",
        _ => return None,
    })
}

/// The id AWS would make up for a resource that has no name of its own.
pub(super) fn generated(stack: &str, region: &str, logical_id: &str, kind: &str) -> String {
    let random = |alphabet, length| random(&format!("{stack}/{logical_id}"), alphabet, length);
    match kind {
        "AWS::ApiGatewayV2::Api" => random(LOWER, 10),
        "AWS::ApiGatewayV2::Integration" | "AWS::ApiGatewayV2::Route" => random(LOWER, 7),
        "AWS::ApiGatewayV2::Authorizer" | "AWS::ApiGatewayV2::Deployment" => random(LOWER, 6),
        "AWS::Cognito::UserPool" => format!("{region}_{}", random(MIXED, 9)),
        "AWS::Cognito::UserPoolClient" => random(LOWER, 26),
        "AWS::CloudFront::Distribution" => format!("E{}", random(UPPER, 13)),
        "AWS::S3::Bucket" => {
            format!("{stack}-{logical_id}-{}", random(LOWER, 12)).to_ascii_lowercase()
        }
        _ => {
            let stem: String = format!("{stack}-{logical_id}").chars().take(51).collect();
            format!("{stem}-{}", random(UPPER, 12))
        }
    }
}

/// What `Ref` returns.
pub(super) fn reference(it: &Named<'_>) -> String {
    match (it.kind, it.bus) {
        ("AWS::SQS::Queue", _) => queue_url(it),
        ("AWS::Events::Rule", Some(bus)) => format!("{bus}|{}", it.physical_id),
        ("AWS::SNS::Topic", _) => arn(it, "sns", it.physical_id),
        _ => it.physical_id.to_owned(),
    }
}

/// What `Fn::GetAtt` returns; `None` if an emulated type has no such attribute. What an
/// ignored resource would answer is not known here, so it gets a name that says where it came from.
pub(super) fn attribute(it: &Named<'_>, attribute: &str) -> Option<String> {
    let id = it.physical_id;
    Some(match (it.kind, attribute) {
        ("AWS::Lambda::Function", "Arn") => arn(it, "lambda", &format!("function:{id}")),
        ("AWS::DynamoDB::Table", "Arn") => arn(it, "dynamodb", &format!("table/{id}")),
        ("AWS::SQS::Queue", "Arn") => arn(it, "sqs", id),
        ("AWS::SQS::Queue", "QueueUrl") => queue_url(it),
        ("AWS::Events::EventBus", "Arn") => arn(it, "events", &format!("event-bus/{id}")),
        ("AWS::Events::Rule", "Arn") => {
            let bus = it.bus.map(|bus| format!("{bus}/")).unwrap_or_default();
            arn(it, "events", &format!("rule/{bus}{id}"))
        }
        ("AWS::IAM::Role", "Arn") => format!("arn:{PARTITION}:iam::{ACCOUNT_ID}:role/{id}"),
        ("AWS::Logs::LogGroup", "Arn") => arn(it, "logs", &format!("log-group:{id}:*")),
        ("AWS::S3::Bucket", "Arn") => format!("arn:{PARTITION}:s3:::{id}"),
        ("AWS::S3::Bucket", "DomainName") => format!("{id}.s3.{URL_SUFFIX}"),
        ("AWS::S3::Bucket", "RegionalDomainName") => {
            format!("{id}.s3.{}.{URL_SUFFIX}", it.region)
        }
        ("AWS::ApiGatewayV2::Api", "ApiEndpoint") => {
            format!("https://{id}.execute-api.{}.{URL_SUFFIX}", it.region)
        }
        ("AWS::CloudFront::Distribution", "DomainName") => {
            format!("{id}.cloudfront.net").to_ascii_lowercase()
        }
        ("AWS::Cognito::UserPool", "Arn") => arn(it, "cognito-idp", &format!("userpool/{id}")),
        ("AWS::Cognito::UserPool", "ProviderName") => format!("{}/{id}", pool_host(it)),
        ("AWS::Cognito::UserPool", "ProviderURL") => format!("https://{}/{id}", pool_host(it)),
        ("AWS::ApiGatewayV2::Api", "ApiId")
        | ("AWS::ApiGatewayV2::Authorizer", "AuthorizerId")
        | ("AWS::ApiGatewayV2::Deployment", "DeploymentId")
        | ("AWS::CloudFront::Distribution", "Id")
        | ("AWS::Cognito::UserPool", "UserPoolId")
        | ("AWS::Cognito::UserPoolClient", "ClientId")
        | ("AWS::Events::EventBus", "Name")
        | ("AWS::SQS::Queue", "QueueName") => id.to_owned(),
        (kind, attribute) => return ignored_attribute(it, kind, attribute),
    })
}

fn ignored_attribute(it: &Named<'_>, kind: &str, attribute: &str) -> Option<String> {
    if !matches!(kinds::find(kind), Some(Kind::Ignored)) {
        return None;
    }
    let service = kind.split("::").nth(1).unwrap_or_default().to_ascii_lowercase();
    Some(match attribute {
        "Arn" => arn(it, &service, it.physical_id),
        _ => format!("{}.{service}.{attribute}", it.physical_id).to_ascii_lowercase(),
    })
}

fn arn(it: &Named<'_>, service: &str, rest: &str) -> String {
    format!("arn:{PARTITION}:{service}:{}:{ACCOUNT_ID}:{rest}", it.region)
}

fn queue_url(it: &Named<'_>) -> String {
    format!("https://sqs.{}.{URL_SUFFIX}/{ACCOUNT_ID}/{}", it.region, it.physical_id)
}

fn pool_host(it: &Named<'_>) -> String {
    format!("cognito-idp.{}.{URL_SUFFIX}", it.region)
}

/// Characters that look random and are always the same for the same seed. The first is a letter
/// where the alphabet has one, as in AWS's ids.
pub(super) fn random(seed: &str, alphabet: &[u8], length: usize) -> String {
    let letters = &alphabet[10..];
    let hash = Sha256::digest(seed.as_bytes());
    let pick = |(index, byte): (usize, &u8)| {
        let from = if index == 0 { letters } else { alphabet };
        char::from(from[usize::from(*byte) % from.len()])
    };
    hash.iter().enumerate().map(pick).take(length).collect()
}
