use leptos::prelude::*;
use shared::api::{OrderSummary, Problem};

use crate::{
    browser,
    components::{
        Button, Empty, Hint, Link, ProblemView, Reorder, Skeleton, TouchBadge, set_title, time,
    },
    drawn::{Draw, Drawn, follow, live},
    orders::Listed,
    router::{self, Place},
    signal::Signal,
    store::{Store, use_store},
    text,
};

/// My orders: those under way and those that have ended.
#[component]
pub fn OrdersPage() -> Drawn {
    let store = use_store();
    set_title(text::ORDERS);
    store.watch();
    let problem = Signal::new(None::<Problem>);
    let load = Callback::new(move |from: Listed| {
        browser::spawn(async move {
            let fetched = store.fetch_list(from).await;
            problem.try_set(fetched.err());
        });
    });
    follow(move || {
        if store.session.signed_in() {
            load.run(Listed::No);
        }
    });
    view! {
        <div class="page narrow">
            <div class="page-head"><h1>{text::ORDERS}</h1> <TouchBadge /></div>
            {live(move || content(store, problem.get(), load))}
        </div>
    }
    .draw()
}

fn content(store: Store, problem: Option<Problem>, load: Callback<Listed>) -> Drawn {
    if !store.session.signed_in() {
        return sign_in_first();
    }
    let (orders, listed) = store.with_orders(|orders| (orders.newest_first(), orders.list.clone()));
    match problem {
        _ if !orders.is_empty() => list(orders, listed, problem, load),
        Some(problem) => {
            let retry = Callback::new(move |()| load.run(Listed::No));
            view! { <ProblemView problem retry /> }.draw()
        }
        None if listed == Listed::No => {
            view! { <Skeleton shape="bone-row" count=4 within="stack" /> }.draw()
        }
        None => none_yet(),
    }
}

/// What is shown of orders to someone who is not signed in.
pub(super) fn sign_in_first() -> Drawn {
    let way_on =
        view! { <Link to=router::sign_in_address() class="button" text=text::SIGN_IN /> }.draw();
    view! { <Empty heading=text::SIGN_IN_TO_SEE hint=text::SIGN_IN_TO_ORDER_HINT way_on /> }.draw()
}

fn none_yet() -> Drawn {
    let way_on = view! { <Link to="/" class="button" text=text::FIND_FOOD /> }.draw();
    view! { <Empty heading=text::NO_ORDERS hint=text::NO_ORDERS_HINT way_on /> }.draw()
}

fn list(
    orders: Vec<OrderSummary>,
    listed: Listed,
    problem: Option<Problem>,
    load: Callback<Listed>,
) -> Drawn {
    let (past, under_way): (Vec<_>, Vec<_>) =
        orders.into_iter().partition(|order| order.status.is_terminal());
    let older = matches!(listed, Listed::To(_)).then(|| {
        let act = Callback::new(move |()| load.run(listed.clone()));
        view! { <Button class="button second wide" text=text::MORE_ORDERS act /> }.draw()
    });
    let failed =
        problem.map(|problem| view! { <Hint text=text::problems::hint(&problem) /> }.draw());
    view! {
        <div>
            {section(text::UNDER_WAY, under_way)} {section(text::PAST, past)} {failed} {older}
        </div>
    }
    .draw()
}

fn section(heading: &'static str, orders: Vec<OrderSummary>) -> Option<Drawn> {
    if orders.is_empty() {
        return None;
    }
    let rows = orders.into_iter().map(row).collect::<Vec<_>>();
    Some(view! { <section class="orders"><h2>{heading}</h2> <ul>{rows}</ul></section> }.draw())
}

fn row(order: OrderSummary) -> Drawn {
    let to = Place::Order(order.order_id).path();
    let name = order.restaurant_name.unwrap_or_else(|| text::ELSEWHERE.to_owned());
    let again = (order.status.is_terminal() && order.total.is_some())
        .then(|| view! { <Reorder id=order.order_id /> }.draw());
    let total =
        order.total.zip(order.currency).map(|(total, currency)| text::money(total, currency));
    view! {
        <li class="order-row">
            <h3><Link to class="cover" text=name /></h3>
            <p>{time(order.placed_at)} " · " {text::progress::number(order.order_id)}</p>
            <span class=format!("state {}", order.status.name())>
                {text::status_name(order.status)}
            </span>
            <span class="price">{total.unwrap_or_default()}</span>
            {again}
        </li>
    }
    .draw()
}
