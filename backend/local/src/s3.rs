//! S3: the buckets of the template, whose objects are kept in the store.
//!
//! As the template uses it: objects are put and read whole, by functions under their roles and by
//! browsers with presigned addresses. A bucket that CloudFront's default behavior reads is the
//! page's, which comes from a folder ([`crate::edge`]). Versions, parts, ranges and lists are
//! refused.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Result;
use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;

mod cors;
mod error;
mod objects;
mod presigned;
pub(crate) mod properties;

use crate::faults::Faults;
use crate::iam::{Caller, Iam};
use crate::store::Store;
use crate::template::{Resource, Stack};
use crate::time::now_ms;
use cors::Rule;
use error::S3Error;
use objects::Object;

/// Headers of a request that would do what is not emulated.
const REFUSED: [&str; 9] = [
    "range",
    "if-match",
    "if-none-match",
    "x-amz-acl",
    "x-amz-copy-source",
    "x-amz-storage-class",
    "x-amz-tagging",
    "x-amz-trailer",
    "x-amz-website-redirect-location",
];

/// A handle to all buckets; clones share them.
#[derive(Clone, Debug)]
pub struct S3 {
    store: Store,
    buckets: Arc<BTreeMap<String, Bucket>>,
    /// Where the AWS endpoint listens.
    endpoint: SocketAddr,
}

#[derive(Debug)]
struct Bucket {
    arn: String,
    /// The host of its virtual-hosted addresses on AWS.
    domain: String,
    cors: Vec<Rule>,
}

/// What a path of the endpoint names.
pub(crate) struct Address {
    bucket: String,
    key: String,
}

/// Who a request is of.
struct Signer {
    caller: Caller,
    /// Whether the address is signed and not the request: whoever has it may send it.
    is_presigned: bool,
}

impl S3 {
    /// The buckets of a stack, which are reached at `endpoint`.
    ///
    /// # Errors
    /// If the store fails, or a bucket uses what is not supported by the local emulator.
    pub fn new(stack: &Stack, store: Store, endpoint: SocketAddr) -> Result<Self> {
        store.with(|connection| connection.execute_batch(objects::TABLES))?;
        let buckets = stack.of_kind("AWS::S3::Bucket");
        let buckets = buckets.map(|it| Ok((it.physical_id.clone(), Bucket::new(stack, it)?)));
        Ok(Self { store, buckets: Arc::new(buckets.collect::<Result<_>>()?), endpoint })
    }

    /// The text with this endpoint's address in place of those that buckets have on AWS.
    pub(crate) fn localized(&self, text: &str) -> String {
        let here = format!("http://{}", self.endpoint);
        self.buckets.values().fold(text.to_owned(), |text, bucket| {
            text.replace(&format!("https://{}", bucket.domain), &here)
        })
    }

    /// The object that a path names, if it is in a bucket of the stack.
    pub(crate) fn address(&self, path: &str) -> Option<Address> {
        let (bucket, key) = path.strip_prefix('/')?.split_once('/')?;
        let key = percent_decode_str(key).decode_utf8().ok()?.into_owned();
        let is_one = self.buckets.contains_key(bucket) && !key.is_empty();
        is_one.then(|| Address { bucket: bucket.to_owned(), key })
    }

    /// Whether pages may send this: the question before a request to another origin, or a presigned
    /// request.
    pub(crate) fn takes_from_pages<B>(&self, request: &axum::http::Request<B>) -> bool {
        let is_theirs = request.method() == Method::OPTIONS
            || presigned::is_presigned(request.uri().query().unwrap_or_default());
        is_theirs && self.address(request.uri().path()).is_some()
    }

    /// Answers one request for an object.
    pub(crate) fn answer(
        &self,
        iam: &Iam,
        faults: &Faults,
        address: &Address,
        parts: &Parts,
        body: Bytes,
    ) -> Response {
        let Some(bucket) = self.buckets.get(&address.bucket) else {
            return error::no_such_bucket().into_response();
        };
        if parts.method == Method::OPTIONS {
            return cors::preflight(&bucket.cors, &parts.headers);
        }
        let answered = self.call(iam, faults, bucket, address, parts, &body);
        let response = answered.unwrap_or_else(IntoResponse::into_response);
        cors::allow(&bucket.cors, &parts.method, &parts.headers, response)
    }

