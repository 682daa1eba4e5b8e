use leptos::prelude::*;

use crate::drawn::{Draw, Drawn, press};

/// A link to another page of this site, by its words.
#[component]
pub fn Link(
    /// Where it leads.
    #[prop(into)]
    to: String,
    /// Its class.
    class: &'static str,
    /// What it says.
    #[prop(into)]
    text: String,
) -> Drawn {
    view! { <a href=to class=class>{text}</a> }.draw()
}

/// A button that does one thing, by its words.
#[component]
pub fn Button(
    /// Its class.
    class: &'static str,
    /// What it says.
    text: &'static str,
    /// What it does.
    act: Callback<()>,
) -> Drawn {
    view! {
        <button type="button" class=class on:click=press(move || act.run(()))>{text}</button>
    }
    .draw()
}
