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

use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, TransactWriteItem, Update, builders::UpdateBuilder,
};
use serde::Deserialize;
use shared::{
    InvitationId, RestaurantId, UserId,
    api::{Member, Membership},
    staff::{Action, Role, may},
};

use super::{
    row::{Joined, MEMBER, MemberRow, OWNERS, STAFF, key, key_in, memberships, of_restaurant},
    table::People,
    transaction::invalid,
};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Attributes, Decoded, number, query_all},
};

const READING: &str = "reading where somebody is staff";

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

impl People {
    /// Where somebody is staff, by restaurant (a strongly consistent query).
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn memberships(&self, user: UserId) -> Result<Decoded<Joined>, Error> {
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
        let row =
            self.get::<MemberRow>(READING, key(user, &format!("{STAFF}{restaurant}"))).await?;
        Ok(row.and_then(MemberRow::into_joined))
    }

    /// The restaurants of which somebody is the only owner (strongly consistent reads).
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn only_owner_of(&self, user: UserId) -> Result<Vec<RestaurantId>, Error> {
        let mut only = Vec::new();
        let memberships = self.memberships(user).await?.items.into_iter();
        let owned = memberships.map(|it| it.membership).filter(|it| it.role == Role::Owner);
        for Membership { restaurant_id, .. } in owned {
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

    /// The parts of a transaction that makes somebody staff of a restaurant who was that or nothing before. A shift
    /// goes on if they still deliver; else it is gone.
    pub(super) fn member_parts(
        &self,
        restaurant: &RestaurantId,
        member: &Member,
        before: Option<Role>,
        invitation_id: Option<InvitationId>,
    ) -> Result<[(Part, TransactWriteItem); 3], Error> {
        let &Member { user_id, role, .. } = member;
        let person = key(user_id, &format!("{STAFF}{restaurant}"));
        let mut person = self.member(person, member, invitation_id)?;
        person = match before {
            None => person.condition_expression("attribute_not_exists(user_id)"),
            Some(before) => person
                .condition_expression("#role = :before")
                .expression_attribute_values(":before", role_value(before)?),
        };
        let mirror = key_in(of_restaurant(restaurant), format!("{MEMBER}{user_id}"));
        let mirror = self.member(mirror, member, None)?;
        let part = |update: Update| TransactWriteItem::builder().update(update).build();
        Ok([
            (Part::Person, part(person.build().map_err(invalid)?)),
            (Part::Restaurant, part(mirror.build().map_err(invalid)?)),
            (Part::Owners, self.owners(user_id, restaurant, role == Role::Owner)?),
        ])
    }

    /// The write of a membership in one item, without its condition.
    fn member(
        &self,
        key: Attributes,
        member: &Member,
        invitation_id: Option<InvitationId>,
    ) -> Result<UpdateBuilder, Error> {
        let Member { role, name, since, .. } = member;
        let mut update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key))
            .expression_attribute_names("#role", "role")
            .expression_attribute_names("#name", "name")
            .expression_attribute_values(":role", role_value(*role)?)
            .expression_attribute_values(":name", AttributeValue::S(name.to_string()))
            .expression_attribute_values(":since", number(since.millis()));
        let mut set = "SET #role = :role, #name = :name, since = :since".to_owned();
        let mut removed = Vec::new();
        match invitation_id {
            Some(id) => {
                set += ", invitation_id = :invitation";
                let id = AttributeValue::S(id.to_string());
                update = update.expression_attribute_values(":invitation", id);
            }
            None => removed.push("invitation_id"),
        }
        if !may(*role, Action::Deliver) {
            removed.extend(["shift_began_at", "shift_ends_at"]);
        }
        if !removed.is_empty() {
            set += &format!(" REMOVE {}", removed.join(", "));
        }
        Ok(update.update_expression(set))
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
