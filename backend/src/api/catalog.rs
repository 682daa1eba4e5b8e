//! `GET /api/restaurants` and `GET /api/restaurants/{restaurant_id}`.

use shared::{
    RestaurantId,
    api::{Problem, ProblemType, Restaurants},
};

use super::{request::Request, response::Response, state::Api};
use crate::{runtime::error::Error, store::catalog::CatalogEntry};

impl Api {
    pub(super) async fn restaurants(&self, request: &Request) -> Result<Response, Error> {
        Response::public(request, &Restaurants { restaurants: self.catalog.cards().await? })
    }

    pub(super) async fn restaurant(&self, request: &Request) -> Result<Response, Error> {
        let entry = match request.path::<RestaurantId>("restaurant_id") {
            Some(id) => self.catalog.restaurant(&id).await?,
            None => None,
        };
        let CatalogEntry { restaurant, .. } = entry.ok_or_else(|| {
            Problem::new(
                ProblemType::NotFound,
                "No restaurant is at this address; see GET /api/restaurants.",
            )
        })?;
        Response::public(request, &restaurant)
    }
}
