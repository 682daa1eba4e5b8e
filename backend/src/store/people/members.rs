//! Who is staff of which restaurant.
//!
//! A membership is two items that are only written together: the person's (`{user}` / `staff#{restaurant}`),
//! by which a request is checked, and the restaurant's (`restaurant#{id}` / `member#{user}`), so that the
//! people of a restaurant are one query.
//!
//! A restaurant never loses its last owner. The item `restaurant#{id}` / `owners` has the ids of all owners,
//! and whatever makes one of them something else takes the id out of it in the same transaction, on the
//! condition that it is not the only one: of two owners who remove each other at the same moment, the second
//! one's transaction fails, for both write this item.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};
use shared::{
    InvitationId, RestaurantId, Timestamp, UserId,
    api::{Member, Membership},
    staff::{Role, StaffName},
};

use super::{
    invitations::{Invited, Row as InvitationRow},
    row::{INVITATION, MEMBER, OWNERS, STAFF, key, key_in, of_restaurant},
    table::People,
    transaction::invalid,
};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Attributes, Decoded, decode, query_all},
};

const READING: &str = "reading where somebody is staff";

/// A membership as both of its items hold it.
#[derive(Serialize, Deserialize)]
pub(super) struct Row {
    user_id: String,
    item: String,
    role: Role,
    name: StaffName,
    #[serde(default)]
    since: Timestamp,
    /// The invitation that was accepted, in the person's item: accepting it again is no mistake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invitation_id: Option<InvitationId>,
}

/// A membership, and the invitation that it comes from, if it comes from one.
#[derive(Debug)]
pub struct Joined {
    /// What they are there.
    pub membership: Membership,
    /// Whose acceptance made them that.
    pub invitation_id: Option<InvitationId>,
}

/// All who are in a restaurant, or are invited.
#[derive(Debug)]
pub struct Staff {
    /// Those who are.
    pub members: Vec<Member>,
    /// Those who are invited, also by invitations that have expired.
    pub invited: Vec<Invited>,
    /// Why others are left out: [`Error::Unreadable`].
    pub unreadable: Vec<Error>,
}

/// Why a membership was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotChanged {
    /// The restaurant would have no owner.
    LastOwner,
    /// It is no longer what it was when it was read.
    Outdated,
}

/// The parts of a transaction that writes a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The account is open.
    Account,
    /// The invitation is deleted.
    Invitation,
    /// The person's item.
    Person,
    /// The restaurant's item, which has no condition: it is what the person's is.
    Restaurant,
    /// The restaurant's owners.
    Owners,
}

impl Row {
    pub(super) fn into_joined(self) -> Option<Joined> {
        let restaurant_id = self.item.strip_prefix(STAFF)?.parse().ok()?;
        let membership = Membership { restaurant_id, role: self.role, name: self.name };
        Some(Joined { membership, invitation_id: self.invitation_id })
    }

    fn into_member(self) -> Option<Member> {
        let user_id = self.item.strip_prefix(MEMBER)?.parse().ok()?;
        Some(Member { user_id, role: self.role, name: self.name, since: self.since })
    }
}

