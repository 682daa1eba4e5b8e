//! The headers that CloudFront adds to every answer, as the template's response headers policy says
//! (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html>).

use std::sync::Arc;

use anyhow::Result;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::template::{Resource, Stack};

/// The headers that CloudFront knows by name, by the names of their settings.
/// `Strict-Transport-Security` is among them here too: a browser ignores it over plain HTTP
/// (RFC 6797, section 8.1).
const SECURITY: [(&str, HeaderName); 4] = [
    ("ContentSecurityPolicy", header::CONTENT_SECURITY_POLICY),
    ("ContentTypeOptions", header::X_CONTENT_TYPE_OPTIONS),
    ("ReferrerPolicy", header::REFERRER_POLICY),
    ("StrictTransportSecurity", header::STRICT_TRANSPORT_SECURITY),
];

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
    /// The headers of the policy that a behavior of the distribution names; none if it names none.
    ///
    /// # Errors
    /// If the policy is not in the template, or says what is no header.
    pub(super) fn new(stack: &Stack, behavior: &Resource) -> Result<Self> {
        let at = "/ResponseHeadersPolicyId";
        if behavior.at(at).is_none() {
            return Ok(Self::default());
        }
        let policy = stack.named_by(behavior, at, "AWS::CloudFront::ResponseHeadersPolicy")?;
        let policy = policy.part("/ResponseHeadersPolicyConfig");
        let mut added = Vec::new();
        for (setting, name) in SECURITY {
            let at = format!("/SecurityHeadersConfig/{setting}");
            if policy.at(&at).is_some() {
                let part = policy.part(&at);
                let value = match setting {
                    "ContentTypeOptions" => "nosniff".to_owned(),
                    "StrictTransportSecurity" => transport(&part)?,
                    setting => part.required(&format!("/{setting}"))?.to_owned(),
                };
                added.push(Added::new(&part, name.as_str(), &value)?);
            }
        }
        for item in policy.parts("/CustomHeadersConfig/Items") {
            added.push(Added::new(&item, item.required("/Header")?, item.required("/Value")?)?);
        }
        Ok(Self { added: added.into() })
    }

    /// The same headers with their values as `address` writes them.
    ///
    /// # Errors
    /// If one is no header then.
    pub(super) fn localized(&self, address: impl Fn(&str) -> String) -> Result<Self> {
        let one = |it: &Added| {
            let value = address(it.value.to_str()?).parse()?;
            Ok(Added { name: it.name.clone(), value, overrides: it.overrides })
        };
        let added: Vec<Added> = self.added.iter().map(one).collect::<Result<_>>()?;
        Ok(Self { added: added.into() })
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

/// `Strict-Transport-Security` in CloudFront's words.
fn transport(setting: &Resource) -> Result<String> {
    let directive = |name: &str, word| if setting.is_true(name) { word } else { "" };
    let seconds = setting.number("/AccessControlMaxAgeSec")?.unwrap_or_default();
    let subdomains = directive("/IncludeSubdomains", "; includeSubDomains");
    Ok(format!("max-age={seconds}{subdomains}{}", directive("/Preload", "; preload")))
}

impl Added {
    /// The header of a setting.
    fn new(setting: &Resource, name: &str, value: &str) -> Result<Self> {
        let refuse = || setting.refuse(&format!("{name}: {value} is no header"));
        let overrides = setting.is_true("/Override");
        let value = value.parse().map_err(|_| refuse())?;
        Ok(Self { name: name.parse().map_err(|_| refuse())?, value, overrides })
    }
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
        let behavior = "/DistributionConfig/DefaultCacheBehavior";
        SiteHeaders::new(&stack, &stack.get("Site").unwrap().part(behavior))
    }

    fn items(items: &str) -> Result<SiteHeaders> {
        let config = format!("{{ CustomHeadersConfig: {{ Items: [{items}] }} }}");
        headers("{ ResponseHeadersPolicyId: !Ref Policy }", &config)
    }

    #[test]
    fn a_behavior_without_policy_adds_none() {
        assert!(headers("{ Compress: true }", "{}").unwrap().added.is_empty());
        assert!(items("").unwrap().added.is_empty());
    }

    #[test]
    fn only_what_overrides_replaces_what_the_origin_sent() {
        for (overrides, value) in [(false, "origin"), (true, "policy")] {
            let item = |name| format!("{{ Header: {name}, Value: policy, Override: {overrides} }}");
            let items = items(&[item("X-Own"), item("X-Other")].join(", ")).unwrap();
            let mut response = Response::default();
            response.headers_mut().insert("x-own", HeaderValue::from_static("origin"));
            let response = items.add(response);
            assert_eq!(response.headers()["x-own"], value);
            assert_eq!(response.headers()["x-other"], "policy");
        }
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
        let named = "{ ResponseHeadersPolicyId: !Ref Policy }";
        let managed = "{ ResponseHeadersPolicyId: 67f7725c-6f97-4210-82d7-5512b31e9d03 }";
        let refused = |it: Result<SiteHeaders>| format!("{:#}", it.unwrap_err());
        let mut messages = vec![
            (refused(items("{ Header: 'no header', Value: x, Override: true }")), "line 2: Policy"),
            (refused(items("{ Header: X-Own, Override: true }")), "line 2: Policy"),
            (refused(headers(managed, "{}")), "line 5: Site"),
        ];
        for setting in [
            "CorsConfig: { OriginOverride: true }",
            "RemoveHeadersConfig: { Items: [{ Header: Server }] }",
            "ServerTimingHeadersConfig: { Enabled: true }",
            "SecurityHeadersConfig: { FrameOptions: { FrameOption: DENY } }",
            "SecurityHeadersConfig: { ReferrerPolicy: { Policy: same-origin } }",
        ] {
            messages.push((refused(headers(named, &format!("{{ {setting} }}"))), "line 4"));
        }
        for (message, line) in messages {
            assert!(message.contains(line), "{message}");
        }
    }
}
