use leptos::prelude::*;
use shared::{Order, OrderId, Status, text::Phone};

use crate::{
    api, browser,
    components::{ActionButton, Dialog, Dynamic, Question, work},
    http::ApiError,
    session::{AuthError, Session},
    state::{notices::Notices, orders::Orders},
    text::{self, errors, order as texts},
};

/// Cancels an order while it is free: asks first, since it cannot be undone.
#[component]
pub fn CancelOrder(
    /// The order.
    id: OrderId,
    /// Whether the question is open.
    asking: RwSignal<bool>,
) -> impl IntoView {
    let (session, orders) = (expect_context::<Session>(), expect_context::<Orders>());
    let notices = expect_context::<Notices>();
    let question = Question {
        title: texts::CANCEL_TITLE,
        hint: texts::CANCEL_HINT,
        yes: texts::CANCEL_YES,
        no: texts::CANCEL_NO,
    };
    let work = work(move || async move {
        match api::cancel(session, id).await {
            Ok(order) => orders.insert(order),
            // A refusal that comes with the order as it is brings the page up to date.
            Err(ApiError::Problem(problem)) if problem.order.is_some() => {
                let mut problem = problem;
                if let Some(order) = problem.order.take() {
                    orders.insert(*order);
                }
                notices.notify(errors::hint(&ApiError::Problem(problem)));
            }
            Err(error) => return Err(AuthError::Api(error)),
        }
        // The button is gone.
        browser::focus_soon("#main");
        Ok(())
    });
    view! { <ActionButton text=texts::CANCEL work question asking /> }
}

/// Replaces the open cancel dialog when the order's status changes: what happened, and a link to call
/// the restaurant.
#[component]
pub fn TooLateToCancel(
    /// The order.
    #[prop(into)]
    order: Signal<Order>,
    /// Whether the question is open, or was when the status changed.
    asking: RwSignal<bool>,
) -> impl IntoView {
    // The first status after Placed; later ones do not change the open dialog.
    let step = Memo::new(move |before: Option<&Option<Order>>| {
        let before = before.cloned().flatten();
        let now =
            || order.with(|order| Some(order).filter(|it| it.status != Status::Placed).cloned());
        asking.get().then(|| before.or_else(now)).flatten()
    });
    let dialog = move || {
        let step = step.get()?;
        let (title, hint) = (texts::headline(&step), texts::too_late_to_cancel(&step));
        let call = step.basket.filter(|_| !step.status.is_terminal()).and_then(|basket| {
            let phone = basket.restaurant_phone?;
            Some(view! { <CallRestaurant name=basket.restaurant_name phone /> })
        });
        let on_close = move |()| asking.set(false);
        Some(view! {
            <Dialog label=title.clone() on_close>
                <div class="ask">
                    <div role="alert" class="stack">
                        <h2>{title}</h2>
                        <p>{hint}</p>
                    </div>
                    {call}
                    <button
                        type="button"
                        class="button"
                        autofocus=true
                        on:click=move |_| on_close(())
                    >
                        {text::CLOSE}
                    </button>
                </div>
            </Dialog>
        })
    };
    view! { <Dynamic view=dialog /> }
}

/// The link that calls a restaurant.
#[component]
pub fn CallRestaurant(
    /// The restaurant's name.
    name: String,
    /// Its number.
    phone: Phone,
) -> impl IntoView {
    view! { <a class="quiet" href=phone.uri()>{texts::call(&name, phone.as_ref())}</a> }
}
