use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use shared::{
    OrderId, RestaurantId,
    api::{HistoryEvent, OrderHistory, PhoneShown},
    price::{Bill, BillLine},
    staff::Action,
};

use super::{
    api,
    head::{ClockHint, OfficeNav},
    not_found::NotFound,
    of_restaurant::OfRestaurant,
    store::Store,
    text,
};
use crate::{
    components::{Fetched, Skeleton, Time, set_title},
    session::Session,
    text::{
        cart::{options, times},
        format::{money, when},
        order,
    },
};

/// All that happened to the order that the address names.
#[component]
pub fn OrderPage() -> impl IntoView {
    view! { <OfRestaurant needs=Action::ReadFigures page=|_| view! { <OfOrder /> }.into_any() /> }
}

#[component]
fn OfOrder() -> impl IntoView {
    let store = expect_context::<Store>();
    let restaurant = store.restaurant().filter(|_| store.may(Action::ReadFigures));
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("order"))?.parse::<OrderId>().ok());
    // Anew for each: Back can lead from one order to another.
    move || match (id.get(), restaurant.clone()) {
        (Some(id), Some(restaurant)) => view! { <Loaded id restaurant /> }.into_any(),
        _ => view! { <NotFound /> }.into_any(),
    }
}

#[component]
fn Loaded(id: OrderId, restaurant: RestaurantId) -> impl IntoView {
    let session = expect_context::<Session>();
    set_title(order::name(id));
    let back = text::day_path(&restaurant, None);
    let history = LocalResource::new(move || {
        let restaurant = restaurant.clone();
        async move { api::order_history(session, &restaurant, id).await }
    });
    let skeleton = || view! { <Skeleton shape="skeleton-line" count=6 within="stack" /> };
    view! {
        <div class="page narrow stack">
            <OfficeNav />
            <A href=back attr:class="back">{text::BACK_TO_DAY}</A>
            <h1>{order::name(id)}</h1>
            <ClockHint />
            <Fetched resource=history skeleton let:history>
                <History history />
            </Fetched>
        </div>
    }
}

#[component]
fn History(history: OrderHistory) -> impl IntoView {
    let OrderHistory { order, latest_at, bill, events, phone_shown } = history;
    let events = events.into_iter().map(|event: HistoryEvent| {
        let text = text::history_event(&event, when);
        view! { <li class="item-row"><Time at=event.at /> <span class="item-name">{text}</span></li> }
            .into_any()
    });
    let nobody = phone_shown.is_empty().then_some(text::NOT_SHOWN);
    let shown = phone_shown.into_iter().map(|PhoneShown { at, actor }| {
        view! { <li class="item-row"><Time at /> <span>{text::who(&actor)}</span></li> }.into_any()
    });
    view! {
        <section class="panel">
            <p>{text::order_row(&order, money)}</p>
            <p>{text::payment(&order, money)}</p>
            <p>{latest_at.map(|at| text::promised(&when(at)))}</p>
        </section>
        <Costs bill />
        <section class="panel">
            <h2>{text::HISTORY}</h2>
            <ol class="menu-list">{events.collect_view()}</ol>
        </section>
        <section class="panel">
            <h2>{text::PHONE_SHOWN}</h2>
            <p>{nobody}</p>
            <ul class="menu-list">{shown.collect_view()}</ul>
        </section>
    }
}

/// The dishes as they were ordered, and what they and the order cost.
#[component]
fn Costs(bill: Bill) -> impl IntoView {
    let currency = bill.currency;
    let costs = text::costs(&bill, money).into_iter().map(|(name, cost)| {
        view! { <li class="item-row"><span class="item-name">{name}</span> <span>{cost}</span></li> }
            .into_any()
    });
    let costs = costs.collect_view();
    let lines = bill.lines.into_iter().map(
        |BillLine { name, quantity, options: chosen, total, .. }| {
            view! {
                <li class="item-row">
                    <span>{times(quantity)}</span>
                    <span class="item-name">{name} " " <small>{options(&chosen)}</small></span>
                    <span>{money(total, currency)}</span>
                </li>
            }
            .into_any()
        },
    );
    view! {
        <section class="panel">
            <h2>{text::DISHES}</h2>
            <ul class="menu-list">{lines.collect_view()}</ul>
            <ul class="menu-list">{costs}</ul>
        </section>
    }
}
