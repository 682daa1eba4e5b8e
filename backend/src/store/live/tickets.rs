//! Tickets: each opens one WebSocket, once.

use std::str::FromStr;

use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValue};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use shared::{
    Timestamp, UserId,
    staff::{Action, Role, may},
};

use super::{
    restaurants::Restaurants,
    table::{Live, key, seconds},
};
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

/// Who opens a WebSocket, and what is pushed on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Who.
    pub holder: Holder,
    /// The restaurants whose orders are pushed, to a member of their staff; without one, the orders that
    /// the holder has placed.
    pub restaurants: Restaurants,
    /// What a member of staff listens for.
    pub purpose: Purpose,
}

/// What a member of staff listens for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To look after the restaurant's orders: the restaurant is attended while somebody does.
    #[default]
    Board,
    /// To bring some of them.
    Deliveries,
}

impl Purpose {
    /// What somebody of this role listens for, if they may listen at all.
    #[must_use]
    pub fn of(role: Role) -> Option<Self> {
        [Self::Board, Self::Deliveries].into_iter().find(|purpose| may(role, purpose.action()))
    }

    /// What one must be allowed to do for it.
    #[must_use]
    pub const fn action(self) -> Action {
        match self {
            Self::Board => Action::ReadOrders,
            Self::Deliveries => Action::Deliver,
        }
    }
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
    /// Stores a ticket, if its holder's account is open.
    ///
    /// # Errors
    /// `account-closed`, or [`Error::Dependency`] if it may not be stored.
    pub async fn put_ticket(
        &self,
        people: &People,
        ticket: &Ticket,
        subscriber: &Subscriber,
        expires_at: Timestamp,
    ) -> Result<(), Error> {
        let Holder { user, signed_in_at } = subscriber.holder;
        let mut item = ticket.key();
        item.insert("user_id".to_owned(), AttributeValue::S(user.to_string()));
        item.insert("signed_in_at".to_owned(), number(signed_in_at));
        item.insert("expires_at".to_owned(), number(seconds(expires_at)));
        if !subscriber.restaurants.is_empty() {
            let restaurants = AttributeValue::S(subscriber.restaurants.to_string());
            item.insert("restaurant_id".to_owned(), restaurants);
            item.insert("purpose".to_owned(), purpose_value(subscriber.purpose)?);
        }
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        people.while_open(user, put).await.map(drop)
    }

    /// Deletes a valid ticket and returns whose it is; `None` if there is no such ticket any more.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer; the ticket may be deleted then.
    pub async fn spend_ticket(
        &self,
        ticket: &Ticket,
        now: Timestamp,
    ) -> Result<Option<Subscriber>, Error> {
        let delete = self
            .delete(ticket.key())
            .condition_expression("expires_at > :now")
            .expression_attribute_values(":now", number(seconds(now)))
            .return_values(ReturnValue::AllOld);
        let spent = on_condition("spending a ticket", delete.send().await)?;
        Ok(spent.and_then(|spent| subscriber(&spent.attributes?)))
    }
}

fn purpose_value(purpose: Purpose) -> Result<AttributeValue, Error> {
    serde_dynamo::to_attribute_value(purpose)
        .map_err(|error| Error::dependency("writing a ticket", error))
}

fn subscriber(ticket: &Attributes) -> Option<Subscriber> {
    let text = |name: &str| ticket.get(name).and_then(|value| value.as_s().ok());
    let user = text("user_id")?.parse().ok()?;
    let signed_in_at = ticket.get("signed_in_at").and_then(|at| at.as_n().ok()?.parse().ok());
    let holder = Holder { user, signed_in_at: signed_in_at.unwrap_or_default() };
    // A ticket of a restaurant that cannot be read is none, rather than a customer's.
    let restaurants = text("restaurant_id").map_or("", String::as_str).parse().ok()?;
    let purpose = ticket.get("purpose").cloned().map(serde_dynamo::from_attribute_value);
    // An earlier version has given tickets only to who looks after the board.
    let purpose = purpose.transpose().ok()?.unwrap_or_default();
    Some(Subscriber { holder, restaurants, purpose })
}
