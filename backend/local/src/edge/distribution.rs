//! The template's CloudFront distribution: which path goes to which origin, with which methods,
//! what is cached and for how long.
//!
//! Not emulated: `stale-while-revalidate` (an expired answer is fetched anew), and caching of files
//! (they are read anew each time, as after an invalidation).

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::Value;
use wildmatch::WildMatch;

use super::headers::SiteHeaders;
use crate::gateway;
use crate::template::{Resource, Stack};

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
    /// In the order in which their patterns are tried; the last one takes every path.
    behaviors: Vec<Behavior>,
    /// `ErrorCachingMinTTL` by status.
    error_ttls: BTreeMap<u16, Duration>,
}

/// A cache behavior: what happens to the paths of one pattern.
#[derive(Debug)]
pub(super) struct Behavior {
    pattern: WildMatch,
    methods: Vec<Method>,
    /// Where its requests go.
    pub(super) origin: Origin,
    /// What its answers are cached by.
    pub(super) policy: CachePolicy,
    /// Whether the origin sees every header, cookie and query parameter (an origin request
    /// policy) or only what the cache policy names.
    pub(super) forwards_all: bool,
    /// Headers that the origin gets from CloudFront itself.
    pub(super) origin_headers: HeaderMap,
    /// Headers that every answer gets.
    pub(super) headers: SiteHeaders,
    compress: bool,
}

/// What answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    HttpApi,
    WebSocketApi,
    /// The bucket: the page and the folders beside it.
    Files,
}

/// A cache policy.
#[derive(Clone, Debug)]
pub(super) struct CachePolicy {
    min: Duration,
    default: Duration,
    max: Duration,
    /// The query parameters that are part of the cache key and reach the origin.
    query: QueryKeys,
    compresses: bool,
}

#[derive(Clone, Debug)]
enum QueryKeys {
    None,
    These(Vec<String>),
    All,
}

impl Distribution {
    /// The distribution of a stack; one that passes everything on if the stack has none.
    ///
    /// # Errors
    /// If an origin or a policy is not in the template, or a policy is not emulated.
    pub(super) fn new(stack: &Stack) -> Result<Self> {
        let mut found = stack.of_kind("AWS::CloudFront::Distribution");
        let Some(site) = found.next() else { return Ok(Self::passing_on(stack)) };
        if let Some(second) = found.next() {
            return Err(second.refuse("only one Distribution is emulated"));
        }
        let mut behaviors = Vec::new();
        for index in 0..site.list("/DistributionConfig/CacheBehaviors").len() {
            let at = format!("/DistributionConfig/CacheBehaviors/{index}");
            let pattern = site.text(&format!("{at}/PathPattern"));
            let pattern = pattern.ok_or_else(|| site.refuse("a behavior needs a PathPattern"))?;
            behaviors.push(Behavior::read(stack, site, &at, pattern)?);
        }
        let default = "/DistributionConfig/DefaultCacheBehavior";
        behaviors.push(Behavior::read(stack, site, default, "*")?);
        Ok(Self { behaviors, error_ttls: error_ttls(site)? })
    }

    /// What a stack without distribution has in its place: nothing is cached or refused.
    fn passing_on(stack: &Stack) -> Self {
        let sockets = stack.of_kind("AWS::ApiGatewayV2::Api");
        let sockets = sockets.filter(|it| it.text("/ProtocolType") == Some("WEBSOCKET"));
        let stages = sockets.filter_map(|it| gateway::stage_of(stack, it).ok());
        let live = stages.map(|stage| (format!("/{stage}"), Origin::WebSocketApi));
        let others = [("/api/*", Origin::HttpApi), ("*", Origin::Files)];
        let others = others.map(|(pattern, origin)| (pattern.to_owned(), origin));
        let behaviors = live.chain(others).map(|(pattern, origin)| Behavior {
            pattern: WildMatch::new(&pattern),
            methods: ALL_METHODS.to_vec(),
            origin,
            policy: CachePolicy::seconds(0, 0, 0),
            forwards_all: true,
            origin_headers: HeaderMap::new(),
            headers: SiteHeaders::default(),
            compress: true,
        });
        Self { behaviors: behaviors.collect(), error_ttls: BTreeMap::new() }
    }

    /// The first behavior whose pattern fits a path; the default behavior fits every path.
    pub(super) fn behavior(&self, path: &str) -> Option<&Behavior> {
        self.behaviors.iter().find(|it| it.pattern.matches(path))
    }

