//! The function `api`: the HTTP API, one file per resource.

mod account;
mod addresses;
mod cart;
mod catalog;
mod concurrently;
mod live_tickets;
mod local_time;
mod max_totals;
mod orders;
mod pages;
mod placing;
mod quotes;
mod request;
mod response;
mod sessions;
mod state;

use serde_json::Value;
use shared::{
    OrderId, Timestamp,
    api::{Problem, ProblemType},
};
use tracing::{Level, Span, field};

pub use max_totals::MaxTotals;
pub use request::Request;
pub use response::Response;
pub use state::Api;

use crate::{
    metrics::{self, Metric},
    runtime::{error::Error, origin_secret, telemetry},
};

impl Api {
    /// Answers one request. Whatever goes wrong is an answer too: a problem document.
    ///
    /// # Errors
    /// [`Error::InvalidEvent`] if this is no request at all.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let request: Request = serde_json::from_value(raw)
            .map_err(|error| Error::invalid_event("not an HTTP API request", &error))?;
        Span::current().record("route", &request.route_key);
        if let Some(order_id) = request.path::<OrderId>("order_id") {
            Span::current().record("order_id", field::display(order_id));
        }
        let response = match self.route(&request, now).await {
            Ok(response) => {
                telemetry::outcome(Level::INFO, "answered");
                response
            }
            // The log says more than the customer of our errors, and less of theirs.
            Err(error) => {
                telemetry::failed(&error);
                let problem = error.into_problem();
                if problem.kind == ProblemType::TooManyRequests {
                    metrics::count(Metric::RequestsLimited, 1);
                }
                Response::problem(&problem)
            }
        };
        Span::current().record("status", response.status());
        Ok(response.into_value())
    }

    async fn route(&self, request: &Request, now: Timestamp) -> Result<Response, Error> {
        if !self.origin.accepts(request.header(origin_secret::HEADER)) {
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
            "PUT /api/addresses/{address_id}" => self.save_address(request, now).await,
            "DELETE /api/addresses/{address_id}" => self.delete_address(request).await,
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
    Problem::new(ProblemType::NotFound, "There is no route for this address.").into()
}
