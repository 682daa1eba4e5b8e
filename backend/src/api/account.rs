//! `/api/account`: all that is kept of the customer, and having it deleted.
//!
//! Deleting goes step by step, and each step leaves what the next call needs to go on: look that no
//! order is under way, close the account (nothing is written for the customer from then on), look
//! again, end the sockets and tickets, strip the orders, forget the addresses, note that all is
//! deleted (nothing opens the account again then). Whatever ends the function
//! between two steps, asking again ends it all; the sign-in itself is deleted by the browser, which
//! asks Cognito after us.

use futures_util::{StreamExt, TryStreamExt, stream};
use shared::{
    OrderId, Timestamp, UserId,
    api::{Account, OrderSummary, Problem, ProblemType},
};

use crate::{
    Error,
    api::{Api, Request, Response, orders::cursor},
    orders::Item,
};

/// How many calls for one customer are under way at once.
const AT_ONCE: usize = 16;

impl Api {
    /// Whose account it is, since when it is closed, every address, and a page of whole orders.
    pub(super) async fn account(&self, request: &Request) -> Result<Response, Error> {
        let user_id = request.user()?;
        let (listed, next) = self.steps.orders.of_user(user_id, cursor(request)?).await?;
        let orders = self.whole(user_id, listed).await?;
        let person = self.people.read(user_id).await?;
        let account = Account {
            user_id,
            closed_at: person.closed_at,
            addresses: person.addresses.into_iter().map(|kept| kept.listed).collect(),
            orders: orders.into_iter().map(Item::into_order).collect(),
            cursor: next.map(|next| next.to_string()),
        };
        Response::private(200, &account)
    }

    /// Deletes all that is kept of the customer; what has begun goes on when it is asked again.
    pub(super) async fn delete_account(
        &self,
        request: &Request,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let user = request.user()?;
        let closed_at = self.people.read(user).await?.closed_at;
        self.orders_that_are_over(user, closed_at).await?;
        let closed_at = self.people.close(user, now).await?;
        let mut orders = self.orders_that_are_over(user, Some(closed_at)).await?;
        self.end_connections(user, now).await?;
        // The index by which orders are found is eventually consistent: look until nothing is left.
        while !orders.is_empty() {
            concurrently(orders.iter().map(|item| self.steps.orders.strip(item))).await?;
            orders = self.orders_that_are_over(user, Some(closed_at)).await?;
        }
        self.people.forget_addresses(user).await?;
        self.people.deleted(user, closed_at, now).await?;
        Ok(Response::empty())
    }

    /// The customer's orders. While one is under way the account is open, or opens again if it was
    /// closed at `closed_at`, and is not deleted.
    ///
    /// # Errors
    /// `order-under-way` with those orders, or [`Error::Outside`] if a table did not answer.
    async fn orders_that_are_over(
        &self,
        user: UserId,
        closed_at: Option<Timestamp>,
    ) -> Result<Vec<Item>, Error> {
        let mut orders = Vec::new();
        let mut at = None;
        loop {
            let (listed, next) = self.steps.orders.of_user(user, at).await?;
            orders.extend(self.whole(user, listed).await?);
            match next {
                Some(next) => at = Some(next),
                None => break,
            }
        }
        let under_way: Vec<OrderId> =
            orders.iter().filter(|item| !item.is_over()).map(|item| item.order_id).collect();
        if under_way.is_empty() {
            return Ok(orders);
        }
        if let Some(closed_at) = closed_at {
            self.people.reopen(user, closed_at).await?;
        }
        Err(order_under_way(under_way))
    }

    /// The listed orders as they are, without those that cannot be read; the index may list one
    /// that is no longer the customer's.
    async fn whole(&self, user: UserId, listed: Vec<OrderSummary>) -> Result<Vec<Item>, Error> {
        let orders = stream::iter(listed)
            .map(|summary| self.steps.orders.get_readable(summary.order_id))
            .buffered(AT_ONCE)
            .try_collect::<Vec<Option<Item>>>()
            .await?;
        Ok(orders.into_iter().flatten().filter(|item| item.user_id == Some(user)).collect())
    }
}

/// Does them all, some at once, until one fails.
pub(super) async fn concurrently(
    calls: impl IntoIterator<Item = impl Future<Output = Result<(), Error>>>,
) -> Result<(), Error> {
    stream::iter(calls).buffer_unordered(AT_ONCE).try_collect().await
}

fn order_under_way(orders: Vec<OrderId>) -> Error {
    let title = "An order of yours is under way; delete the account once it has ended.";
    let mut problem = Problem::new(ProblemType::OrderUnderWay, title);
    problem.orders = orders;
    problem.into()
}
