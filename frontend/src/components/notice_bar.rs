use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::Dynamic;
use crate::{
    browser,
    session::Session,
    state::{
        cart::CartStore,
        connection::Connection,
        notices::{Notice, Notices},
    },
    text,
};

/// Sentences over the page: a session that ended, a newer version, an item that was removed.
#[component]
pub fn NoticeBar() -> impl IntoView {
    let session = expect_context::<Session>();
    let connection = expect_context::<Connection>();
    let (cart, notices) = (expect_context::<CartStore>(), expect_context::<Notices>());
    // What was put back on another page is not new on this one.
    let pathname = use_location().pathname;
    Effect::watch(move || pathname.get(), move |_, _, _| _ = cart.take_restored(), false);
    let expired = move || {
        let dismiss = move || session.acknowledge();
        session
            .expired()
            .then(|| sentence(text::SESSION_EXPIRED.to_owned(), text::DISMISS, dismiss))
    };
    let notice = move || {
        let Notice { text, undo } = notices.notice.get()?;
        let button = if undo.is_some() { text::UNDO } else { text::DISMISS };
        let act = move || {
            match undo.clone() {
                Some(removed) => cart.restore(removed),
                None => notices.notice.set(None),
            }
            // A basket on the page that shows the line again gives it the focus, once it does.
            browser::focus("#main");
        };
        Some(sentence(text, button, act))
    };
    let outdated = move || {
        let outdated = connection.outdated.get();
        outdated.then(|| sentence(text::NEW_VERSION.to_owned(), text::RELOAD, browser::reload))
    };
    view! {
        <div class="notices" role="status">
            <Dynamic view=expired /> <Dynamic view=notice /> <Dynamic view=outdated />
        </div>
    }
}

/// A sentence with the button that answers it.
pub fn sentence(text: String, button: &'static str, on_press: impl Fn() + 'static) -> AnyView {
    view! {
        <p class="notice">
            <span>{text}</span>
            <button type="button" class="quiet" on:click=move |_| on_press()>
                {button}
            </button>
        </p>
    }
    .into_any()
}
