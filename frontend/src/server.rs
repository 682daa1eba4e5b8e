//! The only module that knows HTTP: one function per endpoint.
//!
//! Every answer is a value or a [`Problem`], whoever made it: our functions, API Gateway with its
//! `{"message":…}`, or nobody at all. No answer is a problem of status 0 ([`is_offline`]), and an
//! answer this page is too old to read one of status 200 ([`is_outdated`]).

use std::pin::Pin;

use gloo_net::http::{Method, RequestBuilder, Response};
use js_sys::{Map, Promise, Reflect};
use serde::de::DeserializeOwned;
use shared::{
    AddressId, Order, OrderId, OrderRequest, RestaurantId,
    api::{
        self, Addresses, KeptAddress, ListedAddress, LiveTicket, Orders, Problem, ProblemType,
        Quote, QuoteRequest, Restaurants, SiteConfig,
    },
    menu::Restaurant,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache};

use crate::{browser::window, json, session::Session};

/// Milliseconds after which an answer is no longer waited for.
const ANSWER_WITHIN: u32 = 20_000;
const CONFIG: &str = "/config.json";

/// An answer: its status and its body.
pub(crate) struct Reply {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The body as text.
    pub(crate) body: String,
}

/// What the page must know about the place it runs at.
///
/// # Errors
/// Offline, unavailable, outdated.
pub async fn config() -> Result<SiteConfig, Problem> {
    read(&call(Method::GET, CONFIG, None, None).await?)
}

/// The restaurants, by name.
///
/// # Errors
/// Offline, unavailable, outdated.
pub async fn restaurants() -> Result<Restaurants, Problem> {
    read(&call(Method::GET, api::RESTAURANTS, None, None).await?)
}

/// How new an answer has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// The browser may have kept it, for as long as the server said.
    Kept,
    /// As it is now: what was kept is known to be old.
    Now,
}

/// A restaurant with its menu.
///
/// # Errors
/// Not found; offline, unavailable, outdated.
pub async fn restaurant(id: &RestaurantId, age: Age) -> Result<Restaurant, Problem> {
    let path = api::restaurant_path(id);
    read(&answered(send(Ask { age, ..Ask::get(&path) }).await?)?)
}

/// Places an order; the same again is the same order.
///
/// # Errors
/// Any kind of problem.
pub async fn place(
    session: Session,
    id: OrderId,
    request: &OrderRequest,
) -> Result<Order, Problem> {
    let body = json::write(request);
    read(&signed(session, Method::PUT, &api::order_path(id), Some(&body)).await?)
}

/// One's order, as it is now.
///
/// # Errors
/// Not found, not signed in; offline, unavailable, outdated.
pub async fn order(session: Session, id: OrderId) -> Result<Order, Problem> {
    read(&signed(session, Method::GET, &api::order_path(id), None).await?)
}

/// A page of one's orders, newest first.
///
/// # Errors
/// Not signed in; offline, unavailable, outdated.
pub async fn orders(session: Session, cursor: Option<&str>) -> Result<Orders, Problem> {
    read(&signed(session, Method::GET, &api::orders_path(cursor), None).await?)
}

/// Cancels an order while it is free.
///
/// # Errors
/// Too late, not found, not signed in; offline, unavailable, outdated.
pub async fn cancel(session: Session, id: OrderId) -> Result<Order, Problem> {
    read(&signed(session, Method::POST, &api::cancel_path(id), None).await?)
}

/// What a cart costs now.
///
/// # Errors
/// A line that is no longer sold; offline, unavailable, outdated.
pub async fn quote(cart: &QuoteRequest) -> Result<Quote, Problem> {
    read(&call(Method::POST, api::QUOTES, Some(&json::write(cart)), None).await?)
}

/// The addresses kept for one's account.
///
/// # Errors
/// Not signed in; offline, unavailable, outdated.
pub async fn addresses(session: Session) -> Result<Addresses, Problem> {
    read(&signed(session, Method::GET, api::ADDRESSES, None).await?)
}

