use leptos::prelude::*;
use leptos_router::components::A;
use shared::{Status, api::Ticket, staff::Action};

use super::{
    availability::{AvailabilityBands, AvailabilityButton},
    board::Column,
    of_restaurant::{NotStaff, OfRestaurant},
    store::Store,
    text,
    ticket::TicketCard,
};
use crate::{
    components::{If, KeyedRows, set_title},
    text::format::when,
};

/// The board of the restaurant that the address names.
#[component]
pub fn BoardPage() -> impl IntoView {
    view! { <OfRestaurant page=|several| view! { <Board several /> }.into_any() /> }
}

#[component]
fn Board(several: bool) -> impl IntoView {
    let store = expect_context::<Store>();
    let name = Signal::derive(move || {
        store.with_menu(|menu| menu.card.name.clone()).unwrap_or_else(|| text::TITLE.to_owned())
    });
    set_title(Signal::derive(move || {
        let is_new = |ticket: &&Ticket| ticket.status == Status::Placed;
        let new = store.with(|board| board.tickets().filter(is_new).count());
        text::board_title(new, &name.get())
    }));
    let is_gone = move || store.failure().is_some_and(|error| error.is_not_found());
    view! {
        <If when=move || !is_gone() fallback=|| view! { <NotStaff /> }>
            <Head name several />
            <AvailabilityBands />
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

/// The restaurant's name, how old the board is, and what leads elsewhere.
#[component]
fn Head(name: Signal<String>, several: bool) -> impl IntoView {
    let store = expect_context::<Store>();
    let today = store.may(Action::ReadFigures).then(|| {
        let href =
            move || store.restaurant().map(|id| text::day_path(&id, None)).unwrap_or_default();
        view! { <A href=href attr:class="quiet">{text::TODAY}</A> }
    });
    let people = store.may(Action::ReadPeople).then(|| {
        let href = move || store.restaurant().map(|id| text::people_path(&id)).unwrap_or_default();
        view! { <A href=href attr:class="quiet">{text::PEOPLE}</A> }
    });
    view! {
        <header class="board-head">
            <h1>{name}</h1>
            <Freshness />
            <nav class="actions">
                <AvailabilityButton />
                {today}
                {people}
                {several.then(|| view! { <A href="/counter" attr:class="quiet">{text::SWITCH}</A> })}
                <button type="button" class="quiet" on:click=move |_| store.sign_out()>
                    {text::SIGN_OUT}
                </button>
            </nav>
        </header>
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
        (false, None) => crate::text::LOADING.to_owned(),
        (true, None) => text::NOT_LOADED.to_owned(),
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
