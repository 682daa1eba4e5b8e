//! The board of the restaurant that is open here, and what is sent for its orders.

use std::collections::BTreeSet;

use futures_util::future;
use leptos::{ev, prelude::*, task::spawn_local};
use shared::{
    Command, OrderId, Reason, RestaurantId, Status, Timestamp,
    api::{LiveTicket, Membership, ProblemType, Ticket},
    availability::{Availability, AvailabilityChange, MenuItem, PausedFor, SoldOutFor},
    live::ToStaff,
    menu::Restaurant,
    staff::{Action, CommandRequest, may},
    text::Phone,
};

use super::{
    alarm::{self, Loudness, Ring, Silenced},
    api::{self, CommandResult},
    board::Board,
    text,
};
use crate::{
    browser,
    http::ApiError,
    live::{
        self, Listener, Message,
        machine::{ConnectionStatus, Need},
    },
    server_clock,
    session::Session,
    state::{connection::Connection, notices::Notices},
};

/// Milliseconds between two fetches of the board while nothing is received live.
const FETCH_EVERY: u64 = 5_000;
/// Milliseconds in which something that cannot be taken back can be undone: it is sent afterwards.
pub(super) const UNDO_WITHIN: i64 = 8_000;
/// The most milliseconds for which signing out waits for commands.
const SIGN_OUT_WITHIN: u32 = 5_000;
/// Milliseconds after which what waited is not sent any more.
const LATE: i64 = 60_000;
/// Milliseconds before each further attempt to send a command that got no answer.
const ATTEMPTS: [u32; 3] = [1_000, 2_000, 4_000];

/// What the pages of the counter share; provided by the root component, whose signals are never disposed.
#[derive(Clone, Copy)]
pub(super) struct Store {
    session: Session,
    notices: Notices,
    /// What one is in the restaurant whose board is open.
    member: RwSignal<Option<Membership>>,
    board: RwSignal<Board>,
    menu: RwSignal<Option<Restaurant>>,
    availability: RwSignal<Availability>,
    /// Whether a change of it is being sent.
    changing: RwSignal<bool>,
    now: RwSignal<Timestamp>,
    /// When the board was fetched last.
    fetched_at: RwSignal<Option<Timestamp>>,
    /// Why it could not be fetched since.
    failure: RwSignal<Option<ApiError>>,
    fetching: RwSignal<bool>,
    waiting: RwSignal<Vec<Waiting>>,
    silenced: RwSignal<Silenced>,
    sending: RwSignal<BTreeSet<OrderId>>,
}

/// A command that is sent after a while unless it is undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiting {
    /// For which order.
    order: OrderId,
    /// What is sent.
    pub(super) command: Command,
    /// When it is sent.
    pub(super) sent_at: Timestamp,
}

