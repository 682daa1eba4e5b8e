use leptos::prelude::*;
use shared::{Command, OrderId, Reason};

use super::{collect::Collect, open::Open};
use crate::{
    components::{Dialog, Dynamic},
    counter::{
        choice::FAILURES,
        choose::ChoiceDialog,
        store::{Sender, Store},
        taps::{Card, Stage},
        text,
        undo::Undo,
    },
    text::order::number,
};

/// What a courier can do with a delivery now, also without a connection.
#[component]
pub fn DeliveryActions(
    /// The order.
    id: OrderId,
    /// Its delivery.
    card: Memo<Option<Card>>,
    /// How far it has come.
    stage: Memo<Option<Stage>>,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let waiting = Memo::new(move |_| store.waiting(id));
    let view = move || match (waiting.get(), stage.get()) {
        (Some(waiting), _) => view! { <Undo id waiting /> }.into_any(),
        (None, Some(Stage::Claimed)) => view! {
            <Press id text=text::PICKED_UP class="button" command=Command::HandOver />
            <GiveBack id />
        }
        .into_any(),
        (None, Some(stage @ (Stage::Carried | Stage::Nearby | Stage::AtDoor))) => {
            let nearby = (stage == Stage::Carried).then(|| {
                view! { <Press id text=text::NEARBY class="button second" command=Command::Nearby /> }
            });
            let at_door = matches!(stage, Stage::Carried | Stage::Nearby).then(|| {
                view! { <Press id text=text::AT_DOOR class="button second" command=Command::Arrive /> }
            });
            view! {
                <Collect id card />
                {nearby}
                {at_door}
                <Fail id card />
            }
            .into_any()
        }
        _ => ().into_any(),
    };
    view! {
        <div class="ticket-actions">
            <Dynamic view />
        </div>
    }
}

/// A button that does something at once.
#[component]
fn Press(id: OrderId, text: &'static str, class: &'static str, command: Command) -> impl IntoView {
    let store = expect_context::<Store>();
    view! {
        <button
            type="button"
            class=class
            aria-label=text::of_order(text, id)
            on:click=move |_| store.press(id, &command)
        >
            {text}
        </button>
    }
}

/// Gives the order back, for a reason.
#[component]
fn GiveBack(id: OrderId) -> impl IntoView {
    let store = expect_context::<Store>();
    let asking = RwSignal::new(false);
    let dialog = move || {
        asking.get().then(|| {
            let title = format!("{} {}?", text::GIVE_BACK, number(id));
            let choice =
                |(reason, text): (Reason, &str)| (text.to_owned(), Command::Release { reason });
            let choices = text::GIVE_BACKS.map(choice).to_vec();
            let chosen = move |command: Command| store.press(id, &command);
            view! { <ChoiceDialog title hint=text::GIVE_BACK_HINT choices chosen asking /> }
        })
    };
    view! {
        <Open id text=text::GIVE_BACK class="quiet" asking />
        <Dynamic view=dialog />
    }
}

/// Says that the order could not be handed over, for a reason; it can be undone for a while.
#[component]
fn Fail(id: OrderId, card: Memo<Option<Card>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let asking = RwSignal::new(false);
    let at_door = move || card.with(|it| it.as_ref().and_then(|it| it.delivery.at_door_at));
    let is_early = move || !text::has_waited(at_door(), store.now());
    let button = move |reason: Reason| {
        let text = text::reason_name(&reason);
        let must_wait = reason == Reason::NobodyThere;
        let is_blocked = move || must_wait && is_early();
        let label = move || match must_wait {
            true => text::nobody_there(at_door(), store.now()),
            false => text.to_owned(),
        };
        let choose = move |_| {
            if !untrack(is_blocked) {
                asking.set(false);
                store.send_later(Sender::Courier, id, Command::Fail { reason: reason.clone() });
            }
        };
        view! {
            <button
                type="button"
                class="button second"
                aria-disabled=move || is_blocked().to_string()
                prop:textContent=label
                on:click=choose
            ></button>
        }
        .into_any()
    };
    let dialog = move || {
        asking.get().then(|| {
            let title = format!("{}: {}", text::NOT_DELIVERED, number(id));
            view! {
                <Dialog label=title.clone() on_close=move |()| asking.set(false)>
                    <div class="ask">
                        <h2>{title}</h2>
                        <p>{text::NOT_DELIVERED_HINT}</p>
                        <div class="choices">{FAILURES.map(button).into_iter().collect_view()}</div>
                    </div>
                </Dialog>
            }
        })
    };
    view! {
        <Open id text=text::NOT_DELIVERED class="quiet danger" asking />
        <Dynamic view=dialog />
    }
}
