//! `GET /api/restaurants` and `GET /api/restaurants/{restaurant_id}`.

use shared::{
    RestaurantId,
    api::{Problem, ProblemType, Restaurants},
};

use crate::{
    Error,
    api::{Api, Request, Response},
    catalog::Listed,
};

impl Api {
    pub(super) async fn restaurants(&self, request: &Request) -> Result<Response, Error> {
        Response::public(request, &Restaurants { restaurants: self.catalog.cards().await? })
    }

    pub(super) async fn restaurant(&self, request: &Request) -> Result<Response, Error> {
        let listed = match request.path::<RestaurantId>("restaurant_id") {
            Some(id) => self.catalog.restaurant(&id).await?,
            None => None,
        };
        let Listed { restaurant, .. } = listed.ok_or_else(|| {
            Problem::new(
                ProblemType::NotFound,
                "No restaurant is at this address; see GET /api/restaurants.",
            )
        })?;
        Response::public(request, &restaurant)
    }
}
