//! `POST /api/quotes`: what a cart costs now, for anyone.

use shared::{
    Timestamp,
    api::{Quote, QuoteRequest},
};

use super::{
    cart::{Opening, bill, check_lines, deliver_to, missing},
    request::Request,
    response::Response,
    state::Api,
};
use crate::runtime::error::Error;

impl Api {
    pub(super) async fn quote(&self, request: &Request, now: Timestamp) -> Result<Response, Error> {
        let wanted: QuoteRequest = request.json()?;
        check_lines(&wanted.lines)?;
        let entry = self.restaurant_of(&wanted.restaurant_id).await?;
        let mut restaurant = self.restaurant_at(entry, now).await?.restaurant;
        deliver_to(&mut restaurant, wanted.postcode.as_ref(), "postcode")?;
        let depends_on_postcode = wanted.postcode.is_none() && !restaurant.card.areas.is_empty();
        let bill = bill(&restaurant, &wanted.lines, wanted.tip)?;
        let (open, opens) = match Opening::of(&restaurant, now)? {
            Opening::Open => (true, None),
            Opening::Closed { opens } => (false, opens),
        };
        let missing = missing(&restaurant, &bill);
        Response::private(200, &Quote { bill, missing, depends_on_postcode, open, opens })
    }
}
