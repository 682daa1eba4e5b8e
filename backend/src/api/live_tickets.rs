//! `POST /api/live-tickets`: permission to open one WebSocket; with `restaurant_id`, one on which the
//! restaurant's orders are told.

use shared::{
    Timestamp,
    api::{LiveTicket, Problem},
};

use super::{request::Request, response::Response, staff::allow, state::Api};
use crate::{
    runtime::error::Error,
    store::live::{Action, Holder, Purpose, Subscriber, TICKET_SECONDS, Ticket},
};

impl Api {
    pub(super) async fn ticket(
        &self,
        request: &Request,
        holder: Holder,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let counted = self.limits.count(Action::Ticket, holder.user, now).await;
        counted.map_err(Problem::from)?;
        let (restaurant_id, purpose) = match request.query("restaurant_id") {
            Some(restaurant) => {
                let member = self.member_in(restaurant.parse().ok(), holder.user).await?;
                let purpose = Purpose::of(member.role).unwrap_or_default();
                allow(&member, purpose.action())?;
                (Some(member.restaurant_id), purpose)
            }
            None => (None, Purpose::default()),
        };
        let mut random = [0; 32];
        getrandom::fill(&mut random)
            .map_err(|error| Error::dependency("drawing a ticket", error))?;
        let ticket = Ticket::new(random);
        let subscriber = Subscriber { holder, restaurant_id, purpose };
        let expires_at = now.plus_seconds(TICKET_SECONDS);
        self.live.put_ticket(&self.people, &ticket, &subscriber, expires_at).await?;
        Response::private(201, &LiveTicket { ticket: ticket.into(), expires_at })
    }
}
