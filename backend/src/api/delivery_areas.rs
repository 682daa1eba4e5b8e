//! `/api/staff/{restaurant_id}/delivery`: where a restaurant delivers, as its owner or a manager sets it.

use shared::{
    Country, UserId,
    api::{DeliveryAreasChanged, DeliveryAreasRequest, Problem, ProblemType, RestaurantDelivery},
    area::{self, DeliveryArea},
    country::uses_postcodes,
    staff::Action,
};

use super::{
    request::{Request, invalid},
    response::Response,
    state::Api,
};
use crate::runtime::error::Error;

impl Api {
    /// Where the restaurant delivers.
    pub(super) async fn delivery_areas(
        &self,
        request: &Request,
        user: UserId,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::SetDelivery).await?;
        let before = self.restaurant_of(&member.restaurant_id).await?.restaurant.card;
        Response::private(200, &self.catalog.delivery(before).await?)
    }

    /// Sets where the restaurant delivers, unless somebody else has set it since it was read.
    pub(super) async fn set_delivery_areas(
        &self,
        request: &Request,
        user: UserId,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::SetDelivery).await?;
        let DeliveryAreasRequest { version, areas } = request.whole()?;
        let before = self.restaurant_of(&member.restaurant_id).await?.restaurant.card;
        check(&areas, before.country)?;
        if self.catalog.set_delivery(&member.restaurant_id, version, &areas).await? {
            let version = version.saturating_add(1);
            return Response::private(200, &RestaurantDelivery::of(&before, version, areas));
        }
        let current = self.catalog.delivery(before).await?;
        // Also if this very request was made before, and its answer was lost.
        match current.areas == areas {
            true => Response::private(200, &current),
            false => areas_changed(current),
        }
    }
}

fn check(areas: &[DeliveryArea], country: Option<Country>) -> Result<(), Problem> {
    if areas.is_empty() || uses_postcodes(country) {
        return area::check(areas, country).map_err(|error| invalid(&error.field(), &error));
    }
    Err(invalid("areas", &"must be none; where this restaurant is, addresses have no postcodes"))
}

fn areas_changed(current: RestaurantDelivery) -> Result<Response, Error> {
    let title = "Somebody else has set other areas since; look at them, and send their version.";
    let problem = Problem::new(ProblemType::DeliveryAreasChanged, title);
    Response::extended_problem(problem.status, &DeliveryAreasChanged { problem, current })
}