/// Keeps an address under this id; the same again changes nothing.
///
/// # Errors
/// A field that is refused, too many addresses, not signed in; offline, unavailable, outdated.
pub async fn keep_address(
    session: Session,
    id: AddressId,
    address: &KeptAddress,
) -> Result<ListedAddress, Problem> {
    let body = json::write(address);
    read(&signed(session, Method::PUT, &api::address_path(id), Some(&body)).await?)
}

/// Keeps an address no longer.
///
/// # Errors
/// Not signed in; offline, unavailable, outdated.
pub async fn forget_address(session: Session, id: AddressId) -> Result<(), Problem> {
    signed(session, Method::DELETE, &api::address_path(id), None).await.map(drop)
}

/// A page of all that is kept of oneself ([`api::Account`]), as the server writes it: it is for
/// the customer to read, and the page would have to carry all that reads and writes it again.
///
/// # Errors
/// Not signed in; offline, unavailable.
pub async fn account(session: Session, cursor: Option<&str>) -> Result<String, Problem> {
    signed(session, Method::GET, &api::account_path(cursor), None).await
}

/// Has everything deleted that is kept of oneself; asking again completes it.
///
/// # Errors
/// Orders under way, not signed in; offline, unavailable, outdated.
pub async fn delete_account(session: Session) -> Result<(), Problem> {
    signed(session, Method::DELETE, api::ACCOUNT, None).await.map(drop)
}

/// A ticket for one WebSocket.
///
/// # Errors
/// Not signed in; offline, unavailable, outdated.
pub async fn live_ticket(session: Session) -> Result<LiveTicket, Problem> {
    read(&signed(session, Method::POST, api::LIVE_TICKETS, None).await?)
}

/// One call of Cognito's JSON API, whose errors are its own
/// (docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference).
///
/// # Errors
/// Offline only.
pub(crate) async fn cognito(endpoint: &str, action: &str, body: &str) -> Result<Reply, Problem> {
    let target = format!("AWSCognitoIdentityProviderService.{action}");
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &target)];
    let headers = &headers;
    send(Ask { method: Method::POST, headers, body: Some(body), ..Ask::get(endpoint) }).await
}

/// An answer that is being waited for: of one type, so that whoever waits need not carry how.
pub(crate) type Waiting<'a, T> = Pin<Box<dyn Future<Output = Result<T, Problem>> + 'a>>;

/// A call as the customer: one refused for its token is made once more with a new one.
fn signed<'a>(
    session: Session,
    method: Method,
    path: &'a str,
    body: Option<&'a str>,
) -> Waiting<'a, String> {
    Box::pin(call_signed(session, method, path, body))
}

async fn call_signed(
    session: Session,
    method: Method,
    path: &str,
    body: Option<&str>,
) -> Result<String, Problem> {
    let token = session.token().await?;
    match call(method.clone(), path, body, Some(&token)).await {
        Err(problem) if problem.kind == ProblemType::NotSignedIn => {
            let token = session.refreshed(&token).await?;
            let again = call(method, path, body, Some(&token)).await;
            if again.as_ref().is_err_and(|problem| problem.kind == ProblemType::NotSignedIn) {
                session.expire();
            }
            again
        }
        other => other,
    }
}

fn call<'a>(
    method: Method,
    path: &'a str,
    body: Option<&'a str>,
    token: Option<&'a str>,
) -> Waiting<'a, String> {
    Box::pin(call_with(method, path, body, token))
}

async fn call_with(
    method: Method,
    path: &str,
    body: Option<&str>,
    token: Option<&str>,
) -> Result<String, Problem> {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let json = body.map(|_| ("content-type", "application/json"));
    let headers: Vec<_> =
        bearer.iter().map(|bearer| ("authorization", bearer.as_str())).chain(json).collect();
    let headers = &headers;
    answered(send(Ask { method, headers, body, ..Ask::get(path) }).await?)
}

fn answered(reply: Reply) -> Result<String, Problem> {
    match reply.status {
        200..=299 => Ok(reply.body),
        status => Err(problem(status, &reply.body)),
    }
}

