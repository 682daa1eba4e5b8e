//! Names of things, each parsed once and a type of its own ever after.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::Timestamp;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is not a UUID in the hyphenated form of RFC 9562, section 4.
    #[error("must be a UUID such as 0ff5e0c8-7c95-49be-ac84-771d47e1d92a")]
    Uuid,
    /// The text is not 1 to 64 lower-case letters, digits and hyphens.
    #[error("must be 1 to 64 lower-case letters, digits or hyphens")]
    Slug,
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl FromStr for $name {
            type Err = IdError;

            /// Reads the hyphenated form only, so that one id has one spelling on every wire.
            fn from_str(text: &str) -> Result<Self, IdError> {
                match text.len() {
                    36 => Uuid::try_parse(text).map(Self).map_err(|_| IdError::Uuid),
                    _ => Err(IdError::Uuid),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }

        impl fmt::Display for $name {
            /// Lower case and hyphenated, whatever case was read.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    };
}

uuid_id! {
    /// An order's id: any UUID; the browser makes a version 7 one with the cart, so that sending
    /// the order again is the same order.
    OrderId
}

uuid_id! {
    /// A customer's id: the `sub` of their Cognito account, a UUID.
    UserId
}

uuid_id! {
    /// A kept address' id: any UUID, made by the browser, so that keeping it again is the same
    /// address.
    AddressId
}

uuid_id! {
    /// The id of a picture that is sent: a random UUID, made by the server.
    UploadId
}

uuid_id! {
    /// A staff command's id: any UUID, made by the device, so that sending the command again is the
    /// same command.
    CommandId
}

uuid_id! {
    /// An invitation's id, by which it is listed and withdrawn: a version 7 UUID, which tells nothing of the
    /// invitation's token.
    InvitationId
}

impl InvitationId {
    /// A UUID version 7 (RFC 9562, section 5.7) from the time and 80 random bits of the caller.
    #[must_use]
    pub fn new(made_at: Timestamp, random: [u8; 10]) -> Self {
        Self(version_7(made_at, random))
    }
}

impl UploadId {
    /// A UUID version 4 (RFC 9562, section 5.4) from 128 random bits of the caller.
    #[must_use]
    pub const fn new(random: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(random).into_uuid())
    }
}

impl AddressId {
    /// A UUID version 7 (RFC 9562, section 5.7) from the time and 80 random bits of the caller.
    #[must_use]
    pub fn new(made_at: Timestamp, random: [u8; 10]) -> Self {
        Self(version_7(made_at, random))
    }
}

impl CommandId {
    /// A UUID version 7 (RFC 9562, section 5.7) from the time and 80 random bits of the caller.
    #[must_use]
    pub fn new(made_at: Timestamp, random: [u8; 10]) -> Self {
        Self(version_7(made_at, random))
    }
}

impl OrderId {
    /// A UUID version 7 (RFC 9562, section 5.7) from the time and 80 random bits of the caller.
    #[must_use]
    pub fn new(made_at: Timestamp, random: [u8; 10]) -> Self {
        Self(version_7(made_at, random))
    }

    /// The code by which people name the order: the last six digits of its id, in capitals, which differ from
    /// order to order.
    #[must_use]
    pub fn code(self) -> String {
        self.to_string().get(30..).unwrap_or_default().to_ascii_uppercase()
    }
}

fn version_7(made_at: Timestamp, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(made_at.millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! slug_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                text.to_owned().try_into()
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                if is_slug(&text) { Ok(Self(text)) } else { Err(IdError::Slug) }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

slug_id! {
    /// A restaurant's id, as it stands in the page's address: `golden-dosa`.
    RestaurantId
}

slug_id! {
    /// A dish's id within its restaurant: `masala-dosa`.
    DishId
}

slug_id! {
    /// A menu section's id within its restaurant: `dosas`.
    SectionId
}

slug_id! {
    /// An option group's id within its dish: `size`.
    GroupId
}

slug_id! {
    /// A choice's id within its option group: `large`.
    ChoiceId
}

fn is_slug(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_orders_code_is_the_end_of_its_id() {
        let id: OrderId = "0ff5e0c8-7c95-49be-ac84-771d47e1d92a".parse().unwrap();
        assert_eq!(id.code(), "E1D92A");
    }

    #[test]
    fn an_order_id_has_one_spelling() {
        let id: OrderId = "0FF5E0C8-7C95-49BE-AC84-771D47E1D92A".parse().unwrap();
        assert_eq!(id.to_string(), "0ff5e0c8-7c95-49be-ac84-771d47e1d92a");
        for other in
            ["0ff5e0c87c9549beac84771d47e1d92a", "{0ff5e0c8-7c95-49be-ac84-771d47e1d92a}", ""]
        {
            assert_eq!(other.parse::<OrderId>(), Err(IdError::Uuid), "{other}");
        }
    }

    #[test]
    fn a_new_order_id_is_a_version_7_uuid_that_sorts_by_time() {
        let earlier = OrderId::new(Timestamp::from_millis(1_000), [255; 10]);
        let later = OrderId::new(Timestamp::from_millis(1_001), [0; 10]);
        assert!(earlier < later);
        assert_eq!(earlier.to_string().as_bytes()[14], b'7');
    }

    #[test]
    fn a_slug_is_lower_case_and_short() {
        assert!("golden-dosa-2".parse::<RestaurantId>().is_ok());
        for bad in ["", "Golden", "a b", "é", &"x".repeat(65)] {
            assert_eq!(bad.parse::<DishId>(), Err(IdError::Slug), "{bad}");
        }
    }
}
