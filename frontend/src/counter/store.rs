//! The board of the restaurant that is open here.

mod availability;
mod commands;
mod courier_shift;
mod deliveries;
mod fetching;
mod lost;
mod outbox;

use std::collections::BTreeSet;

use leptos::{ev, prelude::*, task::spawn_local};
use shared::{
    OrderId, RestaurantId, Timestamp,
    api::{Membership, Ticket},
    availability::Availability,
    menu::Restaurant,
    staff::{Action, may},
    text::Phone,
};

pub(super) use self::commands::{Sender, Waiting};
use self::{deliveries::Deliveries, outbox::Outbox};
use super::{alarm::Silenced, api, board::Board, taps::Taps, text};
use crate::{
    browser,
    http::ApiError,
    live::{
        self,
        machine::{ConnectionStatus, Need},
    },
    server_clock,
    session::Session,
    state::{connection::Connection, notices::Notices},
};

/// Milliseconds between two fetches of the board while nothing is received live.
const FETCH_EVERY: u64 = 5_000;
/// The most milliseconds for which signing out waits for commands.
const SIGN_OUT_WITHIN: u32 = 5_000;

/// What the pages of the counter share; provided by the root component, whose signals are never disposed.
#[derive(Clone, Copy)]
pub(super) struct Store {
    session: Session,
    notices: Notices,
    connection: Connection,
    /// What one is in the restaurant whose board is open.
    member: RwSignal<Option<Membership>>,
    /// How often a board was opened.
    opened: RwSignal<u32>,
    board: RwSignal<Board>,
    menu: RwSignal<Option<Restaurant>>,
    /// When it was fetched, on the page's monotonic clock.
    menu_at: RwSignal<Option<i64>>,
    availability: RwSignal<Availability>,
    /// When the page learned of that: what was asked for before is older.
    availability_at: RwSignal<i64>,
    /// Whether a change of it is being sent.
    changing: RwSignal<bool>,
    /// Why the last change was not made: an open dialog says so, for it covers the notices.
    refusal: RwSignal<Option<String>>,
    now: RwSignal<Timestamp>,
    /// When the board was fetched last.
    fetched_at: RwSignal<Option<Timestamp>>,
    /// Why it could not be fetched since.
    failure: RwSignal<Option<ApiError>>,
    fetching: RwSignal<bool>,
    waiting: RwSignal<Vec<Waiting>>,
    silenced: RwSignal<Silenced>,
    /// The orders without a courier for which this device was silenced.
    silenced_courier: RwSignal<BTreeSet<OrderId>>,
    deliveries: Deliveries,
    outbox: Outbox,
    /// For which orders a command is being sent.
    sending: RwSignal<BTreeSet<OrderId>>,
    /// And for which that somebody has seen them.
    seeing: RwSignal<BTreeSet<OrderId>>,
}

impl Store {
    /// Nothing open yet.
    pub(super) fn new(session: Session, notices: Notices, connection: Connection) -> Self {
        let store = Self {
            session,
            notices,
            connection,
            member: RwSignal::new(None),
            opened: RwSignal::new(0),
            board: RwSignal::new(Board::default()),
            menu: RwSignal::new(None),
            menu_at: RwSignal::new(None),
            availability: RwSignal::new(Availability::default()),
            availability_at: RwSignal::new(0),
            changing: RwSignal::new(false),
            refusal: RwSignal::new(None),
            now: RwSignal::new(server_clock::now_or_device()),
            fetched_at: RwSignal::new(None),
            failure: RwSignal::new(None),
            fetching: RwSignal::new(false),
            waiting: RwSignal::new(Vec::new()),
            silenced: RwSignal::new(Silenced::new()),
            silenced_courier: RwSignal::new(BTreeSet::new()),
            deliveries: Deliveries::new(),
            outbox: Outbox::new(),
            sending: RwSignal::new(BTreeSet::new()),
            seeing: RwSignal::new(BTreeSet::new()),
        };
        let each = std::time::Duration::from_millis;
        set_interval(
            move || {
                store.now.set(server_clock::now_or_device());
                store.send_due_taps();
            },
            each(1_000),
        );
        let is_live =
            move || connection.status.with_untracked(|status| *status == ConnectionStatus::Live);
        set_interval(
            move || {
                if !is_live() || store.failure.with_untracked(Option::is_some) {
                    store.refetch();
                }
                if !is_live() || store.deliveries.has_failed() {
                    spawn_local(async move { _ = store.follow_deliveries().await });
                }
            },
            each(FETCH_EVERY),
        );
        // Offline: neither pushes nor answers arrive.
        browser::on_window(ev::offline, move |_| {
            if store.member.with_untracked(Option::is_some) {
                store.failure.set(Some(ApiError::NoAnswer));
            }
            store.deliveries.cut_off();
        });
        store.keep_sending();
        let is_open =
            Memo::new(move |_| store.member.with(Option::is_some) || store.deliveries.is_open());
        live::connect_for(store, connection, move || {
            let listen = is_open.get();
            Need { generation: store.opened.get(), listen, in_progress: listen }
        });
        // A hidden page may be frozen, or closed.
        Effect::watch(
            move || connection.visible(),
            move |is_visible, _, _| {
                if !is_visible {
                    store.send_all_waiting();
                }
            },
            false,
        );
        browser::on_window(ev::beforeunload, move |event| {
            if store.waiting.with_untracked(|waiting| !waiting.is_empty()) {
                event.prevent_default();
            }
        });
        Effect::watch(
            move || session.ended(),
            move |_, _, _| {
                store.drop_all_waiting();
                store.close();
            },
            false,
        );
        store
    }

