//! The customer's orders.

use leptos::{prelude::*, task::spawn_local};
use shared::{Order, OrderEvent, OrderId, Status};

use super::{connection::Connection, notices::Notices};
use crate::{
    api, browser,
    http::ApiError,
    model::order_list::{EventOutcome, OrderList, Progress},
    session::Session,
    text,
};

/// Milliseconds that events may arrive out of order before the order is fetched instead.
const REORDERING: u32 = 300;

/// The customer's orders.
#[derive(Clone, Copy)]
pub struct Orders {
    session: Session,
    connection: Connection,
    notices: Notices,
    list: RwSignal<OrderList>,
    /// How many components on the page show orders.
    watchers: RwSignal<u32>,
}

impl Orders {
    /// None fetched yet.
    #[must_use]
    pub fn new(session: Session, connection: Connection, notices: Notices) -> Self {
        let (list, watchers) = (RwSignal::new(OrderList::default()), RwSignal::new(0));
        Self { session, connection, notices, list, watchers }
    }

    /// Something of the orders. Reactive.
    pub fn with<T>(self, read: impl FnOnce(&OrderList) -> T) -> T {
        self.list.with(read)
    }

    /// The order, if it is here whole. Reactive.
    #[must_use]
    pub fn get(self, id: OrderId) -> Option<Order> {
        self.list.with(|list| list.get(id).cloned())
    }

    /// How many orders are in progress. Reactive.
    #[must_use]
    pub fn in_progress(self) -> usize {
        self.list.with(|list| list.in_progress().len())
    }

    /// Removes all of them.
    pub fn clear(self) {
        self.list.set(OrderList::default());
    }

    /// Takes an order as the server gave it.
    pub fn insert(self, order: Order) {
        self.offer_reload(order.status);
        self.change(|list| list.take(order));
    }

    /// Changes the list, and notifies its readers if `edit` says that something has changed.
    fn change(self, edit: impl FnOnce(&mut OrderList) -> bool) {
        self.list.maybe_update(edit);
    }

    /// Fetches an order.
    ///
    /// # Errors
    /// Not found, not signed in; no answer, unavailable, outdated.
    pub async fn fetch(self, id: OrderId) -> Result<(), ApiError> {
        let before = self.announcement_of(id);
        let order = self.call(api::order(self.session, id)).await?;
        self.insert(order);
        self.announce_change(id, before);
        Ok(())
    }

    /// Fetches every order in progress; whether all of them came.
    pub async fn fetch_in_progress(self) -> bool {
        let mut complete = true;
        for id in self.list.with_untracked(OrderList::in_progress) {
            // One that does not exist is no longer in progress, whatever an old list says.
            complete &= !self.fetch(id).await.is_err_and(|error| error.is_transient());
        }
        complete
    }

    /// Fetches the first page of the list, or the one after `from`.
    ///
    /// # Errors
    /// Not signed in; no answer, unavailable, outdated.
    pub async fn fetch_list(self, from: &Progress) -> Result<(), ApiError> {
        let cursor = match from {
            Progress::UpTo(cursor) => Some(cursor.as_str()),
            Progress::None | Progress::Complete => None,
        };
        let page = self.call(api::orders(self.session, cursor)).await?;
        page.orders.iter().for_each(|order| self.offer_reload(order.status));
        self.list.update(|list| list.take_page(page));
        Ok(())
    }

    /// Applies an event that was pushed.
    pub fn apply(self, event: OrderEvent) {
        let (id, sequence) = (event.fact.order_id, event.fact.sequence);
        self.offer_reload(event.status());
        let before = self.announcement_of(id);
        let outcome = self.list.try_update(|list| list.apply(event));
        match outcome {
            None | Some(EventOutcome::Duplicate) => {}
            Some(EventOutcome::Advanced) => self.announce_change(id, before),
            Some(EventOutcome::Unknown) => spawn_local(async move { drop(self.fetch(id).await) }),
            Some(EventOutcome::Gap) => spawn_local(async move {
                browser::sleep(REORDERING).await;
                if self.list.with_untracked(|list| list.sequence(id)) < sequence {
                    let _ = self.fetch(id).await;
                }
            }),
        }
    }

    fn announcement_of(self, id: OrderId) -> Option<String> {
        self.list.with_untracked(|list| list.get(id).map(text::order::announcement))
    }

    fn announce_change(self, id: OrderId, before: Option<String>) {
        let now =
            self.announcement_of(id).filter(|now| before.is_some_and(|before| before != *now));
        if let Some(announcement) = now {
            self.notices.announce(announcement);
        }
    }

    /// Offers a reload if only a later version of the page knows what the order is.
    fn offer_reload(self, status: Status) {
        if status == Status::Unknown {
            self.connection.outdated.set(true);
        }
    }

    /// The answer; one of a later version is marked.
    async fn call<T>(self, call: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
        let answer = call.await;
        if matches!(answer, Err(ApiError::Outdated)) {
            self.connection.outdated.set(true);
        }
        answer
    }

    /// Whether a component of the visible page shows orders. Reactive.
    #[must_use]
    pub fn watched(self) -> bool {
        self.connection.visible() && self.watchers.get() > 0
    }

    /// Keeps the page connected as long as the component that calls this is shown.
    pub fn watch(self) {
        self.watchers.update(|watchers| *watchers += 1);
        on_cleanup(move || self.watchers.update(|watchers| *watchers -= 1));
    }
}
