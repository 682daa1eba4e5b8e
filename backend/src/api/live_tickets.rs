//! `POST /api/live-tickets`: permission to open one WebSocket.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use shared::{Timestamp, api::LiveTicket};

use crate::{
    Error,
    api::{Api, Request, Response},
    live::TICKET_SECONDS,
};

impl Api {
    pub(super) async fn ticket(
        &self,
        request: &Request,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let user = request.user()?;
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|error| Error::outside("drawing a ticket", error))?;
        let ticket = BASE64_URL_SAFE_NO_PAD.encode(random);
        let expires_at = now.plus_seconds(TICKET_SECONDS);
        self.live.keep_ticket(&self.people, &ticket, user, expires_at).await?;
        Response::private(201, &LiveTicket { ticket, expires_at })
    }
}
