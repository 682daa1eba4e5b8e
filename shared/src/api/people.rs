//! Who is staff of a restaurant, and who is invited.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::staff::STAFF;
use crate::{
    id::{InvitationId, RestaurantId, UserId},
    staff::{Role, StaffName},
    text::EmailAddress,
    time::Timestamp,
};

/// `POST` an [`Acceptance`]: a [`super::Membership`], with 201, or with 200 if the account has accepted this
/// invitation before; an [`InvitationPreview`], with 200, if that is all that is asked for.
///
/// The one address that takes Cognito's ID token as the bearer token, and no access token: only the ID token
/// says whose email address the account has.
pub const MEMBERSHIPS: &str = "/api/memberships";

/// `GET`: who is staff of the restaurant and who is invited, a [`People`].
#[must_use]
pub fn people_path(restaurant: &RestaurantId) -> String {
    format!("{STAFF}/{restaurant}/people")
}

/// `DELETE`: somebody is staff of the restaurant no more (204, also if they were not).
#[must_use]
pub fn member_path(restaurant: &RestaurantId, user: UserId) -> String {
    format!("{STAFF}/{restaurant}/people/{user}")
}

/// `POST` an [`InvitationRequest`]: a [`NewInvitation`], with 201.
#[must_use]
pub fn invitations_path(restaurant: &RestaurantId) -> String {
    format!("{STAFF}/{restaurant}/invitations")
}

/// `DELETE`: the invitation cannot be accepted any more (204, also if it could not be).
#[must_use]
pub fn invitation_path(restaurant: &RestaurantId, invitation: InvitationId) -> String {
    format!("{STAFF}/{restaurant}/invitations/{invitation}")
}

/// Who is staff of a restaurant, and who is invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// By role, owners first, and then by when they became that.
    pub members: Vec<Member>,
    /// The invitations that can be accepted now, by when they were made; at most [`Invitation::MAX_OPEN`].
    pub invitations: Vec<Invitation>,
}

/// Somebody who is staff of a restaurant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub user_id: UserId,
    /// As what.
    pub role: Role,
    /// What they are called in an order's history.
    pub name: StaffName,
    /// Since when they are that.
    pub since: Timestamp,
}

/// An invitation to become staff of a restaurant. Whoever has its token and an account with its email address
/// can accept it, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its id, by which it is withdrawn.
    pub invitation_id: InvitationId,
    /// For whom.
    pub email: EmailAddress,
    /// As what.
    pub role: Role,
    /// What they will be called in an order's history, if whoever invited them has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<StaffName>,
    /// When it can no longer be accepted: [`Invitation::SECONDS`] after it was made.
    pub expires_at: Timestamp,
}

impl Invitation {
    /// For how long it can be accepted, in seconds: 72 hours.
    pub const SECONDS: i64 = 72 * 3_600;
    /// The most open invitations that a restaurant has at a time.
    pub const MAX_OPEN: usize = 20;
}

/// Whom to invite: the body of `POST /api/staff/{restaurant_id}/invitations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationRequest {
    /// The address of the account that may accept it.
    pub email: EmailAddress,
    /// As what.
    pub role: Role,
    /// What they are to be called in an order's history; if absent, they say so when they accept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<StaffName>,
}

/// An invitation that was just made. Its token is shown this once: only its hash is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "NewInvitationFields")]
pub struct NewInvitation {
    /// The invitation's members.
    #[serde(flatten)]
    pub invitation: Invitation,
    /// What accepts it.
    pub token: InvitationToken,
}

/// [`NewInvitation`] as it is read: to read what is flattened, serde buffers it, in code that the page has to
/// carry.
#[derive(Deserialize)]
struct NewInvitationFields {
    invitation_id: InvitationId,
    email: EmailAddress,
    role: Role,
    #[serde(default)]
    name: Option<StaffName>,
    expires_at: Timestamp,
    token: InvitationToken,
}

impl From<NewInvitationFields> for NewInvitation {
    fn from(fields: NewInvitationFields) -> Self {
        let NewInvitationFields { invitation_id, email, role, name, expires_at, token } = fields;
        Self { invitation: Invitation { invitation_id, email, role, name, expires_at }, token }
    }
}

/// Accepts an invitation: the body of `POST /api/memberships`. (In a body, for a token in an address would
/// be in access logs.)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// The invitation's token.
    pub invitation: InvitationToken,
    /// What whoever accepts is to be called in an order's history; needed, and used, only if the invitation
    /// has no name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<StaffName>,
    /// Whether nothing is accepted yet: the answer is what would be, or why it could not be; except that whoever
    /// would leave a restaurant without an owner hears of it when they accept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub preview: bool,
}

/// What whoever may accept an invitation is told of it before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationPreview {
    /// The restaurant's name.
    pub restaurant: String,
    /// As what they are invited.
    pub role: Role,
    /// What they will be called in an order's history, if whoever invited them has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<StaffName>,
}

/// What accepts an invitation: 256 random bits in unpadded base64url (RFC 4648, section 5). Its `Debug` form
/// does not contain it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InvitationToken(String);

/// A text that is no [`InvitationToken`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be 43 characters of base64url")]
pub struct InvitationTokenError;

impl FromStr for InvitationToken {
    type Err = InvitationTokenError;

    fn from_str(text: &str) -> Result<Self, InvitationTokenError> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for InvitationToken {
    type Error = InvitationTokenError;

    fn try_from(text: String) -> Result<Self, InvitationTokenError> {
        let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        match text.len() == 43 && text.bytes().all(is_allowed) {
            true => Ok(Self(text)),
            false => Err(InvitationTokenError),
        }
    }
}

impl From<InvitationToken> for String {
    fn from(token: InvitationToken) -> String {
        token.0
    }
}

impl AsRef<str> for InvitationToken {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InvitationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationToken")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_256_bits_of_base64url_and_is_not_shown() {
        let text = format!("{}-_", "q8".repeat(20)) + "A";
        let token: InvitationToken = text.parse().unwrap();
        assert_eq!((token.as_ref(), format!("{token:?}").as_str()), (&*text, "InvitationToken"));
        for other in
            [&text[1..], &format!("{text}A"), &text.replace('-', "+"), &text.replace('A', "=")]
        {
            assert_eq!(other.parse::<InvitationToken>(), Err(InvitationTokenError), "{other}");
        }
    }
}
