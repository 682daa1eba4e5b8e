//! The function `api`: the HTTP API, one file per resource; and `pictures`, which is a function of its own.

mod account;
mod addresses;
mod availability;
mod cart;
mod catalog;
mod commands;
mod concurrently;
mod deliveries;
mod delivery_areas;
mod district;
mod figures;
mod hours;
mod live_tickets;
mod local_time;
mod max_totals;
mod menu;
mod menu_file;
mod orders;
mod pages;
mod people;
mod pictures;
mod placing;
mod quotes;
mod request;
mod response;
mod sessions;
mod shifts;
mod staff;
mod state;

use futures_util::future;
use serde_json::Value;
use shared::{
    OrderId, Timestamp, UserId,
    api::{CsvFile, Problem, ProblemType},
};
use tracing::{Level, Span, field};

pub use max_totals::MaxTotals;
pub use pictures::Pictures;
pub use request::Request;
pub use response::Response;
pub use state::Api;

use crate::{
    metrics::{self, Metric},
    runtime::{error::Error, origin_secret, telemetry},
    store::live::Holder,
};

/// The route by which a customer deletes their account.
const DELETE_ACCOUNT: &str = "DELETE /api/account";
/// The one route that takes an ID token, and no other token.
const ACCEPT_INVITATION: &str = "POST /api/memberships";

impl Api {
    /// Answers one request. Whatever goes wrong is an answer too: a problem document.
    ///
    /// # Errors
    /// [`Error::InvalidEvent`] if this is no request at all.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let request = read(raw)?;
        Ok(answered(self.route(&request, now).await))
    }

    async fn route(&self, request: &Request, now: Timestamp) -> Result<Response, Error> {
        if !self.origin.accepts(request.header(origin_secret::HEADER)) {
            return Err(not_through_the_site());
        }
        request.check_size()?;
        match request.route_key.as_str() {
            "GET /api/restaurants" => self.restaurants(request, now).await,
            "GET /api/restaurants/{restaurant_id}" => self.restaurant(request, now).await,
            "GET /api/pages/{name}" => self.page(request).await,
            "POST /api/quotes" => self.quote(request, now).await,
            "ANY /api/{proxy+}" => Err(no_such_address()),
            _ => self.route_of_customer(request, now).await,
        }
    }

    /// Every other route is a customer's, and answers none whose session has ended. What changes
    /// something is done after that was checked; a read is made meanwhile.
    async fn route_of_customer(
        &self,
        request: &Request,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let holder = request.holder()?;
        if request.has_id_token() != (request.route_key == ACCEPT_INVITATION) {
            return Err(other_token(request.has_id_token()));
        }
        let session = self.check_session(holder);
        if request.route_key.starts_with("GET ") {
            let reading = self.read_of_customer(request, holder.user, now);
            let (session, response) = future::join(session, reading).await;
            session?;
            return response;
        }
        match session.await {
            // The deletion itself has ended the sessions: sent again, it goes on.
            Err(error) if is_account_closed(&error) && request.route_key == DELETE_ACCOUNT => {}
            checked => checked?,
        }
        self.write_of_customer(request, holder, now).await
    }

    async fn read_of_customer(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        match request.route_key.as_str() {
            "GET /api/orders" => self.list(request, user).await,
            "GET /api/orders/{order_id}" => self.read(request, user).await,
            "GET /api/addresses" => self.addresses(user).await,
            "GET /api/account" => self.account(request, user).await,
            "GET /api/staff" => self.memberships(user).await,
            "GET /api/staff/{restaurant_id}/availability" => {
                self.availability(request, user, now).await
            }
            "GET /api/staff/{restaurant_id}/hours" => self.hours(request, user, now).await,
            "GET /api/staff/{restaurant_id}/delivery" => self.delivery_areas(request, user).await,
            "GET /api/staff/{restaurant_id}/menu" => self.menu(request, user).await,
            "GET /api/staff/{restaurant_id}/menu/versions" => {
                self.menu_versions(request, user).await
            }
            "GET /api/staff/{restaurant_id}/menu/versions/{version}" => {
                self.menu_version(request, user).await
            }
            "GET /api/staff/{restaurant_id}/menu/file" => self.menu_file(request, user).await,
            "GET /api/staff/{restaurant_id}/deliveries" => {
                self.deliveries(request, user, now).await
            }
            "GET /api/staff/{restaurant_id}/shift" => self.shift(request, user, now).await,
            "GET /api/staff/{restaurant_id}/people" => self.people(request, user, now).await,
            "GET /api/staff/{restaurant_id}/days/{date}" => self.day(request, user, now).await,
            "GET /api/staff/{restaurant_id}/history" => self.found_orders(request, user, now).await,
            "GET /api/staff/{restaurant_id}/orders/{order_id}/history" => {
                self.order_history(request, user, now).await
            }
            "GET /api/staff/{restaurant_id}/reports" => self.report(request, user, now).await,
            "GET /api/staff/{restaurant_id}/reports/orders.csv" => {
                self.csv(CsvFile::Orders, request, user, now).await
            }
            "GET /api/staff/{restaurant_id}/reports/dishes.csv" => {
                self.csv(CsvFile::Dishes, request, user, now).await
            }
            "GET /api/staff/{restaurant_id}/orders" => self.board(request, user, now).await,
            "GET /api/staff/{restaurant_id}/orders/{order_id}" => {
                self.read_ticket(request, user).await
            }
            _ => Err(no_such_address()),
        }
    }

    async fn write_of_customer(
        &self,
        request: &Request,
        holder: Holder,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let user = holder.user;
        match request.route_key.as_str() {
            "PUT /api/orders/{order_id}" => self.place(request, user, now).await,
            "POST /api/orders/{order_id}/cancel" => self.cancel(request, user, now).await,
            "PUT /api/addresses/{address_id}" => self.save_address(request, user, now).await,
            "DELETE /api/addresses/{address_id}" => self.delete_address(request, user).await,
            DELETE_ACCOUNT => self.delete_account(user, now).await,
            "DELETE /api/sessions" => self.end_sessions(user, now).await,
            "POST /api/live-tickets" => self.ticket(request, holder, now).await,
            "POST /api/staff/{restaurant_id}/availability" => {
                self.change_availability(request, user, now).await
            }
            "PUT /api/staff/{restaurant_id}/hours" => self.set_hours(request, user, now).await,
            "PUT /api/staff/{restaurant_id}/delivery" => {
                self.set_delivery_areas(request, user).await
            }
            "PUT /api/staff/{restaurant_id}/menu" => self.publish_menu(request, user, now).await,
            "POST /api/staff/{restaurant_id}/menu/file" => self.read_menu_file(request, user).await,
            "POST /api/staff/{restaurant_id}/orders/{order_id}/phone" => {
                self.reveal_phone(request, user, now).await
            }
            "POST /api/staff/{restaurant_id}/orders/{order_id}/commands" => {
                self.command(request, user, now).await
            }
            "POST /api/staff/{restaurant_id}/deliveries/{order_id}/commands" => {
                self.deliver(request, user, now).await
            }
            "POST /api/staff/{restaurant_id}/shift" => self.change_shift(request, user, now).await,
            "POST /api/staff/{restaurant_id}/invitations" => self.invite(request, user, now).await,
            "DELETE /api/staff/{restaurant_id}/invitations/{invitation_id}" => {
                self.withdraw_invitation(request, user).await
            }
            "DELETE /api/staff/{restaurant_id}/people/{user_id}" => {
                self.remove_member(request, user, now).await
            }
            ACCEPT_INVITATION => self.accept_invitation(request, user, now).await,
            _ => Err(no_such_address()),
        }
    }
}

