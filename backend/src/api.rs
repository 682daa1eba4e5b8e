//! The HTTP API: a table of routes, and one file per resource.

mod account;
mod addresses;
mod cart;
mod catalog;
mod live_tickets;
mod orders;
mod pages;
mod quotes;
mod request;
mod response;
mod sessions;

use serde_json::Value;
use shared::{
    OrderId, Timestamp,
    api::{Problem, ProblemType},
};

pub use request::Request;
pub use response::Response;

use crate::{
    Context, Error,
    catalog::Catalog,
    context::{ContextError, Timing},
    limits::Limits,
    live::{Live, Sockets},
    log::{self, Level},
    maximum::MaxTotals,
    origin::{self, OriginSecret},
    people::People,
    steps::Steps,
};

/// The function `api`.
pub struct Api {
    catalog: Catalog,
    steps: Steps,
    people: People,
    live: Live,
    sockets: Sockets,
    timing: Timing,
    origin: OriginSecret,
    limits: Limits,
    max_totals: MaxTotals,
}

impl Api {
    /// The function with what its context gives it.
    ///
    /// # Errors
    /// [`ContextError`] if a setting is missing or wrong.
    pub fn new(context: &Context) -> Result<Self, ContextError> {
        Ok(Self {
            catalog: context.catalog()?,
            steps: Steps { orders: context.orders()?, bus: context.bus()? },
            people: context.people()?,
            live: context.live()?,
            sockets: context.sockets()?,
            timing: context.timing()?,
            origin: context.origin_secret(),
            limits: context.limits()?,
            max_totals: context.max_totals()?,
        })
    }

    /// Answers one request. Whatever goes wrong is an answer too: a problem document.
    ///
    /// # Errors
    /// [`Error::Poison`] if this is no request at all.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let request: Request = serde_json::from_value(raw)
            .map_err(|error| Error::poison("not an HTTP API request", &error))?;
        log::about("route", &request.route_key);
        if let Some(order_id) = request.path::<OrderId>("order_id") {
            log::about("order_id", order_id);
        }
        let response = match self.route(&request, now).await {
            Ok(response) => {
                log::outcome(Level::Info, "answered");
                response
            }
            // The logs say more than the customer of our errors, and less of theirs.
            Err(error) => {
                log::failed(&error);
                Response::problem(&error.into_problem())
            }
        };
        log::about("status", response.status());
        Ok(response.into_value())
    }

    async fn route(&self, request: &Request, now: Timestamp) -> Result<Response, Error> {
        if !self.origin.admits(request.header(origin::HEADER)) {
            return Err(not_through_the_site());
        }
        request.check_size()?;
        match request.route_key.as_str() {
            "GET /api/restaurants" => self.restaurants(request).await,
            "GET /api/restaurants/{restaurant_id}" => self.restaurant(request).await,
            "GET /api/pages/{name}" => self.page(request).await,
            "POST /api/quotes" => self.quote(request, now).await,
            "PUT /api/orders/{order_id}" => self.place(request, now).await,
            "GET /api/orders" => self.list(request).await,
            "GET /api/orders/{order_id}" => self.read(request).await,
            "POST /api/orders/{order_id}/cancel" => self.cancel(request, now).await,
            "GET /api/addresses" => self.addresses(request).await,
            "PUT /api/addresses/{address_id}" => self.keep_address(request, now).await,
            "DELETE /api/addresses/{address_id}" => self.forget_address(request).await,
            "GET /api/account" => self.account(request).await,
            "DELETE /api/account" => self.delete_account(request, now).await,
            "DELETE /api/sessions" => self.end_sessions(request, now).await,
            "POST /api/live-tickets" => self.ticket(request, now).await,
            _ => Err(no_such_address()),
        }
    }
}

fn not_through_the_site() -> Error {
    let title = "Send requests to the shop's own address, not to the API's.";
    Problem::new(ProblemType::Forbidden, title).into()
}

fn no_such_address() -> Error {
    Problem::new(ProblemType::NotFound, "Nothing is at this address; see the README for the API.")
        .into()
}
