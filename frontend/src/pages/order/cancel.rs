use leptos::{prelude::*, task::spawn_local};
use shared::{OrderId, api::Problem};

use crate::{
    components::Dialog,
    server,
    store::{Store, use_store},
    text,
};

/// Cancels an order while it is free: asks first, since it cannot be taken back.
#[component]
pub fn CancelOrder(
    /// The order.
    id: OrderId,
) -> AnyView {
    let store = use_store();
    let asking = RwSignal::new(false);
    let working = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let close = Callback::new(move |()| asking.set(false));
    let confirm = move |_| {
        asking.set(false);
        working.set(true);
        spawn_local(async move {
            let refused = cancel(store, id).await.err();
            working.try_set(false);
            problem.try_set(refused);
        });
    };
    view! {
        <button
            type="button"
            class="button second"
            disabled=working
            on:click=move |_| asking.set(true)
        >
            {move || if working.get() { text::CANCELLING } else { text::CANCEL_ORDER }}
        </button>
        {move || problem.get().map(|problem| {
            view! { <p class="hint-box" role="alert">{text::problems::hint(&problem)}</p> }
        })}
        {move || asking.get().then(|| view! {
            <Dialog label=text::CANCEL_TITLE.to_owned() class="ask" close>
                <h2>{text::CANCEL_TITLE}</h2>
                <p>{text::CANCEL_HINT}</p>
                <div class="actions">
                    <button type="button" class="button danger" on:click=confirm>
                        {text::CANCEL_YES}
                    </button>
                    <button type="button" class="button second" on:click=move |_| close.run(())>
                        {text::CANCEL}
                    </button>
                </div>
            </Dialog>
        })}
    }
    .into_any()
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
