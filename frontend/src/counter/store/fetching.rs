//! How the board follows the server: what is fetched, and what is received live.

use std::collections::BTreeSet;

use futures_util::future;
use leptos::{prelude::*, task::spawn_local};
use shared::{
    OrderId,
    api::{LiveTicket, Membership, ProblemType},
    live::ToStaff,
    staff::{Action, may},
};

use super::{
    super::{api, board::Board},
    Store,
};
use crate::{
    api::CatalogVersion,
    browser,
    http::ApiError,
    live::{Listener, Message},
    server_clock,
};

/// Milliseconds after which the menu is fetched again, for another one may have been loaded.
const FETCH_MENU_EVERY: i64 = 600_000;
/// Milliseconds before each further attempt of what got no answer.
const ATTEMPTS: [u32; 3] = [1_000, 2_000, 4_000];

/// Makes a call, and makes it again for a while if it gets no answer.
pub(super) async fn repeat<T>(call: impl AsyncFn() -> Result<T, ApiError>) -> Result<T, ApiError> {
    let mut answer = call().await;
    for wait in ATTEMPTS {
        if !answer.as_ref().is_err_and(ApiError::is_transient) {
            break;
        }
        browser::sleep(wait).await;
        answer = call().await;
    }
    answer
}

impl Store {
    /// Fetches the board, unless that is going on.
    pub(in crate::counter) fn refetch(self) {
        if !self.fetching.get_untracked() {
            spawn_local(async move { _ = self.fetch_board().await });
        }
    }

    /// Fetches whatever of the restaurant is followed here; whether all of it came.
    pub(super) async fn fetch_all(self) -> bool {
        let (board, deliveries) = future::join(self.fetch_board(), self.follow_deliveries()).await;
        board && deliveries
    }

    /// Fetches the board, and what the restaurant cannot do; whether the board came, or whoever is signed in is
    /// shown none.
    pub(super) async fn fetch_board(self) -> bool {
        let Some(member) = self.member.get_untracked() else { return true };
        if !may(member.role, Action::ReadOrders) {
            return true;
        }
        self.fetching.set(true);
        let known = self.board.with_untracked(ids);
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
            self.take_availability(&member, availability, asked_at);
        }
        match answer {
            Ok(board) => {
                self.board.update(|known| known.take_all(board, asked_at));
                self.fetched_at.set(Some(server_clock::now_or_device()));
                self.failure.set(None);
                let is_new = |id: &OrderId| !known.contains(id);
                let has_new = self.board.with_untracked(ids).iter().any(is_new);
                if has_new && self.menu_at.get_untracked().is_some_and(|at| at < asked_at) {
                    self.refetch_menu(member);
                }
                true
            }
            Err(error) => {
                // Removed: nothing of the restaurant stays here.
                if error.is_not_found() {
                    self.close();
                }
                self.failure.set(Some(error));
                false
            }
        }
    }

    /// Fetches the ticket of an order that something happened to.
    async fn fetch_ticket(self, id: OrderId) {
        let Some(member) = self.member.get_untracked() else { return };
        let ticket = repeat(async || {
            let asked_at = browser::monotonic();
            let ticket = api::ticket(self.session, &member.restaurant_id, id).await?;
            Ok((ticket, asked_at))
        })
        .await;
        if self.is_open(&member) {
            match ticket {
                Ok((ticket, asked_at)) => {
                    if self.board.with_untracked(|board| board.get(id).is_none()) {
                        self.refetch_menu(member);
                    }
                    self.take(ticket, false, asked_at);
                }
                Err(_) => self.refetch(),
            }
        }
    }

    /// Fetches the menu for orders that are new here: they may be of one that was published since.
    fn refetch_menu(self, member: Membership) {
        self.menu_at.set(None);
        spawn_local(async move { self.fetch_menu(&member).await });
    }

    /// Fetches the menu, for names and allergens: with a fetch of the board until it is here, and again after a
    /// while.
    pub(super) async fn fetch_menu(self, member: &Membership) {
        let now = browser::monotonic();
        if self.menu_at.get_untracked().is_some_and(|at| now - at < FETCH_MENU_EVERY) {
            return;
        }
        let version = Some(CatalogVersion::new());
        if let Ok(menu) = crate::api::restaurant(&member.restaurant_id, version).await
            && self.is_open(member)
        {
            self.menu_at.set(Some(now));
            if self.menu.with_untracked(|known| known.as_ref() != Some(&menu)) {
                self.menu.set(Some(menu));
            }
        }
    }
}

fn ids(board: &Board) -> BTreeSet<OrderId> {
    board.tickets().map(|ticket| ticket.order_id).collect()
}

impl Listener for Store {
    async fn ticket(self) -> Result<LiveTicket, ApiError> {
        match self.member.get_untracked() {
            Some(member) => api::live_ticket(self.session, &member.restaurant_id).await,
            None if untrack(|| self.deliveries.is_open()) => {
                api::courier_ticket(self.session).await
            }
            None => Err(ApiError::of(ProblemType::NotFound)),
        }
    }

    async fn fetch(self) -> bool {
        self.fetch_all().await
    }

    fn receive(self, text: &str) -> Message {
        match browser::parse_json(text) {
            Some(ToStaff::Pong { now }) => Message::Pong(now),
            Some(ToStaff::OrderChanged { order_id, sequence, .. }) => {
                self.refetch_deliveries_soon();
                let known = |board: &Board| board.get(order_id).map(|known| known.sequence);
                let is_new = self.board.with_untracked(known).is_none_or(|known| known < sequence);
                if is_new && self.may(Action::ReadOrders) {
                    spawn_local(self.fetch_ticket(order_id));
                }
                Message::Applied
            }
            Some(ToStaff::Problem { problem }) => Message::Problem(problem.kind),
            None => Message::Unknown,
        }
    }
}
