//! What several pages share, one context a file.

pub mod addresses;
pub mod cart;
pub mod catalog;
pub mod clock;
pub mod connection;
pub mod delivery;
pub mod fetch;
pub mod notices;
pub mod orders;

use leptos::prelude::*;

use self::{
    addresses::SavedAddresses, cart::CartStore, catalog::Catalog, clock::Clock,
    connection::Connection, delivery::Delivery, notices::Notices, orders::Orders,
};
use crate::session::Session;

/// Provides the session, notices, the connection and the clock; called once, by the root component,
/// whose signals are never disposed.
pub fn provide() {
    provide_context(Session::resume());
    provide_context(Notices::new());
    provide_context(Connection::listen());
    provide_context(Clock::start());
}

/// Provides the catalog, the cart, the delivery address and the orders: after [`provide`], in a task of
/// its own. The signals belong to a [`Part`](crate::startup::Part) of the root component, which renders
/// once and is never disposed.
pub fn provide_shop() {
    let (session, notices) = (expect_context::<Session>(), expect_context::<Notices>());
    let connection = expect_context::<Connection>();
    let catalog = Catalog::new();
    let delivery = Delivery::open();
    let cart = CartStore::open(catalog, delivery, notices);
    let orders = Orders::new(session, connection, notices);
    provide_context(catalog);
    provide_context(cart);
    provide_context(delivery);
    provide_context(orders);
    provide_context(SavedAddresses::new(session));
    // Whatever ends a session: what belongs to its customer goes with it.
    Effect::watch(
        move || session.ended(),
        move |_, _, _| {
            delivery.clear();
            orders.clear();
            notices.announcement.set(String::new());
        },
        false,
    );
    // A page that was frozen, or in the back/forward cache, has received no event of another tab.
    Effect::watch(
        move || connection.resumed(),
        move |_, _, _| {
            session.reload();
            cart.reload();
            delivery.reload();
        },
        false,
    );
}
