use leptos::prelude::*;
use shared::menu::{Card, Diet};

use crate::{
    drawn::{Draw, Drawn},
    text,
};

/// Whom a dish suits, in words.
#[component]
pub fn DietMarks(
    /// The marks.
    diet: Vec<Diet>,
) -> Drawn {
    let marks = diet.into_iter().filter_map(text::diet);
    let marks = marks.map(|name| view! { <li>{name}</li> }.draw()).collect::<Vec<_>>();
    view! { <ul class="marks">{marks}</ul> }.draw()
}

/// What one wants to know of a restaurant at a glance.
#[component]
pub fn Facts(
    /// The restaurant.
    card: Card,
    /// Whether all of it, or the most important.
    #[prop(optional)]
    all: bool,
) -> Drawn {
    let minimum = text::minimum(&card).filter(|_| all);
    view! {
        <ul class="facts">
            {fact("icon clock", text::takes(&card))}
            {fact("icon bike", text::delivery_fee(&card))}
            {minimum.map(|minimum| fact("", minimum))}
        </ul>
    }
    .draw()
}

fn fact(icon: &'static str, text: String) -> Drawn {
    view! { <li><span class=icon aria-hidden="true"></span>{text}</li> }.draw()
}
