use leptos::prelude::*;

use crate::{
    components::{Empty, Link, set_title},
    drawn::{Draw, Drawn},
    text,
};

/// The page of an address that names nothing.
#[component]
pub fn NotFound() -> Drawn {
    set_title(text::NOT_FOUND);
    let way_on = view! { <Link to="/" class="button" text=text::ALL_RESTAURANTS /> }.draw();
    view! {
        <div class="page">
            <Empty heading=text::NOT_FOUND hint=text::NOT_FOUND_HINT way_on />
        </div>
    }
    .draw()
}
