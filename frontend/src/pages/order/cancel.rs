use leptos::prelude::*;
use shared::OrderId;

use crate::{
    api, browser,
    components::{ActionButton, Question, work},
    http::ApiError,
    session::{AuthError, Session},
    state::{notices::Notices, orders::Orders},
    text::{errors, order as texts},
};

/// Cancels an order while it is free: asks first, since it cannot be undone.
#[component]
pub fn CancelOrder(
    /// The order.
    id: OrderId,
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
            Ok(order) => {
                orders.insert(order);
                // The button is gone.
                browser::focus_soon("#main");
            }
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
        Ok(())
    });
    view! { <ActionButton text=texts::CANCEL work question /> }
}
