//! Where the next page of a customer's orders begins.

use std::{collections::HashMap, fmt, str::FromStr};

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{OrderId, Timestamp, UserId};

use crate::store::dynamodb::{Attributes, number};

/// The last order of a page of the list; carries no user id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// When that order was placed.
    pub placed_at: Timestamp,
    /// Its id.
    pub order_id: OrderId,
}

/// A text that is no cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be the cursor of the page before")]
pub struct CursorError;

impl Cursor {
    /// The key at which DynamoDB stopped, as a cursor.
    pub(super) fn from_key(key: &Attributes) -> Option<Self> {
        let placed_at = key.get("placed_at")?.as_n().ok()?.parse().ok()?;
        let order_id = key.get("order_id")?.as_s().ok()?.parse().ok()?;
        Some(Self { placed_at: Timestamp::from_millis(placed_at), order_id })
    }

    /// The key of the index `by_user` at which the next page starts.
    pub(super) fn start_key(self, user: UserId) -> Attributes {
        HashMap::from([
            ("order_id".to_owned(), AttributeValue::S(self.order_id.to_string())),
            ("user_id".to_owned(), AttributeValue::S(user.to_string())),
            ("placed_at".to_owned(), number(self.placed_at.millis())),
        ])
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    /// Reads what `Display` writes.
    fn from_str(text: &str) -> Result<Self, CursorError> {
        let (placed_at, order_id) = text.split_once('_').ok_or(CursorError)?;
        let placed_at = placed_at.parse().map_err(|_| CursorError)?;
        let order_id = order_id.parse().map_err(|_| CursorError)?;
        Ok(Self { placed_at: Timestamp::from_millis(placed_at), order_id })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.placed_at.millis(), self.order_id)
    }
}
