//! `POST /api/quotes`: what a cart costs now, for anyone.

use shared::{
    Timestamp,
    api::{Quote, QuoteRequest},
};

use crate::{
    Error,
    api::{
        Api, Request, Response,
        cart::{Door, bill, check_lines, missing},
    },
};

impl Api {
    pub(super) async fn quote(&self, request: &Request, now: Timestamp) -> Result<Response, Error> {
        let wanted: QuoteRequest = request.json()?;
        check_lines(&wanted.lines)?;
        let restaurant = self.restaurant_of(&wanted.restaurant_id).await?.restaurant;
        let bill = bill(&restaurant, &wanted.lines, wanted.tip)?;
        let (open, opens) = match Door::of(&restaurant, now)? {
            Door::Open => (true, None),
            Door::Closed { opens } => (false, opens),
        };
        let missing = missing(&restaurant, &bill);
        Response::private(200, &Quote { bill, missing, open, opens })
    }
}
