//! The template's CloudFront distribution: which path goes to which origin, with which methods,
//! what is cached and for how long.
//!
//! Not emulated: `stale-while-revalidate` (an expired answer is fetched anew), and caching of files
//! (they are read anew each time, as after an invalidation).

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use axum::http::{HeaderMap, StatusCode};

mod behavior;
mod cache_policy;

use super::headers::SiteHeaders;
use crate::gateway;
use crate::template::{self, Resource, Stack};
pub(super) use behavior::{Behavior, Origin};
use cache_policy::CacheControl;
pub(super) use cache_policy::CachePolicy;

/// How long an error is cached that the template says nothing about
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html>).
const ERROR_TTL: Duration = Duration::from_secs(10);
/// Errors that are cached whatever their headers, and those of them that `no-store` keeps out
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html>).
const CACHED_ERRORS: [u16; 8] = [404, 410, 414, 500, 501, 502, 503, 504];
const UNCACHED_IF_NO_STORE: [u16; 4] = [404, 410, 414, 501];

/// The distribution of a stack.
#[derive(Debug)]
pub(super) struct Distribution {
    /// In the order in which their patterns are tried.
    behaviors: Vec<Behavior>,
    /// Takes every other path.
    default: Behavior,
    /// `ErrorCachingMinTTL` by status.
    error_ttls: BTreeMap<u16, Duration>,
}

impl Distribution {
    /// The distribution of a stack; one that passes everything on if the stack has none.
    ///
    /// # Errors
    /// If there are several, an origin or a policy is not in the template, or a policy is not
    /// emulated.
    pub(super) fn new(stack: &Stack) -> Result<Self> {
        let found = template::only(stack.of_kind("AWS::CloudFront::Distribution"))?;
        let Some(site) = found else { return Self::passing_on(stack) };
        let mut behaviors = Vec::new();
        for part in site.parts("/DistributionConfig/CacheBehaviors") {
            behaviors.push(Behavior::read(stack, site, &part, part.required("/PathPattern")?)?);
        }
        let default = site.part("/DistributionConfig/DefaultCacheBehavior");
        let default = Behavior::read(stack, site, &default, "*")?;
        Ok(Self { behaviors, default, error_ttls: error_ttls(site)? })
    }

    /// The same with each header's value as `address` writes it: with the addresses that things have here.
    ///
    /// # Errors
    /// If one is no header then.
    pub(super) fn localized(mut self, address: impl Fn(&str) -> String) -> Result<Self> {
        for behavior in self.behaviors.iter_mut().chain([&mut self.default]) {
            behavior.headers = behavior.headers.localized(&address)?;
        }
        Ok(self)
    }

    /// What a stack without distribution has in its place: nothing is cached or refused.
    fn passing_on(stack: &Stack) -> Result<Self> {
        let mut behaviors = vec![Behavior::passing_on("/api/*", Origin::HttpApi)];
        if let Some(api) = gateway::only_api(stack, "WEBSOCKET")? {
            let path = format!("/{}", gateway::stage_of(stack, api)?.physical_id);
            behaviors.push(Behavior::passing_on(&path, Origin::WebSocketApi));
        }
        let default = Behavior::passing_on("*", Origin::Files);
        Ok(Self { behaviors, default, error_ttls: BTreeMap::new() })
    }

    /// The behavior of a path: the first whose pattern fits, or the default.
    pub(super) fn behavior(&self, path: &str) -> &Behavior {
        self.behaviors.iter().find(|it| it.pattern.matches(path)).unwrap_or(&self.default)
    }

    /// Headers of answers that do not come through the distribution.
    pub(super) fn default_headers(&self) -> SiteHeaders {
        self.default.headers.clone()
    }

