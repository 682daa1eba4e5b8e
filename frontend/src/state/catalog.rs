//! The restaurants and their menus.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    RestaurantId,
    api::ProblemType,
    menu::{Card, Restaurant},
};

use crate::{api, http::ApiError};

/// The list of restaurants as it is fetched.
pub type RestaurantList = LocalResource<Result<Arc<Vec<Card>>, ApiError>>;
/// A restaurant with its menu as it is fetched.
pub type Menu = LocalResource<Result<Arc<Restaurant>, ApiError>>;

/// The restaurants and their menus.
#[derive(Clone, Copy)]
pub struct Catalog {
    /// The list of restaurants.
    pub restaurants: RestaurantList,
    /// How often something fetched has proved to be old.
    version: RwSignal<u32>,
}

impl Catalog {
    /// Fetches the list; menus are fetched as they are asked for.
    #[must_use]
    pub fn new() -> Self {
        let version = RwSignal::new(0);
        let restaurants = LocalResource::new(move || {
            let fresh = version.get() > 0;
            async move { api::restaurants(fresh).await.map(|list| Arc::new(list.restaurants)) }
        });
        Self { restaurants, version }
    }

    /// The menu of the restaurant that `id` gives, and of another when that changes. An id of
    /// `None` is one that cannot exist.
    #[must_use]
    pub fn menu(self, id: impl Fn() -> Option<RestaurantId> + 'static) -> Menu {
        LocalResource::new(move || {
            let (id, fresh) = (id(), self.is_old());
            async move {
                let id = id.ok_or_else(|| ApiError::of(ProblemType::UnknownRestaurant))?;
                api::restaurant(&id, fresh).await.map(Arc::new)
            }
        })
    }

    /// Whether the browser's cache is known to be old. Reactive: true again with each change.
    pub(super) fn is_old(self) -> bool {
        self.version.get() > 0
    }

    /// Fetches again what is shown, past the browser's cache: the server has told of other prices.
    pub fn refresh(self) {
        self.version.update(|version| *version += 1);
    }
}

impl Default for Catalog {
    fn default() -> Self {
        Self::new()
    }
}
