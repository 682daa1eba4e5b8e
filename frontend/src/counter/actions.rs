//! What can be done with an order now.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Command, OrderId, Reason, Status,
    api::{Courier, Ticket},
    staff::Action,
    text::Phone,
};

use super::{
    availability::{Refusal, SoldOutLines},
    choice::Choice,
    choose::Choose,
    store::{Sender, Store},
    text,
    undo::Undo,
};
use crate::{
    components::{Dialog, Dynamic, If},
    text::{format::when, order::number},
};

/// The minutes by which a promise is changed in one press.
const STEP: u16 = 5;
/// The minutes by which an order can be delayed.
const LATER_BY: [u16; 3] = [5, 10, 20];

/// The buttons of a ticket. What a role may not do is not shown; nothing can be done while the board may be
/// out of date.
#[component]
pub fn Actions(
    /// The order.
    id: OrderId,
    /// Its ticket.
    ticket: Memo<Option<Ticket>>,
    /// Its status.
    status: Memo<Option<Status>>,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let waiting = Memo::new(move |_| store.waiting(id));
    let view = move || {
        match waiting.get() {
        Some(waiting) => view! { <Undo id waiting /> }.into_any(),
        None => match status.get() {
            Some(Status::Placed) => view! { <Answer id ticket /> }.into_any(),
            Some(Status::Accepted) => view! {
                <Press id text=text::READY main=true command=|| Command::Ready />
                <Later id />
                <Assign id />
                <End id ticket choice=Choice::Cancel />
                <SoldOut id ticket />
            }
            .into_any(),
            Some(Status::Ready) => view! {
                <Press id text=text::HAND_OVER main=true command=|| Command::HandOver />
                <Assign id />
                <End id ticket choice=Choice::Cancel />
            }
            .into_any(),
            Some(Status::PickedUp) => view! {
                <Press id text=text::DELIVERED main=true command=|| Command::Deliver { collected: None } />
                <Assign id />
                <End id ticket choice=Choice::Fail />
            }
            .into_any(),
            Some(Status::Cancelled) => view! {
                <Press id text=text::REMOVE command=|| Command::See />
            }
            .into_any(),
            _ => ().into_any(),
        },
    }
    };
    view! {
        <div class="ticket-actions">
            <Dynamic view />
            <CustomerNumber id />
        </div>
    }
}

/// A button that sends a command at once.
#[component]
fn Press(
    id: OrderId,
    #[prop(into)] text: Signal<String>,
    #[prop(optional)] main: bool,
    #[prop(into)] command: Callback<(), Command>,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let allowed = store.may(Action::Make(untrack(|| command.run(()).event())));
    let blocked = move || store.is_blocked(id);
    let press = move |_| {
        if !untrack(blocked) {
            store.send(id, command.run(()));
        }
    };
    allowed.then(|| {
        view! {
            <button
                type="button"
                class=if main { "button" } else { "button second" }
                aria-label=move || text::of_order(&text.get(), id)
                aria-disabled=move || blocked().to_string()
                on:click=press
            >
                {move || text.get()}
            </button>
        }
    })
}

/// Takes the order with the minutes that it needs, or does not.
#[component]
fn Answer(id: OrderId, ticket: Memo<Option<Ticket>>) -> impl IntoView {
    let store = expect_context::<Store>();
    // As the order was placed with, until somebody changes it.
    let chosen = RwSignal::new(None::<u16>);
    let usual = move || ticket.with(|it| it.as_ref().map_or(0, |it| it.preparation_minutes));
    let minutes = move || chosen.get().unwrap_or_else(usual);
    let change = move |wanted: u16| {
        if (1..=Command::MAX_MINUTES).contains(&wanted) {
            chosen.set(Some(wanted));
        }
    };
    let accept = Signal::derive(move || text::accept(minutes()));
    let command = move || Command::Accept { minutes: chosen.get_untracked() };
    let may = store.may(Action::Make(shared::EventName::Accepted));
    let step = move |text: String, label: String, to: fn(u16, u16) -> u16| {
        view! {
            <button
                type="button"
                class="button second"
                aria-label=label
                on:click=move |_| change(to(untrack(minutes), STEP))
            >
                {text}
            </button>
        }
    };
    let answer = may.then(|| {
        view! {
            <div class="answer">
                {step(text::minus(STEP), text::fewer(STEP, id), u16::saturating_sub)}
                <Press id text=accept main=true command />
                {step(text::plus(STEP), text::more(STEP, id), u16::saturating_add)}
            </div>
        }
    });
    view! {
        {answer}
        <End id ticket choice=Choice::Decline />
        <SoldOut id ticket />
    }
}

