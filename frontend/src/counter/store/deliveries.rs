//! What a courier does for the restaurants of the page that is open, one or all of theirs: what there is to deliver,
//! and claiming it.

use std::{collections::BTreeSet, time::Duration};

use futures_util::future;
use leptos::{prelude::*, task::spawn_local};
use shared::{
    OrderId, RestaurantId, Timestamp,
    api::{Deliveries as DeliveryList, Delivery, Membership, Offer},
    staff::{Command, CommandRequest},
};

use super::{
    super::{
        api::{self, DeliveryResult},
        round::LISTED_WITHIN,
        sound::{self, Sound},
        taps::Card,
        text,
        workplaces::{Workplace, Workplaces},
    },
    Store,
    fetching::repeat,
};
use crate::{browser, http::ApiError, server_clock};

/// Milliseconds for which pushes are collected before what there is to deliver is fetched.
const SOON: u64 = 300;
/// What gets the focus when an offer leaves the page: the heading of the others.
const OFFERS: &str = "#deliveries-offers";

/// What there is to deliver for the restaurants of the page that is open, and the shifts of whoever is signed in.
#[derive(Clone, Copy)]
pub(super) struct Deliveries {
    pub(super) places: RwSignal<Workplaces>,
    /// Whether a page shows it: only then it is fetched.
    is_shown: RwSignal<bool>,
    /// Whether a fetch is due soon.
    is_due: RwSignal<bool>,
    claiming: RwSignal<BTreeSet<OrderId>>,
    /// The orders of which a notice has said that something else happened to them.
    pub(super) told: RwSignal<BTreeSet<OrderId>>,
    /// The orders that are not in the lists any more, while something pressed for them waits for its answer.
    pub(super) gone: RwSignal<BTreeSet<OrderId>>,
    /// The orders of which the notice says that they are gone, as long as it is shown.
    pub(super) lost: RwSignal<Vec<OrderId>>,
    pub(super) changing_shift: RwSignal<bool>,
    /// Whether what was collected in the shift is shown: only then it is fetched.
    pub(super) shows_report: RwSignal<bool>,
}

/// Does something for each restaurant, all at once; why it did not work for one of them.
pub(super) async fn for_each<F: Future<Output = Result<(), ApiError>>>(
    members: Vec<Membership>,
    act: impl Fn(Membership) -> F,
) -> Result<(), ApiError> {
    future::join_all(members.into_iter().map(act)).await.into_iter().collect()
}

impl Deliveries {
    /// Nothing known yet.
    pub(super) fn new() -> Self {
        Self {
            places: RwSignal::new(Workplaces::default()),
            is_shown: RwSignal::new(false),
            is_due: RwSignal::new(false),
            claiming: RwSignal::new(BTreeSet::new()),
            told: RwSignal::new(BTreeSet::new()),
            gone: RwSignal::new(BTreeSet::new()),
            lost: RwSignal::new(Vec::new()),
            changing_shift: RwSignal::new(false),
            shows_report: RwSignal::new(false),
        }
    }

    /// Forgets those of before; these are the restaurants of the page that opens.
    pub(super) fn open(self, members: Vec<Membership>) {
        self.places.set(Workplaces::new(members));
        self.told.set(BTreeSet::new());
        self.gone.set(BTreeSet::new());
        // Of these, it was not asked for.
        self.shows_report.set(false);
    }

    /// Whether there are some. Reactive.
    pub(super) fn is_open(self) -> bool {
        !self.places.with(Workplaces::is_empty)
    }

    /// Whether some of it could not be fetched.
    pub(super) fn has_failed(self) -> bool {
        self.places.with_untracked(|places| places.failure().is_some())
    }

    /// Nothing of it can be fetched, or sent.
    pub(super) fn cut_off(self) {
        self.places.update(|places| {
            places.iter_mut().for_each(|it| it.failure = Some(ApiError::NoAnswer));
        });
    }

    /// Changes what is known of a restaurant, if it is one of the page that is open.
    pub(super) fn change<T>(
        self,
        member: &Membership,
        change: impl FnOnce(&mut Workplace) -> T,
    ) -> Option<T> {
        let change = |places: &mut Workplaces| places.get_mut(&member.restaurant_id).map(change);
        self.places.try_update(change).flatten()
    }
}

impl Store {
    /// Fetches what there is to deliver, and follows it as long as the component that calls this is shown.
    pub(in crate::counter) fn show_deliveries(self) {
        let Deliveries { is_shown, .. } = self.deliveries;
        is_shown.set(true);
        self.refetch_deliveries();
        on_cleanup(move || is_shown.set(false));
    }