    /// Opens the board of a restaurant.
    pub(super) fn open(self, member: Membership) {
        if self.is_open(&member) {
            return;
        }
        self.close();
        self.opened.update(|opened| *opened += 1);
        if may(member.role, Action::Deliver) {
            self.deliveries.open(vec![member.clone()]);
        }
        self.member.set(Some(member));
        // Also while the board of another restaurant is being fetched.
        spawn_local(async move { _ = self.fetch_board().await });
    }

    /// Closes the board of another restaurant than this one.
    pub(super) fn close_unless(self, restaurant: &RestaurantId) {
        let is_of = |member: &Membership| member.restaurant_id == *restaurant;
        if !self.member.with_untracked(|member| member.as_ref().is_some_and(is_of)) {
            self.close();
        }
    }

    /// Closes the board that is open.
    pub(super) fn close(self) {
        self.send_all_waiting();
        self.member.set(None);
        self.board.set(Board::default());
        self.menu.set(None);
        self.menu_at.set(None);
        self.availability.set(Availability::default());
        self.fetched_at.set(None);
        self.failure.set(None);
        self.waiting.set(Vec::new());
        self.silenced.set(Silenced::new());
        self.silenced_courier.set(BTreeSet::new());
        self.deliveries.open(Vec::new());
    }

    /// The restaurant whose board is open. Reactive.
    pub(super) fn restaurant(self) -> Option<RestaurantId> {
        self.member.with(|member| member.as_ref().map(|member| member.restaurant_id.clone()))
    }

    /// Signs out, once what waits is sent. What a courier has pressed and cannot be sent now is kept for when they
    /// sign in again.
    pub(super) fn sign_out(self) {
        self.send_all_waiting();
        spawn_local(async move {
            let mut left = SIGN_OUT_WITHIN;
            while left > 0 && untrack(|| self.is_sending_any()) {
                browser::sleep(250).await;
                left -= 250;
            }
            if !untrack(|| self.with_taps(Taps::is_empty)) {
                self.notices.notify(text::KEPT_FOR_SIGN_IN);
            }
            self.session.sign_out();
        });
    }

    /// Whether something is being sent that may be answered soon. Reactive.
    fn is_sending_any(self) -> bool {
        let has_taps = !self.is_cut_off() && !self.with_taps(Taps::is_empty);
        has_taps || !self.sending.with(BTreeSet::is_empty)
    }

    /// Something of the board. Reactive.
    pub(super) fn with<T>(self, read: impl FnOnce(&Board) -> T) -> T {
        self.board.with(read)
    }

    /// Whether whoever is signed in is shown the orders of the restaurant that is open. Reactive.
    pub(super) fn shows_board(self) -> bool {
        let reads = |member: &Membership| may(member.role, Action::ReadOrders);
        self.member.with(|member| member.as_ref().is_some_and(reads))
    }

    /// Whether anybody of the staff can bring orders. Reactive.
    pub(super) fn has_couriers(self) -> bool {
        self.board.with(|board| !board.couriers().is_empty())
    }

    /// The ticket of an order. Reactive.
    pub(super) fn ticket(self, id: OrderId) -> Memo<Option<Ticket>> {
        Memo::new(move |_| self.board.with(|board| board.get(id).cloned()))
    }

    /// The menu of the restaurant, once it is here. Reactive.
    pub(super) fn with_menu<T>(self, read: impl FnOnce(&Restaurant) -> T) -> Option<T> {
        self.menu.with(|menu| menu.as_ref().map(read))
    }

    /// Says that an order was left as it is, for the board may be out of date.
    pub(super) fn say_blocked(self, id: OrderId) {
        self.notices.notify(text::not_sent(&ApiError::NoAnswer, id));
    }

    /// The server's time, to the second. Reactive.
    pub(super) fn now(self) -> Timestamp {
        self.now.get()
    }

    /// When the board was fetched last. Reactive.
    pub(super) fn fetched_at(self) -> Option<Timestamp> {
        self.fetched_at.get()
    }

    /// Why the board could not be fetched since. Reactive.
    pub(super) fn failure(self) -> Option<ApiError> {
        self.failure.get()
    }

    /// Whether what the board shows may be out of date, so that nobody acts on it. Reactive.
    pub(super) fn is_stale(self) -> bool {
        self.failure.with(Option::is_some)
    }

    /// Whether that has been so for so many milliseconds. Reactive.
    pub(super) fn is_stale_for(self, millis: i64) -> bool {
        let since = self.fetched_at.get();
        self.is_stale() && since.is_some_and(|since| self.now().millis_since(since) >= millis)
    }

    /// Whether whoever is signed in may do that here. Not reactive: another restaurant is another page.
    pub(super) fn may(self, action: Action) -> bool {
        self.member
            .with_untracked(|member| member.as_ref().is_some_and(|member| may(member.role, action)))
    }

    fn is_open(self, member: &Membership) -> bool {
        self.member.with_untracked(|open| open.as_ref() == Some(member))
    }

    /// The customer's phone number, if they gave one; nothing if it cannot be had, which is said then.
    pub(super) async fn phone(self, id: OrderId) -> Option<Option<Phone>> {
        let member = self.member.get_untracked()?;
        match api::phone(self.session, &member.restaurant_id, id).await {
            Ok(answer) => Some(answer.phone),
            Err(error) => {
                self.notices.notify(text::phone_error(&error));
                None
            }
        }
    }
}
