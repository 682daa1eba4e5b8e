//! Invitations to become staff of a restaurant.
//!
//! An invitation is two items. The restaurant's (`restaurant#{id}` / `invitation#{id}`) is the invitation: it
//! is deleted when it is accepted or withdrawn, and so accepted once at most. That of the token
//! (`invitation#{SHA-256 of the token}` / `invitation`) only says where to find it, so whoever reads the table
//! can accept none; it outlives the other, by which the account that has accepted finds its membership
//! when it sends the token again. The table's TTL removes both, late: when an invitation expires is compared
//! with each read and in the condition of each acceptance.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::{
    InvitationId, RestaurantId, Timestamp, UserId,
    api::{Invitation, InvitationToken, Member},
    staff::{Role, StaffName},
    text::EmailAddress,
};

use super::{
    members::{NotChanged, Part, not_changed},
    row::{INVITATION, key_in, of_restaurant},
    table::People,
    transaction::{account_closed, invalid},
};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Attributes, number},
};

const READING: &str = "reading an invitation";
/// The name of a token's item.
const TOKEN: &str = "invitation";

/// An invitation, and what of it is nobody's to see.
#[derive(Debug, Clone)]
pub struct Invited {
    /// As it is listed.
    pub invitation: Invitation,
    /// Who made it.
    pub by: UserId,
    /// The SHA-256 of its token, hexadecimal.
    digest: String,
}

/// Why an invitation was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAccepted {
    /// It has expired, or was accepted or withdrawn meanwhile.
    NotValid,
    /// The restaurant would have no owner.
    LastOwner,
    /// The membership that it would replace is no longer what it was.
    Outdated,
}

/// What an acceptance makes of whoever accepts.
#[derive(Debug)]
pub struct Accepted<'a> {
    /// Where.
    pub restaurant: &'a RestaurantId,
    /// Who, and what.
    pub member: &'a Member,
    /// What they were there before.
    pub before: Option<Role>,
}

/// An open invitation as the restaurant's item holds it.
#[derive(Serialize, Deserialize)]
pub(super) struct Row {
    user_id: String,
    item: String,
    email: EmailAddress,
    role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<StaffName>,
    invited_by: UserId,
    digest: String,
    /// In seconds since the epoch, as the table's TTL counts.
    expires_at: i64,
}

/// Where the invitation of a token is.
#[derive(Serialize, Deserialize)]
struct TokenRow {
    user_id: String,
    item: String,
    restaurant_id: RestaurantId,
    invitation_id: InvitationId,
    expires_at: i64,
}

impl Row {
    pub(super) fn into_invited(self) -> Option<Invited> {
        let invitation = Invitation {
            invitation_id: self.item.strip_prefix(INVITATION)?.parse().ok()?,
            email: self.email,
            role: self.role,
            name: self.name,
            expires_at: Timestamp::from_millis(self.expires_at.saturating_mul(1_000)),
        };
        Some(Invited { invitation, by: self.invited_by, digest: self.digest })
    }
}

impl Invited {
    /// An invitation that is made now; in whole seconds, as it is stored.
    #[must_use]
    pub fn new(invitation: Invitation, by: UserId, token: &InvitationToken) -> Self {
        let expires_at = Timestamp::from_millis(seconds(invitation.expires_at) * 1_000);
        Self { invitation: Invitation { expires_at, ..invitation }, by, digest: digest(token) }
    }

    /// Whether it can be accepted as far as the time is concerned.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        seconds(self.invitation.expires_at) > seconds(now)
    }
}

impl People {
    /// Stores an invitation, if the account of whoever makes it is open.
    ///
    /// # Errors
    /// `account-closed`, or [`Error::Dependency`] if it may not be stored.
    pub async fn put_invitation(
        &self,
        restaurant: &RestaurantId,
        invited: &Invited,
    ) -> Result<(), Error> {
        let Invited { invitation, by, digest } = invited.clone();
        let Invitation { invitation_id, email, role, name, expires_at } = invitation;
        let expires_at = seconds(expires_at);
        let row = Row {
            user_id: of_restaurant(restaurant),
            item: format!("{INVITATION}{invitation_id}"),
            email,
            role,
            name,
            invited_by: by,
            digest: digest.clone(),
            expires_at,
        };
        let token = TokenRow {
            user_id: format!("{INVITATION}{digest}"),
            item: TOKEN.to_owned(),
            restaurant_id: restaurant.clone(),
            invitation_id,
            expires_at,
        };
        let parts = vec![
            (Part::Account, self.open(by)?),
            (Part::Invitation, self.put(&row)?),
            (Part::Invitation, self.put(&token)?),
        ];
        match *self.transact(parts).await? {
            [] => Ok(()),
            _ => Err(account_closed()),
        }
    }

