//! `/api/staff/{restaurant_id}/hours`: when a restaurant is open, as its owner or a manager sets it.

use shared::{
    Timestamp, UserId,
    api::{HoursChanged, HoursRequest, Problem, ProblemType, RestaurantHours},
    hours::OpeningHours,
    staff::Action,
};

use super::{
    local_time,
    request::{Request, invalid},
    response::Response,
    state::Api,
};
use crate::runtime::error::Error;

impl Api {
    /// When the restaurant is open.
    pub(super) async fn hours(&self, request: &Request, user: UserId) -> Result<Response, Error> {
        let member = self.member(request, user, Action::SetHours).await?;
        let restaurant = self.restaurant_of(&member.restaurant_id).await?.restaurant;
        let hours = self.catalog.hours(&member.restaurant_id, restaurant.card.hours).await?;
        Response::private(200, &hours)
    }

    /// Sets when the restaurant is open, unless somebody else has set it since it was read.
    pub(super) async fn set_hours(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::SetHours).await?;
        let HoursRequest { version, spans, exceptions } = request.json()?;
        let before = self.restaurant_of(&member.restaurant_id).await?.restaurant.card.hours;
        let today = local_time::local(now, &before.time_zone)?.date;
        let hours = OpeningHours { time_zone: before.time_zone.clone(), spans, exceptions };
        let hours = hours.accepted(today).map_err(|error| invalid(error.field(), &error))?;
        let wanted = RestaurantHours { version, hours };
        if self.catalog.set_hours(&member.restaurant_id, &wanted).await? {
            return Response::private(200, &RestaurantHours { version: version + 1, ..wanted });
        }
        let current = self.catalog.hours(&member.restaurant_id, before).await?;
        // Also if this very request was made before, and its answer was lost.
        match current.hours == wanted.hours {
            true => Response::private(200, &current),
            false => hours_changed(current),
        }
    }
}

fn hours_changed(current: RestaurantHours) -> Result<Response, Error> {
    let title = "Somebody else has set other hours since; look at them, and send their version.";
    let problem = Problem::new(ProblemType::HoursChanged, title);
    Response::extended_problem(problem.status, &HoursChanged { problem, current })
}