impl Store {
    /// Nothing open yet.
    pub(super) fn new(session: Session, notices: Notices, connection: Connection) -> Self {
        let store = Self {
            session,
            notices,
            member: RwSignal::new(None),
            board: RwSignal::new(Board::default()),
            menu: RwSignal::new(None),
            availability: RwSignal::new(Availability::default()),
            changing: RwSignal::new(false),
            now: RwSignal::new(server_clock::now_or_device()),
            fetched_at: RwSignal::new(None),
            failure: RwSignal::new(None),
            fetching: RwSignal::new(false),
            waiting: RwSignal::new(Vec::new()),
            silenced: RwSignal::new(Silenced::new()),
            sending: RwSignal::new(BTreeSet::new()),
        };
        let each = std::time::Duration::from_millis;
        set_interval(move || store.now.set(server_clock::now_or_device()), each(1_000));
        let is_live =
            move || connection.status.with_untracked(|status| *status == ConnectionStatus::Live);
        set_interval(
            move || {
                if !is_live() || store.failure.with_untracked(Option::is_some) {
                    store.refetch();
                }
            },
            each(FETCH_EVERY),
        );
        // Nothing that is not known yet can come any more.
        browser::on_window(ev::offline, move |_| {
            if store.member.with_untracked(Option::is_some) {
                store.failure.set(Some(ApiError::NoAnswer));
            }
        });
        live::connect_for(store, connection, move || {
            let listen = store.member.with(Option::is_some);
            Need { listen, in_progress: listen }
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
        Effect::watch(move || session.ended(), move |_, _, _| store.close(), false);
        store
    }

    /// Opens the board of a restaurant.
    pub(super) fn open(self, member: Membership) {
        if self.is_open(&member) {
            return;
        }
        self.close();
        self.member.set(Some(member));
        self.refetch();
    }

    /// Fetches the menu, for names and allergens; again with each fetch of the board until it is here.
    async fn fetch_menu(self, member: &Membership) {
        if self.menu.with_untracked(Option::is_some) {
            return;
        }
        if let Ok(menu) = crate::api::restaurant(&member.restaurant_id, None).await
            && self.is_open(member)
        {
            self.menu.set(Some(menu));
        }
    }

    /// Closes the board that is open.
    pub(super) fn close(self) {
        self.send_all_waiting();
        self.member.set(None);
        self.board.set(Board::default());
        self.menu.set(None);
        self.availability.set(Availability::default());
        self.fetched_at.set(None);
        self.failure.set(None);
        self.waiting.set(Vec::new());
        self.silenced.set(Silenced::new());
    }

    /// The restaurant whose board is open. Reactive.
    pub(super) fn restaurant(self) -> Option<RestaurantId> {
        self.member.with(|member| member.as_ref().map(|member| member.restaurant_id.clone()))
    }

    /// Signs out, once what waits is sent.
    pub(super) fn sign_out(self) {
        self.send_all_waiting();
        spawn_local(async move {
            let mut left = SIGN_OUT_WITHIN;
            while left > 0 && !self.sending.with_untracked(BTreeSet::is_empty) {
                browser::sleep(250).await;
                left -= 250;
            }
            self.session.sign_out();
        });
    }

    /// Something of the board. Reactive.
    pub(super) fn with<T>(self, read: impl FnOnce(&Board) -> T) -> T {
        self.board.with(read)
    }

    /// The ticket of an order. Reactive.
    pub(super) fn ticket(self, id: OrderId) -> Memo<Option<Ticket>> {
        Memo::new(move |_| self.board.with(|board| board.get(id).cloned()))
    }

    /// The menu of the restaurant, once it is here. Reactive.
    pub(super) fn with_menu<T>(self, read: impl FnOnce(&Restaurant) -> T) -> Option<T> {
        self.menu.with(|menu| menu.as_ref().map(read))
    }

    /// What the restaurant cannot do now. Reactive.
    pub(super) fn availability(self) -> Availability {
        self.availability.get().at(self.now())
    }

    /// Whether a change of what the restaurant cannot do is being sent. Reactive.
    pub(super) fn is_changing(self) -> bool {
        self.changing.get()
    }

    /// Sends a change of what the restaurant cannot do.
    pub(super) fn change(self, change: AvailabilityChange) {
        let Some(member) = self.member.get_untracked() else { return };
        self.changing.set(true);
        spawn_local(async move {
            let session = self.session;
            let answer = api::change_availability(session, &member.restaurant_id, &change).await;
            self.changing.set(false);
            match answer {
                Ok(availability) => self.take_availability(&member, availability),
                Err(error) => self.notices.notify(text::not_changed(&error)),
            }
        });
    }

    fn take_availability(self, member: &Membership, availability: Availability) {
        if self.is_open(member) && self.availability.with_untracked(|known| *known != availability)
        {
            self.availability.set(availability);
        }
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

    /// Whether whoever is signed in may do that here. Reactive.
    pub(super) fn may(self, action: Action) -> bool {
        self.member.with(|member| member.as_ref().is_some_and(|member| may(member.role, action)))
    }

    /// Fetches the board, unless that is going on.
    pub(super) fn refetch(self) {
        if !self.fetching.get_untracked() {
            spawn_local(async move { _ = self.fetch_board().await });
        }
    }

    /// Fetches the board, and what the restaurant cannot do; whether the board came.
    async fn fetch_board(self) -> bool {
        let Some(member) = self.member.get_untracked() else { return true };
        self.fetching.set(true);
        let asked_at = browser::monotonic();
        let (answer, availability, ()) = future::join3(
            api::board(self.session, &member.restaurant_id),
            api::availability(self.session, &member.restaurant_id),
            self.fetch_menu(&member),
        )
        .await;
        self.fetching.set(false);
        // Another board may be open by now.
        if !self.is_open(&member) {
            return false;
        }
        if let Ok(availability) = availability
            && !self.changing.get_untracked()
        {
            self.take_availability(&member, availability);
        }
        match answer {
            Ok(board) => {
                self.board.update(|known| known.take_all(board, asked_at));
                self.fetched_at.set(Some(server_clock::now_or_device()));
                self.failure.set(None);
                true
            }
            Err(error) => {
                // Removed: nothing of the restaurant stays here.
                if error.is_not_found() {
                    self.board.set(Board::default());
                }
                self.failure.set(Some(error));
                false
            }
        }
    }

    /// Fetches the ticket of an order that something happened to.
    async fn fetch_ticket(self, id: OrderId) {
        let Some(member) = self.member.get_untracked() else { return };
        let ticket = api::ticket(self.session, &member.restaurant_id, id).await;
        if self.is_open(&member) {
            match ticket {
                Ok(ticket) => self.take(ticket, false),
                Err(_) => self.refetch(),
            }
        }
    }

    fn is_open(self, member: &Membership) -> bool {
        self.member.with_untracked(|open| open.as_ref() == Some(member))
    }

    /// The command that is waiting to be sent for an order. Reactive.
    pub(super) fn waiting(self, id: OrderId) -> Option<Waiting> {
        self.waiting.with(|waiting| waiting.iter().find(|it| it.order == id).cloned())
    }

    /// Whether a command for this order is being sent. Reactive.
    pub(super) fn is_sending(self, id: OrderId) -> bool {
        self.sending.with(|sending| sending.contains(&id))
    }

    /// Sends a command that cannot be taken back, unless it is undone before.
    pub(super) fn send_later(self, id: OrderId, command: Command) {
        let sent_at = self.now.get_untracked().plus_millis(UNDO_WITHIN);
        let waiting = Waiting { order: id, command, sent_at };
        self.waiting.update(|all| {
            all.retain(|it| it.order != id);
            all.push(waiting.clone());
        });
        spawn_local(async move {
            browser::sleep(UNDO_WITHIN as u32).await;
            // Another command of this order may be on its way.
            while self.sending.with_untracked(|sending| sending.contains(&id)) {
                browser::sleep(250).await;
            }
            if self.waiting.with_untracked(|all| all.contains(&waiting)) {
                self.send_waiting(waiting);
            }
        });
    }

    /// Sends at once what waits: nobody will undo it.
    pub(super) fn send_all_waiting(self) {
        for waiting in self.waiting.get_untracked() {
            self.send_waiting(waiting);
        }
    }

    /// Sends what was waiting. A page that was frozen meanwhile does not: hours may have passed.
    fn send_waiting(self, waiting: Waiting) {
        let Waiting { order, command, sent_at } = waiting;
        self.undo(order);
        if server_clock::now_or_device().millis_since(sent_at) > LATE {
            self.notices.notify(text::too_late(order));
        } else {
            self.send(order, command);
        }
    }

    /// A reason acts: what has run out is not sold in this service, and who closes takes no orders until the
    /// next.
    fn change_for(self, command: &Command) {
        match command.reason() {
            Some(Reason::ItemUnavailable { dish_id: Some(dish_id) }) => {
                let item = MenuItem { dish_id: dish_id.clone(), choice: None };
                self.change(AvailabilityChange::SellOut { item, lasts: SoldOutFor::Service });
            }
            Some(Reason::Closed) => {
                self.change(AvailabilityChange::Pause { lasts: PausedFor::Service });
            }
            _ => {}
        }
    }

    /// Does not send the command that is waiting.
    pub(super) fn undo(self, id: OrderId) {
        self.waiting.update(|waiting| waiting.retain(|it| it.order != id));
    }

    /// The customer's phone number, if they gave one; nothing if it cannot be had, which is said then.
    pub(super) async fn phone(self, id: OrderId) -> Option<Option<Phone>> {
        let member = self.member.get_untracked()?;
        match api::phone(self.session, &member.restaurant_id, id).await {
            Ok(answer) => Some(answer.phone),
            Err(error) => {
                self.notices.notify(text::not_sent(&error, id));
                None
            }
        }
    }

    /// What rings now on this device. Reactive.
    pub(super) fn ring(self, now: Timestamp) -> Option<Ring> {
        self.silenced.with(|silenced| {
            self.board.with(|board| {
                let is_waiting =
                    |id| self.waiting.with(|waiting| waiting.iter().any(|it| it.order == id));
                let tickets = board.tickets().filter(|ticket| !is_waiting(ticket.order_id));
                alarm::ring(tickets, silenced, now)
            })
        })
    }

    /// Silences this device for every new order, and says that somebody has seen them, which silences the
    /// others.
    pub(super) fn see_all(self) {
        let now = self.now.get_untracked();
        let placed: Vec<(OrderId, Loudness, bool)> = self.board.with_untracked(|board| {
            let placed = board.tickets().filter(|it| it.status == Status::Placed);
            let urgent =
                placed.map(|it| (it.order_id, alarm::loudness(it, now), alarm::is_unseen(it)));
            urgent.collect()
        });
        self.silenced.update(|silenced| {
            silenced.extend(placed.iter().map(|(id, loudness, _)| (*id, *loudness)));
        });
        for (id, ..) in placed.into_iter().filter(|(.., is_unseen)| *is_unseen) {
            self.send(id, Command::See);
        }
    }

    /// Sends a command at once. What gets no answer is sent again for a while: with the same id, it is the
    /// same command.
    pub(super) fn send(self, id: OrderId, command: Command) {
        let Some(member) = self.member.get_untracked() else { return };
        if self.sending.try_update(|sending| sending.insert(id)) != Some(true) {
            return;
        }
        let has_seen = command == Command::See;
        let acts = command.clone();
        let request = CommandRequest { command_id: browser::new_command_id(), name: None, command };
        spawn_local(async move {
            let mut answer = api::command(self.session, &member.restaurant_id, id, &request).await;
            for wait in ATTEMPTS {
                if !answer.as_ref().is_err_and(ApiError::is_transient) {
                    break;
                }
                browser::sleep(wait).await;
                answer = api::command(self.session, &member.restaurant_id, id, &request).await;
            }
            self.sending.update(|sending| {
                sending.remove(&id);
            });
            if !self.is_open(&member) {
                return;
            }
            match answer {
                Ok(CommandResult::Done(ticket)) => {
                    self.change_for(&acts);
                    self.take(*ticket, has_seen);
                }
                Ok(CommandResult::Changed(changed)) => {
                    // Somebody else had seen it is no news.
                    if !has_seen {
                        self.notices.notify(text::changed(&changed));
                    }
                    self.take(changed.ticket, has_seen);
                }
                Err(error) => {
                    self.notices.notify(text::not_sent(&error, id));
                    self.refetch();
                }
            }
        });
    }

    fn take(self, ticket: Ticket, has_seen: bool) {
        let now = browser::monotonic();
        self.board.update(|board| match has_seen && ticket.status.is_terminal() {
            true => board.remove(ticket.order_id, now),
            false => board.take(ticket, now),
        });
    }
}

impl Listener for Store {
    async fn ticket(self) -> Result<LiveTicket, ApiError> {
        match self.member.get_untracked() {
            Some(member) => api::live_ticket(self.session, &member.restaurant_id).await,
            None => Err(ApiError::of(ProblemType::NotFound)),
        }
    }

    async fn fetch(self) -> bool {
        self.fetch_board().await
    }

    fn receive(self, text: &str) -> Message {
        match browser::parse_json(text) {
            Some(ToStaff::Pong { now }) => Message::Pong(now),
            Some(ToStaff::OrderChanged { order_id, sequence, .. }) => {
                let known = |board: &Board| board.get(order_id).map(|known| known.sequence);
                if self.board.with_untracked(known).is_none_or(|known| known < sequence) {
                    spawn_local(self.fetch_ticket(order_id));
                }
                Message::Applied
            }
            Some(ToStaff::Problem { problem }) => Message::Problem(problem.kind),
            None => Message::Unknown,
        }
    }
}