    /// Headers of answers that do not come through the distribution.
    pub(super) fn default_headers(&self) -> SiteHeaders {
        self.behaviors.last().map(|it| it.headers.clone()).unwrap_or_default()
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

impl Behavior {
    fn read(stack: &Stack, site: &Resource, at: &str, pattern: &str) -> Result<Self> {
        let text = |name: &str| site.text(&format!("{at}/{name}"));
        let (origin, origin_headers) = origin(stack, site, text("TargetOriginId"))?;
        Ok(Self {
            pattern: WildMatch::new(pattern),
            methods: methods(site, &format!("{at}/AllowedMethods"))?,
            origin,
            policy: CachePolicy::named(stack, site, text("CachePolicyId"))?,
            forwards_all: forwards_all(site, text("OriginRequestPolicyId"))?,
            origin_headers,
            headers: SiteHeaders::new(stack, site, text("ResponseHeadersPolicyId"))?,
            compress: site.is_true(&format!("{at}/Compress")),
        })
    }

    /// Whether requests of this method are passed on.
    pub(super) fn allows(&self, method: &Method) -> bool {
        self.methods.contains(method)
    }

    /// Whether answers are compressed: only if the cache policy takes `Accept-Encoding` into its
    /// key and allows caching
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html>).
    pub(super) fn compresses(&self) -> bool {
        self.compress && self.policy.compresses
    }
}

impl CachePolicy {
    /// A policy of this template, or one of those that AWS manages
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>).
    fn named(stack: &Stack, site: &Resource, id: Option<&str>) -> Result<Self> {
        match id.ok_or_else(|| site.refuse("each behavior needs a CachePolicyId"))? {
            "658327ea-f89d-4fab-a63d-7e88639e58f6" => {
                Ok(Self { compresses: true, ..Self::seconds(1, 86_400, 31_536_000) })
            }
            "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" => Ok(Self::seconds(0, 0, 0)),
            id => match stack.by_physical("AWS::CloudFront::CachePolicy", id) {
                Some(policy) => Self::read(policy),
                None => Err(site.refuse(&format!(
                    "the CachePolicyId {id} is neither in this template nor CachingOptimized or \
                     CachingDisabled"
                ))),
            },
        }
    }

    fn read(policy: &Resource) -> Result<Self> {
        const KEY: &str = "/CachePolicyConfig/ParametersInCacheKeyAndForwardedToOrigin";
        for (kind, setting) in [("Headers", "Header"), ("Cookies", "Cookie")] {
            let at = format!("{KEY}/{kind}Config/{setting}Behavior");
            if policy.text(&at) != Some("none") {
                return Err(policy.refuse(&format!("only {at} none is emulated")));
            }
        }
        let query = match policy.text(&format!("{KEY}/QueryStringsConfig/QueryStringBehavior")) {
            Some("none") => QueryKeys::None,
            Some("all") => QueryKeys::All,
            Some("whitelist") => {
                let keys = policy.list(&format!("{KEY}/QueryStringsConfig/QueryStrings"));
                let keys = keys.iter().filter_map(Value::as_str).map(str::to_owned);
                QueryKeys::These(keys.collect())
            }
            _ => return Err(policy.refuse("its QueryStringBehavior is not emulated")),
        };
        let ttl = |name: &str, default| {
            Ok::<_, anyhow::Error>(
                policy.number(&format!("/CachePolicyConfig/{name}"))?.unwrap_or(default),
            )
        };
        let min = ttl("MinTTL", 0)?;
        let default = ttl("DefaultTTL", 86_400)?.max(min);
        let max = ttl("MaxTTL", 31_536_000)?.max(default);
        let encodes = |name: &str| policy.is_true(&format!("{KEY}/EnableAcceptEncoding{name}"));
        Ok(Self { query, compresses: encodes("Brotli"), ..Self::seconds(min, default, max) })
    }

    fn seconds(min: u64, default: u64, max: u64) -> Self {
        Self {
            min: Duration::from_secs(min),
            default: Duration::from_secs(default),
            max: Duration::from_secs(max),
            query: QueryKeys::None,
            compresses: false,
        }
    }

    /// The part of a query string that is in the cache key, in the order of the query.
    pub(super) fn query_key(&self, query: &str) -> String {
        let is_key = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            match &self.query {
                QueryKeys::None => false,
                QueryKeys::These(keys) => keys.iter().any(|key| key == name),
                QueryKeys::All => true,
            }
        };
        query.split('&').filter(is_key).collect::<Vec<_>>().join("&")
    }

    /// How long a success is cached
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html>).
    fn lifetime(&self, said: CacheControl) -> Duration {
        match said {
            CacheControl::MaxAge(age) => age.clamp(self.min, self.max),
            CacheControl::NoStore => self.min,
            CacheControl::Nothing => self.default,
        }
    }
}

/// What an answer says of its own lifetime, as far as CloudFront minds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CacheControl {
    Nothing,
    /// `no-cache`, `no-store` or `private`.
    NoStore,
    /// `s-maxage`, else `max-age`.
    MaxAge(Duration),
}

