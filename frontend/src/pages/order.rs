mod cancel;
mod details;

use leptos::prelude::*;
use shared::{Order, OrderId, Status, Timestamp, api::Problem};

use self::{cancel::CancelOrder, details::OrderDetails};
use super::orders::sign_in_first;
use crate::{
    browser,
    components::{
        Countdown, Hint, ProblemView, Reorder, Skeleton, Timeline, TouchBadge, time, titled,
        untitled,
    },
    drawn::{Draw, Drawn, follow, live},
    signal::{Signal, derived},
    store::{Store, use_store},
    text,
};

/// An order: what is happening, what happened when, what was ordered.
#[component]
pub fn OrderPage(
    /// The order.
    id: OrderId,
) -> Drawn {
    let store = use_store();
    store.watch();
    let problem = Signal::new(None::<Problem>);
    let load = Callback::new(move |()| {
        browser::spawn(async move {
            let fetched = store.fetch_order(id).await;
            problem.try_set(fetched.err());
        });
    });
    follow(move || {
        if store.session.signed_in() {
            load.run(());
        }
    });
    titled(move || {
        let status = store.with_orders(|orders| orders.get(id).map(|order| order.status));
        status.map_or_else(|| text::ORDER.to_owned(), text::order_title)
    });
    // Another order's news are none of this page's: a question that is open would be closed.
    let sequence = derived(move || store.with_orders(|orders| orders.sequence(id)));
    view! {
        <div class="page narrow">
            <div class="page-head">
                <a href="/orders" class="back">
                    <span class="icon chevron" aria-hidden="true"></span>
                    {text::ORDERS}
                </a>
                <TouchBadge />
            </div>
            {live(move || {
                sequence.track();
                content(store, id, problem.get(), load)
            })}
        </div>
    }
    .draw()
}

fn content(store: Store, id: OrderId, problem: Option<Problem>, retry: Callback<()>) -> Drawn {
    if !store.session.signed_in() {
        return untitled(text::ORDER, sign_in_first());
    }
    match (untrack(|| store.with_orders(|orders| orders.get(id).cloned())), problem) {
        (Some(order), _) => shown(order),
        (None, Some(problem)) => {
            untitled(text::ORDER, view! { <ProblemView problem retry /> }.draw())
        }
        (None, None) => {
            let bones = view! { <Skeleton shape="bone-row" count=5 within="stack" /> };
            untitled(text::ORDER, bones.draw())
        }
    }
}

fn shown(order: Order) -> Drawn {
    let ended_badly = matches!(order.status, Status::Rejected | Status::Cancelled);
    let reason = ended_badly
        .then(|| view! { <p>{text::progress::reason(order.reason.as_ref())}</p> }.draw());
    let waiting = (order.status == Status::Placed).then(|| waiting(&order));
    let elsewhere =
        order.basket.is_none().then(|| view! { <Hint text=text::PLACED_ELSEWHERE /> }.draw());
    let again = (order.status.is_terminal() && order.basket.is_some())
        .then(|| view! { <Reorder id=order.order_id /> }.draw());
    let details = order.basket.clone().map(|basket| view! { <OrderDetails basket /> }.draw());
    view! {
        <div class="stack">
            <section class=format!("progress {}", order.status.name())>
                <p class="order-number">{text::order_number(order.order_id)}</p>
                <h1>{text::headline(&order)}</h1>
                {reason}
                {stages(order.status)}
                {times(&order)}
                {waiting}
                {again}
            </section>
            {elsewhere}
            <section class="panel"><Timeline order /></section>
            {details}
        </div>
    }
    .draw()
}

/// While the restaurant has not answered: until when it has to, and the way out.
fn waiting(order: &Order) -> Drawn {
    view! {
        <div class="waiting">
            <Countdown to=order.accept_by />
            <CancelOrder id=order.order_id />
        </div>
    }
    .draw()
}

/// The way of an order in four bars; what they say is in the timeline too.
fn stages(status: Status) -> Option<Drawn> {
    let ways = [Status::Placed, Status::Accepted, Status::PickedUp, Status::Delivered];
    let reached = ways.iter().position(|way| *way == status)?;
    let bars = (0..ways.len()).map(|number| {
        let class = match number {
            number if number < reached || status == Status::Delivered => "stage full",
            number if number == reached => "stage moving",
            _ => "stage",
        };
        view! { <span class=class></span> }.draw()
    });
    let bars = bars.collect::<Vec<_>>();
    Some(view! { <div class="stages" aria-hidden="true">{bars}</div> }.draw())
}

/// When the order should arrive, and when at the latest.
fn times(order: &Order) -> Option<Drawn> {
    let row = |name: &'static str, at: Timestamp| {
        view! { <div><dt>{name}</dt><dd>{time(at)}</dd></div> }.draw()
    };
    let (expected, latest) = (order.expected_at?, order.latest_at?);
    let rows = (!order.status.is_terminal())
        .then(|| vec![row(text::EXPECTED, expected), row(text::AT_THE_LATEST, latest)])?;
    let why = text::progress::times_of(order.status);
    Some(view! { <div><dl class="times">{rows}</dl><p class="times-why">{why}</p></div> }.draw())
}
