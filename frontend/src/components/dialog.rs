use leptos::{ev::MouseEvent, html, prelude::*};

use crate::text;

/// A modal dialog: the browser keeps the focus in it, and Escape closes it.
#[component]
pub fn Dialog(
    /// What it is about, for a screen reader.
    label: String,
    /// Its class, besides `dialog`.
    #[prop(optional)]
    class: &'static str,
    /// It was closed.
    close: Callback<()>,
    /// What it shows.
    children: Children,
) -> AnyView {
    let dialog = NodeRef::<html::Dialog>::new();
    dialog.on_load(|dialog| drop(dialog.show_modal()));
    // A click on the dialog itself, not on what is in it, is one on the backdrop.
    let outside = move |click: MouseEvent| {
        let dialog = dialog.get_untracked();
        if dialog.is_some_and(|dialog| click.target().as_ref() == Some(dialog.as_ref())) {
            close.run(());
        }
    };
    view! {
        <dialog
            node_ref=dialog
            class=format!("dialog {class}")
            aria-label=label
            on:close=move |_| close.run(())
            on:click=outside
        >
            <div class="dialog-body">
                <button
                    type="button"
                    class="dialog-close round"
                    aria-label=text::CLOSE
                    on:click=move |_| close.run(())
                >
                    <span class="icon cross"></span>
                </button>
                {children()}
            </div>
        </dialog>
    }
    .into_any()
}
