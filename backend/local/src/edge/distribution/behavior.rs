//! Cache behaviors: which requests of a path go on, to which origin, with which headers.

use anyhow::{Result, ensure};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use wildmatch::WildMatch;

use super::cache_policy::CachePolicy;
use crate::edge::headers::SiteHeaders;
use crate::gateway;
use crate::template::{Resource, Stack};

/// A cache behavior: what happens to the paths of one pattern.
#[derive(Debug)]
pub(in crate::edge) struct Behavior {
    pub(super) pattern: WildMatch,
    /// The methods that it allows; `None` is all.
    methods: Option<Vec<Method>>,
    /// Where its requests go.
    pub(in crate::edge) origin: Origin,
    /// What its answers are cached by.
    pub(in crate::edge) policy: CachePolicy,
    /// Whether the origin sees every header, cookie and query parameter (an origin request
    /// policy) or only what the cache policy names.
    pub(in crate::edge) forwards_all: bool,
    /// Headers that the origin gets from CloudFront itself.
    pub(in crate::edge) origin_headers: HeaderMap,
    /// Headers that every answer gets.
    pub(in crate::edge) headers: SiteHeaders,
    compress: bool,
}

/// What answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::edge) enum Origin {
    HttpApi,
    WebSocketApi,
    /// The bucket of the default behavior: the page and the folders beside it.
    Files,
    /// Another bucket, by its name.
    Bucket(String),
}

impl Behavior {
    /// A behavior of the distribution `site`.
    pub(super) fn read(
        stack: &Stack,
        site: &Resource,
        behavior: &Resource,
        pattern: &str,
    ) -> Result<Self> {
        let (origin, origin_headers) = origin(stack, site, behavior.required("/TargetOriginId")?)?;
        Ok(Self {
            pattern: WildMatch::new(pattern),
            methods: Some(methods(behavior)?),
            origin,
            policy: CachePolicy::named(stack, behavior, behavior.required("/CachePolicyId")?)?,
            forwards_all: forwards_all(behavior)?,
            origin_headers,
            headers: SiteHeaders::new(stack, behavior)?,
            compress: behavior.is_true("/Compress"),
        })
    }

    /// One that caches and refuses nothing.
    pub(super) fn passing_on(pattern: &str, origin: Origin) -> Self {
        Self {
            pattern: WildMatch::new(pattern),
            methods: None,
            origin,
            policy: CachePolicy::seconds(0, 0, 0),
            forwards_all: true,
            origin_headers: HeaderMap::new(),
            headers: SiteHeaders::default(),
            compress: true,
        }
    }

    /// Whether requests of this method are passed on.
    pub(in crate::edge) fn allows(&self, method: &Method) -> bool {
        self.methods.as_ref().is_none_or(|it| it.contains(method))
    }

    /// Whether answers are compressed: only if the cache policy takes `Accept-Encoding` into its
    /// key and allows caching
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html>).
    pub(in crate::edge) fn compresses(&self) -> bool {
        self.compress && self.policy.compresses
    }
}

fn methods(behavior: &Resource) -> Result<Vec<Method>> {
    let methods = behavior.texts("/AllowedMethods");
    let methods = methods.map(|it| it.parse().map_err(|_| behavior.unsupported(it)));
    let methods: Vec<Method> = methods.collect::<Result<_>>()?;
    Ok(if methods.is_empty() { vec![Method::GET, Method::HEAD] } else { methods })
}

/// What an origin of the distribution is here, and the headers it gets.
fn origin(stack: &Stack, site: &Resource, id: &str) -> Result<(Origin, HeaderMap)> {
    let mut origins = site.parts("/DistributionConfig/Origins").into_iter();
    let origin = origins.find(|it| it.text("/Id") == Some(id));
    let origin = origin.ok_or_else(|| site.refuse(&format!("its Origins have no {id}")))?;
    let domain = origin.required("/DomainName")?;
    let mut apis = stack.of_kind("AWS::ApiGatewayV2::Api");
    let api = apis.find(|it| gateway::domain_of(stack, &it.physical_id) == domain);
    let is_bucket = |it: &Resource| {
        let is_at = |name| stack.attribute(&it.logical_id, name).as_deref() == Some(domain);
        is_at("RegionalDomainName") || is_at("DomainName")
    };
    let bucket = stack.of_kind("AWS::S3::Bucket").find(|it| is_bucket(it));
    let is_page = site.text("/DistributionConfig/DefaultCacheBehavior/TargetOriginId") == Some(id);
    let what = match (api.and_then(|it| it.text("/ProtocolType")), bucket) {
        (Some("WEBSOCKET"), _) => Origin::WebSocketApi,
        (Some(_), _) => Origin::HttpApi,
        (None, Some(_)) if is_page => Origin::Files,
        (None, Some(bucket)) => Origin::Bucket(bucket.physical_id.clone()),
        (None, None) => {
            let why =
                format!("its origin {domain} is neither an Api nor a Bucket of this template");
            return Err(site.refuse(&why));
        }
    };
    let mut headers = HeaderMap::new();
    for added in origin.parts("/OriginCustomHeaders") {
        let (name, value) = (added.required("/HeaderName")?, added.required("/HeaderValue")?);
        let refuse = || site.refuse(&format!("OriginCustomHeaders: {name}: {value} is no header"));
        let name: HeaderName = name.parse().map_err(|_| refuse())?;
        headers.insert(name, HeaderValue::from_str(value).map_err(|_| refuse())?);
    }
    Ok((what, headers))
}

/// Whether an origin request policy passes everything on
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html>).
fn forwards_all(behavior: &Resource) -> Result<bool> {
    let id = behavior.text("/OriginRequestPolicyId");
    // AllViewerExceptHostHeader
    let known = id.is_none_or(|it| it == "b689b0a8-53d0-40ab-baf2-68738e2966ac");
    let other = "an OriginRequestPolicyId other than AllViewerExceptHostHeader";
    ensure!(known, behavior.unsupported(other));
    Ok(id.is_some())
}
