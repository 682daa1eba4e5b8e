use leptos::prelude::*;
use shared::{Command, OrderId};

use super::{store::Store, text};
use crate::components::{Dialog, Dynamic};

/// A button that asks which of several commands to send: two presses, so that none is sent by mistake.
#[component]
pub fn Choose(
    id: OrderId,
    button: &'static str,
    class: &'static str,
    title: String,
    hint: &'static str,
    /// The commands, with what their buttons say.
    #[prop(into)]
    choices: Callback<(), Vec<(String, Command)>>,
    send: fn(Store, OrderId, Command),
    /// What else is done when it asks.
    #[prop(optional)]
    on_open: Option<fn(Store)>,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let asking = RwSignal::new(false);
    let blocked = move || store.is_blocked(id);
    // Shown if whoever is signed in may do one of them, which are all of one kind.
    let first = untrack(|| choices.run(())).into_iter().next();
    let may = first.is_some_and(|(_, command)| store.may(command.action()));
    let chosen = move |command: Command| match untrack(blocked) {
        true => store.say_blocked(id),
        false => send(store, id, command),
    };
    let dialog = move || {
        let title = asking.get().then(|| title.clone())?;
        let choices = choices.run(());
        Some(view! { <ChoiceDialog title hint choices chosen asking /> })
    };
    may.then(|| {
        view! {
            <button
                type="button"
                class=class
                aria-label=text::of_order(button, id)
                aria-disabled=move || blocked().to_string()
                on:click=move |_| {
                    if !untrack(blocked) {
                        asking.set(true);
                        if let Some(on_open) = on_open {
                            on_open(store);
                        }
                    }
                }
            >
                {button}
            </button>
            <Dynamic view=dialog />
        }
    })
}

/// Asks which of several commands to send.
#[component]
pub fn ChoiceDialog(
    title: String,
    hint: &'static str,
    /// The commands, with what their buttons say.
    choices: Vec<(String, Command)>,
    /// Takes the one that was chosen.
    #[prop(into)]
    chosen: Callback<Command>,
    /// Whether it is open.
    asking: RwSignal<bool>,
) -> impl IntoView {
    let buttons = choices.into_iter().map(move |(label, command)| {
        let choose = move |_| {
            asking.set(false);
            chosen.run(command.clone());
        };
        view! {
            <button type="button" class="button second" on:click=choose>
                {label}
            </button>
        }
    });
    view! {
        <Dialog label=title.clone() on_close=move |()| asking.set(false)>
            <div class="ask">
                <h2>{title}</h2>
                <p>{hint}</p>
                <div class="choices">{buttons.collect_view()}</div>
            </div>
        </Dialog>
    }
}
