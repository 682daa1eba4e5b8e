//! What a courier does, on a phone: the shift, what waits for a courier, and what they bring, for one restaurant or
//! for all of theirs.

mod actions;
mod card;
mod collect;
mod from;
mod map;
mod offers;
mod open;
mod shift;

use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};
use shared::{OrderId, api::Memberships, staff::Action};

use self::{card::DeliveryCard, offers::Offers, shift::ShiftSection};
use super::{
    api,
    head::{Head, restaurant_name},
    of_restaurant::{NotStaff, OfRestaurant},
    sound,
    store::Store,
    taps::Tap,
    text,
    workplaces::Workplaces,
};
use crate::{
    components::{Dynamic, Fetched, If, KeyedRows, Skeleton, set_title},
    session::Session,
};

/// What there is to deliver for the restaurant that the address names.
#[component]
pub fn DeliveriesPage() -> impl IntoView {
    view! {
        <OfRestaurant needs=Action::Deliver page=|several| view! { <Deliveries several /> }.into_any() />
    }
}

/// What there is to deliver for all restaurants of a courier who works for several.
#[component]
pub fn AllDeliveriesPage() -> impl IntoView {
    let (session, store) = (expect_context::<Session>(), expect_context::<Store>());
    let navigate = use_navigate();
    let memberships = LocalResource::new(move || api::memberships(session));
    let show = move |Memberships { memberships }: Memberships| {
        let couriers = text::couriers(memberships);
        if couriers.len() < 2 {
            navigate("/counter", NavigateOptions { replace: true, ..Default::default() });
            return ().into_any();
        }
        store.open_all(couriers);
        view! { <Deliveries several=true /> }.into_any()
    };
    let skeleton = || view! { <Skeleton shape="skeleton-restaurant" count=3 within="board" /> };
    view! {
        <Fetched resource=memberships skeleton let:memberships>
            {show(memberships)}
        </Fetched>
    }
}

#[component]
fn Deliveries(several: bool) -> impl IntoView {
    let store = expect_context::<Store>();
    store.show_deliveries();
    let name = restaurant_name(store);
    set_title(Signal::derive(move || {
        let now = store.now();
        let offers = store.with_places(|places| places.offers(now).len());
        text::board_title(offers, &format!("{} · {}", text::DELIVERIES, name.get()))
    }));
    let is_gone = move || {
        store.with_places(|places| {
            !places.is_several() && places.failure().is_some_and(text::is_no_staff)
        })
    };
    let restaurant = untrack(|| store.restaurant()).filter(|_| store.may(Action::ReadOrders));
    let board = StoredValue::new(restaurant.map(|restaurant| text::board_path(&restaurant)));
    // A browser lets a page be heard once somebody has pressed something in it.
    let pressed = move |_| {
        if untrack(|| store.on_shift_until()).is_some() && !sound::is_on() {
            sound::unlock(None);
        }
    };
    view! {
        <If when=move || !is_gone() fallback=|| view! { <NotStaff /> }>
            <Head
                several
                is_stale=Signal::derive(move || store.deliveries_failure().is_some())
                fetched_at=Signal::derive(move || store.deliveries_fetched_at())
            >
                {board.get_value().map(|href| view! { <A href attr:class="quiet">{text::ORDERS}</A> })}
            </Head>
            <div class="page narrow deliveries" on:click=pressed>
                <ShiftSection />
                <Mine />
                <Offers />
            </div>
        </If>
    }
}

/// What the courier brings, and what they pressed for orders that are not here.
#[component]
fn Mine() -> impl IntoView {
    let store = expect_context::<Store>();
    let orders = Memo::new(move |_| {
        store.with_places(|places| {
            places.claimed().into_iter().map(|it| it.order_id).collect::<Vec<_>>()
        })
    });
    let is_loaded = Memo::new(move |_| store.with_places(Workplaces::is_loaded));
    let rows = Signal::derive(move || {
        let row = |id: OrderId| {
            let show = move || view! { <DeliveryCard id /> };
            (id.to_string(), ViewFn::from(show))
        };
        orders.get().into_iter().map(row).collect::<Vec<_>>()
    });
    let kept = move || {
        let is_elsewhere = |tap: &&Tap| orders.with(|orders| !orders.contains(&tap.order_id));
        let line = |tap: &Tap| text::kept(tap.event, tap.order_id);
        let lines =
            store.with_taps(|taps| taps.iter().filter(is_elsewhere).map(line).collect::<Vec<_>>());
        lines.into_iter().map(|line| view! { <p class="delivery-kept">{line}</p> }).collect_view()
    };
    view! {
        <section class="column" aria-labelledby="deliveries-mine">
            <h2 id="deliveries-mine" tabindex="-1">
                {text::MINE} " "
                <span class="badge" hidden=move || !is_loaded.get() prop:textContent=move || orders.with(Vec::len).to_string()></span>
            </h2>
            <If when=move || is_loaded.get() && orders.with(Vec::is_empty)>
                <p class="column-empty">{text::NONE_MINE}</p>
            </If>
            <KeyedRows rows />
            <Dynamic view=kept />
        </section>
    }
}
