use leptos::prelude::*;
use shared::OrderId;

use crate::{
    components::{Doing, Question, work},
    drawn::{Draw, Drawn},
    server,
    session::Refusal,
    store::{Store, use_store},
    text,
};

/// Cancels an order while it is free: asks first, since it cannot be taken back.
#[component]
pub fn CancelOrder(
    /// The order.
    id: OrderId,
) -> Drawn {
    let store = use_store();
    let (title, hint, yes) = (text::CANCEL_TITLE, text::CANCEL_HINT, text::CANCEL_YES);
    let work = work(move || cancel(store, id));
    view! { <Doing text=text::CANCEL_ORDER work question=Question { title, hint, yes } /> }.draw()
}

/// Cancels; a refusal that comes with the order as it is brings the page up to date.
async fn cancel(store: Store, id: OrderId) -> Result<(), Refusal> {
    match server::cancel(store.session, id).await {
        Ok(order) => {
            store.take_order(order);
            Ok(())
        }
        Err(mut problem) => match problem.order.take() {
            Some(order) => {
                store.take_order(*order);
                store.notify(text::problems::hint(&problem));
                Ok(())
            }
            None => Err(problem.into()),
        },
    }
}
