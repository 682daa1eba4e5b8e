use leptos::prelude::*;
use shared::staff::Action;

use super::{
    availability::{AvailabilityBands, AvailabilityButton},
    board::Column,
    head::{Head, Links, new_orders, restaurant_name},
    of_restaurant::{NotStaff, OfRestaurant},
    store::Store,
    text,
    ticket::TicketCard,
};
use crate::components::{If, KeyedRows, set_title};

/// The board of the restaurant that the address names.
#[component]
pub fn BoardPage() -> impl IntoView {
    view! { <OfRestaurant needs=Action::ReadOrders page=|several| view! { <Board several /> }.into_any() /> }
}

#[component]
fn Board(several: bool) -> impl IntoView {
    let store = expect_context::<Store>();
    let name = restaurant_name(store);
    set_title(Signal::derive(move || text::board_title(new_orders(store), &name.get())));
    let is_gone = move || store.failure().is_some_and(|error| error.is_not_found());
    view! {
        <If when=move || !is_gone() fallback=|| view! { <NotStaff /> }>
            <Head
                several
                is_stale=Signal::derive(move || store.is_stale())
                fetched_at=Signal::derive(move || store.fetched_at())
            >
                <AvailabilityButton />
                <Links />
            </Head>
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
