use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use shared::{
    RestaurantId,
    api::{Membership, Memberships},
    staff::{Action, may},
};

use super::{
    api,
    availability::{AvailabilityBands, AvailabilityButton},
    board::Column,
    shift::ShiftBar,
    store::Store,
    text,
    ticket::TicketCard,
};
use crate::{
    components::{Empty, Fetched, If, KeyedRows, Skeleton, set_title},
    session::Session,
    text::format::when,
};

/// The board of the restaurant that the address names.
#[component]
pub fn BoardPage() -> impl IntoView {
    let (session, store) = (expect_context::<Session>(), expect_context::<Store>());
    let restaurant = use_params_map()
        .with_untracked(|params| params.get("restaurant"))
        .and_then(|id| id.parse::<RestaurantId>().ok());
    let memberships = LocalResource::new(move || api::memberships(session));
    let show = move |Memberships { memberships }: Memberships| {
        let several = memberships.len() > 1;
        let here = |member: &Membership| Some(&member.restaurant_id) == restaurant.as_ref();
        match memberships.into_iter().find(here) {
            Some(member) if !may(member.role, Action::ReadOrders) => view! {
                <div class="page narrow">
                    <h1>{text::TITLE}</h1>
                    <Empty heading=text::NO_BOARD hint=text::NO_BOARD_HINT />
                </div>
            }
            .into_any(),
            Some(member) => {
                store.open(member);
                view! { <Board several /> }.into_any()
            }
            None => view! { <NotStaff /> }.into_any(),
        }
    };
    let skeleton = || view! { <Skeleton shape="skeleton-restaurant" count=3 within="board" /> };
    view! {
        <Fetched resource=memberships skeleton let:memberships>
            {show(memberships)}
        </Fetched>
    }
}

#[component]
fn NotStaff() -> impl IntoView {
    set_title(text::TITLE);
    view! {
        <div class="page narrow">
            <h1>{text::TITLE}</h1>
            <Empty heading=text::NOT_STAFF hint=text::NOT_STAFF_HINT>
                <A href="/counter" attr:class="button">{text::MY_RESTAURANTS}</A>
            </Empty>
        </div>
    }
}

#[component]
fn Board(several: bool) -> impl IntoView {
    let store = expect_context::<Store>();
    let name = Signal::derive(move || {
        store.with_menu(|menu| menu.card.name.clone()).unwrap_or_else(|| text::TITLE.to_owned())
    });
    set_title(Signal::derive(move || {
        let new = store.with(|board| board.column(Column::New).len());
        text::board_title(new, &name.get())
    }));
    let people = store.may(Action::ReadPeople).then(|| {
        let href = move || store.restaurant().map(|id| text::people_path(&id)).unwrap_or_default();
        view! { <A href=href attr:class="quiet">{text::PEOPLE}</A> }
    });
    let is_gone = move || store.failure().is_some_and(|error| error.is_not_found());
    view! {
        <header class="board-head">
            <h1>{name}</h1>
            <Freshness />
            <nav class="actions">
                <AvailabilityButton />
                {people}
                {several.then(|| view! { <A href="/counter" attr:class="quiet">{text::SWITCH}</A> })}
                <button type="button" class="quiet" on:click=move |_| store.sign_out()>
                    {text::SIGN_OUT}
                </button>
            </nav>
        </header>
        <ShiftBar />
        <AvailabilityBands />
        <If when=move || !is_gone() fallback=|| view! { <NotStaff /> }>
            <div class="board">
                <TicketColumn column=Column::New />
                <TicketColumn column=Column::Kitchen />
                <div class="board-last">
                    <TicketColumn column=Column::Ready />
                    <TicketColumn column=Column::OnTheWay />
                </div>
            </div>
        </If>
    }
}

/// How old the board is.
#[component]
fn Freshness() -> impl IntoView {
    let store = expect_context::<Store>();
    let since = move || store.fetched_at().map(when);
    let class = move || match store.is_stale() {
        true => "connection reconnecting",
        false => "connection live",
    };
    let label = move || match (store.is_stale(), since()) {
        (_, None) => crate::text::LOADING.to_owned(),
        (false, Some(_)) => crate::text::LIVE.to_owned(),
        (true, Some(since)) => text::offline_since(&since),
    };
    view! {
        <p class=class role="status">
            <span class="connection-dot" aria-hidden="true"></span>
            <span prop:textContent=label></span>
        </p>
    }
}

#[component]
fn TicketColumn(column: Column) -> impl IntoView {
    let store = expect_context::<Store>();
    let orders = Memo::new(move |_| store.with(|board| board.column(column)));
    let rows = Signal::derive(move || {
        let row = |id: shared::OrderId| {
            let show = move || view! { <TicketCard id /> };
            (id.to_string(), ViewFn::from(show))
        };
        orders.get().into_iter().map(row).collect::<Vec<_>>()
    });
    let (name, empty) = text::column(column);
    let id = format!("column-{}", text::column_id(column));
    let heading = id.clone();
    view! {
        <section class="column" aria-labelledby=heading>
            <h2 id=id>
                {name} " " <span class="badge" prop:textContent=move || orders.with(Vec::len).to_string()></span>
            </h2>
            <If when=move || orders.with(Vec::is_empty)>
                <p class="column-empty">{empty}</p>
            </If>
            <KeyedRows rows />
        </section>
    }
}
