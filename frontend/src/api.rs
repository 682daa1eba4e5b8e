//! The HTTP API: one function per route of [`shared::api`].

use gloo_net::http::Method;
use serde::Serialize;
use shared::{
    AddressId, Order, OrderId, OrderRequest, RestaurantId,
    api::{
        self, AddressInput, AddressRecord, Addresses, LegalPage, LiveTicket, Orders, PageName,
        ProblemType, Quote, QuoteRequest,
    },
    menu::Restaurant,
};

use crate::{
    browser,
    http::{self, ApiError, Reply, Request},
    session::Session,
};

/// The body of an answer about the catalog, at a path such as [`api::RESTAURANTS`].
///
/// # Errors
/// Not found; no answer, unavailable.
pub async fn catalog(path: &str, version: Option<CatalogVersion>) -> Result<String, ApiError> {
    let body = public(Method::GET, &versioned(path, version), None).await?;
    // A network that asks for a sign-in of its own answers with a page.
    if body.starts_with('{') { Ok(body) } else { Err(ApiError::NoAnswer) }
}

/// A restaurant with its menu.
///
/// # Errors
/// Not found; no answer, unavailable, outdated.
pub async fn restaurant(
    id: &RestaurantId,
    version: Option<CatalogVersion>,
) -> Result<Restaurant, ApiError> {
    http::parse(&catalog(&api::restaurant_path(id), version).await?)
}

/// A key for the catalog that no cache has seen: the first fetch under it reaches the function, past
/// the browser's cache and CloudFront's. Both cache what they then fetch under the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatalogVersion(u64);

impl CatalogVersion {
    /// A random one.
    #[must_use]
    pub fn new() -> Self {
        Self(u64::from_le_bytes(browser::random()))
    }
}

impl Default for CatalogVersion {
    fn default() -> Self {
        Self::new()
    }
}

fn versioned(path: &str, version: Option<CatalogVersion>) -> String {
    match version {
        None => path.to_owned(),
        Some(CatalogVersion(number)) => format!("{path}?{}={number:x}", api::CATALOG_VERSION),
    }
}

/// One of the owner's legal pages.
///
/// # Errors
/// Not found; no answer, unavailable, outdated.
pub async fn legal_page(name: PageName) -> Result<LegalPage, ApiError> {
    http::parse(&public(Method::GET, &api::page_path(name), None).await?)
}

/// What a cart costs now.
///
/// # Errors
/// A line that is no longer sold; no answer, unavailable, outdated.
pub async fn quote(cart: &QuoteRequest) -> Result<Quote, ApiError> {
    http::parse(&public(Method::POST, api::QUOTES, json(cart)).await?)
}

/// Places an order; the same again is the same order.
///
/// # Errors
/// Any kind of problem.
pub async fn place(
    session: Session,
    id: OrderId,
    request: &OrderRequest,
) -> Result<Order, ApiError> {
    http::parse(&signed(session, Method::PUT, &api::order_path(id), json(request)).await?)
}

/// An order of the customer, as it is now.
///
/// # Errors
/// Not found, not signed in; no answer, unavailable, outdated.
pub async fn order(session: Session, id: OrderId) -> Result<Order, ApiError> {
    http::parse(&signed(session, Method::GET, &api::order_path(id), None).await?)
}

/// A page of the customer's orders, newest first.
///
/// # Errors
/// Not signed in; no answer, unavailable, outdated.
pub async fn orders(session: Session, cursor: Option<&str>) -> Result<Orders, ApiError> {
    http::parse(&signed(session, Method::GET, &api::orders_path(cursor), None).await?)
}

/// Cancels an order while it is free.
///
/// # Errors
/// Too late, not found, not signed in; no answer, unavailable, outdated.
pub async fn cancel(session: Session, id: OrderId) -> Result<Order, ApiError> {
    http::parse(&signed(session, Method::POST, &api::cancel_path(id), None).await?)
}

/// The customer's saved addresses.
///
/// # Errors
/// Not signed in; no answer, unavailable, outdated.
pub async fn addresses(session: Session) -> Result<Addresses, ApiError> {
    http::parse(&signed(session, Method::GET, api::ADDRESSES, None).await?)
}

