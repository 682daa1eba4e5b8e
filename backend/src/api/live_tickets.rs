//! `POST /api/live-tickets`: permission to open one WebSocket.

use shared::{
    Timestamp,
    api::{LiveTicket, Problem},
};

use super::{response::Response, state::Api};
use crate::{
    runtime::error::Error,
    store::live::{Action, Holder, TICKET_SECONDS, Ticket},
};

impl Api {
    pub(super) async fn ticket(&self, holder: Holder, now: Timestamp) -> Result<Response, Error> {
        let counted = self.limits.count(Action::Ticket, holder.user, now).await;
        counted.map_err(Problem::from)?;
        let mut random = [0; 32];
        getrandom::fill(&mut random)
            .map_err(|error| Error::dependency("drawing a ticket", error))?;
        let ticket = Ticket::new(random);
        let expires_at = now.plus_seconds(TICKET_SECONDS);
        self.live.put_ticket(&self.people, &ticket, holder, expires_at).await?;
        Response::private(201, &LiveTicket { ticket: ticket.into(), expires_at })
    }
}
