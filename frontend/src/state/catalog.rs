//! The restaurants and their menus.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    RestaurantId,
    api::ProblemType,
    menu::{Card, Restaurant},
};

use crate::{
    api::{self, CatalogVersion},
    http::ApiError,
};

/// The list of restaurants as it is fetched.
pub type RestaurantList = LocalResource<Result<Arc<Vec<Card>>, ApiError>>;
/// A restaurant with its menu as it is fetched.
pub type Menu = LocalResource<Result<Arc<Restaurant>, ApiError>>;

/// The restaurants and their menus.
#[derive(Clone, Copy)]
pub struct Catalog {
    /// The list of restaurants.
    pub restaurants: RestaurantList,
    /// What it is fetched under since something fetched has proved to be old.
    version: RwSignal<Option<CatalogVersion>>,
}

impl Catalog {
    /// Fetches the list; menus are fetched as they are asked for.
    #[must_use]
    pub fn new() -> Self {
        let version = RwSignal::new(None);
        let restaurants = LocalResource::new(move || {
            let version = version.get();
            async move { api::restaurants(version).await.map(|list| Arc::new(list.restaurants)) }
        });
        Self { restaurants, version }
    }

    /// The menu of the restaurant that `id` gives, and of another when that changes. An id of
    /// `None` is one that cannot exist.
    #[must_use]
    pub fn menu(self, id: impl Fn() -> Option<RestaurantId> + 'static) -> Menu {
        LocalResource::new(move || {
            let (id, version) = (id(), self.version());
            async move {
                let id = id.ok_or_else(|| ApiError::of(ProblemType::UnknownRestaurant))?;
                api::restaurant(&id, version).await.map(Arc::new)
            }
        })
    }

    /// What menus are to be fetched under; another one once what was fetched has proved to be old.
    /// Reactive.
    pub(super) fn version(self) -> Option<CatalogVersion> {
        self.version.get()
    }

    /// Fetches again what is shown, past every cache: the server has sent other prices.
    pub fn refresh(self) {
        self.version.set(Some(CatalogVersion::new()));
    }
}

impl Default for Catalog {
    fn default() -> Self {
        Self::new()
    }
}