/// Reads a request, and says in the log which it is.
///
/// # Errors
/// [`Error::InvalidEvent`] if this is no request at all.
fn read(raw: Value) -> Result<Request, Error> {
    let request: Request = serde_json::from_value(raw)
        .map_err(|error| Error::invalid_event("not an HTTP API request", &error))?;
    Span::current().record("route", &request.route_key);
    if let Some(order_id) = request.path::<OrderId>("order_id") {
        Span::current().record("order_id", field::display(order_id));
    }
    Ok(request)
}

/// Says in the log and in the reply what came of a request.
fn answered(response: Result<Response, Error>) -> Value {
    let response = match response {
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
    response.into_value()
}

fn is_account_closed(error: &Error) -> bool {
    matches!(error, Error::Problem(problem) if problem.kind == ProblemType::AccountClosed)
}

fn other_token(is_id_token: bool) -> Error {
    let title = match is_id_token {
        true => {
            "Send the access token of the session; an ID token opens no route but that of invitations."
        }
        false => {
            "Send the ID token of the session; an access token does not say whose address it is."
        }
    };
    Problem::new(ProblemType::Forbidden, title).into()
}

fn not_through_the_site() -> Error {
    let title = "Send requests to the shop's own address, not to the API's.";
    Problem::new(ProblemType::Forbidden, title).into()
}

fn no_such_address() -> Error {
    Problem::new(ProblemType::NotFound, "There is no route for this address.").into()
}
