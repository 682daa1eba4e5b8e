use leptos::prelude::*;
use leptos_router::components::A;
use shared::api::OrderSummary;

use crate::{
    components::{
        Alert, Dynamic, Empty, ErrorView, If, KeyedRows, Reorder, SignInFirst, Skeleton,
        StatusBadge, Time, set_title,
    },
    http::ApiError,
    model::order_list::Progress,
    paths,
    session::Session,
    state::{connection::Connection, orders::Orders},
    text::{self, cart::times, errors, format::money, order, orders as texts},
};

/// My orders: those in progress and those that have ended.
#[component]
pub fn OrdersPage() -> impl IntoView {
    let (session, orders) = (expect_context::<Session>(), expect_context::<Orders>());
    set_title(text::ORDERS);
    orders.watch();
    let active = Signal::derive(move || orders.in_progress() > 0);
    view! {
        <div class="page narrow">
            <div class="page-head">
                <h1>{text::ORDERS}</h1>
                <StatusBadge active />
            </div>
            <If
                when=move || session.signed_in()
                fallback=|| {
                    view! { <SignInFirst heading=texts::SIGN_IN_TO_SEE hint=texts::SIGN_IN_HINT /> }
                }
            >
                <List />
            </If>
        </div>
    }
}

#[component]
fn List() -> impl IntoView {
    let orders = expect_context::<Orders>();
    let connection = expect_context::<Connection>();
    let load = Action::new_local(move |from: &Progress| {
        let from = from.clone();
        async move { orders.fetch_list(&from).await }
    });
    // The newest, now and whenever the page is resumed.
    Effect::new(move || {
        let _ = connection.resumed();
        load.dispatch_local(Progress::None);
    });
    let error = move || load.value().get()?.err();
    let rows = Memo::new(move |_| orders.with(|list| list.newest_first()));
    let progress = Memo::new(move |_| orders.with(|list| list.progress.clone()));
    let older = move || {
        let from = progress.get();
        matches!(from, Progress::UpTo(_)).then(|| {
            view! {
                <button
                    type="button"
                    class="button second wide"
                    on:click=move |_| {
                        load.dispatch_local(from.clone());
                    }
                >
                    {texts::SHOW_OLDER}
                </button>
            }
        })
    };
    let content = move || match (rows.with(Vec::is_empty), error()) {
        (false, error) => view! {
            <div>
                <Rows heading=texts::IN_PROGRESS rows ended=false />
                <Rows heading=texts::PAST rows ended=true />
                {error.map(|error: ApiError| view! { <Alert text=errors::hint(&error) /> })}
                <Dynamic view=older />
            </div>
        }
        .into_any(),
        (true, Some(error)) => {
            let retry = move |()| drop(load.dispatch_local(Progress::None));
            view! { <ErrorView error retry /> }.into_any()
        }
        (true, None) if progress.get() == Progress::None => {
            view! { <Skeleton shape="skeleton-row" count=4 within="stack" /> }.into_any()
        }
        (true, None) => view! {
            <Empty heading=texts::NONE hint=texts::NONE_HINT>
                <A href=paths::HOME attr:class="button">{text::BROWSE}</A>
            </Empty>
        }
        .into_any(),
    };
    view! { <Dynamic view=content /> }
}

#[component]
fn Rows(
    heading: &'static str,
    rows: Memo<Vec<OrderSummary>>,
    /// Whether those that have ended, or the others.
    ended: bool,
) -> impl IntoView {
    let is_one = move |order: &&OrderSummary| order.status.is_terminal() == ended;
    let row = |order: &OrderSummary| {
        let (key, order) = (format!("{} {}", order.order_id, order.sequence), order.clone());
        (key, ViewFn::from(move || view! { <Row order=order.clone() /> }))
    };
    let of = Signal::derive(move || {
        rows.with(|rows| rows.iter().filter(is_one).map(row).collect::<Vec<_>>())
    });
    view! {
        <If when=move || rows.with(|rows| rows.iter().any(|order| is_one(&order)))>
            <section class="orders">
                <h2>{heading}</h2>
                <ul>
                    <KeyedRows rows=of />
                </ul>
            </section>
        </If>
    }
}

#[component]
fn Row(order: OrderSummary) -> impl IntoView {
    let id = order.order_id;
    let label = texts::reorder(&order);
    let again = order.status.is_terminal() && order.total.is_some();
    let name = order.restaurant_name.unwrap_or_else(|| texts::ELSEWHERE.to_owned());
    let total = order.total.zip(order.currency).map(|(total, currency)| money(total, currency));
    let dishes = order
        .dishes
        .iter()
        .map(|line| format!("{} {}", times(line.quantity), text::isolated(&line.name)));
    let mut dishes = dishes.collect::<Vec<_>>().join(", ");
    if order.more_dishes > 0 {
        dishes.push_str(&text::and_more(order.more_dishes as usize));
    }
    view! {
        <li class="order-row">
            <h3><A href=paths::order(id) attr:class="cover">{name}</A></h3>
            <p><Time at=order.placed_at /> " · " {order::number(id)}</p>
            <p class="order-dishes">{dishes}</p>
            <span class=format!("state {}", order.status.name())>{order::status(order.status)}</span>
            <span class="price">{total}</span>
            {again.then(|| view! { <Reorder id label /> })}
        </li>
    }
}
