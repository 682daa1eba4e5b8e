//! `POST /api/live-tickets`: permission to open one WebSocket; with `restaurant_id`, one on which the
//! restaurant's orders are told; with `purpose=deliveries`, one for all restaurants for which the holder may deliver.

use shared::{
    Timestamp, UserId,
    api::{LiveTicket, Problem, ProblemType},
    staff::may,
};

use super::{
    request::{Request, invalid},
    response::Response,
    staff::allow,
    state::Api,
};
use crate::{
    metrics,
    runtime::error::Error,
    store::live::{Action, Holder, Purpose, Restaurants, Subscriber, TICKET_SECONDS, Ticket},
};

const NO_COURIER: &str = "You deliver for no restaurant; an owner or a manager can invite you.";

impl Api {
    pub(super) async fn ticket(
        &self,
        request: &Request,
        holder: Holder,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let counted = self.limits.count(Action::Ticket, holder.user, now).await;
        counted.map_err(Problem::from)?;
        let (restaurants, purpose) =
            match (request.query("restaurant_id"), request.query("purpose")) {
                (Some(restaurant), _) => {
                    let member = self.member_in(restaurant.parse().ok(), holder.user).await?;
                    let purpose = Purpose::of(member.role).unwrap_or_default();
                    allow(&member, purpose.action())?;
                    ([member.restaurant_id].into_iter().collect(), purpose)
                }
                (None, Some("deliveries")) => {
                    (self.delivers_for(holder.user).await?, Purpose::Deliveries)
                }
                (None, Some(_)) => return Err(invalid("purpose", &"can only be deliveries").into()),
                (None, None) => (Restaurants::default(), Purpose::default()),
            };
        let mut random = [0; 32];
        getrandom::fill(&mut random)
            .map_err(|error| Error::dependency("drawing a ticket", error))?;
        let ticket = Ticket::new(random);
        let subscriber = Subscriber { holder, restaurants, purpose };
        let expires_at = now.plus_seconds(TICKET_SECONDS);
        self.live.put_ticket(&self.people, &ticket, &subscriber, expires_at).await?;
        Response::private(201, &LiveTicket { ticket: ticket.into(), expires_at })
    }

    /// The restaurants for which somebody may deliver, of which there is one at least.
    async fn delivers_for(&self, user: UserId) -> Result<Restaurants, Error> {
        let found = self.people.memberships(user).await?;
        metrics::left_out(&found.unreadable);
        let members = found.items.into_iter().map(|joined| joined.membership);
        let delivers = members.filter(|it| may(it.role, Purpose::Deliveries.action()));
        let restaurants: Restaurants = delivers.map(|it| it.restaurant_id).collect();
        match restaurants.is_empty() {
            true => Err(Problem::new(ProblemType::NotFound, NO_COURIER).into()),
            false => Ok(restaurants),
        }
    }
}