impl People {
    /// Where somebody is staff, by restaurant (a strongly consistent query).
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn memberships(&self, user: UserId) -> Result<Decoded<Membership>, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("user_id = :user AND begins_with(#item, :staff)")
            .expression_attribute_names("#item", "item")
            .expression_attribute_values(":user", AttributeValue::S(user.to_string()))
            .expression_attribute_values(":staff", AttributeValue::S(STAFF.to_owned()))
            .consistent_read(true);
        Ok(memberships(query_all(READING, query).await?))
    }

    /// What somebody is in a restaurant, if anything (a strongly consistent read).
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer, [`Error::Unreadable`] if this version cannot read
    /// the item.
    pub async fn membership(
        &self,
        user: UserId,
        restaurant: &RestaurantId,
    ) -> Result<Option<Membership>, Error> {
        Ok(self.joined(user, restaurant).await?.map(|joined| joined.membership))
    }

    /// The same with the invitation that it comes from.
    ///
    /// # Errors
    /// As [`People::membership`].
    pub async fn joined(
        &self,
        user: UserId,
        restaurant: &RestaurantId,
    ) -> Result<Option<Joined>, Error> {
        let row = self.get::<Row>(READING, key(user, &format!("{STAFF}{restaurant}"))).await?;
        Ok(row.and_then(Row::into_joined))
    }

    /// An item, by a strongly consistent read.
    pub(super) async fn get<T: serde::de::DeserializeOwned>(
        &self,
        operation: &'static str,
        key: Attributes,
    ) -> Result<Option<T>, Error> {
        let get = self.client.get_item().table_name(&self.table).set_key(Some(key));
        let answer = get.consistent_read(true).send().await;
        let answer = answer.map_err(|error| Error::dependency(operation, error))?;
        answer.item.map(|item| decode(item, "item")).transpose()
    }

    /// All who are staff of a restaurant, and all who are invited (a strongly consistent query).
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn staff(&self, restaurant: &RestaurantId) -> Result<Staff, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("user_id = :restaurant")
            .expression_attribute_values(
                ":restaurant",
                AttributeValue::S(of_restaurant(restaurant)),
            )
            .consistent_read(true);
        let items = query_all("reading who is staff of a restaurant", query).await?;
        let (members, others): (Vec<_>, Vec<_>) =
            items.into_iter().partition(|item| is_called(item, MEMBER));
        let invited = others.into_iter().filter(|item| is_called(item, INVITATION)).collect();
        let members = Decoded::<Row>::new(members, "item");
        let invited = Decoded::<InvitationRow>::new(invited, "item");
        Ok(Staff {
            members: members.items.into_iter().filter_map(Row::into_member).collect(),
            invited: invited.items.into_iter().filter_map(InvitationRow::into_invited).collect(),
            unreadable: members.unreadable.into_iter().chain(invited.unreadable).collect(),
        })
    }

    /// The restaurants of which somebody is the only owner (strongly consistent reads).
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn only_owner_of(&self, user: UserId) -> Result<Vec<RestaurantId>, Error> {
        let mut only = Vec::new();
        let memberships = self.memberships(user).await?.items.into_iter();
        for Membership { restaurant_id, .. } in memberships.filter(|it| it.role == Role::Owner) {
            let key = key_in(of_restaurant(&restaurant_id), OWNERS.to_owned());
            let owners: Option<Owners> =
                self.get("reading the owners of a restaurant", key).await?;
            if owners.is_some_and(|it| it.owners == [user]) {
                only.push(restaurant_id);
            }
        }
        Ok(only)
    }

    /// Ends a membership, if it has that role, or whatever it is if none is named.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not have ended.
    pub async fn remove_member(
        &self,
        user: UserId,
        restaurant: &RestaurantId,
        role: Option<Role>,
    ) -> Result<Result<(), NotChanged>, Error> {
        let mut person = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key(user, &format!("{STAFF}{restaurant}"))));
        if let Some(role) = role {
            person = person
                .condition_expression("#role = :role")
                .expression_attribute_names("#role", "role")
                .expression_attribute_values(":role", role_value(role)?);
        }
        let key = key_in(of_restaurant(restaurant), format!("{MEMBER}{user}"));
        let mirror = Delete::builder().table_name(&self.table).set_key(Some(key));
        let part = |delete: Delete| TransactWriteItem::builder().delete(delete).build();
        let parts = vec![
            (Part::Person, part(person.build().map_err(invalid)?)),
            (Part::Restaurant, part(mirror.build().map_err(invalid)?)),
            (Part::Owners, self.owners(user, restaurant, false)?),
        ];
        Ok(not_changed(&self.transact(parts).await?))
    }

    /// Makes somebody staff of a restaurant, whatever they were there, as `cargo aws staff` does.
    ///
    /// # Errors
    /// [`Error::Dependency`] if they may not be.
    pub async fn set_member(
        &self,
        restaurant: &RestaurantId,
        member: &Member,
    ) -> Result<Result<(), NotChanged>, Error> {
        let before = self.membership(member.user_id, restaurant).await?.map(|it| it.role);
        let parts = self.member_parts(restaurant, member, before, None)?;
        Ok(not_changed(&self.transact(parts.into()).await?))
    }

    /// The parts of a transaction that makes somebody staff of a restaurant who was that or nothing before.
    pub(super) fn member_parts(
        &self,
        restaurant: &RestaurantId,
        member: &Member,
        before: Option<Role>,
        invitation_id: Option<InvitationId>,
    ) -> Result<[(Part, TransactWriteItem); 3], Error> {
        let Member { user_id, role, name, since } = member.clone();
        let row = |partition: String, item: String, invitation_id| {
            let row =
                Row { user_id: partition, item, role, name: name.clone(), since, invitation_id };
            serde_dynamo::to_item(row)
                .map_err(|error| Error::dependency("writing a membership", error))
        };
        let person = row(user_id.to_string(), format!("{STAFF}{restaurant}"), invitation_id)?;
        let mut person = Put::builder().table_name(&self.table).set_item(Some(person));
        person = match before {
            None => person.condition_expression("attribute_not_exists(user_id)"),
            Some(before) => person
                .condition_expression("#role = :before")
                .expression_attribute_names("#role", "role")
                .expression_attribute_values(":before", role_value(before)?),
        };
        let mirror = row(of_restaurant(restaurant), format!("{MEMBER}{user_id}"), None)?;
        let mirror = Put::builder().table_name(&self.table).set_item(Some(mirror));
        let part = |put: Put| TransactWriteItem::builder().put(put).build();
        Ok([
            (Part::Person, part(person.build().map_err(invalid)?)),
            (Part::Restaurant, part(mirror.build().map_err(invalid)?)),
            (Part::Owners, self.owners(user_id, restaurant, role == Role::Owner)?),
        ])
    }

    /// Adds somebody to the owners of a restaurant, or takes them out if others are left.
    fn owners(
        &self,
        user: UserId,
        restaurant: &RestaurantId,
        is_owner: bool,
    ) -> Result<TransactWriteItem, Error> {
        let mut update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key_in(of_restaurant(restaurant), OWNERS.to_owned())))
            .update_expression(if is_owner { "ADD owners :them" } else { "DELETE owners :them" })
            .expression_attribute_values(":them", AttributeValue::Ss(vec![user.to_string()]));
        if !is_owner {
            update = update
                .condition_expression("NOT contains(owners, :they) OR size(owners) > :one")
                .expression_attribute_values(":they", AttributeValue::S(user.to_string()))
                .expression_attribute_values(":one", AttributeValue::N("1".to_owned()));
        }
        Ok(TransactWriteItem::builder().update(update.build().map_err(invalid)?).build())
    }
}