/// Saves an address under this id; the same again changes nothing.
///
/// # Errors
/// A field that is refused, too many addresses, not signed in; no answer, unavailable, outdated.
pub async fn save_address(
    session: Session,
    id: AddressId,
    address: &AddressInput,
) -> Result<AddressRecord, ApiError> {
    http::parse(&signed(session, Method::PUT, &api::address_path(id), json(address)).await?)
}

/// Removes a saved address.
///
/// # Errors
/// Not signed in; no answer, unavailable, outdated.
pub async fn remove_address(session: Session, id: AddressId) -> Result<(), ApiError> {
    signed(session, Method::DELETE, &api::address_path(id), None).await.map(drop)
}

/// A page of everything stored about the customer ([`api::Account`]), as the server wrote it: it
/// is saved to a file, and the page need not carry what reads and writes it again.
///
/// # Errors
/// Not signed in; no answer, unavailable.
pub async fn account(session: Session, cursor: Option<&str>) -> Result<String, ApiError> {
    signed(session, Method::GET, &api::account_path(cursor), None).await
}

/// Deletes everything stored about the customer; asking again completes it.
///
/// # Errors
/// Orders under way, not signed in; no answer, unavailable.
pub async fn delete_account(session: Session) -> Result<(), ApiError> {
    signed(session, Method::DELETE, api::ACCOUNT, None).await.map(drop)
}

/// A ticket for one WebSocket.
///
/// # Errors
/// Not signed in; no answer, unavailable, outdated.
pub async fn live_ticket(session: Session) -> Result<LiveTicket, ApiError> {
    http::parse(&signed(session, Method::POST, api::LIVE_TICKETS, None).await?)
}

pub(crate) fn json<T: Serialize>(value: &T) -> Option<String> {
    browser::to_json(value)
}

/// A call that needs no account.
async fn public(method: Method, path: &str, body: Option<String>) -> Result<String, ApiError> {
    call(method, path, body, None).await?.into_body()
}

/// A call as the customer; one refused for its token is repeated once with a new token. If another
/// customer, or nobody, is signed in by then, there is no answer for them: not signed in.
pub(crate) async fn signed(
    session: Session,
    method: Method,
    path: &str,
    body: Option<String>,
) -> Result<String, ApiError> {
    reply(session, method, path, body).await?.into_body()
}

/// The same with the server's refusal as it came.
pub(crate) async fn reply(
    session: Session,
    method: Method,
    path: &str,
    body: Option<String>,
) -> Result<Reply, ApiError> {
    reply_if(session, method, path, body, None).await
}

/// The same, if what is there has this entity tag (RFC 9110, section 13.1.1).
pub(crate) async fn reply_if(
    session: Session,
    method: Method,
    path: &str,
    body: Option<String>,
    tag: Option<&str>,
) -> Result<Reply, ApiError> {
    let customer = session.ended_now();
    let token = session.token_of(customer).await?;
    let mut answer = call_if(method.clone(), path, body.clone(), Some(&token), tag).await;
    if answer.as_ref().is_ok_and(Reply::is_not_signed_in) {
        let token = session.refreshed(customer, &token).await?;
        answer = call_if(method, path, body, Some(&token), tag).await;
        if answer.as_ref().is_ok_and(Reply::is_not_signed_in) {
            session.expire();
        }
    }
    match session.ended_now() == customer {
        true => answer,
        false => Err(ApiError::of(ProblemType::NotSignedIn)),
    }
}

pub(crate) async fn call(
    method: Method,
    path: &str,
    body: Option<String>,
    token: Option<&str>,
) -> Result<Reply, ApiError> {
    call_if(method, path, body, token, None).await
}

async fn call_if(
    method: Method,
    path: &str,
    body: Option<String>,
    token: Option<&str>,
    tag: Option<&str>,
) -> Result<Reply, ApiError> {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let json = body.is_some().then_some(("content-type", "application/json"));
    let headers = bearer.iter().map(|bearer| ("authorization", bearer.as_str())).chain(json);
    let headers: Vec<_> = headers.chain(tag.map(|tag| ("if-match", tag))).collect();
    http::send(Request { method, path, headers: &headers, body, fresh: false }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_part_of_the_address() {
        assert_eq!(versioned(api::RESTAURANTS, None), "/api/restaurants");
        let one = versioned(api::RESTAURANTS, Some(CatalogVersion(0x2a)));
        assert_eq!(one, "/api/restaurants?v=2a");
        assert_ne!(one, versioned(api::RESTAURANTS, Some(CatalogVersion(0x2b))));
    }
}
