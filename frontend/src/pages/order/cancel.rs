use leptos::prelude::*;
use shared::{OrderId, api::Problem};

use crate::{
    browser,
    components::{Ask, Hint},
    drawn::{Draw, Drawn, live, press},
    server,
    signal::Signal,
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
    let asking = Signal::new(false);
    let working = Signal::new(false);
    let problem = Signal::new(None::<Problem>);
    let close = Callback::new(move |()| asking.set(false));
    let act = Callback::new(move |()| {
        working.set(true);
        browser::spawn(async move {
            let refused = cancel(store, id).await.err();
            working.try_set(false);
            problem.try_set(refused);
        });
    });
    let label =
        move || if working.get() { text::CANCELLING } else { text::CANCEL_ORDER }.to_owned();
    let refused = move || {
        let hint = problem.get().map(|problem| text::problems::hint(&problem));
        hint.map(|text| view! { <Hint text /> }.draw()).into()
    };
    let question = move || match asking.get() {
        false => Drawn::nothing(),
        true => {
            let (title, hint) = (text::CANCEL_TITLE, text::CANCEL_HINT.to_owned());
            view! { <Ask title hint class="button danger" yes=text::CANCEL_YES act close /> }.draw()
        }
    };
    view! {
        <div>
            <button
                type="button"
                class="button second"
                disabled=live(move || working.get())
                on:click=press(move || asking.set(true))
            >
                {live(label)}
            </button>
            {live::<Drawn>(refused)}
            {live(question)}
        </div>
    }
    .draw()
}

/// Cancels; a refusal that comes with the order as it is brings the page up to date.
async fn cancel(store: Store, id: OrderId) -> Result<(), Problem> {
    match server::cancel(store.session, id).await {
        Ok(order) => {
            store.take_order(order);
            Ok(())
        }
        Err(mut problem) => {
            if let Some(order) = problem.order.take() {
                store.take_order(*order);
            }
            Err(problem)
        }
    }
}
