use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;
use shared::api::{OrderSummary, Problem};

use crate::{
    components::{Empty, ProblemView, Skeleton, TouchBadge, set_title},
    orders::Listed,
    store::use_store,
    text,
};

/// My orders: those under way and those that have ended.
#[component]
pub fn OrdersPage() -> AnyView {
    let store = use_store();
    set_title(text::ORDERS);
    store.watch();
    let problem = RwSignal::new(None::<Problem>);
    let load = Callback::new(move |from: Listed| {
        spawn_local(async move {
            let fetched = store.fetch_list(from).await;
            problem.try_set(fetched.err());
        });
    });
    let signed_in = Memo::new(move |_| store.session.signed_in());
    Effect::new(move || {
        if signed_in.get() {
            load.run(Listed::No);
        }
    });
    let shown = Memo::new(move |_| {
        store.with_orders(|orders| (orders.newest_first(), orders.list.clone()))
    });
    view! {
        <div class="page narrow">
            <div class="page-head"><h1>{text::ORDERS}</h1> <TouchBadge /></div>
            {move || match (signed_in.get(), problem.get(), shown.get()) {
                (false, ..) => sign_in_first(),
                (true, Some(problem), (orders, _)) if orders.is_empty() => {
                    let retry = Callback::new(move |()| load.run(Listed::No));
                    view! { <ProblemView problem retry /> }.into_any()
                }
                (true, _, (orders, Listed::No)) if orders.is_empty() => {
                    view! { <Skeleton shape="bone-row" count=4 within="stack" /> }.into_any()
                }
                (true, _, (orders, _)) if orders.is_empty() => none_yet(),
                (true, problem, (orders, listed)) => list(orders, listed, problem, load),
            }}
        </div>
    }
    .into_any()
}

fn sign_in_first() -> AnyView {
    let way_on = view! {
        <A href=crate::pages::sign_in_path() attr:class="button">{text::SIGN_IN}</A>
    };
    let hint = text::SIGN_IN_TO_ORDER_HINT.to_owned();
    view! { <Empty heading=text::SIGN_IN_TO_SEE hint way_on=Some(way_on.into_any()) /> }.into_any()
}

fn none_yet() -> AnyView {
    let way_on = view! { <A href="/" attr:class="button">{text::FIND_FOOD}</A> }.into_any();
    let hint = text::NO_ORDERS_HINT.to_owned();
    view! { <Empty heading=text::NO_ORDERS hint way_on=Some(way_on) /> }.into_any()
}

fn list(
    orders: Vec<OrderSummary>,
    listed: Listed,
    problem: Option<Problem>,
    load: Callback<Listed>,
) -> AnyView {
    let (past, under_way): (Vec<_>, Vec<_>) =
        orders.into_iter().partition(|order| order.status.is_terminal());
    let older = matches!(listed, Listed::To(_)).then(|| {
        let more = move |_| load.run(listed.clone());
        view! {
            <button type="button" class="button second wide" on:click=more>
                {text::MORE_ORDERS}
            </button>
        }
    });
    let failed = problem.map(|problem| {
        view! { <p class="hint-box" role="alert">{text::problems::hint(&problem)}</p> }
    });
    view! { {section(text::UNDER_WAY, under_way)} {section(text::PAST, past)} {failed} {older} }
        .into_any()
}

fn section(heading: &'static str, orders: Vec<OrderSummary>) -> AnyView {
    if orders.is_empty() {
        return ().into_any();
    }
    let rows = orders.into_iter().map(|order| view! { <li>{row(order)}</li> });
    view! {
        <section class="orders">
            <h2>{heading}</h2>
            <ul>{rows.collect::<Vec<_>>()}</ul>
        </section>
    }
    .into_any()
}

fn row(order: OrderSummary) -> AnyView {
    let name = order.restaurant_name.unwrap_or_else(|| text::ELSEWHERE.to_owned());
    let total =
        order.total.zip(order.currency).map(|(total, currency)| text::money(total, currency));
    view! {
        <article class="order-row">
            <h3>
                <A href=crate::pages::order_path(order.order_id) attr:class="cover">{name}</A>
            </h3>
            <p>
                <time datetime=text::machine_time(order.placed_at)>{text::when(order.placed_at)}</time>
                " · " {text::progress::number(order.order_id)}
            </p>
            <span class=format!("state {}", order.status.name())>{text::status_name(order.status)}</span>
            <span class="price">{total}</span>
        </article>
    }
    .into_any()
}
