use leptos::{prelude::*, task::spawn_local};
use shared::RestaurantId;

use super::{super::store::Store, Answer, Asked, fetch};
use crate::{browser, session::Session, state::connection::Connection};

/// Milliseconds between a change of an order and the fetch: several changes at once are one fetch, and the day's
/// index follows the orders a little later
/// (docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html, "eventually consistent").
const FETCH_AFTER: u32 = 1_000;
/// Milliseconds until a day without changes is fetched again: an order can become late.
const FETCH_EVERY: i64 = 60_000;

/// Fetches today's orders again whenever one of them changes, as long as the page is visible. What cannot be
/// fetched stays as it was until the next change or minute; the band of the counter says that it is offline.
pub(super) fn follow_today(restaurant: RestaurantId, answer: RwSignal<Answer>) {
    let (session, store) = (expect_context::<Session>(), expect_context::<Store>());
    let connection = expect_context::<Connection>();
    let changes = Memo::new(move |_| {
        let orders = store.with(|board| {
            let mut orders: Vec<_> =
                board.tickets().map(|ticket| (ticket.order_id, ticket.sequence)).collect();
            orders.sort_unstable();
            orders
        });
        (orders, store.now().millis().div_euclid(FETCH_EVERY))
    });
    let is_fetching = StoredValue::new(false);
    Effect::watch(
        // A memo that is tracked and not read is not computed, and never changes.
        move || {
            changes.with(|_| ());
            connection.visible()
        },
        move |visible, _, _| {
            if *visible && !is_fetching.get_value() {
                is_fetching.set_value(true);
                let restaurant = restaurant.clone();
                spawn_local(async move {
                    fetch_until_unchanged(session, &restaurant, connection, changes, answer).await;
                    is_fetching.try_set_value(false);
                });
            }
        },
        false,
    );
}

async fn fetch_until_unchanged<T: PartialEq + Clone + Send + Sync + 'static>(
    session: Session,
    restaurant: &RestaurantId,
    connection: Connection,
    changes: Memo<T>,
    answer: RwSignal<Answer>,
) {
    loop {
        browser::sleep(FETCH_AFTER).await;
        if !untrack(|| connection.visible()) {
            return; // it begins again when the page is visible
        }
        let Some(before) = changes.try_get_untracked() else { return };
        if let Ok(fetched) = fetch(session, restaurant, &Asked::Today).await {
            let is_other = answer.try_with_untracked(|shown| *shown != fetched);
            if is_other == Some(true) {
                answer.set(fetched);
            }
        }
        if changes.try_with_untracked(|now| *now == before) != Some(false) {
            return;
        }
    }
}
