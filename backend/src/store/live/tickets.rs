//! Tickets: each opens one WebSocket, once.

use std::str::FromStr;

use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValue};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use shared::{Timestamp, UserId};

use super::table::{Live, key, seconds};
use crate::{
    runtime::error::Error,
    store::{
        dynamodb::{Attributes, number, on_condition},
        people::People,
    },
};

/// How long a ticket is valid, in seconds.
pub const TICKET_SECONDS: i64 = 60;

/// Whose an access token or a ticket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The customer.
    pub user: UserId,
    /// When the customer signed in, in seconds since the epoch.
    pub signed_in_at: i64,
}

/// Permission to open one WebSocket: 256 random bits in unpadded base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket(String);

/// A text that is no ticket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be 43 characters of base64url")]
pub struct TicketError;

impl Ticket {
    /// The ticket of these bits, which nobody must be able to guess.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(random))
    }

    fn key(&self) -> Attributes {
        key(&format!("ticket#{}", self.0), "ticket")
    }
}

impl FromStr for Ticket {
    type Err = TicketError;

    fn from_str(text: &str) -> Result<Self, TicketError> {
        let is_ticket = text.len() == 43
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if is_ticket { Ok(Self(text.to_owned())) } else { Err(TicketError) }
    }
}

impl From<Ticket> for String {
    fn from(ticket: Ticket) -> Self {
        ticket.0
    }
}

impl Live {
    /// Stores a ticket for its holder, if the account is open.
    ///
    /// # Errors
    /// `account-closed`, or [`Error::Dependency`] if it may not be stored.
    pub async fn put_ticket(
        &self,
        people: &People,
        ticket: &Ticket,
        holder: Holder,
        expires_at: Timestamp,
    ) -> Result<(), Error> {
        let Holder { user, signed_in_at } = holder;
        let mut item = ticket.key();
        item.insert("user_id".to_owned(), AttributeValue::S(user.to_string()));
        item.insert("signed_in_at".to_owned(), number(signed_in_at));
        item.insert("expires_at".to_owned(), number(seconds(expires_at)));
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        people.while_open(user, put).await.map(drop)
    }

    /// Deletes a valid ticket and returns its holder; `None` if there is no such ticket any more.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer; the ticket may be deleted then.
    pub async fn spend_ticket(
        &self,
        ticket: &Ticket,
        now: Timestamp,
    ) -> Result<Option<Holder>, Error> {
        let delete = self
            .delete(ticket.key())
            .condition_expression("expires_at > :now")
            .expression_attribute_values(":now", number(seconds(now)))
            .return_values(ReturnValue::AllOld);
        let spent = on_condition("spending a ticket", delete.send().await)?;
        Ok(spent.and_then(|spent| holder(&spent.attributes?)))
    }
}

fn holder(ticket: &Attributes) -> Option<Holder> {
    let user = ticket.get("user_id")?.as_s().ok()?.parse().ok()?;
    let signed_in_at = ticket.get("signed_in_at").and_then(|at| at.as_n().ok()?.parse().ok());
    Some(Holder { user, signed_in_at: signed_in_at.unwrap_or_default() })
}