    fn put(&self, row: &impl Serialize) -> Result<TransactWriteItem, Error> {
        let item: Attributes = serde_dynamo::to_item(row)
            .map_err(|error| Error::dependency("writing an invitation", error))?;
        let put = Put::builder().table_name(&self.table).set_item(Some(item)).build();
        Ok(TransactWriteItem::builder().put(put.map_err(invalid)?).build())
    }

    /// Where the invitation of a token is, or was (a strongly consistent read).
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer, [`Error::Unreadable`] if this version cannot read
    /// the item.
    pub async fn find_invitation(
        &self,
        token: &InvitationToken,
    ) -> Result<Option<(RestaurantId, InvitationId)>, Error> {
        let row: Option<TokenRow> = self.get(READING, token_key(&digest(token))).await?;
        Ok(row.map(|row| (row.restaurant_id, row.invitation_id)))
    }

    /// An invitation that was not accepted or withdrawn; it may have expired (a strongly consistent read).
    ///
    /// # Errors
    /// As [`People::find_invitation`].
    pub async fn invitation(
        &self,
        restaurant: &RestaurantId,
        invitation_id: InvitationId,
    ) -> Result<Option<Invited>, Error> {
        let row: Option<Row> = self.get(READING, invitation_key(restaurant, invitation_id)).await?;
        Ok(row.and_then(Row::into_invited))
    }

    /// Deletes an invitation, and what leads to it.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may still be accepted.
    pub async fn delete_invitation(
        &self,
        restaurant: &RestaurantId,
        invited: &Invited,
    ) -> Result<(), Error> {
        // What leads nowhere is removed by the TTL if this ends in between.
        for key in [
            invitation_key(restaurant, invited.invitation.invitation_id),
            token_key(&invited.digest),
        ] {
            let delete = self.client.delete_item().table_name(&self.table).set_key(Some(key));
            delete
                .send()
                .await
                .map_err(|error| Error::dependency("deleting an invitation", error))?;
        }
        Ok(())
    }

    /// Makes whoever accepts what the invitation says, if it can be accepted and their account is open: once
    /// at most, whoever else accepts it at the same moment.
    ///
    /// # Errors
    /// `account-closed`, or [`Error::Dependency`] if it may not have been accepted.
    pub async fn accept(
        &self,
        invited: &Invited,
        accepted: Accepted<'_>,
        now: Timestamp,
    ) -> Result<Result<(), NotAccepted>, Error> {
        let Accepted { restaurant, member, before } = accepted;
        let invitation_id = invited.invitation.invitation_id;
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(invitation_key(restaurant, invitation_id)))
            .condition_expression("expires_at > :now")
            .expression_attribute_values(":now", number(seconds(now)))
            .build()
            .map_err(invalid)?;
        let delete = TransactWriteItem::builder().delete(delete).build();
        let mut parts =
            vec![(Part::Account, self.open(member.user_id)?), (Part::Invitation, delete)];
        parts.extend(self.member_parts(restaurant, member, before, Some(invitation_id))?);
        let failed = self.transact(parts).await?;
        if failed.contains(&Part::Account) {
            return Err(account_closed());
        }
        if failed.contains(&Part::Invitation) {
            return Ok(Err(NotAccepted::NotValid));
        }
        Ok(not_changed(&failed).map_err(|why| match why {
            NotChanged::LastOwner => NotAccepted::LastOwner,
            NotChanged::Outdated => NotAccepted::Outdated,
        }))
    }
}

fn invitation_key(restaurant: &RestaurantId, invitation_id: InvitationId) -> Attributes {
    key_in(of_restaurant(restaurant), format!("{INVITATION}{invitation_id}"))
}

fn token_key(digest: &str) -> Attributes {
    key_in(format!("{INVITATION}{digest}"), TOKEN.to_owned())
}

/// The SHA-256 of a token's characters, hexadecimal. The token has 256 random bits, so no salt and no slow
/// hash is needed: nobody can try them all.
fn digest(token: &InvitationToken) -> String {
    Sha256::digest(token.as_ref()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Seconds since the epoch, as DynamoDB's TTL counts.
const fn seconds(at: Timestamp) -> i64 {
    at.millis() / 1_000
}
