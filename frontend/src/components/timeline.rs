use leptos::prelude::*;
use shared::{Order, Status, Timestamp};

use crate::{
    drawn::{Draw, Drawn},
    text,
};

/// What happened to an order when, and what will if all goes well.
#[component]
pub fn Timeline(
    /// The order.
    order: Order,
) -> Drawn {
    let last = order.timeline.len().saturating_sub(1);
    let done = order.timeline.iter().enumerate().map(|(number, step)| {
        let class = if number == last { "step done now" } else { "step done" };
        step_of(class, step.status, Some(step.at))
    });
    let to_come = to_come(order.status).iter().map(|status| step_of("step", *status, None));
    let steps = done.chain(to_come).collect::<Vec<_>>();
    view! { <ol class="timeline" aria-label=text::TIMELINE>{steps}</ol> }.draw()
}

fn step_of(class: &'static str, status: Status, at: Option<Timestamp>) -> Drawn {
    let current = if class.ends_with("now") { "step" } else { "false" };
    view! {
        <li class=class aria-current=current>
            <span class="step-name">{text::status_name(status)}</span>
            <span class="step-meaning">{text::progress::status_meaning(status)}</span>
            {at.map(time)}
        </li>
    }
    .draw()
}

/// A point in time, for people and for machines.
pub fn time(at: Timestamp) -> Drawn {
    view! { <time datetime=text::machine_time(at)>{text::when(at)}</time> }.draw()
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
