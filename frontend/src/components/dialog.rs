use leptos::{html, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{browser, text};

/// A modal dialog: the browser keeps the focus in it, and Escape closes it.
#[component]
pub fn Dialog(
    /// What it is about, for a screen reader.
    #[prop(into)]
    label: String,
    /// Its class.
    #[prop(default = "dialog")]
    class: &'static str,
    /// It was closed. May run more than once.
    #[prop(into)]
    on_close: Callback<()>,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        // An element that is not in the document yet cannot be shown.
        request_animation_frame(move || {
            if dialog.is_connected() && !dialog.open() && dialog.show_modal().is_err() {
                let _ = dialog.set_attribute("open", "");
            }
        });
    });
    return_focus_on_cleanup();
    view! {
        <dialog
            class=class
            aria-label=label
            node_ref=node
            on:close=move |_| {
                on_close.try_run(());
            }
            on:click=move |click| {
                // A click on the dialog itself, not on what is in it, is one on the backdrop.
                if click.target() == click.current_target() {
                    on_close.run(());
                }
            }
        >
            <div class="dialog-body">
                <button
                    type="button"
                    class="dialog-close round"
                    aria-label=text::CLOSE
                    on:click=move |_| on_close.run(())
                >
                    <span class="icon cross" aria-hidden="true"></span>
                </button>
                {children()}
            </div>
        </dialog>
    }
}

/// Gives the focus back to what had it, or to the page if that is gone.
fn return_focus_on_cleanup() {
    let before = document().active_element();
    let before =
        SendWrapper::new(before.and_then(|element| element.dyn_into::<HtmlElement>().ok()));
    // The active element is `body` when nothing has the focus.
    let can_have_it =
        |element: &HtmlElement| element.is_connected() && element.tag_name() != "BODY";
    on_cleanup(move || {
        let before = before.take();
        request_animation_frame(move || match before.filter(can_have_it) {
            Some(before) => drop(before.focus()),
            None => browser::focus("#main"),
        });
    });
}

/// Asks before something that cannot be undone.
#[component]
pub fn Confirm(
    /// The question.
    #[prop(into)]
    title: String,
    /// What a yes means.
    #[prop(into)]
    hint: String,
    /// The button that says yes.
    yes: &'static str,
    /// The button that says no.
    no: &'static str,
    /// Whether a yes destroys something.
    #[prop(optional)]
    danger: bool,
    /// What a yes does.
    #[prop(into)]
    on_yes: Callback<()>,
    /// It was closed, after a yes too.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    view! {
        <Dialog label=title.clone() on_close>
            <div class="ask">
                <h2>{title}</h2>
                <p>{hint}</p>
                <div class="actions">
                    <button
                        type="button"
                        class=if danger { "button danger" } else { "button" }
                        on:click=move |_| {
                            on_yes.run(());
                            on_close.run(());
                        }
                    >
                        {yes}
                    </button>
                    <button
                        type="button"
                        class="button second"
                        autofocus=danger
                        on:click=move |_| on_close.run(())
                    >
                        {no}
                    </button>
                </div>
            </div>
        </Dialog>
    }
}
