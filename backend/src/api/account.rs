//! `/api/account`: all that is stored of the customer, and its deletion.
//!
//! Deleting goes step by step, and each step leaves what the next call needs to go on: check that
//! no order is under way and no restaurant loses its only owner, close the account (nothing is written for the
//! customer from then on), check again, release the orders that they would bring, end the memberships, end the
//! WebSockets and tickets, anonymise the orders, delete the addresses, mark the account as deleted (nothing reopens
//! it then). Whatever ends the function between two steps, the next call completes it; the sign-in itself is
//! deleted by the browser, which asks Cognito after us.
//!
//! The only owner of a restaurant is refused, and learns which restaurants and what to do. To let them go
//! would leave a restaurant that takes orders and that nobody can give to anybody; to close it or to choose
//! another owner is not for a program to decide. Nobody is kept for good by that: they make somebody else an
//! owner, or whoever runs the shop does (`cargo aws staff owner`).

use futures_util::{StreamExt, TryStreamExt, stream};
use shared::{
    OrderId, RestaurantId, Timestamp, UserId,
    api::{Account, Membership, OrderSummary, Problem, ProblemType, ShiftRecord},
};

use super::{
    commands::actor,
    concurrently::{CONCURRENCY, concurrently},
    orders::cursor,
    people::last_owner,
    request::Request,
    response::Response,
    state::Api,
};
use crate::{
    metrics,
    runtime::error::Error,
    store::{
        orders::Item,
        people::{Joined, ShiftTimes},
    },
};

impl Api {
    /// Whose account it is, since when it is closed, every address, and a page of whole orders.
    pub(super) async fn account(
        &self,
        request: &Request,
        user_id: UserId,
    ) -> Result<Response, Error> {
        let page = self.steps.orders.page(user_id, cursor(request)?).await?;
        metrics::left_out(&page.unreadable);
        let orders = self.full_orders(user_id, page.orders).await?;
        let person = self.person(user_id).await?;
        let account = Account {
            user_id,
            closed_at: person.closed_at,
            addresses: person.addresses.into_iter().map(|saved| saved.listed).collect(),
            shifts: person.memberships.iter().filter_map(shift).collect(),
            memberships: person.memberships.into_iter().map(|joined| joined.membership).collect(),
            orders: orders.into_iter().map(|item| item.order).collect(),
            cursor: page.next.map(|next| next.to_string()),
        };
        Response::private(200, &account)
    }

    /// Deletes all that is stored of the customer; a deletion that was interrupted goes on.
    pub(super) async fn delete_account(
        &self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let closed_at = self.person(user).await?.closed_at;
        self.ended_orders(user, closed_at).await?;
        let owned = self.people.only_owner_of(user).await?;
        self.refuse_last_owner(user, closed_at, owned).await?;
        let closed_at = self.people.close(user, now).await?;
        let mut orders = self.ended_orders(user, Some(closed_at)).await?;
        // Before, for who is no member any more is asked for no restaurant; and after, for what was claimed meanwhile.
        let memberships = self.people.memberships(user).await?;
        metrics::left_out(&memberships.unreadable);
        let restaurants: Vec<Membership> =
            memberships.items.into_iter().map(|joined| joined.membership).collect();
        self.leave_orders(user, &restaurants, now).await?;
        // The other owner may have gone since that was checked; what has ended by then stays so.
        let owned = self.people.leave_all(user).await?;
        self.leave_orders(user, &restaurants, now).await?;
        self.refuse_last_owner(user, Some(closed_at), owned).await?;
        self.end_connections(user, now).await?;
        // The index by which orders are found is eventually consistent: read until none is left.
        while !orders.is_empty() {
            concurrently(orders.iter().map(|item| self.steps.orders.anonymise(item))).await?;
            orders = self.ended_orders(user, Some(closed_at)).await?;
        }
        self.people.delete_addresses(user).await?;
        self.people.mark_deleted(user, closed_at, now).await?;
        Ok(Response::empty())
    }

    /// Ends what somebody had begun as a member of staff of restaurants.
    async fn leave_orders(
        &self,
        user: UserId,
        restaurants: &[Membership],
        now: Timestamp,
    ) -> Result<(), Error> {
        for membership in restaurants {
            let (restaurant, by) = (&membership.restaurant_id, actor(membership));
            self.end_duties(user, restaurant, None, &by, now).await?;
        }
        Ok(())
    }

    /// The customer's orders, all of which have ended. While one is under way the account stays
    /// open, or is reopened if it was closed at `closed_at`.
    ///
    /// # Errors
    /// `order-under-way` with those orders, or [`Error::Dependency`] if a table did not answer.
    async fn ended_orders(
        &self,
        user: UserId,
        closed_at: Option<Timestamp>,
    ) -> Result<Vec<Item>, Error> {
        let mut orders = Vec::new();
        let mut cursor = None;
        loop {
            let page = self.steps.orders.page(user, cursor).await?;
            metrics::left_out(&page.unreadable);
            orders.extend(self.full_orders(user, page.orders).await?);
            match page.next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        let under_way: Vec<OrderId> =
            orders.iter().filter(|item| !item.is_over()).map(|item| item.order.order_id).collect();
        if under_way.is_empty() {
            return Ok(orders);
        }
        if let Some(closed_at) = closed_at {
            self.people.reopen(user, closed_at).await?;
        }
        Err(order_under_way(under_way))
    }

    /// Refuses to delete the account of who is the only owner of restaurants; it stays open, or is
    /// reopened if it was closed at `closed_at`.
    ///
    /// # Errors
    /// `last-owner` with those restaurants, or [`Error::Dependency`] if the table did not answer.
    async fn refuse_last_owner(
        &self,
        user: UserId,
        closed_at: Option<Timestamp>,
        owned: Vec<RestaurantId>,
    ) -> Result<(), Error> {
        if owned.is_empty() {
            return Ok(());
        }
        if let Some(closed_at) = closed_at {
            self.people.reopen(user, closed_at).await?;
        }
        let title = "You are the only owner of a restaurant; make somebody else an owner first, or ask whoever \
                     runs this shop to.";
        Err(last_owner(title, owned))
    }

    /// The listed orders in full, without those that cannot be read; the index may list one that
    /// is no longer the customer's.
    async fn full_orders(
        &self,
        user: UserId,
        listed: Vec<OrderSummary>,
    ) -> Result<Vec<Item>, Error> {
        let orders = stream::iter(listed)
            .map(|summary| self.readable_order(summary.order_id))
            .buffered(CONCURRENCY)
            .try_collect::<Vec<Option<Item>>>()
            .await?;
        Ok(orders.into_iter().flatten().filter(|item| item.user_id == Some(user)).collect())
    }

    async fn readable_order(&self, order_id: OrderId) -> Result<Option<Item>, Error> {
        match self.steps.orders.get(order_id).await {
            Err(error @ Error::Unreadable { .. }) => {
                metrics::left_out(&[error]);
                Ok(None)
            }
            other => other,
        }
    }
}

/// The shift that somebody is on or was on last in a restaurant.
fn shift(Joined { membership, shift, .. }: &Joined) -> Option<ShiftRecord> {
    let ShiftTimes { began_at, ends_at } = (*shift)?;
    Some(ShiftRecord { restaurant_id: membership.restaurant_id.clone(), began_at, ends_at })
}

fn order_under_way(orders: Vec<OrderId>) -> Error {
    let title = "An order of yours is under way; delete the account once it has ended.";
    let mut problem = Problem::new(ProblemType::OrderUnderWay, title);
    problem.orders = orders.into();
    problem.into()
}
