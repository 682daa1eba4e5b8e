//! How much a customer may do a minute: more than any person does, and less than a program could.
//!
//! Each kind of action has a counter per customer and minute, which the table's TTL removes. A
//! counter that cannot be written limits nobody: it protects the shop, and must not close it.

use shared::{
    Timestamp, UserId,
    api::{Problem, ProblemType},
};

use super::{
    channel::Channel,
    table::{Live, key, seconds},
};
use crate::{
    runtime::{
        error::Error,
        settings::{Settings, SettingsError},
    },
    store::dynamodb::{number, on_condition},
};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Placing an order that does not exist yet and is not refused for another reason.
    Order,
    /// Asking for a ticket.
    Ticket,
    /// A message on a WebSocket.
    Message,
    /// A request about a picture, of which each takes two.
    Picture,
}

/// The most of each action a minute; 0 is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PerMinute {
    /// Of [`Action::Order`].
    pub orders: u32,
    /// Of [`Action::Ticket`].
    pub tickets: u32,
    /// Of [`Action::Message`], on all of the customer's connections together.
    pub messages: u32,
    /// Of [`Action::Picture`].
    pub pictures: u32,
}

/// An action that is one more than a customer may do in this minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverLimit {
    /// The action.
    pub action: Action,
    /// The most of it a minute.
    pub per_minute: u32,
    /// The seconds until the next minute.
    pub retry_after: u32,
}

/// `too-many-requests`, with the limit and the seconds until it can be tried again.
impl From<OverLimit> for Problem {
    fn from(over: OverLimit) -> Self {
        let OverLimit { action, per_minute, retry_after } = over;
        let what = match action {
            Action::Order => "orders",
            Action::Ticket => "tickets",
            Action::Message => "messages",
            Action::Picture => "requests about pictures",
        };
        let title = format!(
            "At most {per_minute} {what} a minute are accepted; try again in {retry_after} s."
        );
        Problem {
            retry_after: Some(retry_after),
            ..Problem::new(ProblemType::TooManyRequests, title)
        }
    }
}

/// Counts what customers do.
pub struct Limits {
    live: Live,
    per_minute: PerMinute,
}

impl PerMinute {
    /// The limits that the template sets; what it does not limit is not limited.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] if one is no whole number.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        let limit = |name| {
            let limit = settings.parse(name, "a whole number; 0 is no limit")?;
            Ok(limit.unwrap_or_default())
        };
        Ok(Self {
            orders: limit("ORDERS_PER_MINUTE")?,
            tickets: limit("TICKETS_PER_MINUTE")?,
            messages: limit("MESSAGES_PER_MINUTE")?,
            pictures: limit("PICTURES_PER_MINUTE")?,
        })
    }
}

impl Limits {
    /// Limits whose counters are in this table.
    #[must_use]
    pub const fn new(live: Live, per_minute: PerMinute) -> Self {
        Self { live, per_minute }
    }

    /// Counts one action.
    ///
    /// # Errors
    /// [`OverLimit`] if it is one more than the customer may do.
    pub async fn count(
        &self,
        action: Action,
        user: UserId,
        now: Timestamp,
    ) -> Result<(), OverLimit> {
        let (counter, per_minute) = match action {
            Action::Order => ("orders", self.per_minute.orders),
            Action::Ticket => ("tickets", self.per_minute.tickets),
            Action::Message => ("messages", self.per_minute.messages),
            Action::Picture => ("pictures", self.per_minute.pictures),
        };
        if per_minute == 0 {
            return Ok(());
        }
        match self.live.count(user, counter, per_minute, now).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                let passed = now.millis().rem_euclid(60_000) / 1_000;
                let retry_after = 60 - u32::try_from(passed).unwrap_or_default();
                Err(OverLimit { action, per_minute, retry_after })
            }
            Err(error) => {
                tracing::warn!(counter, %error, "not counted");
                Ok(())
            }
        }
    }
}

impl Live {
    /// Counts one of the customer's actions of this minute; whether they are no more than `max`.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not have been counted.
    async fn count(
        &self,
        user: UserId,
        counter: &str,
        max: u32,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let minute = seconds(now).div_euclid(60);
        let item = format!("limit#{counter}#{minute}");
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(&Channel::User(user).to_string(), &item)))
            .update_expression("ADD #count :one SET expires_at = :end")
            .condition_expression("attribute_not_exists(#count) OR #count < :max")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":max", number(i64::from(max)))
            .expression_attribute_values(":end", number((minute + 2) * 60));
        let counted = on_condition("counting a customer's actions", update.send().await)?;
        Ok(counted.is_some())
    }
}
