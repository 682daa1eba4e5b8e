//! The restaurants that somebody delivers for on one page: one, or all of theirs.

use std::collections::BTreeSet;

use shared::{
    Currency, OrderId, RestaurantId, Timestamp,
    api::{Deliveries, Delivery, Membership, Offer},
};

use super::{
    round::{Change, Round},
    shift_report::Report,
    taps::{Card, Stage, Taps},
};
use crate::http::ApiError;

#[cfg(test)]
mod tests;

/// A restaurant that somebody delivers for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Workplace {
    /// The courier's membership there.
    pub(super) member: Membership,
    /// Its name; its id until the name is fetched.
    pub(super) name: String,
    /// Where it is, once that is fetched, and its name with it.
    pub(super) address: Option<String>,
    /// What there is to deliver.
    pub(super) round: Round,
    /// Whether the server has said if they are on shift.
    knows_shift: bool,
    /// What was collected and delivered in the shift that is on or was on last.
    pub(super) report: Report,
    /// The currency of its orders, once it had one.
    pub(super) currency: Option<Currency>,
    /// When what there is to deliver was fetched last.
    pub(super) fetched_at: Option<Timestamp>,
    /// Why it could not be fetched since.
    pub(super) failure: Option<ApiError>,
    /// The orders of the last list: others are new. `None` before the first one of a shift.
    known_orders: Option<BTreeSet<OrderId>>,
}

impl Workplace {
    fn new(member: Membership) -> Self {
        Self {
            name: member.restaurant_id.to_string(),
            address: None,
            member,
            round: Round::default(),
            knows_shift: false,
            report: Report::default(),
            currency: None,
            fetched_at: None,
            failure: None,
            known_orders: None,
        }
    }

    /// Takes what there is to deliver, as the server answered at `now` a request of `asked_at`: what has changed, and
    /// whether something new is offered.
    pub(super) fn take_list(
        &mut self,
        list: Deliveries,
        asked_at: i64,
        now: Timestamp,
    ) -> (Change, bool) {
        self.fetched_at = Some(now);
        self.failure = None;
        self.knows_shift = true;
        let claimed = list.claimed.first().map(|it| it.currency);
        let currency = claimed.or_else(|| list.offers.first().map(|it| it.currency));
        self.currency = currency.or(self.currency);
        (self.round.take_all(list, asked_at), self.take_new_offers(now))
    }

    /// Takes until when the shift is on, if it is, as a change of it was answered.
    pub(super) fn set_shift(&mut self, until: Option<Timestamp>) {
        self.knows_shift = true;
        self.round.set_shift(until);
    }

    /// Whether they are on shift; `None` until the server has said so.
    fn is_on_shift(&self, now: Timestamp) -> Option<bool> {
        self.knows_shift.then(|| self.round.on_shift_until(now).is_some())
    }

    /// Remembers the orders of the list; whether one is offered, to somebody on shift, that the list before did not
    /// have.
    fn take_new_offers(&mut self, now: Timestamp) -> bool {
        let is_on = self.round.on_shift_until(now).is_some();
        let before = self.known_orders.take().filter(|_| is_on);
        self.known_orders = is_on.then(|| self.round.orders());
        before.is_some_and(|before| self.round.has_new_offer(&before))
    }
}

/// The restaurants of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Workplaces(Vec<Workplace>);

impl Workplaces {
    /// The restaurants of these memberships, before anything of them is fetched.
    pub(super) fn new(members: Vec<Membership>) -> Self {
        Self(members.into_iter().map(Workplace::new).collect())
    }

    /// Whether there are none, as on a page that shows no deliveries.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there are several, so that each is to be named.
    pub(super) const fn is_several(&self) -> bool {
        self.0.len() > 1
    }