    fn call(
        &self,
        iam: &Iam,
        faults: &Faults,
        bucket: &Bucket,
        address: &Address,
        parts: &Parts,
        body: &[u8],
    ) -> Result<Response, S3Error> {
        let Signer { caller, is_presigned } = signer(iam, parts)?;
        let refused = REFUSED.into_iter().find(|name| parts.headers.contains_key(*name));
        if let Some(name) = refused {
            return Err(error::not_implemented(&format!("the header {name}")));
        }
        // A fault is the function's, not that of the page to which it gave the address.
        if !is_presigned && faults.hits(&caller, |it| it.throttle, "throttled a call") {
            return Err(error::slow_down());
        }
        match parts.method {
            Method::PUT => {
                allowed(iam, &caller, "s3:PutObject", &bucket.object(&address.key))?;
                let object = Object::sent(&parts.headers, body);
                self.put(address, &object, body)?;
                let answer = [(header::ETAG, object.etag)].into_response();
                match is_presigned {
                    true => Ok(answer),
                    false => Ok(faults.maybe_lost(&caller, answer)),
                }
            }
            Method::GET | Method::HEAD => {
                allowed(iam, &caller, "s3:GetObject", &bucket.object(&address.key))?;
                match self.get(&address.bucket, &address.key)? {
                    Some((object, body)) => Ok(object.response(body)),
                    // Only who may list learns that it is not there (Amazon S3 API Reference,
                    // "GetObject").
                    None => {
                        allowed(iam, &caller, "s3:ListBucket", &bucket.arn)?;
                        Err(error::no_such_key())
                    }
                }
            }
            _ => Err(error::not_implemented(parts.method.as_str())),
        }
    }

    /// What CloudFront reads of a bucket at a path.
    pub(crate) fn serve(&self, bucket: &str, path: &str) -> Response {
        let key = percent_decode_str(path.trim_start_matches('/')).decode_utf8_lossy();
        match self.get(bucket, &key) {
            Ok(Some((object, body))) => object.response(body),
            Ok(None) => error::no_such_key().into_response(),
            Err(why) => S3Error::from(why).into_response(),
        }
    }
}

impl Bucket {
    fn new(stack: &Stack, resource: &Resource) -> Result<Self> {
        let attribute = |name| stack.attribute(&resource.logical_id, name).unwrap_or_default();
        let rules = resource.parts("/CorsConfiguration/CorsRules");
        Ok(Self {
            arn: attribute("Arn"),
            domain: attribute("RegionalDomainName"),
            cors: rules.iter().map(Rule::read).collect::<Result<_>>()?,
        })
    }

    /// The ARN of an object.
    fn object(&self, key: &str) -> String {
        format!("{}/{key}", self.arn)
    }
}

/// Who signed a request, or its address.
fn signer(iam: &Iam, parts: &Parts) -> Result<Signer, S3Error> {
    if presigned::is_presigned(parts.uri.query().unwrap_or_default()) {
        let key = presigned::verify(parts, iam.secret_access_key(), now_ms())?;
        let caller = iam.function(&key).ok_or_else(error::invalid_access_key)?;
        return Ok(Signer { caller, is_presigned: true });
    }
    let authorization = parts.headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    let caller = authorization.and_then(|it| iam.caller(it));
    let caller = caller.ok_or_else(|| error::access_denied("Access Denied"))?;
    Ok(Signer { caller, is_presigned: false })
}

fn allowed(iam: &Iam, caller: &Caller, action: &str, resource: &str) -> Result<(), S3Error> {
    iam.check(caller, action, resource, &[]).map_err(|it| error::access_denied(&it.to_string()))
}

impl Object {
    fn response(self, body: Vec<u8>) -> Response {
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::OK;
        let said = [
            (header::CONTENT_TYPE, Some(self.content_type)),
            (header::CACHE_CONTROL, self.cache_control),
            (header::ETAG, Some(self.etag)),
        ];
        for (name, value) in said {
            let value = value.and_then(|it| HeaderValue::from_str(&it).ok());
            if let Some(value) = value {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
