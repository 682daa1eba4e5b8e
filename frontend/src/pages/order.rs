mod cancel;
mod details;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{components::A, hooks::use_params_map};
use shared::{Order, OrderId, Status, api::Problem};

use self::{cancel::CancelOrder, details::OrderDetails};
use crate::{
    components::{
        Countdown, Empty, ProblemView, Skeleton, Timeline, TouchBadge, set_title, titled,
    },
    pages::NotFound,
    store::{Store, use_store},
    text,
};

/// An order: what is happening, what happened when, what was ordered.
#[component]
pub fn OrderPage() -> AnyView {
    let store = use_store();
    store.watch();
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params.with(|params| params.get("id")).and_then(|id| id.parse::<OrderId>().ok())
    });
    view! {
        {move || match id.get() {
            Some(id) => of(store, id),
            None => view! { <NotFound /> }.into_any(),
        }}
    }
    .into_any()
}

fn of(store: Store, id: OrderId) -> AnyView {
    let problem = RwSignal::new(None::<Problem>);
    let load = Callback::new(move |()| {
        spawn_local(async move {
            let fetched = store.fetch_order(id).await;
            problem.try_set(fetched.err());
        });
    });
    let signed_in = Memo::new(move |_| store.session.signed_in());
    Effect::new(move || {
        if signed_in.get() {
            load.run(());
        }
    });
    let order = Memo::new(move |_| store.with_orders(|orders| orders.get(id).cloned()));
    titled(move || match order.with(|order| order.as_ref().map(|order| order.status)) {
        Some(status) => format!("{} · {}", text::status_name(status), text::ORDER),
        None => text::ORDER.to_owned(),
    });
    view! {
        <div class="page narrow">
            <div class="page-head">
                <A href="/orders" attr:class="back">
                    <span class="icon chevron" aria-hidden="true"></span>
                    {text::ORDERS}
                </A>
                <TouchBadge />
            </div>
            {move || match (signed_in.get(), order.get(), problem.get()) {
                (false, ..) => sign_in_first(),
                (true, Some(order), _) => shown(order),
                (true, None, Some(problem)) => {
                    view! { <ProblemView problem retry=load /> }.into_any()
                }
                (true, None, None) => {
                    view! { <Skeleton shape="bone-row" count=5 within="stack" /> }.into_any()
                }
            }}
        </div>
    }
    .into_any()
}

fn sign_in_first() -> AnyView {
    set_title(text::ORDER);
    let way_on = view! {
        <A href=crate::pages::sign_in_path() attr:class="button">{text::SIGN_IN}</A>
    };
    let hint = text::SIGN_IN_TO_ORDER_HINT.to_owned();
    view! { <Empty heading=text::SIGN_IN_TO_SEE hint way_on=Some(way_on.into_any()) /> }.into_any()
}

fn shown(order: Order) -> AnyView {
    let ended_badly = matches!(order.status, Status::Rejected | Status::Cancelled);
    let reason =
        ended_badly.then(|| view! { <p>{text::progress::reason(order.reason.as_ref())}</p> });
    let elsewhere =
        order.basket.is_none().then(|| view! { <p class="hint-box">{text::PLACED_ELSEWHERE}</p> });
    let waiting = (order.status == Status::Placed).then(|| {
        view! {
            <Countdown to=order.accept_by label=text::ANSWER_BY over=text::ANSWER_OVERDUE />
            <CancelOrder id=order.order_id />
        }
    });
    view! {
        <section class=format!("progress {}", order.status.name())>
            <p class="order-number">{text::ORDER} " " {text::progress::number(order.order_id)}</p>
            <h1>{text::headline(&order)}</h1>
            {reason}
            <Stages status=order.status />
            <Times order=order.clone() />
            {waiting}
        </section>
        {elsewhere}
        <section class="panel"><Timeline order=order.clone() /></section>
        {order.basket.map(|basket| view! { <OrderDetails basket /> })}
    }
    .into_any()
}

/// The way of an order in four bars; what they say is in the timeline too.
#[component]
fn Stages(status: Status) -> AnyView {
    let ways = [Status::Placed, Status::Accepted, Status::PickedUp, Status::Delivered];
    let Some(reached) = ways.iter().position(|way| *way == status) else {
        return ().into_any();
    };
    let bars = (0..ways.len()).map(|number| {
        let class = match number {
            number if number < reached || status == Status::Delivered => "stage full",
            number if number == reached => "stage moving",
            _ => "stage",
        };
        view! { <span class=class></span> }
    });
    view! { <div class="stages" aria-hidden="true">{bars.collect::<Vec<_>>()}</div> }.into_any()
}

#[component]
fn Times(order: Order) -> AnyView {
    if order.status.is_terminal() {
        return ().into_any();
    }
    let time = |name: &'static str, time| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd><time datetime=text::machine_time(time)>{text::when(time)}</time></dd>
            </div>
        }
    };
    view! {
        <dl class="times">
            {order.expected_at.map(|at| time(text::EXPECTED, at))}
            {order.latest_at.map(|at| time(text::AT_THE_LATEST, at))}
        </dl>
    }
    .into_any()
}