    /// The restaurants, in the order of the memberships.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Workplace> {
        self.0.iter()
    }

    /// The same, to be changed.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Workplace> {
        self.0.iter_mut()
    }

    /// The courier's membership in each restaurant.
    pub(super) fn members(&self) -> Vec<Membership> {
        self.iter().map(|it| it.member.clone()).collect()
    }

    /// The restaurant of this id, to be changed; `None` if the page does not have it.
    pub(super) fn get_mut(&mut self, restaurant: &RestaurantId) -> Option<&mut Workplace> {
        self.iter_mut().find(|it| it.member.restaurant_id == *restaurant)
    }

    /// Removes a restaurant of whose staff the courier is no more, and returns its name. The last one stays: `None`.
    pub(super) fn remove(&mut self, restaurant: &RestaurantId) -> Option<String> {
        let here = |it: &Workplace| it.member.restaurant_id == *restaurant;
        let place = self.0.iter().position(here).filter(|_| self.is_several())?;
        Some(self.0.remove(place).name)
    }

    /// The restaurant of an order that is offered to the courier or claimed by them.
    pub(super) fn with_order(&self, id: OrderId) -> Option<&Workplace> {
        self.iter().find(|it| it.round.has(id))
    }

    /// Where an order is yet to be picked up, if that is fetched and the page shows several restaurants.
    pub(super) fn pickup(&self, id: OrderId, taps: &Taps) -> Option<&str> {
        let place = self.with_order(id).filter(|_| self.is_several())?;
        let is_here = |it: &Delivery| Card::of(it, taps).stage == Stage::Claimed;
        place.address.as_deref().filter(|_| place.round.get(id).is_none_or(is_here))
    }

    /// The orders of all restaurants that wait for a courier, sorted by when they are ready.
    pub(super) fn offers(&self, now: Timestamp) -> Vec<&Offer> {
        let mut offers: Vec<_> = self.iter().flat_map(|it| it.round.offers(now)).collect();
        offers.sort_by_key(|offer| (offer.ready_at, offer.order_id));
        offers
    }

    /// The orders of all restaurants that the courier has claimed, sorted by when they did.
    pub(super) fn claimed(&self) -> Vec<&Delivery> {
        let mut claimed: Vec<_> = self.iter().flat_map(|it| it.round.claimed()).collect();
        claimed.sort_by_key(|delivery| (delivery.claimed_at, delivery.order_id));
        claimed
    }

    /// The courier's delivery of this order; `None` if they have not claimed it.
    pub(super) fn get(&self, id: OrderId) -> Option<&Delivery> {
        self.iter().find_map(|it| it.round.get(id))
    }

    /// When the first of the courier's shifts ends; `None` if they are on shift nowhere.
    pub(super) fn on_shift_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.iter().filter_map(|it| it.round.on_shift_until(now)).min()
    }

    /// The restaurants that have to be asked to begin (`is_on`) or end the shift: all of which it is not known that it
    /// is so already.
    pub(super) fn to_change(
        &self,
        is_on: bool,
        now: Timestamp,
    ) -> impl Iterator<Item = &Workplace> {
        self.iter().filter(move |it| it.is_on_shift(now) != Some(is_on))
    }

    /// The names of the restaurants where somebody is on shift (`is_on`) or off it, as far as that is known.
    pub(super) fn names_by_shift(&self, is_on: bool, now: Timestamp) -> String {
        names(self.iter().filter(|it| it.is_on_shift(now) == Some(is_on)))
    }

    /// The courier's deliveries that are open, and those whose end is pressed and not sent.
    pub(super) fn unfinished(&self, taps: &Taps) -> (Vec<OrderId>, Vec<OrderId>) {
        let goes_on = |id: &OrderId| {
            let stage = self.get(*id).map(|delivery| Card::of(delivery, taps).stage);
            !matches!(stage, Some(Stage::Ended | Stage::Released))
        };
        let claimed = self.iter().flat_map(|it| it.round.claimed());
        claimed.map(|delivery| delivery.order_id).partition(goes_on)
    }

    /// The currency of a restaurant's orders, if one was here.
    pub(super) fn currency_of(&self, restaurant: &RestaurantId) -> Option<Currency> {
        self.iter().find(|it| it.member.restaurant_id == *restaurant)?.currency
    }

    /// When the oldest of the lists was fetched; `None` until each restaurant's list was.
    pub(super) fn fetched_at(&self) -> Option<Timestamp> {
        let all: Option<Vec<_>> = self.iter().map(|it| it.fetched_at).collect();
        all?.into_iter().min()
    }

    /// Whether at least one list is fetched, and each other one is or has failed.
    pub(super) fn is_loaded(&self) -> bool {
        let is_here = |it: &Workplace| it.fetched_at.is_some();
        self.iter().any(is_here) && self.iter().all(|it| is_here(it) || it.failure.is_some())
    }

    /// Why the last fetch of a list failed, if one did.
    pub(super) fn failure(&self) -> Option<&ApiError> {
        self.iter().find_map(|it| it.failure.as_ref())
    }
}

/// The names of restaurants, in one text.
pub(super) fn names<'a>(places: impl Iterator<Item = &'a Workplace>) -> String {
    places.map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ")
}
