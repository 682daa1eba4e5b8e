//! `/api/staff/{restaurant_id}/shift`: when somebody brings orders, and what they have brought and collected.

use std::collections::BTreeMap;

use shared::{
    Amount, Command, Currency, RestaurantId, Timestamp, UserId,
    api::{Delivery, Shift, ShiftRequest, Sum},
    staff::{CommandRequest, PaidBy},
};

use super::{deliveries::delivery, request::Request, response::Response, state::Api};
use crate::{
    choreography::commands::ATTEMPTS,
    metrics,
    runtime::error::Error,
    store::{
        orders::Item,
        people::{Joined, NotChanged, ShiftTimes},
    },
};

/// How long before a shift the orders of it were placed at most, in milliseconds.
const PLACED_BEFORE: i64 = 8 * 3_600_000;

impl Api {
    /// The shift that whoever asks is on or was on last.
    pub(super) async fn shift(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let Joined { membership, shift, .. } = self.courier(request, user).await?;
        self.shift_of(user, &membership.restaurant_id, shift, now).await
    }

    /// Begins or ends a shift; one that is as requested stays as it is.
    pub(super) async fn change_shift(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let mut joined = self.courier(request, user).await?;
        let ShiftRequest { on } = request.json()?;
        for _ in 0..ATTEMPTS {
            let Joined { membership, shift, .. } = joined;
            let restaurant = &membership.restaurant_id;
            let running = shift.filter(|shift| shift.is_on(now));
            let changed = match (running, on) {
                (None, true) => ShiftTimes::beginning(now),
                (Some(running), false) => ShiftTimes { ends_at: now, ..running },
                (Some(_), true) | (None, false) => {
                    return self.shift_of(user, restaurant, shift, now).await;
                }
            };
            match self.people.set_shift(user, restaurant, shift, changed).await? {
                Ok(()) => return self.shift_of(user, restaurant, Some(changed), now).await,
                // Another device was first, or they are no staff any more.
                Err(NotChanged::Outdated | NotChanged::LastOwner) => {
                    joined = self.courier(request, user).await?;
                }
            }
        }
        Err(changed_meanwhile())
    }

    /// Begins a shift by an order that somebody hands over or delivers and that is in none of theirs, as it was
    /// assigned to them off shift: what they collect must be in the sums of one. It begins when they did that, so
    /// that a request that is sent again begins the same.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not have begun.
    pub(super) async fn count_in_shift(
        &self,
        item: &Item,
        sent: &CommandRequest,
        user: UserId,
        mut shift: Option<ShiftTimes>,
    ) -> Result<(), Error> {
        let counts = matches!(sent.command, Command::HandOver | Command::Deliver { .. });
        let restaurant = item.order.basket.as_ref().map(|basket| &basket.restaurant_id);
        let (Some(restaurant), Some(claimed_at), Some(entry)) =
            (restaurant, item.order.claimed_at, item.entry_of(sent.command_id))
        else {
            return Ok(());
        };
        if !counts || !item.is_brought_by(user) {
            return Ok(());
        }
        for _ in 0..ATTEMPTS {
            // As `ended` lists it, also if it is brought after the shift.
            if shift.is_some_and(|shift| claimed_at <= shift.ends_at) {
                return Ok(());
            }
            let begun = ShiftTimes::beginning(entry.at);
            if self.people.set_shift(user, restaurant, shift, begun).await?.is_ok() {
                return Ok(());
            }
            // Another device was first, or they are no staff any more.
            let Some(joined) = self.people.joined(user, restaurant).await? else { return Ok(()) };
            shift = joined.shift;
        }
        Err(changed_meanwhile())
    }

    async fn shift_of(
        &self,
        user: UserId,
        restaurant: &RestaurantId,
        shift: Option<ShiftTimes>,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let ended = match shift {
            Some(shift) => self.ended(user, restaurant, shift, now).await?,
            None => Vec::new(),
        };
        let (began_at, ends_at) = shift.map(|shift| (shift.began_at, shift.ends_at)).unzip();
        let sums = sums(&ended);
        Response::private(200, &Shift { began_at, ends_at, ended, sums })
    }

    /// The deliveries of a shift that have ended, the last first: those that were claimed before the shift
    /// ended, so that what is brought after that is not missing in what was collected.
    async fn ended(
        &self,
        user: UserId,
        restaurant: &RestaurantId,
        ShiftTimes { began_at, ends_at }: ShiftTimes,
        now: Timestamp,
    ) -> Result<Vec<Delivery>, Error> {
        let since = began_at.plus_millis(-PLACED_BEFORE);
        let found = self.steps.orders.placed_at(restaurant, since, ends_at.min(now)).await?;
        metrics::left_out(&found.unreadable);
        let is_of_shift = |delivery: &Delivery| {
            delivery.ended_at.is_some_and(|ended| began_at <= ended)
                && delivery.claimed_at <= ends_at
        };
        let deliveries = found.items.into_iter().filter_map(|item| delivery(item, user, now));
        let mut ended: Vec<Delivery> = deliveries.filter(is_of_shift).collect();
        ended.sort_by_key(|delivery| (delivery.ended_at, delivery.order_id));
        ended.reverse();
        Ok(ended)
    }
}

fn changed_meanwhile() -> Error {
    let cause = "it was changed again and again".to_owned();
    Error::Dependency { operation: "changing a shift", cause }
}

/// What was collected, by currency and by how it was paid.
fn sums(ended: &[Delivery]) -> Vec<Sum> {
    let mut sums: BTreeMap<(Currency, PaidBy), Sum> = BTreeMap::new();
    for Delivery { collected, currency, .. } in ended {
        let Some(collected) = collected else { continue };
        let (method, currency) = (collected.method, *currency);
        let none = Sum { method, orders: 0, amount: Amount::ZERO, currency };
        let sum = sums.entry((currency, method)).or_insert(none);
        sum.orders += 1;
        sum.amount = sum.amount + collected.amount;
    }
    sums.into_values().collect()
}
