//! What a courier has pressed, on its way to the server: kept in the browser's storage until it is carried out.

use std::collections::BTreeSet;

use leptos::{ev, prelude::*, task::spawn_local};
use shared::{
    Command, OrderId, RestaurantId,
    api::{Delivery, ProblemType},
};

use super::{
    super::{
        api::{self, DeliveryResult},
        taps::{Tap, Taps, back_off},
        text,
    },
    Store,
    lost::MINE,
};
use crate::{
    browser, http::ApiError, live::machine::ConnectionStatus, locks, server_clock, storage,
};

/// The storage key of an account's presses begins so; its email address follows.
const STORAGE_KEY: &str = "tiffin.taps.";
/// So that two tabs do not send the same.
const LOCK: &str = "tiffin.taps";

/// What has yet to be carried out, of whoever is signed in.
#[derive(Clone, Copy)]
pub(super) struct Outbox {
    taps: RwSignal<Taps>,
    /// Whether something of it is being sent.
    is_sending: RwSignal<bool>,
    /// Whether there was a reason to send at once while something was being sent, as when the network came back.
    is_urgent: RwSignal<bool>,
    /// How often in a row there was no answer.
    pub(super) attempts: RwSignal<u32>,
    /// When to try again, on the page's monotonic clock.
    retry_at: RwSignal<i64>,
}

/// What became of a press.
enum Outcome {
    /// It was carried out, here or by another tab.
    Done,
    /// There was no answer, or nobody is signed in any more: the same later.
    Later,
    /// It is not carried out, and what was pressed after it is dropped. Why.
    Refused(String),
}

impl Outbox {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self {
            taps: RwSignal::new(Taps::default()),
            is_sending: RwSignal::new(false),
            is_urgent: RwSignal::new(false),
            attempts: RwSignal::new(0),
            retry_at: RwSignal::new(0),
        }
    }
}

impl Store {
    /// Reads what is kept of whoever is signed in, and sends it, now and whenever that may work.
    pub(super) fn keep_sending(self) {
        let of_account = move || {
            self.read_taps();
            self.send_taps_now();
        };
        Effect::watch(move || self.session.email(), move |_, _, _| of_account(), true);
        browser::on_window(ev::storage, move |event| {
            if event.key().is_none_or(|key| key.starts_with(STORAGE_KEY)) {
                self.read_taps();
            }
        });
        let connection = self.connection;
        Effect::watch(move || connection.resumed(), move |_, _, _| self.send_taps_now(), false);
        // A phone may not say that it is online again, but the WebSocket tries until it is.
        let is_live = Memo::new(move |_| connection.status.get() == ConnectionStatus::Live);
        Effect::watch(
            move || is_live.get(),
            move |is_live, _, _| {
                if *is_live {
                    self.send_taps_now();
                }
            },
            false,
        );
    }

    /// Something of what has yet to be carried out. Reactive.
    pub(in crate::counter) fn with_taps<T>(self, read: impl FnOnce(&Taps) -> T) -> T {
        self.outbox.taps.with(read)
    }

    /// Whether there was no answer to the last attempt to send it. Reactive.
    pub(in crate::counter) fn is_cut_off(self) -> bool {
        self.outbox.attempts.get() > 0
    }

    /// Keeps what a courier has pressed, and sends it as soon as that works.
    pub(in crate::counter) fn press(self, id: OrderId, command: &Command) {
        self.press_for(self.delivers_for(id), id, command);
    }

    /// The same for an order of this restaurant.
    pub(super) fn press_for(
        self,
        restaurant: Option<RestaurantId>,
        id: OrderId,
        command: &Command,
    ) {
        let Some(restaurant) = restaurant else {
            return self.notices.add(&text::not_sent(&ApiError::of(ProblemType::NotFound), id));
        };
        let (command_id, now) = (browser::new_command_id(), server_clock::now_or_device());
        let currency = self.deliveries.places.with_untracked(|it| it.currency_of(&restaurant));
        let mut tap = Tap::new(restaurant, id, command_id, now, command);
        tap.currency = currency;
        self.notices.announce(text::pressed(tap.event, id));
        if !self.change_taps(|taps| taps.push(tap)) {
            self.notices.notify(text::NOT_KEPT_HERE);
        }
        browser::focus_if_lost(format!("#delivery-{id}"));
        self.send_taps_now();
    }

    /// Sends what is due: each second.
    pub(super) fn send_due_taps(self) {
        if self.outbox.retry_at.get_untracked() <= browser::monotonic() {
            self.send_taps();
        }
    }

    /// Sends what there is at once.
    pub(super) fn send_taps_now(self) {
        self.outbox.retry_at.set(0);
        self.outbox.is_urgent.set(true);
        self.send_taps();
    }

