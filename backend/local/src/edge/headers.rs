//! The headers that CloudFront adds to every answer, as the template's response headers policy says
//! (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html>).

use std::sync::Arc;

use anyhow::Result;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::template::{Resource, Stack};

const SECURITY: &str = "/ResponseHeadersPolicyConfig/SecurityHeadersConfig";
const CUSTOM: &str = "/ResponseHeadersPolicyConfig/CustomHeadersConfig/Items";

/// What is added to every answer; clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct SiteHeaders {
    added: Arc<[Added]>,
}

#[derive(Debug)]
struct Added {
    name: HeaderName,
    value: HeaderValue,
    /// Whether it replaces a header of this name that the origin sent.
    overrides: bool,
}

impl SiteHeaders {
    /// The headers of the policy that a behavior of the distribution names at `at`, a JSON pointer;
    /// none if it names none.
    ///
    /// # Errors
    /// If the policy is not in the template, or says what is no header.
    pub(super) fn new(stack: &Stack, distribution: &Resource, at: &str) -> Result<Self> {
        if distribution.at(at).is_none() {
            return Ok(Self::default());
        }
        let kind = "AWS::CloudFront::ResponseHeadersPolicy";
        let policy = stack.named_by(distribution, at, kind)?;
        let added = security(policy).chain(custom(policy)).collect::<Result<_>>()?;
        Ok(Self { added })
    }

    /// The answer with the headers. What opens a WebSocket shows no page and gets none.
    pub(super) fn add(&self, mut response: Response) -> Response {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return response;
        }
        let headers = response.headers_mut();
        for added in &*self.added {
            if added.overrides || !headers.contains_key(&added.name) {
                headers.insert(&added.name, added.value.clone());
            }
        }
        response
    }
}