impl CacheControl {
    fn read(headers: &HeaderMap) -> Self {
        let values =
            headers.get_all(header::CACHE_CONTROL).iter().filter_map(|it| it.to_str().ok());
        let directives: Vec<&str> = values.flat_map(|it| it.split(',')).map(str::trim).collect();
        let seconds = |name: &str| {
            let found = directives.iter().find_map(|it| it.strip_prefix(name)?.strip_prefix('='));
            found?.parse().ok().map(Duration::from_secs)
        };
        if directives.iter().any(|it| matches!(*it, "no-cache" | "no-store" | "private")) {
            return Self::NoStore;
        }
        seconds("s-maxage").or(seconds("max-age")).map_or(Self::Nothing, Self::MaxAge)
    }
}

const ALL_METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::OPTIONS,
    Method::PUT,
    Method::PATCH,
    Method::POST,
    Method::DELETE,
];

fn methods(site: &Resource, at: &str) -> Result<Vec<Method>> {
    let listed = site.list(at).iter().filter_map(Value::as_str);
    let methods = listed.map(|it| it.parse().map_err(|_| site.refuse(&format!("{at}: {it}"))));
    let methods: Vec<Method> = methods.collect::<Result<_>>()?;
    Ok(if methods.is_empty() { vec![Method::GET, Method::HEAD] } else { methods })
}

/// What an origin of the distribution is here, and the headers it gets.
fn origin(stack: &Stack, site: &Resource, id: Option<&str>) -> Result<(Origin, HeaderMap)> {
    let mut origins = site.list("/DistributionConfig/Origins").iter();
    let origin = origins.find(|it| id.is_some() && it["Id"].as_str() == id);
    let origin = origin.ok_or_else(|| {
        site.refuse(&format!("its Origins have no {}", id.unwrap_or("TargetOriginId")))
    })?;
    let domain = origin["DomainName"].as_str().unwrap_or_default();
    let api = stack
        .of_kind("AWS::ApiGatewayV2::Api")
        .find(|it| gateway::domain_of(stack, &it.physical_id) == domain);
    let is_bucket = |it: &Resource| {
        ["RegionalDomainName", "DomainName"]
            .iter()
            .any(|name| stack.attribute(&it.logical_id, name).as_deref() == Some(domain))
    };
    let what = match api.and_then(|it| it.text("/ProtocolType")) {
        Some("WEBSOCKET") => Origin::WebSocketApi,
        Some(_) => Origin::HttpApi,
        None if stack.of_kind("AWS::S3::Bucket").any(is_bucket) => Origin::Files,
        None => {
            return Err(site.refuse(&format!(
                "its origin {domain} is neither an Api nor a Bucket of this template"
            )));
        }
    };
    let mut headers = HeaderMap::new();
    for added in origin["OriginCustomHeaders"].as_array().into_iter().flatten() {
        let (name, value) = (&added["HeaderName"], &added["HeaderValue"]);
        let refuse = || site.refuse(&format!("OriginCustomHeaders: {name}: {value} is no header"));
        let name: HeaderName = name.as_str().unwrap_or_default().parse().map_err(|_| refuse())?;
        let value = value.as_str().unwrap_or_default();
        headers.insert(name, HeaderValue::from_str(value).map_err(|_| refuse())?);
    }
    Ok((what, headers))
}

/// Whether an origin request policy passes everything on
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html>).
fn forwards_all(site: &Resource, id: Option<&str>) -> Result<bool> {
    match id {
        None => Ok(false),
        // AllViewerExceptHostHeader
        Some("b689b0a8-53d0-40ab-baf2-68738e2966ac") => Ok(true),
        Some(other) => Err(site.refuse(&format!(
            "the OriginRequestPolicyId {other} is not emulated; AllViewerExceptHostHeader is"
        ))),
    }
}

fn error_ttls(site: &Resource) -> Result<BTreeMap<u16, Duration>> {
    let mut ttls = BTreeMap::new();
    for index in 0..site.list("/DistributionConfig/CustomErrorResponses").len() {
        let at = format!("/DistributionConfig/CustomErrorResponses/{index}");
        let status = site.number(&format!("{at}/ErrorCode"))?;
        let status = status.and_then(|it| u16::try_from(it).ok());
        let status = status.ok_or_else(|| site.refuse(&format!("{at} needs an ErrorCode")))?;
        if let Some(seconds) = site.number(&format!("{at}/ErrorCachingMinTTL"))? {
            ttls.insert(status, Duration::from_secs(seconds));
        }
    }
    Ok(ttls)
}

#[cfg(test)]
mod tests {
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
        let policy = &site.behavior(path).unwrap().policy;
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
        let policy = &site.behavior("/").unwrap().policy;
        assert_eq!(policy.query_key("v=1&utm=x&v=2"), "v=1&v=2");
        assert_eq!(policy.query_key("utm=x"), "");
    }
}
