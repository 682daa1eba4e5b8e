//! Which resource types are emulated, and which of their properties.
//!
//! What no list names is refused at start: to ignore it would be to promise what AWS does with it.

use anyhow::{Result, bail};

use super::resource_type::{ResourceType, paths};
use super::yaml::{Data, Node};
use crate::cognito::properties as cognito;
use crate::dynamodb::properties as dynamodb;
use crate::edge::properties as edge;
use crate::eventbridge::properties as eventbridge;
use crate::gateway::properties as gateway;
use crate::iam::properties as iam;
use crate::lambda::properties as lambda;
use crate::s3::properties as s3;
use crate::sqs::properties as sqs;

/// What happens to a resource type here.
pub(super) enum Kind {
    /// It works, with these properties.
    Emulated(&'static ResourceType),
    /// It is read and does nothing: the laptop has no use for it.
    Ignored,
}

/// Types that are declared for AWS and have nothing to do on a laptop, and why.
const IGNORED: &[(&str, &str)] = &[
    ("AWS::ApiGateway::Account", "there is no CloudWatch"),
    ("AWS::Budgets::Budget", "nothing is billed"),
    ("AWS::CertificateManager::Certificate", "loopback needs no TLS"),
    ("AWS::CloudFront::CloudFrontOriginAccessIdentity", "files are read from a folder"),
    ("AWS::CloudFront::Function", "JavaScript is not run"),
    ("AWS::CloudFront::OriginAccessControl", "files are read from a folder"),
    (
        "AWS::CloudFront::OriginRequestPolicy",
        "a behavior that names one of the template's is refused",
    ),
    ("AWS::CloudWatch::Alarm", "there is no CloudWatch"),
    ("AWS::CloudWatch::CompositeAlarm", "there is no CloudWatch"),
    ("AWS::CloudWatch::Dashboard", "there is no CloudWatch"),
    ("AWS::Events::Archive", "events are not archived"),
    ("AWS::Logs::LogGroup", "the console shows what functions log"),
    ("AWS::Logs::MetricFilter", "there is no CloudWatch"),
    ("AWS::Logs::QueryDefinition", "there is no CloudWatch"),
    ("AWS::Route53::RecordSet", "it has no name but loopback's"),
    ("AWS::S3::BucketPolicy", "functions have roles, and the edge reads every bucket"),
    ("AWS::SNS::Subscription", "no mail is sent"),
    ("AWS::SNS::Topic", "there are no alarms"),
    ("AWS::SNS::TopicPolicy", "there are no alarms"),
];

/// Properties of every type that change nothing here, and why.
const IGNORED_OF_ALL: &[(&str, &str)] =
    &[("Tags.**", "labels, for readers and bills"), ("Description", "a comment")];

fn emulated() -> impl Iterator<Item = &'static ResourceType> {
    let services: [&'static [ResourceType]; 9] = [
        cognito::TYPES,
        dynamodb::TYPES,
        edge::TYPES,
        eventbridge::TYPES,
        gateway::TYPES,
        iam::TYPES,
        lambda::TYPES,
        s3::TYPES,
        sqs::TYPES,
    ];
    services.into_iter().flatten()
}

/// What happens to this type; `None` if it is refused.
pub(super) fn find(kind: &str) -> Option<Kind> {
    if IGNORED.iter().any(|(ignored, _)| *ignored == kind) {
        return Some(Kind::Ignored);
    }
    emulated().find(|it| it.kind == kind).map(Kind::Emulated)
}

/// Refuses the first property that is not in the list of its type.
pub(super) fn check(kind: &str, properties: &Node) -> Result<()> {
    let Some(Kind::Emulated(emulated)) = find(kind) else { return Ok(()) };
    let ignored = emulated.ignored.iter().chain(IGNORED_OF_ALL).map(|(property, _)| *property);
    let allowed: Vec<String> =
        [emulated.emulated].into_iter().chain(ignored).flat_map(paths).collect();
    check_below("", properties, &allowed)
}

fn check_below(path: &str, node: &Node, allowed: &[String]) -> Result<()> {
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

fn check_one(path: &str, node: &Node, allowed: &[String]) -> Result<()> {
    if allowed.contains(&format!("{path}.**")) {
        return Ok(());
    }
    let begins = |it: &String| {
        it.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    if !allowed.iter().any(begins) {
        bail!("line {}: property {path} is not supported by the local emulator", node.line);
    }
    check_below(path, node, allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ignored_has_a_reason_and_is_not_emulated() {
        for ResourceType { kind, emulated, ignored } in emulated() {
            let emulated = paths(emulated);
            for (properties, reason) in ignored.iter().chain(IGNORED_OF_ALL) {
                assert!(!reason.is_empty(), "{kind}: {properties}");
                let is_emulated = paths(properties).iter().any(|it| emulated.contains(it));
                assert!(!is_emulated, "{kind}: {properties} is emulated");
            }
            assert!(!IGNORED.iter().any(|(it, _)| it == kind), "{kind} is emulated");
        }
        assert!(IGNORED.iter().all(|(_, reason)| !reason.is_empty()));
    }
}
