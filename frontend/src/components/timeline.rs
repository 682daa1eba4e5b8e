use leptos::prelude::*;
use shared::{Order, Status, order::Step};

use crate::text;

/// What happened to an order when, and what will if all goes well.
#[component]
pub fn Timeline(
    /// The order.
    order: Order,
) -> AnyView {
    let status = order.status;
    let last = order.timeline.len().saturating_sub(1);
    let done = order.timeline.iter().enumerate().map(|(number, step)| {
        let current = (number == last).then_some("step");
        view! {
            <li class="step done" class:now=number == last aria-current=current>
                {named(step.status)}
                {at(step)}
            </li>
        }
    });
    let to_come = to_come(status).iter().map(|status| {
        view! { <li class="step">{named(*status)}</li> }
    });
    view! {
        <ol class="timeline" aria-label=text::TIMELINE>
            {done.collect::<Vec<_>>()} {to_come.collect::<Vec<_>>()}
        </ol>
    }
    .into_any()
}

fn named(status: Status) -> AnyView {
    view! {
        <span class="step-name">{text::status_name(status)}</span>
        <span class="step-meaning">{text::progress::status_meaning(status)}</span>
    }
    .into_any()
}

fn at(step: &Step) -> AnyView {
    view! { <time datetime=text::machine_time(step.at)>{text::when(step.at)}</time> }.into_any()
}

/// The statuses that follow if nothing goes wrong.
const fn to_come(status: Status) -> &'static [Status] {
    match status {
        Status::Placed => &[Status::Accepted, Status::PickedUp, Status::Delivered],
        Status::Accepted => &[Status::PickedUp, Status::Delivered],
        Status::PickedUp => &[Status::Delivered],
        Status::Delivered | Status::Rejected | Status::Cancelled => &[],
    }
}
