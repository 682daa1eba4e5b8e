//! `POST /api/live-tickets`: permission to open one WebSocket.

use shared::{
    Timestamp, UserId,
    api::{LiveTicket, Problem, ProblemType},
    live::ToBrowser,
};

use super::{request::Request, response::Response, state::Api};
use crate::{
    metrics,
    runtime::error::Error,
    store::live::{Action, MAX_CONNECTIONS, TICKET_SECONDS, Ticket},
};

impl Api {
    pub(super) async fn ticket(
        &self,
        request: &Request,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let holder = request.holder()?;
        self.check_session(holder).await?;
        let counted = self.limits.count(Action::Ticket, holder.user, now).await;
        counted.map_err(Problem::from)?;
        self.make_room(holder.user, now).await?;
        let mut random = [0; 32];
        getrandom::fill(&mut random)
            .map_err(|error| Error::dependency("drawing a ticket", error))?;
        let ticket = Ticket::new(random);
        let expires_at = now.plus_seconds(TICKET_SECONDS);
        self.live.put_ticket(&self.people, &ticket, holder, expires_at).await?;
        Response::private(201, &LiveTicket { ticket: ticket.into(), expires_at })
    }

    /// Ends the customer's oldest connections, so that the one that will open is not one too many.
    /// The reason is pushed to each before it is closed; a failure of either is only logged.
    async fn make_room(&self, user: UserId, now: Timestamp) -> Result<(), Error> {
        let surplus = self.live.surplus_connections(user, now).await?;
        metrics::left_out(&surplus.unreadable);
        for connection in surplus.items {
            let id = connection.id();
            let pushed = self.sockets.push(id, &one_too_many()).await.map(drop);
            let closed = self.sockets.close(id).await;
            let deleted = self.live.delete_connection(user, id).await;
            for error in [pushed, closed, deleted].into_iter().filter_map(Result::err) {
                tracing::warn!(connection = id, %error, "a surplus connection was not ended");
            }
        }
        Ok(())
    }
}

fn one_too_many() -> ToBrowser {
    let title = format!(
        "A customer has at most {MAX_CONNECTIONS} live connections, and a newer one has taken this one's \
         place; do not reconnect by itself."
    );
    ToBrowser::Problem { problem: Problem::new(ProblemType::TooManyConnections, title) }
}
