//! Which pages may send requests to a bucket
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html>).

use anyhow::Result;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use wildmatch::WildMatch;

use super::error::S3Error;
use crate::template::Resource;

/// A rule of a bucket's CORS configuration.
#[derive(Debug)]
pub(super) struct Rule {
    origins: Vec<WildMatch>,
    /// Whether the rule is for pages of every origin.
    is_for_all: bool,
    methods: Vec<String>,
    headers: Vec<WildMatch>,
    exposed: Vec<String>,
    /// For how long a browser may keep the answer, in seconds.
    max_age: Option<u64>,
}

impl Rule {
    /// A rule as the template declares it.
    pub(super) fn read(rule: &Resource) -> Result<Self> {
        let texts = |at: &str| rule.texts(at).map(str::to_owned).collect::<Vec<_>>();
        let origins = texts("/AllowedOrigins");
        Ok(Self {
            is_for_all: origins.iter().any(|it| it == "*"),
            origins: origins.iter().map(|it| WildMatch::new(it)).collect(),
            methods: texts("/AllowedMethods"),
            headers: texts("/AllowedHeaders")
                .iter()
                .map(|it| WildMatch::new_case_insensitive(it))
                .collect(),
            exposed: texts("/ExposedHeaders"),
            max_age: rule.number("/MaxAge")?,
        })
    }

    fn takes(&self, origin: &str, method: &str, headers: &[&str]) -> bool {
        self.origins.iter().any(|it| it.matches(origin))
            && self.methods.iter().any(|it| it == method)
            && headers.iter().all(|name| self.headers.iter().any(|it| it.matches(name)))
    }

    fn answer(&self, origin: &str, response: &mut Response) {
        let origin = if self.is_for_all { "*" } else { origin };
        let vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
        insert(response, header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        insert(response, header::VARY, vary);
        if !self.exposed.is_empty() {
            insert(response, header::ACCESS_CONTROL_EXPOSE_HEADERS, &self.exposed.join(", "));
        }
    }
}

/// The answer to the question that a browser asks before a request.
pub(super) fn preflight(rules: &[Rule], headers: &HeaderMap) -> Response {
    let text = |name: HeaderName| headers.get(name).and_then(|it| it.to_str().ok());
    let origin = text(header::ORIGIN).unwrap_or_default();
    let method = text(header::ACCESS_CONTROL_REQUEST_METHOD).unwrap_or_default();
    let asked = text(header::ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default();
    let names: Vec<_> = asked.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
    let Some(rule) = rules.iter().find(|it| it.takes(origin, method, &names)) else {
        let why = "CORSResponse: This CORS request is not allowed.";
        return S3Error::new(StatusCode::FORBIDDEN, "AccessForbidden", why).into_response();
    };
    let mut response = StatusCode::OK.into_response();
    rule.answer(origin, &mut response);
    insert(&mut response, header::ACCESS_CONTROL_ALLOW_METHODS, &rule.methods.join(", "));
    if !names.is_empty() {
        insert(&mut response, header::ACCESS_CONTROL_ALLOW_HEADERS, &names.join(", "));
    }
    if let Some(seconds) = rule.max_age {
        insert(&mut response, header::ACCESS_CONTROL_MAX_AGE, &seconds.to_string());
    }
    response
}

/// The answer to a request of a page, which the page may read if a rule says so.
pub(super) fn allow(
    rules: &[Rule],
    method: &Method,
    headers: &HeaderMap,
    mut response: Response,
) -> Response {
    let origin = headers.get(header::ORIGIN).and_then(|it| it.to_str().ok());
    let rule = origin.and_then(|origin| {
        let rule = rules.iter().find(|it| it.takes(origin, method.as_str(), &[]))?;
        Some((origin, rule))
    });
    if let Some((origin, rule)) = rule {
        rule.answer(origin, &mut response);
    }
    response
}

fn insert(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