    /// Opens what there is to deliver for all of these restaurants.
    pub(in crate::counter) fn open_all(self, members: Vec<Membership>) {
        let is_same = |places: &Workplaces| places.members() == members;
        let is_single = self.member.with_untracked(Option::is_some);
        if !is_single && self.deliveries.places.with_untracked(is_same) {
            return;
        }
        self.close();
        self.opened.update(|opened| *opened += 1);
        self.deliveries.open(members);
    }

    /// Whether the page that is open shows what there is to deliver for several restaurants. Reactive.
    pub(in crate::counter) fn shows_all(self) -> bool {
        self.deliveries.is_open() && self.member.with(Option::is_none)
    }

    /// Reads from the restaurants of the page that is open, with what there is to deliver for each. Reactive.
    pub(in crate::counter) fn with_places<T>(self, read: impl FnOnce(&Workplaces) -> T) -> T {
        self.deliveries.places.with(read)
    }

    /// The restaurant of an order, where one of several is to be named. Reactive.
    pub(in crate::counter) fn place_name(self, id: OrderId) -> Option<String> {
        self.with_places(|places| {
            let place = places.with_order(id).filter(|_| places.is_several());
            place.map(|it| it.name.clone())
        })
    }

    /// Where an order is yet to be picked up, at one of several restaurants. Reactive.
    pub(in crate::counter) fn pickup(self, id: OrderId) -> Option<String> {
        self.with_taps(|taps| self.with_places(|it| it.pickup(id, taps).map(str::to_owned)))
    }

    /// For which restaurant an order of the page is brought.
    pub(super) fn delivers_for(self, id: OrderId) -> Option<RestaurantId> {
        self.deliveries.places.with_untracked(|places| {
            let place = places.with_order(id);
            let only = || places.iter().next().filter(|_| !places.is_several());
            place.or_else(only).map(|it| it.member.restaurant_id.clone())
        })
    }

    /// An order that waits for a courier. Reactive.
    pub(in crate::counter) fn offer(self, id: OrderId) -> Option<Offer> {
        let now = self.now();
        self.with_places(|places| {
            places.offers(now).into_iter().find(|offer| offer.order_id == id).cloned()
        })
    }

    /// A delivery with what was pressed and has yet to be sent.
    pub(in crate::counter) fn card(self, id: OrderId) -> Memo<Option<Card>> {
        Memo::new(move |_| {
            self.with_taps(|taps| self.with_places(|places| Some(Card::of(places.get(id)?, taps))))
        })
    }

    /// How many deliveries are open; and of how many the end is yet to be sent, also because it can be undone.
    /// Reactive.
    pub(in crate::counter) fn unfinished(self) -> (usize, usize) {
        let (left, unsent) =
            self.with_taps(|taps| self.with_places(|places| places.unfinished(taps)));
        let waiting = left.iter().filter(|id| self.waiting(**id).is_some()).count();
        (left.len() - waiting, unsent.len() + waiting)
    }

    /// When what there is to deliver was fetched last. Reactive.
    pub(in crate::counter) fn deliveries_fetched_at(self) -> Option<Timestamp> {
        self.with_places(Workplaces::fetched_at)
    }

    /// Why some of it could not be fetched since. Reactive.
    pub(in crate::counter) fn deliveries_failure(self) -> Option<ApiError> {
        self.with_places(|places| places.failure().cloned())
    }

    /// Whether nobody can claim this order right now. Reactive.
    pub(in crate::counter) fn is_claim_blocked(self, id: OrderId) -> bool {
        let is_behind =
            |places: &Workplaces| places.with_order(id).is_some_and(|it| it.failure.is_some());
        self.with_places(is_behind)
            || self.deliveries.claiming.with(|claiming| claiming.contains(&id))
    }

    /// Fetches what there is to deliver if a page shows it and somebody can see that.
    pub(super) async fn follow_deliveries(self) -> bool {
        let is_seen = untrack(|| self.connection.visible() && self.deliveries.is_shown.get());
        !is_seen || self.fetch_deliveries().await
    }

    /// Something happened to an order: fetches what there is to deliver, once for pushes that come together.
    pub(super) fn refetch_deliveries_soon(self) {
        let Deliveries { is_due, is_shown, .. } = self.deliveries;
        if !is_shown.get_untracked() || is_due.get_untracked() {
            return;
        }
        is_due.set(true);
        set_timeout(
            move || {
                is_due.set(false);
                self.refetch_deliveries();
            },
            Duration::from_millis(SOON),
        );
    }

    pub(super) fn refetch_deliveries(self) {
        spawn_local(async move { _ = self.fetch_deliveries().await });
    }

    /// Fetches what there is to deliver; whether all of it came.
    async fn fetch_deliveries(self) -> bool {
        let members = self.deliveries.places.with_untracked(Workplaces::members);
        for_each(members, move |member| self.fetch_round(member)).await.is_ok()
    }

