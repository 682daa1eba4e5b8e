//! Cache policies: what an answer is cached by, and for how long.

use std::time::Duration;

use anyhow::Result;
use axum::http::{HeaderMap, header};

use crate::template::{Resource, Stack};

/// A cache policy.
#[derive(Clone, Debug)]
pub(in crate::edge) struct CachePolicy {
    min: Duration,
    default: Duration,
    pub(super) max: Duration,
    /// The query parameters that are part of the cache key and reach the origin; `None` is all.
    query: Option<Vec<String>>,
    pub(super) compresses: bool,
}

impl CachePolicy {
    /// A policy of this template, or one of those that AWS manages
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>).
    pub(super) fn named(stack: &Stack, behavior: &Resource, id: &str) -> Result<Self> {
        match id {
            "658327ea-f89d-4fab-a63d-7e88639e58f6" => {
                Ok(Self { compresses: true, ..Self::seconds(1, 86_400, 31_536_000) })
            }
            "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" => Ok(Self::seconds(0, 0, 0)),
            id => match stack.by_physical("AWS::CloudFront::CachePolicy", id) {
                Some(policy) => Self::read(policy),
                None => Err(behavior.refuse(&format!(
                    "the CachePolicyId {id} is neither in this template nor CachingOptimized or \
                     CachingDisabled"
                ))),
            },
        }
    }

    fn read(policy: &Resource) -> Result<Self> {
        const KEY: &str = "/CachePolicyConfig/ParametersInCacheKeyAndForwardedToOrigin";
        for (kind, setting) in [("Headers", "Header"), ("Cookies", "Cookie")] {
            policy.supports_only(&format!("{KEY}/{kind}Config/{setting}Behavior"), "none")?;
        }
        let query = match policy.text(&format!("{KEY}/QueryStringsConfig/QueryStringBehavior")) {
            Some("none") => Some(Vec::new()),
            Some("all") => None,
            Some("whitelist") => {
                let keys = policy.texts(&format!("{KEY}/QueryStringsConfig/QueryStrings"));
                Some(keys.map(str::to_owned).collect())
            }
            _ => return Err(policy.unsupported("its QueryStringBehavior")),
        };
        let ttl = |name: &str| policy.number(&format!("/CachePolicyConfig/{name}"));
        let min = ttl("MinTTL")?.unwrap_or(0);
        let default = ttl("DefaultTTL")?.unwrap_or(86_400).max(min);
        let max = ttl("MaxTTL")?.unwrap_or(31_536_000).max(default);
        let encodes = |name: &str| policy.is_true(&format!("{KEY}/EnableAcceptEncoding{name}"));
        Ok(Self { query, compresses: encodes("Brotli"), ..Self::seconds(min, default, max) })
    }

    /// With these bounds, and no query parameter in the key.
    pub(super) fn seconds(min: u64, default: u64, max: u64) -> Self {
        Self {
            min: Duration::from_secs(min),
            default: Duration::from_secs(default),
            max: Duration::from_secs(max),
            query: Some(Vec::new()),
            compresses: false,
        }
    }

    /// The part of a query string that is in the cache key, in the order of the query.
    pub(in crate::edge) fn query_key(&self, query: &str) -> String {
        let is_key = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            self.query.as_ref().is_none_or(|keys| keys.iter().any(|key| key == name))
        };
        query.split('&').filter(is_key).collect::<Vec<_>>().join("&")
    }

    /// How long a success is cached
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html>).
    pub(super) fn lifetime(&self, said: CacheControl) -> Duration {
        match said {
            CacheControl::MaxAge(age) => age.clamp(self.min, self.max),
            CacheControl::NoStore => self.min,
            CacheControl::Nothing => self.default,
        }
    }
}

/// What an answer says of its own lifetime, as far as CloudFront minds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CacheControl {
    Nothing,
    /// `no-cache`, `no-store` or `private`.
    NoStore,
    /// `s-maxage`, else `max-age`.
    MaxAge(Duration),
}

impl CacheControl {
    pub(super) fn read(headers: &HeaderMap) -> Self {
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
