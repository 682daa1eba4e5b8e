//! One HTTP exchange with the server, and what can go wrong with it.

use std::fmt;

use gloo_net::http::{Method, RequestBuilder, Response};
use js_sys::{Map, Promise, Reflect};
use leptos::prelude::window;
use serde::de::DeserializeOwned;
use shared::{
    Timestamp,
    api::{Problem, ProblemType},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestCache};

use crate::{browser, server_clock};

/// Milliseconds that an answer, its body included, may take.
const TIMEOUT: u32 = 10_000;

/// Why there is no answer of use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// No connection, or no answer in ten seconds. What was asked for may have happened.
    NoAnswer,
    /// An answer of a later version than this page: reloading helps.
    Outdated,
    /// The server's refusal; API Gateway's own ones are translated.
    Problem(Box<Problem>),
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer => f.write_str("the server did not answer"),
            Self::Outdated => f.write_str("the answer is of a later version"),
            Self::Problem(problem) => f.write_str(&problem.title),
        }
    }
}

impl std::error::Error for ApiError {}

impl ApiError {
    /// A problem of this kind that the page itself found.
    #[must_use]
    pub fn of(kind: ProblemType) -> Self {
        Self::Problem(Box::new(Problem::new(kind, "")))
    }

    /// The kind of the server's refusal, if it is one.
    #[must_use]
    pub fn kind(&self) -> Option<ProblemType> {
        match self {
            Self::Problem(problem) => Some(problem.kind),
            _ => None,
        }
    }

    /// Whether the same request may succeed a little later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::NoAnswer)
            || matches!(self.kind(), Some(ProblemType::Unavailable | ProblemType::TooManyRequests))
    }

    /// Whether what was asked for does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        use ProblemType::{NotFound, OrderNotFound, UnknownRestaurant};
        matches!(self.kind(), Some(NotFound | UnknownRestaurant | OrderNotFound))
    }

    /// Whether the customer has to sign in (again).
    #[must_use]
    pub fn is_not_signed_in(&self) -> bool {
        matches!(self.kind(), Some(ProblemType::NotSignedIn))
    }
}

/// A request.
pub(crate) struct Request<'a> {
    /// The method.
    pub(crate) method: Method,
    /// A path on this site, or an address.
    pub(crate) path: &'a str,
    /// Names and values.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// The body as text.
    pub(crate) body: Option<String>,
    /// Whether an answer in the browser's cache will not do.
    pub(crate) fresh: bool,
}

impl<'a> Request<'a> {
    /// A GET.
    pub(crate) const fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, headers: &[], body: None, fresh: false }
    }
}

/// An answer.
pub(crate) struct Reply {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The body as text.
    pub(crate) body: String,
}

impl Reply {
    /// Whether the request was refused for its token.
    pub(crate) const fn is_not_signed_in(&self) -> bool {
        self.status == 401
    }

    /// The body of an answer that is a success.
    pub(crate) fn into_body(self) -> Result<String, ApiError> {
        match self.status {
            200..=299 => Ok(self.body),
            status => {
                let problem = browser::parse_json(&self.body);
                Err(ApiError::Problem(Box::new(problem.unwrap_or_else(|| untyped(status)))))
            }
        }
    }
}

/// Sends a request and waits for the whole answer, for ten seconds at most.
pub(crate) async fn send(request: Request<'_>) -> Result<Reply, ApiError> {
    // Only to tell the browser that nobody waits any more: old ones may lack it.
    let abort = Reflect::has(&window(), &"AbortController".into())
        .unwrap_or_default()
        .then(|| AbortController::new().ok())
        .flatten();
    let exchange = exchange(request, abort.as_ref());
    match browser::timeout(TIMEOUT, exchange).await {
        Some(reply) => reply.map_err(|_| ApiError::NoAnswer),
        None => {
            if let Some(abort) = abort {
                abort.abort();
            }
            Err(ApiError::NoAnswer)
        }
    }
}

async fn exchange(
    request: Request<'_>,
    abort: Option<&AbortController>,
) -> Result<Reply, gloo_net::Error> {
    // A document may have been kept for days by the service worker, with the date of then.
    let is_current = request.path != "/" && !request.path.starts_with("/r/");
    let response = match started_by_boot(request.path).await {
        Some(response) => response,
        None => {
            let cache = if request.fresh { RequestCache::NoCache } else { RequestCache::Default };
            let signal = abort.map(AbortController::signal);
            let mut builder = RequestBuilder::new(request.path)
                .method(request.method)
                .abort_signal(signal.as_ref())
                .cache(cache);
            for (name, value) in request.headers {
                builder = builder.header(name, value);
            }
            match request.body {
                Some(body) => builder.body(body)?.send().await?,
                None => builder.send().await?,
            }
        }
    };
    if let Some(date) = response.headers().get("date").filter(|_| is_current) {
        let millis = js_sys::Date::parse(&date);
        if millis.is_finite() {
            server_clock::observe(Timestamp::from_millis(millis as i64));
        }
    }
    Ok(Reply { status: response.status(), body: response.text().await? })
}

/// The answer to a request that `boot.js` sent while this program was loading; each is used once.
async fn started_by_boot(path: &str) -> Option<Response> {
    let started: Map = Reflect::get(&window(), &"tiffin".into()).ok()?.dyn_into().ok()?;
    let answer: Promise = started.get(&path.into()).dyn_into().ok()?;
    started.delete(&path.into());
    let answer = JsFuture::from(answer).await.ok()?;
    Some(answer.unchecked_into::<web_sys::Response>().into())
}

/// Reads the body of a success.
pub(crate) fn parse<T: DeserializeOwned>(body: &str) -> Result<T, ApiError> {
    browser::parse_json(body).ok_or(ApiError::Outdated)
}

/// The problem that a status without a problem document stands for, such as API Gateway's own
/// answers (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html).
fn untyped(status: u16) -> Problem {
    let kind = match status {
        401 => ProblemType::NotSignedIn,
        403 => ProblemType::Forbidden,
        404 => ProblemType::NotFound,
        413 => ProblemType::BodyTooLarge,
        429 => ProblemType::TooManyRequests,
        500.. => ProblemType::Unavailable,
        _ => ProblemType::Unknown,
    };
    Problem { status, ..Problem::new(kind, "") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_without_a_problem_document_becomes_a_problem() {
        for (status, kind) in [
            (401, ProblemType::NotSignedIn),
            (403, ProblemType::Forbidden),
            (404, ProblemType::NotFound),
            (413, ProblemType::BodyTooLarge),
            (429, ProblemType::TooManyRequests),
            (500, ProblemType::Unavailable),
            (503, ProblemType::Unavailable),
            (418, ProblemType::Unknown),
        ] {
            let problem = untyped(status);
            assert_eq!((problem.kind, problem.status), (kind, status));
        }
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        assert!(ApiError::NoAnswer.is_transient());
        assert!(ApiError::of(ProblemType::Unavailable).is_transient());
        assert!(!ApiError::Outdated.is_transient());
        assert!(!ApiError::of(ProblemType::NotFound).is_transient());
        assert!(ApiError::of(ProblemType::OrderNotFound).is_not_found());
    }
}
