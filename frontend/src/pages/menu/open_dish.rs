use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    location::State,
};
use shared::{DishId, RestaurantId};

use crate::{browser, paths};

/// Navigates to a dish as a new history entry, or to the menu without one in place of the current
/// entry.
type Go = Box<dyn Fn(Option<&DishId>) + Send + Sync>;

/// `history.state` of a dish's entry that was pushed from the menu: going back from it shows the menu.
/// It survives a reload and the browser's Forward.
const OPENED_FROM_MENU: &str = "opened from the menu";

/// The dish whose dialog is open: it is in the address, so that a link leads to it and the
/// browser's Back closes it.
#[derive(Clone, Copy)]
pub(super) struct OpenDish {
    pub(super) dish: Memo<Option<DishId>>,
    go: StoredValue<Go>,
}

impl OpenDish {
    pub(super) fn from_address(restaurant: Memo<Option<RestaurantId>>) -> Self {
        let query = use_query_map();
        let dish = Memo::new(move |_| query.with(|query| query.get("dish")?.parse().ok()));
        let navigate = use_navigate();
        let go = move |dish: Option<&DishId>| {
            let Some(id) = restaurant.get_untracked() else { return };
            let (path, state) = match dish {
                Some(dish) => (paths::dish(&id, dish), OPENED_FROM_MENU.into()),
                None => (paths::menu(&id), State::default()),
            };
            let (replace, scroll) = (dish.is_none(), false);
            navigate(&path, NavigateOptions { replace, scroll, state, ..Default::default() });
        };
        Self { dish, go: StoredValue::new(Box::new(go)) }
    }

    pub(super) fn open(self, dish: &DishId) {
        self.go.with_value(|go| go(Some(dish)));
    }

    /// Closes the dialog, if it is open: may be called when the page is gone.
    pub(super) fn close(self) {
        if self.dish.try_get_untracked().flatten().is_none() {
            return;
        }
        if !browser::goes_back_from(OPENED_FROM_MENU) {
            self.go.with_value(|go| go(None));
        }
    }
}
