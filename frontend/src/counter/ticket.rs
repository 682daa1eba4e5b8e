use leptos::prelude::*;
use shared::{OrderId, Status, api::Ticket, menu::Restaurant, price::BillLine};

use super::{actions::Actions, alarm, board, store::Store, text};
use crate::{
    components::Dynamic,
    text::{
        format::{money, when},
        menu,
        order::number,
    },
};

/// An order as the kitchen needs it: all of it, without opening anything.
#[component]
pub fn TicketCard(
    /// The order.
    id: OrderId,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let ticket = store.ticket(id);
    // What was ordered does not change; the rest does.
    let Some(first) = ticket.get_untracked() else { return ().into_any() };
    let status = Memo::new(move |_| ticket.with(|it| it.as_ref().map(|it| it.status)));
    let class = move || {
        let is_unseen = ticket.with(|it| it.as_ref().is_some_and(alarm::is_unseen));
        let status = status.get().map_or("", Status::name);
        if is_unseen { format!("ticket {status} unseen") } else { format!("ticket {status}") }
    };
    let due_at = Memo::new(move |_| ticket.with(|it| it.as_ref().map(board::due)));
    let time = Memo::new(move |_| due_at.get().map(when).unwrap_or_default());
    let due = Memo::new(move |_| {
        ticket.with(|it| time.with(|time| Some(text::due(it.as_ref()?, time, store.now()))))
    });
    let due_class = move || match due.with(|due| due.as_ref().is_some_and(|due| due.is_late)) {
        true => "due late",
        false => "due",
    };
    let due_text = move || due.get().map(|due| due.text).unwrap_or_default();
    let news = move || {
        let ticket = ticket.get().filter(board::is_news)?;
        Some(view! { <p class="ticket-news">{text::news(&ticket)}</p> })
    };
    let is_unclaimed = move || {
        let has_none = ticket.with(|it| it.as_ref().is_some_and(alarm::has_no_courier));
        has_none && store.has_couriers()
    };
    let courier = Memo::new(move |_| {
        ticket.with(|it| text::courier(it.as_ref()?, store.has_couriers())).unwrap_or_default()
    });
    let heading = format!("ticket-{id}");
    let labelled = heading.clone();
    let Ticket { bill, note, payment, .. } = first;
    let total = money(bill.total, bill.currency);
    let paid = payment.is_on_delivery().then(|| text::to_collect(&total));
    let note = note.map(|note| view! { <p class="ticket-note">{note.as_ref().to_owned()}</p> });
    let lines = bill.lines.into_iter().map(|line| view! { <Line line /> }.into_any());
    view! {
        <article class=class aria-labelledby=labelled>
            <div class="ticket-head">
                <h3 id=heading tabindex="-1">{number(id)}</h3>
                <p class=due_class prop:textContent=due_text></p>
            </div>
            <Dynamic view=news />
            <ul class="lines">{lines.collect_view()}</ul>
            {note}
            <p class="ticket-paid">{paid}</p>
            <p
                class="ticket-courier"
                class:missing=is_unclaimed
                prop:textContent=move || courier.get()
            ></p>
            <Actions id ticket status />
        </article>
    }
    .into_any()
}

/// A line of a ticket: how many first, then what, how, and what somebody may have to avoid in it.
#[component]
fn Line(line: BillLine) -> impl IntoView {
    let store = expect_context::<Store>();
    let BillLine { dish_id, name, quantity, options, note, .. } = line;
    let options: Vec<String> = options.into_iter().map(|option| option.name).collect();
    let options = (!options.is_empty())
        .then(|| view! { <span class="line-options">{options.join(", ")}</span> });
    let note = note.map(|note| view! { <span class="line-note">{note.as_ref().to_owned()}</span> });
    let allergens = move || {
        let of_dish =
            |menu: &Restaurant| menu.dish(&dish_id).map(|dish| menu::contains(&dish.allergens));
        match store.with_menu(of_dish) {
            Some(Some(allergens)) => allergens,
            Some(None) => text::ALLERGENS_UNKNOWN.to_owned(),
            None => text::ALLERGENS_NOT_LOADED.to_owned(),
        }
    };
    view! {
        <li class="line">
            <b class="line-count">{quantity.get()} <span aria-hidden="true">"×"</span></b>
            <div>
                <span class="line-name">{name}</span>
                {options}
                {note}
                <span class="line-allergens" prop:textContent=allergens></span>
            </div>
        </li>
    }
}