    async fn fetch_round(self, member: Membership) -> Result<(), ApiError> {
        let asked_at = browser::monotonic();
        let named = member.clone();
        spawn_local(async move { self.fetch_name(&named).await });
        match api::deliveries(self.session, &member.restaurant_id).await {
            Ok(list) => {
                self.take_deliveries(&member, list, asked_at);
                self.retry_report(&member);
                // There is a connection: what was pressed without one need not wait.
                if untrack(|| self.is_cut_off()) {
                    self.send_taps_now();
                }
                Ok(())
            }
            Err(error) => {
                self.take_failure(&member, &error);
                Err(error)
            }
        }
    }

    /// Fetches what the restaurant is called and where it is: with its menu, if its pages are open.
    async fn fetch_name(self, member: &Membership) {
        if self.is_open(member) {
            return self.fetch_menu(member).await;
        }
        let is_named = |it: &Workplace| it.member == *member && it.address.is_some();
        if self.deliveries.places.with_untracked(|places| places.iter().any(is_named)) {
            return;
        }
        if let Ok(menu) = crate::api::restaurant(&member.restaurant_id, None).await {
            self.deliveries.change(member, |it| {
                it.name = menu.card.name;
                it.address = Some(menu.address);
            });
        }
    }

    /// A list did not come. A restaurant where one is no staff any more leaves the page, if others are left.
    fn take_failure(self, member: &Membership, error: &ApiError) {
        let remove = |places: &mut Workplaces| places.remove(&member.restaurant_id);
        if text::is_no_staff(error)
            && let Some(name) = self.deliveries.places.try_update(remove).flatten()
        {
            return self.notices.add(&text::no_courier_of(&name));
        }
        self.deliveries.change(member, |it| it.failure = Some(error.clone()));
    }

    fn take_deliveries(self, member: &Membership, list: DeliveryList, asked_at: i64) {
        let now = server_clock::now_or_device();
        let change = self.deliveries.change(member, |it| it.take_list(list, asked_at, now));
        let Some((change, has_new_offer)) = change else { return };
        if change.is_behind {
            let again = Duration::from_millis(LISTED_WITHIN.unsigned_abs());
            set_timeout(move || self.refetch_deliveries_soon(), again);
        }
        if has_new_offer {
            sound::play(Sound::Offer);
            sound::vibrate();
            self.notices.announce(text::NEW_OFFER);
        }
        self.tell_of_lost(change);
    }

    /// Claims an order, if nobody has.
    pub(in crate::counter) fn claim(self, id: OrderId) {
        let Deliveries { claiming, places, .. } = self.deliveries;
        let of = |places: &Workplaces| places.with_order(id).map(|it| it.member.clone());
        let Some(member) = places.with_untracked(of) else { return };
        if claiming.try_update(|claiming| claiming.insert(id)) != Some(true) {
            return;
        }
        let request = CommandRequest {
            command_id: browser::new_command_id(),
            name: None,
            pressed_at: None,
            command: Command::Claim,
        };
        spawn_local(async move {
            let restaurant = &member.restaurant_id;
            let send = async || api::delivery_command(self.session, restaurant, id, &request).await;
            let answer = repeat(send).await;
            claiming.update(|claiming| {
                claiming.remove(&id);
            });
            self.take_claim(&member, id, answer);
        });
    }

    fn take_claim(
        self,
        member: &Membership,
        id: OrderId,
        answer: Result<DeliveryResult, ApiError>,
    ) {
        match answer {
            Ok(DeliveryResult::Done(delivery)) => {
                self.take_delivery(&member.restaurant_id, id, delivery.map(|it| *it));
                self.deliveries.told.update(|told| told.retain(|it| *it != id));
                self.notices.announce(text::claimed(id));
                browser::focus_if_lost(format!("#delivery-{id}"));
            }
            Ok(DeliveryResult::Changed(changed)) => {
                self.deliveries.change(member, |it| it.round.remove_offer(id));
                let now = server_clock::now_or_device();
                self.notices.add(&text::happened(&changed.happened, id, now));
                browser::focus_if_lost(OFFERS.to_owned());
                self.refetch_deliveries();
            }
            Err(error) => {
                self.notices.add(&text::not_sent(&error, id));
                self.refetch_deliveries();
            }
        }
    }

    /// Takes what a command of the courier's has answered, if the page that is open shows the restaurant's.
    pub(super) fn take_delivery(
        self,
        restaurant: &RestaurantId,
        id: OrderId,
        delivery: Option<Delivery>,
    ) {
        let at = browser::monotonic();
        self.deliveries.places.update(|places| {
            if let Some(place) = places.get_mut(restaurant) {
                place.round.take(id, delivery, at);
            }
        });
    }
}
