//! What a courier of the restaurant that is open does: what there is to deliver, claiming it, and the shift.

use std::{collections::BTreeSet, time::Duration};

use futures_util::future;
use leptos::{prelude::*, task::spawn_local};
use shared::{
    OrderId, Timestamp,
    api::{Deliveries as DeliveryList, Delivery, Membership, Offer, Shift, ShiftRequest},
    staff::{Command, CommandRequest},
};

use super::{
    super::{
        api::{self, DeliveryResult},
        round::{Change, LISTED_WITHIN, Round},
        sound::{self, Sound},
        taps::Card,
        text,
    },
    Store,
    fetching::repeat,
};
use crate::{browser, http::ApiError, server_clock};

/// Milliseconds for which pushes are collected before what there is to deliver is fetched.
const SOON: u64 = 300;

/// What there is to deliver for the restaurant that is open, and the shift of whoever is signed in.
#[derive(Clone, Copy)]
pub(super) struct Deliveries {
    round: RwSignal<Round>,
    /// Whether a page shows it: only then it is fetched.
    is_shown: RwSignal<bool>,
    fetched_at: RwSignal<Option<Timestamp>>,
    pub(super) failure: RwSignal<Option<ApiError>>,
    /// Whether a fetch is due soon.
    is_due: RwSignal<bool>,
    /// The orders of the last list: others are new. `None` before the first one of a shift.
    heard: RwSignal<Option<BTreeSet<OrderId>>>,
    claiming: RwSignal<BTreeSet<OrderId>>,
    /// The orders of which a notice has said that something else happened to them.
    pub(super) told: RwSignal<BTreeSet<OrderId>>,
    shift: RwSignal<Option<Shift>>,
    changing_shift: RwSignal<bool>,
}

impl Deliveries {
    /// Nothing known yet.
    pub(super) fn new() -> Self {
        Self {
            round: RwSignal::new(Round::default()),
            is_shown: RwSignal::new(false),
            fetched_at: RwSignal::new(None),
            failure: RwSignal::new(None),
            is_due: RwSignal::new(false),
            heard: RwSignal::new(None),
            claiming: RwSignal::new(BTreeSet::new()),
            told: RwSignal::new(BTreeSet::new()),
            shift: RwSignal::new(None),
            changing_shift: RwSignal::new(false),
        }
    }

    /// Forgets those of the restaurant that is closed.
    pub(super) fn clear(self) {
        self.round.set(Round::default());
        self.fetched_at.set(None);
        self.failure.set(None);
        self.heard.set(None);
        self.told.set(BTreeSet::new());
        self.shift.set(None);
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

    /// Something of what there is to deliver. Reactive.
    pub(in crate::counter) fn with_round<T>(self, read: impl FnOnce(&Round) -> T) -> T {
        self.deliveries.round.with(read)
    }

    /// An order that waits for a courier. Reactive.
    pub(in crate::counter) fn offer(self, id: OrderId) -> Option<Offer> {
        let now = self.now();
        let of_id = |offer: &&Offer| offer.order_id == id;
        self.with_round(|round| round.offers(now).iter().find(of_id).cloned())
    }

    /// A delivery with what was pressed and has yet to be sent.
    pub(in crate::counter) fn card(self, id: OrderId) -> Memo<Option<Card>> {
        Memo::new(move |_| {
            self.with_taps(|taps| self.with_round(|round| Some(Card::of(round.get(id)?, taps))))
        })
    }

    /// Until when the courier is on shift, if they are. Reactive.
    pub(in crate::counter) fn on_shift_until(self) -> Option<Timestamp> {
        let now = self.now();
        self.with_round(|round| round.on_shift_until(now))
    }

    /// When what there is to deliver was fetched last. Reactive.
    pub(in crate::counter) fn deliveries_fetched_at(self) -> Option<Timestamp> {
        self.deliveries.fetched_at.get()
    }

    /// Why it could not be fetched since. Reactive.
    pub(in crate::counter) fn deliveries_failure(self) -> Option<ApiError> {
        self.deliveries.failure.get()
    }

    /// The shift that is on or was on last, once it was asked for. Reactive.
    pub(in crate::counter) fn shift(self) -> Option<Shift> {
        self.deliveries.shift.get()
    }

    /// Whether the shift is being begun or ended. Reactive.
    pub(in crate::counter) fn is_changing_shift(self) -> bool {
        self.deliveries.changing_shift.get()
    }

    /// Whether nobody can claim this order right now. Reactive.
    pub(in crate::counter) fn is_claim_blocked(self, id: OrderId) -> bool {
        self.deliveries.failure.with(Option::is_some)
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

    /// Fetches what there is to deliver; whether it came.
    async fn fetch_deliveries(self) -> bool {
        let Some(member) = self.member.get_untracked() else { return true };
        let asked_at = browser::monotonic();
        let list = api::deliveries(self.session, &member.restaurant_id);
        let (answer, ()) = future::join(list, self.fetch_menu(&member)).await;
        // Another restaurant may be open by now.
        if !self.is_open(&member) {
            return false;
        }
        match answer {
            Ok(list) => {
                self.take_deliveries(list, asked_at);
                // There is a connection: what was pressed without one need not wait.
                if untrack(|| self.is_cut_off()) {
                    self.send_taps_now();
                }
                true
            }
            Err(error) => {
                self.deliveries.failure.set(Some(error));
                false
            }
        }
    }

    fn take_deliveries(self, list: DeliveryList, asked_at: i64) {
        let take = |round: &mut Round| round.take_all(list, asked_at);
        let Change { is_behind, lost } = self.deliveries.round.try_update(take).unwrap_or_default();
        if is_behind {
            let again = Duration::from_millis(LISTED_WITHIN.unsigned_abs());
            set_timeout(move || self.refetch_deliveries_soon(), again);
        }
        self.deliveries.fetched_at.set(Some(server_clock::now_or_device()));
        self.deliveries.failure.set(None);
        self.tell_of_offers();
        let told = self.deliveries.told.get_untracked();
        if let Some(id) = lost.into_iter().find(|id| !told.contains(id)) {
            self.notices.notify(text::lost(id));
        }
    }

    /// Tells a courier on shift of an offer that was not there before, once and softly.
    fn tell_of_offers(self) {
        let Deliveries { round, heard, .. } = self.deliveries;
        let is_on = untrack(|| self.on_shift_until()).is_some();
        let is_new = heard.with_untracked(|heard| {
            let before = heard.as_ref().filter(|_| is_on);
            before.is_some_and(|before| round.with_untracked(|round| round.has_new_offer(before)))
        });
        if is_new {
            sound::play(Sound::Offer);
            sound::vibrate();
            self.notices.announce(text::NEW_OFFER);
        }
        heard.set(is_on.then(|| round.with_untracked(Round::orders)));
    }

    /// Claims an order, if nobody has.
    pub(in crate::counter) fn claim(self, id: OrderId) {
        let Some(member) = self.member.get_untracked() else { return };
        let Deliveries { claiming, .. } = self.deliveries;
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
            if self.is_open(&member) {
                self.take_claim(id, answer);
            }
        });
    }