/// A request.
struct Ask<'a> {
    method: Method,
    path: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: Option<&'a str>,
    age: Age,
}

impl<'a> Ask<'a> {
    /// To get what is at a path.
    const fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, headers: &[], body: None, age: Age::Kept }
    }
}

fn send(ask: Ask<'_>) -> Waiting<'_, Reply> {
    Box::pin(async move { exchange(ask).await.map_err(|_| offline()) })
}

async fn exchange(ask: Ask<'_>) -> Result<Reply, gloo_net::Error> {
    let response = match early(ask.path).await {
        Some(response) => response,
        None => {
            let patience = AbortSignal::timeout_with_u32(ANSWER_WITHIN);
            let mut request = RequestBuilder::new(ask.path)
                .method(ask.method)
                .abort_signal(Some(&patience))
                .cache(match ask.age {
                    Age::Kept => RequestCache::Default,
                    Age::Now => RequestCache::NoCache,
                });
            for (name, value) in ask.headers {
                request = request.header(name, value);
            }
            match ask.body {
                Some(body) => request.body(body)?.send().await?,
                None => request.send().await?,
            }
        }
    };
    Ok(Reply { status: response.status(), body: response.text().await? })
}

/// What `boot.js` has begun to fetch while this program was loading; each is used once.
async fn early(path: &str) -> Option<Response> {
    let begun: Map = Reflect::get(&window(), &"tiffin".into()).ok()?.dyn_into().ok()?;
    let answer: Promise = begun.get(&path.into()).dyn_into().ok()?;
    begun.delete(&path.into());
    let answer = JsFuture::from(answer).await.ok()?;
    Some(answer.unchecked_into::<web_sys::Response>().into())
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, Problem> {
    json::read(body).map_err(|_| outdated())
}

/// The problem that an answer other than success tells of.
fn problem(status: u16, body: &str) -> Problem {
    if let Ok(problem) = json::read(body) {
        return problem;
    }
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

/// The problem of getting no answer: the network, or the site, is down.
#[must_use]
pub fn offline() -> Problem {
    Problem { status: 0, ..Problem::new(ProblemType::Unavailable, "no answer") }
}

/// Whether no answer came; what was asked may have happened.
#[must_use]
pub const fn is_offline(problem: &Problem) -> bool {
    problem.status == 0
}

fn outdated() -> Problem {
    Problem { status: 200, ..Problem::new(ProblemType::Unknown, "unreadable") }
}

/// Whether the answer was well, but of a later version than this page: reloading helps.
#[must_use]
pub const fn is_outdated(problem: &Problem) -> bool {
    problem.status == 200
}

/// Whether asking the same again, a little later, may go well.
#[must_use]
pub const fn is_passing(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemType::Unavailable | ProblemType::TooManyRequests)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_of_ours_is_taken_as_it_is() {
        let body = include_str!("../../shared/tests/wire/problem_price_changed.json");
        let problem = problem(409, body);
        assert_eq!(problem.kind, ProblemType::PriceChanged);
        assert!(problem.bill.is_some());
    }

    #[test]
    fn the_gateways_own_answers_become_the_same_problems() {
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
            let problem = problem(status, r#"{"message":"Whatever"}"#);
            assert_eq!((problem.kind, problem.status), (kind, status));
        }
        assert_eq!(problem(502, "<html>Bad gateway</html>").kind, ProblemType::Unavailable);
    }

    #[test]
    fn no_answer_is_not_the_same_as_not_found() {
        assert!(is_offline(&offline()) && is_passing(&offline()));
        assert!(!is_offline(&problem(404, "")) && !is_passing(&problem(404, "")));
    }

    #[test]
    fn what_this_page_cannot_read_asks_for_a_reload() {
        let later = include_str!("../../shared/tests/wire/reply_order.json")
            .replace("order_placed", "order_teleported");
        assert!(is_outdated(&read::<Order>(&later).unwrap_err()));
    }
}