/// The owners of a restaurant, in no particular order.
#[derive(Deserialize)]
struct Owners {
    #[serde(default)]
    owners: Vec<UserId>,
}

/// The memberships among the items of a person.
pub(super) fn memberships(items: Vec<Attributes>) -> Decoded<Membership> {
    let Decoded { items, unreadable } = Decoded::<Row>::new(items, "item");
    let joined = items.into_iter().filter_map(Row::into_joined);
    Decoded { items: joined.map(|joined| joined.membership).collect(), unreadable }
}

/// Whether an item's name begins like that.
pub(super) fn is_called(item: &Attributes, prefix: &str) -> bool {
    let name = item.get("item").and_then(|name| name.as_s().ok());
    name.is_some_and(|name| name.starts_with(prefix))
}

pub(super) fn not_changed(failed: &[Part]) -> Result<(), NotChanged> {
    match failed {
        [] => Ok(()),
        // Who is no owner any more is not the last one.
        failed if failed.contains(&Part::Person) => Err(NotChanged::Outdated),
        failed if failed.contains(&Part::Owners) => Err(NotChanged::LastOwner),
        _ => Err(NotChanged::Outdated),
    }
}

fn role_value(role: Role) -> Result<AttributeValue, Error> {
    serde_dynamo::to_attribute_value(role)
        .map_err(|error| Error::dependency("writing a role", error))
}
