use leptos::prelude::*;
use shared::{Order, Status, Timestamp};

use super::Dynamic;
use crate::text::{format, order as texts};

/// What happened to an order when, and what will if all goes well.
#[component]
pub fn Timeline(
    /// The order.
    #[prop(into)]
    order: Signal<Order>,
) -> impl IntoView {
    let steps = move || {
        let steps = order.with(steps).into_iter().map(|step| view! { <StepView step /> });
        steps.collect_view()
    };
    view! {
        <ol class="timeline" aria-label=texts::TIMELINE>
            <Dynamic view=steps />
        </ol>
    }
}

/// A step of the timeline: its status, when it was reached, and whether it is the latest.
struct Step {
    status: Status,
    at: Option<Timestamp>,
    now: bool,
}

fn steps(order: &Order) -> Vec<Step> {
    let last = order.timeline.len().saturating_sub(1);
    let done = order.timeline.iter().enumerate().map(|(number, step)| Step {
        status: step.status,
        at: Some(step.at),
        now: number == last,
    });
    let next = to_come(order.status).iter();
    done.chain(next.map(|status| Step { status: *status, at: None, now: false })).collect()
}

#[component]
fn StepView(step: Step) -> impl IntoView {
    let class = match step {
        Step { now: true, .. } => "step done now",
        Step { at: Some(_), .. } => "step done",
        Step { at: None, .. } => "step",
    };
    view! {
        <li class=class aria-current=if step.now { "step" } else { "false" }>
            <span class="step-name">{texts::status(step.status)}</span>
            <span class="step-meaning">{texts::step(step.status)}</span>
            {step.at.map(|at| view! { <Time at /> })}
        </li>
    }
}

/// A point in time, for people and for machines.
#[component]
pub fn Time(
    /// When.
    at: Timestamp,
) -> impl IntoView {
    view! { <time datetime=format::machine_time(at)>{format::when(at)}</time> }
}

/// The statuses that follow if nothing goes wrong.
const fn to_come(status: Status) -> &'static [Status] {
    match status {
        Status::Placed => &[Status::Accepted, Status::PickedUp, Status::Delivered],
        Status::Accepted | Status::Ready => &[Status::PickedUp, Status::Delivered],
        Status::PickedUp => &[Status::Delivered],
        Status::Delivered
        | Status::Rejected
        | Status::Cancelled
        | Status::Failed
        | Status::Unknown => &[],
    }
}
