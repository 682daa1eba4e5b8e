//! `/api/staff/{restaurant_id}/hours`: when a restaurant is open, as its owner or a manager sets it.

use shared::{
    RestaurantId, Timestamp, UserId,
    api::{HoursChanged, HoursRequest, Problem, ProblemType, RestaurantHours},
    hours::{Date, OpeningHours},
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
    pub(super) async fn hours(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::SetHours).await?;
        let before = self.restaurant_of(&member.restaurant_id).await?.restaurant.card.hours;
        let today = local_time::local(now, &before.time_zone)?.date;
        let current = self.current_hours(&member.restaurant_id, before, today).await?;
        Response::private(200, &current)
    }

    /// Sets when the restaurant is open, unless somebody else has set it since it was read.
    pub(super) async fn set_hours(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::SetHours).await?;
        let HoursRequest { version, spans, exceptions } = request.whole()?;
        let before = self.restaurant_of(&member.restaurant_id).await?.restaurant.card.hours;
        let today = local_time::local(now, &before.time_zone)?.date;
        let hours = OpeningHours { time_zone: before.time_zone.clone(), spans, exceptions };
        let hours = hours.accepted(today).map_err(|error| invalid(error.field(), &error))?;
        let wanted = RestaurantHours { version, hours };
        if self.catalog.set_hours(&member.restaurant_id, &wanted).await? {
            return Response::private(
                200,
                &RestaurantHours { version: version.saturating_add(1), ..wanted },
            );
        }
        let current = self.current_hours(&member.restaurant_id, before, today).await?;
        // Also if this very request was made before, and its answer was lost.
        match current.hours == wanted.hours {
            true => Response::private(200, &current),
            false => hours_changed(current),
        }
    }

    /// The hours as they are, read consistently, without days that are past.
    async fn current_hours(
        &self,
        restaurant: &RestaurantId,
        before: OpeningHours,
        today: Date,
    ) -> Result<RestaurantHours, Error> {
        let mut current = self.catalog.hours(restaurant, before).await?;
        current.hours.drop_past(today);
        Ok(current)
    }
}

fn hours_changed(current: RestaurantHours) -> Result<Response, Error> {
    let title = "Somebody else has set other hours since; look at them, and send their version.";
    let problem = Problem::new(ProblemType::HoursChanged, title);
    Response::extended_problem(problem.status, &HoursChanged { problem, current })
}
