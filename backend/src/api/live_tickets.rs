//! `POST /api/live-tickets`: permission to open one WebSocket.

use serde_json::json;
use shared::{
    Timestamp, UserId,
    api::{LiveTicket, Problem, ProblemType},
    live::ToBrowser,
};

use crate::{
    Error,
    api::{Api, Request, Response},
    limits::Action,
    live::{Holder, PUSHED_TO, TICKET_SECONDS, Ticket},
    log::{self, Level},
};

impl Api {
    pub(super) async fn ticket(
        &self,
        request: &Request,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let holder = Holder { user: request.user()?, issued_at: request.issued_at() };
        self.limits.count(Action::Ticket, holder.user, now).await?;
        self.make_room(holder.user, now).await?;
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|error| Error::outside("drawing a ticket", error))?;
        let ticket = Ticket::new(random);
        let expires_at = now.plus_seconds(TICKET_SECONDS);
        self.live.keep_ticket(&self.people, &ticket, holder, expires_at).await?;
        Response::private(201, &LiveTicket { ticket: ticket.into(), expires_at })
    }

    /// Ends the customer's oldest sockets, so that the one that will open is not one too many. Each
    /// is told why before it is closed; that one could not be told or closed stops nobody.
    async fn make_room(&self, user: UserId, now: Timestamp) -> Result<(), Error> {
        for connection in self.live.surplus(user, now).await? {
            let id = connection.id();
            let told = self.sockets.push(id, &one_too_many()).await.map(drop);
            let closed = self.sockets.close(id).await;
            let forgotten = self.live.forget(user, id).await;
            for error in [told, closed, forgotten].into_iter().filter_map(Result::err) {
                let fields = json!({"connection": id, "error": error.to_string()});
                log::line(Level::Warn, "a surplus connection was not ended", fields);
            }
        }
        Ok(())
    }
}

fn one_too_many() -> ToBrowser {
    let title = format!(
        "A customer has at most {PUSHED_TO} live connections, and a newer one has taken this one's \
         place; do not reconnect by itself."
    );
    ToBrowser::Problem { problem: Problem::new(ProblemType::TooManyConnections, title) }
}
