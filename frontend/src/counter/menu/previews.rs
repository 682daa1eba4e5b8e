//! Whether the menu is looked at as customers would see it: that is in the address, so that the browser's Back leads
//! back to the fields.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    location::State,
};
use shared::RestaurantId;

use super::super::text;
use crate::browser;

/// Navigates to a preview as a new history entry, or to the fields in place of the current one.
type Go = Box<dyn Fn(Option<Previewed>) + Send + Sync>;

/// `history.state` of a preview's entry that was pushed from the fields: going back from it shows them.
const OPENED_FROM_FIELDS: &str = "opened from the fields";

/// A menu that is looked at as customers would see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Previewed {
    /// The draft.
    Draft,
    /// What somebody else has published.
    Published,
}

impl Previewed {
    /// What the address calls it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Draft, Self::Published].into_iter().find(|it| it.name() == name)
    }
}

/// The menu that is shown as customers would see it, in place of the fields, if any.
#[derive(Clone, Copy)]
pub(super) struct Previews {
    shown: RwSignal<Option<Previewed>>,
    go: StoredValue<Go>,
}

impl Previews {
    /// That of the address.
    pub(super) fn of_address(restaurant: &RestaurantId) -> Self {
        let query = use_query_map();
        let named = move || query.with(|query| Previewed::named(&query.get("preview")?));
        let shown = RwSignal::new(untrack(named));
        Effect::watch(named, move |named, _, _| shown.set(*named), false);
        let (navigate, restaurant) = (use_navigate(), restaurant.clone());
        let go = move |previewed: Option<Previewed>| {
            let state = previewed.map_or_else(State::default, |_| OPENED_FROM_FIELDS.into());
            let (replace, scroll) = (previewed.is_none(), false);
            let options = NavigateOptions { replace, scroll, state, ..Default::default() };
            navigate(&text::preview_path(&restaurant, previewed.map(Previewed::name)), options);
        };
        Self { shown, go: StoredValue::new(Box::new(go)) }
    }

    /// What is shown. Reactive.
    pub(super) fn get(self) -> Option<Previewed> {
        self.shown.get()
    }

    /// Shows a menu in place of the fields.
    pub(super) fn open(self, previewed: Previewed) {
        self.shown.set(Some(previewed));
        self.go.with_value(|go| go(Some(previewed)));
        browser::focus_soon("#preview");
    }

    /// Shows the fields at once, if they are not shown: may be called when the page is gone.
    pub(super) fn close(self) {
        if self.shown.try_update(Option::take).flatten().is_none() {
            return;
        }
        if !browser::goes_back_from(OPENED_FROM_FIELDS) {
            self.go.with_value(|go| go(None));
        }
    }
}
