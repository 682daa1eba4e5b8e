use leptos::prelude::*;

use crate::{
    browser,
    components::Button,
    drawn::{Draw, Drawn, live},
    store::{Notice, use_store},
    text,
};

/// Sentences above the page: a session that ended, a newer version, dishes that left the cart.
#[component]
pub fn Notices() -> Drawn {
    let store = use_store();
    let expired = move || {
        let put_away = Callback::new(move |()| store.session.acknowledge());
        let shown = store.session.expired().then(|| text::EXPIRED.to_owned());
        notice(shown, text::DISMISS, put_away)
    };
    let other = move || {
        let Some(Notice { text, undo }) = store.notice.get() else { return Drawn::nothing() };
        let button = if undo.is_some() { text::UNDO } else { text::DISMISS };
        let act = Callback::new(move |()| match undo.clone() {
            Some(removed) => store.put_back(removed),
            None => store.notice.set(None),
        });
        notice(Some(text), button, act)
    };
    let outdated = move || {
        let reload = Callback::new(|()| browser::reload());
        notice(store.outdated.get().then(|| text::OUTDATED.to_owned()), text::RELOAD, reload)
    };
    view! {
        <div class="notices" role="status">{live(expired)} {live(other)} {live(outdated)}</div>
    }
    .draw()
}

fn notice(sentence: Option<String>, button: &'static str, act: Callback<()>) -> Drawn {
    sentence
        .map(|sentence| {
            view! {
                <p class="notice">
                    <span>{sentence}</span>
                    <Button class="quiet" text=button act />
                </p>
            }
            .draw()
        })
        .into()
}