    /// How long an answer may be cached; `None` if it is not.
    pub(super) fn lifetime(
        &self,
        policy: &CachePolicy,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Option<Duration> {
        let said = CacheControl::read(headers);
        let ttl = if status.is_client_error() || status.is_server_error() {
            self.error_lifetime(policy, status.as_u16(), said)
        } else if status == StatusCode::OK || status.is_redirection() {
            policy.lifetime(said)
        } else {
            Duration::ZERO
        };
        (!ttl.is_zero()).then_some(ttl)
    }

    /// The longer of what the error says and of its `ErrorCachingMinTTL`. Errors that a client can
    /// cause are cached only if they say for how long.
    fn error_lifetime(&self, policy: &CachePolicy, status: u16, said: CacheControl) -> Duration {
        let said_max_age = match said {
            CacheControl::MaxAge(age) => age.min(policy.max),
            _ => Duration::ZERO,
        };
        if !CACHED_ERRORS.contains(&status) {
            return said_max_age;
        }
        if matches!(said, CacheControl::NoStore) && UNCACHED_IF_NO_STORE.contains(&status) {
            return Duration::ZERO;
        }
        self.error_ttls.get(&status).copied().unwrap_or(ERROR_TTL).max(said_max_age)
    }
}

fn error_ttls(site: &Resource) -> Result<BTreeMap<u16, Duration>> {
    let mut ttls = BTreeMap::new();
    for response in site.parts("/DistributionConfig/CustomErrorResponses") {
        let status = response.number("/ErrorCode")?.and_then(|it| u16::try_from(it).ok());
        let status = status.ok_or_else(|| site.refuse("an error response needs an ErrorCode"))?;
        if let Some(seconds) = response.number("/ErrorCachingMinTTL")? {
            ttls.insert(status, Duration::from_secs(seconds));
        }
    }
    Ok(ttls)
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    fn distribution(errors: &str) -> Distribution {
        let text = format!(
            "Resources:
  Page: {{ Type: AWS::S3::Bucket }}
  Catalog:
    Type: AWS::CloudFront::CachePolicy
    Properties:
      CachePolicyConfig:
        Name: catalog
        MinTTL: 0
        DefaultTTL: 0
        MaxTTL: 60
        ParametersInCacheKeyAndForwardedToOrigin:
          EnableAcceptEncodingBrotli: true
          EnableAcceptEncodingGzip: true
          HeadersConfig: {{ HeaderBehavior: none }}
          CookiesConfig: {{ CookieBehavior: none }}
          QueryStringsConfig: {{ QueryStringBehavior: whitelist, QueryStrings: [v] }}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{{ Id: page, DomainName: !GetAtt Page.RegionalDomainName }}]
        DefaultCacheBehavior: {{ TargetOriginId: page, CachePolicyId: !Ref Catalog, Compress: true }}
        CacheBehaviors:
          - {{ PathPattern: /a/*.js, TargetOriginId: page, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad }}
        {errors}
"
        );
        let stack = Stack::parse(&text, "demo", "eu-west-2", &BTreeMap::new()).unwrap();
        Distribution::new(&stack).unwrap()
    }

    fn seconds(site: &Distribution, path: &str, status: u16, cache_control: &str) -> u64 {
        let mut headers = HeaderMap::new();
        if !cache_control.is_empty() {
            headers.insert(header::CACHE_CONTROL, cache_control.parse().unwrap());
        }
        let policy = &site.behavior(path).policy;
        let status = StatusCode::from_u16(status).unwrap();
        site.lifetime(policy, status, &headers).unwrap_or_default().as_secs()
    }

    #[test]
    fn a_success_is_cached_as_long_as_it_says_within_the_policys_bounds() {
        let site = distribution("");
        for (said, expected) in [
            ("public, max-age=30", 30),
            ("max-age=30, s-maxage=20", 20),
            ("max-age=600", 60),
            ("no-store", 0),
            ("no-cache", 0),
            ("private, max-age=30", 0),
            ("", 0),
        ] {
            assert_eq!(seconds(&site, "/", 200, said), expected, "{said}");
        }
        assert_eq!(seconds(&site, "/a/b.js", 200, "max-age=30"), 0, "CachingDisabled");
    }

    #[test]
    fn an_error_is_cached_for_ten_seconds_unless_the_template_says_otherwise() {
        let site = distribution("");
        for path in ["/", "/a/b.js"] {
            for status in [500, 502, 503, 504] {
                assert_eq!(seconds(&site, path, status, "no-store"), 10, "{path} {status}");
            }
            assert_eq!(seconds(&site, path, 404, ""), 10);
            assert_eq!(seconds(&site, path, 404, "no-store"), 0);
            assert_eq!(seconds(&site, path, 403, ""), 0);
        }
        assert_eq!(seconds(&site, "/", 503, "max-age=30"), 30);
        assert_eq!(seconds(&site, "/", 403, "max-age=30"), 30);
        let none = "CustomErrorResponses: [{ ErrorCode: 503, ErrorCachingMinTTL: 0 }]";
        let site = distribution(none);
        assert_eq!(seconds(&site, "/", 503, "no-store"), 0);
        assert_eq!(seconds(&site, "/", 502, "no-store"), 10);
    }

    #[test]
    fn only_named_query_parameters_are_part_of_the_key() {
        let site = distribution("");
        let policy = &site.behavior("/").policy;
        assert_eq!(policy.query_key("v=1&utm=x&v=2"), "v=1&v=2");
        assert_eq!(policy.query_key("utm=x"), "");
    }
}