    fn send_taps(self) {
        let Outbox { taps, is_sending, is_urgent, .. } = self.outbox;
        if is_sending.get_untracked() || taps.with_untracked(Taps::is_empty) {
            return;
        }
        is_sending.set(true);
        is_urgent.set(false);
        spawn_local(async move {
            let all_sent = self.send_each().await;
            is_sending.set(false);
            let Outbox { attempts, retry_at, .. } = self.outbox;
            match all_sent {
                true => attempts.set(0),
                false => {
                    let wait = match is_urgent.get_untracked() {
                        true => 0,
                        false => back_off(attempts.get_untracked()),
                    };
                    retry_at.set(browser::monotonic() + wait);
                    attempts.update(|attempts| *attempts = attempts.saturating_add(1));
                }
            }
        });
    }

    /// Sends each in its turn; whether none is left.
    async fn send_each(self) -> bool {
        let account = self.session.ended_now();
        let (mut later, mut refusals) = (BTreeSet::new(), Vec::new());
        while let Some(tap) = self.outbox.taps.with_untracked(|taps| taps.next(&later).cloned()) {
            match locks::exclusive(LOCK, self.send_tap(account, &tap)).await {
                Outcome::Done => self.tell_if_gone(&tap),
                Outcome::Later => drop(later.insert(tap.order_id)),
                Outcome::Refused(why) => {
                    refusals.push(why);
                    self.tell_no_more(tap.order_id);
                }
            }
        }
        if !refusals.is_empty() {
            self.notices.add(&refusals.join(" "));
        }
        later.is_empty()
    }

    async fn send_tap(self, account: u32, tap: &Tap) -> Outcome {
        if self.session.ended_now() != account {
            return Outcome::Later;
        }
        // Another tab may have sent it while this one waited.
        if !self.read_taps().has(tap.command_id) {
            return Outcome::Done;
        }
        let outcome = self.answer_to(tap).await;
        match outcome {
            Outcome::Done => _ = self.change_taps(|taps| taps.remove(tap.command_id)),
            Outcome::Refused(_) => _ = self.change_taps(|taps| taps.remove_of(tap.order_id)),
            Outcome::Later => {}
        }
        outcome
    }

    async fn answer_to(self, tap: &Tap) -> Outcome {
        let now = server_clock::now_or_device();
        // Of another version of the page, which is not open any more.
        let Some(request) = tap.request(now) else { return Outcome::Done };
        let answer =
            api::delivery_command(self.session, &tap.restaurant_id, tap.order_id, &request).await;
        match answer {
            Ok(DeliveryResult::Done(delivery)) => {
                self.take_sent(tap, delivery.map(|it| *it));
                Outcome::Done
            }
            Ok(DeliveryResult::Changed(changed)) => {
                let why = text::happened(&changed.happened, tap.order_id, now);
                self.refused(tap, &why)
            }
            Err(ApiError::Outdated) => {
                self.connection.outdated.set(true);
                Outcome::Done
            }
            Err(error) if error.is_transient() || error.is_not_signed_in() => Outcome::Later,
            Err(error) => self.refused(tap, text::why_refused(&error)),
        }
    }

    /// Says what was refused, and what money was said to be collected: that is dropped with it.
    fn refused(self, tap: &Tap, why: &str) -> Outcome {
        let mut text = text::refused(tap.event, tap.order_id, why);
        let collected = self.outbox.taps.with_untracked(|taps| taps.collected(tap.order_id));
        if let Some((collected, currency)) = collected {
            text.push(' ');
            text += &text::not_saved(collected, currency);
        }
        Outcome::Refused(text)
    }

    fn take_sent(self, tap: &Tap, delivery: Option<Delivery>) {
        self.take_delivery(&tap.restaurant_id, tap.order_id, delivery);
        if tap.ends() {
            browser::focus_if_lost(MINE.to_owned());
            self.refetch_report(&tap.restaurant_id);
        }
    }

    /// Changes what is kept of whoever is signed in; whether it outlives the page. Another tab may have changed it
    /// since it was read here.
    fn change_taps(self, change: impl FnOnce(&mut Taps)) -> bool {
        let Some(key) = self.taps_key() else { return false };
        let mut taps = self.read_taps();
        change(&mut taps);
        let is_kept = match taps.is_empty() {
            true => {
                storage::remove(&key);
                true
            }
            false => storage::set(&key, &taps),
        };
        self.outbox.taps.set(taps);
        is_kept
    }

    /// Reads what is kept of whoever is signed in.
    fn read_taps(self) -> Taps {
        let taps = self.taps_key().and_then(|key| storage::get::<Taps>(&key)).unwrap_or_default();
        if self.outbox.taps.with_untracked(|known| *known != taps) {
            self.are_ended(self.outbox.taps.with_untracked(|known| known.ended_without(&taps)));
            self.outbox.taps.set(taps.clone());
        }
        taps
    }

    fn taps_key(self) -> Option<String> {
        let email = self.session.email_now()?;
        Some(format!("{STORAGE_KEY}{}", email.to_ascii_lowercase()))
    }
}
