use leptos::prelude::*;

use crate::{browser, store::use_store, text};

/// Sentences above the page: a session that ended, a newer version, dishes that left the cart.
#[component]
pub fn Notices() -> AnyView {
    let store = use_store();
    let expired = move || {
        let put_away = Callback::new(move |()| store.session.acknowledge());
        store.session.expired().then(|| notice(text::EXPIRED.to_owned(), put_away))
    };
    let other = move || {
        let put_away = Callback::new(move |()| store.notice.set(None));
        store.notice.get().map(|sentence| notice(sentence, put_away))
    };
    let outdated = move || {
        store.outdated.get().then(|| {
            view! {
                <p class="notice">
                    <span>{text::OUTDATED}</span>
                    <button type="button" class="quiet" on:click=|_| browser::reload()>
                        {text::RELOAD}
                    </button>
                </p>
            }
        })
    };
    view! { <div class="notices" role="status">{expired} {other} {outdated}</div> }.into_any()
}

fn notice(sentence: String, put_away: Callback<()>) -> AnyView {
    view! {
        <p class="notice">
            <span>{sentence}</span>
            <button
                type="button"
                class="quiet"
                aria-label=text::DISMISS
                on:click=move |_| put_away.run(())
            >
                <span class="icon cross"></span>
            </button>
        </p>
    }
    .into_any()
}