/// The headers that CloudFront knows by name. `Strict-Transport-Security` is among them here too:
/// a browser ignores it over plain HTTP (RFC 6797, section 8.1).
fn security(policy: &Resource) -> impl Iterator<Item = Result<Added>> {
    let text = |setting: &str| text(policy, &format!("{SECURITY}/{setting}/{setting}"));
    let settings = [
        ("ContentSecurityPolicy", header::CONTENT_SECURITY_POLICY, text("ContentSecurityPolicy")),
        ("ContentTypeOptions", header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        ("ReferrerPolicy", header::REFERRER_POLICY, text("ReferrerPolicy")),
        ("StrictTransportSecurity", header::STRICT_TRANSPORT_SECURITY, transport(policy)),
    ];
    settings.into_iter().filter_map(|(setting, name, value)| {
        let at = format!("{SECURITY}/{setting}");
        policy.at(&at).map(|_| added(policy, &at, name.as_str(), &value))
    })
}

fn custom(policy: &Resource) -> impl Iterator<Item = Result<Added>> {
    (0..policy.list(CUSTOM).len()).map(|index| {
        let at = format!("{CUSTOM}/{index}");
        let (name, value) = (format!("{at}/Header"), format!("{at}/Value"));
        added(policy, &at, &text(policy, &name), &text(policy, &value))
    })
}

/// `Strict-Transport-Security` in CloudFront's words.
fn transport(policy: &Resource) -> String {
    let at = |setting: &str| format!("{SECURITY}/StrictTransportSecurity/{setting}");
    let directive = |setting: &str, word| if policy.is_true(&at(setting)) { word } else { "" };
    let seconds = text(policy, &at("AccessControlMaxAgeSec"));
    let subdomains = directive("IncludeSubdomains", "; includeSubDomains");
    format!("max-age={seconds}{subdomains}{}", directive("Preload", "; preload"))
}

/// The header whose setting is at `at`.
fn added(policy: &Resource, at: &str, name: &str, value: &str) -> Result<Added> {
    let refuse = || policy.refuse(&format!("{at} is no header: {name}: {value}"));
    let value = Some(value).filter(|it| !it.is_empty()).ok_or_else(refuse)?;
    Ok(Added {
        name: name.parse().map_err(|_| refuse())?,
        value: value.parse().map_err(|_| refuse())?,
        overrides: policy.is_true(&format!("{at}/Override")),
    })
}

/// A property as text, even if it was written as a number; nothing if it is absent.
fn text(policy: &Resource, pointer: &str) -> String {
    let value = policy.at(pointer);
    value.map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The headers of a distribution with this policy; `{}` is one without settings.
    fn headers(named: &str, config: &str) -> Result<SiteHeaders> {
        let text = format!(
            "Resources:
  Policy:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties: {{ ResponseHeadersPolicyConfig: {config} }}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties: {{ DistributionConfig: {{ DefaultCacheBehavior: {named} }} }}
"
        );
        let stack = Stack::parse(&text, "demo", "eu-west-2", &BTreeMap::new())?;
        let at = "/DistributionConfig/DefaultCacheBehavior/ResponseHeadersPolicyId";
        SiteHeaders::new(&stack, stack.get("Site").unwrap(), at)
    }

    fn items(items: &str) -> Result<SiteHeaders> {
        let config = format!("{{ CustomHeadersConfig: {{ Items: [{items}] }} }}");
        headers("{ ResponseHeadersPolicyId: !Ref Policy }", &config)
    }

    /// What an answer that had `x-own: origin` has in the end.
    fn names_and_values(headers: &SiteHeaders) -> Vec<(String, String)> {
        let mut response = Response::default();
        response.headers_mut().insert("x-own", HeaderValue::from_static("origin"));
        let response = headers.add(response);
        let pairs = response.headers().iter();
        pairs.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
    }

    #[test]
    fn a_behavior_without_policy_adds_none() {
        assert!(headers("{ Compress: true }", "{}").unwrap().added.is_empty());
        assert!(items("").unwrap().added.is_empty());
    }

    #[test]
    fn only_what_overrides_replaces_what_the_origin_sent() {
        for (overrides, value) in [(false, "origin"), (true, "policy")] {
            let item = format!("{{ Header: X-Own, Value: policy, Override: {overrides} }}");
            let pairs = names_and_values(&items(&item).unwrap());
            assert_eq!(pairs, [("x-own".to_owned(), value.to_owned())]);
        }
        let other = items("{ Header: X-Other, Value: policy, Override: false }").unwrap();
        assert_eq!(names_and_values(&other).len(), 2);
    }

    #[test]
    fn an_open_websocket_gets_none() {
        let some = items("{ Header: X-Other, Value: policy, Override: true }").unwrap();
        let mut response = Response::default();
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        assert!(some.add(response).headers().is_empty());
    }

    #[test]
    fn what_cannot_be_added_is_refused_by_line() {
        let refused = |it: Result<SiteHeaders>| format!("{:#}", it.unwrap_err());
        let message = refused(items("{ Header: 'no header', Value: x, Override: true }"));
        assert!(message.contains("line 2: Policy") && message.contains("no header"), "{message}");
        let message = refused(items("{ Header: X-Own, Override: true }"));
        assert!(message.contains("line 2: Policy"), "{message}");
        let managed = "{ ResponseHeadersPolicyId: 67f7725c-6f97-4210-82d7-5512b31e9d03 }";
        let message = refused(headers(managed, "{}"));
        assert!(message.contains("line 5: Site"), "{message}");
        let named = "{ ResponseHeadersPolicyId: !Ref Policy }";
        for setting in [
            "CorsConfig: { OriginOverride: true }",
            "RemoveHeadersConfig: { Items: [{ Header: Server }] }",
            "ServerTimingHeadersConfig: { Enabled: true }",
            "SecurityHeadersConfig: { FrameOptions: { FrameOption: DENY } }",
            "SecurityHeadersConfig: { ReferrerPolicy: { Policy: same-origin } }",
        ] {
            let message = refused(headers(named, &format!("{{ {setting} }}")));
            assert!(
                message.contains("line 4") && message.contains("is not supported"),
                "{message}"
            );
        }
    }
}