/// Promises a later time.
#[component]
fn Later(id: OrderId) -> impl IntoView {
    let choices = |()| {
        let delays = LATER_BY.map(|minutes| Command::Delay { minutes, reason: Reason::TooBusy });
        LATER_BY.map(text::later).into_iter().zip(delays).collect()
    };
    let (button, title) = (text::LATER, text::later_title(id));
    let class = "button second";
    view! { <Choose id button class title hint=text::LATER_HINT choices send=Store::send /> }
}

/// Says who brings the order, or that somebody else does; those who are on shift first.
#[component]
fn Assign(id: OrderId) -> impl IntoView {
    let store = expect_context::<Store>();
    // Shifts begin and end, and nothing is pushed of that.
    let couriers = Memo::new(move |_| store.with(|board| board.couriers().to_vec()));
    let choices = move |()| {
        let now = untrack(|| store.now());
        let choice = |it: &Courier| {
            let until = it.on_shift_until.filter(|until| now < *until);
            let label = text::courier_choice(it, until.map(when).as_deref());
            (until.is_some(), (label, Command::Assign { courier: it.user_id }))
        };
        let all: Vec<_> = couriers.with(|couriers| couriers.iter().map(choice).collect());
        let (on, off): (Vec<_>, Vec<_>) = all.into_iter().partition(|(is_on, _)| *is_on);
        on.into_iter().chain(off).map(|(_, choice)| choice).collect::<Vec<_>>()
    };
    let (button, class) = (text::ASSIGN, "button second");
    let choose = move || {
        let (title, hint) = (text::assign_title(id), text::ASSIGN_HINT);
        let on_open = Store::refetch;
        view! { <Choose id button class title hint choices send=Store::send on_open /> }.into_any()
    };
    view! { <If when=Signal::derive(move || store.has_couriers())>{choose}</If> }
}

fn send_later(store: Store, id: OrderId, command: Command) {
    store.send_later(Sender::Board, id, command);
}

/// Ends an order, for a reason; it can be undone for a while.
#[component]
fn End(id: OrderId, ticket: Memo<Option<Ticket>>, choice: Choice) -> impl IntoView {
    let (button, title, hint) = text::choice(choice);
    let title = format!("{title} {}?", number(id));
    let choices = move |()| {
        let Some(ticket) = ticket.get_untracked() else { return Vec::new() };
        let reasons = choice.reasons(&ticket).into_iter();
        reasons.map(|reason| (text::reason(&reason, &ticket), choice.command(reason))).collect()
    };
    let class = "quiet danger";
    view! { <Choose id button class title hint choices send=send_later /> }
}

/// Takes off the menu what an order shows to have run out, without an answer to the order.
#[component]
fn SoldOut(id: OrderId, ticket: Memo<Option<Ticket>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let asking = RwSignal::new(false);
    let dialog = move || {
        asking.get().then(|| {
            let lines = ticket.get_untracked().map(|ticket| ticket.bill.lines).unwrap_or_default();
            view! {
                <Dialog label=text::RAN_OUT_TITLE on_close=move |()| asking.set(false)>
                    <div class="ask">
                        <h2>{text::RAN_OUT_TITLE}</h2>
                        <Refusal />
                        <p>{text::SOLD_OUT_HINT}</p>
                        <SoldOutLines lines />
                    </div>
                </Dialog>
            }
        })
    };
    store.may(Action::SetAvailability).then(|| {
        view! {
            <button
                type="button"
                class="quiet"
                aria-label=text::of_order(text::RAN_OUT, id)
                on:click=move |_| {
                    store.refusal().set(None);
                    asking.set(true);
                }
            >
                {text::RAN_OUT}
            </button>
            <Dynamic view=dialog />
        }
    })
}

/// Shows the customer's phone number to who may see it; the order's history says who did.
#[component]
fn CustomerNumber(id: OrderId) -> impl IntoView {
    let store = expect_context::<Store>();
    let shown = RwSignal::new(None::<Option<Phone>>);
    let ask = move |_| {
        spawn_local(async move {
            if let Some(phone) = store.phone(id).await {
                shown.set(Some(phone));
            }
        });
    };
    let view = move || match shown.get() {
        Some(Some(phone)) => {
            let number = phone.as_ref().to_owned();
            view! {
                <a class="quiet" href=phone.uri()>
                    {number}
                </a>
            }
            .into_any()
        }
        Some(None) => view! { <p>{text::NO_PHONE}</p> }.into_any(),
        None => view! {
            <button
                type="button"
                class="quiet"
                aria-label=text::of_order(text::SHOW_PHONE, id)
                on:click=ask
            >
                {text::SHOW_PHONE}
            </button>
        }
        .into_any(),
    };
    store.may(Action::RevealPhone).then(|| view! { <Dynamic view /> })
}
