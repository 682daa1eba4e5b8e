//! `/api/orders`: listing, reading and cancelling.

use shared::{
    Reason, Status, Timestamp, UserId,
    api::{Orders, Problem, ProblemType},
};

use super::{
    request::{Request, invalid},
    response::Response,
    state::Api,
};
use crate::{
    choreography::{changes::by_customer, commands::ATTEMPTS},
    metrics,
    runtime::error::Error,
    store::orders::{Cursor, Item, Transition, Written},
};

impl Api {
    /// A page of the customer's orders, newest first.
    pub(super) async fn list(&self, request: &Request, user: UserId) -> Result<Response, Error> {
        let orders = &self.steps.orders;
        let page = orders.page_with_dishes(user, cursor(request)?).await?;
        metrics::left_out(&page.unreadable);
        let cursor = page.next.map(|next| next.to_string());
        Response::private(200, &Orders { orders: page.orders, cursor })
    }

    /// One order of the customer's; another's is not found.
    pub(super) async fn read(&self, request: &Request, user: UserId) -> Result<Response, Error> {
        let item = self.own_order(request, user).await?;
        Response::private(200, &item.order)
    }

    /// Cancels an order while the restaurant has not answered.
    pub(super) async fn cancel(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let item = self.own_order(request, user).await?;
        let item = self.cancel_placed(item, now).await?;
        if item.order.status != Status::Cancelled || item.order.reason != Some(Reason::ByCustomer) {
            let problem = Problem::new(
                ProblemType::TooLateToCancel,
                "The restaurant has answered, or the order has ended.",
            );
            return Err(with_order(problem, item).into());
        }
        self.steps.publish_now_or_later(&item, item.order.sequence).await;
        Response::private(200, &item.order)
    }

    /// The order as it is after the attempt to cancel it: tried again as long as it is not answered,
    /// for somebody may only have seen it meanwhile.
    async fn cancel_placed(&self, mut item: Item, now: Timestamp) -> Result<Item, Error> {
        for _ in 0..ATTEMPTS {
            if item.order.status != Status::Placed {
                break;
            }
            let transition = Transition::of(&item, by_customer(), now);
            item = match self.steps.advance(&transition).await? {
                Written::Done(item) | Written::Conflict(Some(item)) => *item,
                Written::Conflict(None) => return Err(no_such_order()),
            };
        }
        Ok(item)
    }

    async fn own_order(&self, request: &Request, user: UserId) -> Result<Item, Error> {
        let Some(order_id) = request.path("order_id") else {
            return Err(no_such_order());
        };
        let item = self.steps.orders.get(order_id).await?;
        item.filter(|item| item.user_id == Some(user)).ok_or_else(no_such_order)
    }
}

/// Where the page that is asked for begins.
pub(super) fn cursor(request: &Request) -> Result<Option<Cursor>, Problem> {
    let cursor = request.query("cursor").map(str::parse).transpose();
    cursor.map_err(|error| invalid("cursor", &error))
}

pub(super) fn with_order(mut problem: Problem, item: Item) -> Problem {
    problem.order = Some(Box::new(item.order));
    problem
}

fn no_such_order() -> Error {
    Problem::new(ProblemType::OrderNotFound, "No order of yours has this id.").into()
}
