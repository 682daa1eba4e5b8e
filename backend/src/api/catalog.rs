//! `GET /api/restaurants` and `GET /api/restaurants/{restaurant_id}`.

use shared::{
    RestaurantId, Timestamp,
    api::{Problem, ProblemType, Restaurants},
};

use super::{availability::card_at, request::Request, response::Response, state::Api};
use crate::{runtime::error::Error, store::catalog::CatalogEntry};

impl Api {
    pub(super) async fn restaurants(
        &self,
        request: &Request,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let cards = self.catalog.cards().await?.into_iter();
        let restaurants = cards.map(|card| card_at(card, now)).collect::<Result<_, _>>()?;
        Response::public(request, &Restaurants { restaurants })
    }

    pub(super) async fn restaurant(
        &self,
        request: &Request,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let entry = match request.path::<RestaurantId>("restaurant_id") {
            Some(id) => self.catalog.restaurant(&id).await?,
            None => None,
        };
        let entry = entry.ok_or_else(|| {
            Problem::new(
                ProblemType::NotFound,
                "No restaurant is at this address; see GET /api/restaurants.",
            )
        })?;
        let CatalogEntry { restaurant, .. } = self.restaurant_at(entry, now).await?;
        Response::public(request, &restaurant)
    }
}