    fn take_claim(self, id: OrderId, answer: Result<DeliveryResult, ApiError>) {
        match answer {
            Ok(DeliveryResult::Done(delivery)) => {
                self.take_delivery(id, delivery.map(|it| *it));
                self.deliveries.told.update(|told| told.retain(|it| *it != id));
                self.notices.announce(text::claimed(id));
                browser::focus_if_lost(format!("#delivery-{id}"));
            }
            Ok(DeliveryResult::Changed(changed)) => {
                self.deliveries.round.update(|round| round.remove_offer(id));
                let now = server_clock::now_or_device();
                self.notices.notify(text::happened(&changed.happened, id, now));
                self.refetch_deliveries();
            }
            Err(error) => {
                self.notices.notify(text::not_sent(&error, id));
                self.refetch_deliveries();
            }
        }
    }

    /// Takes what a command of the courier's has answered.
    pub(super) fn take_delivery(self, id: OrderId, delivery: Option<Delivery>) {
        let at = browser::monotonic();
        self.deliveries.round.update(|round| round.take(id, delivery, at));
    }

    /// Begins or ends the shift.
    pub(in crate::counter) fn change_shift(self, request: ShiftRequest) {
        let Some(member) = self.member.get_untracked() else { return };
        let Deliveries { changing_shift, .. } = self.deliveries;
        if changing_shift.get_untracked() {
            return;
        }
        changing_shift.set(true);
        spawn_local(async move {
            let send =
                async || api::change_shift(self.session, &member.restaurant_id, request).await;
            let answer = repeat(send).await;
            changing_shift.set(false);
            match answer {
                Ok(shift) => self.take_shift(&member, shift, request),
                Err(error) => self.notices.notify(text::shift_not_changed(&error)),
            }
        });
    }

    fn take_shift(self, member: &Membership, shift: Shift, request: ShiftRequest) {
        if !self.is_open(member) {
            return;
        }
        let until = shift.ends_at.filter(|_| request.on);
        self.deliveries.round.update(|round| round.set_shift(until));
        self.deliveries.shift.set(Some(shift));
        self.notices.announce(if request.on { text::SHIFT_BEGUN } else { text::SHIFT_ENDED });
        browser::focus_if_lost("#courier-shift".to_owned());
        self.refetch_deliveries();
    }

    /// Fetches what was collected and delivered in the shift.
    pub(in crate::counter) fn fetch_shift(self) {
        let Some(member) = self.member.get_untracked() else { return };
        spawn_local(async move {
            let answer = api::shift(self.session, &member.restaurant_id).await;
            if self.is_open(&member) {
                match answer {
                    Ok(shift) => self.deliveries.shift.set(Some(shift)),
                    Err(error) => self.notices.notify(text::shift_not_loaded(&error)),
                }
            }
        });
    }
}
