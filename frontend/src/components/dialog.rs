use leptos::{ev::MouseEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlDialogElement, HtmlElement};

use crate::{
    browser,
    components::Button,
    drawn::{Draw, Drawn, Press, press},
    text,
};

/// A modal dialog: the browser keeps the focus in it, and Escape closes it.
#[component]
pub fn Dialog(
    /// What it is about, for a screen reader.
    #[prop(into)]
    label: String,
    /// Its class.
    class: &'static str,
    /// It was closed.
    close: Callback<()>,
    /// What it shows.
    content: Drawn,
) -> Drawn {
    // A click on the dialog itself, not on what is in it, is one on the backdrop.
    let outside: Press = Box::new(move |click: MouseEvent| {
        if click.target() == click.current_target() {
            close.run(());
        }
    });
    let closed: Box<dyn FnMut(Event)> = Box::new(move |_| close.run(()));
    // What had the focus gets it back, wherever the dialog went.
    let before = browser::document().active_element();
    browser::soon(|| {
        let dialog = browser::document().query_selector("dialog:not([open])").ok().flatten();
        if let Some(dialog) = dialog {
            let _ = dialog.unchecked_ref::<HtmlDialogElement>().show_modal();
        }
    });
    let before = send_wrapper::SendWrapper::new(before);
    on_cleanup(move || {
        let before = before.take();
        browser::soon(move || {
            if let Some(before) = before {
                let _ = before.unchecked_ref::<HtmlElement>().focus();
            }
        });
    });
    view! {
        <dialog class=class aria-label=label on:close=closed on:click=outside>
            <div class="dialog-body">
                <button
                    type="button"
                    class="dialog-close round"
                    aria-label=text::CLOSE
                    on:click=press(move || close.run(()))
                >
                    <span class="icon cross"></span>
                </button>
                {content}
            </div>
        </dialog>
    }
    .draw()
}

/// A question before something that cannot be taken back.
#[component]
pub fn Ask(
    /// The question.
    title: &'static str,
    /// What a yes means.
    hint: String,
    /// The class of the yes.
    class: &'static str,
    /// What the yes says.
    yes: &'static str,
    /// What the yes does.
    act: Callback<()>,
    /// It was closed, after a yes too.
    close: Callback<()>,
) -> Drawn {
    let agreed = Callback::new(move |()| {
        close.run(());
        act.run(());
    });
    let content = view! {
        <div class="ask">
            <h2>{title}</h2>
            <p>{hint}</p>
            <div class="actions">
                <Button class=class text=yes act=agreed />
                <Button class="button second" text=text::CANCEL act=close />
            </div>
        </div>
    };
    view! { <Dialog label=title class="dialog" close content=content.draw() /> }.draw()
}
